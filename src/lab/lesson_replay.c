/* A run, so that it can be judged again: run.txt says which lab it was and with which seed, and then what the words of
 * programs, files and states gave, in order.  The words that ask captures are asked anew.
 *
 *	osilab-run 1
 *	lab L03
 *	seed 4711
 *	mutant intact           only of a mutant
 *	said 2                  how many results a word had; then each: T text, I integer, R real, B boolean, N nil, L n: a
 *	T hello\x0a             list of n, which follow.  What is not printable ASCII is \xNN
 *	I 0
 */
#include "lab/lesson.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20, LIST_MAX = 4096 };

static const char magic[] = "osilab-run 1";

/* --- Writing ------------------------------------------------------------------------------------------ */

__attribute__((format(printf, 2, 3))) static void put(struct buf *b, const char *fmt, ...)
{
	char line[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_puts(b, line);
}

static void put_escaped(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~' || s.p[i] == '\\')
			put(b, "\\x%02x", s.p[i]);
		else
			buf_put(b, &s.p[i], 1);
}

static void put_value(struct buf *b, const struct script_value *v)
{
	switch (v->type) {
	case SCRIPT_BOOL: put(b, "B %d\n", v->b); break;
	case SCRIPT_INT: put(b, "I %lld\n", (long long)v->i); break;
	case SCRIPT_REAL: put(b, "R %.17g\n", v->d); break;
	case SCRIPT_TEXT:
		buf_puts(b, "T ");
		put_escaped(b, v->s);
		buf_puts(b, "\n");
		break;
	case SCRIPT_LIST:
		put(b, "L %zu\n", v->list.n);
		for (size_t i = 0; i < v->list.n; i++)
			put_value(b, &v->list.v[i]);
		break;
	default: buf_puts(b, "N\n");
	}
}

int lesson_replay_write(const struct lesson *l, struct err *e)
{
	FILE *f = fopen("run.txt", "we");
	int rc = 0;

	if (!f)
		return err_sys(e, "run.txt");
	fprintf(f, "%s\nlab %s\nseed %llu\n", magic, l->id, (unsigned long long)l->seed);
	if (l->mutated)
		fprintf(f, "mutant %s\n", l->mutated);
	fwrite(l->transcript.p, 1, l->transcript.n, f);
	if (ferror(f))
		rc = err_sys(e, "run.txt");
	if (fclose(f) && rc == 0)
		rc = err_sys(e, "run.txt");
	return rc;
}

/* --- Reading ------------------------------------------------------------------------------------------ */

static int read_run(const char *dir, struct buf *to, struct err *e)
{
	char path[PATH_MAX + 16];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/run.txt", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT
		           ? err_set(e, ERR_USAGE, "there is no run in %s: run the lab first", dir)
		           : err_sys(e, "%s", path);
	while (buf_reserve(to, 65536) == 0 && (n = read(fd, to->p + to->n, 65536)) > 0)
		to->n += (size_t)n;
	close(fd);
	return n ? err_set(e, ERR_DATA, "%s cannot be read to its end", path) : 0;
}

static struct slice next_line(struct slice *rest)
{
	return slice_cut(rest, '\n');
}

/* "seed 4711" for the word seed: what stands behind; empty when the line says something else. */
static struct slice behind(struct slice line, const char *word)
{
	struct slice first = slice_cut(&line, ' ');

	return slice_eq_str(first, word) ? line : slice_of(NULL, 0);
}

/* The lines before the first result.  -1 with *e when they are not as above. */
static int read_head(
    struct slice *rest, const char *id, uint64_t *seed, char *mutant, const char *dir, struct err *e)
{
	struct slice lab, after;

	if (!slice_eq_str(next_line(rest), magic))
		return err_set(e, ERR_DATA, "%s/run.txt:1: this is no run of a lab", dir);
	lab = behind(next_line(rest), "lab");
	if (!slice_eq_str(lab, id))
		return err_set(e, ERR_DATA, "%s/run.txt:2: this is a run of another lab than %s", dir, id);
	if (slice_u64(behind(next_line(rest), "seed"), seed))
		return err_set(e, ERR_DATA, "%s/run.txt:3: there is no seed", dir);
	after = *rest;
	slice_cstr(behind(next_line(&after), "mutant"), mutant, 64);
	if (mutant[0])
		*rest = after;
	return 0;
}

int lesson_seed(const char *dir, const char *id, uint64_t *seed, char *mutant, struct err *e)
{
	struct buf b = { .max = FILE_MAX };
	struct slice rest;
	int rc = read_run(dir, &b, e);

	rest = buf_view(&b);
	if (rc == 0)
		rc = read_head(&rest, id, seed, mutant, dir, e);
	buf_fini(&b);
	return rc;
}

int lesson_replay_read(struct lesson *l, const char *dir, struct err *e)
{
	struct buf b = { .max = FILE_MAX };
	struct slice rest;
	uint64_t seed;
	char mutant[64];
	int rc = read_run(dir, &b, e);

	rest = buf_view(&b);
	if (rc == 0)
		rc = read_head(&rest, l->id, &seed, mutant, dir, e);
	buf_clear(&l->transcript);
	l->replayed = 0;
	if (rc == 0)
		rc = buf_put(&l->transcript, rest.p, rest.n) ? err_set(e, ERR_ENV, "out of memory") : 0;
	buf_fini(&b);
	return rc;
}

static int damaged(struct err *e)
{
	return err_set(e, ERR_DATA, "run.txt does not belong to this lab as it is now: run it again");
}

static int unescape(struct lesson *l, struct slice s, struct slice *to)
{
	uint8_t *at = arena_alloc(&l->arena, s.n + 1);
	size_t n = 0;
	uint64_t v;

	if (!at)
		return -1;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\\') {
			at[n++] = s.p[i];
		} else {
			if (i + 3 >= s.n || slice_hex64(slice_sub(s, i + 2, 2), &v))
				return -1;
			at[n++] = (uint8_t)v;
			i += 3;
		}
	*to = slice_of(at, n);
	return 0;
}

static int read_value(struct lesson *l, struct slice *rest, struct script_value *v, bool lists, struct err *e)
{
	struct slice line = next_line(rest), kind = slice_cut(&line, ' ');
	char text[64];
	uint64_t n = 0;
	struct script_value *list;

	slice_cstr(line, text, sizeof(text));
	*v = (struct script_value){ .type = SCRIPT_NIL };
	if (kind.n != 1)
		return damaged(e);
	switch (kind.p[0]) {
	case 'N': return 0;
	case 'B': *v = (struct script_value){ .type = SCRIPT_BOOL, .b = text[0] == '1' }; return 0;
	case 'I': *v = (struct script_value){ .type = SCRIPT_INT, .i = strtoll(text, NULL, 10) }; return 0;
	case 'R': *v = (struct script_value){ .type = SCRIPT_REAL, .d = strtod(text, NULL) }; return 0;
	case 'T': v->type = SCRIPT_TEXT; return unescape(l, line, &v->s) ? damaged(e) : 0;
	case 'L': break;
	default: return damaged(e);
	}
	if (!lists || slice_u64(line, &n) || n > LIST_MAX ||
	    !(list = arena_alloc(&l->arena, (n + 1) * sizeof(*list))))
		return damaged(e);
	for (uint64_t i = 0; i < n; i++)
		if (read_value(l, rest, &list[i], false, e))
			return -1;
	*v = (struct script_value){ .type = SCRIPT_LIST, .list = { list, n } };
	return 0;
}

static int replay(struct lesson *l, struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct slice all = buf_view(&l->transcript), rest = slice_skip(all, l->replayed);
	uint64_t n;

	if (!rest.n) /* a network that is only drawn */
		return 0;
	if (slice_u64(behind(next_line(&rest), "said"), &n) || n > PROGRAM_RESULTS)
		return damaged(e);
	for (uint64_t i = 0; i < n; i++)
		if (read_value(l, &rest, &results[i], true, e))
			return -1;
	l->replayed = all.n - rest.n;
	return (int)n;
}

/* --- Between the lab and its words -------------------------------------------------------------------- */

static bool is_in(const struct program_function *list, const struct program_function *f)
{
	for (; list->name; list++)
		if (list->call == f->call)
			return true;
	return false;
}

int lesson_around(void *host, const struct program_function *f, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	bool kept =
	    is_in(lesson_program_words, f) || is_in(lesson_file_words, f) || is_in(lesson_watch_words, f);
	int rc;

	/* Of a network that is only drawn, what it would be like here. */
	if (kept && l->dry && (l->transcript.n || strcmp(f->name, "have") != 0))
		return replay(l, results, e);
	rc = f->call(host, args, n, results, e);
	if (kept && rc >= 0) {
		put(&l->transcript, "said %d\n", rc);
		for (int i = 0; i < rc; i++)
			put_value(&l->transcript, &results[i]);
	}
	return rc;
}

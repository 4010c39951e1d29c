/* A lab from its file to its outcome; see lesson.h. */
#include "lab/lesson.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 256 << 10, WORDS = 32, ARENA = 16 << 20 };

static struct program_function words[WORDS];

/* --- Arguments ---------------------------------------------------------------------------------------- */

const char *lesson_arg(struct lesson *l, const struct script_value *args, size_t n, size_t i, struct err *e)
{
	const struct script_value none = { .type = SCRIPT_NONE }, *v = i < n ? &args[i] : &none;

	switch (v->type) {
	case SCRIPT_TEXT: return (const char *)arena_dup(&l->arena, v->s).p;
	case SCRIPT_INT: return arena_printf(&l->arena, "%lld", (long long)v->i);
	case SCRIPT_REAL: return arena_printf(&l->arena, "%g", v->d);
	default: err_set(e, ERR_DATA, "argument %zu is to be a text", i + 1); return NULL;
	}
}

int lesson_arg_text(struct lesson *l, struct lesson_text *t, const struct script_value *args, size_t n,
    size_t i, struct err *e)
{
	for (size_t k = 0; k < 2; k++)
		if (!(t->in[k] = lesson_arg(l, args, n, i + k, e)))
			return -1;
	return 0;
}

/* --- The file ----------------------------------------------------------------------------------------- */

static int read_file(const char *path, struct buf *to, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return err_sys(e, "%s", path);
	while (buf_reserve(to, 4096) == 0 && (n = read(fd, to->p + to->n, 4096)) > 0)
		to->n += (size_t)n;
	close(fd);
	if (n < 0)
		return err_sys(e, "%s", path);
	return n ? err_set(e, ERR_DATA, "%s has more than %d bytes", path, FILE_MAX) : 0;
}

/* All words in one list, made once. */
static const struct program_function *all_words(void)
{
	const struct program_function *const lists[] = { lesson_words, lesson_stage_words,
		lesson_judge_words };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (const struct program_function *f = lists[i]; f->name && n + 1 < WORDS; f++)
			words[n++] = *f;
	return words;
}

static void take_id(struct lesson *l, const char *dir)
{
	const char *slash = strrchr(dir, '/');
	struct slice rest = slice_str(slash ? slash + 1 : dir);

	slice_cstr(slice_cut(&rest, '-'), l->id, sizeof(l->id));
}

static int complete(const struct lesson *l, struct err *e)
{
	if (!l->title.in[0] || !l->goal.in[0])
		return err_set(
		    e, ERR_DATA, "%s/lab.lua: it has no %s", l->dir, l->title.in[0] ? "goal" : "title");
	if (!l->nmutants)
		return err_set(
		    e, ERR_DATA, "%s/lab.lua: it has no mutant that its checks must refuse", l->dir);
	for (unsigned i = 0; l->mutated && i < l->nmutants; i++)
		if (!strcmp(l->mutants[i].name, l->mutated))
			return 0;
	return l->mutated ? err_set(e, ERR_USAGE, "%s has no mutant '%s'", l->id, l->mutated) : 0;
}

int lesson_open(struct lesson *l, const char *dir, uint64_t seed, const char *mutant, struct err *e)
{
	char path[PATH_MAX + 16];
	struct buf text = { .max = FILE_MAX };
	int rc;

	*l = (struct lesson){ .seed = seed, .random = seed, .mutated = mutant, .claims = "" };
	arena_init(&l->arena, ARENA);
	snprintf(l->dir, sizeof(l->dir), "%s", dir);
	take_id(l, dir);
	snprintf(path, sizeof(path), "%s/lab.lua", dir);
	rc = read_file(path, &text, e);
	if (rc == 0) {
		l->program = program_new(path, buf_view(&text), all_words(), l, e);
		rc = l->program ? complete(l, e) : -1;
	}
	buf_fini(&text);
	return rc;
}

void lesson_close(struct lesson *l)
{
	program_free(l->program);
	arena_fini(&l->arena);
	l->program = NULL;
}

/* --- A run -------------------------------------------------------------------------------------------- */

/* Files nobody keeps go to a file system that ends with the lab. */
static int enter_folder(const struct lesson *l, struct err *e)
{
	static const char *const names[] = { "client.pcapng", "server.pcapng", "wire.log" };
	const char *dir = l->out ? l->out : "/run";

	if (!l->out && mount("none", dir, "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,mode=1777"))
		return err_sys(e, "cannot make a folder in memory");
	if (l->out && mkdir(l->out, 0755) && errno != EEXIST)
		return err_sys(e, "cannot make the folder %s", l->out);
	if (chdir(dir))
		return err_sys(e, "cannot use the folder %s", dir);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (unlink(names[i]) && errno != ENOENT)
			return err_sys(e, "cannot remove %s/%s of an earlier run", dir, names[i]);
	return 0;
}

static int judge(struct lesson *l, const char *function, const char *heading, struct err *e)
{
	if (l->to)
		fprintf(l->to, "\n%s\n", heading);
	return program_call(l->program, function, e);
}

/* What the wire did, as it says itself. */
static int show_wire(const struct lesson *l, struct err *e)
{
	FILE *f = l->to ? fopen("wire.log", "re") : NULL;
	char line[512];

	if (l->to && !f)
		return err_sys(e, "wire.log");
	if (f) {
		fprintf(l->to, "\n%s\n", l->lang ? "선이 한 일" : "What the wire did");
		while (fgets(line, sizeof(line), f))
			fprintf(l->to, "  %s", line);
		fclose(f);
	}
	return 0;
}

static int inside(struct lab *lab, void *arg, struct err *e)
{
	struct lesson *l = arg;

	l->stage.lab = lab;
	if (enter_folder(l, e) || program_call(l->program, "network", e) ||
	    program_call(l->program, "steps", e) || lesson_stage_end(l, e))
		return -1;
	if (!l->outcome->verdict)
		return 0;
	if (show_wire(l, e))
		return -1;
	if (judge(l, "checks", l->lang ? "검사" : "Checks", e) ||
	    judge(l, "answers", l->lang ? "답과 설명" : "Answers", e))
		return -1;
	if (l->to)
		fflush(l->to);
	if (!l->outcome->held && !l->outcome->failed)
		return err_set(e, ERR_DATA, "%s checked nothing", l->id);
	if (l->outcome->answered != l->nquestions)
		return err_set(e, ERR_DATA, "%s answers %u of its %u questions", l->id, l->outcome->answered,
		    l->nquestions);
	return 0;
}

int lesson_run(struct lesson *l, struct err *e)
{
	struct lesson_outcome *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static struct lesson_outcome kept;
	int rc;

	if (shared == MAP_FAILED)
		return err_sys(e, "mmap");
	l->outcome = shared;
	rc = lab_run(inside, l, e);
	kept = *shared;
	munmap(shared, sizeof(*shared));
	l->outcome = &kept;
	return rc;
}

/* Looking at a run again, and grading packets; see course_room.h. */
#include "lab/course_room.h"

#include "lab/query.h"
#include "render/render.h"
#include "trace/trace.h"
#include "trace/vantage.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* --- The run ------------------------------------------------------------------------------------------ */

static int run_folder(const struct course *c, const char *id, char dir[PATH_MAX], struct err *e)
{
	static struct progress p;
	int rc;

	if (c->o->out) {
		if (realpath(c->o->out, dir))
			return 0;
		return err_sys(e, "--out %s", c->o->out);
	}
	rc = progress_open(&p, c->o->date, e);
	if (rc == 0)
		rc = progress_folder(&p, id, false, dir, e);
	progress_close(&p);
	return rc;
}

/* Opens the lab as it was in its last run; everything but judging. */
static int open_again(struct course *c, struct lesson *l, int number, char dir[PATH_MAX], struct err *e)
{
	static char mutant[64];
	struct slice name = slice_str(c->labs[number]->d_name);
	uint64_t seed = 0;
	char id[16];

	*l = (struct lesson){ 0 };
	slice_cstr(slice_cut(&name, '-'), id, sizeof(id));
	if (run_folder(c, id, dir, e) || lesson_seed(dir, id, &seed, mutant, e) ||
	    course_open(c, l, number, seed, mutant[0] ? mutant : NULL, e))
		return -1;
	return c->o->out ? 0 : course_guesses(l, c->o->date, e);
}

int course_again(struct course *c, struct lesson *l, int number, struct err *e)
{
	char dir[PATH_MAX];

	return open_again(c, l, number, dir, e) || lesson_judge(l, dir, e) ? -1 : 0;
}

/* --- The ladder --------------------------------------------------------------------------------------- */

/* Takes the source over. */
static int ladder_of(const struct lesson *l, struct source *source, FILE *to, const struct text_options *o,
    bool redact, struct err *e)
{
	struct trace_config config = { .keylog_path = l->stage.kept_keys, .redact = redact };
	struct trace *t = trace_new(&config, e);
	struct sink *sink = t ? sink_ladder_new(to, "ladder", o, false, e) : NULL;
	int rc = sink ? trace_add_sink(t, sink, e) : -1;

	if (rc == 0)
		rc = trace_run(t, source, e);
	if (sink)
		sink->ops->free(sink);
	trace_free(t);
	source->ops->free(source);
	return rc;
}

static int one_ladder(
    const struct lesson *l, unsigned i, FILE *to, const struct text_options *o, bool redact, struct err *e)
{
	char path[64];
	struct source *source;

	snprintf(path, sizeof(path), "%s.pcapng", l->stage.captures[i].name);
	source = source_file(l->files[i] ? l->files[i] : path, e);
	if (!source)
		return -1;
	fprintf(to, "\n%s\n", l->stage.captures[i].name);
	return ladder_of(l, source, to, o, redact, e);
}

/* The first two captures as one, where they saw the same packets; the others by themselves. */
static int all_ladders(
    const struct lesson *l, FILE *to, const struct text_options *o, bool redact, struct err *e)
{
	char path[2][64];
	const char *const names[2] = { path[0], path[1] };
	struct err apart = { 0 };
	struct source *source = NULL;
	unsigned from = 0;
	int rc = 0;

	for (unsigned i = 0; i < 2 && i < l->stage.ncaptures; i++)
		snprintf(path[i], sizeof(path[i]), "%s.pcapng", l->stage.captures[i].name);
	if (l->stage.ncaptures > 1)
		source = source_vantage(names, &apart);
	if (source) {
		from = 2;
		rc = ladder_of(l, source, to, o, redact, e);
	}
	for (unsigned i = from; i < l->stage.ncaptures && rc == 0; i++)
		rc = one_ladder(l, i, to, o, redact, e);
	return rc;
}

static void put_lines(FILE *to, const char *text, size_t n, unsigned most, const struct lesson *l)
{
	size_t at = 0;
	unsigned lines = 0;

	while (at < n && (!most || lines < most))
		if (text[at++] == '\n')
			lines++;
	fwrite(text, 1, at, to);
	if (at < n)
		fprintf(to,
		    l->lang ? "  … 모두 보기: osilab lab look %s\n" : "  … all of it: osilab lab look %s\n",
		    l->id);
}

static unsigned columns(void)
{
	struct winsize w;

	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

int course_ladder(
    const struct lesson *l, FILE *to, bool color, bool verbose, bool redact, unsigned most, struct err *e)
{
	const struct text_options o = { .color = color,
		.verbose = verbose,
		.width = to == stdout ? columns() : 0,
		.lang = l->lang ? NOTE_KO : NOTE_EN };
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	int rc = f ? all_ladders(l, f, &o, redact, e) : err_set(e, ERR_ENV, "out of memory");

	if (f && fclose(f))
		rc = err_set(e, ERR_ENV, "out of memory");
	if (rc == 0)
		put_lines(to, text, n, most, l);
	free(text);
	return rc;
}

/* --- look --------------------------------------------------------------------------------------------- */

int course_look(struct course *c, int n, char **words, struct err *e)
{
	struct lesson l = { 0 };
	int number = course_find(c, words[1], e), rc;

	if (number < 0)
		return -1;
	rc = course_again(c, &l, number, e);
	if (rc == 0) {
		course_say_head(&l);
		course_say_network(&l);
		putchar('\n');
		fflush(stdout);
		rc = course_ladder(&l, stdout, course_color(), true, false, 0, e);
	}
	if (rc == 0)
		course_say_outcome(&l);
	lesson_close(&l);
	return rc;
}

/* --- check -------------------------------------------------------------------------------------------- */

/* "client=FILE": a capture of one's own in the place of the lab's. */
static int take_file(struct lesson *l, const char *word, struct err *e)
{
	struct slice rest = slice_str(word), name = slice_cut(&rest, '=');
	static char paths[LESSON_CAPTURES][PATH_MAX];

	for (unsigned i = 0; i < l->stage.ncaptures; i++)
		if (rest.n && slice_eq_str(name, l->stage.captures[i].name)) {
			if (!realpath((const char *)rest.p, paths[i]))
				return err_sys(e, "%s", word);
			l->files[i] = paths[i];
			return 0;
		}
	return err_set(e, ERR_USAGE, "'%.60s' is to be the name of a capture of %s and a file: client=FILE",
	    word, l->id);
}

/* Whether every stream of the captures is whole: an acknowledgement of what no packet carried means that the capture
 * missed it.  0; -1 with *e: no verdict. */
static int whole(struct lesson *l, struct err *e)
{
	for (unsigned i = 0; i < l->stage.ncaptures; i++) {
		char path[64];
		struct query q = { .expression = "note('tcp.ack.unseen') or note('tcp.stream.gap')" };
		struct script_value list;
		struct err why = { 0 };

		snprintf(path, sizeof(path), "%s.pcapng", l->stage.captures[i].name);
		q.path = l->files[i] ? l->files[i] : path;
		if (query_values(&list, &q, &l->arena, &why))
			return err_set(e, ERR_ENV, "%s: no verdict: %s", l->id, why.msg);
		if (list.list.n)
			return err_set(e, ERR_ENV,
			    "%s: no verdict: %s is not whole: packet %lld speaks of bytes that it lacks",
			    l->id, q.path, (long long)list.list.v[0].i);
	}
	return 0;
}

/* Grades the packets of a run anew: those that it captured, or the learner's own. */
int course_check(struct course *c, int n, char **words, struct err *e)
{
	struct lesson l = { 0 };
	char dir[PATH_MAX];
	int number = course_find(c, words[1], e), rc;

	if (number < 0)
		return -1;
	rc = open_again(c, &l, number, dir, e) || lesson_draw(&l, e) ? -1 : 0;
	for (int i = 2; i < n && rc == 0; i++)
		rc = take_file(&l, words[i], e);
	if (rc == 0 && chdir(dir))
		rc = err_sys(e, "%s", dir);
	if (rc == 0)
		rc = whole(&l, e);
	if (rc == 0)
		rc = lesson_judge(&l, dir, e);
	if (rc == 0) {
		course_say_head(&l);
		course_say_outcome(&l);
		if (l.outcome->failed)
			rc = err_set(e, ERR_DATA, "%s: not so: %s", l.id, l.outcome->first_failed);
	}
	lesson_close(&l);
	return rc;
}

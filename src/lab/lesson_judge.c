/* The words by which a lab asks its captures, checks and answers. */
#include "lab/lesson.h"

#include "lab/query.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A new line of the outcome; NULL with *e when there is no more room. */
static struct lesson_line *add_line(struct lesson *l, enum lesson_line_kind kind, struct err *e)
{
	struct lesson_outcome *o = l->outcome;

	if (o->nlines < LESSON_LINES) {
		o->lines[o->nlines] = (struct lesson_line){ .kind = kind };
		return &o->lines[o->nlines++];
	}
	err_set(e, ERR_DATA, "a lab says at most %d things", LESSON_LINES);
	return NULL;
}

static void put_text(char to[2][LESSON_TEXT], const struct lesson_text *t)
{
	for (int i = 0; i < 2; i++)
		snprintf(to[i], LESSON_TEXT, "%s", t->in[i]);
}

/* The file of the capture with that name; NULL with *e. */
static const char *capture_of(struct lesson *l, const char *name, struct err *e)
{
	for (unsigned i = 0; name && i < l->stage.ncaptures; i++)
		if (!strcmp(l->stage.captures[i].name, name))
			return l->files[i] ? l->files[i] : arena_printf(&l->arena, "%s.pcapng", name);
	if (name)
		err_set(e, ERR_DATA, "no capture is called '%.40s'", name);
	return NULL;
}

/* Asks capture `args[0]`; the answer is the only result. */
static int ask(struct lesson *l, struct query q, const struct script_value *args, size_t n,
    struct script_value *result, struct err *e)
{
	q.path = capture_of(l, lesson_arg(l, args, n, 0, e), e);
	q.keys = l->stage.keys;
	return !q.path || query_values(result, &q, &l->arena, e) ? -1 : 1;
}

/* packets(where, expression): the numbers of the packets that are so. */
static int word_packets(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct query q = { .expression = lesson_arg(host, args, n, 1, e) };

	return q.expression ? ask(host, q, args, n, &results[0], e) : -1;
}

/* values(where, field, expression): that field of the packets that are so. */
static int word_values(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct query q = { .field = lesson_arg(host, args, n, 1, e),
		.expression = lesson_arg(host, args, n, 2, e) };

	return q.field && q.expression ? ask(host, q, args, n, &results[0], e) : -1;
}

/* find(where, text): the numbers of the packets in whose payload, as it went over the wire, the text stands. */
static int word_find(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct query q = { .find = lesson_arg(host, args, n, 1, e), .expression = "note('find.hit')" };

	return q.find ? ask(host, q, args, n, &results[0], e) : -1;
}

/* keys(file): packets() and values() see from now on what these TLS secrets open; keys(false): no longer. */
static int word_keys(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const char *name;

	l->stage.keys = NULL;
	if (n == 1 && args[0].type == SCRIPT_BOOL && !args[0].b)
		return 0;
	name = lesson_arg(l, args, n, 0, e);
	if (!name || !lesson_is_name(name))
		return name ? err_set(e, ERR_DATA, "'%.40s' cannot name a file", name) : -1;
	l->stage.keys = l->stage.kept_keys = name;
	return 0;
}

/* check(condition, en, ko) */
static int word_check(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_text what;
	bool ok = n && args[0].type != SCRIPT_NIL && !(args[0].type == SCRIPT_BOOL && !args[0].b);
	struct lesson_line *line;

	if (lesson_arg_text(l, &what, args, n, 1, e) || !(line = add_line(l, LESSON_CHECK, e)))
		return -1;
	line->ok = ok;
	put_text(line->text, &what);
	if (ok)
		l->outcome->held++;
	else if (l->outcome->failed++ == 0)
		snprintf(l->outcome->first_failed, sizeof(l->outcome->first_failed), "%s", what.in[0]);
	return 0;
}

/* statement(wrong en, ko, right en, ko): what is often said, and how it is. */
static int word_statement(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_text said, is;

	struct lesson_line *line;

	if (lesson_arg_text(l, &said, args, n, 0, e) || lesson_arg_text(l, &is, args, n, 2, e) ||
	    !(line = add_line(l, LESSON_STATEMENT, e)))
		return -1;
	put_text(line->text, &said);
	put_text(line->fact, &is);
	return 0;
}

/* Whether a prediction is right: a measured number within a fifth, all else exactly, letters of either case. */
static bool is_right(const char *guess, const struct script_value *answer, const char *text)
{
	double d;
	char *end;

	if (answer->type != SCRIPT_REAL)
		return strcasecmp(guess, text) == 0;
	d = strtod(guess, &end);
	return end != guess && fabs(d - answer->d) <= fabs(answer->d) / 5;
}

static struct lesson_question *find_question(struct lesson *l, const char *name, struct err *e)
{
	for (unsigned i = 0; name && i < l->nquestions; i++)
		if (!strcmp(l->questions[i].name, name))
			return &l->questions[i];
	if (name)
		err_set(e, ERR_DATA, "there is no question '%s'", name);
	return NULL;
}

/* answer(question, value, why en, why ko) */
static int word_answer(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_question *q = find_question(l, lesson_arg(l, args, n, 0, e), e);
	const char *text = q ? lesson_arg(l, args, n, 1, e) : NULL;
	struct lesson_text why;
	struct lesson_line *line;

	if (!text || lesson_arg_text(l, &why, args, n, 2, e) || !(line = add_line(l, LESSON_ANSWER, e)))
		return -1;
	l->outcome->answered++;
	line->question = (unsigned)(q - l->questions);
	snprintf(line->value, sizeof(line->value), "%s", text);
	put_text(line->text, &why);
	if (!q->guess[0])
		return 0;
	line->ok = is_right(q->guess, &args[1], text);
	if (line->ok)
		l->outcome->right++;
	else
		l->outcome->wrong++;
	return 0;
}

static int64_t lines_with(const char *path, const char *text)
{
	FILE *f = fopen(path, "re");
	char line[512];
	int64_t n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += strstr(line, text) != NULL;
	if (f)
		fclose(f);
	return n;
}

/* wire_log(text): how many lines of what the wires did have it. */
static int word_wire_log(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	const struct lesson *l = host;
	const char *text = lesson_arg(host, args, n, 0, e);

	if (!text)
		return -1;
	results[0] = (struct script_value){ .type = SCRIPT_INT };
	for (unsigned i = 0; i < l->stage.ncables; i++)
		results[0].i += lines_with(l->stage.cables[i].log, text);
	return 1;
}

const struct program_function lesson_judge_words[] = {
	{ "packets", word_packets },
	{ "values", word_values },
	{ "find", word_find },
	{ "keys", word_keys },
	{ "check", word_check },
	{ "statement", word_statement },
	{ "answer", word_answer },
	{ "wire_log", word_wire_log },
	{ NULL, NULL },
};

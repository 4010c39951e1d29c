/* The words by which a lab says what it is. */
#include "lab/lesson.h"

#include <string.h>

static int word_title(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;

	return lesson_arg_text(l, &l->title, args, n, 0, e);
}

static int word_goal(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;

	return lesson_arg_text(l, &l->goal, args, n, 0, e);
}

/* topic(en, ko): under which heading its questions count. */
static int word_topic(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;

	return lesson_arg_text(l, &l->topic, args, n, 0, e);
}

static int word_claims(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;

	l->claims = lesson_arg(l, args, n, 0, e);
	return l->claims ? 0 : -1;
}

/* mutant(name, en, ko): true when this run is that mutant. */
static int word_mutant(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_mutant *m = &l->mutants[l->nmutants];

	if (l->nmutants == LESSON_MUTANTS)
		return err_set(e, ERR_DATA, "a lab has at most %d mutants", LESSON_MUTANTS);
	if (!(m->name = lesson_arg(l, args, n, 0, e)) || lesson_arg_text(l, &m->what, args, n, 1, e))
		return -1;
	l->nmutants++;
	results[0] = (struct script_value){ .type = SCRIPT_BOOL };
	results[0].b = l->mutated && !strcmp(l->mutated, m->name);
	return 1;
}

/* question(name, en, ko, three hints in both languages) */
static int word_question(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_question *q = &l->questions[l->nquestions];

	if (l->nquestions == LESSON_QUESTIONS)
		return err_set(e, ERR_DATA, "a lab has at most %d questions", LESSON_QUESTIONS);
	if (!(q->name = lesson_arg(l, args, n, 0, e)) || lesson_arg_text(l, &q->text, args, n, 1, e))
		return -1;
	if (!lesson_is_name(q->name))
		return err_set(e, ERR_DATA, "'%.40s' cannot name a question", q->name);
	for (size_t i = 0; i < LESSON_HINTS; i++)
		if (lesson_arg_text(l, &q->hints[i], args, n, 3 + 2 * i, e))
			return -1;
	l->nquestions++;
	return 0;
}

/* draw(low, high): a whole number from low to high, by the seed (splitmix64). */
static int word_draw(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	uint64_t z = l->random += UINT64_C(0x9e3779b97f4a7c15);

	if (n != 2 || args[0].type != SCRIPT_INT || args[1].type != SCRIPT_INT || args[0].i > args[1].i ||
	    args[0].i < 0)
		return err_set(e, ERR_DATA, "draw(low, high) takes two whole numbers");
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z = (z ^ (z >> 31)) >> 1;
	results[0] = (struct script_value){ .type = SCRIPT_INT };
	results[0].i = args[0].i + (int64_t)(z % (uint64_t)(args[1].i - args[0].i + 1));
	return 1;
}

const struct program_function lesson_words[] = {
	{ "title", word_title },
	{ "goal", word_goal },
	{ "topic", word_topic },
	{ "claims", word_claims },
	{ "mutant", word_mutant },
	{ "question", word_question },
	{ "draw", word_draw },
	{ NULL, NULL },
};

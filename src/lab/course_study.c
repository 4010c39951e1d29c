/* Questions that come back, and how far one has come; see course_room.h. */
#include "lab/course_room.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- What is due -------------------------------------------------------------------------------------- */

/* Which questions of each lab are due, a bit each; how many in all. */
static int due_questions(struct course *c, uint32_t *due, progress_day *next, struct err *e)
{
	static struct progress p;
	int all = 0, rc = progress_open(&p, c->o->date, e);

	*next = 0;
	for (int i = 0; i < c->n && rc == 0; i++) {
		struct lesson l;

		due[i] = 0;
		rc = course_open(c, &l, i, 1, NULL, e);
		for (unsigned q = 0; q < l.nquestions && rc == 0; q++)
			for (unsigned k = 0; k < p.ncards; k++) {
				const struct progress_card *card = &p.cards[k];

				if (strcmp(card->lab, l.id) != 0 ||
				    strcmp(card->question, l.questions[q].name) != 0 || !card->box)
					continue;
				if (progress_is_due(&p, card)) {
					due[i] |= 1u << q;
					all++;
				} else if (!*next || card->due < *next) {
					*next = card->due;
				}
			}
		lesson_close(&l);
	}
	progress_close(&p);
	return rc ? -1 : all;
}

static void say_nothing_due(const struct course *c, progress_day next)
{
	char date[16];

	if (next)
		printf(c->lang ? "지금 복습할 것이 없습니다. 다음은 %s입니다.\n"
		               : "Nothing is due.  The next is on %s.\n",
		    progress_date(next, date));
	else
		printf("%s\n", c->lang ? "아직 복습할 것이 없습니다. 먼저 osilab lab run L01"
		                       : "There is nothing to review yet.  Begin with: osilab lab run L01");
}

/* A new experiment, with new parameters, asking what is due of that lab; or of the first that has any. */
int course_review(struct course *c, int n, char **words, struct err *e)
{
	static uint32_t due[PROGRESS_LABS];
	progress_day next;
	int number = n > 1 ? course_find(c, words[1], e) : 0;
	int all = number < 0 ? -1 : due_questions(c, due, &next, e);

	if (all < 0)
		return -1;
	while (n == 1 && number < c->n && !due[number])
		number++;
	if (number < c->n && (due[number] || n > 1))
		return course_sit(c, number, due[number], true, e);
	say_nothing_due(c, next);
	return 0;
}

/* --- quiz --------------------------------------------------------------------------------------------- */

/* One of the labs with something due, by chance: mixed, so that the lab is no hint; -1: none. */
static int pick(const struct course *c, const uint32_t *due, uint64_t chance)
{
	unsigned with = 0;

	for (int i = 0; i < c->n; i++)
		with += due[i] != 0;
	for (int i = 0; i < c->n && with; i++)
		if (due[i] && chance-- % with == 0)
			return i;
	return -1;
}

int course_quiz(struct course *c, int n, char **words, struct err *e)
{
	static uint32_t due[PROGRESS_LABS];
	int64_t end = clock_mono() + c->o->minutes * 60 * CLOCK_SEC;
	progress_day next;
	int sat = 0, all = 0, number, rc;

	/* A question that is answered is not due any more, so this comes to an end. */
	while (clock_mono() < end && (all = due_questions(c, due, &next, e)) > 0) {
		uint64_t chance = (uint64_t)clock_mono();
		uint32_t one;

		number = pick(c, due, chance >> 10 & 0xffff);
		if (number < 0)
			break;
		one = due[number] & -due[number];
		rc = course_sit(c, number, one, true, e);
		if (rc)
			return rc;
		sat++;
		if (feof(stdin))
			break;
		printf("\n%s\n", "----------------------------------------");
	}
	if (sat == 0 && all == 0)
		say_nothing_due(c, next);
	return all < 0 ? -1 : 0;
}

/* --- progress ----------------------------------------------------------------------------------------- */

struct topic {
	const char *name;
	unsigned questions, boxes, right, wrong, due;
};

static void put_bar(unsigned boxes, unsigned questions)
{
	unsigned full =
	    questions ? (boxes * 10 + questions * PROGRESS_BOXES / 2) / (questions * PROGRESS_BOXES) : 0;

	for (unsigned i = 0; i < 10; i++)
		fputs(i < full ? "█" : "·", stdout);
}

static struct topic *topic_of(struct topic *list, unsigned *n, const struct lesson *l, struct arena *names)
{
	const char *name = l->topic.in[l->lang] ? l->topic.in[l->lang] : l->title.in[l->lang];
	unsigned i = 0;

	while (i < *n && strcmp(list[i].name, name) != 0)
		i++;
	if (i == *n)
		list[(*n)++] = (struct topic){ .name = arena_printf(names, "%s", name) };
	return &list[i];
}

static void count(struct topic *t, const struct progress *p, const struct lesson *l)
{
	t->questions += l->nquestions;
	for (unsigned q = 0; q < l->nquestions; q++)
		for (unsigned k = 0; k < p->ncards; k++)
			if (!strcmp(p->cards[k].lab, l->id) &&
			    !strcmp(p->cards[k].question, l->questions[q].name)) {
				t->boxes += p->cards[k].box;
				t->right += p->cards[k].right;
				t->wrong += p->cards[k].wrong;
				t->due += progress_is_due(p, &p->cards[k]);
			}
}

static void say_lab(const struct progress *p, const struct lesson *l)
{
	struct topic t = { 0 };
	unsigned runs = 0;

	count(&t, p, l);
	for (unsigned i = 0; i < p->nlabs; i++)
		if (!strcmp(p->labs[i].id, l->id))
			runs = p->labs[i].runs;
	printf("  %-4s ", l->id);
	put_bar(t.boxes, t.questions);
	printf(l->lang ? "  실행 %u회, 적중 %u, 빗나감 %u%s  %s\n" : "  %u runs, %u right, %u wrong%s  %s\n",
	    runs, t.right, t.wrong,
	    !t.due    ? ""
	    : l->lang ? ", 복습할 때"
	              : ", due",
	    l->title.in[l->lang]);
}

/* Of each lab, then of each topic: how far its questions have come. */
int course_progress(struct course *c, int n, char **words, struct err *e)
{
	static struct progress p;
	static struct topic topics[PROGRESS_LABS];
	struct arena names;
	unsigned ntopics = 0;
	int rc = progress_open(&p, c->o->date, e);

	arena_init(&names, 1 << 20);
	for (int i = 0; i < c->n && rc == 0; i++) {
		struct lesson l;

		rc = course_open(c, &l, i, 1, NULL, e);
		if (rc == 0) {
			say_lab(&p, &l);
			count(topic_of(topics, &ntopics, &l, &names), &p, &l);
		}
		lesson_close(&l);
	}
	if (rc == 0)
		printf("\n%s\n", c->lang ? "주제별" : "By topic");
	for (unsigned i = 0; i < ntopics && rc == 0; i++) {
		fputs("  ", stdout);
		put_bar(topics[i].boxes, topics[i].questions);
		printf("  %s\n", topics[i].name);
	}
	if (rc == 0)
		printf("\n%s/progress\n", p.dir);
	arena_fini(&names);
	progress_close(&p);
	return rc;
}

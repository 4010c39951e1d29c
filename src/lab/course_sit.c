/* Sitting down to a lab: predict, run, see; see course_room.h. */
#include "lab/course_room.h"

#include "base/log.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LADDER_LINES = 40 };

/* --- Predictions -------------------------------------------------------------------------------------- */

/* Asks for one prediction.  An empty line is none; ? gives the next hint.  False at the end of the input. */
static bool ask(struct lesson_question *q, unsigned number, int lang)
{
	char line[LESSON_GUESS];
	unsigned hints = 0;

	printf("\n%u. %s\n", number, q->text.in[lang]);
	for (;;) {
		struct slice said;

		printf("> ");
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin))
			return false;
		for (char *s = line; *s; s++)
			if (iscntrl((unsigned char)*s))
				*s = ' ';
		said = slice_trim(slice_str(line));
		if (!slice_eq_str(said, "?")) {
			slice_cstr(said, q->guess, sizeof(q->guess));
			return true;
		}
		printf("  %s\n", hints < LESSON_HINTS ? q->hints[hints++].in[lang]
		                 : lang               ? "힌트는 이것이 전부입니다."
		                                      : "There are no more hints.");
	}
}

/* Before any packet is sent: a prediction that is made afterwards is none. */
static void ask_all(struct lesson *l, uint32_t only)
{
	printf("\n%s\n", l->lang ? "실행하기 전에 예측해 보세요. 빈 줄은 건너뛰기, ?는 힌트입니다."
	                         : "Predict, before it is run.  An empty line passes, ? gives a hint.");
	for (unsigned i = 0; i < l->nquestions; i++)
		if ((!only || only >> i & 1) && !ask(&l->questions[i], i + 1, l->lang)) {
			putchar('\n');
			return;
		}
}

/* Writes the predictions down for the run to come. */
static int commit(const struct lesson *l, const char *date, struct err *e)
{
	static struct progress p;
	struct progress_lab *lab;
	int rc = progress_open(&p, date, e);

	if (rc == 0 && (lab = progress_lab(&p, l->id, e))) {
		lab->predicted = true;
		lab->seed = l->seed;
		for (unsigned i = 0; i < l->nquestions && rc == 0; i++) {
			struct progress_card *card = progress_card(&p, l->id, l->questions[i].name, e);

			if (card)
				snprintf(card->guess, sizeof(card->guess), "%s", l->questions[i].guess);
			rc = card ? 0 : -1;
		}
		if (rc == 0)
			rc = progress_save(&p, e);
	} else {
		rc = -1;
	}
	progress_close(&p);
	return rc;
}

/* The seed of predictions that wait for their run.  1, 0: there are none, -1 with *e. */
static int committed(const struct course *c, const char *id, uint64_t *seed, struct err *e)
{
	static struct progress p;
	int rc = progress_open(&p, c->o->date, e);

	for (unsigned i = 0; rc == 0 && i < p.nlabs; i++)
		if (!strcmp(p.labs[i].id, id) && p.labs[i].predicted) {
			*seed = p.labs[i].seed;
			rc = 1;
		}
	progress_close(&p);
	return rc;
}

int course_guesses(struct lesson *l, const char *date, struct err *e)
{
	static struct progress p;
	int rc = progress_open(&p, date, e);

	for (unsigned i = 0; rc == 0 && i < l->nquestions; i++)
		for (unsigned k = 0; k < p.ncards; k++)
			if (!strcmp(p.cards[k].lab, l->id) &&
			    !strcmp(p.cards[k].question, l->questions[i].name))
				snprintf(l->questions[i].guess, sizeof(l->questions[i].guess), "%s",
				    p.cards[k].guess);
	progress_close(&p);
	return rc;
}

/* What the run came to. */
static int write_down(const struct lesson *l, const char *date, struct err *e)
{
	static struct progress p;
	const struct lesson_outcome *o = l->outcome;
	struct progress_lab *lab;
	int rc = progress_open(&p, date, e);

	lab = rc ? NULL : progress_lab(&p, l->id, e);
	if (lab) {
		lab->runs++;
		lab->last = p.today;
		lab->predicted = false;
		for (unsigned i = 0; i < o->nlines; i++) {
			const struct lesson_question *q = &l->questions[o->lines[i].question];
			struct progress_card *card = o->lines[i].kind == LESSON_ANSWER && q->guess[0]
			                                 ? progress_card(&p, l->id, q->name, e)
			                                 : NULL;

			if (card)
				progress_answered(&p, card, o->lines[i].ok);
		}
		rc = progress_save(&p, e);
	}
	progress_close(&p);
	return lab ? rc : -1;
}

/* --- One run ------------------------------------------------------------------------------------------ */

/* The network of that seed; what it says depends on nothing else. */
static int draw(struct course *c, int number, uint64_t seed, struct err *e)
{
	struct lesson l;
	int rc = course_open(c, &l, number, seed, c->o->mutant, e);

	if (rc == 0 && (rc = lesson_draw(&l, e)) == 0)
		course_say_network(&l);
	lesson_close(&l);
	return rc;
}

/* The run again, as its captures have it. */
static int show_ladder(struct course *c, int number, const char *dir, struct err *e)
{
	struct course_options there = *c->o;
	struct course with = *c;
	struct lesson l;
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	there.out = dir;
	with.o = &there;
	rc = course_again(&with, &l, number, e);
	if (rc == 0) {
		printf("\n%s\n", c->lang ? "지나간 것" : "What went over the wire");
		fflush(stdout);
		rc = course_ladder(&l, stdout, course_color(), false, false, LADDER_LINES, e);
	}
	lesson_close(&l);
	if (here >= 0 && fchdir(here) && rc == 0)
		rc = err_sys(e, "cannot go back to the folder");
	if (here >= 0)
		close(here);
	return rc;
}

static void say_next(const struct course *c, int number)
{
	const char *name = number + 1 < c->n ? c->labs[number + 1]->d_name : NULL;

	if (name)
		printf(c->lang ? "\n다음: osilab lab run %.*s\n" : "\nNext: osilab lab run %.*s\n",
		    (int)strcspn(name, "-"), name);
	else
		printf("\n%s\n", c->lang ? "다음: osilab lab review" : "Next: osilab lab review");
}

/* After the network is gone. */
static int conclude(struct course *c, int number, struct lesson *l, bool kept, bool wait, struct err *e)
{
	int rc = 0;

	if (!l->outcome->verdict)
		return course_no_verdict(l, e);
	if (kept && l->out)
		rc = show_ladder(c, number, l->out, e);
	if (rc)
		return rc;
	course_say_outcome(l);
	if (l->out)
		printf(l->lang ? "캡처는 %s에 있습니다.\n" : "The captures are in %s.\n", l->out);
	if (kept && !l->mutated && write_down(l, c->o->date, e))
		return -1;
	if (!l->mutated) {
		course_say_interview(l, wait);
		say_next(c, number);
	}
	return l->outcome->failed ? err_set(e, ERR_DATA, "%s: not so: %s", l->id, l->outcome->first_failed)
	                          : 0;
}

/* Where captures are kept, and the seed: that of predictions that wait, if any.  1: there are such. */
static int prepare(struct course *c, const char *id, uint64_t *seed, char dir[PATH_MAX], struct err *e)
{
	static struct progress p;
	int waiting = committed(c, id, seed, e);

	if (waiting < 0)
		return -1;
	if (waiting && c->o->seed)
		return err_set(e, ERR_USAGE,
		    "%s waits with predictions for seed %llu: run it without --seed first", id,
		    (unsigned long long)*seed);
	if (!waiting && course_seed(c, seed, e))
		return -1;
	if (progress_open(&p, c->o->date, e) == 0 && progress_folder(&p, id, true, dir, e) == 0) {
		progress_close(&p);
		return waiting;
	}
	progress_close(&p);
	return -1;
}

int course_sit(struct course *c, int number, uint32_t only, bool asks, struct err *e)
{
	char dir[PATH_MAX], id[16];
	struct lesson l;
	uint64_t seed = 0;
	struct slice name = slice_str(c->labs[number]->d_name);
	int waiting, rc;
	bool kept;

	slice_cstr(slice_cut(&name, '-'), id, sizeof(id));
	waiting = prepare(c, id, &seed, dir, e);
	kept = waiting >= 0;
	/* Without a place for progress a lab can be run all the same. */
	if (!kept && e->kind == ERR_ENV) {
		log_warn("%s: nothing is kept of this run", e->msg);
		*e = (struct err){ 0 };
		waiting = course_seed(c, &seed, e);
	}
	if (waiting < 0)
		return -1;
	rc = course_open(c, &l, number, seed, c->o->mutant, e);
	l.to = stdout;
	l.out = c->o->out ? c->o->out : kept ? dir : NULL;
	if (rc == 0 && l.lacks)
		rc = err_set(e, ERR_ENV, "%s needs %s: install it", l.id, l.lacks);
	if (rc == 0) {
		course_say_head(&l);
		rc = draw(c, number, seed, e);
	}
	if (rc == 0 && waiting)
		rc = course_guesses(&l, c->o->date, e); /* they are those of this run */
	else if (rc == 0 && asks) {
		ask_all(&l, only);
		rc = kept && !l.mutated ? commit(&l, c->o->date, e) : 0;
	}
	if (rc == 0)
		rc = lesson_run(&l, e);
	if (rc == 0)
		rc = conclude(c, number, &l, kept, asks && isatty(STDIN_FILENO), e);
	lesson_close(&l);
	return rc;
}

/* --- The commands ------------------------------------------------------------------------------------- */

int course_sit_run(struct course *c, int n, char **words, struct err *e)
{
	int number = course_find(c, words[1], e);

	return number < 0 ? -1 : course_sit(c, number, 0, !c->o->no_input && isatty(STDIN_FILENO), e);
}

/* Commits predictions; `run` takes them. */
int course_predict(struct course *c, int n, char **words, struct err *e)
{
	int number = course_find(c, words[1], e);
	struct lesson l;
	uint64_t seed;
	int rc;

	if (number < 0 || course_seed(c, &seed, e))
		return -1;
	rc = course_open(c, &l, number, seed, NULL, e);
	if (rc == 0) {
		course_say_head(&l);
		rc = draw(c, number, seed, e);
	}
	if (rc == 0) {
		ask_all(&l, 0);
		rc = commit(&l, c->o->date, e);
	}
	if (rc == 0)
		printf(c->lang ? "\n예측을 적어 두었습니다. 이제 osilab lab run %s\n"
		               : "\nYour predictions are written down.  Now: osilab lab run %s\n",
		    l.id);
	lesson_close(&l);
	return rc;
}

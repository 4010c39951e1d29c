/* Labs: found, listed, run and verified; see course.h. */
#include "lab/course.h"

#include "base/clock.h"
#include "lab/doctor.h"
#include "lab/lesson.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { TRIES = 3, LABS_MAX = 100 };

struct course {
	const struct course_options *o;
	int lang;
	char dir[PATH_MAX];
	struct dirent **labs; /* folders, by name */
	int n;
};

/* --- Finding them ------------------------------------------------------------------------------------- */

static int is_lab(const struct dirent *d)
{
	return d->d_name[0] == 'L' && strchr(d->d_name, '-') && strlen(d->d_name) < 48;
}

/* Beside the program where it was built, or where it was installed to. */
static int find_folder(struct course *c, struct err *e)
{
	static const char *const places[] = { "../../docs/labs", "../../../docs/labs",
		"../share/osilab/labs" };
	char self[PATH_MAX / 2] = "";
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash = n > 0 ? strrchr(self, '/') : NULL;

	if (c->o->labs) {
		if (realpath(c->o->labs, c->dir))
			return 0;
		return err_sys(e, "--labs %s", c->o->labs);
	}
	if (slash)
		*slash = '\0';
	for (size_t i = 0; slash && i < sizeof(places) / sizeof(*places); i++) {
		snprintf(c->dir, sizeof(c->dir), "%s/%s", self, places[i]);
		if (access(c->dir, R_OK) == 0)
			return 0;
	}
	return err_set(e, ERR_ENV, "the labs are not where they were installed: say where with --labs DIR");
}

static int find_labs(struct course *c, struct err *e)
{
	if (find_folder(c, e))
		return -1;
	c->n = scandir(c->dir, &c->labs, is_lab, alphasort);
	if (c->n < 0)
		return err_sys(e, "%s", c->dir);
	if (c->n == 0 || c->n > LABS_MAX)
		return err_set(e, ERR_ENV, "%s has %s labs", c->dir, c->n ? "too many" : "no");
	return 0;
}

static void forget_labs(struct course *c)
{
	for (int i = 0; i < c->n; i++)
		free(c->labs[i]);
	free(c->labs);
}

/* "L03", "l03" or the folder's whole name: its number; -1 with *e. */
static int find_lab(const struct course *c, const char *id, struct err *e)
{
	size_t n = strlen(id);

	for (int i = 0; i < c->n; i++) {
		const char *name = c->labs[i]->d_name;

		if (n && strncasecmp(name, id, n) == 0 && (name[n] == '-' || name[n] == '\0'))
			return i;
	}
	return err_set(e, ERR_USAGE, "no lab is called '%.40s'; osilab lab list shows them", id);
}

static int open_lab(
    struct course *c, struct lesson *l, int number, uint64_t seed, const char *mutant, struct err *e)
{
	char dir[PATH_MAX];

	if (snprintf(dir, sizeof(dir), "%s/%s", c->dir, c->labs[number]->d_name) >= (int)sizeof(dir)) {
		*l = (struct lesson){ 0 };
		return err_set(e, ERR_ENV, "the path to the labs is too long");
	}
	if (lesson_open(l, dir, seed, mutant, e))
		return -1;
	l->lang = c->lang;
	return 0;
}

/* --- list, show --------------------------------------------------------------------------------------- */

static int list(struct course *c, struct err *e)
{
	for (int i = 0; i < c->n; i++) {
		struct lesson l;
		int rc = open_lab(c, &l, i, 1, NULL, e);

		if (rc == 0)
			printf("%-4s  %s%s%s\n", l.id, l.title.in[c->lang], c->o->claims ? "  " : "",
			    c->o->claims ? l.claims : "");
		lesson_close(&l);
		if (rc)
			return rc;
	}
	return 0;
}

static void show_head(const struct lesson *l)
{
	printf("%s  %s\n\n%s\n", l->id, l->title.in[l->lang], l->goal.in[l->lang]);
}

static int show(struct course *c, int number, struct err *e)
{
	struct lesson l;
	int rc = open_lab(c, &l, number, 1, NULL, e);

	if (rc == 0) {
		show_head(&l);
		printf("\n%s\n", c->lang ? "질문" : "Questions");
		for (unsigned i = 0; i < l.nquestions; i++)
			printf("  %u. %s\n", i + 1, l.questions[i].text.in[c->lang]);
		printf("\n%s\n", c->lang ? "변종 (--mutant): 원인을 없앤 같은 실습"
		                         : "Mutants (--mutant): the same without the cause");
		for (unsigned i = 0; i < l.nmutants; i++)
			printf("  %s: %s\n", l.mutants[i].name, l.mutants[i].what.in[c->lang]);
		printf("\n%s/README%s.md\n", l.dir, c->lang ? ".ko" : "");
	}
	lesson_close(&l);
	return rc;
}

/* --- run ---------------------------------------------------------------------------------------------- */

static int take_seed(const struct course *c, uint64_t *seed, struct err *e)
{
	if (c->o->seed && slice_u64(slice_str(c->o->seed), seed))
		return err_set(e, ERR_USAGE, "--seed '%s' is no number", c->o->seed);
	if (!c->o->seed) {
		if (getrandom(seed, sizeof(*seed), 0) != sizeof(*seed))
			return err_sys(e, "random numbers");
		*seed %= 100000;
	}
	return 0;
}

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
		line[strcspn(line, "\n")] = '\0';
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
static void ask_all(struct lesson *l)
{
	printf("\n%s\n", l->lang ? "실행하기 전에 예측해 보세요. 빈 줄은 건너뛰기, ?는 힌트입니다."
	                         : "Predict, before it is run.  An empty line passes, ? gives a hint.");
	for (unsigned i = 0; i < l->nquestions; i++)
		if (!ask(&l->questions[i], i + 1, l->lang)) {
			putchar('\n');
			return;
		}
}

static int no_verdict(const struct lesson *l, struct err *e)
{
	return err_set(e, ERR_ENV,
	    "%s: no verdict: %s; run it again when the machine is less busy (--seed %llu)", l->id,
	    l->outcome->unsure, (unsigned long long)l->seed);
}

static int conclude(const struct lesson *l, struct err *e)
{
	const struct lesson_outcome *r = l->outcome;

	if (!r->verdict)
		return no_verdict(l, e);
	if (r->right + r->wrong)
		printf(
		    l->lang ? "\n예측 %2$u개 가운데 %1$u개 적중.\n" : "\n%u of %u predictions were right.\n",
		    r->right, r->right + r->wrong);
	printf(l->lang ? "\n검사 %u개 통과, %u개 실패 (seed %llu)\n"
	               : "\n%u checks held, %u failed (seed %llu)\n",
	    r->held, r->failed, (unsigned long long)l->seed);
	if (l->out)
		printf(l->lang ? "캡처는 %s에 있습니다.\n" : "The captures are in %s.\n", l->out);
	return r->failed ? err_set(e, ERR_DATA, "%s: not so: %s", l->id, r->first_failed) : 0;
}

static int run(struct course *c, int number, struct err *e)
{
	struct lesson l = { 0 };
	uint64_t seed = 0;
	int rc;

	if (take_seed(c, &seed, e))
		return -1;
	rc = open_lab(c, &l, number, seed, c->o->mutant, e);
	l.to = stdout;
	l.out = c->o->out;
	if (rc == 0 && l.lacks)
		rc = err_set(e, ERR_ENV, "%s needs %s: install it", l.id, l.lacks);
	if (rc == 0) {
		show_head(&l);
		if (!c->o->no_input && isatty(STDIN_FILENO))
			ask_all(&l);
		rc = lesson_run(&l, e);
		if (rc == 0)
			rc = conclude(&l, e);
	}
	lesson_close(&l);
	return rc;
}

/* --- verify ------------------------------------------------------------------------------------------- */

/* One silent run; again when it gives no verdict, which is the machine's fault. */
static int try_run(struct course *c, int number, uint64_t seed, const char *mutant, struct err *e)
{
	int rc = -1;

	for (int i = 0; i < TRIES; i++) {
		struct lesson l;
		bool verdict, failed;
		char why[sizeof(l.outcome->first_failed)];

		rc = open_lab(c, &l, number, seed, mutant, e);
		if (rc == 0)
			rc = lesson_run(&l, e);
		verdict = rc == 0 && l.outcome->verdict;
		failed = verdict && l.outcome->failed;
		if (failed)
			snprintf(why, sizeof(why), "%s", l.outcome->first_failed);
		if (rc == 0 && !verdict)
			no_verdict(&l, e);
		lesson_close(&l);
		if (rc || verdict) {
			if (rc == 0 && failed && !mutant)
				return err_set(
				    e, ERR_DATA, "seed %llu: not so: %s", (unsigned long long)seed, why);
			if (rc == 0 && !failed && mutant)
				return err_set(e, ERR_DATA,
				    "seed %llu: the checks do not refuse the mutant %s",
				    (unsigned long long)seed, mutant);
			return rc;
		}
	}
	return -1;
}

static int verify_lab(struct course *c, int number, struct err *e)
{
	struct lesson l;
	int64_t start = clock_mono();
	uint64_t seed = 0;
	char span[32];
	unsigned runs = 0;
	int rc = take_seed(c, &seed, e) ? -1 : open_lab(c, &l, number, seed, NULL, e);

	if (rc)
		return rc;
	if (l.lacks) {
		printf("skip  %s  needs %s, which is not installed\n", l.id, l.lacks);
		lesson_close(&l);
		return 0;
	}
	for (int64_t i = 0; i < c->o->seeds && rc == 0; i++) {
		rc = try_run(c, number, seed + (uint64_t)i, NULL, e);
		for (unsigned m = 0; m < l.nmutants && rc == 0; m++, runs++)
			rc = try_run(c, number, seed + (uint64_t)i, l.mutants[m].name, e);
		runs++;
	}
	if (rc == 0)
		printf("ok    %s  %u runs, %s\n", l.id, runs,
		    clock_span(clock_mono() - start, span, sizeof(span)));
	else if (rc < 0)
		err_in(e, "%s", l.id);
	fflush(stdout);
	lesson_close(&l);
	return rc;
}

static int verify(struct course *c, int n, char **ids, struct err *e)
{
	int rc = 0;

	if (c->o->all == (n > 0))
		return err_set(e, ERR_USAGE, "verify which labs? their ids, or --all");
	for (int i = 0; i < (c->o->all ? c->n : n) && rc == 0; i++) {
		int number = c->o->all ? i : find_lab(c, ids[i], e);

		rc = number < 0 ? -1 : verify_lab(c, number, e);
	}
	return rc;
}

/* --- The command -------------------------------------------------------------------------------------- */

static int language(const char *asked)
{
	const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !asked; i++)
		if ((asked = getenv(names[i])) && !*asked)
			asked = NULL;
	return asked && strncmp(asked, "ko", 2) == 0;
}

static int one_lab(struct course *c, int n, char **words, struct err *e)
{
	bool runs = !strcmp(words[0], "run");
	int number;

	if (n != 2)
		return err_set(e, ERR_USAGE, "%s which lab? one, such as L03", words[0]);
	number = find_lab(c, words[1], e);
	if (number < 0 || (runs && doctor_need(stderr, false, e)))
		return -1;
	return runs ? run(c, number, e) : show(c, number, e);
}

int course_run(const struct course_options *o, int n, char **words, struct err *e)
{
	struct course c = { .o = o, .lang = language(o->lang) };
	int rc;

	if (o->lang && strcmp(o->lang, "en") != 0 && strcmp(o->lang, "ko") != 0)
		return err_set(e, ERR_USAGE, "--lang is en or ko, not '%s'", o->lang);
	if (n == 0)
		return err_set(e, ERR_USAGE, "do what? list, show, run or verify");
	rc = find_labs(&c, e);
	if (rc == 0) {
		if (!strcmp(words[0], "list") && n == 1)
			rc = list(&c, e);
		else if (!strcmp(words[0], "show") || !strcmp(words[0], "run"))
			rc = one_lab(&c, n, words, e);
		else if (!strcmp(words[0], "verify"))
			rc = doctor_need(stderr, false, e) ? -1 : verify(&c, n - 1, words + 1, e);
		else
			rc = err_set(e, ERR_USAGE, "'%.40s': list, show, run or verify",
			    words[n > 1 && !strcmp(words[0], "list")]);
	}
	forget_labs(&c);
	return rc;
}

/* Labs: found, listed and shown; the commands of `osilab lab`.  See course.h. */
#include "lab/course.h"

#include "lab/course_room.h"
#include "lab/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <unistd.h>

enum { LABS_MAX = 100, CLAIMS = 1024 };

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

int course_find(const struct course *c, const char *id, struct err *e)
{
	size_t n = strlen(id);

	for (int i = 0; i < c->n; i++) {
		const char *name = c->labs[i]->d_name;

		if (n && strncasecmp(name, id, n) == 0 && (name[n] == '-' || name[n] == '\0'))
			return i;
	}
	return err_set(e, ERR_USAGE, "no lab is called '%.40s'; osilab lab list shows them", id);
}

int course_open(
    struct course *c, struct lesson *l, int number, uint64_t seed, const char *mutant, struct err *e)
{
	char dir[PATH_MAX];

	*l = (struct lesson){ 0 };
	if (snprintf(dir, sizeof(dir), "%s/%s", c->dir, c->labs[number]->d_name) >= (int)sizeof(dir))
		return err_set(e, ERR_ENV, "the path to the labs is too long");
	if (lesson_open(l, dir, seed, mutant, e))
		return -1;
	l->lang = c->lang;
	return 0;
}

int course_seed(const struct course *c, uint64_t *seed, struct err *e)
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

bool course_color(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

/* --- list --------------------------------------------------------------------------------------------- */

/* A statement, and the labs that are about it: " L02 L05". */
struct claim {
	char id[12];
	char labs[96];
};

/* "S0-23" before "S3-02". */
static int by_id(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static void add_claim(struct claim *list, unsigned *n, struct slice id, const char *lab)
{
	unsigned i = 0;
	size_t at;

	while (i < *n && !slice_eq_str(id, list[i].id))
		i++;
	if (i == CLAIMS)
		return;
	if (i == *n) {
		list[i] = (struct claim){ 0 };
		slice_cstr(id, list[i].id, sizeof(list[i].id));
		++*n;
	}
	at = strlen(list[i].labs);
	snprintf(list[i].labs + at, sizeof(list[i].labs) - at, " %s", lab);
}

static int list_claims(struct course *c, struct err *e)
{
	static struct claim list[CLAIMS];
	unsigned n = 0;

	for (int i = 0; i < c->n; i++) {
		struct lesson l;
		struct slice rest, id;
		int rc = course_open(c, &l, i, 1, NULL, e);

		rest = slice_str(rc ? "" : l.claims);
		while ((id = slice_cut(&rest, ' ')).n || rest.n)
			if (id.n)
				add_claim(list, &n, id, l.id);
		lesson_close(&l);
		if (rc)
			return rc;
	}
	qsort(list, n, sizeof(*list), by_id);
	for (unsigned i = 0; i < n; i++)
		printf("%-6s%s\n", list[i].id, list[i].labs);
	printf(c->lang ? "진술 %u개, 실습 %d개\n" : "%u statements in %d labs\n", n, c->n);
	return 0;
}

static int list(struct course *c, int n, char **words, struct err *e)
{
	if (c->o->claims)
		return list_claims(c, e);
	for (int i = 0; i < c->n; i++) {
		struct lesson l;
		int rc = course_open(c, &l, i, 1, NULL, e);

		if (rc == 0)
			printf("%-4s  %s\n", l.id, l.title.in[c->lang]);
		lesson_close(&l);
		if (rc)
			return rc;
	}
	return 0;
}

/* --- show --------------------------------------------------------------------------------------------- */

static int show(struct course *c, int n, char **words, struct err *e)
{
	struct lesson l = { 0 };
	int number = course_find(c, words[1], e);
	int rc = number < 0 ? -1 : course_open(c, &l, number, 1, NULL, e);

	if (rc == 0 && (rc = lesson_draw(&l, e)) == 0) {
		course_say_head(&l);
		course_say_network(&l);
		printf("\n%s\n", c->lang ? "질문" : "Questions");
		for (unsigned i = 0; i < l.nquestions; i++)
			printf("  %u. %s\n", i + 1, l.questions[i].text.in[c->lang]);
		printf("\n%s\n", c->lang ? "변종 (--mutant): 원인을 없앤 같은 실습"
		                         : "Mutants (--mutant): the same without the cause");
		for (unsigned i = 0; i < l.nmutants; i++)
			printf("  %s: %s\n", l.mutants[i].name, l.mutants[i].what.in[c->lang]);
		printf("\n%s/README%s.md\n", l.dir, c->lang ? ".ko" : "");
	}
	if (number >= 0)
		lesson_close(&l);
	return rc;
}

/* --- The command -------------------------------------------------------------------------------------- */

static int doctor(struct course *c, int n, char **words, struct err *e)
{
	return doctor_run(stdout, course_color(), e);
}

/* How many words follow a command, and whether it raises networks. */
static const struct {
	const char *name;
	int (*run)(struct course *c, int n, char **words, struct err *e);
	int min, max;
	bool raises;
	const char *which; /* when there are too few or too many */
} commands[] = {
	{ "list", list, 0, 0, false, "it takes nothing more" },
	{ "show", show, 1, 1, false, "one lab, such as L03" },
	{ "run", course_sit_run, 1, 1, true, "one lab, such as L03" },
	{ "predict", course_predict, 1, 1, false, "one lab, such as L03" },
	{ "look", course_look, 1, 1, false, "one lab that was run, such as L03" },
	{ "check", course_check, 1, 9, false, "one lab, such as L03, and perhaps client=FILE" },
	{ "quiz", course_quiz, 0, 0, true, "it takes nothing more" },
	{ "review", course_review, 0, 1, true, "one lab, or none for what is due" },
	{ "progress", course_progress, 0, 0, false, "it takes nothing more" },
	{ "report", course_report, 1, 1, false, "one lab that was run, such as L03" },
	{ "verify", course_verify, 0, LABS_MAX, true, "labs, or --all" },
	{ "new", course_new, 1, 1, false, "a name, such as L40-slow-start" },
	{ "doctor", doctor, 0, 0, false, "it takes nothing more" },
};

static int language(const char *asked)
{
	const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !asked; i++)
		if ((asked = getenv(names[i])) && !*asked)
			asked = NULL;
	return asked && strncmp(asked, "ko", 2) == 0;
}

static int no_command(const char *word, struct err *e)
{
	char names[160] = "";

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		size_t at = strlen(names);

		snprintf(names + at, sizeof(names) - at, "%s%s", at ? ", " : "", commands[i].name);
	}
	return word ? err_set(e, ERR_USAGE, "'%.40s' is no command of labs: %s", word, names)
	            : err_set(e, ERR_USAGE, "do what? %s", names);
}

int course_run(const struct course_options *o, int n, char **words, struct err *e)
{
	struct course c = { .o = o, .lang = language(o->lang) };
	size_t k = 0;
	int rc;

	if (o->lang && strcmp(o->lang, "en") != 0 && strcmp(o->lang, "ko") != 0)
		return err_set(e, ERR_USAGE, "--lang is en or ko, not '%s'", o->lang);
	while (n && k < sizeof(commands) / sizeof(*commands) && strcmp(commands[k].name, words[0]) != 0)
		k++;
	if (n == 0 || k == sizeof(commands) / sizeof(*commands))
		return no_command(n ? words[0] : NULL, e);
	if (n - 1 < commands[k].min || n - 1 > commands[k].max)
		return err_set(e, ERR_USAGE, "%s which? %s", words[0], commands[k].which);
	/* A folder of one's own that is yet to be is fine for a new lab. */
	if (commands[k].run == course_new)
		return course_new(&c, n, words, e);
	rc = find_labs(&c, e);
	if (rc == 0 && commands[k].raises && (doctor_need(stderr, false, e) || lab_files_as_owner(e)))
		rc = -1;
	if (rc == 0)
		rc = commands[k].run(&c, n, words, e);
	forget_labs(&c);
	return rc;
}

/* Progress in a text file; see progress.h. */
#include "lab/progress.h"

#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const int spans[PROGRESS_BOXES] = { 1, 3, 7, 16, 35 };

/* --- Days --------------------------------------------------------------------------------------------- */

char *progress_date(progress_day d, char to[16])
{
	time_t t = (time_t)d * 86400;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(to, 16, "%Y-%m-%d", &tm);
	return to;
}

int progress_day_of(const char *date, progress_day *d)
{
	struct tm tm = { 0 };
	char again[16];

	if (sscanf(date, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*d = (progress_day)(timegm(&tm) / 86400);
	return strcmp(progress_date(*d, again), date) == 0 && tm.tm_year > 70 ? 0 : -1;
}

/* The day where the user is. */
static progress_day today(void)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	return (progress_day)((now + tm.tm_gmtoff) / 86400);
}

/* --- Entries ------------------------------------------------------------------------------------------ */

struct progress_lab *progress_lab(struct progress *p, const char *id, struct err *e)
{
	struct progress_lab *l = &p->labs[p->nlabs];

	for (unsigned i = 0; i < p->nlabs; i++)
		if (!strcmp(p->labs[i].id, id))
			return &p->labs[i];
	if (p->nlabs == PROGRESS_LABS) {
		err_set(e, ERR_DATA, "progress is kept of %d labs at most", PROGRESS_LABS);
		return NULL;
	}
	*l = (struct progress_lab){ 0 };
	snprintf(l->id, sizeof(l->id), "%s", id);
	p->nlabs++;
	return l;
}

struct progress_card *progress_card(struct progress *p, const char *lab, const char *question, struct err *e)
{
	struct progress_card *c = &p->cards[p->ncards];

	for (unsigned i = 0; i < p->ncards; i++)
		if (!strcmp(p->cards[i].lab, lab) && !strcmp(p->cards[i].question, question))
			return &p->cards[i];
	if (p->ncards == PROGRESS_CARDS) {
		err_set(e, ERR_DATA, "progress is kept of %d questions at most", PROGRESS_CARDS);
		return NULL;
	}
	*c = (struct progress_card){ 0 };
	snprintf(c->lab, sizeof(c->lab), "%s", lab);
	snprintf(c->question, sizeof(c->question), "%s", question);
	p->ncards++;
	return c;
}

void progress_answered(struct progress *p, struct progress_card *c, bool right)
{
	if (right)
		c->right++;
	else
		c->wrong++;
	c->box = !right ? 1 : c->box < PROGRESS_BOXES ? c->box + 1 : PROGRESS_BOXES;
	c->due = p->today + spans[c->box - 1];
}

bool progress_is_due(const struct progress *p, const struct progress_card *c)
{
	return c->box && c->due <= p->today;
}

/* --- Reading ------------------------------------------------------------------------------------------ */

/* "runs 2": the number behind that word, which is next in the line. */
static int take_number(struct slice *rest, const char *word, uint64_t max, uint64_t *v)
{
	if (!slice_eq_str(slice_cut(rest, ' '), word) || slice_u64(slice_cut(rest, ' '), v) || *v > max)
		return -1;
	return 0;
}

static int take_day(struct slice *rest, const char *word, progress_day *d)
{
	char date[16];

	if (!slice_eq_str(slice_cut(rest, ' '), word))
		return -1;
	slice_cstr(slice_cut(rest, ' '), date, sizeof(date));
	return progress_day_of(date, d);
}

static int read_lab(struct progress *p, const char *id, struct slice rest, struct err *e)
{
	struct progress_lab *l = progress_lab(p, id, e);
	uint64_t runs;

	if (!l || take_number(&rest, "runs", UINT32_MAX, &runs) || take_day(&rest, "last", &l->last))
		return -1;
	l->runs = (unsigned)runs;
	return rest.n ? -1 : 0;
}

static int read_predicted(struct progress *p, const char *id, struct slice rest, struct err *e)
{
	struct progress_lab *l = progress_lab(p, id, e);

	if (!l || take_number(&rest, "seed", UINT64_MAX, &l->seed))
		return -1;
	l->predicted = true;
	return rest.n ? -1 : 0;
}

static struct progress_card *read_name(struct progress *p, const char *id, struct slice *rest, struct err *e)
{
	struct slice name = slice_cut(rest, ' ');
	char question[PROGRESS_NAME];

	if (!name.n || name.n >= sizeof(question))
		return NULL;
	return progress_card(p, id, slice_cstr(name, question, sizeof(question)), e);
}

static int read_card(struct progress *p, const char *id, struct slice rest, struct err *e)
{
	struct progress_card *c = read_name(p, id, &rest, e);
	uint64_t box, right, wrong;

	if (!c || take_number(&rest, "box", PROGRESS_BOXES, &box) || !box ||
	    take_day(&rest, "due", &c->due) || take_number(&rest, "right", UINT32_MAX, &right) ||
	    take_number(&rest, "wrong", UINT32_MAX, &wrong))
		return -1;
	c->box = (unsigned)box;
	c->right = (unsigned)right;
	c->wrong = (unsigned)wrong;
	return rest.n ? -1 : 0;
}

static int read_guess(struct progress *p, const char *id, struct slice rest, struct err *e)
{
	struct progress_card *c = read_name(p, id, &rest, e);

	if (!c || !rest.n || rest.n >= sizeof(c->guess))
		return -1;
	slice_cstr(rest, c->guess, sizeof(c->guess));
	return 0;
}

static int read_line(struct progress *p, struct slice line, struct err *e)
{
	static const struct {
		const char *word;
		int (*read)(struct progress *p, const char *id, struct slice rest, struct err *e);
	} rows[] = { { "lab", read_lab }, { "card", read_card }, { "predicted", read_predicted },
		{ "guess", read_guess } };
	struct slice word = slice_cut(&line, ' '), name = slice_cut(&line, ' ');
	char id[16];

	if (!name.n || name.n >= sizeof(id))
		return -1;
	slice_cstr(name, id, sizeof(id));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (slice_eq_str(word, rows[i].word))
			return rows[i].read(p, id, line, e);
	return -1;
}

static int read_file(struct progress *p, struct err *e)
{
	char path[PATH_MAX], text[256];
	struct err why = { 0 };
	FILE *f;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/progress", p->dir);
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? 0 : err_sys(e, "%s", path);
	for (unsigned n = 1; rc == 0 && fgets(text, sizeof(text), f); n++) {
		size_t len = strcspn(text, "\n");

		if (text[0] == '#' || text[0] == '\n')
			continue;
		if (text[len] != '\n' || read_line(p, slice_of(text, len), &why))
			rc = err_set(e, ERR_DATA,
			    "%s:%u: %s; nothing was changed: mend the line or take it out", path, n,
			    why.msg[0] ? why.msg : "this is no line of progress");
	}
	if (rc == 0 && ferror(f))
		rc = err_sys(e, "%s", path);
	fclose(f);
	return rc;
}

/* --- The folder --------------------------------------------------------------------------------------- */

static int make_folders(const char *path, struct err *e)
{
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%s", path);
	for (char *s = part + 1;; s++) {
		char c = *s;

		if (c != '/' && c != '\0')
			continue;
		*s = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return err_sys(e, "cannot make the folder %s for progress", part);
		*s = c;
		if (!c)
			return 0;
	}
}

static int find_folder(struct progress *p, struct err *e)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	/* A relative one is to be ignored, says the specification. */
	if (state && state[0] == '/')
		n = snprintf(p->dir, sizeof(p->dir), "%s/osilab", state);
	else if (home && home[0] == '/')
		n = snprintf(p->dir, sizeof(p->dir), "%s/.local/state/osilab", home);
	else
		return err_set(e, ERR_ENV, "there is no place for progress: set HOME or XDG_STATE_HOME");
	return n >= (int)sizeof(p->dir)
	           ? err_set(e, ERR_ENV, "the path to the folder of progress is too long")
	           : make_folders(p->dir, e);
}

int progress_open(struct progress *p, const char *day, struct err *e)
{
	*p = (struct progress){ .lock = -1, .today = today() };
	if (day && progress_day_of(day, &p->today))
		return err_set(e, ERR_USAGE, "'%.40s' is no date, such as 2026-11-24", day);
	if (find_folder(p, e))
		return -1;
	p->lock = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->lock < 0)
		return err_sys(e, "%s", p->dir);
	while (flock(p->lock, LOCK_EX))
		if (errno != EINTR)
			return err_sys(e, "%s", p->dir);
	return read_file(p, e);
}

void progress_close(struct progress *p)
{
	if (p->lock >= 0)
		close(p->lock);
	p->lock = -1;
}

int progress_folder(const struct progress *p, const char *id, bool make, char to[PATH_MAX], struct err *e)
{
	snprintf(to, PATH_MAX, "%s/runs/%s", p->dir, id);
	return make ? make_folders(to, e) : 0;
}

/* --- Writing ------------------------------------------------------------------------------------------ */

static void write_all(const struct progress *p, FILE *f)
{
	char date[16];

	fprintf(f, "# osilab lab: progress, one fact a line\n");
	for (unsigned i = 0; i < p->nlabs; i++) {
		const struct progress_lab *l = &p->labs[i];

		if (l->runs)
			fprintf(f, "lab %s runs %u last %s\n", l->id, l->runs, progress_date(l->last, date));
		if (l->predicted)
			fprintf(f, "predicted %s seed %llu\n", l->id, (unsigned long long)l->seed);
	}
	for (unsigned i = 0; i < p->ncards; i++) {
		const struct progress_card *c = &p->cards[i];

		if (c->box)
			fprintf(f, "card %s %s box %u due %s right %u wrong %u\n", c->lab, c->question,
			    c->box, progress_date(c->due, date), c->right, c->wrong);
		if (c->guess[0])
			fprintf(f, "guess %s %s %s\n", c->lab, c->question, c->guess);
	}
}

int progress_save(const struct progress *p, struct err *e)
{
	char path[PATH_MAX], fresh[PATH_MAX + 8];
	FILE *f;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/progress", p->dir);
	snprintf(fresh, sizeof(fresh), "%s.new", path);
	f = fopen(fresh, "we");
	if (!f)
		return err_sys(e, "cannot write %s", fresh);
	write_all(p, f);
	if (fflush(f) || fsync(fileno(f)))
		rc = err_sys(e, "cannot write %s", fresh);
	if (fclose(f) && rc == 0)
		rc = err_sys(e, "cannot write %s", fresh);
	if (rc == 0 && rename(fresh, path))
		rc = err_sys(e, "cannot replace %s", path);
	if (rc)
		unlink(fresh);
	return rc;
}

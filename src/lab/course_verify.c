/* Every lab with its mutants, several at once: labs mostly wait.  See course_room.h. */
#include "lab/course_room.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIES = 3, JOBS_MAX = 16, JOBS_PER_CPU = 2 };

/* One run, in a process of its own. */
struct run {
	int lab;
	uint64_t seed;
	char mutant[32]; /* "": none */
	int64_t start;
	pid_t pid; /* 0: not running */
	int from;  /* pipe: what it came to */
};

/* What its process says. */
struct result {
	int rc;
	struct err err;
};

/* Of one lab, over all its runs. */
struct tally {
	unsigned wanted, done;
	int64_t spent;
};

struct verifying {
	struct course *c;
	struct run *all;
	unsigned n, next, cap;
	struct run *running[JOBS_MAX];
	unsigned jobs;
	struct tally tally[PROGRESS_LABS];
	int rc; /* of the first run that failed */
	struct err err;
};

/* --- One run ------------------------------------------------------------------------------------------ */

/* Silent; again when it gives no verdict, which is the machine's fault. */
static int try_run(struct course *c, const struct run *r, struct err *e)
{
	const char *mutant = r->mutant[0] ? r->mutant : NULL;
	int rc = -1;

	for (int i = 0; i < TRIES; i++) {
		struct lesson l;
		char why[sizeof(l.outcome->first_failed)] = "";
		bool verdict, failed;

		rc = course_open(c, &l, r->lab, r->seed, mutant, e);
		if (rc == 0)
			rc = lesson_run(&l, e);
		verdict = rc == 0 && l.outcome->verdict;
		failed = verdict && l.outcome->failed;
		if (failed)
			snprintf(why, sizeof(why), "%s", l.outcome->first_failed);
		if (rc == 0 && !verdict)
			course_no_verdict(&l, e);
		lesson_close(&l);
		if (rc)
			return rc;
		if (!verdict)
			continue;
		if (failed && !mutant)
			return err_set(
			    e, ERR_DATA, "seed %llu: not so: %s", (unsigned long long)r->seed, why);
		if (!failed && mutant)
			return err_set(e, ERR_DATA, "seed %llu: the checks do not refuse the mutant %s",
			    (unsigned long long)r->seed, mutant);
		return 0;
	}
	return -1;
}

static void run_process(struct course *c, const struct run *r, int to)
{
	struct result out = { 0 };
	ssize_t n;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
	out.rc = try_run(c, r, &out.err);
	n = write(to, &out, sizeof(out));
	_exit(n != sizeof(out));
}

static int start(struct verifying *v, unsigned place, struct run *r, struct err *e)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC))
		return err_sys(e, "pipe");
	fflush(NULL);
	r->start = clock_mono();
	r->pid = fork();
	if (r->pid == 0) {
		close(fd[0]);
		run_process(v->c, r, fd[1]);
	}
	close(fd[1]);
	r->from = fd[0];
	if (r->pid < 0) {
		close(fd[0]);
		return err_sys(e, "fork");
	}
	v->running[place] = r;
	return 0;
}

/* --- All of them -------------------------------------------------------------------------------------- */

static void say_done(const struct verifying *v, int lab)
{
	const struct tally *t = &v->tally[lab];
	const char *name = v->c->labs[lab]->d_name;
	char span[32];

	printf("ok    %.*s  %u runs, %s\n", (int)strcspn(name, "-"), name, t->done,
	    clock_span(t->spent, span, sizeof(span)));
	fflush(stdout);
}

static void ended(struct verifying *v, unsigned place)
{
	struct run *r = v->running[place];
	struct result got = { 0 };
	ssize_t n = read(r->from, &got, sizeof(got));
	const char *name = v->c->labs[r->lab]->d_name;

	close(r->from);
	while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
		;
	r->pid = 0;
	v->running[place] = NULL;
	v->tally[r->lab].spent += clock_mono() - r->start;
	if (n != sizeof(got))
		got.rc = err_set(&got.err, ERR_ENV, "a run was killed");
	if (got.rc && !v->rc) {
		v->rc = got.rc;
		v->err = got.err;
		if (got.rc < 0)
			err_in(&v->err, "%.*s", (int)strcspn(name, "-"), name);
	}
	if (++v->tally[r->lab].done == v->tally[r->lab].wanted && !v->rc)
		say_done(v, r->lab);
}

/* Waits until one has ended; false: none is running. */
static bool wait_one(struct verifying *v)
{
	struct pollfd p[JOBS_MAX];
	bool any = false;

	for (unsigned i = 0; i < v->jobs; i++) {
		p[i] = (struct pollfd){ .fd = v->running[i] ? v->running[i]->from : -1, .events = POLLIN };
		any |= v->running[i] != NULL;
	}
	if (!any)
		return false;
	if (poll(p, v->jobs, -1) > 0)
		for (unsigned i = 0; i < v->jobs; i++)
			if (v->running[i] && p[i].revents)
				ended(v, i);
	return true;
}

/* After the first failure nothing new is begun. */
static int run_all(struct verifying *v, struct err *e)
{
	do
		for (unsigned i = 0; i < v->jobs && v->next < v->n && !v->rc; i++)
			if (!v->running[i] && start(v, i, &v->all[v->next++], &v->err))
				v->rc = -1;
	while (wait_one(v));
	if (v->rc < 0)
		*e = v->err;
	return v->rc;
}

static int add_run(struct verifying *v, int lab, uint64_t seed, const char *mutant, struct err *e)
{
	if (v->n == v->cap) {
		unsigned cap = v->cap ? 2 * v->cap : 64;
		struct run *more = realloc(v->all, cap * sizeof(*more));

		if (!more)
			return err_set(e, ERR_ENV, "out of memory");
		v->all = more;
		v->cap = cap;
	}
	v->all[v->n] = (struct run){ .lab = lab, .seed = seed };
	snprintf(v->all[v->n++].mutant, sizeof(v->all->mutant), "%s", mutant);
	v->tally[lab].wanted++;
	return 0;
}

static int add_lab(struct verifying *v, int lab, uint64_t seed, struct err *e)
{
	struct lesson l;
	int rc = course_open(v->c, &l, lab, seed, NULL, e);

	if (rc == 0 && l.lacks) {
		printf("skip  %s  needs %s, which is not installed\n", l.id, l.lacks);
		lesson_close(&l);
		return 0;
	}
	for (int64_t i = 0; i < v->c->o->seeds && rc == 0; i++) {
		rc = add_run(v, lab, seed + (uint64_t)i, "", e);
		for (unsigned m = 0; m < l.nmutants && rc == 0; m++)
			rc = add_run(v, lab, seed + (uint64_t)i, l.mutants[m].name, e);
	}
	lesson_close(&l);
	return rc;
}

int course_verify(struct course *c, int n, char **words, struct err *e)
{
	static struct verifying v;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t seed;
	int rc = 0;

	if (c->o->all == (n > 1))
		return err_set(e, ERR_USAGE, "verify which labs? their ids, or --all");
	if (course_seed(c, &seed, e))
		return -1;
	v = (struct verifying){ .c = c };
	v.jobs = c->o->jobs ? (unsigned)c->o->jobs : (unsigned)(cpus > 0 ? cpus : 1) * JOBS_PER_CPU;
	v.jobs = v.jobs < JOBS_MAX ? v.jobs : JOBS_MAX;
	for (int i = 0; i < (c->o->all ? c->n : n - 1) && rc == 0; i++) {
		int lab = c->o->all ? i : course_find(c, words[i + 1], e);

		rc = lab < 0 ? -1 : add_lab(&v, lab, seed, e);
	}
	if (rc == 0)
		rc = run_all(&v, e);
	free(v.all);
	return rc;
}

/* A server in several processes; see workers.h. */
#include "web/workers.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIVED     (10 * CLOCK_SEC) /* who has served so long did not die of how it was made */
#define PAUSE     (100 * CLOCK_MS) /* before the first repetition, */
#define PAUSE_MAX (30 * CLOCK_SEC) /* and the longest */

struct worker {
	pid_t pid;       /* 0: there is none */
	int64_t started; /* clock_mono */
	int64_t pause;   /* before it is started again, the last time; 0: it was not needed */
	int64_t due;     /* when it is to be started; 0: it runs, or shall not run */
};

struct workers {
	struct workers_plan plan;
	struct worker v[WORKERS_MAX];
	int ready[2];         /* a pipe: the number of each that is ready.  Closed once all have been */
	struct err *failed;   /* n of them, in memory that all share: why it could not get ready */
	sigset_t set, before; /* the signals; the mask before they were blocked */
	int told;             /* 1: to drain, 2: to end now */
	enum err_kind ended;  /* how the worst of them has ended while draining */
};

/* --- In a worker --- */

static void __attribute__((noreturn)) work(struct workers *w, int i, pid_t parent)
{
	struct err e = { 0 };
	bool starting = w->ready[1] >= 0;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	if (w->plan.serve(w->plan.ctx, w, i, &e) == 0)
		_exit(0);
	w->failed[i] = e;
	if (!starting)
		log_errorx("worker %d: %s", i + 1, e.msg);
	_exit(e.kind);
}

void workers_ready(struct workers *w, int i)
{
	uint8_t number = (uint8_t)i;

	if (w->ready[1] < 0)
		return;
	while (write(w->ready[1], &number, 1) < 0 && errno == EINTR)
		;
	close(w->ready[0]);
	close(w->ready[1]);
	w->ready[0] = w->ready[1] = -1;
}

/* --- In the supervisor --- */

static int start(struct workers *w, int i, struct err *e)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		work(w, i, parent);
	if (pid < 0)
		return err_sys(e, "cannot start a worker process");
	w->v[i].pid = pid;
	w->v[i].started = clock_mono();
	w->v[i].due = 0;
	return 0;
}

static void tell(const struct workers *w, int signo)
{
	for (int i = 0; i < w->plan.n; i++)
		if (w->v[i].pid)
			kill(w->v[i].pid, signo);
}

static int running(const struct workers *w)
{
	int n = 0;

	for (int i = 0; i < w->plan.n; i++)
		n += w->v[i].pid != 0;
	return n;
}

static void start_later(struct worker *v)
{
	int64_t now = clock_mono();

	if (now - v->started >= LIVED)
		v->pause = 0;
	else if (v->pause == 0)
		v->pause = PAUSE;
	else
		v->pause = v->pause * 2 < PAUSE_MAX ? v->pause * 2 : PAUSE_MAX;
	v->due = now + v->pause;
}

static void say_how(const struct workers *w, int i, int status)
{
	char span[32];

	clock_span(w->v[i].pause, span, sizeof(span));
	if (WIFSIGNALED(status))
		log_warnx("worker %d was killed by signal %d; another takes its place in %s", i + 1,
		    WTERMSIG(status), span);
	else
		log_warnx("worker %d ended with code %d; another takes its place in %s", i + 1,
		    WEXITSTATUS(status), span);
}

static void ended(struct workers *w, int i, int status)
{
	w->v[i].pid = 0;
	w->plan.gone(w->plan.ctx, i);
	if (!w->told) {
		start_later(&w->v[i]);
		say_how(w, i, status);
	} else if (WIFSIGNALED(status)) {
		w->ended = ERR_ENV;
	} else if (WEXITSTATUS(status) > w->ended) {
		w->ended = (enum err_kind)WEXITSTATUS(status);
	}
}

static void reap(struct workers *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < w->plan.n; i++)
			if (w->v[i].pid == pid)
				ended(w, i, status);
}

static void start_due(struct workers *w)
{
	struct err e;

	for (int i = 0; i < w->plan.n; i++) {
		if (!w->v[i].due || clock_mono() < w->v[i].due || start(w, i, &e) == 0)
			continue;
		start_later(&w->v[i]);
		log_warnx("%s", e.msg);
	}
}

/* Until a worker is to be started; an hour when none is. */
static struct timespec patience(const struct workers *w)
{
	int64_t first = 3600 * CLOCK_SEC, now = clock_mono();

	for (int i = 0; i < w->plan.n; i++)
		if (w->v[i].due && w->v[i].due - now < first)
			first = w->v[i].due > now ? w->v[i].due - now : 0;
	return (struct timespec){ first / CLOCK_SEC, first % CLOCK_SEC };
}

static void stop(struct workers *w)
{
	if (w->told == 0)
		w->plan.closing(w->plan.ctx);
	for (int i = 0; i < w->plan.n; i++)
		w->v[i].due = 0;
	tell(w, w->told++ == 0 ? SIGTERM : SIGUSR1);
}

int workers_watch(struct workers *w, struct err *e)
{
	while (!w->told || running(w)) {
		struct timespec wait = patience(w);

		switch (sigtimedwait(&w->set, NULL, &wait)) {
		case SIGTERM:
		case SIGINT: stop(w); break;
		case SIGHUP:
			w->plan.reload(w->plan.ctx);
			tell(w, SIGHUP);
			break;
		}
		reap(w);
		start_due(w);
	}
	if (w->ended == ERR_NONE)
		return 0;
	return err_set(e, w->ended, "a worker did not end as it should");
}

/* --- Starting --- */

static void block(struct workers *w)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGUSR1 };

	sigemptyset(&w->set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaddset(&w->set, signals[i]);
	sigprocmask(SIG_BLOCK, &w->set, &w->before);
}

/* Who has failed, once the pipe ends before all were ready. */
static int startup_failed(const struct workers *w, struct err *e)
{
	for (int i = 0; i < w->plan.n; i++)
		if (w->failed[i].kind != ERR_NONE) {
			*e = w->failed[i];
			return -1;
		}
	return err_set(e, ERR_ENV, "a worker died before it could serve");
}

/* A worker that dies keeps no end of the pipe: when the last one has closed its own the pipe ends.  That those which
 * did get ready stay is no matter, since they close theirs too. */
static int await(struct workers *w, struct err *e)
{
	int left = w->plan.n;
	uint8_t number;
	ssize_t n = 1;

	close(w->ready[1]);
	w->ready[1] = -1;
	while (left && n) {
		n = read(w->ready[0], &number, 1);
		if (n < 0 && errno != EINTR)
			break;
		left -= n == 1;
	}
	close(w->ready[0]);
	w->ready[0] = -1;
	return left ? startup_failed(w, e) : 0;
}

static int start_all(struct workers *w, struct err *e)
{
	size_t size = (size_t)w->plan.n * sizeof(*w->failed);

	w->failed = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w->failed == MAP_FAILED || pipe2(w->ready, O_CLOEXEC))
		return err_sys(e, "cannot make room for workers");
	for (int i = 0; i < w->plan.n; i++)
		if (start(w, i, e))
			return -1;
	return await(w, e);
}

struct workers *workers_start(const struct workers_plan *plan, struct err *e)
{
	struct workers *w = calloc(1, sizeof(*w));

	if (!w) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	w->plan = *plan;
	w->failed = MAP_FAILED;
	w->ready[0] = w->ready[1] = -1;
	block(w);
	if (start_all(w, e) == 0)
		return w;
	workers_free(w);
	return NULL;
}

void workers_free(struct workers *w)
{
	if (!w)
		return;
	tell(w, SIGUSR1);
	for (int i = 0; i < w->plan.n; i++)
		while (w->v[i].pid && waitpid(w->v[i].pid, NULL, 0) < 0 && errno == EINTR)
			;
	for (int i = 0; i < 2; i++)
		if (w->ready[i] >= 0)
			close(w->ready[i]);
	if (w->failed != MAP_FAILED)
		munmap(w->failed, (size_t)w->plan.n * sizeof(*w->failed));
	sigprocmask(SIG_SETMASK, &w->before, NULL);
	free(w);
}

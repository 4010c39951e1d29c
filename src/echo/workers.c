/* The parent of several serving processes: see workers.h. */
#include "echo/workers.h"

#include "base/log.h"
#include "echo/stop.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A cache line each, or one's counting would slow down the next. */
struct worker {
	_Alignas(64) struct echo_server server; /* what it serves with; the counters outlive it */
	pid_t pid;                              /* 0: it has ended */
};

struct family {
	struct echo_server *pub;
	int (*work)(struct echo_server *s, struct err *e);
	struct worker *workers; /* n of them, in memory that all processes share */
	/* The parent's own descriptors of their listeners, for those that take a place.  Not shared: a worker that has
	 * just begun still reads them while the parent closes its own. */
	int fds[ECHO_WORKERS_MAX];
	int n, running;
	bool failed; /* one has given up, which ends all */
};

static void __attribute__((noreturn)) worker_run(struct family *f, struct worker *w, pid_t parent)
{
	struct err e = { 0 };

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	for (int i = 0; i < f->n; i++)
		if (f->fds[i] != w->server.fd && f->fds[i] >= 0)
			close(f->fds[i]);
	if (echo_stop_worker(&e) || f->work(&w->server, &e)) {
		log_warnx("%s", e.msg);
		_exit(1);
	}
	_exit(0);
}

/* The signals are blocked, so that one which comes before the child listens to it waits. */
static int worker_start(struct family *f, struct worker *w, struct err *e)
{
	pid_t parent = getpid(), pid;

	w->server.fd = f->fds[w - f->workers];
	pid = fork(); /* not into w: that is the child's memory too */
	if (pid == 0)
		worker_run(f, w, parent);
	if (pid < 0)
		return err_sys(e, "cannot start worker processes");
	w->pid = pid;
	f->running++;
	return 0;
}

/* Who was killed, or crashed, is replaced; who gave up has said why, and another would fare no better. */
static void worker_ended(struct family *f, struct worker *w, int status)
{
	struct err e;

	w->pid = 0;
	f->running--;
	if (WIFEXITED(status)) {
		f->failed = f->failed || WEXITSTATUS(status);
		return;
	}
	if (echo_stop_asked())
		return;
	log_warnx("a worker was killed by signal %d; another takes its place", WTERMSIG(status));
	if (worker_start(f, w, &e)) {
		log_warnx("%s", e.msg);
		f->failed = true;
	}
}

static void reap(struct family *f)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < f->n; i++)
			if (f->workers[i].pid == pid) {
				worker_ended(f, &f->workers[i], status);
				break;
			}
}

/* The parent's descriptors go first: a socket that it holds open would go on listening. */
static void close_listeners(struct family *f)
{
	for (int i = 0; i < f->n; i++) {
		if (f->fds[i] >= 0 && f->fds[i] != f->pub->fd)
			close(f->fds[i]);
		f->fds[i] = -1;
	}
	echo_close(f->pub);
}

/* Signals are open only while it sleeps: none is missed. */
static void watch_over(struct family *f)
{
	int told = 0, level;

	while (f->running > 0) {
		level = echo_stop_now() ? 2 : echo_stop_asked() || f->failed;
		if (level > 0)
			close_listeners(f);
		for (int i = 0; i < f->n && level > told; i++)
			if (f->workers[i].pid)
				echo_stop_tell(f->workers[i].pid);
		told = level > told ? level : told;
		sigsuspend(echo_stop_mask());
		reap(f);
	}
}

static int listeners(struct family *f, bool apart, struct err *e)
{
	for (int i = 0; i < f->n; i++)
		f->fds[i] = -1;
	for (int i = 0; i < f->n; i++) {
		struct echo_server *s = &f->workers[i].server;

		*s = (struct echo_server){ .fd = f->pub->fd, .at = f->pub->at };
		if (i > 0 && apart && echo_open_beside(s, f->pub, e))
			return -1;
		f->fds[i] = s->fd;
	}
	return 0;
}

int echo_workers_run(struct echo_server *s, int n, bool apart,
    int (*work)(struct echo_server *s, struct err *e), struct err *e)
{
	struct family f = { .pub = s, .work = work, .n = n };
	size_t size = (size_t)n * sizeof(*f.workers);
	int rc;

	f.workers = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f.workers == MAP_FAILED)
		return err_sys(e, "cannot make room for workers");
	rc = listeners(&f, apart, e) || echo_stop_children(e) ? -1 : 0;
	for (int i = 0; i < n && rc == 0; i++)
		rc = worker_start(&f, &f.workers[i], e);
	f.failed = rc != 0;
	watch_over(&f);
	close_listeners(&f);
	for (int i = 0; i < n; i++)
		echo_stats_add(&s->stats, &f.workers[i].server.stats);
	munmap(f.workers, size);
	if (rc == 0 && f.failed)
		rc = err_set(e, ERR_ENV, "a worker process gave up");
	return rc;
}

int echo_serve(const struct echo_model *m, struct echo_server *s, struct err *e)
{
	if (m->workers == ECHO_COPIES && s->workers > 1)
		return echo_workers_run(s, s->workers, true, m->run, e);
	return m->run(s, e);
}

/* The event loop: see loop.h. */
#include "net/loop.h"

#include "base/clock.h"
#include "net/loop_backend.h"
#include "net/loop_pool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct loop_backend *const backends[] = {
	&loop_epoll,
	&loop_uring,
	&loop_thread,
};

#define N_BACKENDS (sizeof(backends) / sizeof(backends[0]))

struct loop {
	const struct loop_backend *backend;
	void *state; /* the backend's */
	bool running;
	int64_t now;        /* monotonic, once per turn */
	struct heap timers; /* of loop_timer.node */

	struct loop_ready ready[LOOP_BATCH]; /* what this turn reports; [0, n_ready) */
	int n_ready;

	struct loop_signal *signals;
	sigset_t mask; /* of signals */
	struct loop_file signal_file;

	struct loop_pool *pool; /* NULL: none */
	struct loop_file pool_file;
};

const char *loop_backend_name(size_t i)
{
	return i < N_BACKENDS ? backends[i]->name : NULL;
}

static const struct loop_backend *find_backend(const char *name)
{
	for (size_t i = 0; i < N_BACKENDS; i++)
		if (!name || strcmp(name, backends[i]->name) == 0)
			return backends[i];
	return NULL;
}

struct loop *loop_new(const char *backend, struct err *e)
{
	const struct loop_backend *b = find_backend(backend);
	struct loop *l;

	if (!b) {
		err_set(e, ERR_USAGE, "no such model: '%s'; there are epoll, uring and thread", backend);
		return NULL;
	}
	l = calloc(1, sizeof(*l));
	if (!l) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	l->backend = b;
	l->state = b->open(e);
	if (!l->state) {
		free(l);
		return NULL;
	}
	heap_init(&l->timers);
	sigemptyset(&l->mask);
	l->signal_file.fd = -1;
	l->now = clock_mono();
	return l;
}

/* --- The turn --- */

static int64_t until_next_timer(const struct loop *l)
{
	const struct heap_node *top = heap_top(&l->timers);
	int64_t left;

	if (!top)
		return -1;
	left = top->when - clock_mono();
	return left > 0 ? left : 0;
}

/* Only what is due at the start of the turn: a timer that sets itself to 0 cannot keep files
 * waiting. */
static void run_timers(struct loop *l)
{
	struct heap_node *top;
	struct loop_timer *t;

	while (l->running && (top = heap_top(&l->timers)) && top->when <= l->now) {
		heap_del(&l->timers, top);
		t = LOOP_OF(top, struct loop_timer, node);
		t->fn(t);
	}
}

static void run_files(struct loop *l)
{
	for (int i = 0; i < l->n_ready && l->running; i++) {
		struct loop_file *f = l->ready[i].file;
		unsigned ready = f ? l->ready[i].events & f->want : 0;

		if (ready)
			f->fn(f, ready);
	}
	l->n_ready = 0;
}

int loop_run(struct loop *l, struct err *e)
{
	l->running = true;
	while (l->running) {
		l->n_ready = l->backend->wait(l->state, l->ready, until_next_timer(l));
		if (l->n_ready < 0)
			return err_sys(e, "the event loop cannot wait");
		l->now = clock_mono();
		run_timers(l);
		run_files(l);
	}
	return 0;
}

void loop_stop(struct loop *l)
{
	l->running = false;
}

int64_t loop_now(const struct loop *l)
{
	return l->now;
}

/* --- Descriptors --- */

int loop_add(struct loop *l, struct loop_file *f, int fd, unsigned want,
    void (*fn)(struct loop_file *f, unsigned ready), struct err *e)
{
	*f = (struct loop_file){ .fd = fd, .fn = fn };
	if (loop_want(l, f, want) == 0)
		return 0;
	err_sys(e, "cannot watch a descriptor");
	*f = (struct loop_file){ .fd = -1 };
	return -1;
}

int loop_want(struct loop *l, struct loop_file *f, unsigned want)
{
	if (want == f->want)
		return 0;
	if (l->backend->update(l->state, f, f->want, want))
		return -1;
	f->want = want;
	return 0;
}

void loop_del(struct loop *l, struct loop_file *f)
{
	if (!f->fn)
		return;
	loop_want(l, f, 0);
	/* It may be reported further on in this very turn, and be freed by then. */
	for (int i = 0; i < l->n_ready; i++)
		if (l->ready[i].file == f)
			l->ready[i].file = NULL;
	*f = (struct loop_file){ .fd = -1 };
}

/* --- Deadlines --- */

int loop_timer_set(struct loop *l, struct loop_timer *t, int64_t after)
{
	/* One nanosecond on at least, past the `now` of this turn, so that run_timers ends. */
	return heap_set(&l->timers, &t->node, clock_mono() + (after > 0 ? after : 1));
}

void loop_timer_stop(struct loop *l, struct loop_timer *t)
{
	heap_del(&l->timers, &t->node);
}

bool loop_timer_running(const struct loop_timer *t)
{
	return t->node.at != 0;
}

/* --- Signals --- */

static void on_signal(struct loop_file *f, unsigned ready)
{
	struct loop *l = LOOP_OF(f, struct loop, signal_file);
	struct signalfd_siginfo info;

	while (read(f->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		for (struct loop_signal *s = l->signals; s; s = s->next)
			if (s->signo == (int)info.ssi_signo)
				s->fn(s);
}

int loop_signal(
    struct loop *l, struct loop_signal *s, int signo, void (*fn)(struct loop_signal *s), struct err *e)
{
	int fd;

	sigaddset(&l->mask, signo);
	fd = signalfd(l->signal_file.fd, &l->mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_sys(e, "cannot make a signalfd");
	if (l->signal_file.fd < 0 && loop_add(l, &l->signal_file, fd, LOOP_READ, on_signal, e)) {
		close(fd);
		return -1;
	}
	pthread_sigmask(SIG_BLOCK, &l->mask, NULL);
	*s = (struct loop_signal){ .signo = signo, .fn = fn, .next = l->signals };
	l->signals = s;
	return 0;
}

static void signals_fini(struct loop *l)
{
	int fd = l->signal_file.fd;

	if (fd < 0)
		return;
	loop_del(l, &l->signal_file);
	close(fd);
	pthread_sigmask(SIG_UNBLOCK, &l->mask, NULL);
}

/* --- Blocking work --- */

static void on_finished(struct loop_file *f, unsigned ready)
{
	loop_pool_reap(LOOP_OF(f, struct loop, pool_file)->pool);
}

int loop_pool(struct loop *l, unsigned threads, unsigned queue, struct err *e)
{
	struct loop_pool *p = loop_pool_new(threads, queue, e);

	if (!p)
		return -1;
	if (loop_add(l, &l->pool_file, loop_pool_fd(p), LOOP_READ, on_finished, e)) {
		loop_pool_free(p);
		return -1;
	}
	l->pool = p;
	return 0;
}

int loop_work(struct loop *l, struct loop_job *j)
{
	return l->pool ? loop_pool_put(l->pool, j) : -1;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	if (l->pool)
		loop_del(l, &l->pool_file);
	loop_pool_free(l->pool);
	signals_fini(l);
	heap_fini(&l->timers);
	l->backend->close(l->state);
	free(l);
}

/* The thread row of the backend table: a thread for every descriptor, which blocks in ppoll(2) for that one alone, as
 * the thread of a connection does in a server of that kind.  What it sees it hands to the loop, and it rests until the
 * loop has dealt with it; the callbacks run one at a time as ever.  It shows what threads cost: a stack and two
 * switches of context for every event.
 *
 * One mutex protects all of it.  A thread is told of a change by a signal that is open only while it waits, so that
 * none comes too early to be noticed. */
#include "net/loop_backend.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STACK = 64 * 1024, REST_SECONDS = 1 /* without anything to watch, then the thread ends */ };

#define NUDGE SIGRTMIN

struct watcher {
	struct thread_state *home;
	pthread_t thread;
	pthread_cond_t told; /* something to watch, or to go home */
	int fd;
	struct loop_file *file; /* NULL: nothing to watch */
	short events;           /* POLLIN, POLLOUT */
	unsigned number;        /* of the watch: changes with every update */
	bool handed_over;       /* the loop has not dealt with it yet */
	unsigned collected;     /* the watch it is dealing with */
	short seen;             /* what was; 0: the watch has changed since */
	bool queued;            /* in the list of those who saw something */
	bool over;              /* the thread ends, or has ended: to be joined */
	struct watcher *next;   /* in that list, or in the list of the dead */
};

struct thread_state {
	pthread_mutex_t lock;
	pthread_cond_t more; /* somebody saw something */
	bool closing;
	struct watcher **watchers; /* by descriptor */
	size_t n;
	struct watcher *first, **last; /* who saw something */
	struct watcher *dead;
	struct watcher *reported[LOOP_BATCH]; /* the last turn's */
	int n_reported;
};

static void on_nudge(int signo)
{
}

/* Times of conditions are of the monotonic clock. */
static void cond_init(pthread_cond_t *c)
{
	pthread_condattr_t a;

	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(c, &a);
	pthread_condattr_destroy(&a);
}

/* False when the time was over first. */
static bool cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, int64_t ns)
{
	int64_t until = clock_mono() + ns;
	struct timespec ts = { until / CLOCK_SEC, until % CLOCK_SEC };

	if (ns < 0)
		return pthread_cond_wait(c, lock) == 0;
	return pthread_cond_timedwait(c, lock, &ts) != ETIMEDOUT;
}

static void *thread_open(struct err *e)
{
	struct thread_state *s = calloc(1, sizeof(*s));
	struct sigaction act = { .sa_handler = on_nudge };

	if (!s) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	sigaction(NUDGE, &act, NULL);
	pthread_mutex_init(&s->lock, NULL);
	cond_init(&s->more);
	s->last = &s->first;
	return s;
}

/* --- In a watcher's thread --- */

/* Waits for something to watch.  False: there is nothing any more.  Locked. */
static bool rest(struct watcher *w)
{
	while (!w->home->closing) {
		if (w->file && !w->handed_over)
			return true;
		/* One that the loop may still come to, or that is to go on, stays. */
		if (!cond_wait(&w->told, &w->home->lock, REST_SECONDS * CLOCK_SEC) && !w->file &&
		    !w->queued && !w->handed_over)
			return false;
	}
	return false;
}

static void hand_over(struct watcher *w, short seen)
{
	struct thread_state *s = w->home;

	w->seen = seen;
	w->handed_over = true;
	if (w->queued)
		return;
	w->queued = true;
	w->next = NULL;
	*s->last = w;
	s->last = &w->next;
	pthread_cond_signal(&s->more);
}

static void *watch(void *arg)
{
	struct watcher *w = arg;
	struct thread_state *s = w->home;
	sigset_t open;

	sigfillset(&open);
	sigdelset(&open, NUDGE);
	pthread_mutex_lock(&s->lock);
	while (rest(w)) {
		struct pollfd p = { .fd = w->fd, .events = w->events };
		unsigned number = w->number;
		int n;

		pthread_mutex_unlock(&s->lock);
		n = ppoll(&p, 1, NULL, &open);
		pthread_mutex_lock(&s->lock);
		if (n > 0 && w->number == number)
			hand_over(w, p.revents);
	}
	w->over = true;
	if (!s->closing) {
		s->watchers[w->fd] = NULL;
		w->next = s->dead;
		s->dead = w;
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* --- In the loop's --- */

static void watcher_free(struct watcher *w)
{
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->told);
	free(w);
}

/* Signals are the loop's business: each thread begins with all of them blocked. */
static int start_thread(struct watcher *w)
{
	pthread_attr_t a;
	sigset_t all, before;
	int rc;

	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&w->thread, &a, watch, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&a);
	return rc;
}

static int make_room(struct thread_state *s, int fd)
{
	size_t n = s->n ? s->n : 64;
	struct watcher **bigger;

	if ((size_t)fd < s->n)
		return 0;
	while (n <= (size_t)fd)
		n *= 2;
	bigger = realloc(s->watchers, n * sizeof(*bigger));
	if (!bigger)
		return -1;
	memset(bigger + s->n, 0, (n - s->n) * sizeof(*bigger));
	s->watchers = bigger;
	s->n = n;
	return 0;
}

/* The thread of this descriptor; NULL with errno.  Locked. */
static struct watcher *watcher_of(struct thread_state *s, int fd)
{
	struct watcher *w;

	if (make_room(s, fd))
		return NULL;
	if (s->watchers[fd])
		return s->watchers[fd];
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->home = s;
	w->fd = fd;
	cond_init(&w->told);
	errno = start_thread(w);
	if (errno) {
		pthread_cond_destroy(&w->told);
		free(w);
		return NULL;
	}
	s->watchers[fd] = w;
	return w;
}

static int thread_update(void *state, struct loop_file *f, unsigned was, unsigned want)
{
	struct thread_state *s = state;
	struct watcher *w;

	errno = EBADF;
	if (f->fd < 0)
		return -1;
	pthread_mutex_lock(&s->lock);
	w = watcher_of(s, f->fd);
	if (w) {
		w->file = want ? f : NULL;
		w->events = (short)((want & LOOP_READ ? POLLIN : 0) | (want & LOOP_WRITE ? POLLOUT : 0));
		w->number++;
		w->seen = 0;
		w->handed_over = false;
		pthread_cond_signal(&w->told);
		if (was)
			pthread_kill(w->thread, NUDGE);
	}
	pthread_mutex_unlock(&s->lock);
	return w ? 0 : -1;
}

static unsigned from_poll(short events)
{
	if (events & (POLLERR | POLLHUP | POLLNVAL))
		return LOOP_READ | LOOP_WRITE;
	return (events & POLLIN ? LOOP_READ : 0) | (events & POLLOUT ? LOOP_WRITE : 0);
}

static void go_on(struct thread_state *s)
{
	for (; s->n_reported; s->n_reported--) {
		struct watcher *w = s->reported[s->n_reported - 1];

		if (w->number != w->collected)
			continue;
		w->handed_over = false;
		pthread_cond_signal(&w->told);
	}
}

static int collect(struct thread_state *s, struct loop_ready *ready)
{
	struct watcher *w;

	while (s->n_reported < LOOP_BATCH && (w = s->first)) {
		s->first = w->next;
		if (!s->first)
			s->last = &s->first;
		w->queued = false;
		if (!w->seen || !w->file)
			continue;
		ready[s->n_reported] = (struct loop_ready){ w->file, from_poll(w->seen) };
		w->collected = w->number;
		s->reported[s->n_reported++] = w;
	}
	return s->n_reported;
}

static void bury(struct thread_state *s)
{
	struct watcher *w;

	while ((w = s->dead)) {
		s->dead = w->next;
		pthread_mutex_unlock(&s->lock); /* it may be about to let go of it */
		watcher_free(w);
		pthread_mutex_lock(&s->lock);
	}
}

static int thread_wait(void *state, struct loop_ready *ready, int64_t timeout)
{
	struct thread_state *s = state;
	int n;

	pthread_mutex_lock(&s->lock);
	go_on(s);
	bury(s);
	if (!s->first && timeout)
		cond_wait(&s->more, &s->lock, timeout);
	n = collect(s, ready);
	pthread_mutex_unlock(&s->lock);
	return n;
}

static void thread_close(void *state)
{
	struct thread_state *s = state;

	pthread_mutex_lock(&s->lock);
	bury(s);
	s->closing = true;
	for (size_t i = 0; i < s->n; i++)
		if (s->watchers[i]) {
			pthread_cond_signal(&s->watchers[i]->told);
			pthread_kill(s->watchers[i]->thread, NUDGE);
		}
	pthread_mutex_unlock(&s->lock);
	for (size_t i = 0; i < s->n; i++)
		if (s->watchers[i])
			watcher_free(s->watchers[i]);
	pthread_cond_destroy(&s->more);
	pthread_mutex_destroy(&s->lock);
	free(s->watchers);
	free(s);
}

const struct loop_backend loop_thread = {
	.name = "thread",
	.open = thread_open,
	.close = thread_close,
	.update = thread_update,
	.wait = thread_wait,
};

/* TCP echo, a pool of threads: made before the first client comes. One thread accepts and puts clients into a
 * queue; the others each take one out and serve it to its end. Every call sleeps until it is done.
 *
 *	accept4         sleeps until a client is connected
 *	sem_wait        sleeps until there is room in the queue, or a client in it (futex)
 *	recv            sleeps until it has sent something
 *	send            sleeps until the kernel has taken something
 *
 * The queue has an end: when it is full, nobody is accepted, and clients wait in the kernel. Two semaphores count
 * what is in it and what fits, so that neither side looks in vain (the bounded buffer of Dijkstra).
 */
#include "echo/echo.h"

#include "echo/stop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of address space; a thread's memory is only what it has touched. */
#define STACK (256 * 1024)
/* Clients that are accepted and wait for a thread. */
#define QUEUE 64

struct server {
	struct echo_server *pub;
	int reserve;          /* see sock_shed */
	sem_t room;           /* free places of the queue */
	sem_t filled;         /* places that are not */
	sem_t ended;          /* threads that have */
	pthread_mutex_t lock; /* over all that follows */
	int queue[QUEUE];     /* descriptors, or -1: the thread that takes it is to end */
	unsigned first, last; /* the next to take, and to fill, counted without end */
	bool now;             /* time is up: who is taken out is not served any more */
	struct worker *workers;
	int n;
};

struct worker {
	struct server *s;
	int fd; /* its client, or -1; under the lock */
	struct echo_stats stats;
	uint8_t bytes[ECHO_BUFFER];
};

/* 0, or -1 when the client is gone. */
static int send_all(struct worker *w, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t put = send(w->fd, w->bytes + at, n - at, MSG_NOSIGNAL);

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0) {
			at += (size_t)put;
			w->stats.bytes += (uint64_t)put;
		}
	}
	return 0;
}

/* One client from its first byte to its end.  By the time end of stream is read, everything before
 * it has been sent back: a client that has closed only its sending half misses nothing. */
static void client_serve(struct worker *w)
{
	ssize_t got;

	for (;;) {
		got = recv(w->fd, w->bytes, sizeof(w->bytes), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		w->stats.messages++;
		if (send_all(w, (size_t)got))
			return;
	}
}

/* Sleeps until there is something to take. False: the thread is to end. */
static bool client_take(struct worker *w)
{
	struct server *s = w->s;
	bool serve;

	while (sem_wait(&s->filled))
		; /* interrupted */
	pthread_mutex_lock(&s->lock);
	w->fd = s->queue[s->first++ % QUEUE];
	serve = w->fd >= 0;
	if (serve && s->now)
		shutdown(w->fd, SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
	sem_post(&s->room);
	return serve;
}

/* Out of the place where the main thread looks before the descriptor is closed: it shuts those down. */
static void client_end(struct worker *w)
{
	pthread_mutex_lock(&w->s->lock);
	close(w->fd);
	w->fd = -1;
	pthread_mutex_unlock(&w->s->lock);
}

/* Signals are the main thread's: the kernel prefers it as long as it has them open. */
static void *worker_thread(void *arg)
{
	struct worker *w = arg;

	while (client_take(w)) {
		client_serve(w);
		client_end(w);
	}
	echo_stats_add(&w->s->pub->stats, &w->stats);
	sem_post(&w->s->ended);
	return NULL;
}

/* Ends every call that sleeps on a client, of those in service and those still to be taken. */
static void stop_all(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	s->now = true;
	for (int i = 0; i < s->n; i++)
		if (s->workers[i].fd >= 0)
			shutdown(s->workers[i].fd, SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
}

/* Sleeps until the semaphore lets it through; a signal wakes it, and when time is up all is hurried. */
static void wait_for(struct server *s, sem_t *what)
{
	while (sem_wait(what))
		if (echo_stop_now())
			stop_all(s);
}

/* Takes the descriptor. */
static void enqueue(struct server *s, int fd)
{
	wait_for(s, &s->room);
	pthread_mutex_lock(&s->lock);
	s->queue[s->last++ % QUEUE] = fd;
	pthread_mutex_unlock(&s->lock);
	sem_post(&s->filled);
}

static int accept_loop(struct server *s, struct err *e)
{
	enum sock_verdict verdict = SOCK_NEXT;
	int fd;

	while (verdict != SOCK_NONE && verdict != SOCK_BROKEN && !echo_stop_now()) {
		/* Draining: clients the kernel has connected already are served, but not waited
		 * for. */
		if (echo_stop_asked())
			sock_nonblock(s->pub->fd, true);
		fd = accept4(s->pub->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0) {
			s->pub->stats.clients++;
			enqueue(s, fd);
		} else {
			verdict = echo_accept_failed(s->pub, &s->reserve);
			if (verdict == SOCK_FULL)
				poll(NULL, 0, ECHO_PAUSE);
		}
	}
	return verdict == SOCK_BROKEN ? err_sys(e, "cannot accept clients") : 0;
}

/* As many threads as can be had, of n; at least one, or -1. */
static int threads_start(struct server *s, int n, struct err *e)
{
	pthread_attr_t attr;
	pthread_t thread;
	int rc = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while (s->n < n && rc == 0) {
		s->workers[s->n].s = s;
		s->workers[s->n].fd = -1;
		rc = pthread_create(&thread, &attr, worker_thread, &s->workers[s->n]);
		s->n += rc == 0;
	}
	pthread_attr_destroy(&attr);
	errno = rc;
	return s->n > 0 ? 0 : err_sys(e, "cannot make threads");
}

/* Behind the last client each thread finds its own end in the queue. */
static void drain(struct server *s)
{
	for (int i = 0; i < s->n; i++)
		enqueue(s, -1);
	for (int i = 0; i < s->n; i++)
		wait_for(s, &s->ended);
}

int echo_tcp_pool(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub, .lock = PTHREAD_MUTEX_INITIALIZER };
	int n = pub->workers ? pub->workers : ECHO_WORKERS, rc;

	if (sock_nonblock(pub->fd, false))
		return err_sys(e, "cannot make the listener blocking");
	s.workers = calloc((size_t)n, sizeof(*s.workers));
	if (!s.workers)
		return err_sys(e, "cannot make room for clients");
	sem_init(&s.room, 0, QUEUE);
	sem_init(&s.filled, 0, 0);
	sem_init(&s.ended, 0, 0);
	rc = threads_start(&s, n, e) || echo_stop_interrupt(e) ? -1 : 0;
	s.reserve = sock_reserve();
	if (rc == 0)
		rc = accept_loop(&s, e);
	echo_close(pub);
	drain(&s);
	if (s.reserve >= 0)
		close(s.reserve);
	sem_destroy(&s.room);
	sem_destroy(&s.filled);
	sem_destroy(&s.ended);
	free(s.workers);
	return rc;
}

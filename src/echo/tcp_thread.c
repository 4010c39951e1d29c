/* TCP echo, a thread for each client: what the iterative server does, as often at once as there are clients.
 * Every call sleeps until it is done, and holds up nobody but its own client.
 *
 *	accept4         sleeps until a client is connected
 *	pthread_create  gives it a thread: a stack, and a place in the scheduler (clone)
 *	recv            sleeps until it has sent something
 *	send            sleeps until the kernel has taken something
 */
#include "echo/echo.h"

#include "echo/stop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Of address space; a thread's memory is only what it has touched. */
#define STACK (256 * 1024)
/* How often the end of patience is looked for while draining, ns. */
#define TICK 20000000

struct server {
	struct echo_server *pub;
	int reserve;            /* see sock_shed */
	pthread_mutex_t lock;   /* over all that follows, and pub->stats while there are threads */
	pthread_cond_t fewer;   /* a client has gone */
	struct client *clients; /* all of them */
};

struct client {
	struct server *s;
	int fd;
	struct echo_stats stats;    /* its own; added to the server's at its end */
	struct client *next, *prev; /* the server's list */
	uint8_t bytes[ECHO_BUFFER];
};

/* 0, or -1 when the client is gone. */
static int send_all(struct client *c, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t put = send(c->fd, c->bytes + at, n - at, MSG_NOSIGNAL);

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0) {
			at += (size_t)put;
			c->stats.bytes += (uint64_t)put;
		}
	}
	return 0;
}

/* One client from its first byte to its end.  By the time end of stream is read, everything before
 * it has been sent back: a client that has closed only its sending half misses nothing. */
static void client_serve(struct client *c)
{
	ssize_t got;

	for (;;) {
		got = recv(c->fd, c->bytes, sizeof(c->bytes), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		c->stats.messages++;
		if (send_all(c, (size_t)got))
			return;
	}
}

/* Out of the list before the descriptor is closed: the main thread shuts those in the list down. */
static void client_free(struct client *c)
{
	struct server *s = c->s;

	pthread_mutex_lock(&s->lock);
	if (c->prev)
		c->prev->next = c->next;
	else
		s->clients = c->next;
	if (c->next)
		c->next->prev = c->prev;
	s->pub->stats.bytes += c->stats.bytes;
	s->pub->stats.messages += c->stats.messages;
	close(c->fd);
	pthread_cond_signal(&s->fewer);
	pthread_mutex_unlock(&s->lock);
	free(c);
}

/* Signals are the main thread's: the kernel prefers it as long as it has them open. */
static void *client_thread(void *arg)
{
	struct client *c = arg;

	client_serve(c);
	client_free(c);
	return NULL;
}

static int thread_start(struct client *c)
{
	pthread_attr_t attr;
	pthread_t thread;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&thread, &attr, client_thread, c);
	pthread_attr_destroy(&attr);
	return rc;
}

/* Takes the descriptor.  A client for whom there is no memory or no thread is turned away. */
static void client_new(struct server *s, int fd)
{
	struct client *c = malloc(sizeof(*c));

	if (!c) {
		s->pub->stats.refused++;
		close(fd);
		return;
	}
	c->s = s;
	c->fd = fd;
	c->stats = (struct echo_stats){ 0 };
	c->prev = NULL;
	pthread_mutex_lock(&s->lock);
	c->next = s->clients;
	if (c->next)
		c->next->prev = c;
	s->clients = c;
	pthread_mutex_unlock(&s->lock);
	if (thread_start(c)) {
		s->pub->stats.refused++;
		client_free(c);
		return;
	}
	s->pub->stats.clients++;
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
			client_new(s, fd);
		} else {
			verdict = echo_accept_failed(s->pub, &s->reserve);
			if (verdict == SOCK_FULL)
				poll(NULL, 0, ECHO_PAUSE);
		}
	}
	return verdict == SOCK_BROKEN ? err_sys(e, "cannot accept clients") : 0;
}

/* Waits until the last thread has gone.  When time is up, their connections are shut down, which ends every
 * call that sleeps on one. */
static void drain(struct server *s)
{
	struct timespec until;

	pthread_mutex_lock(&s->lock);
	while (s->clients) {
		for (struct client *c = s->clients; c && echo_stop_now(); c = c->next)
			shutdown(c->fd, SHUT_RDWR);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += TICK;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&s->fewer, &s->lock, &until);
	}
	pthread_mutex_unlock(&s->lock);
}

int echo_tcp_thread(struct echo_server *pub, struct err *e)
{
	struct server s = { pub, -1, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL };
	int rc;

	if (sock_nonblock(pub->fd, false))
		return err_sys(e, "cannot make the listener blocking");
	if (echo_stop_interrupt(e))
		return -1;
	s.reserve = sock_reserve();
	rc = accept_loop(&s, e);
	echo_close(pub);
	drain(&s);
	if (s.reserve >= 0)
		close(s.reserve);
	return rc;
}

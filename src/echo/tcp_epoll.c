/* TCP echo, epoll, level-triggered: one thread, many clients.  No call on a client ever sleeps; the only
 * sleep is in epoll_pwait, for all of them at once, and the kernel reports who is ready (epoll(7)).
 *
 *	epoll_pwait  sleeps until something is ready, whoever it is
 *	accept4      never sleeps: EAGAIN when nobody is waiting
 *	recv, send   never sleep: EAGAIN, or fewer bytes than asked, and the client's place is remembered
 *
 * What the iterative server keeps in its program counter, which client and how far, is a struct here.
 */
#include "echo/echo.h"

#include "echo/stop.h"
#include "net/sock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long to leave the listener alone when the machine has no descriptor to give, ms. */
#define PAUSE 100
/* Clients accepted, and events taken, per turn: the others get their turn in between. */
#define BATCH 64

struct client {
	int fd;
	uint32_t events;            /* what epoll watches for: to read, or to get rid of what was read */
	size_t from, to;            /* bytes[from..to) are still to be sent back */
	struct client *next, *prev; /* the server's list */
	uint8_t bytes[ECHO_BUFFER];
};

struct server {
	struct echo_server *pub;
	int epoll;
	int reserve;            /* see sock_shed */
	bool paused;            /* the listener is not watched for a while */
	bool draining;          /* the listener is closed */
	struct client *clients; /* all of them */
};

/* Tells epoll what to watch a descriptor for; data is NULL for the listener. */
static int watch(struct server *s, int op, int fd, uint32_t events, struct client *data)
{
	struct epoll_event ev = { .events = events, .data.ptr = data };

	return epoll_ctl(s->epoll, op, fd, &ev);
}

static void client_free(struct server *s, struct client *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		s->clients = c->next;
	if (c->next)
		c->next->prev = c->prev;
	close(c->fd); /* which also takes it out of the epoll set */
	free(c);
}

/* Takes the descriptor.  0, or -1 when there is no memory for one more. */
static int client_new(struct server *s, int fd)
{
	struct client *c = malloc(sizeof(*c));

	if (!c || watch(s, EPOLL_CTL_ADD, fd, EPOLLIN, c)) {
		free(c);
		close(fd);
		return -1;
	}
	c->fd = fd;
	c->events = EPOLLIN;
	c->from = c->to = 0;
	c->prev = NULL;
	c->next = s->clients;
	if (c->next)
		c->next->prev = c;
	s->clients = c;
	return 0;
}

static bool again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* One read and one write at most.  Reads only when everything read before has been sent back: that
 * is the back-pressure, and it is why end of stream means that the client has got everything.
 * Returns the event to wait for next, or 0 when the client is finished. */
static uint32_t client_step(struct server *s, struct client *c)
{
	ssize_t n;

	if (c->from == c->to) {
		n = recv(c->fd, c->bytes, sizeof(c->bytes), 0);
		if (n < 0)
			return again() ? EPOLLIN : 0;
		if (n == 0)
			return 0;
		c->from = 0;
		c->to = (size_t)n;
	}
	n = send(c->fd, c->bytes + c->from, c->to - c->from, MSG_NOSIGNAL);
	if (n < 0)
		return again() ? EPOLLOUT : 0;
	c->from += (size_t)n;
	s->pub->stats.bytes += (uint64_t)n;
	return c->from < c->to ? EPOLLOUT : EPOLLIN;
}

static void client_turn(struct server *s, struct client *c)
{
	uint32_t events = client_step(s, c);

	if (events && events != c->events && watch(s, EPOLL_CTL_MOD, c->fd, events, c))
		events = 0;
	c->events = events;
	if (!events)
		client_free(s, c);
}

/* After a failed accept.  1: go on; 0: enough for this turn; -1: the listener is broken. */
static int accept_failed(struct server *s)
{
	enum sock_verdict verdict = sock_accept_verdict(errno);

	if (verdict == SOCK_FULL) {
		verdict = sock_shed(s->pub->fd, &s->reserve);
		s->pub->stats.refused += verdict == SOCK_NEXT;
	}
	/* A listener that stays readable would make every wait return at once. */
	if (verdict == SOCK_FULL)
		s->paused = watch(s, EPOLL_CTL_MOD, s->pub->fd, 0, NULL) == 0;
	if (verdict == SOCK_BROKEN)
		return -1;
	return verdict == SOCK_NEXT;
}

/* Up to max clients.  0, or -1 with errno when the listener is broken. */
static int accept_clients(struct server *s, int max)
{
	int fd, more = 1;

	while (more > 0 && max-- > 0) {
		fd = accept4(s->pub->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			more = accept_failed(s);
		else if (client_new(s, fd) == 0)
			s->pub->stats.clients++;
		else
			s->pub->stats.refused++;
	}
	return more < 0 ? -1 : 0;
}

/* Draining: clients the kernel has connected already are served, but not waited for. */
static int drain(struct server *s)
{
	s->draining = true;
	if (accept_clients(s, SOMAXCONN))
		return -1;
	echo_close(s->pub);
	return 0;
}

static int timeout(const struct server *s)
{
	int ms = echo_stop_ms();

	return s->paused && (ms < 0 || ms > PAUSE) ? PAUSE : ms;
}

/* One sleep, and a turn for everybody who is ready.  0, or -1 with errno. */
static int turn(struct server *s)
{
	struct epoll_event ready[BATCH];
	int n = epoll_pwait(s->epoll, ready, BATCH, timeout(s), echo_stop_mask());

	if (n < 0 && errno != EINTR)
		return -1;
	if (s->paused && !s->draining)
		s->paused = watch(s, EPOLL_CTL_MOD, s->pub->fd, EPOLLIN, NULL) != 0;
	for (int i = 0; i < n; i++) {
		if (ready[i].data.ptr)
			client_turn(s, ready[i].data.ptr);
		else if (accept_clients(s, BATCH))
			return -1;
	}
	return echo_stop_asked() && !s->draining ? drain(s) : 0;
}

int echo_tcp_epoll(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub };
	int rc = -1;

	s.epoll = epoll_create1(EPOLL_CLOEXEC);
	s.reserve = sock_reserve();
	if (s.epoll >= 0 && sock_nonblock(pub->fd, true) == 0)
		rc = watch(&s, EPOLL_CTL_ADD, pub->fd, EPOLLIN, NULL);
	while (rc == 0 && !echo_stop_now() && !(s.draining && !s.clients))
		rc = turn(&s);
	if (rc)
		err_sys(e, "cannot go on serving");
	while (s.clients)
		client_free(&s, s.clients);
	if (s.reserve >= 0)
		close(s.reserve);
	if (s.epoll >= 0)
		close(s.epoll);
	return rc;
}

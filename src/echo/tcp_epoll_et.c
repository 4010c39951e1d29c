/* TCP echo, epoll, edge-triggered: one thread, many clients, and the kernel says only what has changed.  A
 * client is registered once, for everything; after that no call is spent on saying what to wait for.  The price:
 * what is not drained now is not reported again, so the server must remember it.
 *
 *	epoll_pwait  sleeps until something has changed: bytes have come, room has become, an end was said
 *	accept4      never sleeps: EAGAIN when nobody is waiting (the listener is level-triggered, as in tcp_epoll.c)
 *	recv         never sleeps; fewer bytes than asked say that it is drained, without a call for EAGAIN
 *	send         never sleeps; fewer bytes than asked say that it will be reported when there is room (epoll(7))
 */
#include "echo/echo.h"

#include "echo/client.h"
#include "echo/stop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Clients accepted, and events taken, per turn: the others get their turn in between. */
#define BATCH 64
/* Reads in a row from one client: who sends without end must not have the server for itself. */
#define ROUNDS 16

/* What is known of a client, in its events. */
#define READABLE 1u /* there may be bytes that no event will announce again */
#define ENDING   2u /* its end is announced: only reading it says that nothing stands before it */
#define WAITING  4u /* it is in the list of those to see to in the next turn */

struct server {
	struct echo_server *pub;
	int epoll;
	int reserve;                 /* see sock_shed */
	bool paused;                 /* the listener is not watched for a while */
	bool draining;               /* the listener is closed */
	struct echo_clients clients; /* their events: see above */
	struct echo_client *again;   /* those that are not drained yet, although it is another's turn */
	uint8_t bytes[ECHO_BUFFER];  /* on the way through */
};

/* Tells epoll what to watch a descriptor for; data is NULL for the listener. */
static int watch(struct server *s, int op, int fd, uint32_t events, struct echo_client *data)
{
	struct epoll_event ev = { .events = events, .data.ptr = data };

	return epoll_ctl(s->epoll, op, fd, &ev);
}

/* Takes the descriptor. */
static void client_new(struct server *s, int fd)
{
	struct echo_client *c = echo_client_new(&s->clients, fd, sizeof(*c));

	if (!c || watch(s, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, c)) {
		s->pub->stats.refused++;
		if (c)
			echo_client_free(&s->clients, c);
		return;
	}
	s->pub->stats.clients++;
}

static bool again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Sends what was kept.  0, or -1 when the client is finished. */
static int client_send(struct server *s, struct echo_client *c)
{
	ssize_t put = send(c->fd, c->unsent + c->from, c->to - c->from, MSG_NOSIGNAL);

	if (put < 0)
		return again() ? 0 : -1;
	s->pub->stats.bytes += (uint64_t)put;
	echo_client_sent(c, (size_t)put);
	return 0;
}

/* One read and one write; what could not be written is kept.  Returns as above. */
static int client_receive(struct server *s, struct echo_client *c)
{
	ssize_t n = recv(c->fd, s->bytes, sizeof(s->bytes), 0), put;

	if (n < 0 && errno == EAGAIN)
		c->events &= ~READABLE;
	if (n < 0)
		return again() ? 0 : -1;
	if (n == 0)
		return -1;
	if (n < (ssize_t)sizeof(s->bytes) && !(c->events & ENDING))
		c->events &= ~READABLE;
	s->pub->stats.messages++;
	put = send(c->fd, s->bytes, (size_t)n, MSG_NOSIGNAL);
	if (put < 0 && !again())
		return -1;
	put = put < 0 ? 0 : put;
	s->pub->stats.bytes += (uint64_t)put;
	return put == n ? 0 : echo_client_keep(c, s->bytes + put, (size_t)(n - put));
}

/* Not drained, and not waiting for room either: no event will come, so it gets another turn. */
static void client_again(struct server *s, struct echo_client *c)
{
	c->events |= WAITING;
	c->again = s->again;
	s->again = c;
}

/* Drains it.  Reads only when everything read before has been sent back: that is the back-pressure, and it is
 * why end of stream means that the client has got everything. */
static void client_turn(struct server *s, struct echo_client *c)
{
	int rc = c->unsent ? client_send(s, c) : 0;

	for (int i = 0; rc == 0 && i < ROUNDS && !c->unsent && (c->events & READABLE); i++)
		rc = client_receive(s, c);
	if (rc)
		echo_client_free(&s->clients, c);
	else if (!c->unsent && (c->events & READABLE))
		client_again(s, c);
}

static void client_event(struct server *s, struct echo_client *c, uint32_t events)
{
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->events |= READABLE;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->events |= ENDING;
	if (!(c->events & WAITING))
		client_turn(s, c);
}

static void clients_again(struct server *s)
{
	struct echo_client *c = s->again, *next;

	s->again = NULL;
	for (; c; c = next) {
		next = c->again;
		c->events &= ~WAITING;
		client_turn(s, c);
	}
}

/* Up to max clients.  0, or -1 with errno when the listener is broken. */
static int accept_clients(struct server *s, int max)
{
	enum sock_verdict verdict = SOCK_NEXT;

	while (verdict == SOCK_NEXT && max-- > 0) {
		int fd = accept4(s->pub->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0)
			client_new(s, fd);
		else
			verdict = echo_accept_failed(s->pub, &s->reserve);
	}
	/* A listener that stays readable would make every wait return at once. */
	if (verdict == SOCK_FULL)
		s->paused = watch(s, EPOLL_CTL_MOD, s->pub->fd, 0, NULL) == 0;
	return verdict == SOCK_BROKEN ? -1 : 0;
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
	int ms = s->again ? 0 : echo_stop_ms();

	return s->paused && (ms < 0 || ms > ECHO_PAUSE) ? ECHO_PAUSE : ms;
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
			client_event(s, ready[i].data.ptr, ready[i].events);
		else if (accept_clients(s, BATCH))
			return -1;
	}
	clients_again(s);
	return echo_stop_asked() && !s->draining ? drain(s) : 0;
}

int echo_tcp_epoll_et(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub };
	int rc = -1;

	s.epoll = epoll_create1(EPOLL_CLOEXEC);
	s.reserve = sock_reserve();
	if (s.epoll >= 0 && sock_nonblock(pub->fd, true) == 0)
		rc = watch(&s, EPOLL_CTL_ADD, pub->fd, EPOLLIN, NULL);
	while (rc == 0 && !echo_stop_now() && !(s.draining && !s.clients.first))
		rc = turn(&s);
	if (rc)
		err_sys(e, "cannot go on serving");
	echo_clients_free(&s.clients);
	if (s.reserve >= 0)
		close(s.reserve);
	if (s.epoll >= 0)
		close(s.epoll);
	return rc;
}

/* TCP echo, poll: one thread, many clients.  The only sleep is in ppoll, for all of them at once; each time the
 * whole list of descriptors goes into the kernel, which asks every one of them, and comes back to be looked
 * through for those that are ready.  A turn costs what is connected, not what is ready.
 *
 *	ppoll        sleeps until something is ready, whoever it is
 *	accept4      never sleeps: EAGAIN when nobody is waiting
 *	recv, send   never sleep: EAGAIN, or fewer bytes than asked, and the client's place is remembered
 */
#include "echo/echo.h"

#include "echo/client.h"
#include "echo/stop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Clients accepted per turn: the others get their turn in between. */
#define BATCH 64

struct server {
	struct echo_server *pub;
	int reserve;                 /* see sock_shed */
	bool paused;                 /* the listener is not watched for a while */
	bool draining;               /* the listener is closed */
	struct echo_clients clients; /* their events: the place in fds */
	struct pollfd *fds;          /* the listener, then the clients */
	struct echo_client **who;    /* who[i] is the client of fds[i] */
	size_t n, room;              /* of both */
	uint8_t bytes[ECHO_BUFFER];  /* on the way through */
};

/* Room for one more.  0 or -1. */
static int grow(struct server *s)
{
	size_t room = s->room ? 2 * s->room : 64;
	struct pollfd *fds;
	struct echo_client **who;

	if (s->n < s->room)
		return 0;
	fds = realloc(s->fds, room * sizeof(*fds));
	s->fds = fds ? fds : s->fds;
	who = realloc(s->who, room * sizeof(struct echo_client *));
	s->who = who ? who : s->who;
	if (!fds || !who)
		return -1;
	s->room = room;
	return 0;
}

/* Puts a descriptor at the end of the list; c is NULL for the listener. */
static void watch(struct server *s, int fd, struct echo_client *c)
{
	s->fds[s->n] = (struct pollfd){ .fd = fd, .events = POLLIN };
	s->who[s->n] = c;
	if (c)
		c->events = (uint32_t)s->n;
	s->n++;
}

/* The last one takes its place in the list. */
static void client_free(struct server *s, struct echo_client *c)
{
	uint32_t at = c->events;

	s->n--;
	s->fds[at] = s->fds[s->n];
	s->who[at] = s->who[s->n];
	s->who[at]->events = at;
	echo_client_free(&s->clients, c);
}

/* Takes the descriptor. */
static void client_new(struct server *s, int fd)
{
	struct echo_client *c = echo_client_new(&s->clients, fd, sizeof(*c));

	if (!c || grow(s)) {
		s->pub->stats.refused++;
		if (c)
			echo_client_free(&s->clients, c);
		return;
	}
	s->pub->stats.clients++;
	watch(s, fd, c);
}

static bool again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Sends what was kept.  The event to wait for next, or 0 when the client is finished. */
static short client_send(struct server *s, struct echo_client *c)
{
	ssize_t put = send(c->fd, c->unsent + c->from, c->to - c->from, MSG_NOSIGNAL);

	if (put < 0)
		return again() ? POLLOUT : 0;
	s->pub->stats.bytes += (uint64_t)put;
	echo_client_sent(c, (size_t)put);
	return c->unsent ? POLLOUT : POLLIN;
}

/* One read and one write; what could not be written is kept.  Returns as above. */
static short client_receive(struct server *s, struct echo_client *c)
{
	ssize_t n = recv(c->fd, s->bytes, sizeof(s->bytes), 0), put;

	if (n < 0)
		return again() ? POLLIN : 0;
	if (n == 0)
		return 0;
	s->pub->stats.messages++;
	put = send(c->fd, s->bytes, (size_t)n, MSG_NOSIGNAL);
	if (put < 0 && !again())
		return 0;
	put = put < 0 ? 0 : put;
	s->pub->stats.bytes += (uint64_t)put;
	if (put == n)
		return POLLIN;
	return echo_client_keep(c, s->bytes + put, (size_t)(n - put)) ? 0 : POLLOUT;
}

/* Reads only when everything read before has been sent back: that is the back-pressure, and it is why end of
 * stream means that the client has got everything. */
static void client_turn(struct server *s, struct echo_client *c)
{
	short events = c->unsent ? client_send(s, c) : client_receive(s, c);

	s->fds[c->events].events = events;
	if (!events)
		client_free(s, c);
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
	s->paused = verdict == SOCK_FULL;
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
	int ms = echo_stop_ms();

	return s->paused && (ms < 0 || ms > ECHO_PAUSE) ? ECHO_PAUSE : ms;
}

/* One sleep, and a turn for everybody who is ready.  0, or -1 with errno. */
static int turn(struct server *s)
{
	int ms = timeout(s), n, rc = 0;
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	s->fds[0].fd = s->paused || s->draining ? -1 : s->pub->fd; /* -1: to be passed over */
	n = ppoll(s->fds, s->n, ms < 0 ? NULL : &ts, echo_stop_mask());
	if (n < 0 && errno != EINTR)
		return -1;
	s->paused = false;
	/* From the end: who takes the place of one that has gone has had its turn. */
	for (size_t i = s->n - 1; n > 0 && i > 0; i--)
		if (s->fds[i].revents)
			client_turn(s, s->who[i]);
	if (n > 0 && s->fds[0].revents)
		rc = accept_clients(s, BATCH);
	return rc == 0 && echo_stop_asked() && !s->draining ? drain(s) : rc;
}

int echo_tcp_poll(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub };
	int rc = -1;

	s.reserve = sock_reserve();
	if (grow(&s) == 0 && sock_nonblock(pub->fd, true) == 0)
		rc = 0;
	if (rc == 0)
		watch(&s, pub->fd, NULL);
	while (rc == 0 && !echo_stop_now() && !(s.draining && !s.clients.first))
		rc = turn(&s);
	if (rc)
		err_sys(e, "cannot go on serving");
	echo_clients_free(&s.clients);
	free(s.fds);
	free(s.who);
	if (s.reserve >= 0)
		close(s.reserve);
	return rc;
}

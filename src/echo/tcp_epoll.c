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

#include "echo/client.h"
#include "echo/stop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Clients accepted, and events taken, per turn: the others get their turn in between. */
#define BATCH 64

struct server {
	struct echo_server *pub;
	int epoll;
	int reserve;                 /* see sock_shed */
	bool paused;                 /* the listener is not watched for a while */
	bool draining;               /* the listener is closed */
	struct echo_clients clients; /* their events: what epoll watches for */
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

	if (!c || watch(s, EPOLL_CTL_ADD, fd, EPOLLIN, c)) {
		s->pub->stats.refused++;
		if (c)
			echo_client_free(&s->clients, c);
		return;
	}
	s->pub->stats.clients++;
	c->events = EPOLLIN;
}

static bool again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Sends what was kept.  The event to wait for next, or 0 when the client is finished. */
static uint32_t client_send(struct server *s, struct echo_client *c)
{
	ssize_t put = send(c->fd, c->unsent + c->from, c->to - c->from, MSG_NOSIGNAL);

	if (put < 0)
		return again() ? EPOLLOUT : 0;
	s->pub->stats.bytes += (uint64_t)put;
	echo_client_sent(c, (size_t)put);
	return c->unsent ? EPOLLOUT : EPOLLIN;
}

/* One read and one write; what could not be written is kept.  Returns as above. */
static uint32_t client_receive(struct server *s, struct echo_client *c)
{
	ssize_t n = recv(c->fd, s->bytes, sizeof(s->bytes), 0), put;

	if (n < 0)
		return again() ? EPOLLIN : 0;
	if (n == 0)
		return 0;
	s->pub->stats.messages++;
	put = send(c->fd, s->bytes, (size_t)n, MSG_NOSIGNAL);
	if (put < 0 && !again())
		return 0;
	put = put < 0 ? 0 : put;
	s->pub->stats.bytes += (uint64_t)put;
	if (put == n)
		return EPOLLIN;
	return echo_client_keep(c, s->bytes + put, (size_t)(n - put)) ? 0 : EPOLLOUT;
}

/* Reads only when everything read before has been sent back: that is the back-pressure, and it is why end of
 * stream means that the client has got everything. */
static void client_turn(struct server *s, struct echo_client *c)
{
	uint32_t events = c->unsent ? client_send(s, c) : client_receive(s, c);

	if (events && events != c->events && watch(s, EPOLL_CTL_MOD, c->fd, events, c))
		events = 0;
	c->events = events;
	if (!events)
		echo_client_free(&s->clients, c);
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
	int ms = echo_stop_ms();

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

/* TCP echo, busy: non-blocking calls and nothing to sleep in.  One thread asks every client over and over
 * whether something has come; nearly always the answer is EAGAIN (EWOULDBLOCK).  It hears of everything at once,
 * and for that uses a whole processor also when nobody says a word.
 *
 *	accept4      never sleeps: EAGAIN when nobody is waiting
 *	recv, send   never sleep: EAGAIN, or fewer bytes than asked, and the client's place is remembered
 */
#include "echo/echo.h"

#include "base/clock.h"
#include "echo/client.h"
#include "echo/stop.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Clients accepted per turn: in a crowd a turn takes long, and a whole queue may be waiting by then. */
#define BATCH SOMAXCONN

struct server {
	struct echo_server *pub;
	int reserve;    /* see sock_shed */
	int64_t resume; /* when to accept again, or 0 */
	bool draining;  /* the listener is closed */
	struct echo_clients clients;
	uint8_t bytes[ECHO_BUFFER]; /* on the way through */
};

/* Takes the descriptor. */
static void client_new(struct server *s, int fd)
{
	if (echo_client_new(&s->clients, fd, sizeof(struct echo_client)))
		s->pub->stats.clients++;
	else
		s->pub->stats.refused++;
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

	if (n < 0)
		return again() ? 0 : -1;
	if (n == 0)
		return -1;
	s->pub->stats.messages++;
	put = send(c->fd, s->bytes, (size_t)n, MSG_NOSIGNAL);
	if (put < 0 && !again())
		return -1;
	put = put < 0 ? 0 : put;
	s->pub->stats.bytes += (uint64_t)put;
	return put == n ? 0 : echo_client_keep(c, s->bytes + put, (size_t)(n - put));
}

/* 0, or -1 with errno when the listener is broken. */
static int accept_clients(struct server *s)
{
	enum sock_verdict verdict = SOCK_NEXT;

	for (int i = 0; verdict == SOCK_NEXT && i < BATCH; i++) {
		int fd = accept4(s->pub->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0)
			client_new(s, fd);
		else
			verdict = echo_accept_failed(s->pub, &s->reserve);
	}
	if (verdict == SOCK_FULL)
		s->resume = clock_mono() + ECHO_PAUSE * CLOCK_MS;
	if (verdict == SOCK_NONE)
		s->draining = echo_stop_asked();
	return verdict == SOCK_BROKEN ? -1 : 0;
}

/* Whoever is at the door, and one attempt with each client: it reads only when everything read before has been sent
 * back.  Returns as above. */
static int turn(struct server *s)
{
	struct echo_client *next;

	if (s->resume && clock_mono() >= s->resume)
		s->resume = 0;
	if (!s->draining && !s->resume && accept_clients(s))
		return -1;
	for (struct echo_client *c = s->clients.first; c; c = next) {
		next = c->next;
		if (c->unsent ? client_send(s, c) : client_receive(s, c))
			echo_client_free(&s->clients, c);
	}
	return 0;
}

int echo_tcp_busy(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub };
	int rc = 0;

	if (sock_nonblock(pub->fd, true))
		return err_sys(e, "cannot make the listener non-blocking");
	if (echo_stop_interrupt(e))
		return -1;
	s.reserve = sock_reserve();
	while (rc == 0 && !echo_stop_now() && !(s.draining && !s.clients.first)) {
		rc = turn(&s);
		if (s.draining)
			echo_close(pub);
	}
	if (rc)
		err_sys(e, "cannot go on serving");
	echo_clients_free(&s.clients);
	if (s.reserve >= 0)
		close(s.reserve);
	return rc;
}

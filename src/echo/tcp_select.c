/* TCP echo, select: one thread, many clients.  The only sleep is in pselect, for all of them at once; each time the
 * whole set of descriptors, a bit for each, goes into the kernel, which asks every one of them, and comes back to be looked
 * through for those that are ready.  A set has FD_SETSIZE
 * (1,024) bits, whatever the limit of descriptors is: who gets a higher one is turned away, for setting its bit
 * would be writing into something else (select(2)).
 *
 *	pselect      sleeps until something is ready, whoever it is
 *	accept4      never sleeps: EAGAIN when nobody is waiting
 *	recv, send   never sleep: EAGAIN, or fewer bytes than asked, and the client's place is remembered
 */
#include "echo/echo.h"

#include "base/log.h"
#include "echo/client.h"
#include "echo/stop.h"

#include <errno.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Clients accepted per turn: the others get their turn in between. */
#define BATCH 64

/* What a client waits for. */
enum { FINISHED, READ, WRITE };

struct server {
	struct echo_server *pub;
	int reserve;                         /* see sock_shed */
	bool paused;                         /* the listener is not watched for a while */
	bool draining;                       /* the listener is closed */
	bool said;                           /* that a client was too many */
	struct echo_clients clients;         /* their events: to read, or to get rid of what was read */
	struct echo_client *who[FD_SETSIZE]; /* by descriptor */
	int top;                             /* no descriptor is higher */
	uint8_t bytes[ECHO_BUFFER];          /* on the way through */
};

/* Takes the descriptor, if there is a bit for it. */
static void client_new(struct server *s, int fd)
{
	struct echo_client *c = NULL;

	if (fd < FD_SETSIZE) {
		c = echo_client_new(&s->clients, fd, sizeof(*c));
	} else {
		if (!s->said)
			log_warnx(
			    "client turned away: select can watch descriptors below %d only", FD_SETSIZE);
		s->said = true;
		close(fd);
	}
	if (!c) {
		s->pub->stats.refused++;
		return;
	}
	s->pub->stats.clients++;
	c->events = READ;
	s->who[fd] = c;
	s->top = fd > s->top ? fd : s->top;
}

static bool again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Sends what was kept.  The event to wait for next, or FINISHED. */
static uint32_t client_send(struct server *s, struct echo_client *c)
{
	ssize_t put = send(c->fd, c->unsent + c->from, c->to - c->from, MSG_NOSIGNAL);

	if (put < 0)
		return again() ? WRITE : FINISHED;
	s->pub->stats.bytes += (uint64_t)put;
	echo_client_sent(c, (size_t)put);
	return c->unsent ? WRITE : READ;
}

/* One read and one write; what could not be written is kept.  Returns as above. */
static uint32_t client_receive(struct server *s, struct echo_client *c)
{
	ssize_t n = recv(c->fd, s->bytes, sizeof(s->bytes), 0), put;

	if (n < 0)
		return again() ? READ : FINISHED;
	if (n == 0)
		return FINISHED;
	s->pub->stats.messages++;
	put = send(c->fd, s->bytes, (size_t)n, MSG_NOSIGNAL);
	if (put < 0 && !again())
		return FINISHED;
	put = put < 0 ? 0 : put;
	s->pub->stats.bytes += (uint64_t)put;
	if (put == n)
		return READ;
	return echo_client_keep(c, s->bytes + put, (size_t)(n - put)) ? FINISHED : WRITE;
}

/* Reads only when everything read before has been sent back: that is the back-pressure, and it is why end of
 * stream means that the client has got everything. */
static void client_turn(struct server *s, struct echo_client *c)
{
	c->events = c->unsent ? client_send(s, c) : client_receive(s, c);
	if (c->events != FINISHED)
		return;
	s->who[c->fd] = NULL;
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

/* The sets are made anew for every call, which leaves only the ready ones in them. */
static void fill(const struct server *s, fd_set *readers, fd_set *writers)
{
	FD_ZERO(readers);
	FD_ZERO(writers);
	if (!s->paused && !s->draining)
		FD_SET(s->pub->fd, readers);
	for (const struct echo_client *c = s->clients.first; c; c = c->next)
		FD_SET(c->fd, c->events == READ ? readers : writers);
}

/* One sleep, and a turn for everybody who is ready.  0, or -1 with errno. */
static int turn(struct server *s)
{
	int ms = timeout(s), n, rc = 0;
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };
	fd_set readers, writers;

	fill(s, &readers, &writers);
	n = pselect(s->top + 1, &readers, &writers, NULL, ms < 0 ? NULL : &ts, echo_stop_mask());
	if (n < 0 && errno != EINTR)
		return -1;
	s->paused = false;
	for (int fd = 0; n > 0 && fd <= s->top; fd++)
		if (s->who[fd] && (FD_ISSET(fd, &readers) || FD_ISSET(fd, &writers)))
			client_turn(s, s->who[fd]);
	if (n > 0 && !s->draining && FD_ISSET(s->pub->fd, &readers))
		rc = accept_clients(s, BATCH);
	return rc == 0 && echo_stop_asked() && !s->draining ? drain(s) : rc;
}

int echo_tcp_select(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub, .top = pub->fd };
	int rc = 0;

	if (pub->fd >= FD_SETSIZE)
		return err_set(
		    e, ERR_ENV, "select cannot watch descriptor %d: start with fewer open files", pub->fd);
	if (sock_nonblock(pub->fd, true))
		return err_sys(e, "cannot make the listener non-blocking");
	s.reserve = sock_reserve();
	while (rc == 0 && !echo_stop_now() && !(s.draining && !s.clients.first))
		rc = turn(&s);
	if (rc)
		err_sys(e, "cannot go on serving");
	echo_clients_free(&s.clients);
	if (s.reserve >= 0)
		close(s.reserve);
	return rc;
}

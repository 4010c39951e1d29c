/* TCP echo, signal-driven I/O: each descriptor sends the process a signal when something has changed (O_ASYNC,
 * fcntl(2)). One thread takes the signals as it would take messages, out of their queue, and never handles one.
 *
 *	sigtimedwait  sleeps until a descriptor has sent its signal, which says in si_fd whose it is
 *	accept4       never sleeps: EAGAIN when nobody is waiting
 *	recv, send    never sleep: EAGAIN, or fewer bytes than asked, and the client's place is remembered
 *
 * By default the signal would be SIGIO, of which the kernel keeps one at most and which says nothing about whom:
 * F_SETSIG asks for a real-time signal instead, of which there is a queue. A signal comes for a change, so this is
 * edge-triggered like tcp_epoll_et.c; and one comes for each change, so that busy clients send many, taken one by one.
 *
 * The queue has an end (RLIMIT_SIGPENDING, for all processes of a user). When it is full the kernel sends SIGIO in the
 * place of what it cannot queue. Then somebody has been lost, nobody knows who: everybody is asked, as after every
 * sleep of tcp_poll.c. SIGIO has the lower number and so comes out before those that are queued, which then find
 * little left to do; and so does a signal of a descriptor that is closed, or somebody else's by now.
 */
#include "echo/echo.h"

#include "echo/client.h"
#include "echo/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Clients accepted per turn: the others get their turn in between. */
#define BATCH 64
/* Reads in a row from one client: who sends without end must not have the server for itself. */
#define ROUNDS 16

/* What is known of a client, in its events. */
#define READABLE 1u /* there may be bytes that no signal will announce again */
#define UNSURE                                                                                               \
	2u /* more than one thing may have changed: only EAGAIN says that all is read, not a short read */
#define WAITING 4u /* it is in the list of those to see to in the next turn */

struct server {
	struct echo_server *pub;
	int reserve;                 /* see sock_shed */
	bool paused;                 /* no descriptors: the listener is left alone for a while */
	bool waiting;                /* there may be clients to accept that no signal will announce again */
	bool draining;               /* the listener is closed */
	sigset_t signals;            /* those to take */
	struct echo_clients clients; /* their events: see above */
	struct echo_client **who;    /* by descriptor */
	size_t n_who;
	struct echo_client *again;  /* those that are not drained yet, although it is another's turn */
	uint8_t bytes[ECHO_BUFFER]; /* on the way through */
};

/* Has the descriptor send its signals to this process.  O_ASYNC last: what changed before is not announced, and has
 * to be looked for. */
static int announce(int fd)
{
	if (fcntl(fd, F_SETOWN, getpid()) || fcntl(fd, F_SETSIG, SIGRTMIN))
		return -1;
	return fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC);
}

/* Makes room for the descriptor in the table, which grows to no more than there are descriptors. */
static int remember(struct server *s, struct echo_client *c)
{
	size_t n = s->n_who ? s->n_who : 64;
	struct echo_client **more;

	while (n <= (size_t)c->fd)
		n *= 2;
	if (n > s->n_who) {
		more = realloc(s->who, n * sizeof(*more));
		if (!more)
			return -1;
		memset(more + s->n_who, 0, (n - s->n_who) * sizeof(*more));
		s->who = more;
		s->n_who = n;
	}
	s->who[c->fd] = c;
	return 0;
}

static void client_end(struct server *s, struct echo_client *c)
{
	if ((size_t)c->fd < s->n_who)
		s->who[c->fd] = NULL;
	echo_client_free(&s->clients, c);
}

/* Not drained, and not waiting for room either: no signal will come, so it gets another turn. */
static void client_again(struct server *s, struct echo_client *c)
{
	c->events |= WAITING;
	c->again = s->again;
	s->again = c;
}

/* Takes the descriptor.  What came before it could announce itself is looked for in the next turn. */
static void client_new(struct server *s, int fd)
{
	struct echo_client *c = echo_client_new(&s->clients, fd, sizeof(*c));

	if (!c || remember(s, c) || announce(fd)) {
		s->pub->stats.refused++;
		if (c)
			client_end(s, c);
		return;
	}
	s->pub->stats.clients++;
	c->events = READABLE | UNSURE;
	client_again(s, c);
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
		c->events &= ~(READABLE | UNSURE);
	if (n < 0)
		return again() ? 0 : -1;
	if (n == 0)
		return -1;
	if (n < (ssize_t)sizeof(s->bytes) && !(c->events & UNSURE))
		c->events &= ~READABLE;
	s->pub->stats.messages++;
	put = send(c->fd, s->bytes, (size_t)n, MSG_NOSIGNAL);
	if (put < 0 && !again())
		return -1;
	put = put < 0 ? 0 : put;
	s->pub->stats.bytes += (uint64_t)put;
	return put == n ? 0 : echo_client_keep(c, s->bytes + put, (size_t)(n - put));
}

/* Drains it.  Reads only when everything read before has been sent back: that is the back-pressure, and it is
 * why end of stream means that the client has got everything. */
static void client_turn(struct server *s, struct echo_client *c)
{
	int rc = c->unsent ? client_send(s, c) : 0;

	for (int i = 0; rc == 0 && i < ROUNDS && !c->unsent && (c->events & READABLE); i++)
		rc = client_receive(s, c);
	if (rc)
		client_end(s, c);
	else if (!c->unsent && (c->events & READABLE))
		client_again(s, c);
}

/* A signal that comes while the client is not read from, or that stands for others (lost), makes its reads unsure. */
static void client_signal(struct server *s, struct echo_client *c, bool lost)
{
	if (lost || c->unsent || c->events & READABLE)
		c->events |= UNSURE;
	c->events |= READABLE;
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

/* The signal queue was full. */
static void ask_all(struct server *s)
{
	struct echo_client *next;

	s->waiting = true;
	for (struct echo_client *c = s->clients.first; c; c = next) {
		next = c->next;
		client_signal(s, c, true);
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
	s->paused = verdict == SOCK_FULL;
	s->waiting = verdict == SOCK_NEXT || s->paused;
	return verdict == SOCK_BROKEN ? -1 : 0;
}

/* Draining: clients the kernel has connected already are served, but not waited for. */
static int drain(struct server *s)
{
	s->draining = true;
	if (accept_clients(s, SOMAXCONN))
		return -1;
	s->waiting = s->paused = false;
	echo_close(s->pub);
	return 0;
}

static int timeout(const struct server *s)
{
	int ms = s->again || (s->waiting && !s->paused) ? 0 : echo_stop_ms();

	return s->paused && (ms < 0 || ms > ECHO_PAUSE) ? ECHO_PAUSE : ms;
}

/* One signal, and a turn for the one who sent it.  0, or -1 with errno. */
static int turn(struct server *s)
{
	int ms = timeout(s), n;
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };
	siginfo_t info;

	n = sigtimedwait(&s->signals, &info, ms < 0 ? NULL : &ts);
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return -1;
	if (n == SIGIO)
		ask_all(s);
	else if (n > 0 && info.si_fd == s->pub->fd)
		s->waiting = true;
	else if (n > 0 && info.si_fd >= 0 && (size_t)info.si_fd < s->n_who && s->who[info.si_fd])
		client_signal(s, s->who[info.si_fd], false);
	if (s->waiting && !s->draining && accept_clients(s, BATCH))
		return -1;
	clients_again(s);
	return echo_stop_asked() && !s->draining ? drain(s) : 0;
}

int echo_tcp_signal(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub, .waiting = true };
	int rc;

	sigemptyset(&s.signals);
	sigaddset(&s.signals, SIGRTMIN);
	sigaddset(&s.signals, SIGIO);
	if (echo_stop_interrupt(e))
		return -1;
	if (sigprocmask(SIG_BLOCK, &s.signals, NULL) || announce(pub->fd))
		return err_sys(e, "cannot have the listener send signals");
	s.reserve = sock_reserve();
	rc = 0;
	while (rc == 0 && !echo_stop_now() && !(s.draining && !s.clients.first))
		rc = turn(&s);
	if (rc)
		err_sys(e, "cannot go on serving");
	echo_clients_free(&s.clients);
	free(s.who);
	if (s.reserve >= 0)
		close(s.reserve);
	return rc;
}

/* TCP echo, io_uring: one thread, many clients, and the only model here that is asynchronous.  The others are
 * told that a call would work now, and then call; this one says once what it wants, and is told what has been
 * done (io_uring(7)).
 *
 *	accept  asked for once; completes for each client (multishot)
 *	recv    asked for once for each client; completes for each piece that came, in a buffer that the kernel
 *	        took from those lent to it (ring.h), so that a client who says nothing holds none
 *	send    asked for with each piece, from the buffer it came in; it takes what there is room for, and only
 *	        if that was not all the rest is copied and waits, and the client is not read from meanwhile
 *	io_uring_enter  the one system call: hands over all that was asked for in a turn, and sleeps
 */
#include "echo/echo.h"

#include "base/clock.h"
#include "echo/client.h"
#include "echo/ring.h"
#include "echo/stop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ENTRIES 4096 /* requests in a turn */
#define BUFFERS 2048
#define PIECE   4096 /* bytes of a buffer */

/* What a completion is about, in the low bits of the address of its client. */
enum { ACCEPT, RECEIVE, SEND, SEND_KEPT, CANCEL, KINDS = 7 };

/* Clients turned away at once when descriptors have run out. */
#define BATCH 64
/* How long what else a send may need can wait for company, ns. */
#define PATIENCE (CLOCK_MS / 2)
/* Clients are counted over spans of this length, ns; a quarter of those heard in one is waited for together, so
 * a message waits for about a quarter of a span and never longer than one. */
#define SPAN    (CLOCK_MS / 4)
#define COMPANY 4

/* What is under way for a client, in its events; it is freed when nothing is. */
#define RECEIVING 1u
#define SENDING   2u
#define CANCELLED 4u  /* the receive has been asked to end */
#define ENDED     8u  /* no more will come */
#define DYING     16u /* it has failed, or time is up */
#define STARVED   32u /* it is in the list of those that found no buffer */

struct client {
	struct echo_client c; /* unsent: what the running send takes its bytes from, if it is not a buffer */
	unsigned buffer;      /* which it is otherwise */
	unsigned heard;       /* the span in which it was heard last */
	uint8_t *later;       /* what came behind */
	size_t n_later;
};

struct server {
	struct echo_server *pub;
	struct io_uring ring;
	struct echo_ring_buffers buffers;
	int reserve;                 /* see sock_shed */
	bool accepting;              /* the accept is under way */
	bool draining;               /* the listener is closed */
	int64_t resume;              /* when to accept again, or 0 */
	unsigned instant;            /* sends that will have been completed when the next call returns */
	unsigned span;               /* the number of the running one */
	int64_t span_end;            /* when it ends */
	unsigned talking;            /* clients heard in it */
	unsigned company;            /* messages worth waiting for together */
	struct echo_clients clients; /* the first member of each struct client */
	struct echo_client *starved;
};

static uint64_t tag(const struct client *c, uint64_t kind)
{
	return (uintptr_t)c | kind;
}

static void ask_accept(struct server *s)
{
	struct io_uring_sqe *sqe = echo_ring_entry(&s->ring);

	io_uring_prep_multishot_accept(sqe, s->pub->fd, NULL, NULL, SOCK_CLOEXEC);
	sqe->user_data = tag(NULL, ACCEPT);
	s->accepting = true;
}

static void ask_receive(struct server *s, struct client *c)
{
	struct io_uring_sqe *sqe = echo_ring_entry(&s->ring);

	io_uring_prep_recv_multishot(sqe, c->c.fd, NULL, 0, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT; /* from group 0 */
	sqe->user_data = tag(c, RECEIVE);
	c->c.events |= RECEIVING;
}

static void ask_cancel(struct server *s, uint64_t what)
{
	struct io_uring_sqe *sqe = echo_ring_entry(&s->ring);

	io_uring_prep_cancel64(sqe, what, 0);
	sqe->user_data = tag(NULL, CANCEL);
}

/* It shall not be read from for now.  What comes until the kernel has heard of it is kept. */
static void stop_receiving(struct server *s, struct client *c)
{
	if ((c->c.events & (RECEIVING | CANCELLED)) != RECEIVING)
		return;
	ask_cancel(s, tag(c, RECEIVE));
	c->c.events |= CANCELLED;
}

/* From its buffer, and at once: MSG_DONTWAIT, so that no buffer waits for a slow client. */
static void ask_send(struct server *s, struct client *c)
{
	struct io_uring_sqe *sqe = echo_ring_entry(&s->ring);

	io_uring_prep_send(
	    sqe, c->c.fd, echo_ring_buffer(&s->buffers, c->buffer), c->c.to, MSG_NOSIGNAL | MSG_DONTWAIT);
	sqe->user_data = tag(c, SEND);
	c->c.events |= SENDING;
	s->instant++;
}

/* What was kept, whenever there is room. */
static void ask_send_kept(struct server *s, struct client *c)
{
	struct io_uring_sqe *sqe = echo_ring_entry(&s->ring);

	io_uring_prep_send(sqe, c->c.fd, c->c.unsent + c->c.from, c->c.to - c->c.from, MSG_NOSIGNAL);
	sqe->user_data = tag(c, SEND_KEPT);
	c->c.events |= SENDING;
}

static void client_free(struct server *s, struct client *c)
{
	free(c->later);
	echo_client_free(&s->clients, &c->c);
}

static void client_new(struct server *s, int fd)
{
	struct client *c = (struct client *)echo_client_new(&s->clients, fd, sizeof(*c));

	if (!c) {
		s->pub->stats.refused++;
		return;
	}
	s->pub->stats.clients++;
	ask_receive(s, c);
}

/* What is to be done next for a client about whom something has been completed. */
static void client_next(struct server *s, struct client *c)
{
	uint32_t busy = c->c.events & (RECEIVING | SENDING | STARVED);

	if (!(c->c.events & (SENDING | DYING)) && !c->c.unsent && c->later) {
		c->c.unsent = c->later;
		c->c.from = 0;
		c->c.to = (uint32_t)c->n_later;
		c->later = NULL;
		c->n_later = 0;
	}
	if (c->c.events & DYING)
		stop_receiving(s, c);
	else if (!(busy & SENDING) && c->c.unsent)
		ask_send_kept(s, c);
	else if (!busy && !(c->c.events & ENDED))
		ask_receive(s, c);
	if (!busy && (c->c.events & DYING || (c->c.events & ENDED && !c->c.unsent)))
		client_free(s, c);
}

/* Room grows by whole blocks: by every few bytes, a burst would be copied over and over. */
static size_t room_for(size_t n)
{
	return (n + ECHO_BUFFER - 1) / ECHO_BUFFER * ECHO_BUFFER;
}

/* More has come while something is being sent: it has its place behind that. */
static void keep_later(struct server *s, struct client *c, unsigned buffer, size_t n)
{
	size_t room = room_for(c->n_later + n);
	uint8_t *more = room > room_for(c->n_later) ? realloc(c->later, room) : c->later;

	if (more) {
		memcpy(more + c->n_later, echo_ring_buffer(&s->buffers, buffer), n);
		c->later = more;
		c->n_later += n;
	} else {
		c->c.events |= DYING;
	}
	echo_ring_return(&s->buffers, buffer);
	if (c->n_later >= ECHO_BUFFER)
		stop_receiving(s, c);
}

static void received_bytes(struct server *s, struct client *c, unsigned buffer, size_t n)
{
	s->pub->stats.messages++;
	s->talking += c->heard != s->span;
	c->heard = s->span;
	if (c->c.events & (SENDING | DYING)) {
		keep_later(s, c, buffer, n);
		return;
	}
	c->buffer = buffer;
	c->c.from = 0;
	c->c.to = (uint32_t)n;
	ask_send(s, c);
}

static void received(struct server *s, struct client *c, int res, uint32_t flags)
{
	if (!(flags & IORING_CQE_F_MORE))
		c->c.events &= ~(RECEIVING | CANCELLED);
	if (res > 0) {
		received_bytes(s, c, flags >> IORING_CQE_BUFFER_SHIFT, (size_t)res);
	} else if (res == 0) {
		c->c.events |= ENDED;
	} else if (res == -ENOBUFS) {
		c->c.events |= STARVED;
		c->c.again = s->starved;
		s->starved = &c->c;
	} else if (res != -ECANCELED && res != -EINTR && res != -EAGAIN) {
		c->c.events |= DYING;
	}
}

/* Sent from the buffer: as much as there was room for.  The buffer goes back in any case. */
static void sent(struct server *s, struct client *c, int res)
{
	size_t put = res > 0 ? (size_t)res : 0;

	c->c.events &= ~SENDING;
	s->pub->stats.bytes += put;
	if (res < 0 && res != -EAGAIN && res != -EINTR)
		c->c.events |= DYING;
	else if (put < c->c.to &&
	         echo_client_keep(&c->c, echo_ring_buffer(&s->buffers, c->buffer) + put, c->c.to - put))
		c->c.events |= DYING;
	if (c->c.unsent)
		stop_receiving(s, c);
	echo_ring_return(&s->buffers, c->buffer);
}

static void sent_kept(struct server *s, struct client *c, int res)
{
	c->c.events &= ~SENDING;
	if (res < 0) {
		c->c.events |= res == -EINTR || res == -EAGAIN ? 0 : DYING;
		return;
	}
	s->pub->stats.bytes += (uint64_t)res;
	echo_client_sent(&c->c, (size_t)res);
}

/* Out of descriptors, an accept fails before it looks whether somebody waits; so all that wait are turned away
 * now, and nobody is asked for until later.  0, or -1 when the listener is broken. */
static int accept_failed(struct server *s, int error)
{
	enum sock_verdict verdict;
	int max = BATCH;

	sock_nonblock(s->pub->fd, true);
	do {
		errno = error;
		verdict = echo_accept_failed(s->pub, &s->reserve);
	} while (verdict == SOCK_NEXT && sock_accept_verdict(error) == SOCK_FULL && --max > 0);
	sock_nonblock(s->pub->fd, false);
	if (sock_accept_verdict(error) == SOCK_FULL)
		s->resume = clock_mono() + ECHO_PAUSE * CLOCK_MS;
	errno = error;
	return verdict == SOCK_BROKEN ? -1 : 0;
}

static int accepted(struct server *s, int res, uint32_t flags)
{
	if (!(flags & IORING_CQE_F_MORE))
		s->accepting = false;
	if (res >= 0)
		client_new(s, res);
	else if (res != -ECANCELED)
		return accept_failed(s, -res);
	return 0;
}

/* 0, or -1 with errno when the listener is broken. */
static int completed(struct server *s, const struct io_uring_cqe *cqe)
{
	struct client *c = (struct client *)(uintptr_t)(cqe->user_data & ~(uint64_t)KINDS);

	switch (cqe->user_data & KINDS) {
	case ACCEPT: return accepted(s, cqe->res, cqe->flags);
	case RECEIVE: received(s, c, cqe->res, cqe->flags); break;
	case SEND: sent(s, c, cqe->res); break;
	case SEND_KEPT: sent_kept(s, c, cqe->res); break;
	default: return 0;
	}
	client_next(s, c);
	return 0;
}

static void clients_starved(struct server *s)
{
	struct echo_client *c = s->starved, *next;

	s->starved = NULL;
	for (; c; c = next) {
		next = c->again;
		c->events &= ~STARVED;
		client_next(s, (struct client *)c);
	}
}

/* Draining: clients the kernel has connected already are served, but not waited for. */
static int drain(struct server *s)
{
	int fd;

	if (s->accepting) {
		ask_cancel(s, tag(NULL, ACCEPT));
		return 0;
	}
	s->draining = true;
	if (sock_nonblock(s->pub->fd, true))
		return -1;
	while ((fd = accept4(s->pub->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		client_new(s, fd);
	echo_close(s->pub);
	return 0;
}

/* When a span is over: how many messages are worth waiting for together in the next.  A server that wakes for
 * each would make a call for each, since here a call serves as many as there are.  Whoever talks alone waits for
 * nobody: only different clients count, as each may wait for its answer before it says more. */
static void count_company(struct server *s)
{
	int64_t now = clock_mono();

	if (now < s->span_end)
		return;
	s->company = s->talking < 2 * COMPANY || now > s->span_end + SPAN ? 1 : s->talking / COMPANY;
	s->span_end = now + SPAN;
	s->talking = 0;
	s->span++;
}

/* Hands over what was asked for and sleeps; signals are open (echo_stop_interrupt).  That sends have been
 * completed is no reason to wake: it waits for something more, but not for long, as one of them may have been
 * cut short.  The deadline of a drain needs no timeout, the ticker interrupts. */
static int enter(struct server *s)
{
	int64_t ns = s->company > 1 ? SPAN : s->instant ? PATIENCE : ECHO_PAUSE * CLOCK_MS;
	struct __kernel_timespec ts = { 0, ns };
	struct io_uring_cqe *cqe;
	unsigned n;

	count_company(s);
	n = s->company + s->instant;
	s->instant = 0;
	if (n == 1 && !s->resume)
		return io_uring_submit_and_wait(&s->ring, 1);
	return io_uring_submit_and_wait_timeout(&s->ring, &cqe, n, &ts, NULL);
}

/* Before the call: what is asked for anew. */
static int prepare(struct server *s)
{
	if (s->resume && clock_mono() >= s->resume)
		s->resume = 0;
	if (echo_stop_asked())
		return s->draining ? 0 : drain(s);
	if (!s->accepting && !s->resume)
		ask_accept(s);
	return 0;
}

/* One system call, which hands over what was asked for in the turn before and sleeps, and a look at all that
 * has been completed.  0, or -1 with errno. */
static int turn(struct server *s)
{
	struct io_uring_cqe *cqe;
	unsigned head, n = 0;
	int rc = prepare(s);

	if (rc || (s->draining && !s->clients.first))
		return rc;
	rc = enter(s);
	if (rc < 0 && rc != -EINTR && rc != -ETIME && rc != -EAGAIN && rc != -EBUSY) {
		errno = -rc;
		return -1;
	}
	rc = 0;
	io_uring_for_each_cqe(&s->ring, head, cqe)
	{
		n++;
		if (rc == 0)
			rc = completed(s, cqe);
	}
	io_uring_cq_advance(&s->ring, n);
	clients_starved(s);
	return rc;
}

static void server_free(struct server *s)
{
	struct echo_client *c;

	/* First the ring: with it, all that is under way in the clients' memory ends. */
	io_uring_queue_exit(&s->ring);
	for (c = s->clients.first; c; c = s->clients.first)
		client_free(s, (struct client *)c);
	echo_ring_buffers_fini(&s->buffers);
	if (s->reserve >= 0)
		close(s->reserve);
}

int echo_tcp_uring(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub, .span = 1, .company = 1 };
	int rc;

	if (sock_nonblock(pub->fd, false))
		return err_sys(e, "cannot make the listener blocking");
	if (echo_stop_interrupt(e))
		return -1;
	if (echo_ring_open(&s.ring, ENTRIES, e))
		return -1;
	s.reserve = sock_reserve();
	rc = echo_ring_lend(&s.ring, &s.buffers, BUFFERS, PIECE, e);
	if (rc) {
		server_free(&s);
		return rc;
	}
	while (rc == 0 && !echo_stop_now() && !(s.draining && !s.clients.first))
		rc = turn(&s);
	if (rc)
		err_sys(e, "cannot go on serving");
	server_free(&s);
	return rc;
}

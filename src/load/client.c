/* A connection of the load generator; see client.h. */
#include "load/client.h"

#include "base/clock.h"
#include "load/answer.h"
#include "load/echo.h"
#include "load/packet.h"
#include "load/source.h"
#include "load/worker.h"
#include "net/sock.h"

#include <errno.h>
#include <sys/epoll.h>

enum {
	READS = 16,     /* in a row, before others get their turn */
	PAUSE_MS = 100, /* before a connection that carried nothing is tried again */
};

void client_init(struct client *c, uint32_t number, struct stamp *stamps, uint64_t *numbers)
{
	*c = (struct client){ .io.fd = -1, .number = number, .stamps = stamps, .numbers = numbers };
	buf_init(&c->carry, WORKER_IN);
}

static void hang_up(struct worker *w, struct client *c)
{
	if (c->io.fd >= 0)
		conn_close(&c->io);
	c->io.fd = -1;
	c->state = CLIENT_OFF;
	c->part = PART_HEAD;
	c->out_off = c->in_off = 0;
	c->last = false;
	buf_clear(&c->carry);
	if (w)
		worker_not_ready(w, c);
}

void client_fini(struct client *c)
{
	if (c->io.fd >= 0)
		hang_up(NULL, c);
	buf_fini(&c->carry);
}

void client_fail(struct worker *w, struct client *c, enum tally_error kind, const char *why)
{
	bool served = c->served;

	worker_failed(w, kind, c->pending, why);
	c->out += c->unsent;
	c->in = c->out;
	c->pending = c->unsent = c->oldest = 0;
	hang_up(w, c);
	worker_wake(w, c, served ? w->now : w->now + PAUSE_MS * CLOCK_MS);
}

/* What was sent and not answered goes again over the next connection (RFC 9112 9.3.1). */
void client_renew(struct worker *w, struct client *c)
{
	hang_up(w, c);
	c->out = c->in;
	c->unsent = c->pending;
	worker_wake(w, c, w->now + (c->pending ? 0 : w->plan->think));
}

static enum tally_error kind_of(int error, bool connecting)
{
	switch (error) {
	case ECONNREFUSED: return TALLY_REFUSED;
	case EADDRNOTAVAIL:
	case EADDRINUSE:
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM: return TALLY_PORTS;
	case ETIMEDOUT: return TALLY_TIMEOUT;
	case ECONNRESET:
	case EPIPE: return TALLY_RESET;
	case 0: return TALLY_TLS;
	default: return connecting ? TALLY_CONNECT : TALLY_OTHER;
	}
}

/* A call on the connection said CONN_ERROR. */
static void broke(struct worker *w, struct client *c)
{
	client_fail(w, c, kind_of(c->err.sys, false), c->err.msg);
}

void client_answered(struct worker *w, struct client *c)
{
	worker_answered(w, &c->stamps[c->oldest]);
	c->oldest = c->oldest + 1 < w->plan->window ? c->oldest + 1 : 0;
	c->pending--;
	c->in++;
	c->served = true;
	if (c->pending == 0 && w->plan->think)
		worker_wake(w, c, w->now + w->plan->think);
}

/* --- Sending --------------------------------------------------------------------------------------- */

static bool take(struct worker *w, struct client *c)
{
	uint32_t at = c->oldest + c->pending;

	if (!worker_take(w, &c->stamps[at < w->plan->window ? at : at - w->plan->window]))
		return false;
	c->pending++;
	c->unsent++;
	return true;
}

static struct slice next_bytes(struct worker *w, struct client *c)
{
	return w->plan->target.kind == TARGET_HTTP ? answer_next(w, c) : echo_next(w, c);
}

static size_t message_size(const struct worker *w, const struct client *c)
{
	return w->plan->target.kind == TARGET_HTTP
	           ? requests_at(&w->plan->requests, c->number + c->out)->bytes.n
	           : w->plan->size;
}

static void wrote(struct worker *w, struct client *c, size_t n)
{
	w->tally.bytes_out += n;
	c->out_off += n;
	while (c->unsent) {
		size_t size = message_size(w, c);

		if (c->out_off < size)
			break;
		c->out_off -= size;
		c->out++;
		c->unsent--;
	}
}

/* Writes what is unsent, as far as it goes.  false: the connection is gone. */
static bool flush(struct worker *w, struct client *c)
{
	while (c->unsent) {
		struct slice bytes = next_bytes(w, c);
		ssize_t n = conn_write(&c->io, bytes.p, bytes.n);

		if (n == CONN_AGAIN_READ || n == CONN_AGAIN_WRITE)
			return true;
		if (n < 0) {
			broke(w, c);
			return false;
		}
		wrote(w, c, (size_t)n);
	}
	return true;
}

static bool paused(const struct worker *w, const struct client *c)
{
	return w->plan->think && c->timer.at;
}

/* Fills the window with what is due. */
static void refill(struct worker *w, struct client *c)
{
	if (c->last || paused(w, c))
		return;
	if (w->plan->rate > 0) {
		if (c->pending < w->plan->window)
			worker_ready(w, c);
	} else {
		while (c->pending < w->plan->window && take(w, c))
			;
	}
	flush(w, c);
}

/* --- Connecting ------------------------------------------------------------------------------------ */

static void opened(struct worker *w, struct client *c)
{
	w->now = clock_mono();
	hist_add(&w->tally.connect, (uint64_t)(w->now - c->began));
	w->tally.connects++;
	w->reached = true;
	w->tally.resumed += source_resumed(&c->io);
	c->state = CLIENT_OPEN;
	refill(w, c);
}

static void handshake(struct worker *w, struct client *c)
{
	int rc = conn_handshake(&c->io);

	c->state = CLIENT_HANDSHAKE;
	if (rc == CONN_ERROR) {
		w->now = clock_mono();
		broke(w, c);
	} else if (rc == 0) {
		opened(w, c);
	}
}

static void connected(struct worker *w, struct client *c, uint32_t events)
{
	char text[ADDR_TEXT];
	struct err e;
	int error = events & (EPOLLERR | EPOLLHUP) ? sock_error(c->io.fd) : 0;

	if (error == 0) {
		handshake(w, c);
		return;
	}
	w->now = clock_mono();
	errno = error;
	err_sys(&e, "cannot connect to %s", addr_format(&w->plan->target.addr, text, sizeof(text)));
	client_fail(w, c, kind_of(error, true), e.msg);
}

static void start(struct worker *w, struct client *c)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c };
	struct err e = { 0 };

	c->began = w->now;
	c->served = false;
	if (source_connect(w, c, &e)) {
		client_fail(w, c, kind_of(e.sys, true), e.msg);
	} else if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, c->io.fd, &ev)) {
		err_sys(&e, "epoll_ctl");
		client_fail(w, c, TALLY_PORTS, e.msg);
	} else {
		c->state = CLIENT_CONNECTING;
	}
}

static bool is_packet(const struct client *c)
{
	return c->numbers != NULL;
}

void client_send(struct worker *w, struct client *c)
{
	if (is_packet(c)) {
		packet_send(w, c);
		return;
	}
	if (!take(w, c))
		return;
	if (c->state == CLIENT_OFF)
		start(w, c);
	else if (flush(w, c) && c->pending < w->plan->window)
		worker_ready(w, c);
}

/* A connection for each message is not begun before there is one: its time is part of the answer's. */
static void begin(struct worker *w, struct client *c)
{
	if (!w->plan->close || c->pending)
		start(w, c);
	else if (w->plan->rate > 0)
		worker_ready(w, c);
	else if (take(w, c))
		start(w, c);
}

/* --- Receiving ------------------------------------------------------------------------------------- */

/* The peer's stream has ended. */
static void ended(struct worker *w, struct client *c)
{
	if (c->part == PART_REST)
		answer_ended(w, c);
	else if (c->pending)
		client_fail(w, c, TALLY_CLOSED, NULL);
	else if (c->served)
		client_renew(w, c);
	else
		client_fail(w, c, TALLY_CLOSED, "the server closes connections without an answer");
}

/* What was read goes to the protocol; what it does not use yet is kept.  false: the connection is gone. */
static bool deliver(struct worker *w, struct client *c, struct slice in)
{
	ssize_t used = w->plan->target.kind == TARGET_HTTP ? answer_take(w, c, in) : echo_take(w, c, in);

	if (used < 0)
		return false;
	buf_clear(&c->carry);
	if ((size_t)used < in.n && buf_slice(&c->carry, slice_skip(in, (size_t)used))) {
		client_fail(w, c, TALLY_OTHER, "out of memory");
		return false;
	}
	return true;
}

/* Reads until there is nothing more.  A short read empties a TCP socket, and if the end has come as well the
 * events say so; otherwise a later one will. */
static bool receive(struct worker *w, struct client *c, uint32_t events)
{
	bool short_ends = !w->plan->target.tls && !(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));

	for (int i = 0; i < READS; i++) {
		size_t kept = c->carry.n, room = WORKER_IN - kept;
		ssize_t n;

		if (kept)
			memcpy(w->in, c->carry.p, kept);
		n = conn_read(&c->io, w->in + kept, room);
		if (n == CONN_AGAIN_READ || n == CONN_AGAIN_WRITE)
			return true;
		w->now = clock_mono();
		if (n <= 0) {
			if (n == 0)
				ended(w, c);
			else
				broke(w, c);
			return false;
		}
		w->tally.bytes_in += (size_t)n;
		if (!deliver(w, c, slice_of(w->in, kept + (size_t)n)))
			return false;
		if (short_ends && (size_t)n < room)
			return true;
	}
	worker_wake(w, c, w->now);
	return true;
}

void client_event(struct worker *w, struct client *c, uint32_t events)
{
	if (is_packet(c)) {
		packet_event(w, c, events);
		return;
	}
	switch (c->state) {
	case CLIENT_OFF: return;
	case CLIENT_CONNECTING: connected(w, c, events); return;
	case CLIENT_HANDSHAKE: handshake(w, c); return;
	case CLIENT_OPEN:
		if (receive(w, c, events))
			refill(w, c);
	}
}

void client_wake(struct worker *w, struct client *c)
{
	if (is_packet(c))
		packet_wake(w, c);
	else if (c->state == CLIENT_OFF)
		begin(w, c);
	else
		client_event(w, c, EPOLLRDHUP); /* read to the end of what is there */
}

void client_check(struct worker *w, struct client *c)
{
	int64_t since = 0;

	if (is_packet(c)) {
		packet_check(w, c);
		return;
	}
	if (c->state == CLIENT_CONNECTING || c->state == CLIENT_HANDSHAKE)
		since = c->began;
	else if (c->state == CLIENT_OPEN && c->pending)
		since = c->stamps[c->oldest].sent > c->began ? c->stamps[c->oldest].sent : c->began;
	if (since && w->now - since > w->plan->timeout)
		client_fail(w, c, TALLY_TIMEOUT, NULL);
}

bool client_waits(const struct worker *w, const struct client *c, uint32_t k)
{
	uint32_t behind = k >= c->oldest ? k - c->oldest : k + w->plan->window - c->oldest;

	return c->numbers ? c->stamps[k].sent != 0 : behind < c->pending;
}

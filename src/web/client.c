/* A connection of the HTTP server: reading, writing, waiting, ending; see client.h.  RFC 9112 9.
 * Its requests: request.c.
 *
 * Every entry from the loop (on_event, on_deadline, client_resumed, client_drain) does its work and
 * then calls leave(), the one place that frees.  In between a connection that failed is merely
 * CLIENT_DEAD. */
#include "web/client.h"

#include "base/clock.h"
#include "net/sock.h"
#include "tls/digest.h"
#include "web/h2.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	READ_SIZE = 16 * 1024,    /* bytes asked of one read */
	BUFFER_KEPT = 256 * 1024, /* a buffer larger than that is not kept for others */
	LINGER_MAX = 16 << 20,    /* bytes dropped before giving up */
	BODY_RATE = 4 * 1024,     /* bytes per second that a body must come with, on the whole */
	TURN_READS = 16,          /* reads, and */
	TURN_PIECES = 4,          /* bits of a file, before other connections get their turn */
};

#define LINGER_TIME (2 * CLOCK_SEC)
/* How long the FIN of a client that said close_notify may take, before it is answered. */
#define LEFT_TIME (100 * CLOCK_MS)
/* How long a drain waits on a connection for the request that may be on its way already. */
#define DRAIN_GRACE (300 * CLOCK_MS)

/* --- Borrowed from the server --- */

void client_take_buffer(struct client *c, struct buf *b)
{
	struct server *s = c->server;

	if (!b->cap && s->n_buffers)
		*b = s->buffers[--s->n_buffers];
}

void client_give_buffer(struct client *c, struct buf *b)
{
	struct server *s = c->server;

	buf_clear(b);
	if (b->cap && b->cap <= BUFFER_KEPT && s->n_buffers < SERVER_SPARES)
		s->buffers[s->n_buffers++] = *b;
	else
		buf_fini(b);
	*b = (struct buf){ 0 };
}

void client_forget_input(struct client *c, size_t n)
{
	size_t before = c->in.n;

	buf_consume(&c->in, n);
	if (before > c->in.n)
		digest_wipe(c->in.p + c->in.n, before - c->in.n);
	if (!c->in.n)
		client_give_buffer(c, &c->in);
}

/* --- The end --- */

void client_die(struct client *c)
{
	if (c->state == CLIENT_DEAD)
		return;
	c->state = CLIENT_DEAD;
	if (c->h2)
		c->working = h2_abandon(c);
	else if (c->working && c->x->cancel) {
		c->x->cancel(c->x);
		c->working = false;
	}
	loop_timer_stop(c->server->loop, &c->timer);
	loop_timer_stop(c->server->loop, &c->again);
	loop_del(c->server->loop, &c->file);
	conn_close(&c->conn);
}

static void release(struct client *c)
{
	struct server *s = c->server;

	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	client_give_exchange(c);
	h2_free(c);
	client_forget_input(c, c->in.n);
	client_give_buffer(c, &c->out);
	free(c);
	server_gone(s);
}

/* --- What to wait for, and until when --- */

static bool is_leaving(const struct client *c)
{
	return c->state == CLIENT_LEFT || c->state == CLIENT_LINGER;
}

static bool wants_input(const struct client *c)
{
	if (is_leaving(c))
		return true;
	return (c->state == CLIENT_HEAD || c->state == CLIENT_BODY || c->state == CLIENT_H2) && !c->end &&
	       client_queued(c) <= CLIENT_QUEUE_MAX;
}

/* Is there something to write, or to do once writing is possible? */
static bool wants_output(const struct client *c)
{
	return client_queued(c) || c->state == CLIENT_CLOSE || c->state == CLIENT_FILE;
}

static unsigned wanted_events(const struct client *c)
{
	unsigned want = 0;

	if (c->state == CLIENT_HANDSHAKE || wants_input(c))
		want |= c->read_on;
	if (wants_output(c))
		want |= c->write_on;
	return want;
}

static enum client_deadline wanted_deadline(const struct client *c)
{
	if (c->state == CLIENT_H2)
		return DEADLINE_H2;
	if (c->state == CLIENT_HANDSHAKE)
		return DEADLINE_HANDSHAKE;
	if (c->state == CLIENT_LEFT)
		return DEADLINE_LEFT;
	if (c->state == CLIENT_LINGER)
		return DEADLINE_LINGER;
	if (wants_output(c))
		return DEADLINE_STALL;
	if (c->state == CLIENT_BODY)
		return DEADLINE_BODY;
	if (c->state != CLIENT_HEAD)
		return DEADLINE_NONE;
	return c->requests && !client_unread(c).n ? DEADLINE_IDLE : DEADLINE_HEAD;
}

int64_t client_body_span(const struct server_options *o, const struct exchange *x)
{
	return o->body + (int64_t)(x->body.n / BODY_RATE) * CLOCK_SEC;
}

static int64_t deadline_span(const struct client *c)
{
	const struct server_options *o = &c->server->o;
	bool grace = c->server->draining && !client_unread(c).n;

	switch (c->deadline) {
	case DEADLINE_HANDSHAKE: return o->handshake;
	case DEADLINE_HEAD: return grace && DRAIN_GRACE < o->header ? DRAIN_GRACE : o->header;
	case DEADLINE_BODY: return client_body_span(o, c->x) - (loop_now(c->server->loop) - c->x->body_begun);
	case DEADLINE_IDLE: return grace && DRAIN_GRACE < o->idle ? DRAIN_GRACE : o->idle;
	case DEADLINE_STALL: return o->stall;
	case DEADLINE_LEFT: return LEFT_TIME;
	default: return LINGER_TIME;
	}
}

/* A deadline runs from the moment its reason came up; only that of a body moves with progress. */
static void set_deadline(struct client *c)
{
	enum client_deadline wanted = wanted_deadline(c);

	if (wanted == DEADLINE_H2) {
		bool progress = c->deadline == DEADLINE_NONE;

		c->deadline = DEADLINE_H2;
		if (h2_set_deadline(c, progress))
			client_die(c);
		return;
	}
	if (wanted == c->deadline && wanted != DEADLINE_BODY)
		return;
	c->deadline = (uint8_t)wanted;
	if (wanted == DEADLINE_NONE)
		loop_timer_stop(c->server->loop, &c->timer);
	else if (loop_timer_set(c->server->loop, &c->timer, deadline_span(c)))
		client_die(c);
}

/* Is there input that no event will tell of?  TLS reads ahead, and what it holds is not in the
 * descriptor any more. */
static bool holds_input(const struct client *c)
{
	return c->more && !is_leaving(c) && wants_input(c) && conn_pending(&c->conn);
}

/* The last thing every entry does. */
static void leave(struct client *c)
{
	struct loop *l = c->server->loop;

	if (c->state != CLIENT_DEAD && loop_want(l, &c->file, wanted_events(c)))
		client_die(c);
	if (c->state != CLIENT_DEAD && holds_input(c) && loop_timer_set(l, &c->again, 0))
		client_die(c);
	if (c->state != CLIENT_DEAD)
		set_deadline(c);
	access_flush(c->server->log);
	if (c->state == CLIENT_DEAD && !c->working)
		release(c);
}

/* --- Writing --- */

/* Writes what is queued, as far as it goes. */
static void flush(struct client *c)
{
	while (client_queued(c) && c->state != CLIENT_DEAD) {
		ssize_t n = conn_write(&c->conn, c->out.p + c->out_at, client_queued(c));

		if (n == CONN_ERROR) {
			client_die(c);
			return;
		}
		if (n < 0) {
			c->write_on = n == CONN_AGAIN_READ ? LOOP_READ : LOOP_WRITE;
			return;
		}
		c->write_on = LOOP_WRITE;
		c->out_at += (uint32_t)n;
		c->deadline = DEADLINE_NONE; /* progress: the stall begins anew */
	}
	c->out_at = 0;
	client_give_buffer(c, &c->out);
}

/* Everything is written: ends our direction, and waits for the client to end its own. */
static void end_stream(struct client *c)
{
	int r = conn_shutdown(&c->conn);

	if (r == CONN_AGAIN_READ || r == CONN_AGAIN_WRITE) {
		c->write_on = r == CONN_AGAIN_READ ? LOOP_READ : LOOP_WRITE;
	} else if (r < 0 || c->end) {
		client_die(c);
	} else {
		c->state = CLIENT_LINGER;
		c->read_on = LOOP_READ;
		c->in_at = 0;
		client_forget_input(c, c->in.n);
	}
}

/* Forgets the input that is done with.  Not while an exchange may point into it. */
static void drop_input(struct client *c)
{
	if (c->state != CLIENT_HEAD && c->state != CLIENT_BODY && c->state != CLIENT_H2)
		return;
	client_forget_input(c, c->in_at);
	c->in_at = 0;
}

/* Does all that can be done now: the answers to everything that one read brought go out in one
 * write; when the client took them and more is waiting, again. */
static void turn(struct client *c)
{
	int pieces = 0;
	bool more;

	do {
		while (client_step(c))
			;
		/* A fast reader could take a large file without an end: what is queued brings us back. */
		if ((c->state == CLIENT_FILE || c->state == CLIENT_H2) && pieces++ == TURN_PIECES)
			break;
		flush(c);
		more = c->state == CLIENT_FILE &&
		       (client_queued(c) ? client_queued(c) < CLIENT_QUEUE_MAX : client_send_file(c));
		more = more || (c->state == CLIENT_H2 && !client_queued(c) && h2_has_output(c));
		more = more || (c->state == CLIENT_HEAD && !client_queued(c) && client_unread(c).n > c->seen);
	} while (more);
	if (c->state == CLIENT_CLOSE && !client_queued(c))
		end_stream(c);
	drop_input(c);
}

/* --- Reading --- */

static void linger(struct client *c)
{
	uint8_t dropped[READ_SIZE];
	ssize_t n = conn_read(&c->conn, dropped, sizeof(dropped));

	if (n == CONN_AGAIN_READ || n == CONN_AGAIN_WRITE) {
		c->read_on = n == CONN_AGAIN_WRITE ? LOOP_WRITE : LOOP_READ;
		return;
	}
	if (n > 0)
		c->lingered += (uint32_t)n;
	if (n <= 0 || c->lingered > LINGER_MAX)
		client_die(c);
}

static bool is_idle(const struct client *c)
{
	if (client_unread(c).n || client_queued(c))
		return false;
	return c->state == CLIENT_HEAD || (c->state == CLIENT_H2 && h2_is_idle(c));
}

/* Reads until the descriptor is empty or there is work; TLS may hold bytes the loop cannot see. */
static void receive(struct client *c)
{
	int reads = 0;

	do {
		ssize_t n;

		client_take_buffer(c, &c->in);
		if (buf_reserve(&c->in, READ_SIZE)) {
			client_die(c);
			return;
		}
		n = conn_read(&c->conn, c->in.p + c->in.n, READ_SIZE);
		if (n == CONN_ERROR) {
			client_die(c);
			return;
		}
		if (n < 0) {
			c->read_on = n == CONN_AGAIN_WRITE ? LOOP_WRITE : LOOP_READ;
			c->more = false;
			if (!c->in.n)
				client_give_buffer(c, &c->in);
			return;
		}
		c->read_on = LOOP_READ;
		c->in.n += (size_t)n;
		c->more = n > 0;
		c->end = n == 0;
		if (c->end && is_idle(c)) {
			/* It left while nothing was due to it.  Let it close its TCP stream first: under
			 * TLS its FIN comes behind its close_notify, and it is the one to keep TIME-WAIT.  One
			 * that waits for our close_notify gets it when LEFT_TIME is over. */
			c->state = CLIENT_LEFT;
			client_give_buffer(c, &c->in);
			linger(c);
			return;
		}
		turn(c);
	} while (++reads < TURN_READS && holds_input(c));
}

static void count_handshake(struct client *c, bool done)
{
	struct metrics *m = c->server->site->metrics;
	struct tls_info info;

	if (!done)
		m->failed++;
	else if (tls_info(&c->conn, &info) == 0 && info.resumed)
		m->resumed++;
	else
		m->full++;
}

static bool chose_h2(const struct client *c)
{
	struct tls_info info;

	return tls_info(&c->conn, &info) == 0 && slice_eq(info.alpn, SLICE("h2"));
}

static void handshake(struct client *c)
{
	int r = conn_handshake(&c->conn);

	if (r == CONN_AGAIN_READ || r == CONN_AGAIN_WRITE) {
		c->read_on = r == CONN_AGAIN_WRITE ? LOOP_WRITE : LOOP_READ;
		return;
	}
	c->read_on = LOOP_READ;
	c->state = CLIENT_HEAD;
	count_handshake(c, r == 0);
	if (r == 0) {
		if (chose_h2(c))
			h2_begin(c);
		if (c->state != CLIENT_DEAD)
			receive(c);
	} else if (tls_plain_http(&c->conn) && (c->x = client_take_exchange(c))) {
		c->secure = c->x->secure = false;
		c->x->tls = NULL;
		c->x->begun = clock_mono();
		client_refuse(c, 400, "This port speaks TLS: the address begins with https://");
		turn(c);
	} else {
		client_die(c);
	}
}

/* --- Entries --- */

static void on_event(struct loop_file *f, unsigned ready)
{
	struct client *c = LOOP_OF(f, struct client, file);

	if (c->state == CLIENT_HANDSHAKE) {
		handshake(c);
	} else if (is_leaving(c)) {
		linger(c);
	} else {
		if (ready & c->write_on && wants_output(c))
			turn(c);
		if (ready & c->read_on && wants_input(c) && !is_leaving(c))
			receive(c);
	}
	leave(c);
}

static void on_again(struct loop_timer *t)
{
	struct client *c = LOOP_OF(t, struct client, again);

	if (holds_input(c))
		receive(c);
	leave(c);
}

static void on_deadline(struct loop_timer *t)
{
	struct client *c = LOOP_OF(t, struct client, timer);
	enum client_deadline passed = (enum client_deadline)c->deadline;

	c->deadline = DEADLINE_NONE;
	if (passed == DEADLINE_H2) {
		c->deadline = DEADLINE_H2; /* what it may stand for beside is not over */
		h2_expire(c);
		turn(c);
	} else if (passed == DEADLINE_BODY) {
		client_refuse(c, 408, CLIENT_BODY_LATE);
		turn(c);
	} else if (passed == DEADLINE_HEAD && client_unread(c).n && (c->x = client_take_exchange(c))) {
		c->requests++;
		c->x->begun = clock_mono();
		(void)http_parse_request(client_unread(c), 0, &c->server->o.limits, 0, &c->x->req);
		client_refuse(c, 408, "The head of the request did not come in time");
		turn(c);
	} else if (passed == DEADLINE_IDLE || passed == DEADLINE_LEFT ||
	           (passed == DEADLINE_HEAD && c->state == CLIENT_HEAD)) {
		c->state = CLIENT_CLOSE;
		turn(c);
	} else {
		if (passed == DEADLINE_STALL)
			sock_reset_on_close(c->conn.fd);
		client_die(c);
	}
	leave(c);
}

void client_go_on(struct client *c)
{
	if (c->state != CLIENT_DEAD)
		turn(c);
	leave(c);
}

/* What the handler waited for is there. */
void client_resumed(struct exchange *x)
{
	struct client *c = x->owner;

	c->working = false;
	if (c->state != CLIENT_DEAD)
		client_settle(c, x->then(x));
	client_go_on(c);
}

static int open_conn(struct client *c, int fd, const struct addr *peer, struct tls_ctx *tls)
{
	if (!tls) {
		conn_tcp_init(&c->conn, fd, peer);
	} else if (tls_conn_init(&c->conn, tls, fd, peer)) {
		close(fd);
		return -1;
	}
	if (loop_add(c->server->loop, &c->file, fd, LOOP_READ, on_event, NULL) == 0)
		return 0;
	conn_close(&c->conn);
	return -1;
}

static void enlist(struct client *c)
{
	struct server *s = c->server;

	c->next = s->clients;
	c->link = &s->clients;
	if (c->next)
		c->next->link = &c->next;
	s->clients = c;
	s->n_clients++;
	s->site->metrics->connections++;
	s->site->metrics->open = s->n_clients;
}

void client_new(struct listener *at, int fd, const struct addr *peer)
{
	struct tls_ctx *tls = at->tls;
	struct client *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return;
	}
	*c = (struct client){
		.server = at->server,
		.rows = at->rows,
		.secure = tls != NULL,
		.state = tls ? CLIENT_HANDSHAKE : CLIENT_HEAD,
		.read_on = LOOP_READ,
		.write_on = LOOP_WRITE,
		.timer.fn = on_deadline,
		.again.fn = on_again,
	};
	if (open_conn(c, fd, peer, tls)) {
		free(c);
		return;
	}
	enlist(c);
	leave(c);
}

void client_drain(struct client *c)
{
	if (c->state == CLIENT_H2) {
		h2_drain(c);
		turn(c);
	} else if (c->state == CLIENT_HEAD && !client_unread(c).n) {
		c->deadline = DEADLINE_NONE; /* a new one, with less patience */
	}
	leave(c);
}

void client_drop(struct client *c)
{
	client_die(c);
	leave(c);
}

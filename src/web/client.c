/* A connection of the HTTP server; see client.h.  RFC 9112 9 (connections), RFC 9110 10.1.1
 * (Expect).
 *
 * Every entry from the loop (on_event, on_deadline, on_resumed, client_drain) does its work and
 * then calls leave(), the one place that frees.  In between a connection that failed is merely
 * CLIENT_DEAD. */
#include "web/client.h"

#include "base/clock.h"
#include "http/write.h"
#include "net/sock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	READ_SIZE = 16 * 1024,    /* bytes asked of one read */
	QUEUE_MAX = 64 * 1024,    /* with more than that to write, nothing more is read or parsed */
	BUFFER_KEPT = 256 * 1024, /* a buffer larger than that is not kept for others */
	LINGER_MAX = 16 << 20,    /* bytes dropped before giving up */
	BODY_RATE = 4 * 1024,     /* bytes per second that a body must come with, on the whole */
};

#define LINGER_TIME (2 * CLOCK_SEC)
/* How long a drain waits on a connection for the request that may be on its way already. */
#define DRAIN_GRACE (300 * CLOCK_MS)

static size_t queued(const struct client *c)
{
	return c->out.n - c->out_at;
}

static struct slice unread(const struct client *c)
{
	return slice_skip(buf_view(&c->in), c->in_at);
}

/* --- Borrowed from the server -------------------------------------------------------------------
 */

static void take_buffer(struct client *c, struct buf *b)
{
	struct server *s = c->server;

	if (!b->cap && s->n_buffers)
		*b = s->buffers[--s->n_buffers];
}

static void give_buffer(struct client *c, struct buf *b)
{
	struct server *s = c->server;

	buf_clear(b);
	if (b->cap && b->cap <= BUFFER_KEPT && s->n_buffers < SERVER_SPARES)
		s->buffers[s->n_buffers++] = *b;
	else
		buf_fini(b);
	*b = (struct buf){ 0 };
}

static void on_resumed(struct exchange *x);

static struct exchange *take_exchange(struct client *c)
{
	struct server *s = c->server;
	struct exchange *x = s->spare;

	if (x) {
		s->spare = x->next;
		s->n_spare--;
	} else {
		x = exchange_new(s->site);
	}
	if (!x)
		return NULL;
	memset(&x->req, 0, offsetof(struct http_msg, fields));
	x->peer = &c->conn.peer;
	x->secure = c->secure;
	x->resume = on_resumed;
	x->owner = c;
	return x;
}

static void give_exchange(struct client *c)
{
	struct server *s = c->server;
	struct exchange *x = c->x;

	c->x = NULL;
	if (!x)
		return;
	if (s->n_spare >= SERVER_SPARES) {
		exchange_free(x);
		return;
	}
	exchange_reset(x);
	x->next = s->spare;
	s->spare = x;
	s->n_spare++;
}

/* --- The end -------------------------------------------------------------------------------------
 */

static void die(struct client *c)
{
	if (c->state == CLIENT_DEAD)
		return;
	c->state = CLIENT_DEAD;
	loop_timer_stop(c->server->loop, &c->timer);
	loop_del(c->server->loop, &c->file);
	conn_close(&c->conn);
}

static void release(struct client *c)
{
	struct server *s = c->server;

	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	give_exchange(c);
	give_buffer(c, &c->in);
	give_buffer(c, &c->out);
	free(c);
	server_gone(s);
}

/* --- What to wait for, and until when ------------------------------------------------------------
 */

static bool wants_input(const struct client *c)
{
	if (c->state == CLIENT_LINGER)
		return true;
	return (c->state == CLIENT_HEAD || c->state == CLIENT_BODY) && !c->end && queued(c) <= QUEUE_MAX;
}

static unsigned wanted_events(const struct client *c)
{
	unsigned want = 0;

	if (c->state == CLIENT_HANDSHAKE || wants_input(c))
		want |= c->read_on;
	if (queued(c) || c->state == CLIENT_CLOSE)
		want |= c->write_on;
	return want;
}

static enum client_deadline wanted_deadline(const struct client *c)
{
	if (c->state == CLIENT_HANDSHAKE)
		return DEADLINE_HANDSHAKE;
	if (c->state == CLIENT_LINGER)
		return DEADLINE_LINGER;
	if (queued(c) || c->state == CLIENT_CLOSE)
		return DEADLINE_STALL;
	if (c->state == CLIENT_BODY)
		return DEADLINE_BODY;
	if (c->state != CLIENT_HEAD)
		return DEADLINE_NONE;
	return c->requests && !unread(c).n ? DEADLINE_IDLE : DEADLINE_HEAD;
}

static int64_t deadline_span(const struct client *c)
{
	const struct server_options *o = &c->server->o;
	bool grace = c->server->draining && !unread(c).n;

	switch (c->deadline) {
	case DEADLINE_HANDSHAKE: return o->handshake;
	case DEADLINE_HEAD: return grace && DRAIN_GRACE < o->header ? DRAIN_GRACE : o->header;
	case DEADLINE_BODY:
		return o->body + (int64_t)(c->x->body.n / BODY_RATE) * CLOCK_SEC -
		       (loop_now(c->server->loop) - c->body_start);
	case DEADLINE_IDLE: return grace && DRAIN_GRACE < o->idle ? DRAIN_GRACE : o->idle;
	case DEADLINE_STALL: return o->stall;
	default: return LINGER_TIME;
	}
}

/* A deadline runs from the moment its reason came up; only that of a body moves with progress. */
static void set_deadline(struct client *c)
{
	enum client_deadline wanted = wanted_deadline(c);

	if (wanted == c->deadline && wanted != DEADLINE_BODY)
		return;
	c->deadline = (uint8_t)wanted;
	if (wanted == DEADLINE_NONE)
		loop_timer_stop(c->server->loop, &c->timer);
	else if (loop_timer_set(c->server->loop, &c->timer, deadline_span(c)))
		die(c);
}

/* The last thing every entry does. */
static void leave(struct client *c)
{
	if (c->state != CLIENT_DEAD && loop_want(c->server->loop, &c->file, wanted_events(c)))
		die(c);
	if (c->state != CLIENT_DEAD)
		set_deadline(c);
	access_flush(c->server->log);
	if (c->state == CLIENT_DEAD && !c->working)
		release(c);
}

/* --- Writing -------------------------------------------------------------------------------------
 */

/* Writes what is queued, as far as it goes. */
static void flush(struct client *c)
{
	while (queued(c)) {
		ssize_t n = conn_write(&c->conn, c->out.p + c->out_at, queued(c));

		if (n == CONN_ERROR) {
			die(c);
			return;
		}
		if (n < 0) {
			c->write_on = n == CONN_AGAIN_READ ? LOOP_READ : LOOP_WRITE;
			return;
		}
		c->write_on = LOOP_WRITE;
		c->out_at += (size_t)n;
		c->deadline = DEADLINE_NONE; /* progress: the stall begins anew */
	}
	c->out_at = 0;
	give_buffer(c, &c->out);
}

/* Everything is written: ends our direction, and waits for the client to end its own. */
static void end_stream(struct client *c)
{
	int r = conn_shutdown(&c->conn);

	if (r == CONN_AGAIN_READ || r == CONN_AGAIN_WRITE) {
		c->write_on = r == CONN_AGAIN_READ ? LOOP_READ : LOOP_WRITE;
	} else if (r < 0 || c->end) {
		die(c);
	} else {
		c->state = CLIENT_LINGER;
		c->read_on = LOOP_READ;
		c->in_at = 0;
		give_buffer(c, &c->in);
	}
}

/* Queues the next piece of the file.  One that has become shorter cannot be answered any more, and
 * the client must be able to see that. */
static void queue_file(struct client *c)
{
	size_t want = c->left < QUEUE_MAX ? (size_t)c->left : QUEUE_MAX;
	ssize_t n;

	if (buf_reserve(&c->out, want)) {
		die(c);
		return;
	}
	n = pread(c->x->file, c->out.p + c->out.n, want, (off_t)(c->x->file_size - c->left));
	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		die(c);
		return;
	}
	c->out.n += (size_t)n;
	c->left -= (size_t)n;
}

/* --- Answering -----------------------------------------------------------------------------------
 */

/* The answer is queued to its last byte. */
static void answered(struct client *c)
{
	bool close = c->x->close;

	give_exchange(c);
	c->deadline = DEADLINE_NONE; /* the next head gets its own time */
	c->state = close ? CLIENT_CLOSE : CLIENT_HEAD;
}

/* Queues the answer in c->x. */
static void answer(struct client *c)
{
	struct exchange *x = c->x;
	struct server *s = c->server;

	if (!http_persistent(&x->req) || c->requests >= s->o.requests_max || s->draining)
		x->close = true;
	take_buffer(c, &c->out);
	if (exchange_write_head(x, x->close, &c->out)) {
		die(c);
		return;
	}
	c->left = exchange_content_size(x);
	access_note(s->log, x, c->left);
	if (x->file >= 0 && c->left) {
		c->state = CLIENT_FILE;
		return;
	}
	if (c->left && buf_slice(&c->out, buf_view(&x->content)))
		die(c);
	else
		answered(c);
}

static void settle(struct client *c, enum web_progress p)
{
	if (p == WEB_LATER) {
		c->working = true;
		c->state = CLIENT_WAIT;
	} else {
		answer(c);
	}
}

/* The request is refused before its end is known: what follows has no meaning. */
static void refuse(struct client *c, unsigned status, const char *text)
{
	exchange_error(c->x, status, text);
	c->x->close = true;
	answer(c);
}

static void refuse_malformed(struct client *c, enum http_reason reason)
{
	exchange_malformed(c->x, reason);
	answer(c);
}

/* --- Reading a request ---------------------------------------------------------------------------
 */

/* What a step does: true when it did something and the next may be tried. */

static bool begin_body(struct client *c, enum http_framing framing)
{
	struct exchange *x = c->x;
	const struct http_msg *req = &x->req;
	bool asks = req->expect == HTTP_EXPECT_CONTINUE && req->minor >= 1;

	if (framing == HTTP_LENGTH && (uint64_t)req->content_length > c->server->o.body_max) {
		refuse(c, 413, "The content is larger than this server takes");
		return true;
	}
	if (asks && x->status) { /* RFC 9110 10.1.1: say no before the content is sent */
		x->close = true;
		answer(c);
		return true;
	}
	if (asks && !unread(c).n) {
		take_buffer(c, &c->out);
		http_write_status(&c->out, 100);
		http_write_end(&c->out);
	}
	c->state = CLIENT_BODY;
	c->left = framing == HTTP_LENGTH ? (uint64_t)req->content_length : 0;
	c->body_start = loop_now(c->server->loop);
	http_chunk_init(&c->chunk, 0, 0);
	return true;
}

/* Reading on may move c->in: the head gets a place of its own. */
static bool keep_head(struct client *c, struct slice head)
{
	struct exchange *x = c->x;
	struct slice copy = arena_dup(&x->arena, head);

	return copy.p && http_parse_request(copy, 0, &c->server->o.limits, 0, &x->req) > 0;
}

static bool take_head(struct client *c)
{
	struct slice rest = unread(c);
	enum http_framing framing;
	ssize_t used;

	if (!rest.n)
		return false;
	if (!c->x && !(c->x = take_exchange(c))) {
		die(c);
		return false;
	}
	used = http_parse_request(rest, c->seen, &c->server->o.limits, 0, &c->x->req);
	if (used == 0) {
		c->seen = rest.n;
		if (!c->end)
			give_exchange(c);
		else
			refuse(c, 400, "The request ends within its head");
		return c->end;
	}
	c->requests++;
	c->seen = 0;
	if (used < 0) {
		refuse_malformed(c, (enum http_reason) - used);
		return true;
	}
	c->in_at += (size_t)used;
	exchange_route(c->x);
	framing = http_request_framing(&c->x->req);
	if (framing == HTTP_NO_BODY || (framing == HTTP_LENGTH && c->x->req.content_length == 0)) {
		settle(c, exchange_handle(c->x));
		return true;
	}
	if (!keep_head(c, slice_sub(rest, 0, (size_t)used))) {
		die(c);
		return false;
	}
	return begin_body(c, framing);
}

/* The next piece of the body, whichever its framing.  Bytes used; 0: there are none; or a reason,
 * negated. */
static ssize_t next_piece(struct client *c, struct slice *data)
{
	struct slice rest = unread(c);

	if (c->x->req.chunked)
		return rest.n ? http_chunk_feed(&c->chunk, rest, data) : 0;
	*data = slice_sub(rest, 0, c->left < rest.n ? (size_t)c->left : rest.n);
	c->left -= data->n;
	return (ssize_t)data->n;
}

static bool body_done(const struct client *c)
{
	return c->x->req.chunked ? http_chunk_done(&c->chunk) : c->left == 0;
}

static bool take_body(struct client *c)
{
	struct slice data;
	ssize_t used = next_piece(c, &data);

	if (used < 0) {
		refuse_malformed(c, (enum http_reason) - used);
		return true;
	}
	if (used == 0) {
		if (c->end)
			refuse(c, 400, "The request ends within its content");
		return c->end;
	}
	c->in_at += (size_t)used;
	if (c->x->body.n + data.n > c->server->o.body_max) {
		refuse(c, 413, "The content is larger than this server takes");
		return true;
	}
	if (buf_slice(&c->x->body, data)) {
		die(c);
		return false;
	}
	if (body_done(c))
		settle(c, exchange_handle(c->x));
	return true;
}

/* One step of whatever is to be done next; false when it takes the client, or time. */
static bool step(struct client *c)
{
	switch (c->state) {
	case CLIENT_HEAD:
		if (queued(c) > QUEUE_MAX)
			return false;
		if (c->end && !unread(c).n) {
			c->state = CLIENT_CLOSE;
			return true;
		}
		return take_head(c);
	case CLIENT_BODY: return take_body(c);
	case CLIENT_FILE:
		if (queued(c) >= QUEUE_MAX)
			return false;
		if (c->left)
			queue_file(c);
		else
			answered(c);
		return true;
	default: return false;
	}
}

/* Forgets the input that is done with.  Not while an exchange may point into it. */
static void drop_input(struct client *c)
{
	if (c->state != CLIENT_HEAD && c->state != CLIENT_BODY)
		return;
	buf_consume(&c->in, c->in_at);
	c->in_at = 0;
	if (!c->in.n)
		give_buffer(c, &c->in);
}

/* Does all that can be done now: the answers to everything that one read brought go out in one
 * write; when the client took them and more is waiting, again. */
static void turn(struct client *c)
{
	bool more;

	do {
		while (step(c))
			;
		flush(c);
		more = c->state == CLIENT_FILE && queued(c) < QUEUE_MAX;
		more = more || (c->state == CLIENT_HEAD && !queued(c) && unread(c).n > c->seen);
	} while (more);
	if (c->state == CLIENT_CLOSE && !queued(c))
		end_stream(c);
	drop_input(c);
}

/* --- Reading -------------------------------------------------------------------------------------
 */

static void linger(struct client *c)
{
	uint8_t dropped[READ_SIZE];
	ssize_t n = conn_read(&c->conn, dropped, sizeof(dropped));

	if (n == CONN_AGAIN_READ || n == CONN_AGAIN_WRITE) {
		c->read_on = n == CONN_AGAIN_WRITE ? LOOP_WRITE : LOOP_READ;
		return;
	}
	if (n > 0)
		c->lingered += (size_t)n;
	if (n <= 0 || c->lingered > LINGER_MAX)
		die(c);
}

/* Reads until the descriptor is empty or there is work; TLS may hold bytes the loop cannot see. */
static void receive(struct client *c)
{
	do {
		ssize_t n;

		take_buffer(c, &c->in);
		if (buf_reserve(&c->in, READ_SIZE)) {
			die(c);
			return;
		}
		n = conn_read(&c->conn, c->in.p + c->in.n, READ_SIZE);
		if (n == CONN_ERROR) {
			die(c);
			return;
		}
		if (n < 0) {
			c->read_on = n == CONN_AGAIN_WRITE ? LOOP_WRITE : LOOP_READ;
			if (!c->in.n)
				give_buffer(c, &c->in);
			return;
		}
		c->read_on = LOOP_READ;
		c->in.n += (size_t)n;
		c->end = n == 0;
		if (c->end && c->state == CLIENT_HEAD && !unread(c).n && !queued(c)) {
			/* It left while nothing was due to it.  Let it close its TCP stream first: under
			 * TLS its FIN comes behind its close_notify, and it is the one to keep TIME-WAIT. */
			c->state = CLIENT_LINGER;
			give_buffer(c, &c->in);
			linger(c);
			return;
		}
		turn(c);
	} while (wants_input(c) && c->state != CLIENT_LINGER && conn_pending(&c->conn));
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
	if (r == 0) {
		receive(c);
	} else if (tls_plain_http(&c->conn) && (c->x = take_exchange(c))) {
		c->secure = c->x->secure = false;
		refuse(c, 400, "This port speaks TLS: the address begins with https://");
		turn(c);
	} else {
		die(c);
	}
}

/* --- Entries -------------------------------------------------------------------------------------
 */

static void on_event(struct loop_file *f, unsigned ready)
{
	struct client *c = LOOP_OF(f, struct client, file);

	if (c->state == CLIENT_HANDSHAKE) {
		handshake(c);
	} else if (c->state == CLIENT_LINGER) {
		linger(c);
	} else {
		if (ready & c->write_on && (queued(c) || c->state == CLIENT_CLOSE))
			turn(c);
		if (ready & c->read_on && wants_input(c) && c->state != CLIENT_LINGER)
			receive(c);
	}
	leave(c);
}

static void on_deadline(struct loop_timer *t)
{
	struct client *c = LOOP_OF(t, struct client, timer);
	enum client_deadline passed = (enum client_deadline)c->deadline;

	c->deadline = DEADLINE_NONE;
	if (passed == DEADLINE_BODY) {
		refuse(c, 408, "The content did not come in time");
		turn(c);
	} else if (passed == DEADLINE_HEAD && unread(c).n && (c->x = take_exchange(c))) {
		c->requests++;
		(void)http_parse_request(unread(c), 0, &c->server->o.limits, 0, &c->x->req);
		refuse(c, 408, "The head of the request did not come in time");
		turn(c);
	} else if (passed == DEADLINE_IDLE || (passed == DEADLINE_HEAD && c->state == CLIENT_HEAD)) {
		c->state = CLIENT_CLOSE;
		turn(c);
	} else {
		if (passed == DEADLINE_STALL)
			sock_reset_on_close(c->conn.fd);
		die(c);
	}
	leave(c);
}

/* What the handler waited for is there. */
static void on_resumed(struct exchange *x)
{
	struct client *c = x->owner;

	c->working = false;
	if (c->state != CLIENT_DEAD) {
		settle(c, x->then(x));
		turn(c);
	}
	leave(c);
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
}

void client_new(struct server *s, int fd, const struct addr *peer, struct tls_ctx *tls)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return;
	}
	*c = (struct client){
		.server = s,
		.secure = tls != NULL,
		.state = tls ? CLIENT_HANDSHAKE : CLIENT_HEAD,
		.read_on = LOOP_READ,
		.write_on = LOOP_WRITE,
		.timer.fn = on_deadline,
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
	if (c->state == CLIENT_HEAD && !unread(c).n)
		c->deadline = DEADLINE_NONE; /* a new one, with less patience */
	leave(c);
}

void client_drop(struct client *c)
{
	die(c);
	leave(c);
}

/* Requests of a connection: reading their heads and bodies, and queueing their answers; see client.h.
 * RFC 9112 6, RFC 9110 10.1.1 (Expect). */
#include "web/client.h"

#include "base/clock.h"
#include "http/write.h"
#include "web/routes.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct exchange *client_take_exchange(struct client *c)
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
	x->rows = c->rows;
	x->resume = client_resumed;
	x->owner = c;
	return x;
}

void client_give_exchange(struct client *c)
{
	struct server *s = c->server;
	struct exchange *x = c->x;

	c->x = NULL;
	if (!x)
		return;
	s->bodies -= x->body.n;
	if (s->n_spare >= SERVER_SPARES) {
		exchange_free(x);
		return;
	}
	exchange_reset(x);
	x->next = s->spare;
	s->spare = x;
	s->n_spare++;
}

/* --- Answering --- */

/* The answer is queued to its last byte. */
static void answered(struct client *c)
{
	bool close = c->x->close;

	client_give_exchange(c);
	c->deadline = DEADLINE_NONE; /* the next head gets its own time */
	c->state = close ? CLIENT_CLOSE : CLIENT_HEAD;
}

/* Counts and logs an answer; who looks at the figures is not to change them. */
static void note(struct server *s, const struct exchange *x, uint64_t bytes)
{
	int64_t took = clock_mono() - x->begun;

	if (x->rows != routes)
		return;
	metrics_answer(&s->metrics, x->status, bytes, took);
	access_note(s->log, x, bytes, took);
}

/* Queues the answer in c->x. */
static void answer(struct client *c)
{
	struct exchange *x = c->x;
	struct server *s = c->server;

	if (!http_persistent(&x->req) || c->requests >= s->o.requests_max || s->draining)
		x->close = true;
	client_take_buffer(c, &c->out);
	if (exchange_write_head(x, x->close, &c->out)) {
		client_die(c);
		return;
	}
	c->left = exchange_content_size(x);
	note(s, x, c->left);
	if (x->pieces && c->left) {
		c->state = CLIENT_FILE;
		c->piece = 0;
		c->piece_at = 0;
		return;
	}
	if (c->left && buf_slice(&c->out, buf_view(&x->content)))
		client_die(c);
	else
		answered(c);
}

void client_settle(struct client *c, enum web_progress p)
{
	if (p == WEB_LATER) {
		c->working = true;
		c->state = CLIENT_WAIT;
	} else {
		answer(c);
	}
}

/* The request is refused before its end is known: what follows has no meaning. */
void client_refuse(struct client *c, unsigned status, const char *text)
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

/* --- Reading a request --- */

enum {
	/* Room for the content of a usual form at once: growing would leave copies of a password. */
	BODY_START = 4 * 1024,
	/* Bytes of content held for all connections together; one may have body_max in any case. */
	BODIES_MAX = 64 << 20,
};

static bool begin_body(struct client *c, enum http_framing framing)
{
	struct exchange *x = c->x;
	const struct http_msg *req = &x->req;
	bool asks = !c->server->site->http10 && req->expect == HTTP_EXPECT_CONTINUE && req->minor >= 1;

	if (framing == HTTP_LENGTH && (uint64_t)req->content_length > c->server->o.body_max) {
		client_refuse(c, 413, "The content is larger than this server takes");
		return true;
	}
	if (asks && x->status) { /* RFC 9110 10.1.1: say no before the content is sent */
		x->close = true;
		answer(c);
		return true;
	}
	if (asks && !client_unread(c).n) {
		client_take_buffer(c, &c->out);
		http_write_status(&c->out, 100);
		http_write_end(&c->out);
	}
	if (buf_reserve(&x->body, BODY_START)) {
		client_die(c);
		return false;
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
	struct slice rest = client_unread(c);
	enum http_framing framing;
	ssize_t used;

	if (!rest.n)
		return false;
	if (!c->x && !(c->x = client_take_exchange(c))) {
		client_die(c);
		return false;
	}
	used = http_parse_request(rest, c->seen, &c->server->o.limits, 0, &c->x->req);
	if (used == 0) {
		c->seen = rest.n;
		if (!c->end)
			client_give_exchange(c);
		else
			client_refuse(c, 400, "The request ends within its head");
		return c->end;
	}
	c->requests++;
	c->seen = 0;
	c->x->begun = clock_mono();
	if (used < 0) {
		refuse_malformed(c, (enum http_reason) - used);
		return true;
	}
	c->in_at += (size_t)used;
	exchange_route(c->x);
	framing = http_request_framing(&c->x->req);
	if (framing == HTTP_NO_BODY || (framing == HTTP_LENGTH && c->x->req.content_length == 0)) {
		client_settle(c, exchange_handle(c->x));
		return true;
	}
	if (!keep_head(c, slice_sub(rest, 0, (size_t)used))) {
		client_die(c);
		return false;
	}
	return begin_body(c, framing);
}

/* The next piece of the body, whichever its framing.  Bytes used; 0: there are none; or a reason,
 * negated. */
static ssize_t next_piece(struct client *c, struct slice *data)
{
	struct slice rest = client_unread(c);

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
			client_refuse(c, 400, "The request ends within its content");
		return c->end;
	}
	c->in_at += (size_t)used;
	if (c->x->body.n + data.n > c->server->o.body_max) {
		client_refuse(c, 413, "The content is larger than this server takes");
		return true;
	}
	if (c->x->body.n + data.n > BODY_START && c->server->bodies + data.n > BODIES_MAX &&
	    c->server->bodies > c->x->body.n) {
		client_refuse(c, 503, "Too much content is being sent just now");
		return true;
	}
	if (buf_slice(&c->x->body, data)) {
		client_die(c);
		return false;
	}
	c->server->bodies += data.n;
	if (body_done(c))
		client_settle(c, exchange_handle(c->x));
	return true;
}

/* --- The next step --- */

enum { DIRECT_MAX = 256 * 1024 }; /* bytes the kernel is asked to send from a file at once */

static void advance(struct client *c, size_t n)
{
	const struct exchange_piece *p = &c->x->pieces[c->piece];

	c->left -= n;
	c->piece_at += n;
	if (c->piece_at == p->text.n + p->size) {
		c->piece++;
		c->piece_at = 0;
	}
}

/* Letters, with a line end now and then: what is lost or twice shows. */
static void make_bytes(uint8_t *out, size_t n, uint64_t at)
{
	for (size_t i = 0; i < n; i++, at++)
		out[i] = at % 64 == 63 ? '\n' : (uint8_t)('a' + (at / 64 + at % 64) % 26);
}

/* Up to n bytes of the piece's second half to the end of c->out, as many as there are in one read: 0 when the
 * file has become shorter; -1 to try again. */
static ssize_t read_bytes(struct client *c, uint64_t at, size_t n)
{
	ssize_t got = (ssize_t)n;

	if (buf_reserve(&c->out, n))
		return 0;
	if (c->x->file < 0)
		make_bytes(c->out.p + c->out.n, n, at);
	else
		got = pread(c->x->file, c->out.p + c->out.n, n, (off_t)at);
	if (got > 0)
		c->out.n += (size_t)got;
	return got < 0 && errno != EINTR ? 0 : got;
}

/* Queues more of the present piece.  A file that has become shorter cannot be answered any more, and the
 * client must be able to see that. */
static void queue_piece(struct client *c)
{
	const struct exchange_piece *p = &c->x->pieces[c->piece];
	uint64_t left = p->text.n + p->size - c->piece_at;
	ssize_t n;

	client_take_buffer(c, &c->out);
	if (c->piece_at < p->text.n) {
		struct slice text = slice_skip(p->text, (size_t)c->piece_at);

		n = buf_slice(&c->out, text) ? 0 : (ssize_t)text.n;
	} else if (left) {
		n = read_bytes(c, p->at + (c->piece_at - p->text.n),
		    left < CLIENT_QUEUE_MAX ? (size_t)left : CLIENT_QUEUE_MAX);
	} else {
		c->piece++; /* an empty one */
		return;
	}
	if (n == 0)
		client_die(c);
	else if (n > 0)
		advance(c, (size_t)n);
}

/* Is there so much of the file to send that it need not pass through our memory?  What follows a head goes
 * with it. */
static bool goes_directly(const struct client *c)
{
	const struct exchange_piece *p;

	if (!c->left || client_queued(c) || c->x->file < 0 || !conn_sends_files(&c->conn))
		return false;
	p = &c->x->pieces[c->piece];
	return c->piece_at >= p->text.n && p->text.n + p->size - c->piece_at >= CLIENT_QUEUE_MAX;
}

bool client_send_file(struct client *c)
{
	const struct exchange_piece *p;
	uint64_t left;
	ssize_t n;

	if (!goes_directly(c))
		return true;
	p = &c->x->pieces[c->piece];
	left = p->text.n + p->size - c->piece_at;
	n = conn_sendfile(&c->conn, c->x->file, p->at + (c->piece_at - p->text.n),
	    left < DIRECT_MAX ? (size_t)left : DIRECT_MAX);
	if (n > 0) {
		c->deadline = DEADLINE_NONE; /* progress: the stall begins anew */
		advance(c, (size_t)n);
	} else if (n == 0 || n == CONN_ERROR) {
		client_die(c);
	}
	return n > 0;
}

static bool file_step(struct client *c)
{
	if (!c->left) {
		answered(c);
		return true;
	}
	if (client_queued(c) >= CLIENT_QUEUE_MAX || goes_directly(c))
		return false;
	queue_piece(c);
	return true;
}

/* One step of whatever is to be done next; false when it takes the client, or time. */
bool client_step(struct client *c)
{
	switch (c->state) {
	case CLIENT_HEAD:
		if (client_queued(c) > CLIENT_QUEUE_MAX)
			return false;
		if (c->end && !client_unread(c).n) {
			c->state = CLIENT_CLOSE;
			return true;
		}
		return take_head(c);
	case CLIENT_BODY: return take_body(c);
	case CLIENT_FILE: return file_step(c);
	default: return false;
	}
}

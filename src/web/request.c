/* Requests of a connection: reading their heads and bodies, and queueing their answers; see client.h.
 * RFC 9112 6, RFC 9110 10.1.1 (Expect). */
#include "web/client.h"

#include "base/clock.h"
#include "http/write.h"
#include "http2/frame.h"
#include "web/h2.h"
#include "web/routes.h"

#include <string.h>

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
	x->tls = c->secure ? &c->conn : NULL;
	x->rows = c->rows;
	x->resume = client_resumed;
	x->owner = c;
	return x;
}

void client_give_exchange(struct client *c)
{
	if (c->x)
		server_give_exchange(c->server, c->x);
	c->x = NULL;
}

void server_give_exchange(struct server *s, struct exchange *x)
{
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

void server_note(struct server *s, const struct exchange *x, uint64_t bytes)
{
	int64_t took = clock_mono() - x->begun;

	if (x->rows != routes)
		return;
	metrics_answer(s->site->metrics, x->status, bytes, took);
	metrics_version(s->site->metrics, x->req.major, x->req.minor);
	access_note(s->log, x, bytes, took);
}

/* Queues the answer in c->x. */
static void answer(struct client *c)
{
	struct exchange *x = c->x;
	struct server *s = c->server;
	uint64_t size;

	if (!http_persistent(&x->req) || c->requests >= s->o.requests_max || s->draining)
		x->close = true;
	client_take_buffer(c, &c->out);
	if (exchange_write_head(x, x->close, &c->out)) {
		client_die(c);
		return;
	}
	size = exchange_content_size(x);
	server_note(s, x, size);
	if (x->pieces && size) {
		c->state = CLIENT_FILE;
		c->content = (struct pieces_at){ .left = size };
		return;
	}
	if (size && buf_slice(&c->out, buf_view(&x->content)))
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

static bool begin_body(struct client *c, enum http_framing framing)
{
	struct exchange *x = c->x;
	const struct http_msg *req = &x->req;
	bool asks = !c->server->site->http10 && req->expect == HTTP_EXPECT_CONTINUE && req->minor >= 1;

	if (framing == HTTP_LENGTH && (uint64_t)req->content_length > c->server->o.body_max) {
		client_refuse(c, 413, CLIENT_TOO_LARGE);
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
	c->state = CLIENT_BODY;
	c->x->left = framing == HTTP_LENGTH ? (uint64_t)req->content_length : 0;
	x->body_begun = loop_now(c->server->loop);
	http_chunk_init(&x->chunk, 0, 0);
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
	enum h2_preface preface;
	ssize_t used;

	if (!rest.n)
		return false;
	if (c->server->o.http2 && (preface = h2_preface_seen(c)) != H2_PREFACE_NO) {
		if (preface == H2_PREFACE_YES)
			h2_begin(c);
		else
			c->seen = rest.n; /* as far as it goes: more must come */
		return preface == H2_PREFACE_YES;
	}
	if (!c->x && !(c->x = client_take_exchange(c))) {
		client_die(c);
		return false;
	}
	/* What might have been the preface of HTTP/2, the parser has not seen. */
	used = http_parse_request(
	    rest, c->seen < h2_preface().n ? 0 : c->seen, &c->server->o.limits, 0, &c->x->req);
	if (used == 0) {
		c->seen = (uint32_t)rest.n;
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
	c->in_at += (uint32_t)used;
	if (!c->server->o.http1) {
		client_refuse(c, 505, "This server speaks HTTP/2 alone");
		return true;
	}
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
		return rest.n ? http_chunk_feed(&c->x->chunk, rest, data) : 0;
	*data = slice_sub(rest, 0, c->x->left < rest.n ? (size_t)c->x->left : rest.n);
	c->x->left -= data->n;
	return (ssize_t)data->n;
}

static bool body_done(const struct client *c)
{
	return c->x->req.chunked ? http_chunk_done(&c->x->chunk) : c->x->left == 0;
}

unsigned server_add_content(struct server *s, struct exchange *x, struct slice data, const char **why)
{
	size_t n = x->body.n + data.n;

	*why = CLIENT_TOO_LARGE;
	if (n > s->o.body_max)
		return 413;
	*why = "Too much content is being sent just now";
	if (n > HELD_FREELY && s->bodies + data.n > BODIES_MAX && s->bodies > x->body.n)
		return 503;
	*why = "There is no memory for the content";
	if (buf_reserve(&x->body, x->body.n ? data.n : data.n + HELD_FREELY) || buf_slice(&x->body, data))
		return 503;
	s->bodies += data.n;
	return 0;
}

static bool take_body(struct client *c)
{
	struct slice data;
	ssize_t used = next_piece(c, &data);
	const char *why;
	unsigned status;

	if (used < 0) {
		refuse_malformed(c, (enum http_reason) - used);
		return true;
	}
	if (used == 0) {
		if (c->end)
			client_refuse(c, 400, "The request ends within its content");
		return c->end;
	}
	c->in_at += (uint32_t)used;
	status = server_add_content(c->server, c->x, data, &why);
	if (status)
		client_refuse(c, status, why);
	else if (body_done(c))
		client_settle(c, exchange_handle(c->x));
	return true;
}

/* --- The next step --- */

enum { DIRECT_MAX = 256 * 1024 }; /* bytes the kernel is asked to send from a file at once */

/* Queues more of the content.  A file that has become shorter cannot be answered any more, and the client must be
 * able to see that. */
static void queue_pieces(struct client *c)
{
	client_take_buffer(c, &c->out);
	if (!pieces_put(c->x, &c->content, &c->out, CLIENT_QUEUE_MAX))
		client_die(c);
}

/* Is there so much of the file to send that it need not pass through our memory?  How much, and where; else 0.
 * What follows a head goes with it. */
static uint64_t goes_directly(const struct client *c, uint64_t *offset)
{
	uint64_t n = pieces_file(c->x, &c->content, offset);

	return client_queued(c) || !conn_sends_files(&c->conn) || n < CLIENT_QUEUE_MAX ? 0 : n;
}

bool client_send_file(struct client *c)
{
	uint64_t offset, left = goes_directly(c, &offset);
	ssize_t n;

	if (!left)
		return true;
	n = conn_sendfile(&c->conn, c->x->file, offset, left < DIRECT_MAX ? (size_t)left : DIRECT_MAX);
	if (n > 0) {
		c->deadline = DEADLINE_NONE; /* progress: the stall begins anew */
		pieces_sent(c->x, &c->content, (size_t)n);
	} else if (n == 0 || n == CONN_ERROR) {
		client_die(c);
	}
	return n > 0;
}

static bool file_step(struct client *c)
{
	uint64_t offset;

	if (!c->content.left) {
		answered(c);
		return true;
	}
	if (client_queued(c) >= CLIENT_QUEUE_MAX || goes_directly(c, &offset))
		return false;
	queue_pieces(c);
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
	case CLIENT_H2: return h2_step(c);
	case CLIENT_FILE: return file_step(c);
	default: return false;
	}
}

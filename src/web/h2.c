/* Exchanges over HTTP/2; see h2.h.  The connection itself is http2/server.h's, its bytes client.c's.
 *
 * Every request has an exchange of its own, from its head to the end of its stream; one whose handler waits for a job
 * that cannot be cancelled stays longer, and counts as open until then: taking requests back gains a client nothing.
 * RFC 9113 5.1.2, 8.1. */
#include "web/h2.h"

#include "base/clock.h"
#include "http2/frame.h"
#include "http2/server.h"
#include "net/sock.h"

#include <stdlib.h>

enum {
	REQUESTS_MAX = 16 * 1024, /* at once, of all connections; more are asked to come again */
};

/* How long a client may go on sending a request that is answered. */
#define EARLY_GRACE CLOCK_SEC
/* How long a drain waits for what is under way already, if the client does not answer its PING. */
#define DRAIN_GRACE (300 * CLOCK_MS)

enum h2_state {
	H2_RECEIVING, /* its content is not all there */
	H2_WAITING,   /* the handler's work goes on elsewhere */
	H2_SENDING,
	H2_EARLY, /* the answer is out, the request not whole: the client gets time to see that */
	H2_GONE,  /* the stream is closed, the handler's work not done */
};

struct h2_request {
	struct h2_stream stream;
	struct h2 *h2;
	struct h2_request *next, **link;
	struct exchange *x;
	enum h2_state state;
	int64_t since;            /* loop_now when the state began; H2_SENDING: of the last progress */
	struct pieces_at content; /* H2_SENDING, of an answer in pieces */
	uint64_t held;            /* bytes of the answer that count in server->bodies */
};

struct h2 {
	struct h2_server *session;
	struct client *client;
	struct h2_request *requests; /* newest first */
	unsigned n;
	int64_t idle_since; /* loop_now when there was no request any more */
	int64_t wrote;      /* loop_now when the client last took bytes */
	int64_t finish_at;  /* 0: nobody drains; else when that is over */
	int64_t timer_at;   /* what c->timer is set to; 0: not */
};

static int64_t now(const struct client *c)
{
	return loop_now(c->server->loop);
}

/* --- A request's life ----------------------------------------------------------------------------------- */

static void resumed(struct exchange *x);

static struct h2_request *request_new(struct h2 *h, uint32_t id)
{
	struct server *s = h->client->server;
	struct h2_request *r = calloc(1, sizeof(*r));

	if (!r || !(r->x = client_take_exchange(h->client))) {
		free(r);
		return NULL;
	}
	r->x->resume = resumed;
	r->x->owner = r;
	r->stream.id = id;
	r->h2 = h;
	r->since = now(h->client);
	r->next = h->requests;
	r->link = &h->requests;
	if (r->next)
		r->next->link = &r->next;
	h->requests = r;
	h->n++;
	s->h2_requests++;
	return r;
}

static void request_free(struct h2_request *r)
{
	struct h2 *h = r->h2;
	struct server *s = h->client->server;

	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	s->bodies -= r->held;
	s->h2_requests--;
	server_give_exchange(s, r->x);
	free(r);
	if (--h->n == 0)
		h->idle_since = now(h->client);
}

/* The stream is closed.  True when that was the last of the request too. */
static bool request_end(struct h2_request *r)
{
	struct exchange *x = r->x;

	if (r->state == H2_WAITING && !x->cancel) {
		r->state = H2_GONE;
		return false;
	}
	if (r->state == H2_WAITING)
		x->cancel(x);
	request_free(r);
	return true;
}

/* --- Answering ------------------------------------------------------------------------------------------ */

/* Answers that clients do not fetch must not fill the memory: what they hold counts with the content of requests. */
static void hold(struct h2_request *r)
{
	struct server *s = r->h2->client->server;
	struct exchange *x = r->x;

	if (x->pieces || x->content.n <= HELD_FREELY)
		return;
	if (s->bodies + x->content.n > BODIES_MAX) {
		exchange_busy(x, "Too many answers are under way just now");
		return;
	}
	r->held = x->content.n;
	s->bodies += r->held;
}

static void answer(struct h2_request *r)
{
	struct client *c = r->h2->client;
	struct buf *head = &c->server->scratch;
	struct exchange *x = r->x;

	hold(r);
	buf_clear(head);
	r->state = H2_SENDING;
	r->since = now(c);
	if (exchange_write_head(x, false, head)) {
		h2_server_reset(r->h2->session, &r->stream, H2_ERROR_INTERNAL);
		return;
	}
	r->stream.left = exchange_content_size(x);
	r->content = (struct pieces_at){ .left = r->stream.left };
	server_note(c->server, x, r->stream.left);
	if (h2_server_answer(r->h2->session, &r->stream, head))
		h2_server_reset(r->h2->session, &r->stream, H2_ERROR_INTERNAL);
}

static void settle(struct h2_request *r, enum web_progress p)
{
	if (p == WEB_LATER)
		r->state = H2_WAITING;
	else
		answer(r);
}

/* What the handler waited for is there. */
static void resumed(struct exchange *x)
{
	struct h2_request *r = x->owner;
	struct client *c = r->h2->client;

	if (r->state == H2_GONE)
		request_free(r);
	else
		settle(r, x->then(x));
	c->working = c->state == CLIENT_DEAD && !h2_is_idle(c);
	client_go_on(c);
}

static int on_fill(void *owner, struct h2_stream *st, struct buf *out, size_t n)
{
	struct h2_request *r = LOOP_OF(st, struct h2_request, stream);
	struct exchange *x = r->x;

	r->since = now(r->h2->client);
	if (x->pieces)
		return pieces_put(x, &r->content, out, n) == n ? 0 : -1;
	return buf_slice(out, slice_sub(buf_view(&x->content), x->content.n - (size_t)st->left, n));
}

/* --- Taking requests ------------------------------------------------------------------------------------ */

static void judge(struct h2_request *r, struct slice head)
{
	struct exchange *x = r->x;
	struct slice text = arena_dup(&x->arena, head);
	ssize_t verdict = -HTTP_HEAD_TOO_LARGE;

	x->begun = clock_mono();
	if (text.n)
		verdict = http_parse_request(text, 0, &r->h2->client->server->o.limits, 0, &x->req);
	x->req.major = 2;
	x->req.minor = 0;
	if (verdict <= 0)
		exchange_malformed(x, (enum http_reason) - verdict);
	else
		exchange_route(x);
}

static void begin_content(struct h2_request *r)
{
	struct exchange *x = r->x;
	bool asks = x->req.expect == HTTP_EXPECT_CONTINUE;
	int64_t length = x->req.content_length;

	if (length > 0 && (uint64_t)length > r->h2->client->server->o.body_max)
		exchange_error(x, 413, CLIENT_TOO_LARGE);
	if (x->status && (asks || x->status == 413 || x->close))
		answer(r);
	else if (asks)
		h2_server_continue(r->h2->session, &r->stream);
}

static struct h2_stream *on_request(void *owner, uint32_t id, struct slice head, bool whole)
{
	struct h2 *h = owner;
	struct client *c = h->client;
	struct h2_request *r = NULL;

	if (h->n < c->server->o.streams_max && c->server->h2_requests < REQUESTS_MAX)
		r = request_new(h, id);
	if (!r)
		return NULL;
	if (++c->requests >= c->server->o.requests_max)
		h2_drain(c);
	judge(r, head);
	if (whole)
		settle(r, exchange_handle(r->x));
	else
		begin_content(r);
	return &r->stream;
}

static bool on_content(void *owner, struct h2_stream *st, struct slice data)
{
	struct h2_request *r = LOOP_OF(st, struct h2_request, stream);
	const char *why;
	unsigned status;

	if (r->state != H2_RECEIVING)
		return false;
	status = server_add_content(r->h2->client->server, r->x, data, &why);
	if (!status)
		return true;
	exchange_error(r->x, status, why);
	answer(r);
	return false;
}

static void on_end(void *owner, struct h2_stream *st)
{
	struct h2_request *r = LOOP_OF(st, struct h2_request, stream);

	if (r->state == H2_RECEIVING)
		settle(r, exchange_handle(r->x));
}

static void on_early(void *owner, struct h2_stream *st)
{
	struct h2_request *r = LOOP_OF(st, struct h2_request, stream);

	r->state = H2_EARLY;
	r->since = now(r->h2->client);
}

static void on_closed(void *owner, struct h2_stream *st)
{
	request_end(LOOP_OF(st, struct h2_request, stream));
}

/* --- The connection ------------------------------------------------------------------------------------- */

enum h2_preface h2_preface_seen(const struct client *c)
{
	struct slice have = client_unread(c), preface = h2_preface();

	if (c->secure || c->requests || !have.n || have.p[0] != preface.p[0])
		return H2_PREFACE_NO;
	if (have.n >= preface.n)
		return slice_starts(have, preface) ? H2_PREFACE_YES : H2_PREFACE_NO;
	return slice_starts(preface, have) && !c->end ? H2_PREFACE_MORE : H2_PREFACE_NO;
}

void h2_begin(struct client *c)
{
	static const struct h2_calls calls = { on_request, on_content, on_end, on_fill, on_early, on_closed };
	const struct server_options *o = &c->server->o;
	struct h2_limits limits = { o->streams_max, o->h2_window, o->limits.head };
	struct h2 *h = calloc(1, sizeof(*h));

	if (!h || !(h->session = h2_server_new(&limits, &calls, h))) {
		free(h);
		client_die(c);
		return;
	}
	h->client = c;
	h->idle_since = h->wrote = now(c);
	c->h2 = h;
	c->state = CLIENT_H2;
	c->server->site->metrics->h2_connections++;
	if (c->server->draining)
		h2_drain(c);
}

bool h2_is_idle(const struct client *c)
{
	return c->h2->n == 0;
}

bool h2_has_output(const struct client *c)
{
	return h2_server_has_output(c->h2->session);
}

static int queue_output(struct client *c)
{
	struct h2_server *s = c->h2->session;

	if (client_queued(c) >= CLIENT_QUEUE_MAX || !h2_server_has_output(s))
		return 0;
	if (!client_queued(c))
		c->h2->wrote = now(c);
	client_take_buffer(c, &c->out);
	return h2_server_output(s, &c->out, CLIENT_QUEUE_MAX - client_queued(c), now(c));
}

bool h2_step(struct client *c)
{
	struct h2_server *s = c->h2->session;
	struct slice in = client_unread(c);

	if (client_queued(c) > CLIENT_QUEUE_MAX)
		return false;
	c->in_at += in.n;
	if (h2_server_input(s, in, now(c)) || queue_output(c)) {
		client_die(c);
		return false;
	}
	if (h2_server_over(s) || (c->end && h2_is_idle(c))) {
		c->server->site->metrics->h2_calmed += h2_server_calmed(s);
		c->state = CLIENT_CLOSE;
	}
	return false;
}

void h2_drain(struct client *c)
{
	struct h2 *h = c->h2;

	if (h->finish_at)
		return;
	h->finish_at = now(c) + DRAIN_GRACE;
	h2_server_drain(h->session);
}

/* --- Deadlines ------------------------------------------------------------------------------------------ */

/* Of one request; INT64_MAX: it is not the client's turn, or it takes what is queued first. */
static int64_t request_deadline(const struct h2_request *r)
{
	const struct client *c = r->h2->client;

	switch (r->state) {
	case H2_RECEIVING: return r->since + client_body_span(&c->server->o, r->x);
	case H2_SENDING: return client_queued(c) ? INT64_MAX : r->since + c->server->o.stall;
	case H2_EARLY: return r->since + EARLY_GRACE;
	default: return INT64_MAX;
	}
}

static int64_t idle_deadline(const struct client *c)
{
	const struct server_options *o = &c->server->o;

	return c->h2->n ? INT64_MAX : c->h2->idle_since + (c->requests ? o->idle : o->header);
}

static int64_t stall_deadline(const struct client *c)
{
	return client_queued(c) ? c->h2->wrote + c->server->o.stall : INT64_MAX;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t first_deadline(const struct client *c)
{
	int64_t first = earlier(idle_deadline(c), stall_deadline(c));

	if (c->h2->finish_at)
		first = earlier(first, c->h2->finish_at);
	for (const struct h2_request *r = c->h2->requests; r; r = r->next)
		first = earlier(first, request_deadline(r));
	return first;
}

int h2_set_deadline(struct client *c, bool progress)
{
	struct h2 *h = c->h2;
	int64_t first;

	if (progress)
		h->wrote = now(c);
	first = first_deadline(c);
	if (first == h->timer_at)
		return 0;
	h->timer_at = first;
	if (first != INT64_MAX)
		return loop_timer_set(c->server->loop, &c->timer, first > now(c) ? first - now(c) : 0);
	loop_timer_stop(c->server->loop, &c->timer);
	return 0;
}

static void expire_request(struct h2_request *r)
{
	bool early = r->state == H2_EARLY;

	if (r->state == H2_RECEIVING) {
		exchange_error(r->x, 408, CLIENT_BODY_LATE);
		answer(r);
		return;
	}
	r->since = now(r->h2->client);
	h2_server_reset(r->h2->session, &r->stream, early ? H2_ERROR_NONE : H2_ERROR_CANCEL);
}

void h2_expire(struct client *c)
{
	struct h2 *h = c->h2;

	h->timer_at = 0;
	if (stall_deadline(c) <= now(c)) {
		sock_reset_on_close(c->conn.fd);
		client_die(c);
		return;
	}
	if (h->finish_at && h->finish_at <= now(c)) {
		h->finish_at = INT64_MAX;
		h2_server_finish(h->session);
	}
	if (idle_deadline(c) <= now(c))
		h2_server_end(h->session);
	for (struct h2_request *r = h->requests; r; r = r->next)
		if (request_deadline(r) <= now(c))
			expire_request(r);
}

/* --- The end -------------------------------------------------------------------------------------------- */

bool h2_abandon(struct client *c)
{
	struct h2_request *next;

	for (struct h2_request *r = c->h2->requests; r; r = next) {
		next = r->next;
		request_end(r);
	}
	return c->h2->n > 0;
}

void h2_free(struct client *c)
{
	if (!c->h2)
		return;
	h2_server_free(c->h2->session);
	free(c->h2);
	c->h2 = NULL;
}

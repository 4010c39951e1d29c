/* HTTP/1.x over a stream: bytes to messages, messages to pairs; see httpflow.h. */
#include "trace/redact.h"
#include "trace/httpflow.h"

#include "http/parse.h"
#include "trace/httphalf.h"

#include <stdlib.h>

enum {
	PART_MAX = 64 * 1024,   /* of a head that is not whole yet */
	TRAILER_MAX = 4 * 1024, /* of a trailer section that is read */
	ASKED_MAX = 256,        /* requests waiting for their answers; more are not paired */
};

static size_t held(const struct httpflow *h)
{
	size_t n = sizeof(*h) + h->asked_cap * sizeof(*h->asked);

	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++)
		n += h->half[s].part.cap + h->half[s].trailer.cap + content_held(&h->half[s].content);
	return n;
}

struct httpflow *httpflow_new(struct trace *t, bool secure)
{
	struct httpflow *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->secure = secure;
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		buf_init(&h->half[s].part, PART_MAX);
		buf_init(&h->half[s].trailer, TRAILER_MAX);
	}
	trace_hold(t, 0, held(h));
	return h;
}

void httpflow_free(struct trace *t, struct httpflow *h)
{
	if (!h)
		return;
	trace_hold(t, held(h), 0);
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		buf_fini(&h->half[s].part);
		buf_fini(&h->half[s].trailer);
		content_drop(&h->half[s].content);
	}
	exchanges_free(t, h->exchanges);
	wsflow_free(t, h->ws);
	h2flow_free(t, h->h2);
	free(h->asked);
	free(h);
}

bool httpflow_proxied(const struct httpflow *h)
{
	return h->proxied;
}

/* --- The end of a message ------------------------------------------------------------------------------- */

static const char *framing_words(const struct half *half)
{
	return half->state == IN_CHUNKED ? "in chunks"
	       : half->state == IN_CLOSE ? "until the connection closed"
	                                 : "as Content-Length said";
}

/* A response that came in several packets: how long all of it took. */
static void note_complete(struct trace *t, const struct httpflow *h, const struct half *half)
{
	const struct asked *asked = httppair_first(h);

	if (asked && half->head != t->frame.number)
		NOTE(t, HTTP_COMPLETE, F_SPAN("osilab.http.time_last", t->frame.ts - asked->ts),
		    F_UINT("osilab.ref", asked->frame))
		    ->ref = asked->frame;
}

static void note_trailers(struct trace *t, struct half *half)
{
	struct http_msg m;
	struct slice names = { 0 };
	ssize_t used = http_parse_fields(buf_view(&half->trailer), NULL, HTTP_LENIENT, &m);

	if (used > 0 && m.nfields) {
		names = trace_brief(t, m.fields[0].name, 40);
		NOTE(t, HTTP_TRAILERS, F_UINT("osilab.http.trailers", m.nfields),
		    F_TEXT("osilab.http.trailer", names));
	}
	buf_fini(&half->trailer);
}

static void message_done(struct trace *t, struct httpflow *h, struct half *half)
{
	struct asked *asked = half->response ? NULL : httppair_last(h, half);
	unsigned found = content_end(t, &half->content, framing_words(half), h->secure);

	exchange_done(t, h->exchanges, half->exchange, httppair_part(half));
	if (half->trailer.n)
		note_trailers(t, half);
	if (asked && found & IDENTITY_PASSWORD)
		asked->login = true;
	if (half->response)
		note_complete(t, h, half);
	half->state = AT_HEAD;
	if (half->response)
		httppair_pop(h);
}

/* --- Heads ----------------------------------------------------------------------------------------------- */

/* What follows is no longer HTTP: a WebSocket is read on here; what a tunnel of CONNECT carries, by the caller. */
static void begin_tunnel(
    struct trace *t, struct httpflow *h, const struct http_msg *m, const struct asked *asked)
{
	struct slice upgrade = http_value(m, SLICE("Upgrade"));

	h->half[FLOW_CLIENT].state = h->half[FLOW_SERVER].state = TUNNEL;
	if (m->status != 101) {
		h->proxied = true;
		NOTE(t, HTTP_PROXIED, F_STR("osilab.http.request", asked ? asked->line : "CONNECT"));
	} else if (slice_ieq_str(upgrade, "h2c") && (h->h2 = h2flow_new(t, h->flow, H2_BY_UPGRADE))) {
		/* RFC 7540 3.2: the request that asked for it is answered on stream 1. */
		NOTE(t, HTTP_UPGRADED, F_TEXT("http.upgrade", upgrade));
		h2flow_upgraded(t, h->h2, asked);
	} else if (slice_ieq_str(upgrade, "websocket")) {
		h->ws = wsflow_new(t, m, asked ? asked->ws_key : "", h->secure);
	} else {
		NOTE(t, HTTP_UPGRADED, F_TEXT("http.upgrade", upgrade));
	}
}

static void begin_body(struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m,
    enum http_framing framing)
{
	half->head = t->frame.number;
	half->state = AT_HEAD;
	half->shown = t->redact && redact_shows_body(m);
	if (framing == HTTP_LENGTH || framing == HTTP_CHUNKED || framing == HTTP_UNTIL_CLOSE)
		content_begin(&half->content, http_value(m, SLICE("Content-Type")),
		    http_value(m, SLICE("Content-Encoding")));
	switch (framing) {
	case HTTP_LENGTH:
		half->state = IN_LENGTH;
		half->left = (uint64_t)m->content_length;
		if (half->left)
			return;
		break;
	case HTTP_CHUNKED:
		half->state = IN_CHUNKED;
		http_chunk_init(&half->chunk, 0, HTTP_LENIENT);
		return;
	case HTTP_UNTIL_CLOSE: half->state = IN_CLOSE; return;
	case HTTP_TUNNEL:
		exchange_done(t, h->exchanges, half->exchange, EXCHANGE_REQUEST);
		exchange_done(t, h->exchanges, half->exchange, EXCHANGE_RESPONSE);
		begin_tunnel(t, h, m, httppair_first(h));
		httppair_pop(h);
		return;
	case HTTP_NO_BODY: break;
	}
	message_done(t, h, half);
}

static void on_request(
    struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m, struct slice head)
{
	struct asked spare = { 0 }, *asked;
	bool pipelined;

	if (h->half[FLOW_SERVER].state == LOST)
		h->nasked = 0; /* their answers are lost, or the client would still wait for them */
	pipelined = h->nasked > 0;
	if (!pipelined)
		h->unpaired = false; /* nothing older is waiting: the next answer is for this one */
	asked = httppair_push(h);
	if (!asked)
		asked = &spare;
	half->asked = asked == &spare ? 0 : h->requests + 1;
	asked->nth = ++h->requests;
	httphead_request(t, h, half, m, head, asked, pipelined);
	httppair_collect(t, h, half, m, h->requests);
	begin_body(t, h, half, m, http_request_framing(m));
}

static void on_response(
    struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m, struct slice head)
{
	const struct asked *asked = httppair_first(h);
	bool interim = m->status < 200 && m->status != 101;

	httphead_response(t, h, half, m, head, asked);
	if (interim)
		return; /* the answer itself is still to come */
	httppair_collect(t, h, half, m, asked ? asked->nth : 0);
	begin_body(t, h, half, m, http_response_framing(m, asked ? asked->method : HTTP_OTHER));
}

/* The message in hand cannot be followed any further. */
static void lose(struct half *half)
{
	content_drop(&half->content);
	buf_fini(&half->trailer);
	half->seen = 0;
	half->began = 0;
	half->state = LOST;
}

static void broken(struct trace *t, struct half *half, const char *reason)
{
	NOTE(t, HTTP_BROKEN, F_STR("osilab.http.reason", reason));
	lose(half);
}

/* Reads a head at the start of `in`: bytes used, 0 when more are needed. */
static size_t feed_head(struct trace *t, struct httpflow *h, struct half *half, struct slice in)
{
	enum http_guess guess = http_message_looks_like(in);
	struct http_msg m;
	ssize_t used;

	if (!half->began) {
		half->began = t->frame.number;
		half->began_ts = t->frame.ts;
	}
	if (guess == HTTP_GUESS_MORE)
		return 0;
	if (guess == HTTP_GUESS_NO) {
		broken(t, half, "what follows does not start like a message");
		return in.n;
	}
	used = guess == HTTP_GUESS_REQUEST ? http_parse_request(in, half->seen, NULL, HTTP_LENIENT, &m)
	                                   : http_parse_response(in, half->seen, NULL, HTTP_LENIENT, &m);
	half->seen = in.n;
	if (used == 0)
		return 0;
	half->seen = 0;
	if (used < 0) {
		broken(t, half, http_reason_row((enum http_reason) - used)->text);
		return in.n;
	}
	redact_head(t, &m, slice_sub(in, 0, (size_t)used));
	if (guess == HTTP_GUESS_REQUEST)
		on_request(t, h, half, &m, slice_sub(in, 0, (size_t)used));
	else
		on_response(t, h, half, &m, slice_sub(in, 0, (size_t)used));
	half->began = 0;
	return (size_t)used;
}

/* --- Bodies ----------------------------------------------------------------------------------------------- */

static void take_body(struct trace *t, const struct httpflow *h, struct half *half, struct slice data)
{
	if (data.n && strcmp(t->frame.proto, httpflow_protocol(h)) != 0)
		trace_info(t, httpflow_protocol(h), "body, %zu bytes", data.n);
	if (half->shown)
		redact_clear(t, data);
	exchange_body(t, h->exchanges, half->exchange, httppair_part(half), data);
	content_feed(&half->content, data);
}

/* The trailer section is the last bytes of the body's framing; it is kept as it comes, but for the empty line
 * that most often is all of it. */
static void take_trailer(struct half *half, struct slice framing, uint32_t before)
{
	size_t n = half->chunk.trailer - before;

	if (n && n <= framing.n && (before || n > 2 || !http_chunk_done(&half->chunk)))
		buf_slice(&half->trailer, slice_skip(framing, framing.n - n));
}

static size_t feed_chunked(struct trace *t, struct httpflow *h, struct half *half, struct slice in)
{
	struct slice data;
	uint32_t trailer = half->chunk.trailer;
	ssize_t used = http_chunk_feed(&half->chunk, in, &data);

	if (used < 0) {
		broken(t, half, http_reason_row((enum http_reason) - used)->text);
		return in.n;
	}
	redact_clear(t, slice_sub(in, 0, (size_t)used));
	redact_cover(t, data);
	take_body(t, h, half, data);
	take_trailer(half, slice_sub(in, 0, (size_t)used), trailer);
	if (http_chunk_done(&half->chunk)) {
		httphead_tolerated(t, half->chunk.tolerated);
		message_done(t, h, half);
	}
	return (size_t)used;
}

static size_t feed_length(struct trace *t, struct httpflow *h, struct half *half, struct slice in)
{
	struct slice body = slice_sub(in, 0, half->left < in.n ? (size_t)half->left : in.n);

	take_body(t, h, half, body);
	half->left -= body.n;
	if (half->left == 0)
		message_done(t, h, half);
	return body.n;
}

static size_t find_again(struct trace *t, struct httpflow *h, struct half *half, struct slice in)
{
	enum http_guess guess = http_message_looks_like(in);

	if (guess == HTTP_GUESS_NO || guess == HTTP_GUESS_MORE)
		return in.n;
	half->state = AT_HEAD;
	/* How many messages were lost nobody knows; one request waiting can only be the last. */
	h->unpaired = h->nasked != 1 || half == &h->half[FLOW_CLIENT];
	return feed_head(t, h, half, in);
}

static enum flow_side side_of(const struct httpflow *h, const struct half *half)
{
	return half == &h->half[FLOW_CLIENT] ? FLOW_CLIENT : FLOW_SERVER;
}

/* One step of one direction: bytes used, 0 when more are needed. */
static size_t feed_some(struct trace *t, struct httpflow *h, struct half *half, struct slice in)
{
	switch (half->state) {
	case AT_HEAD: return feed_head(t, h, half, in);
	case IN_CHUNKED: return feed_chunked(t, h, half, in);
	case IN_LENGTH: return feed_length(t, h, half, in);
	case IN_CLOSE: take_body(t, h, half, in); return in.n;
	case LOST: return find_again(t, h, half, in);
	case TUNNEL: break;
	}
	if (h->ws)
		wsflow_feed(t, h->ws, side_of(h, half), in);
	else if (h->h2)
		h2flow_feed(t, h->h2, side_of(h, half), in);
	return in.n;
}

void httpflow_feed(
    struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side, struct slice bytes)
{
	struct half *half = &h->half[side];
	size_t before = held(h), used = 0, step;
	bool buffered = half->part.n > 0;
	struct slice in = bytes;

	h->flow = f;
	if (buffered && buf_slice(&half->part, bytes) < 0) {
		broken(t, half, "a head larger than is looked at");
		buf_fini(&half->part);
		trace_hold(t, before, held(h));
		return;
	}
	if (buffered)
		in = buf_view(&half->part);
	while (used < in.n && (step = feed_some(t, h, half, slice_skip(in, used))))
		used += step;
	if (buffered)
		buf_consume(&half->part, used);
	else if (used < in.n)
		buf_slice(&half->part, slice_skip(in, used));
	if (!half->part.n)
		buf_fini(&half->part);
	trace_hold(t, before, held(h));
}

/* --- Holes and ends ------------------------------------------------------------------------------------------ */

void httpflow_gap(struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side, uint32_t missing)
{
	struct half *half = &h->half[side];
	size_t before = held(h);

	h->flow = f;
	if (half->state != AT_HEAD)
		exchange_hole(t, h->exchanges, half->exchange, httppair_part(half), missing);
	if (half->state == IN_LENGTH && missing <= half->left) {
		half->left -= missing;
		content_missed(&half->content, missing);
		if (half->left == 0)
			message_done(t, h, half);
	} else if (half->state == IN_CHUNKED && missing < half->chunk.left) {
		half->chunk.left -= missing;
		content_missed(&half->content, missing);
	} else if (half->state == IN_CLOSE) {
		content_missed(&half->content, missing);
	} else if (half->state != TUNNEL) {
		buf_clear(&half->part);
		lose(half);
	} else if (h->ws) {
		wsflow_gap(t, h->ws, side, missing);
	} else if (h->h2) {
		h2flow_gap(t, h->h2, side, missing);
	}
	trace_hold(t, before, held(h));
}

/* The lines of a head that are there in full say enough to be shown. */
static void show_cut_head(struct trace *t, struct httpflow *h, struct half *half)
{
	struct slice part = buf_view(&half->part);
	struct buf head = { 0 };

	while (part.n && part.p[part.n - 1] != '\n')
		part.n--;
	if (part.n && buf_slice(&head, part) == 0 && buf_puts(&head, "\r\n") == 0) {
		half->cut = true;
		half->seen = 0;
		feed_head(t, h, half, buf_view(&head));
		half->cut = false;
	}
	buf_fini(&head);
}

void httpflow_cut(struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side, uint32_t missing)
{
	struct half *half = &h->half[side];
	size_t before = held(h);

	h->flow = f;
	if (half->state != AT_HEAD || !half->part.n) {
		httpflow_gap(t, f, h, side, missing);
		return;
	}
	show_cut_head(t, h, half);
	buf_fini(&half->part);
	if (half->state != TUNNEL)
		lose(half);
	trace_hold(t, before, held(h));
}

void httpflow_end(struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side)
{
	struct half *half = &h->half[side];
	size_t before = held(h);

	if (half->state == IN_CLOSE)
		message_done(t, h, half);
	if (h->ws)
		wsflow_end(t, h->ws, side);
	else if (h->h2)
		h2flow_end(t, h->h2, side);
	trace_hold(t, before, held(h));
}

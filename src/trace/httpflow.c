/* HTTP/1.x over a stream; see httpflow.h. */
#include "trace/httpflow.h"

#include "http/chunk.h"
#include "http/parse.h"
#include "http/url.h"
#include "trace/h2flow.h"
#include "trace/identity.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PART_MAX = 64 * 1024,  /* of a head that is not whole yet */
	BODY_KEPT = 16 * 1024, /* of a body that is looked into (forms, JSON) */
	ASKED_MAX = 256,       /* requests waiting for their answers; more are not paired */
};

enum state {
	AT_HEAD,
	IN_LENGTH,
	IN_CHUNKED,
	IN_CLOSE, /* until the connection ends */
	LOST,     /* after a gap or nonsense: waiting for something that starts like a message */
	TUNNEL,   /* no longer HTTP */
};

/* One direction. */
struct half {
	struct buf part; /* the start of a head whose end has not come */
	size_t seen;     /* bytes of it the parser has looked at */
	enum state state;
	bool response; /* the message in hand is a response */
	bool cut;      /* of the head in hand only the first lines were captured */
	uint64_t left; /* IN_LENGTH: bytes to come */
	struct http_chunk chunk;
	uint64_t body_bytes;
	struct buf body;   /* what is kept of it */
	uint64_t exchange; /* the number of the message's pair, see exchange.h; 0: not known */
	uint64_t began;    /* the packet the head in hand began in; 0: no head begun */
	int64_t began_ts;
	bool keep;     /* the body is looked into at its end */
	char type[80]; /* its Content-Type */
};

struct httpflow {
	bool secure;
	struct half half[2]; /* by flow_side of the sender */
	struct exchanges *exchanges;
	struct asked *asked; /* waiting requests, oldest first */
	unsigned nasked, asked_cap;
	uint64_t requests;
	struct h2flow *h2; /* after an upgrade to it */
	bool unpaired;     /* a request was forgotten or never seen: answers cannot be tied any more */
};

static size_t held(const struct httpflow *h)
{
	return sizeof(*h) + h->half[0].part.cap + h->half[0].body.cap + h->half[1].part.cap +
	       h->half[1].body.cap + h->asked_cap * sizeof(*h->asked);
}

struct httpflow *httpflow_new(struct trace *t, bool secure)
{
	struct httpflow *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->secure = secure;
	for (int s = FLOW_CLIENT; s <= FLOW_SERVER; s++) {
		buf_init(&h->half[s].part, PART_MAX);
		buf_init(&h->half[s].body, BODY_KEPT);
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
		buf_fini(&h->half[s].body);
	}
	exchanges_free(t, h->exchanges);
	h2flow_free(t, h->h2);
	free(h->asked);
	free(h);
}

static const char *protocol(const struct httpflow *h)
{
	return h->secure ? "HTTPS" : "HTTP";
}

/* --- Pairing ------------------------------------------------------------------------------------------- */

static struct asked *push_asked(struct httpflow *h)
{
	struct asked *grown;

	if (h->nasked == ASKED_MAX) {
		h->unpaired = true;
		return NULL;
	}
	if (h->nasked == h->asked_cap) {
		grown = realloc(h->asked, (h->asked_cap + 1) * sizeof(*grown));
		if (!grown)
			return NULL;
		h->asked = grown;
		h->asked_cap++;
	}
	h->asked[h->nasked] = (struct asked){ 0 };
	return &h->asked[h->nasked++];
}

static const struct asked *first_asked(const struct httpflow *h)
{
	return h->nasked && !h->unpaired ? &h->asked[0] : NULL;
}

static void pop_asked(struct httpflow *h)
{
	if (h->nasked)
		memmove(h->asked, h->asked + 1, --h->nasked * sizeof(*h->asked));
}

/* --- Exchanges, for the sinks that want them ------------------------------------------------------------ */

static enum exchange_part part_of(const struct half *half)
{
	return half->response ? EXCHANGE_RESPONSE : EXCHANGE_REQUEST;
}

/* The head in hand joins its pair. */
static void collect_head(struct trace *t, const struct flow *f, struct httpflow *h, struct half *half,
    const struct http_msg *m, uint64_t nth)
{
	struct exchange_head head;

	half->exchange = nth;
	half->response = !m->request;
	if (!exchange_wanted(t))
		return;
	exchange_head_of(m, &head);
	head.first = half->began;
	head.first_ts = half->began_ts;
	(m->request ? exchange_request : exchange_response)(t, f, &h->exchanges, nth, h->secure, &head);
}

/* --- The end of a message ------------------------------------------------------------------------------- */

static void note_body(struct trace *t, struct httpflow *h, struct half *half)
{
	const char *framing = half->state == IN_CHUNKED ? "in chunks"
	                      : half->state == IN_CLOSE ? "until the connection closed"
	                                                : "as Content-Length said";
	const char *type = half->type[0] ? arena_printf(&t->arena, ", %s", half->type) : "";

	if (half->body_bytes)
		NOTE(t, HTTP_BODY, F_UINT("osilab.http.body_bytes", half->body_bytes),
		    F_STR("osilab.http.framing", framing), F_STR("osilab.http.type", type));
	if (half->keep)
		identity_body(t, slice_str(half->type), buf_view(&half->body), h->secure);
}

static void message_done(struct trace *t, struct httpflow *h, struct half *half)
{
	note_body(t, h, half);
	exchange_done(t, h->exchanges, half->exchange, part_of(half));
	buf_fini(&half->body);
	half->body_bytes = 0;
	half->state = AT_HEAD;
	if (half->response)
		pop_asked(h);
}

/* --- Heads ----------------------------------------------------------------------------------------------- */

static void note_tolerated(struct trace *t, uint64_t tolerated)
{
	for (int r = 1; r < HTTP_REASON_COUNT; r++)
		if (tolerated >> r & 1)
			NOTE(t, HTTP_SLOPPY,
			    F_STR("osilab.http.reason", http_reason_row((enum http_reason)r)->text));
}

/* What a whole head says besides its fields; what the missing part of one says nobody knows. */
static void note_manners(struct trace *t, const struct half *half, const struct http_msg *m)
{
	if (half->cut) {
		NOTE0(t, HTTP_HEAD_CUT);
		return;
	}
	if (m->close)
		NOTE(t, HTTP_LAST, F_STR("osilab.side", m->request ? "client" : "server"));
	note_tolerated(t, m->tolerated);
}

static void begin_body(struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m,
    enum http_framing framing)
{
	struct slice type = http_value(m, SLICE("Content-Type"));
	bool coded = http_value(m, SLICE("Content-Encoding")).p != NULL;

	slice_cstr(type, half->type, sizeof(half->type));
	half->keep = !coded && (slice_istarts(type, SLICE("application/x-www-form-urlencoded")) ||
	                           slice_istarts(type, SLICE("application/json")));
	half->body_bytes = 0;
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
		h->half[FLOW_CLIENT].state = h->half[FLOW_SERVER].state = TUNNEL;
		exchange_done(t, h->exchanges, half->exchange, EXCHANGE_REQUEST);
		exchange_done(t, h->exchanges, half->exchange, EXCHANGE_RESPONSE);
		NOTE(t, HTTP_UPGRADED, F_TEXT("http.upgrade", http_value(m, SLICE("Upgrade"))));
		return;
	case HTTP_NO_BODY: break;
	}
	half->keep = false;
	message_done(t, h, half);
}

/* The fields of a head that programs look for, under tshark's names. */
static unsigned add_known_fields(const struct http_msg *m, struct field *out)
{
	static const struct {
		const char *name, *field;
	} rows[] = { { "Cookie", "http.cookie" }, { "Authorization", "http.authorization" },
		{ "User-Agent", "http.user_agent" }, { "Server", "http.server" },
		{ "Location", "http.location" }, { "Content-Type", "http.content_type" },
		{ "Content-Length", "http.content_length_header" }, { "Connection", "http.connection" } };
	unsigned n = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice value = http_value(m, slice_str(rows[i].name));

		if (value.p)
			out[n++] = (struct field)F_TEXT(rows[i].field, value);
	}
	return n;
}

enum { KNOWN_FIELDS = 8 };

static void fill_asked(struct trace *t, const struct http_msg *m, struct asked *a)
{
	struct slice host;
	int32_t port;

	a->frame = t->frame.number;
	a->ts = t->frame.ts;
	a->method = m->method;
	snprintf(a->line, sizeof(a->line), "%s %s", trace_text(t, m->method_text, 20),
	    trace_text(t, m->target, 60));
	if (http_authority_split(m->host, &host, &port) == 0)
		slice_cstr(host, a->host, sizeof(a->host));
}

static void on_request(struct trace *t, const struct flow *f, struct httpflow *h, struct half *half,
    const struct http_msg *m, struct slice head)
{
	struct field fields[4 + KNOWN_FIELDS] = { F_TEXT("http.request.method", m->method_text),
		F_TEXT("http.request.uri", m->target), F_TEXT("http.host", m->host) };
	unsigned n = 3 + add_known_fields(m, fields + 3);
	struct asked spare = { 0 }, *asked;
	bool pipelined;

	if (h->half[FLOW_SERVER].state == LOST)
		h->nasked = 0; /* their answers are lost, or the client would still wait for them */
	pipelined = h->nasked > 0;
	if (!pipelined)
		h->unpaired = false; /* nothing older is waiting: the next answer is for this one */
	asked = push_asked(h);
	if (!asked)
		asked = &spare;
	fill_asked(t, m, asked);
	asked->nth = ++h->requests;
	t->stats.http_requests++;
	t->stats.decrypted_requests += h->secure;
	trace_info(t, protocol(h), "%s", asked->line);
	trace_where(t, trace_note(t, NOTE_HTTP_REQUEST, fields, n), head);
	if (h->requests > 1)
		NOTE(t, HTTP_REUSED, F_UINT("osilab.http.nth", h->requests));
	if (pipelined)
		NOTE0(t, HTTP_PIPELINED);
	note_manners(t, half, m);
	identity_cookies(t, m, h->secure, asked);
	identity_authorization(t, m, h->secure, asked);
	collect_head(t, f, h, half, m, h->requests);
	begin_body(t, h, half, m, http_request_framing(m));
}

static void note_response(
    struct trace *t, struct slice head, const struct http_msg *m, const struct asked *asked)
{
	const char *phrase = m->reason.n ? trace_text(t, m->reason, 60) : http_status_phrase(m->status);
	struct field fields[6 + KNOWN_FIELDS] = { F_UINT("http.response.code", m->status),
		F_STR("http.response.phrase", phrase) };
	unsigned n = 2;
	struct note *note;

	if (asked) {
		fields[n++] = (struct field)F_STR("osilab.http.request", asked->line);
		fields[n++] = (struct field)F_UINT("osilab.ref", asked->frame);
		fields[n++] = (struct field)F_SPAN("http.time", t->frame.ts - asked->ts);
	}
	n += add_known_fields(m, fields + n);
	note = trace_note(t, asked ? NOTE_HTTP_RESPONSE : NOTE_HTTP_RESPONSE_ALONE, fields, n);
	note->ref = asked ? asked->frame : 0;
	trace_where(t, note, head);
}

/* RFC 7540 3.2: the request that asked for h2c is answered on stream 1. */
static void upgrade(struct trace *t, const struct flow *f, struct httpflow *h, struct slice protocol)
{
	if (!h->h2 && slice_ieq_str(protocol, "h2c") && (h->h2 = h2flow_new(t, f, H2_BY_UPGRADE)))
		h2flow_upgraded(t, h->h2, first_asked(h));
}

static void on_response(struct trace *t, const struct flow *f, struct httpflow *h, struct half *half,
    const struct http_msg *m, struct slice head)
{
	const struct asked *asked = first_asked(h);
	bool interim = m->status < 200 && m->status != 101;

	t->stats.http_responses++;
	trace_info(t, protocol(h), "%u %s", m->status,
	    m->reason.n ? trace_text(t, m->reason, 60) : http_status_phrase(m->status));
	note_response(t, head, m, asked);
	note_manners(t, half, m);
	identity_verdict(t, m, asked);
	identity_set_cookies(t, m, h->secure, asked);
	if (interim)
		return; /* the answer itself is still to come */
	collect_head(t, f, h, half, m, asked ? asked->nth : 0);
	begin_body(t, h, half, m, http_response_framing(m, asked ? asked->method : HTTP_OTHER));
	if (m->status == 101)
		upgrade(t, f, h, http_value(m, SLICE("Upgrade")));
}

/* The message in hand cannot be followed any further. */
static void lose(struct half *half)
{
	buf_fini(&half->body);
	half->keep = false;
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
static size_t feed_head(
    struct trace *t, const struct flow *f, struct httpflow *h, struct half *half, struct slice in)
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
	if (guess == HTTP_GUESS_REQUEST)
		on_request(t, f, h, half, &m, slice_sub(in, 0, (size_t)used));
	else
		on_response(t, f, h, half, &m, slice_sub(in, 0, (size_t)used));
	half->began = 0;
	return (size_t)used;
}

/* --- Bodies ----------------------------------------------------------------------------------------------- */

static void take_body(struct trace *t, const struct httpflow *h, struct half *half, struct slice data)
{
	if (data.n && strcmp(t->frame.proto, protocol(h)) != 0)
		trace_info(t, protocol(h), "body, %zu bytes", data.n);
	half->body_bytes += data.n;
	exchange_body(t, h->exchanges, half->exchange, part_of(half), data);
	if (half->keep && buf_slice(&half->body, data) < 0)
		half->keep = false; /* larger than what is looked into */
}

static size_t feed_chunked(struct trace *t, struct httpflow *h, struct half *half, struct slice in)
{
	struct slice data;
	ssize_t used = http_chunk_feed(&half->chunk, in, &data);

	if (used < 0) {
		broken(t, half, http_reason_row((enum http_reason) - used)->text);
		return in.n;
	}
	take_body(t, h, half, data);
	if (http_chunk_done(&half->chunk)) {
		note_tolerated(t, half->chunk.tolerated);
		message_done(t, h, half);
	}
	return (size_t)used;
}

/* One step of one direction: bytes used, 0 when more are needed. */
static size_t feed_some(
    struct trace *t, const struct flow *f, struct httpflow *h, struct half *half, struct slice in)
{
	struct slice body;

	switch (half->state) {
	case AT_HEAD: return feed_head(t, f, h, half, in);
	case IN_CHUNKED: return feed_chunked(t, h, half, in);
	case IN_LENGTH:
		body = slice_sub(in, 0, half->left < in.n ? (size_t)half->left : in.n);
		take_body(t, h, half, body);
		half->left -= body.n;
		if (half->left == 0)
			message_done(t, h, half);
		return body.n;
	case IN_CLOSE: take_body(t, h, half, in); return in.n;
	case LOST:
		if (http_message_looks_like(in) == HTTP_GUESS_NO ||
		    http_message_looks_like(in) == HTTP_GUESS_MORE)
			return in.n;
		half->state = AT_HEAD;
		/* How many messages were lost nobody knows; one request waiting can only be the last. */
		h->unpaired = h->nasked != 1 || half == &h->half[FLOW_CLIENT];
		return feed_head(t, f, h, half, in);
	case TUNNEL:
		if (h->h2)
			h2flow_feed(t, h->h2, half == &h->half[FLOW_SERVER] ? FLOW_SERVER : FLOW_CLIENT, in);
		break;
	}
	return in.n;
}

void httpflow_feed(
    struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side, struct slice bytes)
{
	struct half *half = &h->half[side];
	size_t before = held(h), used = 0, step;
	bool buffered = half->part.n > 0;
	struct slice in = bytes;

	if (buffered && buf_slice(&half->part, bytes) < 0) {
		broken(t, half, "a head larger than is looked at");
		buf_fini(&half->part);
		trace_hold(t, before, held(h));
		return;
	}
	if (buffered)
		in = buf_view(&half->part);
	while (used < in.n && (step = feed_some(t, f, h, half, slice_skip(in, used))))
		used += step;
	if (buffered)
		buf_consume(&half->part, used);
	else if (used < in.n)
		buf_slice(&half->part, slice_skip(in, used));
	if (!half->part.n)
		buf_fini(&half->part);
	trace_hold(t, before, held(h));
}

void httpflow_gap(struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side, uint32_t missing)
{
	struct half *half = &h->half[side];

	half->keep = false;
	if (half->state != AT_HEAD)
		exchange_hole(t, h->exchanges, half->exchange, part_of(half), missing);
	if (h->h2 && half->state == TUNNEL) {
		h2flow_gap(t, h->h2, side, missing);
	} else if (half->state == IN_LENGTH && missing <= half->left) {
		half->left -= missing;
		half->body_bytes += missing;
		if (half->left == 0)
			message_done(t, h, half);
	} else if (half->state == IN_CHUNKED && missing < half->chunk.left) {
		half->chunk.left -= missing;
		half->body_bytes += missing;
	} else if (half->state == IN_CLOSE) {
		half->body_bytes += missing;
	} else if (half->state != TUNNEL) {
		buf_clear(&half->part);
		lose(half);
	}
}

/* The lines of a head that are there in full say enough to be shown. */
static void show_cut_head(struct trace *t, const struct flow *f, struct httpflow *h, struct half *half)
{
	struct slice part = buf_view(&half->part);
	struct buf head = { 0 };

	while (part.n && part.p[part.n - 1] != '\n')
		part.n--;
	if (part.n && buf_slice(&head, part) == 0 && buf_puts(&head, "\r\n") == 0) {
		half->cut = true;
		half->seen = 0;
		feed_head(t, f, h, half, buf_view(&head));
		half->cut = false;
	}
	buf_fini(&head);
}

void httpflow_cut(struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side, uint32_t missing)
{
	struct half *half = &h->half[side];
	size_t before = held(h);

	if (half->state != AT_HEAD || !half->part.n) {
		httpflow_gap(t, f, h, side, missing);
		return;
	}
	show_cut_head(t, f, h, half);
	buf_fini(&half->part);
	if (half->state != TUNNEL)
		lose(half);
	trace_hold(t, before, held(h));
}

void httpflow_end(struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side)
{
	struct half *half = &h->half[side];

	if (half->state == IN_CLOSE)
		message_done(t, h, half);
	else if (h->h2)
		h2flow_end(t, h->h2, side);
}

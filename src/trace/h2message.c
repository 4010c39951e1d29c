/* Messages of HTTP/2: requests and answers paired by stream, trailers, promises, bodies.  RFC 9113 8. */
#include "trace/h2conn.h"
#include "trace/redact.h"

#include "http/url.h"

#include <stdio.h>

/* --- Fields of notes ------------------------------------------------------------------------------------- */

enum { FIELDS_MAX = H2_FRAME_FIELDS + 8 + 3 * HPACK_FIELDS_MAX };

/* tshark's name for a header field, or NULL; numbers are those fields it counts as numbers. */
static const char *known_field(struct slice name, bool *number)
{
#define ROW(n, t)                                                                                            \
	{                                                                                                    \
		n, t, false                                                                                  \
	}
	static const struct {
		const char *name, *field;
		bool number;
	} rows[] = { ROW(":method", "http2.headers.method"), ROW(":path", "http2.headers.path"),
		ROW(":scheme", "http2.headers.scheme"), ROW(":authority", "http2.headers.authority"),
		{ ":status", "http2.headers.status", true }, ROW("accept", "http2.headers.accept"),
		ROW("accept-encoding", "http2.headers.accept_encoding"),
		ROW("accept-language", "http2.headers.accept_language"),
		ROW("authorization", "http2.headers.authorization"),
		ROW("cache-control", "http2.headers.cache_control"),
		ROW("content-encoding", "http2.headers.content_encoding"),
		{ "content-length", "http2.headers.content_length", true },
		ROW("content-type", "http2.headers.content_type"), ROW("cookie", "http2.headers.cookie"),
		ROW("date", "http2.headers.date"), ROW("etag", "http2.headers.etag"),
		ROW("last-modified", "http2.headers.last_modified"),
		ROW("location", "http2.headers.location"), ROW("referer", "http2.headers.referer"),
		ROW("server", "http2.headers.server"), ROW("set-cookie", "http2.headers.set_cookie"),
		ROW("user-agent", "http2.headers.user_agent"), ROW("vary", "http2.headers.vary"),
		ROW("www-authenticate", "http2.headers.www_authenticate") };
#undef ROW

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!slice_eq_str(name, rows[i].name))
			continue;
		*number = rows[i].number;
		return rows[i].field;
	}
	return NULL;
}

/* Every field of a list under tshark's names: its own, if it has one, and http2.header.name and .value. */
static unsigned list_fields(const struct hpack_list *list, struct field *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < list->n; i++) {
		const struct hpack_field *f = &list->v[i];
		bool number = false;
		const char *own = known_field(f->name, &number);
		uint64_t value = 0;

		if (f->unknown_name)
			continue;
		if (own && !f->unknown_value) {
			if (number && slice_u64(f->value, &value) == 0)
				out[n++] = (struct field)F_UINT(own, value);
			else
				out[n++] = (struct field)F_TEXT(own, f->value);
		}
		out[n++] = (struct field)F_TEXT("http2.header.name", f->name);
		if (!f->unknown_value)
			out[n++] = (struct field)F_TEXT("http2.header.value", f->value);
	}
	return n;
}

/* A note about a message: the frame, what the sentence needs, then the whole list. */
static struct note *say(struct trace *t, enum note_id id, const struct h2_frame *f,
    const struct hpack_list *list, const struct field *more, unsigned nmore)
{
	struct field fields[FIELDS_MAX];
	unsigned n = H2_FRAME_FIELDS;

	if (!t->telling)
		return trace_note(t, id, NULL, 0);
	h2_frame_fields(f, fields);
	memcpy(fields + n, more, nmore * sizeof(*more));
	n += nmore;
	n += list_fields(list, fields + n);
	return trace_note(t, id, fields, n);
}
#define SAY(t, id, frame, list, ...)                                                                         \
	say(t, NOTE_##id, frame, list, (const struct field[]){ __VA_ARGS__ },                                \
	    sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field))

/* Names of a list, or of its never-indexed fields, for a sentence. */
struct slice h2_names(struct trace *t, const struct hpack_list *list, bool never_indexed)
{
	struct buf text;
	struct slice kept;

	buf_init(&text, 400);
	for (unsigned i = 0; i < list->n && !text.failed; i++) {
		if (never_indexed && !list->v[i].never_indexed)
			continue;
		buf_puts(&text, text.n ? ", " : "");
		buf_slice(&text, list->v[i].unknown_name ? SLICE("?") : slice_sub(list->v[i].name, 0, 40));
	}
	kept = arena_dup(&t->arena, buf_view(&text));
	buf_fini(&text);
	return kept;
}

/* --- Who is asking ---------------------------------------------------------------------------------------- */

/* Cookies and credentials are counted apart from those of HTTP/1.x. */
struct counts {
	uint64_t cookies, set_cookies, credentials;
};

static struct counts counts_before(const struct trace *t)
{
	return (struct counts){ t->stats.cookie_headers, t->stats.set_cookie_headers,
		t->stats.authorization_headers };
}

static void move_counts(struct trace *t, struct counts before)
{
	t->stats.h2_cookie_headers += t->stats.cookie_headers - before.cookies;
	t->stats.h2_set_cookie_headers += t->stats.set_cookie_headers - before.set_cookies;
	t->stats.h2_authorization_headers += t->stats.authorization_headers - before.credentials;
	t->stats.cookie_headers = before.cookies;
	t->stats.set_cookie_headers = before.set_cookies;
	t->stats.authorization_headers = before.credentials;
}

static void fill_asked(struct trace *t, const struct http_msg *m, uint64_t nth, struct asked *a)
{
	struct slice host;
	int32_t port;

	*a = (struct asked){ .frame = t->frame.number, .nth = nth, .ts = t->frame.ts, .method = m->method };
	snprintf(a->line, sizeof(a->line), "%s %s", trace_text(t, m->method_text, 20),
	    trace_text(t, m->target, 60));
	if (http_authority_split(m->host, &host, &port) == 0)
		slice_cstr(host, a->host, sizeof(a->host));
}

/* --- Bodies ----------------------------------------------------------------------------------------------- */

static void begin_body(struct h2flow *h, struct h2_body *body, const struct http_msg *m, bool may_be_empty)
{
	h2_body_begin(
	    h, body, http_value(m, SLICE("content-type")), http_value(m, SLICE("content-encoding")));
	body->length = may_be_empty ? -1 : m->content_length;
}

static void note_body(struct trace *t, struct h2flow *h, const struct h2_stream *s, struct h2_body *body)
{
	const char *sent = body->content.type;
	const char *type = sent[0] ? arena_printf(&t->arena, ", %s", sent) : "";
	struct slice text = content_excerpt(t, &body->content);
	const struct field fields[] = { F_UINT("http2.streamid", s->id),
		F_UINT("osilab.http.body_bytes", body->bytes), F_UINT("osilab.http2.frames", body->frames),
		F_STR("osilab.http.type", type), F_TEXT("osilab.http.excerpt", text) };

	if (body->frames)
		trace_note(t, text.n ? NOTE_H2_BODY_TEXT : NOTE_H2_BODY, fields, text.n ? 5 : 4);
	if (body->length >= 0 && !body->cut && body->bytes != (uint64_t)body->length)
		NOTE(t, H2_LENGTH_WRONG, F_UINT("http2.headers.content_length", (uint64_t)body->length),
		    F_UINT("osilab.http.body_bytes", body->bytes));
	h->streams_held -= content_held(&body->content);
	content_tell(t, &body->content, h->secure);
}

static enum exchange_part part_of(enum flow_side side)
{
	return side == FLOW_CLIENT ? EXCHANGE_REQUEST : EXCHANGE_RESPONSE;
}

void h2_end_side(struct trace *t, struct h2flow *h, struct h2_stream *s, enum flow_side side)
{
	struct h2_body *body = &s->body[side];

	if (!body->ended) {
		body->ended = true;
		note_body(t, h, s, body);
		h2_body_done(h, body);
		exchange_done(t, h->exchanges, s->id, part_of(side));
	}
	h2_stream_over(h, s);
}

void h2_data(
    struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f, struct slice data)
{
	struct h2_stream *s = h2_stream_find(h, f->stream);

	if (!s || s->body[side].ended)
		return;
	exchange_body(t, h->exchanges, s->id, part_of(side), data);
	h2_body_feed(h, &s->body[side], data);
}

void h2_data_end(
    struct trace *t, struct h2flow *h, enum flow_side side, const struct h2_frame *f, uint32_t padding)
{
	struct h2_stream *s = h2_stream_find(h, f->stream);
	uint32_t content = f->length - padding - !!(f->flags & H2_PADDED);

	trace_info(t, h2_protocol(), "DATA, %u bytes", content);
	if (padding)
		H2_NOTE(t, H2_DATA_PADDED, f, F_UINT("osilab.http2.bytes", content),
		    F_UINT("osilab.http2.padding", padding));
	else
		H2_NOTE(t, H2_DATA, f, F_UINT("osilab.http2.bytes", content));
	if (s)
		s->body[side].frames++;
	h2_window_spend(t, h, side, f->flags & H2_END_STREAM ? NULL : s, f->length);
	if (s && f->flags & H2_END_STREAM)
		h2_end_side(t, h, s, side);
}

/* --- Exchanges, for the sinks that want them ------------------------------------------------------------ */

static void collect_head(struct trace *t, struct h2flow *h, const struct h2_block *b)
{
	const struct h2_head *head = b->head;
	const struct exchange_head e = { .version = h2_protocol(),
		.method = head->method,
		.scheme = head->scheme,
		.authority = head->msg.host,
		.target = head->msg.target,
		.status = head->msg.status,
		.fields = head->msg.fields,
		.nfields = head->msg.nfields };

	if (exchange_wanted(t))
		(head->msg.request ? exchange_request : exchange_response)(
		    t, h->flow, &h->exchanges, b->frame->stream, h->secure, &e);
}

/* --- Requests --------------------------------------------------------------------------------------------- */

/* Streams that wait for the end of their answer. */
static unsigned open_streams(const struct h2flow *h)
{
	unsigned n = 0;

	for (unsigned i = 0; i < h->nstreams; i++)
		n += !h->streams[i]->body[FLOW_SERVER].ended;
	return n;
}

/* How many requests share the connection, and how many at once: said at 2, 4, 8 and so on. */
static void note_sharing(struct trace *t, struct h2flow *h)
{
	unsigned n = open_streams(h);

	if (n < 2 && h->requests > 1)
		NOTE(t, H2_REUSED, F_UINT("osilab.http.nth", h->requests));
	if (n < 2 || n < h->most_open * 2)
		return;
	h->most_open = n;
	NOTE(t, H2_MULTIPLEXED, F_UINT("osilab.http2.streams", n));
}

static void note_flaw(struct trace *t, const struct h2_head *head)
{
	if (head->flaw)
		NOTE(t, H2_MALFORMED, F_STR("osilab.http2.reason", h2_flaw_text(head->flaw)));
}

static struct slice or_unknown(struct slice s)
{
	return s.n ? s : SLICE("not known");
}

static void note_priority(struct trace *t, const struct h2_payload *p)
{
	if (p->has_priority)
		NOTE(t, H2_PRIORITY_ALONG, F_UINT("http2.stream_dependency", p->depends_on),
		    F_UINT("http2.headers.weight_real", p->weight), F_BOOL("http2.exclusive", p->exclusive));
}

static void on_request(struct trace *t, struct h2flow *h, const struct h2_block *b)
{
	const struct http_msg *m = &b->head->msg;
	struct h2_stream *s = h2_stream_get(t, h, b->frame->stream);
	struct counts before = counts_before(t);
	struct asked spare, *asked = s ? &s->asked : &spare;

	fill_asked(t, m, ++h->requests, asked);
	t->stats.h2_requests++;
	t->stats.decrypted_requests += h->secure;
	trace_info(t, h2_protocol(), "%s", asked->line);
	trace_where(t,
	    SAY(t, H2_REQUEST, b->frame, b->list, F_TEXT("osilab.http2.method", or_unknown(m->method_text)),
	        F_TEXT("osilab.http2.target", or_unknown(m->target)),
	        F_TEXT("osilab.http2.host", or_unknown(m->host))),
	    b->where);
	note_sharing(t, h);
	note_priority(t, b->payload);
	note_flaw(t, b->head);
	identity_cookies(t, m, h->secure, asked);
	identity_authorization(t, m, h->secure, asked);
	move_counts(t, before);
	collect_head(t, h, b);
	if (s)
		begin_body(h, &s->body[b->side], m, false);
}

/* --- Answers ---------------------------------------------------------------------------------------------- */

static void note_answer(
    struct trace *t, const struct h2_block *b, const struct asked *asked, const char *phrase)
{
	const struct field status = F_UINT("http2.headers.status", b->head->msg.status);
	const struct field words = F_STR("osilab.http2.phrase", phrase);
	struct note *note;

	if (asked)
		note = SAY(t, H2_RESPONSE, b->frame, b->list, status, words,
		    F_STR("osilab.http2.request", asked->line), F_UINT("osilab.ref", asked->frame),
		    F_SPAN("osilab.http2.time", t->frame.ts - asked->ts));
	else
		note = SAY(t, H2_RESPONSE_ALONE, b->frame, b->list, status, words);
	note->ref = asked ? asked->frame : 0;
	trace_where(t, note, b->where);
}

/* The stream was opened here and is over: its sender had not heard of the end yet. */
static bool is_late(const struct h2flow *h, const struct h2_block *b)
{
	uint32_t id = b->frame->stream;

	return h->entry != H2_UNDER_WAY && !h->crowded &&
	       id <= h->half[id & 1 ? FLOW_CLIENT : FLOW_SERVER].top;
}

static bool answers_without_body(const struct h2_stream *s, unsigned status)
{
	return s->asked.method == HTTP_HEAD || !s->asked.frame || status == 304;
}

static void on_answer(struct trace *t, struct h2flow *h, const struct h2_block *b, struct h2_stream *s)
{
	const struct http_msg *m = &b->head->msg;
	const struct asked *asked = s->asked.frame ? &s->asked : NULL;
	struct counts before = counts_before(t);

	t->stats.h2_responses++;
	note_answer(t, b, asked, http_status_phrase(m->status));
	note_flaw(t, b->head);
	s->answered = true;
	if (asked && s->asked.method == HTTP_CONNECT && m->status / 100 == 2)
		NOTE0(t, H2_TUNNEL);
	identity_verdict(t, m, asked);
	identity_set_cookies(t, m, h->secure, asked);
	move_counts(t, before);
	collect_head(t, h, b);
	begin_body(h, &s->body[b->side], m, answers_without_body(s, m->status));
}

static void on_response(struct trace *t, struct h2flow *h, const struct h2_block *b)
{
	const struct http_msg *m = &b->head->msg;
	struct h2_stream *s = h2_stream_find(h, b->frame->stream);

	trace_info(t, h2_protocol(), "%u %s", m->status, http_status_phrase(m->status));
	if (!s && is_late(h, b)) {
		H2_NOTE(t, H2_LATE, b->frame, F_UINT("http2.headers.status", m->status));
		return;
	}
	if (m->status < 200 && m->status) {
		trace_where(t,
		    SAY(t, H2_INTERIM, b->frame, b->list, F_UINT("http2.headers.status", m->status),
		        F_STR("osilab.http2.phrase", http_status_phrase(m->status))),
		    b->where);
		return;
	}
	if (!s && (s = h2_stream_get(t, h, b->frame->stream)))
		s->body[!b->side].ended = true; /* its request was before the capture */
	if (s)
		on_answer(t, h, b, s);
}

/* No pseudo-header field at all: the end of a message, and wrong as its beginning. */
static void on_trailers(struct trace *t, struct h2flow *h, const struct h2_block *b)
{
	if (!h2_stream_find(h, b->frame->stream) && !is_late(h, b) && !b->head->flaw)
		b->head->flaw = H2_FLAW_PSEUDO_MISSING;
	trace_info(t, h2_protocol(), "trailers");
	trace_where(t,
	    SAY(t, H2_TRAILERS, b->frame, b->list, F_TEXT("osilab.http2.names", h2_names(t, b->list, false))),
	    b->where);
	note_flaw(t, b->head);
}

static void on_promise(struct trace *t, struct h2flow *h, const struct h2_block *b)
{
	const struct http_msg *m = &b->head->msg;
	struct h2_stream *s = h2_stream_get(t, h, b->payload->stream);
	struct asked spare, *asked = s ? &s->asked : &spare;

	fill_asked(t, m, h->requests, asked);
	trace_info(t, h2_protocol(), "PUSH_PROMISE %s", asked->line);
	trace_where(t,
	    SAY(t, H2_PUSH, b->frame, b->list,
	        F_UINT("http2.push_promise.promised_stream_id", b->payload->stream),
	        F_STR("osilab.http2.request", asked->line)),
	    b->where);
	note_flaw(t, b->head);
	if (s) {
		s->pushed = true;
		s->body[!b->side].ended = true;
	}
	if (b->payload->stream > h->half[b->side].top)
		h->half[b->side].top = b->payload->stream;
}

/* Which message it is cannot be told: the table was filled before the capture. */
static void on_riddle(struct trace *t, struct h2flow *h, const struct h2_block *b)
{
	trace_info(t, h2_protocol(), "HEADERS, partly known");
	trace_where(t,
	    SAY(t, H2_HEADERS_PARTLY, b->frame, b->list,
	        F_TEXT("osilab.http2.names", h2_names(t, b->list, false))),
	    b->where);
	if (b->side == FLOW_CLIENT && b->frame->stream > h->half[FLOW_CLIENT].top) {
		h->requests++;
		t->stats.h2_requests++;
	}
}

/* --- All of them ---------------------------------------------------------------------------------------- */

void h2_message(struct trace *t, struct h2flow *h, const struct h2_block *b)
{
	redact_head(t, &b->head->msg, slice_of(NULL, 0)); /* its bytes, compressed, are not shown anyway */
	if (b->frame->type == H2_PUSH_PROMISE) {
		on_promise(t, h, b);
		return;
	}
	switch (b->head->kind) {
	case H2_HEAD_REQUEST: on_request(t, h, b); break;
	case H2_HEAD_RESPONSE: on_response(t, h, b); break;
	case H2_HEAD_BARE: on_trailers(t, h, b); break;
	case H2_HEAD_UNKNOWN: on_riddle(t, h, b); break;
	}
}

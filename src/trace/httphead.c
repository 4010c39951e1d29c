/* A whole head of HTTP/1: its note, and the notes of what it brings along; see httphalf.h.  RFC 9112 3, 4. */
#include "trace/httphalf.h"
#include "trace/redact.h"

#include "http/parse.h"
#include "http/url.h"

#include <stdio.h>

void httphead_tolerated(struct trace *t, uint64_t tolerated)
{
	for (int r = 1; tolerated && r < HTTP_REASON_COUNT; r++)
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
	httphead_tolerated(t, m->tolerated);
}

/* The fields of a head that programs look for, under tshark's names. */
static const struct {
	uint8_t head;
	const char *field;
} known[] = { { HEAD_COOKIE, "http.cookie" }, { HEAD_AUTHORIZATION, "http.authorization" },
	{ HEAD_USER_AGENT, "http.user_agent" }, { HEAD_SERVER, "http.server" },
	{ HEAD_LOCATION, "http.location" }, { HEAD_CONTENT_TYPE, "http.content_type" },
	{ HEAD_CONTENT_LENGTH, "http.content_length_header" }, { HEAD_CONNECTION, "http.connection" } };

enum { KNOWN_FIELDS = sizeof(known) / sizeof(*known) };

static unsigned add_known_fields(const struct heads *h, struct field *out)
{
	unsigned n = 0;

	for (size_t i = 0; i < KNOWN_FIELDS; i++)
		if (h->at[known[i].head])
			out[n++] = (struct field)F_TEXT(known[i].field, heads_value(h, known[i].head));
	return n;
}

/* --- Requests ----------------------------------------------------------------------------------------------- */

/* Copies what needs no escaping; the length, 0 when something does or it does not fit. */
static size_t plain(char *out, size_t size, struct slice s)
{
	if (s.n >= size)
		return 0;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '\\')
			return 0;
	memcpy(out, s.p, s.n);
	return s.n;
}

static void fill_line(struct trace *t, const struct http_msg *m, struct asked *a)
{
	size_t n = plain(a->line, 21, m->method_text), more;

	if (n) {
		a->line[n] = ' ';
		more = plain(a->line + n + 1, 61, redact_text(t, m->target));
		if (more) {
			a->line[n + 1 + more] = '\0';
			return;
		}
	}
	snprintf(a->line, sizeof(a->line), "%s %s", trace_text(t, m->method_text, 20),
	    trace_text(t, m->target, 60));
}

static void fill_asked(struct trace *t, const struct heads *h, struct asked *a)
{
	const struct http_msg *m = h->m;
	struct slice host;
	int32_t port;

	a->frame = t->frame.number;
	a->ts = t->frame.ts;
	a->method = m->method;
	a->upgrades = m->upgrade;
	fill_line(t, m, a);
	if (m->host.n && http_authority_split(m->host, &host, &port) == 0)
		slice_cstr(host, a->host, sizeof(a->host));
	if (h->at[HEAD_WS_KEY])
		slice_cstr(heads_value(h, HEAD_WS_KEY), a->ws_key, sizeof(a->ws_key));
}

void httphead_request(struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m,
    struct slice head, struct asked *asked, bool pipelined)
{
	struct field fields[4 + KNOWN_FIELDS] = { F_TEXT("http.request.method", m->method_text),
		F_TEXT("http.request.uri", m->target), F_TEXT("http.host", m->host) };
	struct heads heads;
	unsigned n;

	heads_find(&heads, m);
	n = 3 + add_known_fields(&heads, fields + 3);
	fill_asked(t, &heads, asked);
	t->stats.http_requests++;
	t->stats.decrypted_requests += h->secure;
	trace_info(t, httpflow_protocol(h), "%s", asked->line);
	trace_where(t, trace_note(t, NOTE_HTTP_REQUEST, fields, n), head);
	if (h->requests > 1)
		NOTE(t, HTTP_REUSED, F_UINT("osilab.http.nth", h->requests));
	if (pipelined)
		NOTE0(t, HTTP_PIPELINED);
	note_manners(t, half, m);
	httpwords_request(t, &heads, asked);
	if (heads.at[HEAD_WS_KEY])
		wsflow_asked(
		    t, heads_value(&heads, HEAD_WS_PROTOCOL), heads_value(&heads, HEAD_WS_EXTENSIONS));
	identity_cookies(t, m, h->secure, asked);
	identity_authorization(t, m, h->secure, asked);
}

/* --- Responses ---------------------------------------------------------------------------------------------- */

static void note_response(
    struct trace *t, const struct heads *h, struct slice head, const struct asked *asked)
{
	const struct http_msg *m = h->m;
	struct slice phrase = m->reason.n ? m->reason : slice_str(http_status_phrase(m->status));
	struct field fields[6 + KNOWN_FIELDS] = { F_UINT("http.response.code", m->status),
		F_TEXT("http.response.phrase", trace_brief(t, phrase, 60)) };
	unsigned n = 2;
	struct note *note;

	if (asked) {
		fields[n++] = (struct field)F_STR("osilab.http.request", asked->line);
		fields[n++] = (struct field)F_UINT("osilab.ref", asked->frame);
		fields[n++] = (struct field)F_SPAN("http.time", t->frame.ts - asked->ts);
	}
	n += add_known_fields(h, fields + n);
	note = trace_note(t, asked ? NOTE_HTTP_RESPONSE : NOTE_HTTP_RESPONSE_ALONE, fields, n);
	note->ref = asked ? asked->frame : 0;
	trace_where(t, note, head);
}

void httphead_response(struct trace *t, struct httpflow *h, struct half *half, const struct http_msg *m,
    struct slice head, const struct asked *asked)
{
	struct heads heads;

	heads_find(&heads, m);
	t->stats.http_responses++;
	trace_info(t, httpflow_protocol(h), "%u %s", m->status,
	    m->reason.n ? trace_text(t, m->reason, 60) : http_status_phrase(m->status));
	note_response(t, &heads, head, asked);
	note_manners(t, half, m);
	httpwords_response(t, &heads, asked, &h->cache_said);
	identity_verdict(t, m, asked);
	identity_set_cookies(t, m, h->secure, asked);
}

/* One entry of an HTTP Archive; see har.h. */
#include "render/har.h"

#include "base/base64.h"
#include "base/escape.h"
#include "http/cookie.h"
#include "http/url.h"
#include "render/json.h"
#include "render/put.h"

enum { DECODED_MAX = 256 * 1024 }; /* of a name or value of a form whose percent-encoding is undone */

/* --- Times ------------------------------------------------------------------------------------------------- */

/* Where the time of an entry went, in nanoseconds; -1: does not apply, or not known (HAR 1.2, timings). */
struct timings {
	int64_t start; /* when it began */
	int64_t blocked, connect, ssl, send, wait, receive;
};

static int64_t between(int64_t from, int64_t to)
{
	return from && to ? (to > from ? to - from : 0) : -1;
}

/* The first request of a connection pays for it: its entry begins with the SYN. */
static struct timings find_timings(const struct exchange *x)
{
	const struct exchange_msg *q = &x->msg[EXCHANGE_REQUEST], *a = &x->msg[EXCHANGE_RESPONSE];
	struct timings t = { q->head ? q->first_ts : a->first_ts, -1, -1, -1, 0, 0, 0 };
	int64_t ready = x->secure ? x->tls_done_ts : x->connected_ts;

	if (x->nth == 1 && q->head && x->syn_ts && ready >= x->syn_ts) {
		t.start = x->syn_ts;
		t.connect = between(x->syn_ts, ready);
		t.blocked = between(ready, q->first_ts);
		t.ssl = x->secure ? between(x->tls_begin_ts, x->tls_done_ts) : -1;
	}
	if (q->head)
		t.send = between(q->first_ts, q->last_ts);
	if (q->head && a->head)
		t.wait = between(q->last_ts, a->first_ts);
	if (a->head)
		t.receive = between(a->first_ts, a->last_ts);
	return t;
}

/* Milliseconds; ,"name": before them. */
static void put_ms(struct buf *b, const char *name, int64_t ns)
{
	json_key(b, name);
	if (ns < 0) {
		buf_puts(b, "-1");
		return;
	}
	put_u64(b, (uint64_t)ns / 1000000, 0, ' ');
	buf_putc(b, '.');
	put_u64(b, (uint64_t)ns % 1000000, 6, '0');
}

static void put_timings(struct buf *b, const struct timings *t)
{
	json_key(b, "timings");
	buf_putc(b, '{');
	put_ms(b, "blocked", t->blocked);
	put_ms(b, "dns", -1);
	put_ms(b, "connect", t->connect);
	put_ms(b, "send", t->send);
	put_ms(b, "wait", t->wait);
	put_ms(b, "receive", t->receive);
	put_ms(b, "ssl", t->ssl);
	buf_putc(b, '}');
}

/* --- Small things ------------------------------------------------------------------------------------------ */

static void put_member(struct buf *b, const char *name, struct slice value)
{
	json_key(b, name);
	json_string(b, value);
}

/* A size in bytes, -1 when it is not known. */
static void put_size(struct buf *b, const char *name, bool known, uint64_t size)
{
	if (known)
		json_key_u64(b, name, size);
	else
		put_ms(b, name, -1);
}

/* {"name":…,"value":… without the brace that closes it. */
static void open_pair(struct buf *b, struct slice name, struct slice value)
{
	if (b->n && b->p[b->n - 1] == '}')
		buf_putc(b, ',');
	buf_putc(b, '{');
	put_member(b, "name", name);
	put_member(b, "value", value);
}

static void put_pair(struct buf *b, struct slice name, struct slice value)
{
	open_pair(b, name, value);
	buf_putc(b, '}');
}

static void put_headers(struct buf *b, const struct exchange_msg *m)
{
	json_key(b, "headers");
	buf_putc(b, '[');
	for (size_t i = 0; i < m->nfields; i++)
		put_pair(b, m->fields[i].name, m->fields[i].value);
	buf_putc(b, ']');
}

/* --- Names and values of queries and forms ------------------------------------------------------------------ */

/* Undoes the encoding into the sink's buffer behind `from`; as it is when it is too long or not well made. */
static struct slice decoded(struct har_entry *s, struct slice coded)
{
	size_t from = s->text.n;
	ssize_t n;

	if (coded.n > DECODED_MAX || buf_reserve(&s->text, coded.n + 1) < 0)
		return coded;
	n = http_percent_decode(
	    coded, HTTP_DECODE_PLUS | HTTP_DECODE_RAW, s->text.p + from, s->text.cap - from);
	if (n < 0)
		return coded;
	s->text.n += (size_t)n;
	return slice_of(s->text.p + from, (size_t)n);
}

static void put_form(struct har_entry *s, const char *key, struct slice form)
{
	struct slice name, value;

	json_key(&s->json, key);
	buf_putc(&s->json, '[');
	while (http_form_next(&form, &name, &value)) {
		buf_clear(&s->text);
		if (buf_reserve(&s->text, name.n + value.n + 2) < 0) /* so that it does not move in between */
			break;
		name = decoded(s, name);
		put_pair(&s->json, name, decoded(s, value));
	}
	buf_putc(&s->json, ']');
}

/* --- Cookies ------------------------------------------------------------------------------------------------- */

static void put_cookies(struct buf *b, const struct exchange_msg *m)
{
	struct http_cookie cookie;

	json_key(b, "cookies");
	buf_putc(b, '[');
	for (size_t i = 0; i < m->nfields; i++) {
		struct slice rest = m->fields[i].value;

		if (!slice_ieq_str(m->fields[i].name, "cookie"))
			continue;
		while (http_cookie_next(&rest, &cookie))
			put_pair(b, cookie.name, cookie.value);
	}
	buf_putc(b, ']');
}

static void put_flag(struct buf *b, const char *name, bool value)
{
	json_key(b, name);
	buf_puts(b, value ? "true" : "false");
}

/* When a cookie ends, for times a calendar of four digits has: Max-Age counts from the response on. */
static void put_expires(struct buf *b, const struct http_setcookie *c, int64_t now)
{
	int64_t most = INT64_MAX / 1000000000 / 2, at = now / 1000000000;

	if (c->has_max_age)
		at += c->max_age > most ? most : c->max_age < 0 ? 0 : c->max_age;
	else if (c->has_expires)
		at = c->expires;
	else
		return;
	json_key(b, "expires");
	buf_putc(b, '"');
	put_utc(b, (at > most ? most : at < 0 ? 0 : at) * 1000000000, 3);
	buf_putc(b, '"');
}

static void put_set_cookie(struct buf *b, const struct http_setcookie *c, int64_t now)
{
	static const char *const same[] = { NULL, "None", "Lax", "Strict" };

	open_pair(b, c->name, c->value);
	if (c->path.n)
		put_member(b, "path", c->path);
	if (c->domain.n)
		put_member(b, "domain", c->domain);
	put_expires(b, c, now);
	put_flag(b, "httpOnly", c->http_only);
	put_flag(b, "secure", c->secure);
	if (same[c->samesite & 3])
		json_key_str(b, "sameSite", same[c->samesite & 3]);
	buf_putc(b, '}');
}

static void put_set_cookies(struct buf *b, const struct exchange_msg *m)
{
	struct http_setcookie cookie;

	json_key(b, "cookies");
	buf_putc(b, '[');
	for (size_t i = 0; i < m->nfields; i++)
		if (slice_ieq_str(m->fields[i].name, "set-cookie") &&
		    http_setcookie_parse(m->fields[i].value, &cookie) == 0)
			put_set_cookie(b, &cookie, m->head_ts);
	buf_putc(b, ']');
}

/* --- Bodies ---------------------------------------------------------------------------------------------------- */

/* Is it text that a JSON string can hold unchanged?  Of a body that was cut the last character may be too. */
static bool is_text(struct slice *body, bool cut)
{
	size_t at = 0, n;
	uint32_t rune;

	while (at < body->n) {
		n = escape_utf8(slice_skip(*body, at), &rune);
		if (!n && cut && body->n - at < 4) {
			body->n = at;
			break;
		}
		if (!n || (rune < 0x20 && rune != '\t' && rune != '\n' && rune != '\r' && rune != '\f'))
			return false;
		at += n;
	}
	return true;
}

/* A body as it is shown. */
struct shown {
	struct slice content; /* decoded, where that can be done */
	enum exchange_coding coding;
	bool cut; /* there is more of it than this */
};

static struct shown shown_of(struct har_entry *s, const struct exchange_msg *m)
{
	struct shown v = { .content = buf_view(&m->body) };
	bool more;

	v.coding = exchange_content(m, &s->content, &more);
	if (v.coding == EXCHANGE_DECODED || v.coding == EXCHANGE_DAMAGED)
		v.content = buf_view(&s->content);
	v.cut = m->cut || m->hidden || m->hole || !m->done || more || v.coding == EXCHANGE_DAMAGED;
	return v;
}

/* What a reader should know of a body that is not whole, or not as it was meant. */
static void put_body_comment(struct buf *b, const struct exchange_msg *m, const struct shown *v)
{
	struct buf text = { 0 };

	if (m->hidden)
		buf_puts(&text, "left out: secrets are taken out, and it may hold some. ");
	else if (m->hole)
		buf_puts(&text, "bytes are missing in the capture: what follows them is left out. ");
	else if (m->cut)
		buf_printf(&text, "cut: the first %zu of %llu bytes. ", m->body.n,
		    (unsigned long long)m->body_bytes);
	else if (m->head && !m->done)
		buf_puts(&text, "its end was not captured. ");
	else if (v->coding == EXCHANGE_DAMAGED)
		buf_puts(&text, "its Content-Encoding is damaged: what follows is left out. ");
	else if (v->cut)
		buf_printf(&text, "cut: the first %zu bytes of the content. ", v->content.n);
	if (v->coding == EXCHANGE_UNKNOWN)
		buf_puts(&text, "as transferred: its Content-Encoding is not undone. ");
	if (text.n) {
		json_key(b, "comment");
		json_string(b, slice_of(text.p, text.n - 1));
	}
	buf_fini(&text);
}

/* "text":…, in base64 when it is not text. */
static void put_text(struct buf *b, const struct shown *v)
{
	struct slice text = v->content;

	if (is_text(&text, v->cut)) {
		put_member(b, "text", text);
		return;
	}
	json_key(b, "text");
	buf_putc(b, '"');
	base64_put(b, v->content, BASE64_STD | BASE64_PADDED);
	buf_putc(b, '"');
	json_key_str(b, "encoding", "base64");
}

static void put_post(struct har_entry *s, const struct exchange_msg *m)
{
	struct slice type = exchange_field(m, "content-type");
	struct shown v = shown_of(s, m);
	struct buf *b = &s->json;

	if (!m->body_bytes)
		return;
	json_key(b, "postData");
	buf_putc(b, '{');
	put_member(b, "mimeType", type.p ? type : SLICE("application/octet-stream"));
	put_form(s, "params",
	    slice_istarts(type, SLICE("application/x-www-form-urlencoded")) ? v.content : SLICE(""));
	if (!m->hidden)
		put_text(b, &v);
	put_body_comment(b, m, &v);
	buf_putc(b, '}');
}

/* The size is that of the content; `compression` says what its coding saved, where both sizes are known. */
static void put_content(struct har_entry *s, const struct exchange_msg *m)
{
	struct slice type = exchange_field(m, "content-type");
	struct shown v = shown_of(s, m);
	bool decoded = v.coding == EXCHANGE_DECODED && !v.cut;
	struct buf *b = &s->json;

	json_key(b, "content");
	buf_putc(b, '{');
	json_key_u64(b, "size", decoded ? v.content.n : m->body_bytes);
	if (decoded && v.content.n >= m->body_bytes)
		json_key_u64(b, "compression", v.content.n - m->body_bytes);
	put_member(b, "mimeType", type.p ? type : SLICE("x-unknown"));
	if (v.content.n)
		put_text(b, &v);
	put_body_comment(b, m, &v);
	buf_putc(b, '}');
}

/* --- Messages ---------------------------------------------------------------------------------------------------- */

static void put_server(struct buf *b, const struct exchange *x, bool port)
{
	struct endpoint server = { x->addr[FLOW_SERVER], { 0 }, x->port[FLOW_SERVER], port, NULL };

	put_endpoint(b, &server);
}

/* The target URI (RFC 9110 7.1). */
static void put_url(struct har_entry *s, const struct exchange *x)
{
	const struct exchange_msg *q = &x->msg[EXCHANGE_REQUEST];
	struct buf *b = &s->text;

	buf_clear(b);
	if (slice_find(q->target, SLICE("://")) > 0 && q->target.p[0] != '/') {
		buf_slice(b, q->target); /* as it is given to a proxy */
	} else {
		buf_puts(b, x->secure ? "https://" : "http://");
		if (q->authority.n)
			buf_slice(b, q->authority);
		else
			put_server(b, x, true);
		if (q->target.n && q->target.p[0] == '/')
			buf_slice(b, q->target);
		else if (!q->target.n) /* not known; an asterisk or an authority has no path */
			buf_putc(b, '/');
	}
	put_member(&s->json, "url", buf_view(b));
}

static void put_sizes(struct buf *b, const struct exchange_msg *m)
{
	put_size(b, "headersSize", m->head_bytes, m->head_bytes);
	put_size(b, "bodySize", m->head && (m->done || m->body_bytes), m->body_bytes);
}

static void put_request(struct har_entry *s, const struct exchange *x)
{
	const struct exchange_msg *m = &x->msg[EXCHANGE_REQUEST];
	struct slice path, query;
	struct buf *b = &s->json;

	http_url_split(m->target, &path, &query);
	json_key(b, "request");
	buf_putc(b, '{');
	put_member(b, "method", m->head ? m->method : SLICE("?"));
	put_url(s, x);
	json_key_str(b, "httpVersion", m->head ? m->version : "unknown");
	put_cookies(b, m);
	put_headers(b, m);
	put_form(s, "queryString", query);
	put_post(s, m);
	put_sizes(b, m);
	if (!m->head)
		json_key_str(b, "comment", "the request was not captured");
	buf_putc(b, '}');
}

static void put_response(struct har_entry *s, const struct exchange *x)
{
	const struct exchange_msg *m = &x->msg[EXCHANGE_RESPONSE];
	struct buf *b = &s->json;

	json_key(b, "response");
	buf_putc(b, '{');
	json_key_u64(b, "status", m->status);
	put_member(b, "statusText", m->reason);
	json_key_str(b, "httpVersion", m->head ? m->version : "unknown");
	put_set_cookies(b, m);
	put_headers(b, m);
	put_content(s, m);
	put_member(b, "redirectURL", exchange_field(m, "location"));
	put_sizes(b, m);
	if (!m->head)
		json_key_str(b, "comment", "no response was captured");
	buf_putc(b, '}');
}

/* The packets a message lies in, from its first byte to its last; head: where its head was complete. */
static void put_packets(struct buf *b, const char *name, const struct exchange_msg *m)
{
	if (!m->head)
		return;
	json_key(b, name);
	buf_putc(b, '{');
	json_key_u64(b, "first", m->first);
	json_key_u64(b, "head", m->head);
	json_key_u64(b, "last", m->last);
	put_flag(b, "complete", m->done && !m->hole);
	buf_putc(b, '}');
}

static void put_extras(struct buf *b, const struct exchange *x)
{
	const struct exchange_msg *m =
	    &x->msg[x->msg[EXCHANGE_REQUEST].head ? EXCHANGE_REQUEST : EXCHANGE_RESPONSE];
	struct endpoint client = { x->addr[FLOW_CLIENT], { 0 }, x->port[FLOW_CLIENT], true, NULL };

	json_key(b, "_osilab");
	buf_putc(b, '{');
	json_key_u64(b, "tcp.stream", x->flow);
	json_key_u64(b, "nth", x->nth);
	if (m->version && strcmp(m->version, "HTTP/2") == 0)
		json_key_u64(b, "http2.streamid", x->id);
	json_key(b, "client");
	buf_putc(b, '"');
	put_endpoint(b, &client);
	buf_putc(b, '"');
	put_flag(b, "tls", x->secure);
	put_packets(b, "request", &x->msg[EXCHANGE_REQUEST]);
	put_packets(b, "response", &x->msg[EXCHANGE_RESPONSE]);
	buf_putc(b, '}');
}

int64_t har_entry_make(struct har_entry *s, const struct exchange *x)
{
	struct timings t = find_timings(x);
	struct buf *b = &s->json;
	int64_t all = t.send + t.wait + t.receive;

	all += (t.blocked > 0 ? t.blocked : 0) + (t.connect > 0 ? t.connect : 0);
	buf_clear(b);
	buf_putc(b, '{');
	json_key(b, "startedDateTime");
	buf_putc(b, '"');
	put_utc(b, t.start, 6);
	buf_putc(b, '"');
	put_ms(b, "time", all);
	put_request(s, x);
	put_response(s, x);
	buf_puts(b, ",\"cache\":{}");
	put_timings(b, &t);
	json_key(b, "serverIPAddress");
	buf_putc(b, '"');
	put_server(b, x, false);
	buf_putc(b, '"');
	json_key(b, "connection");
	buf_printf(b, "\"%u\"", x->flow);
	put_extras(b, x);
	buf_putc(b, '}');
	return t.start;
}

void har_entry_fini(struct har_entry *s)
{
	buf_fini(&s->json);
	buf_fini(&s->text);
	buf_fini(&s->content);
}

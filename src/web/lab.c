/* Resources made for experiments; see lab.h.  RFC 9110 9.3.8 (TRACE), 15 (status codes). */
#include "web/lab.h"

#include "base/clock.h"
#include "base/escape.h"
#include "http/cookie.h"
#include "http/url.h"
#include "tls/tls.h"
#include "web/exchange.h"
#include "web/page.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The number that the query gives for `name`, `usual` when it gives none.  0; or -1 with the answer that
 * says what is wrong. */
static int number(struct exchange *x, const char *name, uint64_t usual, uint64_t max, uint64_t *out)
{
	char text[24];
	ssize_t n = http_form_get(x->req.query, name, text, sizeof(text));

	*out = usual;
	if (n == -1 || (n > 0 && slice_u64(slice_of(text, (size_t)n), out) == 0 && *out <= max))
		return 0;
	exchange_error(x, 400,
	    arena_printf(&x->arena, "The parameter %s must be there once, a number from 0 to %llu", name,
	        (unsigned long long)max));
	return -1;
}

/* --- What a client sent, as JSON --- */

static void put_value(struct buf *out, struct slice encoded, struct arena *a)
{
	uint8_t *room = encoded.n ? arena_raw(a, encoded.n) : NULL;
	ssize_t n =
	    room ? http_percent_decode(encoded, HTTP_DECODE_PLUS | HTTP_DECODE_RAW, room, encoded.n) : 0;

	escape_json(out, slice_of(room, n > 0 ? (size_t)n : 0));
}

/* A query or a form: "key":[["name","value"],...]. */
static void put_form(struct buf *out, const char *key, struct slice form, struct arena *a)
{
	const char *between = "";
	struct slice name, value;

	buf_printf(out, ",\"%s\":[", key);
	while (http_form_next(&form, &name, &value)) {
		buf_printf(out, "%s[\"", between);
		put_value(out, name, a);
		buf_puts(out, "\",\"");
		put_value(out, value, a);
		buf_puts(out, "\"]");
		between = ",";
	}
	buf_putc(out, ']');
}

static struct slice shown_value(const struct http_field *f)
{
	static const char *const secret[] = { "Cookie", "Authorization", "Proxy-Authorization" };

	for (size_t i = 0; i < sizeof(secret) / sizeof(*secret); i++)
		if (slice_ieq_str(f->name, secret[i]))
			return SLICE("***");
	return f->value;
}

static void put_fields(struct buf *out, const struct http_msg *req)
{
	buf_puts(out, ",\"fields\":[");
	for (unsigned i = 0; i < req->nfields; i++) {
		buf_puts(out, i ? ",[\"" : "[\"");
		escape_json(out, req->fields[i].name);
		buf_puts(out, "\",\"");
		escape_json(out, shown_value(&req->fields[i]));
		buf_puts(out, "\"]");
	}
	buf_putc(out, ']');
}

static void put_content(struct buf *out, struct exchange *x)
{
	struct slice all = buf_view(&x->body), type = http_value(&x->req, SLICE("Content-Type"));

	if (slice_ieq_str(slice_trim(slice_cut(&type, ';')), "application/x-www-form-urlencoded") &&
	    all.n <= LAB_ECHO_MAX)
		put_form(out, "form", all, &x->arena);
	buf_printf(out, ",\"length\":%zu,", all.n);
	page_json_text(out, "body", slice_sub(all, 0, all.n < LAB_ECHO_MAX ? all.n : LAB_ECHO_MAX));
	buf_printf(out, ",\"cut\":%s", all.n > LAB_ECHO_MAX ? "true" : "false");
}

enum web_progress lab_echo(struct exchange *x)
{
	const struct http_msg *req = &x->req;
	struct buf *out = exchange_begin(x, 200, PAGE_JSON);

	buf_putc(out, '{');
	page_json_text(out, "method", req->method_text);
	buf_putc(out, ',');
	page_json_text(out, "target", req->target);
	buf_putc(out, ',');
	page_json_text(out, "path", slice_str(x->path));
	buf_printf(out, ",\"version\":\"HTTP/%u.%u\"", req->major, req->minor);
	put_form(out, "query", req->query, &x->arena);
	put_fields(out, req);
	put_content(out, x);
	buf_puts(out, "}\n");
	return WEB_ANSWERED;
}

/* The certificate that the client showed, by what tells it from others. */
static void put_client_cert(struct buf *out, struct exchange *x)
{
	struct cert cert;

	buf_puts(out, ",\"client_certificate\":");
	if (tls_client_cert(x->tls, &x->arena, &cert) != 1) {
		buf_puts(out, "null");
		return;
	}
	buf_putc(out, '{');
	page_json_text(out, "subject", cert.subject);
	buf_putc(out, ',');
	page_json_text(out, "issuer", cert.issuer);
	buf_putc(out, ',');
	page_json_text(out, "serial", cert.serial);
	buf_putc(out, ',');
	page_json_text(out, "sha256", cert.sha256_hex);
	buf_putc(out, '}');
}

/* What was agreed with a client that came over TLS. */
static void put_tls(struct buf *out, struct exchange *x)
{
	struct tls_info info;

	if (!x->tls || tls_info(x->tls, &info))
		return;
	buf_puts(out, "\"handshake\":{");
	page_json_text(out, "version", slice_str(info.version));
	buf_putc(out, ',');
	page_json_text(out, "suite", slice_str(info.cipher));
	buf_putc(out, ',');
	page_json_text(out, "group", slice_str(info.group));
	buf_putc(out, ',');
	page_json_text(out, "server_name", slice_str(info.sni));
	buf_putc(out, ',');
	page_json_text(out, "alpn", info.alpn);
	buf_printf(out, ",\"resumed\":%s", info.resumed ? "true" : "false");
	put_client_cert(out, x);
	buf_puts(out, "},");
}

enum web_progress lab_whoami(struct exchange *x)
{
	struct buf *out = exchange_begin(x, 200, PAGE_JSON);
	char name[ADDR_TEXT];

	buf_putc(out, '{');
	page_json_text(out, "address", slice_str(addr_format(x->peer, name, sizeof(name))));
	buf_printf(out, ",\"tls\":%s,\"version\":\"HTTP/%u.%u\",", x->secure ? "true" : "false", x->req.major,
	    x->req.minor);
	put_tls(out, x);
	page_json_text(out, "host", x->req.host);
	buf_putc(out, ',');
	page_json_text(out, "agent", http_value(&x->req, SLICE("User-Agent")));
	if (x->user) {
		buf_putc(out, ',');
		page_json_text(out, "user", slice_str(x->user));
	} else {
		buf_puts(out, ",\"user\":null");
	}
	buf_puts(out, "}\n");
	return WEB_ANSWERED;
}

enum web_progress lab_trace(struct exchange *x)
{
	struct buf *out = exchange_begin(x, 200, "message/http");
	const struct http_msg *req = &x->req;

	buf_slice(out, req->method_text);
	buf_putc(out, ' ');
	buf_slice(out, req->target);
	buf_printf(out, " HTTP/%u.%u\r\n", req->major, req->minor);
	for (unsigned i = 0; i < req->nfields; i++) {
		buf_slice(out, req->fields[i].name);
		buf_puts(out, ": ");
		buf_slice(out, shown_value(&req->fields[i]));
		buf_puts(out, "\r\n");
	}
	buf_puts(out, "\r\n");
	return WEB_ANSWERED;
}

/* --- Time --- */

static void on_time(struct loop_timer *t)
{
	exchange_resume(LOOP_OF(t, struct exchange, timer));
}

static void forget_time(struct exchange *x)
{
	loop_timer_stop(x->site->loop, &x->timer);
}

static enum web_progress slow_done(struct exchange *x)
{
	buf_puts(exchange_begin(x, 200, PAGE_TEXT), "That took its time.\n");
	return WEB_ANSWERED;
}

enum web_progress lab_slow(struct exchange *x)
{
	uint64_t ms;

	if (number(x, "ms", 1000, LAB_SLOW_MAX, &ms))
		return WEB_ANSWERED;
	x->timer.fn = on_time;
	x->cancel = forget_time;
	x->then = slow_done;
	if (loop_timer_set(x->site->loop, &x->timer, (int64_t)ms * CLOCK_MS))
		return exchange_busy(x, "There is no memory to wait");
	return WEB_LATER;
}

/* --- Size --- */

enum web_progress lab_bytes(struct exchange *x)
{
	struct exchange_piece whole = { .at = 0 };

	if (number(x, "n", 1024, LAB_BYTES_MAX, &whole.size))
		return WEB_ANSWERED;
	exchange_begin(x, 200, "application/octet-stream");
	return exchange_pieces(x, &whole, 1);
}

/* --- Status --- */

/* Fields that an answer with that status must or should have. */
static const struct {
	unsigned status;
	const char *name, *value;
} companions[] = {
	{ 201, "Location", "/echo" },
	{ 300, "Location", "/echo" },
	{ 301, "Location", "/echo" },
	{ 302, "Location", "/echo" },
	{ 303, "Location", "/echo" },
	{ 307, "Location", "/echo" },
	{ 308, "Location", "/echo" },
	{ 401, "WWW-Authenticate", "Basic realm=\"status\"" },
	{ 405, "Allow", "GET, HEAD, OPTIONS" },
	{ 407, "Proxy-Authenticate", "Basic realm=\"status\"" },
	{ 416, "Content-Range", "bytes */0" },
	{ 426, "Upgrade", "TLS/1.3" },
	{ 426, "Connection", "upgrade" },
	{ 429, "Retry-After", "1" },
	{ 503, "Retry-After", "1" },
};

/* 1xx end no exchange, and 206 is the answer to a request for a range. */
static bool can_be_had(uint64_t status)
{
	return status >= 200 && status <= 599 && status != 206;
}

enum web_progress lab_status(struct exchange *x)
{
	struct slice digits = slice_skip(slice_str(x->path), strlen(x->route->path));
	uint64_t status;

	if (digits.n != 3 || slice_u64(digits, &status) || !can_be_had(status))
		return exchange_error(x, 400, "A status from 200 to 599 but 206 can be had here");
	if (status == 204 || status == 205 || status == 304)
		exchange_begin(x, (unsigned)status, NULL);
	else
		buf_printf(exchange_begin(x, (unsigned)status, PAGE_TEXT), "%u %s\n", (unsigned)status,
		    http_status_phrase((unsigned)status));
	for (size_t i = 0; i < sizeof(companions) / sizeof(*companions); i++)
		if (companions[i].status == status)
			exchange_field(x, companions[i].name, companions[i].value);
	return WEB_ANSWERED;
}

/* --- A cookie that is no session --- */

static bool is_word(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return s.n > 0;
}

enum web_progress lab_cookie(struct exchange *x)
{
	char value[LAB_COOKIE_MAX + 1];
	ssize_t n = http_form_get(x->req.query, "value", value, sizeof(value));
	struct http_setcookie c = {
		.name = SLICE("choice"), .path = SLICE("/"), .samesite = HTTP_SAMESITE_LAX
	};
	uint64_t age;

	c.value = slice_of(value, n > 0 ? (size_t)n : 0);
	if (!is_word(c.value))
		return exchange_error(
		    x, 400, "The parameter value must be there once: letters, digits, - and _, not too many");
	if (number(x, "max-age", 0, 400 * (uint64_t)LAB_DAY, &age))
		return WEB_ANSWERED;
	c.has_max_age = age > 0;
	c.max_age = (int64_t)age;
	buf_puts(exchange_begin(x, 200, PAGE_TEXT), "I shall know your choice by its cookie.\n");
	http_setcookie_write(&x->fields, &c);
	return WEB_ANSWERED;
}

/* --- The clock --- */

enum web_progress lab_clock(struct exchange *x)
{
	char now[32];
	uint64_t seconds;

	if (!x->site->clock)
		return exchange_error(
		    x, 404, "The time is the real one, without --clock, or not for one process to change");
	if (number(x, "advance", 0, LAB_DAY, &seconds))
		return WEB_ANSWERED;
	clock_advance((int64_t)seconds);
	buf_printf(
	    exchange_begin(x, 200, PAGE_TEXT), "It is %s.\n", clock_utc(clock_real(), now, sizeof(now)));
	return WEB_ANSWERED;
}

/* One request and its answer; see exchange.h.  RFC 9110. */
#include "web/exchange.h"

#include "base/clock.h"
#include "http/url.h"
#include "http/write.h"
#include "tls/digest.h"
#include "tls/tls.h"
#include "web/cors.h"
#include "web/lab.h"
#include "web/origin.h"
#include "web/page.h"
#include "web/routes.h"
#include "web/signin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FIELDS_MAX = 8 * 1024,
	CONTENT_MAX = 1 << 20,
	KEPT = 64 * 1024, /* bytes of a buffer worth keeping for the next request */
};

/* Forgets what passwords there may be: the form of a login, and what a refused login left. */
static void wipe(struct exchange *x)
{
	if (x->body.n)
		digest_wipe(x->body.p, x->body.n);
	digest_wipe(x->verify.password, sizeof(x->verify.password));
	digest_wipe(x->verify.changed, sizeof(x->verify.changed));
	x->verify.changed_len = 0;
}

struct exchange *exchange_new(struct site *site)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->site = site;
	x->rows = routes;
	x->file = -1;
	buf_init(&x->fields, FIELDS_MAX);
	buf_init(&x->content, CONTENT_MAX);
	arena_init(&x->arena, EXCHANGE_ARENA_MAX);
	return x;
}

void exchange_free(struct exchange *x)
{
	if (!x)
		return;
	exchange_reset(x);
	buf_fini(&x->fields);
	buf_fini(&x->content);
	buf_fini(&x->body);
	arena_fini(&x->arena);
	free(x);
}

static void drop_file(struct exchange *x)
{
	if (x->file >= 0)
		close(x->file);
	x->file = -1;
	x->pieces = NULL;
	x->n_pieces = 0;
	x->pieces_size = 0;
}

static void empty(struct buf *b)
{
	size_t max = b->max;

	if (b->cap > KEPT) {
		buf_fini(b);
		buf_init(b, max);
	}
	buf_clear(b);
}

void exchange_reset(struct exchange *x)
{
	drop_file(x);
	wipe(x);
	empty(&x->fields);
	empty(&x->content);
	empty(&x->body);
	arena_reset(&x->arena);
	x->route = NULL;
	x->signed_in = false;
	x->user = NULL;
	x->status = 0;
	x->type = NULL;
	x->close = false;
	x->work = NULL;
	x->then = NULL;
	x->cancel = NULL;
}

void exchange_resume(struct exchange *x)
{
	x->cancel = NULL;
	x->resume(x);
}

/* --- Answers --- */

struct buf *exchange_begin(struct exchange *x, unsigned status, const char *type)
{
	drop_file(x);
	buf_clear(&x->fields);
	buf_clear(&x->content);
	x->status = status;
	x->type = type;
	return &x->content;
}

enum web_progress exchange_pieces(struct exchange *x, const struct exchange_piece *pieces, size_t n)
{
	struct slice bytes = slice_of(pieces, n * sizeof(*pieces));
	struct exchange_piece *copy = arena_raw(&x->arena, bytes.n);

	if (!copy)
		return exchange_error(x, 500, "There is no memory for the answer");
	memcpy(copy, bytes.p, bytes.n);
	x->pieces = copy;
	x->n_pieces = n;
	for (size_t i = 0; i < n; i++)
		x->pieces_size += pieces[i].text.n + pieces[i].size;
	return WEB_ANSWERED;
}

void exchange_field(struct exchange *x, const char *name, const char *value)
{
	http_write_text(&x->fields, name, value);
}

bool exchange_wants_json(const struct exchange *x)
{
	const struct http_field *f = http_find(&x->req, SLICE("Accept"));
	struct slice rest, member;

	for (; f; f = http_find_next(&x->req, f, SLICE("Accept")))
		for (rest = f->value; http_list_next(&rest, &member);)
			if (slice_ieq_str(slice_trim(slice_cut(&member, ';')), PAGE_JSON))
				return true;
	return false;
}

static enum web_progress error(struct exchange *x, unsigned status, const char *text, const char *rfc)
{
	if ((x->route && x->route->flags & ROUTE_JSON) || exchange_wants_json(x))
		page_error_json(exchange_begin(x, status, PAGE_JSON), status, text);
	else
		page_error(exchange_begin(x, status, PAGE_HTML), status, text, rfc);
	return WEB_ANSWERED;
}

enum web_progress exchange_error(struct exchange *x, unsigned status, const char *text)
{
	return error(x, status, text, NULL);
}

enum web_progress exchange_malformed(struct exchange *x, enum http_reason reason)
{
	const struct http_reason_row *row = http_reason_row(reason);

	x->close = true;
	return error(x, row->status, row->text, row->rfc);
}

enum web_progress exchange_busy(struct exchange *x, const char *text)
{
	exchange_error(x, 503, text);
	exchange_field(x, "Retry-After", "1");
	return WEB_ANSWERED;
}

enum web_progress exchange_redirect(struct exchange *x, unsigned status, const char *location)
{
	exchange_begin(x, status, NULL);
	exchange_field(x, "Location", location);
	return WEB_ANSWERED;
}

/* --- From the head to the handler --- */

static void allow(struct exchange *x, unsigned allowed)
{
	struct buf names = { 0 };

	router_allow(allowed, &names);
	exchange_field(x, "Allow", buf_cstr(&names));
	buf_fini(&names);
}

/* OPTIONS, or a method that the path has not. */
static void not_routed(struct exchange *x, unsigned allowed)
{
	if (x->req.method == HTTP_OPTIONS)
		exchange_begin(x, 204, NULL);
	else
		exchange_error(x, 405, "The resource does not have this method");
	allow(x, allowed);
}

static void find_route(struct exchange *x)
{
	unsigned allowed;

	x->route = router_find(x->rows, x->path, x->req.method, &allowed);
	if (!x->route && !allowed && x->site->root >= 0 && x->rows == routes)
		x->route = router_find(routes_files, "", x->req.method, &allowed);
	if (!x->route && !allowed)
		exchange_error(x, 404, "There is nothing at this path");
	else if (!x->route)
		not_routed(x, allowed);
}

/* A connection was made to one name; a request on it for another that its certificate is not for came to the wrong
 * place (RFC 9110 7.4, 15.5.20). */
static bool is_misdirected(const struct exchange *x)
{
	struct slice host;
	int32_t port;

	return x->tls && x->req.host.n && http_authority_split(x->req.host, &host, &port) == 0 &&
	       !tls_answers_for(x->tls, host);
}

/* Is this one request too many of its address?  Who asks for the server's figures is not counted. */
static bool too_many(struct exchange *x)
{
	unsigned wait = 0;
	char text[16];

	if (x->site->rate && x->rows == routes)
		wait = rate_take(x->site->rate, limit_address(x->peer), x->begun);
	if (!wait)
		return false;
	exchange_error(x, 429, "Too many requests come from this address");
	snprintf(text, sizeof(text), "%u", wait);
	exchange_field(x, "Retry-After", text);
	return true;
}

void exchange_route(struct exchange *x)
{
	const struct http_msg *req = &x->req;

	if (too_many(x)) {
		return;
	} else if (req->expect == HTTP_EXPECT_OTHER && (req->major > 1 || req->minor >= 1)) {
		exchange_malformed(x, HTTP_EXPECT_UNKNOWN);
	} else if (is_misdirected(x)) {
		exchange_error(x, 421, "This connection was made to another host");
	} else if (req->method == HTTP_OTHER) {
		exchange_error(x, 501, "The server does not know this method");
	} else if (req->method == HTTP_CONNECT) {
		x->close = true; /* what follows may be meant for the tunnel */
		not_routed(x, 1u << HTTP_GET | 1u << HTTP_POST);
	} else if (req->method == HTTP_TRACE && x->site->trace) {
		lab_trace(x);
	} else if (req->form == HTTP_ASTERISK) {
		not_routed(x, 1u << HTTP_GET | 1u << HTTP_POST);
	} else if (http_url_path(req->path, x->path, sizeof(x->path)) < 0) {
		exchange_error(x, 400, "The path has an escape that is damaged or stands for NUL");
	} else if (!cors_preflight(x)) {
		find_route(x);
	}
	if (x->route && x->route->flags & ROUTE_SAME_ORIGIN && origin_of(req, x->secure) == ORIGIN_CROSS)
		exchange_error(x, 403, "The request was made by a page of another site");
}

enum web_progress exchange_handle(struct exchange *x)
{
	if (x->status)
		return WEB_ANSWERED;
	if (x->route->flags & ROUTE_SESSION)
		return signin_find(x);
	return x->route->handler(x);
}

/* --- The answer as bytes --- */

static bool has_content(const struct exchange *x)
{
	return x->req.method != HTTP_HEAD && x->status != 204 && x->status != 304;
}

uint64_t exchange_content_size(const struct exchange *x)
{
	if (!has_content(x))
		return 0;
	return x->pieces ? x->pieces_size : x->content.n;
}

/* What goes with every answer of a kind. */
static void write_policies(const struct exchange *x, struct buf *out)
{
	bool page = x->type && slice_eq_str(slice_str(x->type), PAGE_HTML) && !x->pieces;
	char text[32];

	if (x->type)
		http_write_text(out, "X-Content-Type-Options", "nosniff");
	if (page) {
		http_write_text(out, "Content-Security-Policy",
		    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
		    "base-uri 'none'; frame-ancestors 'none'");
		/* Not no-referrer: that would make browsers send "Origin: null" with forms. */
		http_write_text(out, "Referrer-Policy", "same-origin");
	}
	if (x->route && x->route->flags & ROUTE_PRIVATE)
		http_write_text(out, "Cache-Control", "no-store");
	if (x->secure && x->site->hsts) {
		snprintf(text, sizeof(text), "max-age=%lld", (long long)x->site->hsts);
		http_write_text(out, "Strict-Transport-Security", text);
	}
}

static void write_head(const struct exchange *x, bool close, struct buf *out)
{
	uint64_t size = x->pieces ? x->pieces_size : x->content.n;
	size_t before = out->n;

	http_write_head(out, x->status, clock_real(), x->type, size, close);
	if (x->site->http10 && out->n >= before + sizeof("HTTP/1.1"))
		out->p[before + sizeof("HTTP/1.") - 1] = '0';
	if (!close && x->req.major == 1 && x->req.minor == 0)
		http_write_text(out, "Connection", "keep-alive");
	write_policies(x, out);
	cors_write(x, out);
	buf_slice(out, buf_view(&x->fields));
	http_write_end(out);
}

int exchange_write_head(struct exchange *x, bool close, struct buf *out)
{
	size_t before = out->n;

	if (x->fields.failed || x->content.failed)
		exchange_error(x, 500, "The answer could not be made");
	write_head(x, close, out);
	if (!out->failed)
		return 0;
	out->n = before;
	return -1;
}

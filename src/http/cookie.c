/* Cookies: RFC 6265bis 4 (what to send), 5 (what to accept). */
#include "http/cookie.h"

#include "base/clock.h"
#include "http/date.h"
#include "http/octet.h"
#include "http/write.h"

#include <arpa/inet.h>

/* A control octet other than the tab: 6265bis 5.6 step 1. */
static bool has_control(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
			return true;
	return false;
}

/* Cuts s at the first '=' into trimmed halves; without one, the whole is the value and the name is
 * empty. */
static void split_pair(struct slice s, struct slice *name, struct slice *value)
{
	ssize_t at = slice_chr(s, '=');

	*name = slice_trim(slice_sub(s, 0, at < 0 ? 0 : (size_t)at));
	*value = slice_trim(slice_skip(s, (size_t)(at + 1)));
}

/* cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE ) */
static bool value_clean(struct slice v)
{
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = slice_sub(v, 1, v.n - 2);
	return v.n == 0 || http_all(v, HTTP_COOKIE);
}

bool http_cookie_next(struct slice *rest, struct http_cookie *out)
{
	while (rest->p) {
		split_pair(slice_cut(rest, ';'), &out->name, &out->value);
		if (out->name.n == 0)
			continue;
		out->clean = http_all(out->name, HTTP_TOKEN) && value_clean(out->value);
		return true;
	}
	return false;
}

int http_cookie_get(const struct http_msg *req, struct slice name, struct slice *value)
{
	const struct http_field *f = http_find(req, SLICE("Cookie"));
	struct http_cookie c;
	bool clean = true;
	int hits = 0;

	for (; f; f = http_find_next(req, f, SLICE("Cookie"))) {
		struct slice rest = f->value;

		while (http_cookie_next(&rest, &c)) {
			if (!slice_eq(c.name, name))
				continue;
			*value = c.value;
			clean = clean && c.clean;
			hits++;
		}
	}
	return hits > 1 || !clean ? -1 : hits;
}

/* --- Reading Set-Cookie --- */

/* 6265bis 5.6.2: [-]1*DIGIT; anything else leaves the cookie as it was.  What overflows is as good
 * as for ever. */
static void attr_max_age(struct http_setcookie *c, struct slice v)
{
	bool negative = v.n && *v.p == '-';
	uint64_t n;

	if (!http_all(slice_skip(v, negative), HTTP_DIGIT))
		return;
	if (slice_u64(slice_skip(v, negative), &n) < 0 || n > INT64_MAX)
		n = INT64_MAX;
	c->has_max_age = true;
	c->max_age = negative ? -(int64_t)n : (int64_t)n;
}

static void attr_expires(struct http_setcookie *c, struct slice v)
{
	int64_t seconds;

	if (http_cookie_date(v, &seconds) < 0)
		return;
	c->has_expires = true;
	c->expires = seconds;
}

static void attr_samesite(struct http_setcookie *c, struct slice v)
{
	c->samesite = HTTP_SAMESITE_DEFAULT;
	if (slice_ieq(v, SLICE("None")))
		c->samesite = HTTP_SAMESITE_NONE;
	else if (slice_ieq(v, SLICE("Lax")))
		c->samesite = HTTP_SAMESITE_LAX;
	else if (slice_ieq(v, SLICE("Strict")))
		c->samesite = HTTP_SAMESITE_STRICT;
}

static void attribute(struct http_setcookie *c, struct slice name, struct slice v)
{
	if (slice_ieq(name, SLICE("Expires")))
		attr_expires(c, v);
	else if (slice_ieq(name, SLICE("Max-Age")))
		attr_max_age(c, v);
	else if (slice_ieq(name, SLICE("Domain")))
		c->domain = slice_skip(v, v.n && *v.p == '.');
	else if (slice_ieq(name, SLICE("Path")))
		c->path = v.n && *v.p == '/' ? v : slice_of(NULL, 0);
	else if (slice_ieq(name, SLICE("Secure")))
		c->secure = true;
	else if (slice_ieq(name, SLICE("HttpOnly")))
		c->http_only = true;
	else if (slice_ieq(name, SLICE("SameSite")))
		attr_samesite(c, v);
	else if (slice_ieq(name, SLICE("Partitioned")))
		c->partitioned = true;
	else
		c->unknown++;
}

int http_setcookie_parse(struct slice value, struct http_setcookie *out)
{
	struct slice rest = value, name, v;

	memset(out, 0, sizeof(*out));
	if (has_control(value))
		return -1;
	split_pair(slice_cut(&rest, ';'), &out->name, &out->value);
	if (out->name.n + out->value.n == 0 || out->name.n + out->value.n > HTTP_COOKIE_PAIR_MAX)
		return -1;
	while (rest.p) {
		struct slice piece = slice_trim(slice_cut(&rest, ';'));
		ssize_t at = slice_chr(piece, '=');

		if (piece.n == 0)
			continue;
		name = slice_trim(at < 0 ? piece : slice_sub(piece, 0, (size_t)at));
		v = at < 0 ? slice_of(NULL, 0) : slice_trim(slice_skip(piece, (size_t)at + 1));
		if (v.n <= HTTP_COOKIE_ATTR_MAX)
			attribute(out, name, v);
	}
	return 0;
}

/* --- Judging --- */

static enum http_cookie_flaw prefix_flaw(const struct http_setcookie *c)
{
	struct slice host = SLICE("__Host-"), secure = SLICE("__Secure-");

	if (c->name.n == 0 && (slice_istarts(c->value, host) || slice_istarts(c->value, secure)))
		return HTTP_COOKIE_PREFIX_HIDDEN;
	if (slice_istarts(c->name, secure) && !c->secure)
		return HTTP_COOKIE_SECURE_PREFIX;
	if (slice_istarts(c->name, host) && (!c->secure || c->domain.n || !slice_eq_str(c->path, "/")))
		return HTTP_COOKIE_HOST_PREFIX;
	return HTTP_COOKIE_FINE;
}

enum http_cookie_flaw http_setcookie_check(const struct http_setcookie *c, struct slice host, bool secure)
{
	if (c->domain.n && !http_domain_match(host, c->domain))
		return HTTP_COOKIE_FOREIGN;
	if (c->secure && !secure)
		return HTTP_COOKIE_NOT_SECURE;
	if (c->samesite == HTTP_SAMESITE_NONE && !c->secure)
		return HTTP_COOKIE_SAMESITE_NONE;
	if (c->partitioned && !c->secure)
		return HTTP_COOKIE_PARTITIONED;
	return prefix_flaw(c);
}

const char *http_cookie_flaw_text(enum http_cookie_flaw f)
{
	switch (f) {
	case HTTP_COOKIE_FINE: return "Nothing speaks against the cookie";
	case HTTP_COOKIE_FOREIGN: return "Its Domain does not cover the host that set it";
	case HTTP_COOKIE_NOT_SECURE: return "It is Secure but came over a connection without TLS";
	case HTTP_COOKIE_SECURE_PREFIX: return "A __Secure- name needs the Secure attribute";
	case HTTP_COOKIE_HOST_PREFIX: return "A __Host- name needs Secure and Path=/ and allows no Domain";
	case HTTP_COOKIE_SAMESITE_NONE: return "SameSite=None needs the Secure attribute";
	case HTTP_COOKIE_PARTITIONED: return "Partitioned needs the Secure attribute";
	case HTTP_COOKIE_PREFIX_HIDDEN: return "It has no name, and a value that passes for a prefixed name";
	}
	return "";
}

/* --- Writing Set-Cookie --- */

/* A path of octets that a URL may have; 6265bis 4.1.1 would allow more. */
static bool path_writable(struct slice v)
{
	size_t i;

	for (i = 0; i < v.n; i++)
		if (v.p[i] != '%' && (!http_octet_is(v.p[i], HTTP_TARGET) || v.p[i] == ';'))
			return false;
	return v.n == 0 || *v.p == '/';
}

/* A host name: letters, digits, '-' and '.', which a user agent would drop in front; addresses need
 * no Domain. */
static bool domain_writable(struct slice v)
{
	size_t i;

	for (i = 0; i < v.n; i++)
		if (!http_octet_is(v.p[i], HTTP_UNRESERVED) || v.p[i] == '~' || v.p[i] == '_')
			return false;
	return v.n == 0 || *v.p != '.';
}

static bool writable(const struct http_setcookie *c)
{
	if (!http_all(c->name, HTTP_TOKEN) || (c->value.n && !http_all(c->value, HTTP_COOKIE)))
		return false;
	if (!path_writable(c->path) || !domain_writable(c->domain))
		return false;
	if (c->name.n + c->value.n > HTTP_COOKIE_PAIR_MAX)
		return false;
	return http_setcookie_check(c, c->domain, true) == HTTP_COOKIE_FINE;
}

static const char *samesite_text(enum http_samesite s)
{
	switch (s) {
	case HTTP_SAMESITE_NONE: return "; SameSite=None";
	case HTTP_SAMESITE_LAX: return "; SameSite=Lax";
	case HTTP_SAMESITE_STRICT: return "; SameSite=Strict";
	case HTTP_SAMESITE_DEFAULT: break;
	}
	return "";
}

static void write_attributes(struct buf *out, const struct http_setcookie *c)
{
	const int64_t latest = INT64_MAX / CLOCK_SEC; /* what base/clock.h can hold: the year 2262 */
	int64_t expires = c->expires > latest ? latest : c->expires < 0 ? 0 : c->expires;
	char date[32];

	if (c->path.n)
		buf_printf(out, "; Path=%.*s", SLICE_ARG(c->path));
	if (c->domain.n)
		buf_printf(out, "; Domain=%.*s", SLICE_ARG(c->domain));
	if (c->has_max_age)
		buf_printf(out, "; Max-Age=%lld", (long long)(c->max_age > 0 ? c->max_age : 0));
	if (c->has_expires)
		buf_printf(out, "; Expires=%s", clock_http_date(expires * CLOCK_SEC, date, sizeof(date)));
	if (c->secure)
		buf_puts(out, "; Secure");
	if (c->http_only)
		buf_puts(out, "; HttpOnly");
	buf_puts(out, samesite_text(c->samesite));
	if (c->partitioned)
		buf_puts(out, "; Partitioned");
}

int http_setcookie_write(struct buf *out, const struct http_setcookie *c)
{
	size_t before = out->n;

	if (!writable(c)) {
		out->failed = true;
		return -1;
	}
	buf_puts(out, "Set-Cookie: ");
	buf_slice(out, c->name);
	buf_putc(out, '=');
	buf_slice(out, c->value);
	write_attributes(out, c);
	buf_puts(out, "\r\n");
	if (!out->failed)
		return 0;
	out->n = before;
	return -1;
}

/* --- Matching --- */

static bool is_address(struct slice host)
{
	struct in_addr addr;
	char text[INET_ADDRSTRLEN + 1];

	if (host.n && *host.p == '[')
		return true;
	return host.n < sizeof(text) && inet_pton(AF_INET, slice_cstr(host, text, sizeof(text)), &addr) == 1;
}

bool http_domain_match(struct slice host, struct slice domain)
{
	if (slice_ieq(host, domain))
		return true;
	if (domain.n == 0 || host.n <= domain.n || is_address(host))
		return false;
	return host.p[host.n - domain.n - 1] == '.' && slice_ieq(slice_skip(host, host.n - domain.n), domain);
}

bool http_path_match(struct slice request_path, struct slice cookie_path)
{
	if (cookie_path.n == 0 || !slice_starts(request_path, cookie_path))
		return false;
	return request_path.n == cookie_path.n || cookie_path.p[cookie_path.n - 1] == '/' ||
	       request_path.p[cookie_path.n] == '/';
}

struct slice http_default_path(struct slice request_path)
{
	ssize_t slash = slice_rchr(request_path, '/');

	if (slash <= 0 || *request_path.p != '/')
		return SLICE("/");
	return slice_sub(request_path, 0, (size_t)slash);
}

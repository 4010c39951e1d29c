/* URLs: RFC 3986 as HTTP narrows it (RFC 9110 4.2), forms after the WHATWG URL standard, section 5.
 */
#include "http/url.h"

#include "http/octet.h"

#include <arpa/inet.h>

void http_url_split(struct slice target, struct slice *path, struct slice *query)
{
	ssize_t at = slice_chr(target, '?');

	*path = at < 0 ? target : slice_sub(target, 0, (size_t)at);
	*query = at < 0 ? slice_of(NULL, 0) : slice_skip(target, (size_t)at + 1);
}

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ), then "://".  Its length, or 0. */
static size_t scheme_length(struct slice text)
{
	size_t i;

	for (i = 0; i < text.n; i++) {
		uint8_t c = http_lower(text.p[i]);

		if (c >= 'a' && c <= 'z')
			continue;
		if (i == 0 || !(http_octet_is(c, HTTP_DIGIT) || c == '+' || c == '-' || c == '.'))
			break;
	}
	return slice_starts(slice_skip(text, i), SLICE("://")) ? i : 0;
}

/* Cuts s at the first octet c: *rest starts behind it, and has p == NULL when there is none. */
static struct slice cut_at(struct slice s, uint8_t c, struct slice *rest)
{
	*rest = s;
	return slice_cut(rest, c);
}

int http_url_parse(struct slice text, struct http_url *out)
{
	size_t scheme = scheme_length(text), i;
	struct slice authority;
	ssize_t at;

	memset(out, 0, sizeof(*out));
	out->port = -1;
	if (scheme == 0)
		return -1;
	out->scheme = slice_sub(text, 0, scheme);
	text = cut_at(slice_skip(text, scheme + 3), '#', &out->fragment);
	for (i = 0; i < text.n && text.p[i] != '/' && text.p[i] != '?'; i++)
		;
	authority = slice_sub(text, 0, i);
	out->path = cut_at(slice_skip(text, i), '?', &out->query);
	at = slice_rchr(authority, '@');
	if (at >= 0) {
		out->userinfo = slice_sub(authority, 0, (size_t)at);
		authority = slice_skip(authority, (size_t)at + 1);
	}
	return http_authority_split(authority, &out->host, &out->port);
}

static bool is_ip6(struct slice s)
{
	struct in6_addr addr;
	char text[INET6_ADDRSTRLEN];

	if (s.n >= sizeof(text) || memchr(s.p, '\0', s.n))
		return false;
	return inet_pton(AF_INET6, slice_cstr(s, text, sizeof(text)), &addr) == 1;
}

/* IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool is_ip_future(struct slice s)
{
	ssize_t dot = slice_chr(s, '.');
	size_t i;

	if (dot < 2 || http_lower(*s.p) != 'v' || (size_t)dot + 1 == s.n)
		return false;
	if (!http_all(slice_sub(s, 1, (size_t)dot - 1), HTTP_HEX))
		return false;
	for (i = (size_t)dot + 1; i < s.n; i++)
		if (!http_octet_is(s.p[i], HTTP_NAME) && s.p[i] != ':')
			return false;
	return true;
}

/* The length of an IP literal with its brackets at the start of s, or 0. */
static size_t literal_length(struct slice s)
{
	ssize_t close = slice_chr(s, ']');
	struct slice inside = slice_sub(s, 1, close < 1 ? 0 : (size_t)close - 1);

	return inside.n && (is_ip6(inside) || is_ip_future(inside)) ? (size_t)close + 1 : 0;
}

/* The length of the run of reg-name octets and escapes at the start of s. */
static size_t name_length(struct slice s)
{
	size_t i = 0;

	while (i < s.n) {
		if (http_octet_is(s.p[i], HTTP_NAME))
			i++;
		else if (s.p[i] == '%' && http_all(slice_sub(s, i + 1, 2), HTTP_HEX) && i + 2 < s.n)
			i += 3;
		else
			break;
	}
	return i;
}

int http_authority_split(struct slice authority, struct slice *host, int32_t *port)
{
	size_t n = authority.n && *authority.p == '[' ? literal_length(authority) : name_length(authority);
	struct slice rest = slice_skip(authority, n);
	uint64_t number;

	*port = -1;
	*host = slice_sub(authority, 0, n);
	if (n == 0)
		return -1;
	if (rest.n == 0)
		return 0;
	if (*rest.p != ':')
		return -1;
	rest = slice_skip(rest, 1);
	if (rest.n == 0)
		return 0;
	if (slice_u64(rest, &number) < 0 || number > 65535)
		return -1;
	*port = (int32_t)number;
	return 0;
}

/* One octet of percent-encoded text: its value, with *used the octets it took; -1 for a bad escape.
 */
static int decode_octet(struct slice in, int flags, size_t *used)
{
	*used = 1;
	if (*in.p == '+' && (flags & HTTP_DECODE_PLUS))
		return ' ';
	if (*in.p != '%')
		return *in.p;
	if (in.n >= 3 && http_octet_is(in.p[1], HTTP_HEX) && http_octet_is(in.p[2], HTTP_HEX)) {
		*used = 3;
		return (int)(http_hex(in.p[1]) << 4 | http_hex(in.p[2]));
	}
	return flags & HTTP_DECODE_RAW ? '%' : -1;
}

ssize_t http_percent_decode(struct slice in, int flags, uint8_t *out, size_t size)
{
	size_t used, n = 0;

	while (in.n) {
		int c = decode_octet(in, flags, &used);

		if (c < 0 || n == size)
			return -1;
		out[n++] = (uint8_t)c;
		in = slice_skip(in, used);
	}
	return (ssize_t)n;
}

int http_percent_encode(struct buf *out, struct slice s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i;

	if (s.n > SIZE_MAX / 3 || buf_reserve(out, 3 * s.n) < 0) {
		out->failed = true;
		return -1;
	}
	for (i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (http_octet_is(c, HTTP_UNRESERVED)) {
			out->p[out->n++] = c;
			continue;
		}
		out->p[out->n++] = '%';
		out->p[out->n++] = (uint8_t)hex[c >> 4];
		out->p[out->n++] = (uint8_t)hex[c & 15];
	}
	return 0;
}

/* Takes the last segment of the path out[0..n) away, and its slash: "/a/b" gives "/a", "/a" gives
 * "". */
static size_t drop_segment(const char *out, size_t n)
{
	while (n > 0 && out[--n] != '/')
		;
	return n;
}

/* Resolves "." and ".." segments of the path p[0..n), which starts with '/', in place: RFC
 * 3986 5.2.4 on decoded octets.  Returns the new length. */
static size_t resolve_dots(char *p, size_t n)
{
	size_t in = 0, out = 0, len;

	while (in < n) {
		for (len = 1; in + len < n && p[in + len] != '/'; len++)
			;
		if (len == 2 && p[in + 1] == '.') {
			if (in + len == n)
				p[out++] = '/';
		} else if (len == 3 && p[in + 1] == '.' && p[in + 2] == '.') {
			out = drop_segment(p, out);
			if (in + len == n)
				p[out++] = '/';
		} else {
			memmove(p + out, p + in, len);
			out += len;
		}
		in += len;
	}
	return out;
}

ssize_t http_url_path(struct slice path, char *out, size_t size)
{
	ssize_t n;
	size_t lead = path.n == 0 || *path.p != '/';

	if (size < lead + 1)
		return -1;
	out[0] = '/';
	n = http_percent_decode(path, 0, (uint8_t *)out + lead, size - lead - 1);
	if (n < 0 || memchr(out, '\0', lead + (size_t)n))
		return -1;
	n = (ssize_t)resolve_dots(out, lead + (size_t)n);
	if (n == 0)
		out[n++] = '/';
	out[n] = '\0';
	return n;
}

bool http_form_next(struct slice *rest, struct slice *name, struct slice *value)
{
	while (rest->p) {
		struct slice piece = slice_cut(rest, '&');

		if (piece.n == 0)
			continue;
		*name = cut_at(piece, '=', value);
		return true;
	}
	return false;
}

/* Does the encoded text decode to `want`? */
static bool decodes_to(struct slice text, struct slice want)
{
	size_t used, i = 0;

	while (text.n && i < want.n) {
		if (decode_octet(text, HTTP_DECODE_PLUS | HTTP_DECODE_RAW, &used) != want.p[i++])
			return false;
		text = slice_skip(text, used);
	}
	return text.n == 0 && i == want.n;
}

ssize_t http_form_get(struct slice form, const char *name, char *out, size_t size)
{
	struct slice key, value, found = { NULL, 0 };
	unsigned hits = 0;
	ssize_t n;

	while (http_form_next(&form, &key, &value)) {
		if (!decodes_to(key, slice_str(name)))
			continue;
		found = value;
		hits++;
	}
	if (hits != 1)
		return hits ? -2 : -1;
	if (size == 0)
		return -2;
	n = http_percent_decode(found, HTTP_DECODE_PLUS | HTTP_DECODE_RAW, (uint8_t *)out, size - 1);
	if (n < 0 || memchr(out, '\0', (size_t)n))
		return -2;
	out[n] = '\0';
	return n;
}

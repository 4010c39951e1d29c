/* Credentials: RFC 9110 11.4, RFC 7617 2, RFC 6750 2.1, RFC 7616 3.4. */
#include "http/credentials.h"

#include "base/base64.h"
#include "http/octet.h"

static size_t token_length(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n && http_octet_is(s.p[i], HTTP_TOKEN); i++)
		;
	return i;
}

static enum http_scheme scheme_of(struct slice token)
{
	if (slice_ieq(token, SLICE("Basic")))
		return HTTP_SCHEME_BASIC;
	if (slice_ieq(token, SLICE("Bearer")))
		return HTTP_SCHEME_BEARER;
	if (slice_ieq(token, SLICE("Digest")))
		return HTTP_SCHEME_DIGEST;
	return HTTP_SCHEME_OTHER;
}

int http_credentials_split(struct slice value, struct http_credentials *out)
{
	size_t n = token_length(value);

	memset(out, 0, sizeof(*out));
	if (n == 0 || (n < value.n && value.p[n] != ' '))
		return -1;
	out->scheme_text = slice_sub(value, 0, n);
	out->scheme = scheme_of(out->scheme_text);
	out->rest = slice_trim(slice_skip(value, n));
	return 0;
}

static bool has_control(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

int http_basic_decode(struct slice rest, char *buf, size_t size, struct slice *user, struct slice *password)
{
	ssize_t n = base64_decode(rest, BASE64_STD | BASE64_PADDED, (uint8_t *)buf, size), colon;
	struct slice all;

	if (n < 0)
		return -1;
	all = slice_of(buf, (size_t)n);
	colon = slice_chr(all, ':');
	if (colon < 0 || has_control(all))
		return -1;
	*user = slice_sub(all, 0, (size_t)colon);
	*password = slice_skip(all, (size_t)colon + 1);
	return 0;
}

/* 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" */
int http_bearer(struct slice rest, struct slice *token)
{
	size_t i = 0, n;

	while (
	    i < rest.n && (http_octet_is(rest.p[i], HTTP_UNRESERVED) || rest.p[i] == '+' || rest.p[i] == '/'))
		i++;
	for (n = i; n < rest.n && rest.p[n] == '='; n++)
		;
	if (i == 0 || n < rest.n)
		return -1;
	*token = rest;
	return 0;
}

/* The length of a quoted string at the start of s with both quotes, or 0 when it does not end. */
static size_t quoted_length(struct slice s, bool *escaped)
{
	size_t i;

	*escaped = false;
	for (i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return i + 1;
		if (s.p[i] == '\\') {
			*escaped = true;
			i++;
		}
	}
	return 0;
}

/* The value behind '=': a token or a quoted string, cut off *s. */
static int take_param_value(struct slice *s, struct slice *value, bool *escaped)
{
	size_t n;

	*escaped = false;
	if (s->n && *s->p == '"') {
		n = quoted_length(*s, escaped);
		if (n == 0)
			return -1;
		*value = slice_sub(*s, 1, n - 2);
	} else {
		n = token_length(*s);
		if (n == 0)
			return -1;
		*value = slice_sub(*s, 0, n);
	}
	*s = slice_trim(slice_skip(*s, n));
	return 0;
}

int http_param_next(struct slice *rest, struct slice *name, struct slice *value, bool *escaped)
{
	struct slice s = slice_trim(*rest);
	size_t n;

	while (s.n && *s.p == ',')
		s = slice_trim(slice_skip(s, 1));
	if (s.n == 0) {
		*rest = s;
		return 0;
	}
	n = token_length(s);
	*name = slice_sub(s, 0, n);
	s = slice_trim(slice_skip(s, n));
	if (n == 0 || s.n == 0 || *s.p != '=')
		return -1;
	s = slice_trim(slice_skip(s, 1));
	if (take_param_value(&s, value, escaped) < 0 || (s.n && *s.p != ','))
		return -1;
	*rest = s;
	return 1;
}

ssize_t http_unquote(struct slice inside, char *out, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < inside.n; i++) {
		if (inside.p[i] == '\\' && i + 1 < inside.n)
			i++;
		if (n == size)
			return -1;
		out[n++] = (char)inside.p[i];
	}
	return (ssize_t)n;
}

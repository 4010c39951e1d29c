/* Recognising HTTP/1 by content.  RFC 9112 3 and 4. */
#include "http/octet.h"
#include "http/parse.h"

static enum http_guess guess_prefix(struct slice s, struct slice want, enum http_guess then)
{
	if (s.n >= want.n)
		return slice_starts(s, want) ? then : HTTP_GUESS_NO;
	return slice_starts(want, s) ? HTTP_GUESS_MORE : HTTP_GUESS_NO;
}

static enum http_guess guess_request(struct slice s)
{
	enum { METHOD_MAX = 24 }; /* the longest in the IANA registry has 17 */
	size_t i = 0, target;

	while (i < s.n && http_octet_is(s.p[i], HTTP_TOKEN))
		i++;
	if (i > METHOD_MAX)
		return HTTP_GUESS_NO;
	if (i == s.n)
		return HTTP_GUESS_MORE;
	if (i == 0 || s.p[i] != ' ')
		return HTTP_GUESS_NO;
	target = ++i;
	while (i < s.n && s.p[i] > ' ' && s.p[i] != 0x7f)
		i++;
	if (i == s.n)
		return i < HTTP_LINE_MAX ? HTTP_GUESS_MORE : HTTP_GUESS_NO;
	if (i == target || s.p[i] != ' ')
		return HTTP_GUESS_NO;
	return guess_prefix(slice_skip(s, i + 1), SLICE("HTTP/1."), HTTP_GUESS_REQUEST);
}

enum http_guess http_message_looks_like(struct slice start)
{
	enum http_guess g = guess_prefix(start, SLICE("HTTP/1."), HTTP_GUESS_RESPONSE);

	return g == HTTP_GUESS_NO ? guess_request(start) : g;
}

/* Building heads and chunks; see write.h.  RFC 9112 3, 4, 5, 7.1. */
#include "http/write.h"

#include "base/clock.h"
#include "http/octet.h"

static int refuse(struct buf *out)
{
	out->failed = true;
	return -1;
}

/* Makes room for n more bytes and says where they go; NULL, with out->failed, when there is none.
 */
static uint8_t *room(struct buf *out, size_t n)
{
	return buf_reserve(out, n) < 0 ? NULL : out->p + out->n;
}

static uint8_t *add(uint8_t *at, struct slice s)
{
	if (s.n)
		memcpy(at, s.p, s.n);
	return at + s.n;
}

/* Counts what was written from the room() on. */
static int written(struct buf *out, const uint8_t *at)
{
	out->n = (size_t)(at - out->p);
	return 0;
}

/* The decimal digits of n at the end of text. */
static struct slice decimal(uint64_t n, char text[20])
{
	size_t i = 20;

	do
		text[--i] = (char)('0' + n % 10);
	while (n /= 10);
	return slice_of(text + i, 20 - i);
}

/* A field value or phrase: no control octet, which includes every way to end a line (RFC 9110 5.5).
 */
static bool is_text(struct slice s)
{
	return s.n == 0 || http_all(s, HTTP_TEXT);
}

int http_write_status(struct buf *out, unsigned status)
{
	struct slice phrase = slice_str(http_status_phrase(status));
	char digits[20];
	uint8_t *at;

	if (status < 100 || status > 999)
		return refuse(out);
	at = room(out, 15 + phrase.n);
	if (!at)
		return -1;
	at = add(at, SLICE("HTTP/1.1 "));
	at = add(at, decimal(status, digits));
	at = add(at, SLICE(" "));
	at = add(at, phrase);
	return written(out, add(at, SLICE("\r\n")));
}

static bool is_visible(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return s.n > 0;
}

int http_write_request(struct buf *out, struct slice method, struct slice target)
{
	uint8_t *at;

	if (!http_all(method, HTTP_TOKEN) || !is_visible(target))
		return refuse(out);
	at = room(out, method.n + target.n + 12);
	if (!at)
		return -1;
	at = add(at, method);
	at = add(at, SLICE(" "));
	at = add(at, target);
	return written(out, add(at, SLICE(" HTTP/1.1\r\n")));
}

int http_write_field(struct buf *out, struct slice name, struct slice value)
{
	uint8_t *at;

	if (!http_all(name, HTTP_TOKEN) || !is_text(value))
		return refuse(out);
	at = room(out, name.n + value.n + 4);
	if (!at)
		return -1;
	at = add(at, name);
	at = add(at, SLICE(": "));
	at = add(at, value);
	return written(out, add(at, SLICE("\r\n")));
}

int http_write_text(struct buf *out, const char *name, const char *value)
{
	return http_write_field(out, slice_str(name), slice_str(value));
}

int http_write_number(struct buf *out, const char *name, uint64_t value)
{
	char digits[20];

	return http_write_field(out, slice_str(name), decimal(value, digits));
}

int http_write_date(struct buf *out, int64_t now)
{
	char date[32];

	return http_write_field(out, SLICE("Date"), slice_str(clock_http_date(now, date, sizeof(date))));
}

int http_write_end(struct buf *out)
{
	return buf_slice(out, SLICE("\r\n"));
}

static bool has_length(unsigned status)
{
	return status / 100 != 1 && status != 204 && status != 304;
}

int http_write_head(struct buf *out, unsigned status, int64_t now, const char *content_type,
    uint64_t content_length, bool close)
{
	if (http_write_status(out, status) < 0 || http_write_date(out, now) < 0)
		return -1;
	if (content_type && http_write_text(out, "Content-Type", content_type) < 0)
		return -1;
	if (has_length(status) && http_write_number(out, "Content-Length", content_length) < 0)
		return -1;
	return close ? http_write_text(out, "Connection", "close") : 0;
}

int http_write_chunk(struct buf *out, struct slice data)
{
	static const char hex[] = "0123456789abcdef";
	char size[16];
	size_t i = sizeof(size), n = data.n;
	uint8_t *at;

	if (data.n == 0)
		return 0;
	for (; n; n >>= 4)
		size[--i] = hex[n & 15];
	at = room(out, sizeof(size) - i + data.n + 4);
	if (!at)
		return -1;
	at = add(at, slice_of(size + i, sizeof(size) - i));
	at = add(at, SLICE("\r\n"));
	at = add(at, data);
	return written(out, add(at, SLICE("\r\n")));
}

int http_write_last_chunk(struct buf *out)
{
	return buf_slice(out, SLICE("0\r\n\r\n"));
}

/* Heads between HTTP/2 and HTTP/1.1; see server_head.h.  RFC 9113 8.2 and 8.3. */
#include "http2/server_head.h"

#include "http/write.h"

enum { KEPT = 2 * 1024 /* bytes of a buffer worth keeping for the next head */ };

/* --- Requests ------------------------------------------------------------------------------------------- */

void h2_head_begin(struct h2_request_head *h, size_t limit)
{
	h->limit = limit;
	h->malformed = h->large = false;
	buf_clear(&h->parts);
	buf_clear(&h->lines);
	buf_clear(&h->cookie);
	buf_clear(&h->text);
	memset(h->part, 0, sizeof(h->part));
}

static enum h2_head_part part_of(struct slice name)
{
	static const char *const names[H2_PARTS] = { ":method", ":scheme", ":authority", ":path", "host" };
	int i = 0;

	while (i < H2_PARTS && !slice_eq_str(name, names[i]))
		i++;
	return (enum h2_head_part)i;
}

/* Fits on a line of its own, whoever reads it. */
static bool is_visible(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0;
}

static void put_part(struct h2_request_head *h, enum h2_head_part i, struct slice value)
{
	if (h->part[i].there || (value.n && !is_visible(value)))
		h->malformed = true;
	h->part[i].there = true;
	h->part[i].at = h->parts.n;
	h->part[i].n = value.n;
	buf_slice(&h->parts, value);
}

void h2_head_field(struct h2_request_head *h, struct slice name, struct slice value)
{
	enum h2_head_part part;

	h->large = h->large ||
	           h->parts.n + h->lines.n + h->cookie.n + name.n + value.n + sizeof(": \r\n") > h->limit;
	if (h->large)
		return;
	part = name.n && (name.p[0] == ':' || name.p[0] == 'h') ? part_of(name) : H2_PARTS;
	if (part != H2_PARTS) {
		put_part(h, part, value);
	} else if (slice_eq(name, SLICE("cookie"))) {
		if (h->cookie.n)
			buf_puts(&h->cookie, "; ");
		buf_slice(&h->cookie, value);
	} else {
		http_write_field(&h->lines, name, value);
	}
}

static struct slice part(const struct h2_request_head *h, enum h2_head_part i)
{
	return slice_sub(buf_view(&h->parts), h->part[i].at, h->part[i].n);
}

/* What stands in the request line.  CONNECT has no path (8.5); of the others only "*" begins otherwise than with a
 * slash (8.3.1). */
static int target(const struct h2_request_head *h, struct slice *out)
{
	struct slice scheme = part(h, H2_SCHEME);

	if (slice_eq(part(h, H2_METHOD), SLICE("CONNECT"))) {
		*out = part(h, H2_AUTHORITY);
		return h->part[H2_PATH].there || h->part[H2_SCHEME].there ? -1 : 0;
	}
	*out = part(h, H2_PATH);
	if (!slice_ieq_str(scheme, "https") && !slice_ieq_str(scheme, "http"))
		return -1;
	return out->n && (out->p[0] == '/' || slice_eq(*out, SLICE("*"))) ? 0 : -1;
}

static void put_hosts(struct h2_request_head *h)
{
	struct slice authority = part(h, H2_AUTHORITY), host = part(h, H2_HOST);

	if (h->part[H2_AUTHORITY].there)
		http_write_field(&h->text, SLICE("host"), authority);
	if (h->part[H2_HOST].there && !(h->part[H2_AUTHORITY].there && slice_ieq(authority, host)))
		http_write_field(&h->text, SLICE("host"), host);
}

static void put_text(struct h2_request_head *h, struct slice where)
{
	buf_slice(&h->text, part(h, H2_METHOD));
	buf_putc(&h->text, ' ');
	buf_slice(&h->text, where);
	buf_puts(&h->text, " HTTP/1.1\r\n");
	put_hosts(h);
	buf_slice(&h->text, buf_view(&h->lines));
	if (h->cookie.n)
		http_write_field(&h->text, SLICE("cookie"), buf_view(&h->cookie));
	http_write_end(&h->text);
}

int h2_head_end(struct h2_request_head *h, struct slice *out)
{
	struct slice where;

	*out = slice_of(NULL, 0);
	if (h->large && !h->malformed)
		return 0;
	if (h->malformed || target(h, &where) || !part(h, H2_METHOD).n)
		return -1;
	put_text(h, where);
	if (h->parts.failed || h->lines.failed || h->cookie.failed || h->text.failed)
		return -1;
	*out = buf_view(&h->text);
	return 0;
}

static void rest(struct buf *b)
{
	if (b->cap > KEPT)
		buf_fini(b);
}

void h2_head_rest(struct h2_request_head *h)
{
	rest(&h->parts);
	rest(&h->lines);
	rest(&h->cookie);
	rest(&h->text);
}

void h2_head_fini(struct h2_request_head *h)
{
	buf_fini(&h->parts);
	buf_fini(&h->lines);
	buf_fini(&h->cookie);
	buf_fini(&h->text);
}

/* --- Answers -------------------------------------------------------------------------------------------- */

/* RFC 9113 8.2.2. */
static bool is_about_connection(struct slice name)
{
	static const char *const names[] = { "connection", "keep-alive", "upgrade", "transfer-encoding",
		"proxy-connection" };

	if (!name.n || !strchr("ckutp", name.p[0]))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (slice_eq_str(name, names[i]))
			return true;
	return false;
}

static struct slice lower(struct slice name)
{
	uint8_t *p = (uint8_t *)name.p; /* the caller's buffer, which may be changed */

	for (size_t i = 0; i < name.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] |= 0x20;
	return name;
}

int h2_head_split(struct buf *head, struct slice *names, struct slice *values, int max)
{
	struct slice rest = buf_view(head), line = slice_cut(&rest, '\n');
	int n = 0;

	if (line.n < sizeof("HTTP/1.1 200") - 1 || max < 1)
		return -1;
	names[n] = SLICE(":status");
	values[n++] = slice_sub(line, sizeof("HTTP/1.1 ") - 1, 3);
	for (line = slice_cut(&rest, '\n'); line.n > 1; line = slice_cut(&rest, '\n')) {
		struct slice value = slice_sub(line, 0, line.n - 1), name = lower(slice_cut(&value, ':'));

		if (is_about_connection(name))
			continue;
		if (n == max)
			return -1;
		names[n] = name;
		values[n++] = slice_trim(value);
	}
	return n;
}

/* The requests of a run; see requests.h. */
#include "load/requests.h"

#include "http/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void requests_fini(struct requests *r)
{
	buf_fini(&r->bytes);
	free(r->v);
	*r = (struct requests){ 0 };
}

/* The request that ends with the bytes there are: `n` of them.  Its place is kept as an offset. */
static int append(struct requests *r, size_t n, enum http_method method, struct err *e)
{
	size_t cap = r->cap ? r->cap * 2 : 16;
	struct request *v;

	if (r->n == r->cap) {
		v = realloc(r->v, cap * sizeof(*v));
		if (!v)
			return err_set(e, ERR_ENV, "no memory for the requests");
		r->v = v;
		r->cap = cap;
	}
	r->v[r->n++] = (struct request){ { NULL, n }, method };
	return 0;
}

void requests_settle(struct requests *r)
{
	size_t at = 0;

	for (size_t i = 0; i < r->n; at += r->v[i].bytes.n, i++)
		r->v[i].bytes.p = r->bytes.p + at;
}

/* --- One request from its parts -------------------------------------------------------------------- */

/* "Name: value" in two. */
static int split_header(const char *text, struct slice *name, struct slice *value, struct err *e)
{
	struct slice rest = slice_str(text);

	*name = slice_cut(&rest, ':');
	*value = slice_trim(rest);
	if (!rest.p || name->n == 0)
		return err_set(e, ERR_USAGE, "-H takes 'Name: value', not '%s'", text);
	return 0;
}

static bool has_header(const struct request_parts *p, const char *wanted)
{
	struct slice name, value;

	for (int i = 0; p->headers && i < p->headers->n; i++)
		if (split_header(p->headers->v[i], &name, &value, NULL) == 0 && slice_ieq_str(name, wanted))
			return true;
	return false;
}

static int put_headers(struct buf *out, const struct request_parts *p, struct err *e)
{
	struct slice name, value;

	for (int i = 0; p->headers && i < p->headers->n; i++) {
		if (split_header(p->headers->v[i], &name, &value, e))
			return -1;
		if (http_write_field(out, name, value))
			return err_set(e, ERR_USAGE, "-H '%s': not a header field", p->headers->v[i]);
	}
	return 0;
}

/* Methods whose content has a meaning say so when there is none (RFC 9110 8.6). */
static bool wants_length(enum http_method m)
{
	return m == HTTP_POST || m == HTTP_PUT || m == HTTP_PATCH;
}

int requests_add(struct requests *r, struct slice method, struct slice target, const struct request_parts *p,
    struct err *e)
{
	size_t start = r->bytes.n;
	struct buf *out = &r->bytes;

	if (http_write_request(out, method, target))
		return err_set(e, ERR_USAGE, "'%.*s %.*s': not a method and a target", SLICE_ARG(method),
		    SLICE_ARG(target));
	if (!has_header(p, "Host"))
		http_write_field(out, SLICE("Host"), p->authority);
	if (put_headers(out, p, e))
		return -1;
	if ((p->body.n || wants_length(http_method_of(method))) && !has_header(p, "Content-Length"))
		http_write_number(out, "Content-Length", p->body.n);
	if (p->close && !has_header(p, "Connection"))
		http_write_text(out, "Connection", "close");
	http_write_end(out);
	buf_slice(out, p->body);
	if (out->failed)
		return err_set(
		    e, ERR_USAGE, "the requests are larger than %d MB together", REQUESTS_BYTES_MAX >> 20);
	return append(r, out->n - start, http_method_of(method), e);
}

/* --- A file of them -------------------------------------------------------------------------------- */

/* The octet of an escape; *s begins behind the backslash and is moved on.  -1: there is none such. */
static int unescape(struct slice *s)
{
	static const char from[] = "rnt0\"\\", to[] = "\r\n\t\0\"\\";
	const char *at = s->n && s->p[0] ? strchr(from, s->p[0]) : NULL;
	uint64_t value;

	if (at && *at) {
		*s = slice_skip(*s, 1);
		return (uint8_t)to[at - from];
	}
	if (s->n < 3 || s->p[0] != 'x' || slice_hex64(slice_sub(*s, 1, 2), &value))
		return -1;
	*s = slice_skip(*s, 3);
	return (int)value;
}

/* A line in quotes, sent as it is. */
static int add_raw(struct requests *r, struct slice line, struct err *e)
{
	size_t start = r->bytes.n;
	struct slice rest = slice_skip(line, 1), first;
	int octet;

	while (rest.n && rest.p[0] != '"') {
		octet = rest.p[0];
		rest = slice_skip(rest, 1);
		if (octet == '\\' && (octet = unescape(&rest)) < 0)
			return err_set(
			    e, ERR_USAGE, "an escape that is none of \\r \\n \\t \\0 \\\" \\\\ \\xNN");
		buf_putc(&r->bytes, (char)octet);
	}
	if (rest.n != 1 || r->bytes.n == start)
		return err_set(e, ERR_USAGE, "a raw request begins and ends with a quote and is not empty");
	if (r->bytes.failed)
		return err_set(e, ERR_USAGE, "the requests are too large together");
	first = slice_skip(buf_view(&r->bytes), start);
	return append(r, r->bytes.n - start, http_method_of(slice_cut(&first, ' ')), e);
}

static int add_line(struct requests *r, struct slice line, const struct request_parts *p, struct err *e)
{
	struct slice method;

	if (line.p[0] == '"')
		return add_raw(r, line, e);
	method = slice_cut(&line, ' ');
	line = slice_trim(line);
	if (!line.p || line.n == 0)
		return err_set(e, ERR_USAGE, "write METHOD TARGET, or a raw request in quotes");
	return requests_add(r, method, line, p, e);
}

int requests_parse(
    struct requests *r, struct slice text, const char *name, const struct request_parts *p, struct err *e)
{
	size_t number = 0;

	while (text.p && text.n) {
		struct slice line = slice_cut(&text, '\n');

		number++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		line = slice_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (r->n == REQUESTS_MAX)
			return err_set(e, ERR_USAGE, "%s: more than %d requests", name, REQUESTS_MAX);
		if (add_line(r, line, p, e))
			return err_in(e, "%s:%zu", name, number);
	}
	return r->n ? 0 : err_set(e, ERR_USAGE, "%s: no request in it", name);
}

int requests_read(struct buf *out, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0)
		return err_sys(e, "cannot open %s", path);
	buf_init(out, REQUESTS_BYTES_MAX);
	while (buf_reserve(out, 64 * 1024) == 0) {
		n = read(fd, out->p + out->n, 64 * 1024);
		if (n <= 0 && !(n < 0 && errno == EINTR))
			break;
		out->n += n > 0 ? (size_t)n : 0;
		n = -1;
	}
	if (n < 0 && out->failed)
		err_set(e, ERR_USAGE, "%s is larger than %d MB", path, REQUESTS_BYTES_MAX >> 20);
	else if (n < 0)
		err_sys(e, "cannot read %s", path);
	close(fd);
	return n < 0 ? -1 : 0;
}

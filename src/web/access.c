/* The access log; see access.h. */
#include "web/access.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "web/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINES_MAX = 256 * 1024, FLUSH_AT = 16 * 1024 };

static int open_log(const char *path, struct err *e)
{
	int fd = strcmp(path, "-") == 0
	             ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
	             : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);

	return fd < 0 ? err_sys(e, "access log %s", path) : fd;
}

int access_open(struct access *a, const char *path, bool json, struct err *e)
{
	*a = (struct access){ .fd = -1, .json = json };
	buf_init(&a->lines, LINES_MAX);
	if (path)
		a->fd = open_log(path, e);
	return path && a->fd < 0 ? -1 : 0;
}

int access_reopen(struct access *a, const char *path, struct err *e)
{
	int fd;

	if (a->fd < 0 || strcmp(path, "-") == 0)
		return 0;
	fd = open_log(path, e);
	if (fd < 0)
		return -1;
	access_flush(a);
	close(a->fd);
	a->fd = fd;
	return 0;
}

void access_close(struct access *a)
{
	access_flush(a);
	buf_fini(&a->lines);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

/* How much of it to write at once: what a pipe takes in one piece, so that another worker's lines do not come in
 * between; a longer line as it is. */
static size_t whole_lines(struct slice s)
{
	const uint8_t *end = s.n > PIPE_BUF ? memrchr(s.p, '\n', PIPE_BUF) : NULL;

	return end ? (size_t)(end - s.p) + 1 : s.n;
}

void access_flush(struct access *a)
{
	size_t at = 0;

	while (at < a->lines.n) {
		ssize_t n = write(a->fd, a->lines.p + at, whole_lines(slice_skip(buf_view(&a->lines), at)));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			log_warn("access log: lines are lost");
			break;
		}
		at += (size_t)n;
	}
	buf_clear(&a->lines);
}

/* Text within quotes. */
static void put_text(struct buf *out, struct slice s)
{
	while (s.p) {
		escape_text(out, slice_cut(&s, '"'));
		if (s.p)
			buf_puts(out, "\\x22");
	}
}

static bool is_secret(struct slice name)
{
	static const char *const names[] = { "password", "passwd", "pass", "pwd", "secret", "token",
		"access_token", "refresh_token", "id_token", "code", "key", "api_key", "sid", "session",
		"csrf" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (slice_ieq_str(name, names[i]))
			return true;
	return false;
}

typedef void (*put_fn)(struct buf *out, struct slice s);

/* A URL, the values of its secret parameters masked. */
static void put_url(struct buf *out, struct slice url, put_fn put)
{
	struct slice rest = url;
	char sep = '?';

	put(out, slice_cut(&rest, '?'));
	while (rest.p) {
		struct slice value = slice_cut(&rest, '&'), name = slice_cut(&value, '=');

		buf_putc(out, sep);
		sep = '&';
		put(out, name);
		if (value.p) {
			buf_putc(out, '=');
			put(out, is_secret(name) ? SLICE("***") : value);
		}
	}
}

static void put_request(struct buf *out, const struct http_msg *req)
{
	if (!req->method_text.n) {
		buf_putc(out, '-');
		return;
	}
	put_text(out, req->method_text);
	if (req->target.n) {
		buf_putc(out, ' ');
		put_url(out, req->target, put_text);
		buf_printf(out, " HTTP/%u.%u", req->major, req->minor);
	}
}

static void put_time(struct buf *out)
{
	time_t seconds = (time_t)(clock_real() / CLOCK_SEC);
	char text[40];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "[%d/%b/%Y:%H:%M:%S +0000]", &tm);
	buf_puts(out, text);
}

static void put_combined(struct buf *out, const struct exchange *x, const char *host, uint64_t bytes)
{
	struct slice referer = http_value(&x->req, SLICE("Referer"));
	struct slice agent = http_value(&x->req, SLICE("User-Agent"));

	buf_printf(out, "%s - ", host);
	put_text(out, x->user ? slice_str(x->user) : SLICE("-"));
	buf_putc(out, ' ');
	put_time(out);
	buf_puts(out, " \"");
	put_request(out, &x->req);
	buf_printf(out, "\" %u %llu \"", x->status, (unsigned long long)bytes);
	put_url(out, referer.n ? referer : SLICE("-"), put_text);
	buf_puts(out, "\" \"");
	put_text(out, agent.n ? agent : SLICE("-"));
	buf_puts(out, "\"\n");
}

/* ,"key":"value", or null without one. */
static void put_member(struct buf *out, const char *key, struct slice value, put_fn put)
{
	buf_printf(out, ",\"%s\":%s", key, value.p ? "\"" : "null");
	if (!value.p)
		return;
	put(out, value);
	buf_putc(out, '"');
}

static void put_json_url(struct buf *out, struct slice url)
{
	put_url(out, url, escape_json);
}

static void put_json(
    struct buf *out, const struct exchange *x, const char *host, uint64_t bytes, int64_t took)
{
	const struct http_msg *req = &x->req;
	char time[32];

	buf_printf(
	    out, "{\"time\":\"%s\",\"address\":\"%s\"", clock_utc(clock_real(), time, sizeof(time)), host);
	put_member(out, "user", x->user ? slice_str(x->user) : (struct slice){ 0 }, escape_json);
	buf_printf(out, ",\"tls\":%s", x->secure ? "true" : "false");
	put_member(out, "method", req->method_text, escape_json);
	put_member(out, "target", req->target, put_json_url);
	buf_printf(out, ",\"version\":\"%u.%u\"", req->major, req->minor);
	put_member(out, "host", req->host, escape_json);
	buf_printf(out, ",\"status\":%u,\"bytes\":%llu,\"seconds\":%lld.%06lld", x->status,
	    (unsigned long long)bytes, (long long)(took / CLOCK_SEC), (long long)(took % CLOCK_SEC / 1000));
	put_member(out, "referer", http_value(req, SLICE("Referer")), put_json_url);
	put_member(out, "agent", http_value(req, SLICE("User-Agent")), escape_json);
	buf_puts(out, "}\n");
}

void access_note(struct access *a, const struct exchange *x, uint64_t bytes, int64_t took)
{
	struct buf *out = &a->lines;
	char host[ADDR_TEXT];

	if (a->fd < 0)
		return;
	addr_format_host(x->peer, host, sizeof(host));
	if (a->json)
		put_json(out, x, host, bytes, took);
	else
		put_combined(out, x, host, bytes);
	if (out->n > FLUSH_AT)
		access_flush(a);
}

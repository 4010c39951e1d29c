/* Files beneath one directory; see files.h.  The kernel itself keeps the look-up inside
 * (openat2(2), Linux 5.6). */
#include "web/files.h"

#include "base/clock.h"
#include "http/date.h"
#include "http/url.h"
#include "web/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".htm", "text/html; charset=utf-8" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".md", "text/markdown; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".mjs", "text/javascript; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".xml", "application/xml" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".jpeg", "image/jpeg" },
	{ ".gif", "image/gif" },
	{ ".webp", "image/webp" },
	{ ".ico", "image/vnd.microsoft.icon" },
	{ ".woff2", "font/woff2" },
	{ ".pdf", "application/pdf" },
	{ ".wasm", "application/wasm" },
	{ ".gz", "application/gzip" },
	{ ".zip", "application/zip" },
	{ ".pcap", "application/vnd.tcpdump.pcap" },
};

static const char *type_of(const char *path)
{
	struct slice name = slice_str(path);
	ssize_t dot = slice_rchr(name, '.');

	for (size_t i = 0; dot >= 0 && i < sizeof(types) / sizeof(*types); i++)
		if (slice_ieq_str(slice_skip(name, (size_t)dot), types[i].ending))
			return types[i].type;
	return "application/octet-stream";
}

static int open_beneath(int root, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

int files_open_root(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), probe;

	if (fd < 0)
		return err_sys(e, "directory %s", path);
	probe = open_beneath(fd, ".", O_DIRECTORY); /* is there openat2 at all? */
	if (probe < 0) {
		err_sys(e, "directory %s: openat2", path);
		close(fd);
		return -1;
	}
	close(probe);
	return fd;
}

static bool is_hidden(const char *path)
{
	return strstr(path, "/.") && strncmp(path, "/.well-known/", 13) != 0;
}

/* --- Conditional requests --- */

static bool etag_matches(struct slice list, struct slice etag)
{
	struct slice member;

	while (http_list_next(&list, &member)) {
		if (slice_starts(member, SLICE("W/")))
			member = slice_skip(member, 2);
		if (slice_eq(member, etag) || slice_eq_str(member, "*"))
			return true;
	}
	return false;
}

/* RFC 9110 13.2.2: If-None-Match, when there, makes If-Modified-Since mean nothing. */
static bool not_modified(const struct http_msg *req, struct slice etag, int64_t modified)
{
	const struct http_field *f = http_find(req, SLICE("If-None-Match"));
	int64_t since;

	if (f) {
		for (; f; f = http_find_next(req, f, SLICE("If-None-Match")))
			if (etag_matches(f->value, etag))
				return true;
		return false;
	}
	return http_date_parse(http_value(req, SLICE("If-Modified-Since")), &since) == 0 && modified <= since;
}

/* --- The answer --- */

static enum web_progress answer_file(struct exchange *x, int fd, const struct stat *st, const char *path)
{
	int64_t modified = (int64_t)st->st_mtim.tv_sec;
	char etag[48], date[32];
	int n = snprintf(etag, sizeof(etag), "\"%llx-%llx\"",
	    (unsigned long long)modified * 1000000000 + (unsigned long long)st->st_mtim.tv_nsec,
	    (unsigned long long)st->st_size);
	bool same = not_modified(&x->req, slice_of(etag, (size_t)n), modified);

	exchange_begin(x, same ? 304 : 200, same ? NULL : type_of(path));
	exchange_field(x, "ETag", etag);
	exchange_field(x, "Last-Modified", clock_http_date(modified * CLOCK_SEC, date, sizeof(date)));
	if (same) {
		close(fd);
		return WEB_ANSWERED;
	}
	x->file = fd;
	return exchange_pieces(x, &(struct exchange_piece){ .size = (uint64_t)st->st_size }, 1);
}

/* A directory asked for without its last '/': relative links need it.  Encoded again, and with one
 * slash in front: "//host/" would lead elsewhere. */
static enum web_progress add_slash(struct exchange *x)
{
	struct slice rest = slice_str(x->path);
	struct buf to = { 0 };

	while (slice_starts(rest, SLICE("/")))
		rest = slice_skip(rest, 1);
	while (rest.p) {
		buf_putc(&to, '/');
		http_percent_encode(&to, slice_cut(&rest, '/'));
	}
	buf_putc(&to, '/');
	exchange_redirect(x, 301, buf_cstr(&to));
	buf_fini(&to);
	return WEB_ANSWERED;
}

static enum web_progress cannot_open(struct exchange *x, int error)
{
	if (error == EMFILE || error == ENFILE || error == ENOMEM)
		return exchange_busy(x, "The server has too many files open");
	return exchange_error(x, 404, "There is nothing at this path");
}

enum web_progress files_serve(struct exchange *x)
{
	const char *path = x->path;
	struct stat st;
	int fd;

	if (path[strlen(path) - 1] == '/')
		path = arena_printf(&x->arena, "%sindex.html", path);
	while (*path == '/')
		path++;
	if (is_hidden(x->path))
		return cannot_open(x, ENOENT);
	fd = open_beneath(x->site->root, path, 0);
	if (fd < 0)
		return cannot_open(x, errno);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return answer_file(x, fd, &st, path);
	close(fd);
	return S_ISDIR(st.st_mode) ? add_slash(x) : cannot_open(x, ENOENT);
}

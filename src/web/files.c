/* Files beneath one directory; see files.h.  The kernel itself keeps the look-up inside
 * (openat2(2), Linux 5.6). */
#include "web/files.h"

#include "base/clock.h"
#include "http/url.h"
#include "web/condition.h"
#include "web/exchange.h"
#include "web/gzip.h"
#include "web/listing.h"
#include "web/mime.h"
#include "web/range.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* --- The answer --- */

enum {
	PACK_MIN = 256,        /* bytes: below, gzip saves nothing worth having */
	PACK_MAX = 256 * 1024, /* above, packing would keep the others waiting: put a .gz beside it */
	BOUNDARY = 24,         /* letters */
};

/* A file that is open, and how it is to be sent. */
struct found {
	int fd;
	uint64_t size;
	const char *type;
	bool packs;  /* of a type worth compressing */
	bool packed; /* it is the .gz that lies beside what was asked for */
	char etag[64];
	int64_t modified;
};

/* Into a row of letters that will not come up in the content. */
static int make_boundary(char out[BOUNDARY + 1])
{
	if (getrandom(out, BOUNDARY, 0) != BOUNDARY)
		return -1;
	for (int i = 0; i < BOUNDARY; i++)
		out[i] = (char)('a' + ((uint8_t)out[i] & 15));
	out[BOUNDARY] = '\0';
	return 0;
}

static const char *content_range(struct exchange *x, const struct range *r, uint64_t size)
{
	return arena_printf(&x->arena, "bytes %llu-%llu/%llu", (unsigned long long)r->at,
	    (unsigned long long)(r->at + r->size - 1), (unsigned long long)size);
}

/* Several ranges: multipart/byteranges (RFC 9110 14.6). */
static enum web_progress answer_parts(
    struct exchange *x, const struct found *f, const struct range *ranges, size_t n)
{
	struct exchange_piece parts[RANGES_MAX + 1];
	char boundary[BOUNDARY + 1];

	if (make_boundary(boundary))
		return exchange_error(x, 500, "There are no random numbers");
	for (size_t i = 0; i < n; i++)
		parts[i] = (struct exchange_piece){
			slice_str(
			    arena_printf(&x->arena, "%s--%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n",
			        i ? "\r\n" : "", boundary, f->type, content_range(x, &ranges[i], f->size))),
			ranges[i].at,
			ranges[i].size,
		};
	parts[n] =
	    (struct exchange_piece){ slice_str(arena_printf(&x->arena, "\r\n--%s--\r\n", boundary)), 0, 0 };
	x->type = arena_printf(&x->arena, "multipart/byteranges; boundary=%s", boundary);
	x->status = 206;
	return exchange_pieces(x, parts, n + 1);
}

/* The content, or the parts of it that were asked for; the fields are there already. */
static enum web_progress answer_content(struct exchange *x, const struct found *f)
{
	struct validators v = { slice_str(f->etag), f->modified };
	struct exchange_piece part = { .size = f->size };
	struct range ranges[RANGES_MAX];
	int n = 0;

	/* RFC 9110 14.2: of all methods Range means something to GET alone. */
	if (x->req.method == HTTP_GET && condition_range(&x->req, &v, clock_real() / CLOCK_SEC))
		n = range_parse(http_value(&x->req, SLICE("Range")), f->size, ranges);
	if (n < 0) {
		exchange_error(x, 416, "The ranges are all beyond the end");
		exchange_field(
		    x, "Content-Range", arena_printf(&x->arena, "bytes */%llu", (unsigned long long)f->size));
		return WEB_ANSWERED;
	}
	if (n > 1)
		return answer_parts(x, f, ranges, (size_t)n);
	if (n == 1) {
		x->status = 206;
		part.at = ranges[0].at;
		part.size = ranges[0].size;
		exchange_field(x, "Content-Range", content_range(x, &ranges[0], f->size));
	}
	return exchange_pieces(x, &part, 1);
}

static bool packs_now(const struct exchange *x, const struct found *f)
{
	return x->site->gzip && f->packs && !f->packed && f->size >= PACK_MIN && f->size <= PACK_MAX &&
	       gzip_accepted(&x->req) && !http_find(&x->req, SLICE("Range"));
}

/* Compressed on the way out.  -1: not; the answer is unchanged. */
static int answer_packed(struct exchange *x, const struct found *f)
{
	uint8_t *p = arena_raw(&x->arena, (size_t)f->size);
	bool whole = p && pread(f->fd, p, (size_t)f->size, 0) == (ssize_t)f->size;

	return whole ? gzip_pack(&x->content, slice_of(p, (size_t)f->size)) : -1;
}

/* What is said of the representation whether it is sent or not (RFC 9110 15.4.5). */
static void describe(struct exchange *x, const struct found *f)
{
	char text[48];

	exchange_field(x, "ETag", f->etag);
	exchange_field(x, "Last-Modified", clock_http_date(f->modified * CLOCK_SEC, text, sizeof(text)));
	snprintf(text, sizeof(text), "max-age=%lld", (long long)x->site->max_age);
	exchange_field(x, "Cache-Control", x->site->max_age ? text : "no-cache");
	if (f->packs)
		exchange_field(x, "Vary", "Accept-Encoding");
}

/* Takes f->fd over. */
static enum web_progress answer_file(struct exchange *x, struct found *f)
{
	struct validators v = { slice_str(f->etag), f->modified };
	bool packed = packs_now(x, f);
	unsigned verdict;

	if (packed) /* another representation has another tag */
		memcpy(f->etag + strlen(f->etag) - 1, "-z\"", sizeof("-z\""));
	v.etag = slice_str(f->etag);
	verdict = condition_verdict(&x->req, &v);
	if (verdict == 412)
		exchange_error(x, 412, "The file is not the one that the request means");
	else
		exchange_begin(x, verdict ? verdict : 200, verdict ? NULL : f->type);
	describe(x, f);
	if (packed && !verdict && answer_packed(x, f) == 0) {
		exchange_field(x, "Content-Encoding", "gzip");
		verdict = 200;
	}
	if (verdict) {
		close(f->fd);
		return WEB_ANSWERED;
	}
	x->file = f->fd;
	exchange_field(x, "Accept-Ranges", "bytes");
	if (f->packed)
		exchange_field(x, "Content-Encoding", "gzip");
	return answer_content(x, f);
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

/* Opens a regular file.  0; 1 when it is a directory, -1 when it is nothing to serve: with errno. */
static int open_file(const struct exchange *x, const char *path, struct found *f)
{
	struct stat st;

	f->fd = open_beneath(x->site->root, path, 0);
	if (f->fd < 0)
		return -1;
	if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode)) {
		f->size = (uint64_t)st.st_size;
		f->modified = (int64_t)st.st_mtim.tv_sec;
		snprintf(f->etag, sizeof(f->etag), "\"%llx-%llx%s\"",
		    (unsigned long long)f->modified * 1000000000 + (unsigned long long)st.st_mtim.tv_nsec,
		    (unsigned long long)st.st_size, f->packed ? "-gz" : "");
		return 0;
	}
	close(f->fd);
	errno = ENOENT;
	return S_ISDIR(st.st_mode) ? 1 : -1;
}

/* A .gz beside the file takes its place for those who can undo it.  It must be no older: else somebody
 * changed the file and forgot it. */
static void prefer_packed(struct exchange *x, const char *path, struct found *f)
{
	struct found gz = { .type = f->type, .packs = true, .packed = true };

	if (!f->packs || !gzip_accepted(&x->req))
		return;
	if (open_file(x, arena_printf(&x->arena, "%s.gz", path), &gz))
		return;
	if (gz.modified < f->modified) {
		close(gz.fd);
		return;
	}
	close(f->fd);
	*f = gz;
}

static enum web_progress serve_directory(struct exchange *x)
{
	const char *path = x->path + strspn(x->path, "/");
	int fd;

	if (!x->site->listing)
		return cannot_open(x, ENOENT);
	fd = open_beneath(x->site->root, *path ? path : ".", O_DIRECTORY);
	return fd < 0 ? cannot_open(x, errno) : listing_page(x, fd);
}

enum web_progress files_serve(struct exchange *x)
{
	const char *path = x->path;
	bool directory = path[strlen(path) - 1] == '/';
	struct found f = { .fd = -1 };
	int r;

	if (is_hidden(x->path))
		return cannot_open(x, ENOENT);
	if (directory)
		path = arena_printf(&x->arena, "%sindex.html", path);
	path += strspn(path, "/");
	f.type = mime_type(path, &f.packs);
	r = open_file(x, path, &f);
	if (r > 0)
		return add_slash(x);
	if (r < 0)
		return directory && errno == ENOENT ? serve_directory(x) : cannot_open(x, errno);
	prefer_packed(x, path, &f);
	return answer_file(x, &f);
}

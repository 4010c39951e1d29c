/* Bytes of a file, plain or gzip; see infile.h.
 *
 * Reading into one buffer, rather than mapping the file, costs a copy that the cache hides, works
 * for pipes too, and cannot be killed by a file that another program cuts while it is read. */
#include "trace/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16 }; /* zlib's way to say "32 KiB window, gzip wrapping" */

struct infile {
	int fd;
	bool close_fd;
	bool regular;      /* never idle, and its size is known */
	bool ended;        /* no more bytes come from the file */
	bool gzip;         /* raw holds compressed bytes */
	bool member_ended; /* gzip: between two members */
	uint64_t size;     /* of a regular file, on disk */
	uint64_t done;     /* bytes read of it */
	uint64_t base;     /* offset of buf[0] */
	uint8_t *buf;
	size_t at, end, cap; /* buf[at..end) is the view */
	uint8_t *raw;        /* gzip: compressed bytes, INFILE_BUFFER of room */
	z_stream z;
};

struct infile *infile_open(const char *path, struct err *e)
{
	struct infile *in = calloc(1, sizeof(*in));
	struct stat st;

	if (!in) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	in->close_fd = strcmp(path, "-") != 0;
	in->fd = in->close_fd ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (in->fd < 0 || fstat(in->fd, &st) < 0) {
		err_sys(e, "cannot read %s", path);
		goto fail;
	}
	if (S_ISDIR(st.st_mode)) {
		err_set(e, ERR_ENV, "cannot read %s: it is a directory; name a capture file in it", path);
		goto fail;
	}
	in->regular = S_ISREG(st.st_mode);
	in->size = in->regular ? (uint64_t)st.st_size : 0;
	if (in->regular)
		posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	in->cap = INFILE_BUFFER;
	in->buf = malloc(in->cap);
	if (!in->buf) {
		err_set(e, ERR_ENV, "out of memory");
		goto fail;
	}
	return in;
fail:
	infile_close(in);
	return NULL;
}

void infile_close(struct infile *in)
{
	if (!in)
		return;
	if (in->gzip)
		inflateEnd(&in->z);
	if (in->close_fd && in->fd >= 0)
		close(in->fd);
	free(in->raw);
	free(in->buf);
	free(in);
}

struct slice infile_view(const struct infile *in)
{
	return slice_of(in->buf + in->at, in->end - in->at);
}

void infile_take(struct infile *in, size_t n)
{
	in->at += n;
}

bool infile_cut(const struct infile *in)
{
	return in->gzip && !in->member_ended;
}

uint64_t infile_offset(const struct infile *in)
{
	return in->base + in->at;
}

void infile_progress(const struct infile *in, uint64_t *done, uint64_t *all)
{
	*done = in->regular ? in->done : 0;
	*all = in->size;
}

/* Up to `room` bytes from the file; sets *got, and in->ended at its end. */
static enum infile_result read_some(struct infile *in, uint8_t *to, size_t room, size_t *got, struct err *e)
{
	struct pollfd ready = { .fd = in->fd, .events = POLLIN };
	ssize_t n = 1;

	*got = 0;
	if (!in->regular)
		n = poll(&ready, 1, INFILE_POLL_MS);
	if (n == 0)
		return INFILE_IDLE;
	if (n > 0)
		n = read(in->fd, to, room);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return errno == EINTR ? INFILE_SIGNAL : INFILE_IDLE;
	if (n < 0) {
		err_sys(e, "reading failed");
		return INFILE_ERROR;
	}
	in->ended = n == 0;
	in->done += (uint64_t)n;
	*got = (size_t)n;
	return INFILE_OK;
}

/* A gzip file may hold several members one after the other (RFC 1952 2.2); what follows the last
 * and does not start like one is padding, and ignored as gzip(1) does. */
static bool next_member(struct infile *in)
{
	if (in->z.avail_in == 0)
		return true;
	if (in->z.next_in[0] != 0x1f) {
		in->ended = true;
		in->z.avail_in = 0;
		return false;
	}
	in->member_ended = false;
	inflateReset(&in->z);
	return true;
}

/* Decompresses into buf[end..cap). */
static enum infile_result inflate_some(struct infile *in, struct err *e)
{
	enum infile_result r;
	size_t got;
	int rc;

	if (in->z.avail_in == 0 && !in->ended) {
		r = read_some(in, in->raw, INFILE_BUFFER, &got, e);
		if (r != INFILE_OK)
			return r;
		in->z.next_in = in->raw;
		in->z.avail_in = (uInt)got;
	}
	if (in->member_ended && !next_member(in))
		return INFILE_OK;
	in->z.next_out = in->buf + in->end;
	in->z.avail_out = (uInt)(in->cap - in->end);
	rc = inflate(&in->z, Z_NO_FLUSH);
	in->end = in->cap - in->z.avail_out;
	if (rc == Z_STREAM_END) {
		in->member_ended = true;
	} else if (rc != Z_OK && rc != Z_BUF_ERROR) {
		err_set(
		    e, ERR_DATA, "the gzip data is damaged (%s)", in->z.msg ? in->z.msg : "no reason given");
		return INFILE_ERROR;
	}
	return INFILE_OK;
}

static enum infile_result plain_some(struct infile *in, struct err *e)
{
	enum infile_result r;
	size_t got;

	if (in->ended)
		return INFILE_OK;
	r = read_some(in, in->buf + in->end, in->cap - in->end, &got, e);
	in->end += got;
	return r;
}

/* Moves the view to the front of the buffer, and makes room there for n bytes. */
static int make_room(struct infile *in, size_t n)
{
	uint8_t *bigger;

	memmove(in->buf, in->buf + in->at, in->end - in->at);
	in->base += in->at;
	in->end -= in->at;
	in->at = 0;
	if (n <= in->cap)
		return 0;
	bigger = realloc(in->buf, n);
	if (!bigger)
		return -1;
	in->buf = bigger;
	in->cap = n;
	return 0;
}

enum infile_result infile_need(struct infile *in, size_t n, struct err *e)
{
	enum infile_result r;
	size_t before;

	if (in->end - in->at >= n)
		return INFILE_OK;
	if ((n > in->cap - in->at || in->at > in->cap / 2) && make_room(in, n) < 0) {
		err_set(e, ERR_ENV, "out of memory");
		return INFILE_ERROR;
	}
	while (in->end - in->at < n) {
		before = in->end;
		r = in->gzip ? inflate_some(in, e) : plain_some(in, e);
		if (r != INFILE_OK)
			return r;
		if (in->end == before && in->ended && in->z.avail_in == 0)
			return INFILE_SHORT;
	}
	return INFILE_OK;
}

int infile_sniff(struct infile *in, struct err *e)
{
	struct slice all = infile_view(in);

	if (!slice_starts(all, SLICE("\x1f\x8b")))
		return 0;
	in->raw = malloc(INFILE_BUFFER);
	if (!in->raw || inflateInit2(&in->z, GZIP_WINDOW) != Z_OK)
		return err_set(e, ERR_ENV, "out of memory");
	in->gzip = true;
	memcpy(in->raw, all.p, all.n);
	in->z.next_in = in->raw;
	in->z.avail_in = (uInt)all.n;
	in->at = in->end = 0;
	return 0;
}

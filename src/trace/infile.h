/* The bytes of a file or pipe from front to back, gzip (RFC 1952) undone, as windows into one
 * bounded buffer. Private to the readers of capture files. */
#ifndef TRACE_INFILE_H
#define TRACE_INFILE_H

#include "base/err.h"
#include "base/slice.h"

enum {
	INFILE_BUFFER = 256 * 1024,    /* bytes asked for at once */
	INFILE_MAX = 16 * 1024 * 1024, /* the widest window */
	INFILE_POLL_MS = 200,          /* how long a pipe may be silent before INFILE_IDLE */
};

enum infile_result {
	INFILE_ERROR = -1, /* unreadable (ERR_ENV) or damaged gzip (ERR_DATA) */
	INFILE_SHORT = 0,  /* the file ends before */
	INFILE_OK = 1,
	INFILE_IDLE = 2,   /* a pipe has nothing to say; ask again */
	INFILE_SIGNAL = 3, /* a signal came while waiting; ask again, unless it meant to stop */
};

struct infile;

/* "-" is stdin.  NULL with *e: cannot be opened, or is a directory (ERR_ENV). */
struct infile *infile_open(const char *path, struct err *e);
void infile_close(struct infile *in);

/* Looks at the bytes in the view: when they are gzip, it is undone from then on.  0, or -1
 * (memory). */
int infile_sniff(struct infile *in, struct err *e);
/* Makes the next n bytes (n <= INFILE_MAX) available in infile_view; takes none of them. */
enum infile_result infile_need(struct infile *in, size_t n, struct err *e);
/* What is in the buffer, from the next byte on; valid until the next infile_need. */
struct slice infile_view(const struct infile *in);
/* Takes n bytes that are in the view. */
void infile_take(struct infile *in, size_t n);
/* After INFILE_SHORT: does even the compressed file end too early? */
bool infile_cut(const struct infile *in);
/* Offset of the next byte, counted after gzip is undone. */
uint64_t infile_offset(const struct infile *in);
/* Bytes read of the file as it lies on disk, and its size; 0 of 0 for a pipe. */
void infile_progress(const struct infile *in, uint64_t *done, uint64_t *all);

#endif

/* A row of output files in place of one (-C, -G, -W): when the next is due, and what it is called.  The folder is
 * opened first; the files are made beneath it when they are needed, which works as the calling user and in the
 * sandbox.  Private to the room, but for the folder. */
#ifndef RENDER_ROTATE_H
#define RENDER_ROTATE_H

#include <stdio.h>
#include <sys/stat.h>

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct rotate_options {
	const char *path; /* with strftime(3) conversions in the name, of the local time */
	uint64_t bytes;   /* a file is full; 0: never */
	int64_t seconds;  /* a file is over; 0: never */
	unsigned
	    count; /* files: with `bytes` the first is written over then, else the last ends the run; 0: no limit */
	const struct stat *input; /* never written over; NULL: none; copied */
};

struct rotate;

/* "200" (millions of bytes, as tcpdump), "500k", "1m" or "2g" (powers of 1024) in bytes.  0, or -1 with *e. */
int rotate_size(const char *text, uint64_t *bytes, struct err *e);

/* Opens the folder; no file yet.  NULL with *e: no such folder, or nothing can be made in it (ERR_ENV). */
struct rotate *rotate_new(const struct rotate_options *o, struct err *e);
/* Closes the present file; 0, or -1 with *e when its last bytes could not be written. */
int rotate_close(struct rotate *r, struct err *e);
void rotate_free(struct rotate *r);

/* The folder, for sandbox_enter. */
int rotate_dir(const struct rotate *r);

/* Is it time for a (first or) next file, before `size` bytes more of a packet of this time (nanoseconds)? */
bool rotate_due(const struct rotate *r, int64_t ts, uint64_t size);
/* The next file, empty, mode 0600; the one before is closed, so what is collected for it must have been flushed.  NULL
 * with *e, of kind ERR_NONE when the last file is over and the run with it. */
FILE *rotate_next(struct rotate *r, int64_t ts, struct err *e);
/* Bytes more went to the present file. */
void rotate_wrote(struct rotate *r, uint64_t size);
/* The present file's path, for messages. */
const char *rotate_path(const struct rotate *r);

#endif

/* Output of a sink: collected in one buffer and written in large pieces, so that a packet costs no
 * system call and no allocation. */
#ifndef RENDER_OUT_H
#define RENDER_OUT_H

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "trace/sink.h"

enum { OUT_PIECE = 64 * 1024 }; /* bytes collected before they are written */

struct out {
	FILE *to;         /* the caller's */
	const char *name; /* for messages */
	struct buf buf;   /* append here */
};

/* A sink of `size` bytes, zero but for its row; the row's free() frees it.  NULL with *e: out of memory. */
void *out_sink(size_t size, const struct sink_ops *ops, struct err *e);

void out_init(struct out *o, FILE *to, const char *name);
void out_fini(struct out *o);
/* Writes what was collected when it is enough for a piece.  0, or -1 with *e (ERR_ENV). */
int out_spill(struct out *o, struct err *e);
/* Writes all of it, through to the file. */
int out_flush(struct out *o, struct err *e);

#endif

/* Where frames go.  One row of functions per output; the rows are in src/render.  A sink only reads what it
 * is given: what there is to say was decided before. */
#ifndef TRACE_SINK_H
#define TRACE_SINK_H

#include "base/err.h"
#include "trace/exchange.h"
#include "trace/frame.h"
#include "trace/stats.h"

/* What is known at the end: the counters, and notes that belong to no single packet. */
struct trace_end {
	const struct trace_stats *stats;
	const struct note *notes;
	const struct err *damage;  /* why the input ended early, or NULL */
	uint64_t dropped;          /* packets lost before they could be captured */
	const struct hosts *hosts; /* names of addresses that the source brought; NULL: none */
};

struct sink;

/* Each call gives 0, or -1 with *e.  Of kind ERR_NONE: whoever reads standard output has gone, as `head` does;
 * then the sink gets no more calls, the others their end, and the run is over without a failure. */
struct sink_ops {
	const char *name; /* "text" */
	/* NULL: only the end is wanted; when no sink takes packets, nothing is said about them. */
	int (*packet)(struct sink *s, const struct frame *f, struct err *e);
	/* New key log lines became known (SSLKEYLOGFILE format); before the packets that need them.  NULL: not
	 * wanted. */
	int (*secrets)(struct sink *s, struct slice lines, struct err *e);
	int (*end)(struct sink *s, const struct trace_end *end, struct err *e);
	/* Everything shown so far reaches the reader now (live capture, end of a burst). */
	int (*flush)(struct sink *s, struct err *e);
	void (*free)(struct sink *s);
	/* A request with its response, as whole as it was captured, after the packet that completed it; valid
	 * for the duration of the call.  NULL: not wanted, and then not collected. */
	int (*exchange)(struct sink *s, const struct exchange *x, struct err *e);
};

/* A row's own struct begins with this. */
struct sink {
	const struct sink_ops *ops;
};

#endif

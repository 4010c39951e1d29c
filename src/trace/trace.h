/* The conductor of a capture: packets from a source, through the decoders, flows, reassembly and the upper
 * layers, to the sinks.  See docs/tour.md, "A packet". */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <signal.h>

#include "trace/sink.h"
#include "trace/source.h"

struct keylog;
struct trace;

struct trace_config {
	struct filter *filter;   /* NULL: every packet; stays the caller's */
	const char *display;     /* NULL: every packet is shown; see display.h */
	uint64_t count;          /* stop after so many packets; 0: no limit */
	const char *keylog_path; /* TLS key log to read, or NULL */
	bool keylog_grows;       /* it is being written while the capture is taken: follow it */
	bool no_names;           /* addresses are shown as such, also where the capture has names for them */
	bool redact;             /* take secrets out of all that sinks are given */
	struct slice jwt_key;    /* secret or PEM public key to check token signatures with; empty: none */
	const char *find[8];     /* texts to look for in the bytes on the wire */
	unsigned nfind;
	size_t memory;               /* bound on what flows and their reassembly may hold, bytes; 0: 64 MiB */
	volatile sig_atomic_t *stop; /* becomes true when the run is to end; may be NULL */
	bool flush_each;             /* every packet reaches the outputs at once, not at the end of a burst */
	/* Called now and then while the source is read, also while it is silent; may be NULL. */
	void (*look)(void *context, const struct trace *t, struct source *s);
	void *context; /* for look */
};

/* NULL with *e: key log not readable, expression of display wrong, out of memory.  Keeps pointers into config's
 * strings. */
struct trace *trace_new(const struct trace_config *config, struct err *e);
void trace_free(struct trace *t);

/* Frames go to this sink too, in the order of the calls; it stays the caller's. */
int trace_add_sink(struct trace *t, struct sink *s, struct err *e);

/* Reads the source to its end, or until the reader of an output has gone.  0; or -1 with *e for a damaged input (ERR_DATA; everything before the damage
 * was shown, and the sinks' ends were called), a sink that failed, or a source that did. */
int trace_run(struct trace *t, struct source *s, struct err *e);

const struct trace_stats *trace_stats(const struct trace *t);

#endif

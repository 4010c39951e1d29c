/* One run of the tracer from its options: the source with its filter, then the trace.  In two steps, so
 * that privileges can be dropped in between. */
#ifndef TRACE_SESSION_H
#define TRACE_SESSION_H

#include "base/opts.h"
#include "trace/trace.h"

/* What was asked for; strings are borrowed. */
struct session_options {
	const char *file;      /* a capture file, "-" for stdin */
	const char *interface; /* or a live interface */
	char **filter;         /* words of a BPF expression */
	int nfilter;
	bool quiet_nic;               /* not promiscuous */
	int64_t count;                /* 0: no limit */
	const char *keylog, *jwt_key; /* paths, or NULL */
	struct opt_list find;
	int64_t memory_mib; /* 0: the default */
};

struct session {
	struct source *source;
	struct filter *filter;
	struct trace *trace;
	uint8_t jwt_key[8192];
};

/* Opens what to read from, and makes SIGINT and SIGTERM end the run in good order.  -1 with *e; session_close
 * still has to be called. */
int session_source(struct session *s, const struct session_options *o, struct err *e);
/* Makes the trace, ready for sinks and trace_run. */
int session_trace(struct session *s, const struct session_options *o, struct err *e);
void session_close(struct session *s);

#endif

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
	bool no_names;      /* -n: accepted, since names are never looked up */
};

/* The rows of the command line that fill struct session_options. */
/* clang-format off */
#define SESSION_OPTS(o) \
	{ OPT_HEAD, 0, NULL, NULL, "Where packets come from:", NULL }, \
	{ OPT_TEXT, 'r', "read", "FILE", "a capture: pcap, pcapng, gzip of them; - for stdin", &(o)->file }, \
	{ OPT_TEXT, 'i', "interface", "IF", "capture live; any for all", &(o)->interface }, \
	{ OPT_FLAG, 'p', "no-promiscuous", NULL, "only what this machine sees anyway", &(o)->quiet_nic }, \
	{ OPT_INT, 'c', "count", "N", "stop after N packets", &(o)->count, 1, INT64_MAX }, \
	{ OPT_HEAD, 0, NULL, NULL, "What is known besides:", NULL }, \
	{ OPT_TEXT, 0, "keylog", "FILE", "TLS secrets (SSLKEYLOGFILE format), to decrypt", &(o)->keylog }, \
	{ OPT_TEXT, 0, "jwt-key", "FILE", "key to check signatures of tokens with: a secret, or a PEM public key", &(o)->jwt_key }, \
	{ OPT_LIST, 0, "find", "TEXT", "say where TEXT stands in clear on the wire", &(o)->find }, \
	{ OPT_INT, 0, "memory", "MIB", "bound for reassembly (64)", &(o)->memory_mib, 1, 1 << 20 }, \
	{ OPT_FLAG, 'n', NULL, NULL, "accepted: names are never looked up", &(o)->no_names }
/* clang-format on */

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

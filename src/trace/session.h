/* One run of the tracer from its options: the source with its filter, then the trace.  In two steps, so
 * that privileges can be dropped in between. */
#ifndef TRACE_SESSION_H
#define TRACE_SESSION_H

#include "base/opts.h"
#include "trace/trace.h"

/* What was asked for; strings are borrowed. */
struct session_options {
	struct opt_list files;      /* a capture file, "-" for stdin; or two of the same traffic */
	struct opt_list interfaces; /* or live interfaces, names or numbers of -D */
	bool list_interfaces;
	char **filter; /* words of a BPF expression */
	int nfilter;
	const char *filter_file;     /* or a file with it */
	bool quiet_nic;              /* not promiscuous */
	int64_t snaplen, buffer_kib; /* 0: the defaults */
	const char *direction;       /* "in", "out", "inout" or NULL */
	bool flush_each;
	const char *user;             /* whom to become; NULL: who called */
	int64_t count;                /* 0: no limit */
	const char *keylog, *jwt_key; /* paths, or NULL */
	struct opt_list find;
	int64_t memory_mib;  /* 0: the default */
	const char *display; /* an expression, see display.h, or NULL */
	bool no_names; /* addresses, not the names that a capture has for them; none are ever looked up */
	bool redact, no_redact;
	bool
	    shares; /* an output is one that people pass on: live, secrets are taken out unless told otherwise */
};

/* The rows of the command line that fill struct session_options. */
/* clang-format off */
#define SESSION_OPTS(o) \
	{ OPT_HEAD, 0, NULL, NULL, "Where packets come from:", NULL }, \
	{ OPT_LIST, 'r', "read", "FILE", "a capture: pcap, pcapng, gzip of them; - for stdin; twice: of two places", &(o)->files }, \
	{ OPT_LIST, 'i', "interface", "IF", "capture live, also on several; any for all", &(o)->interfaces }, \
	{ OPT_FLAG, 'D', "list-interfaces", NULL, "the interfaces there are, and exit", &(o)->list_interfaces }, \
	{ OPT_TEXT, 'F', "filter-file", "FILE", "the filter, from a file", &(o)->filter_file }, \
	{ OPT_INT, 'c', "count", "N", "stop after N packets", &(o)->count, 1, INT64_MAX }, \
	{ OPT_FLAG, 'p', "no-promiscuous", NULL, "only what this machine sees anyway", &(o)->quiet_nic }, \
	{ OPT_TEXT, 'Q', "direction", "WAY", "only what comes in, goes out, or inout", &(o)->direction }, \
	{ OPT_INT, 's', "snapshot-length", "BYTES", "keep so much of a packet; 0: all", &(o)->snaplen, 0, LIVE_SNAPLEN }, \
	{ OPT_INT, 'B', "buffer-size", "KIB", "room for packets in the kernel (32768)", &(o)->buffer_kib, 1, 1 << 21 }, \
	{ OPT_FLAG, 'U', "packet-buffered", NULL, "write each packet at once", &(o)->flush_each }, \
	{ OPT_FLAG, 'l', NULL, NULL, "the same", &(o)->flush_each }, \
	{ OPT_TEXT, 'Z', "relinquish-privileges", "USER", "as root: go on as USER, not as who called sudo", &(o)->user }, \
	{ OPT_TEXT, 'Y', "display", "EXPR", "show packets by a Lua expression over fields", &(o)->display }, \
	{ OPT_HEAD, 0, NULL, NULL, "What is known besides:", NULL }, \
	{ OPT_TEXT, 0, "keylog", "FILE", "TLS secrets (SSLKEYLOGFILE format), to decrypt", &(o)->keylog }, \
	{ OPT_TEXT, 0, "jwt-key", "FILE", "key to check signatures of tokens with: a secret, or a PEM public key", &(o)->jwt_key }, \
	{ OPT_LIST, 0, "find", "TEXT", "say where TEXT stands in clear on the wire", &(o)->find }, \
	{ OPT_INT, 0, "memory", "MIB", "bound for reassembly (64)", &(o)->memory_mib, 1, 1 << 20 }, \
	{ OPT_FLAG, 0, "redact", NULL, "take secrets out of all outputs; live, --html, --json and -w do", &(o)->redact }, \
	{ OPT_FLAG, 0, "no-redact", NULL, "show secrets there too", &(o)->no_redact }, \
	{ OPT_FLAG, 'n', NULL, NULL, "addresses, also where a capture has names for them", &(o)->no_names }
/* clang-format on */

struct session {
	struct source *source;
	struct filter *filter;
	struct trace *trace;
	uint8_t jwt_key[8192];
	char *interfaces[SOURCE_LIVE_MAX]; /* their names */
	bool live;
	int64_t warned;   /* when drops were said last, monotonic; 0: not yet */
	uint64_t dropped; /* how many there were then */
};

/* Writes the interfaces there are to standard output.  0, or -1 with *e. */
int session_list_interfaces(struct err *e);

/* Opens what to read from, and takes signals over: SIGINT and SIGTERM end the run in good order, SIGUSR1 has the
 * counters so far printed to stderr, and a reader of stdout that has gone ends the run (no SIGPIPE).  -1 with *e;
 * session_close still has to be called. */
int session_source(struct session *s, const struct session_options *o, struct err *e);
/* Makes the trace (which keeps a pointer to s), ready for sinks and trace_run. */
int session_trace(struct session *s, const struct session_options *o, struct err *e);
void session_close(struct session *s);

#endif

/* HTTP/2 over a stream, plain or decrypted: frames, header blocks, messages of each stream paired, settings and
 * windows in words.  RFC 9113, RFC 7541. */
#ifndef TRACE_H2FLOW_H
#define TRACE_H2FLOW_H

#include "trace/identity.h"

struct h2flow;

/* How it is known that this is HTTP/2. */
enum h2_entry {
	H2_BY_PRIOR_KNOWLEDGE, /* the client's preface came first, nothing was negotiated (h2c) */
	H2_BY_ALPN,            /* TLS agreed on it: the bytes come out of TLS */
	H2_BY_UPGRADE,         /* HTTP/1.1 gave way to it (h2c) */
	H2_UNDER_WAY,          /* the capture began later */
};

/* Over f; NULL when out of memory. */
struct h2flow *h2flow_new(struct trace *t, const struct flow *f, enum h2_entry entry);
void h2flow_free(struct trace *t, struct h2flow *h); /* NULL: no-op */

/* The request that asked for the upgrade is answered on stream 1 (RFC 7540 3.2); asked may be NULL. */
void h2flow_upgraded(struct trace *t, struct h2flow *h, const struct asked *asked);

/* The next bytes of one direction, in order. */
void h2flow_feed(struct trace *t, struct h2flow *h, enum flow_side side, struct slice bytes);
/* `missing` bytes of this direction are not in the capture. */
void h2flow_gap(struct trace *t, struct h2flow *h, enum flow_side side, uint32_t missing);
/* The direction ended (FIN or RST). */
void h2flow_end(struct trace *t, struct h2flow *h, enum flow_side side);

#endif

/* DNS as it is seen: queries, answers tied to them, records in words.  RFC 1035; RFC 5452 (answers that may be
 * forged), RFC 6762 (multicast DNS), RFC 7766 (over TCP). */
#ifndef TRACE_DNSFLOW_H
#define TRACE_DNSFLOW_H

#include "trace/context.h"

/* The present frame is a datagram from `side` of f, with port 53 or 5353. */
void dnsflow_datagram(struct trace *t, struct flow *f, enum flow_side side);

/* --- Over TCP: each message behind two bytes of length (RFC 1035 4.2.2) ---------------------------------- */

struct dnsstream;

/* Whether a stream of f that starts like this carries DNS: 1, 0 when more bytes are needed, -1 when not. */
int dnsstream_looks_like(const struct flow *f, struct slice start);

struct dnsstream *dnsstream_new(struct trace *t);          /* NULL: out of memory */
void dnsstream_free(struct trace *t, struct dnsstream *s); /* NULL: no-op */
void dnsstream_feed(
    struct trace *t, struct flow *f, struct dnsstream *s, enum flow_side side, struct slice bytes);
/* Bytes are missing here; reading goes on where a message seems to begin. */
void dnsstream_gap(struct trace *t, struct dnsstream *s, enum flow_side side);

#endif

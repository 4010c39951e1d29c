/* ICMP and ICMPv6 in words: echoes tied to their answers, errors tied to the flow they are about.  RFC 792,
 * RFC 1122 3.2.2, RFC 1191, RFC 4443, RFC 8201.  Neighbour discovery is in neighbour.h. */
#ifndef TRACE_ICMP_H
#define TRACE_ICMP_H

#include "trace/context.h"

/* Layer l of the present frame is ICMP or ICMPv6. */
void icmp_step(struct trace *t, const struct layer *l);

/* A flow goes on after an error about it: said once. */
void icmp_ignored(struct trace *t, struct flow *f, enum flow_side side);

/* Notes for the end: pings without an answer. */
void icmp_end(struct trace *t);

#endif

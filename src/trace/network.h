/* What a packet shows below its transport: ARP (RFC 826), neighbour discovery (RFC 4861), ICMP (RFC 792, 4443),
 * fragments, hops left, damage. */
#ifndef TRACE_NETWORK_H
#define TRACE_NETWORK_H

#include "trace/context.h"

/* Notes and counts what the present frame shows below its transport. */
void network_step(struct trace *t);

/* How far away the sender of the present frame is; to be said once per direction of a flow. */
void network_hops(struct trace *t);

#endif

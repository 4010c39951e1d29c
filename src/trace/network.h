/* What a packet shows below its transport, layer by layer: tags, ARP, IP headers, fragments, ICMP, and damage.  Each has
 * a file of its own: neighbour.h, iphead.h, fragment.h, icmp.h. */
#ifndef TRACE_NETWORK_H
#define TRACE_NETWORK_H

#include "trace/context.h"

/* Notes and counts what the present frame shows below its transport. */
void network_step(struct trace *t);

#endif

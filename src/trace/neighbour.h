/* Who is where on a link: ARP (RFC 826, RFC 5227), neighbour discovery (RFC 4861, RFC 4862), and who listens to which
 * group (RFC 3810, RFC 3376). */
#ifndef TRACE_NEIGHBOUR_H
#define TRACE_NEIGHBOUR_H

#include "trace/context.h"

/* Layer l of the present frame is ARP. */
void neighbour_arp(struct trace *t, const struct layer *l);
/* The present frame holds the ICMPv6 message m, which is neither echo nor error. */
void neighbour_icmp6(struct trace *t, const struct icmp *m);

#endif

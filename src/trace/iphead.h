/* What an IP header shows that is worth a word: options, extension headers, a hop limit at its end, congestion marks,
 * a wrong header checksum.  RFC 791 3.1, RFC 8200 4, RFC 3168. */
#ifndef TRACE_IPHEAD_H
#define TRACE_IPHEAD_H

#include "trace/context.h"

enum { IPHEAD_CE = 3 }; /* congestion experienced, RFC 3168 5 */

/* Is there something to say of the header?  Cheap enough for every packet. */
static inline bool iphead_remarkable4(const struct ip4 *ip)
{
	return ip->options.n || !ip->cksum_ok || ip->ttl <= 1 || (ip->tos & 3) == IPHEAD_CE || ip->reserved;
}

static inline bool iphead_remarkable6(const struct ip6 *ip)
{
	return ip->ext.n || ip->hop_limit <= 1 || (ip->traffic_class & 3) == IPHEAD_CE;
}

/* Says it. */
void iphead_step4(struct trace *t, const struct layer *l);
void iphead_step6(struct trace *t, const struct layer *l);

/* To be said once per direction of a flow: how far away the sender of the present frame is, and which service it asks
 * for. */
void iphead_first(struct trace *t);

/* The sender of the present frame, one end of a flow, does not use the hop limit it began with: said a few times. */
void iphead_path(struct trace *t, struct flow_end *end);

/* The hop limit of the present frame. */
static inline uint8_t iphead_ttl(const struct pkt *p)
{
	return p->net->proto == PROTO_IP4 ? p->net->ip4.ttl : p->net->ip6.hop_limit;
}

#endif

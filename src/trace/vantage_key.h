/* What a packet keeps on its way through routers and address translation.  Private to the room. */
#ifndef TRACE_VANTAGE_KEY_H
#define TRACE_VANTAGE_KEY_H

#include "trace/source.h"
#include "wire/pkt.h"

struct vantage_key {
	uint64_t hash;
	struct pkt_addr from;
	uint8_t ttl; /* hops left */
	bool
	    crosses; /* it can be seen at two places; false for what stays on its link (ARP, multicast, link-local) */
	bool upward; /* from the smaller to the larger address */
};

/* Decodes the packet; one that is not IP does not cross. */
void vantage_key(const struct source_packet *p, struct vantage_key *out);

#endif

/* User Datagram Protocol.  RFC 768; RFC 8200 8.1 (checksum required over IPv6). */
#ifndef WIRE_UDP_H
#define WIRE_UDP_H

#include "base/bytes.h"

enum { UDP_HEADER = 8 };

struct udp {
	uint16_t src, dst; /* ports */
	uint16_t len;      /* header and data; 0 in a jumbogram or with segmentation offload */
	uint16_t cksum;    /* 0: the sender did not compute one */
};

struct proto;
extern const struct proto udp_proto;

/* Writes header and payload; len and cksum are computed, addrs is cksum_addrs of source and
 * destination. */
void udp_encode(struct wr *w, const struct udp *u, struct slice payload, uint64_t addrs);

#endif

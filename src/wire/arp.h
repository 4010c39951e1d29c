/* Address Resolution Protocol.  RFC 826; RFC 5227 (probes and announcements), RFC 903 (reverse). */
#ifndef WIRE_ARP_H
#define WIRE_ARP_H

#include "base/bytes.h"

enum {
	ARP_FIXED = 8,    /* bytes before the addresses */
	ARP_ETH_IP4 = 28, /* bytes of the whole message for Ethernet and IPv4 */
	ARP_HW_ETHERNET = 1,
};

enum arp_op {
	ARP_REQUEST = 1,
	ARP_REPLY = 2,
	ARP_RREQUEST = 3,
	ARP_RREPLY = 4,
};

struct arp {
	uint16_t hw;       /* hardware address space */
	uint16_t proto;    /* protocol address space, an EtherType */
	uint8_t hw_len;    /* bytes of sha and tha */
	uint8_t proto_len; /* bytes of spa and tpa */
	uint16_t op;       /* enum arp_op */
	bool eth_ip4;      /* Ethernet and IPv4: sha and tha have 6 bytes, spa and tpa have 4 */
	struct slice sha;  /* sender hardware address */
	struct slice spa;  /* sender protocol address */
	struct slice tha;  /* target hardware address */
	struct slice tpa;  /* target protocol address */
};

struct proto;
extern const struct proto arp_proto;

/* Writes the message; the lengths on the wire are those of the slices sha and spa (the targets must
 * have the same, else w->bad is set). */
void arp_encode(struct wr *w, const struct arp *a);
/* "request", "reply" ...; NULL for an unknown number. */
const char *arp_op_name(uint16_t op);
/* RFC 5227 2.1.1: asks whether somebody has tpa, sender address still 0.0.0.0. */
bool arp_is_probe(const struct arp *a);
/* RFC 5227 2.3 and RFC 826: sender and target protocol address are the same ("gratuitous ARP"). */
bool arp_is_announcement(const struct arp *a);

#endif

/* Ethernet II and IEEE 802.3 frame headers.  RFC 894 (IPv4), RFC 2464 (IPv6), IEEE 802.3 3.2. */
#ifndef WIRE_ETH_H
#define WIRE_ETH_H

#include "base/bytes.h"

enum {
	ETH_HEADER = 14,
	ETH_LENGTH_MAX = 1500, /* a type up to this is the length of an 802.3 frame */
	ETH_TYPE_MIN = 0x0600, /* the first number that is an EtherType */
};

/* EtherTypes with a decoder, see proto_by_ethertype. */
enum eth_type {
	ETH_TYPE_IP4 = 0x0800,
	ETH_TYPE_ARP = 0x0806,
	ETH_TYPE_VLAN = 0x8100,
	ETH_TYPE_IP6 = 0x86dd,
	ETH_TYPE_PPPOE_DISCOVERY = 0x8863,
	ETH_TYPE_PPPOE_SESSION = 0x8864,
	ETH_TYPE_QINQ = 0x88a8,
	ETH_TYPE_QINQ_OLD = 0x9100,
};

struct eth {
	uint8_t dst[6];
	uint8_t src[6];
	uint16_t type; /* EtherType; or, up to ETH_LENGTH_MAX, the length of an 802.3 frame */
};

struct proto;
extern const struct proto eth_proto;

/* Writes the 14 bytes of the header. */
void eth_encode(struct wr *w, const struct eth *e);
/* "IPv4", "ARP" ...; NULL when there is no name for it. */
const char *eth_type_name(uint16_t type);

#endif

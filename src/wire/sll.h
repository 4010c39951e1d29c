/* The Linux "cooked" pseudo headers libpcap writes for the device `any`, versions 1 and 2, and the
 * BSD loopback header (null.c).  https://www.tcpdump.org/linktypes.html */
#ifndef WIRE_SLL_H
#define WIRE_SLL_H

#include "base/bytes.h"

enum {
	SLL_HEADER = 16,
	SLL2_HEADER = 20,
	NULL_HEADER = 4,
};

/* Who the packet was for. */
enum sll_type {
	SLL_TO_US = 0,
	SLL_BROADCAST = 1,
	SLL_MULTICAST = 2,
	SLL_TO_OTHER = 3, /* seen because the interface is promiscuous */
	SLL_FROM_US = 4,
};

struct sll {
	uint8_t version;   /* 1 or 2 */
	uint16_t type;     /* enum sll_type */
	uint16_t arphrd;   /* ARPHRD_* of the device: 1 Ethernet, 772 loopback ... */
	uint16_t addr_len; /* bytes of the sender's link-layer address; may be more than addr holds */
	uint8_t addr[8];   /* its first 8 bytes */
	uint16_t protocol; /* EtherType, or below 0x0600 a Linux ETH_P_* number */
	uint32_t ifindex;  /* version 2: the interface; 0 in version 1 */
};

struct proto;
extern const struct proto sll_proto;
extern const struct proto sll2_proto;
extern const struct proto null_proto;

/* Writes the header of s->version, 16 or 20 bytes. */
void sll_encode(struct wr *w, const struct sll *s);
/* "sent to us", "sent by us" ...; NULL for an unknown number. */
const char *sll_type_words(uint16_t type);

#endif

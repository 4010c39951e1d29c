/* The 802.1Q tag: four bytes between the addresses and the EtherType.  IEEE 802.1Q 9.6; 802.1ad
 * stacks two. */
#ifndef WIRE_VLAN_H
#define WIRE_VLAN_H

#include "base/bytes.h"

enum { VLAN_HEADER = 4 };

/* The tag as it is met in a row of headers: its own type belongs to the header before. */
struct vlan {
	uint8_t pcp;   /* priority code point, 0..7 */
	bool dei;      /* drop eligible */
	uint16_t vid;  /* VLAN identifier, 0..4095 */
	uint16_t type; /* EtherType of what follows; or an 802.3 length, as in struct eth */
};

struct proto;
extern const struct proto vlan_proto;

/* Writes the 4 bytes behind the tag's own EtherType. */
void vlan_encode(struct wr *w, const struct vlan *v);

#endif

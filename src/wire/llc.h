/* IEEE 802.2 logical link control, which stands behind an 802.3 length, with the SNAP header that brings an EtherType
 * after all (RFC 1042), and the spanning tree messages of bridges (IEEE 802.1D 9.3), which it carries. */
#ifndef WIRE_LLC_H
#define WIRE_LLC_H

#include "base/bytes.h"

enum {
	LLC_HEADER_MIN = 3,
	LLC_SAP_STP = 0x42,
	LLC_SAP_SNAP = 0xaa,
	STP_CONFIG_LEN = 35,
};

struct llc {
	uint8_t dsap, ssap;
	uint16_t control;
	bool snap; /* and then: */
	uint32_t oui;
	uint16_t pid; /* with oui 0 an EtherType */
};

enum stp_type {
	STP_CONFIG = 0,
	STP_RAPID = 2,
	STP_CHANGED = 0x80,
};

struct stp {
	uint8_t version; /* 0 spanning tree, 2 rapid, 3 multiple */
	uint8_t type;    /* enum stp_type; STP_CHANGED ends here */
	uint8_t flags;
	uint16_t root_prio, bridge_prio;
	uint8_t root[6], bridge[6];
	uint32_t cost; /* of the way to the root */
	uint16_t port;
};

struct proto;
extern const struct proto llc_proto;
extern const struct proto stp_proto;

#endif

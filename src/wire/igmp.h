/* Internet Group Management Protocol: who listens to which IPv4 multicast group.  RFC 1112 (version 1), RFC 2236 (2),
 * RFC 9776 (3). */
#ifndef WIRE_IGMP_H
#define WIRE_IGMP_H

#include "base/bytes.h"

enum { IGMP_HEADER = 8 };

enum igmp_type {
	IGMP_QUERY = 0x11,
	IGMP_REPORT_1 = 0x12,
	IGMP_REPORT_2 = 0x16,
	IGMP_LEAVE = 0x17,
	IGMP_REPORT_3 = 0x22,
};

struct igmp {
	uint8_t type; /* enum igmp_type */
	uint8_t max_resp;
	uint16_t cksum;
	uint8_t group[4];    /* all but IGMP_REPORT_3 */
	uint16_t records;    /* IGMP_REPORT_3: how many groups follow */
	struct slice groups; /* IGMP_REPORT_3: the records */
};

struct proto;
extern const struct proto igmp_proto;

/* "version 2 report" ...; NULL without a name. */
const char *igmp_type_name(uint8_t type);
/* Cuts the next record off *rest; its group is 4 bytes.  False at the end, or when there is no whole one. */
bool igmp_group_next(struct slice *rest, struct slice *group);

#endif

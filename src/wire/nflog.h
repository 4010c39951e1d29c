/* What Linux's packet filter logs: packets with what the filter knew of them, as attributes before them.
 * https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html, linux/netfilter/nfnetlink_log.h */
#ifndef WIRE_NFLOG_H
#define WIRE_NFLOG_H

#include "base/bytes.h"

enum { NFLOG_FIXED = 4, NFLOG_TLV = 4 };

struct nflog {
	uint8_t family; /* AF_*: 2 IPv4, 10 IPv6 */
	uint8_t version;
	uint16_t group; /* the number of the log */
	bool swapped;   /* attributes are big-endian: the machine that wrote them was */
	bool has_in, has_out;
	uint32_t in, out;    /* interface indices */
	struct slice prefix; /* the rule's --nflog-prefix, without its NUL; may be empty */
};

struct proto;
extern const struct proto nflog_proto;

#endif

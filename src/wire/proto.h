/* The table of protocols.  A new protocol is one file that decodes and lists its fields, one id in
 * pkt.h, and one row here. */
#ifndef WIRE_PROTO_H
#define WIRE_PROTO_H

#include "wire/field.h"
#include "wire/pkt.h"

/* Link types from the tcpdump.org registry that are understood. */
enum link_type {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_NFLOG = 239,
	LINK_LINUX_SLL2 = 276,
};

/* What comes after a header: the protocol to decode next, PROTO_NONE for payload. */
struct proto_next {
	enum proto_id proto;
	uint32_t number; /* the number the header gave, for "unknown" */
	bool unknown;    /* the number has no row here */
};

struct proto {
	const char *name;  /* tshark's short name: "eth", "ip", "tcp" */
	const char *title; /* "Internet Protocol, version 4" */
	uint8_t osi;       /* OSI layer 1..7 it belongs to */
	const char *rfc;   /* "RFC 791" */
	/* Reads the header at the start of `at` (the bytes the layer below gave it) into l (off is
	 * set by the caller; fill len, body and the union member).  Sets p->damage if it cannot. */
	struct proto_next (*decode)(struct pkt *p, struct layer *l, struct slice at);
	/* Lists the header's fields, offsets counted from the start of the packet. */
	void (*fields)(const struct pkt *p, const struct layer *l, struct fields *out);
};

/* The row for an id; never NULL for ids below PROTO_COUNT. */
const struct proto *proto_row(enum proto_id id);
/* What an EtherType (eth, vlan, sll) or an IP protocol number (ip4, ip6) announces. */
struct proto_next proto_by_ethertype(uint16_t type);
struct proto_next proto_by_ip(uint8_t number);
/* "EN10MB (Ethernet)" and the like; NULL when the link type is not understood. */
const char *proto_link_name(uint32_t link_type);

#endif

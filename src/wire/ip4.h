/* Internet Protocol, version 4.  RFC 791; RFC 2474 (DSCP), RFC 3168 (ECN), RFC 6864
 * (identification). */
#ifndef WIRE_IP4_H
#define WIRE_IP4_H

#include "base/bytes.h"

enum {
	IP4_HEADER_MIN = 20,
	IP4_HEADER_MAX = 60,
};

/* Protocol numbers with a decoder, for IPv4 and for IPv6's last "next header"; see proto_by_ip. */
enum ip_proto {
	IP_PROTO_ICMP = 1,
	IP_PROTO_IGMP = 2,
	IP_PROTO_IP4 = 4, /* IPv4 inside, RFC 2003 */
	IP_PROTO_TCP = 6,
	IP_PROTO_UDP = 17,
	IP_PROTO_IP6 = 41, /* IPv6 inside, RFC 4213 */
	IP_PROTO_ESP = 50,
	IP_PROTO_AH = 51,
	IP_PROTO_ICMP6 = 58,
	IP_PROTO_NONE = 59, /* IPv6: nothing follows */
};

struct ip4 {
	uint8_t src[4];
	uint8_t dst[4];
	uint8_t ihl; /* header length in bytes, 20..60 */
	uint8_t tos; /* DSCP (upper 6 bits) and ECN (lower 2) */
	uint8_t ttl;
	uint8_t proto;      /* what follows */
	uint16_t total_len; /* header and body in bytes; 0: left to the card by offload */
	uint16_t id;
	uint16_t frag_off; /* in bytes */
	bool reserved;     /* the flag that must be zero ("evil bit") */
	bool df;           /* do not fragment */
	bool mf;           /* more fragments follow */
	uint16_t cksum;    /* as on the wire */
	bool cksum_ok;
	struct slice options;
};

/* A fragment, first or later; only a first one (frag_off 0) carries a transport header. */
static inline bool ip4_is_fragment(const struct ip4 *ip)
{
	return ip->mf || ip->frag_off != 0;
}

struct proto;
extern const struct proto ip4_proto;

/* Bytes of header ip4_encode writes: 20 and the options, padded to a multiple of 4. */
size_t ip4_header_len(const struct ip4 *ip);
/* Writes the header for a body of body_len bytes that the caller puts behind it.  ihl, total_len
 * and cksum are computed, not read. */
void ip4_encode(struct wr *w, const struct ip4 *ip, size_t body_len);
/* "TCP", "UDP", "OSPF" ... for a protocol number; NULL when there is no name for it. */
const char *ip_proto_name(uint8_t proto);
/* "CS1", "AF21", "EF" ... for the upper six bits of tos / traffic class; NULL without a name. */
const char *ip_dscp_name(uint8_t dscp);

#endif

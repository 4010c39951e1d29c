/* Internet Control Message Protocol, both families: RFC 792 and RFC 1191 (version 4), RFC 4443
 * (version 6) and Neighbor Discovery, RFC 4861. */
#ifndef WIRE_ICMP_H
#define WIRE_ICMP_H

#include "base/bytes.h"

enum { ICMP_HEADER = 8 };

enum icmp_type {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_SOURCE_QUENCH = 4,
	ICMP_REDIRECT = 5,
	ICMP_ECHO = 8,
	ICMP_ROUTER_ADVERT = 9,
	ICMP_ROUTER_SOLICIT = 10,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETER = 12,
	ICMP_TIMESTAMP = 13,
	ICMP_TIMESTAMP_REPLY = 14,
};

enum icmp6_type {
	ICMP6_UNREACHABLE = 1,
	ICMP6_TOO_BIG = 2,
	ICMP6_TIME_EXCEEDED = 3,
	ICMP6_PARAMETER = 4,
	ICMP6_ECHO = 128,
	ICMP6_ECHO_REPLY = 129,
	ICMP6_MLD_QUERY = 130,
	ICMP6_MLD_REPORT = 131,
	ICMP6_MLD_DONE = 132,
	ICMP6_ROUTER_SOLICIT = 133,
	ICMP6_ROUTER_ADVERT = 134,
	ICMP6_NEIGHBOR_SOLICIT = 135,
	ICMP6_NEIGHBOR_ADVERT = 136,
	ICMP6_REDIRECT = 137,
	ICMP6_MLD2_REPORT = 143,
};

/* Flags of a neighbor advertisement (RFC 4861 4.4) and a router advertisement (4.2). */
enum {
	ICMP6_NA_ROUTER = 0x80,
	ICMP6_NA_SOLICITED = 0x40,
	ICMP6_NA_OVERRIDE = 0x20,
	ICMP6_RA_MANAGED = 0x80,
	ICMP6_RA_OTHER = 0x40,
};

/* One message.  The header of layer.len bytes is the 8 common bytes; for Neighbor Discovery it is
 * the whole message, options included. */
struct icmp {
	bool v6;
	uint8_t type; /* enum icmp_type or icmp6_type */
	uint8_t code;
	uint16_t cksum;
	uint32_t rest; /* the four bytes behind the checksum, whatever they mean */
	bool echo;     /* an echo request or reply (or v4 timestamp), and then: */
	uint16_t id, seq;
	bool error;            /* reports about another packet, and then: */
	struct slice quoted;   /* what is quoted of that packet, from its IP header on; often cut */
	uint32_t mtu;          /* v4 unreachable code 4, v6 too big: the next hop's; else 0 */
	uint32_t pointer;      /* parameter problem: offset of the culprit in the quoted packet; else 0 */
	struct slice gateway;  /* v4 redirect: 4 bytes */
	bool ndp;              /* Neighbor Discovery (v6 types 133 to 137), and then: */
	uint8_t flags;         /* neighbor or router advertisement */
	uint8_t hop_limit;     /* router advertisement: suggested hop limit */
	uint16_t lifetime;     /* router advertisement: seconds */
	struct slice target;   /* 16 bytes: neighbor solicitation, advertisement, redirect; else empty */
	struct slice redirect; /* redirect: the destination, 16 bytes; else empty */
	struct slice lladdr;   /* the source or target link-layer address option, without padding rules */
	struct slice prefix;   /* router advertisement: the first prefix, 16 bytes; else empty */
	uint8_t prefix_len;    /* its bits */
	uint32_t nd_mtu;       /* router advertisement: the MTU option; else 0 */
	struct slice options;  /* all options, for icmp_option_next */
	bool opt_damaged;      /* an option has length 0 or does not fit */
};

/* One Neighbor Discovery option (RFC 4861 4.6). */
struct icmp_option {
	uint8_t type;
	struct slice data; /* without type and length */
};

struct proto;
extern const struct proto icmp_proto;
extern const struct proto icmp6_proto;

/* Cuts the next option off *rest.  False at the end; then *rest is empty unless the option is
 * damaged. */
bool icmp_option_next(struct slice *rest, struct icmp_option *out);

/* Writes the 8 bytes (type, code, checksum, then id and seq when echo, else rest) and the payload.
 * addrs: for v6, cksum_addrs of source and destination; for v4 it is not used. */
void icmp_encode(struct wr *w, const struct icmp *m, struct slice payload, uint64_t addrs);

/* "Echo request", "Destination unreachable" ...; NULL when there is no name for it. */
const char *icmp_type_name(bool v6, uint8_t type);
/* What the code adds, "port unreachable"; NULL when it adds nothing or is unknown. */
const char *icmp_code_name(bool v6, uint8_t type, uint8_t code);

#endif

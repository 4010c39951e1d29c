/* Internet Protocol, version 6, with its extension headers.  RFC 8200; RFC 2675 (jumbograms). */
#ifndef WIRE_IP6_H
#define WIRE_IP6_H

#include "base/bytes.h"

enum { IP6_HEADER = 40 };

/* Extension headers that are walked over; every other "next header" ends the chain. */
enum ip6_ext {
	IP6_HOP_BY_HOP = 0,
	IP6_ROUTING = 43,
	IP6_FRAGMENT = 44,
	IP6_AUTH = 51, /* RFC 4302: walked, its length counts otherwise */
	IP6_DEST_OPTIONS = 60,
	IP6_MOBILITY = 135,
};

struct ip6 {
	uint8_t src[16];
	uint8_t dst[16];
	uint8_t traffic_class; /* DSCP (upper 6 bits) and ECN (lower 2) */
	uint32_t flow_label;   /* 20 bits */
	uint16_t payload_len;  /* everything behind the 40 bytes; 0 with a jumbo option or offload */
	uint8_t first;         /* next header of the fixed header */
	uint8_t next;          /* protocol behind the extension headers */
	uint8_t hop_limit;
	uint8_t nexts;    /* extension headers walked over */
	struct slice ext; /* the extension headers */
	bool has_frag;    /* a fragment header is there, and then: */
	bool mf;
	uint16_t frag_off; /* in bytes */
	uint32_t id;
	uint8_t frag_next; /* protocol at the start of what is fragmented */
	uint16_t frag_at;  /* where that starts: bytes behind the start of the fixed header */
	bool has_route;    /* a routing header has segments left: checksums use `last` */
	uint8_t last[16];  /* final destination, valid when has_route */
};

/* A fragment of several; an atomic one (RFC 6946) is whole. */
static inline bool ip6_is_fragment(const struct ip6 *ip)
{
	return ip->has_frag && (ip->mf || ip->frag_off != 0);
}

struct proto;
extern const struct proto ip6_proto;

/* Bytes of the extension header of protocol `type` that starts at `at`, by its own length field; 0: it
 * is none. */
size_t ip6_ext_len(uint8_t type, struct slice at);
/* Walks over the extension headers at the start of s, the first of protocol *next; *next becomes
 * what follows them.  Returns their bytes; stops before one that is not all there. */
size_t ip6_skip(uint8_t *next, struct slice s);

/* Bytes ip6_encode writes: 40 and, with has_frag, 8. */
size_t ip6_header_len(const struct ip6 *ip);
/* Writes the fixed header, and a fragment header when has_frag, for a body of body_len bytes of
 * protocol ip->next that the caller puts behind it.  payload_len is computed; `ext` is not used. */
void ip6_encode(struct wr *w, const struct ip6 *ip, size_t body_len);
/* "Hop-by-Hop Options" ... for an extension header number; NULL when it is none. */
const char *ip6_ext_name(uint8_t next);

#endif

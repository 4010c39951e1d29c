/* A decoded packet: the captured bytes, untouched, and a stack of layers that says where each
 * header lies and what it holds.  Decoders append one layer each and never call up; see proto.h for
 * their table. Nothing here allocates, does I/O, prints or reads a clock. */
#ifndef WIRE_PKT_H
#define WIRE_PKT_H

#include "base/slice.h"

#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/icmp.h"
#include "wire/igmp.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/ipsec.h"
#include "wire/llc.h"
#include "wire/nflog.h"
#include "wire/ppp.h"
#include "wire/sll.h"
#include "wire/tcp.h"
#include "wire/udp.h"
#include "wire/vlan.h"

/* One id per protocol with a row in proto.h's table. */
enum proto_id {
	PROTO_NONE, /* the end of what is understood: payload */
	PROTO_ETH,
	PROTO_SLL,
	PROTO_SLL2,
	PROTO_NULL, /* BSD loopback */
	PROTO_VLAN,
	PROTO_ARP,
	PROTO_IP4,
	PROTO_IP6,
	PROTO_ICMP,
	PROTO_ICMP6,
	PROTO_TCP,
	PROTO_UDP,
	PROTO_NFLOG,
	PROTO_LLC,
	PROTO_STP,
	PROTO_PPP,
	PROTO_PPPOE,
	PROTO_IGMP,
	PROTO_ESP,
	PROTO_AH,
	PROTO_COUNT,
};

/* What is wrong with a packet.  Damage is a result, never a failure: the layers before it stand. */
enum pkt_damage {
	PKT_WHOLE,
	PKT_CUT,       /* the capture holds fewer bytes than the packet had (snap length) */
	PKT_SHORT,     /* the packet itself ends before its header does */
	PKT_MALFORMED, /* a header contradicts itself: length below its minimum, wrong version */
	PKT_TOO_DEEP,  /* more headers than PKT_LAYERS */
	PKT_UNKNOWN,   /* a link type or protocol number nobody here knows */
};

enum { PKT_LAYERS = 16 };

/* One header in the packet. */
struct layer {
	uint8_t proto; /* enum proto_id */
	uint32_t off;  /* where the header starts in pkt.bytes */
	uint32_t len;  /* bytes of header, options included */
	uint32_t body; /* captured bytes behind the header that its own length field claims */
	union {
		struct eth eth;
		struct sll sll; /* PROTO_SLL, PROTO_SLL2 */
		struct vlan vlan;
		struct arp arp;
		struct ip4 ip4;
		struct ip6 ip6;   /* extension headers included in len */
		struct icmp icmp; /* PROTO_ICMP, PROTO_ICMP6 */
		struct tcp tcp;
		struct udp udp;
		uint32_t family; /* PROTO_NULL */
		struct nflog nflog;
		struct llc llc;
		struct stp stp;
		struct ppp ppp;
		struct pppoe pppoe;
		struct igmp igmp;
		struct ipsec ipsec; /* PROTO_ESP, PROTO_AH */
	};
};

/* Holds pointers into itself: pass it by pointer, do not copy it. */
struct pkt {
	struct slice bytes;            /* as captured */
	uint32_t wire_len;             /* bytes it had on the wire; >= bytes.n unless the file lies */
	uint32_t link_type;            /* LINKTYPE_*, see proto.h */
	uint8_t n;                     /* layers in use */
	uint8_t damage;                /* enum pkt_damage */
	bool altered;                  /* by pkt_forget or pkt_join: pkt_decode would find something else */
	uint8_t damaged_proto;         /* the protocol not read whole; PROTO_NONE: the payload is cut */
	uint32_t damage_off;           /* where in bytes */
	uint32_t unknown;              /* PKT_UNKNOWN: the number nobody knows */
	const struct layer *net;       /* innermost IPv4 or IPv6 layer, or NULL */
	const struct layer *transport; /* innermost TCP or UDP layer, or NULL */
	struct slice payload;          /* what follows the last layer, without link padding; may be empty */
	struct slice whole;            /* pkt_join: an IP body put together from fragments; else empty */
	uint8_t whole_from;            /* layers from this one on lie in whole; 0: all lie in bytes */
	uint32_t payload_len;          /* its length by the headers; more than payload.n when cut */
	struct layer layers[PKT_LAYERS];
};

/* An IP address of either family; IPv4 in the first 4 bytes, the rest zero. */
struct pkt_addr {
	uint8_t family; /* 4, 6, or 0 for none */
	uint8_t b[16];
};

/* Decodes the captured bytes of one packet whose link type is LINKTYPE_* number link_type.  Always
 * leaves p usable: what could be read is there, p->damage says why it ends early.  p keeps pointing
 * into bytes.  Not every damage hides what follows: an IP packet longer than its frame is
 * PKT_SHORT with PROTO_IP4 and still has its transport layer when that is there. */
void pkt_decode(struct pkt *p, uint32_t link_type, struct slice bytes, uint32_t wire_len);

/* The bytes that off and len of l count in. */
static inline struct slice pkt_base(const struct pkt *p, const struct layer *l)
{
	return p->whole_from && l >= &p->layers[p->whole_from] ? p->whole : p->bytes;
}

/* What the payload was read from: whole when that was put together, else bytes. */
static inline struct slice pkt_payload_base(const struct pkt *p)
{
	return p->whole_from ? p->whole : p->bytes;
}

/* Forgets all that was decoded behind layer ip, a fragment: its bytes become the payload, since only
 * the whole datagram says what they mean. */
void pkt_forget(struct pkt *p, const struct layer *ip);
/* The datagram of which layer ip of p is a fragment is all there: decodes its body `whole` (behind
 * the IP header; for IPv6 behind the fragment header) as protocol number `next`, in the place of
 * what stands behind ip.  p keeps pointing into whole. */
void pkt_join(struct pkt *p, const struct layer *ip, uint8_t next, struct slice whole);

/* The network addresses of the innermost IP header; family 0 when there is none. */
struct pkt_addr pkt_source(const struct pkt *p);
struct pkt_addr pkt_destination(const struct pkt *p);

/* What a transport or ICMP checksum says. */
enum pkt_cksum {
	PKT_CKSUM_UNKNOWN, /* cannot be computed: cut, a fragment, no IP header before it */
	PKT_CKSUM_GOOD,
	PKT_CKSUM_BAD,
	PKT_CKSUM_ABSENT,  /* UDP over IPv4 sent without one */
	PKT_CKSUM_PARTIAL, /* only the pseudo header is summed: the card was to do the rest */
};

/* Checks the checksum of a TCP, UDP, ICMP or ICMPv6 layer of p.  Walks all bytes of the segment, so
 * call it once and only when needed.  *expected (may be NULL) gets what the field should hold,
 * unless UNKNOWN. */
enum pkt_cksum pkt_cksum(const struct pkt *p, const struct layer *l, uint16_t *expected);

/* The words for a damage, "cut short by the snap length"; static storage. */
const char *pkt_damage_words(enum pkt_damage d);

#endif

/* Decoding a packet: the loop over the table of protocols, and what can be said of the packet as a
 * whole. */
#include "wire/pkt.h"

#include "wire/cksum.h"
#include "wire/proto.h"

/* What the link type promises at the start of the packet. */
static struct proto_next first_proto(uint32_t link_type, struct slice bytes)
{
	struct proto_next next = { PROTO_NONE, link_type, false };

	switch (link_type) {
	case LINK_NULL:
	case LINK_LOOP: next.proto = PROTO_NULL; break;
	case LINK_ETHERNET: next.proto = PROTO_ETH; break;
	case LINK_LINUX_SLL: next.proto = PROTO_SLL; break;
	case LINK_LINUX_SLL2: next.proto = PROTO_SLL2; break;
	case LINK_PPP: next.proto = PROTO_PPP; break;
	case LINK_NFLOG: next.proto = PROTO_NFLOG; break;
	case LINK_IPV4: next.proto = PROTO_IP4; break;
	case LINK_IPV6: next.proto = PROTO_IP6; break;
	case LINK_RAW:
		/* Only the version says which; a wrong one is for the IPv4 decoder to report. */
		next.proto = bytes.n && bytes.p[0] >> 4 == 6 ? PROTO_IP6 : PROTO_IP4;
		break;
	default: next.unknown = true; break;
	}
	return next;
}

static void remember(struct pkt *p, const struct layer *l)
{
	switch (l->proto) {
	case PROTO_IP4:
	case PROTO_IP6:
		p->net = l;
		p->transport = NULL;
		break;
	case PROTO_TCP:
	case PROTO_UDP: p->transport = l; break;
	default: break;
	}
}

/* How it ended, when every header that was met could be read. */
static void conclude(struct pkt *p, struct proto_next next, uint32_t off)
{
	if (p->damage != PKT_WHOLE)
		return;
	if (next.unknown) {
		p->damage = PKT_UNKNOWN;
		p->damage_off = off;
		p->unknown = next.number;
	} else if (next.proto != PROTO_NONE) {
		p->damage = PKT_TOO_DEEP;
		p->damaged_proto = (uint8_t)next.proto;
		p->damage_off = off;
	} else if (p->payload.n < p->payload_len) {
		p->damage = PKT_CUT;
		p->damage_off = (uint32_t)p->bytes.n;
	}
}

/* Decodes `rest`, which starts at off of its base, layer by layer until nothing is understood. */
static void decode_layers(struct pkt *p, struct proto_next next, struct slice rest, uint32_t off)
{
	while (next.proto != PROTO_NONE && p->n < PKT_LAYERS) {
		struct layer *l = &p->layers[p->n];

		l->proto = (uint8_t)next.proto;
		l->off = off;
		l->len = 0;
		next = proto_row(next.proto)->decode(p, l, rest);
		if (l->len == 0)
			break;
		p->n++;
		remember(p, l);
		off += l->len;
		rest = slice_sub(rest, l->len, l->body);
	}
	p->payload = rest;
	conclude(p, next, off);
}

void pkt_decode(struct pkt *p, uint32_t link_type, struct slice bytes, uint32_t wire_len)
{
	p->bytes = bytes;
	p->wire_len = wire_len;
	p->link_type = link_type;
	p->n = 0;
	p->damage = PKT_WHOLE;
	p->damaged_proto = PROTO_NONE;
	p->damage_off = 0;
	p->unknown = 0;
	p->net = NULL;
	p->transport = NULL;
	p->whole_from = 0;
	p->payload_len = wire_len < bytes.n ? (uint32_t)bytes.n : wire_len;
	decode_layers(p, first_proto(link_type, bytes), bytes, 0);
}

/* How many bytes the IP header says follow it, given or not. */
static uint32_t claimed_by(const struct pkt *p, const struct layer *ip)
{
	uint32_t rest = p->wire_len > ip->off + ip->len ? p->wire_len - ip->off - ip->len : 0;

	rest = rest < ip->body ? ip->body : rest;
	if (ip->proto == PROTO_IP4)
		return ip->ip4.total_len ? ip->ip4.total_len - ip->len : rest;
	return ip->ip6.payload_len > ip->ip6.ext.n ? ip->ip6.payload_len - (uint32_t)ip->ip6.ext.n : rest;
}

void pkt_forget(struct pkt *p, const struct layer *ip)
{
	bool kept = p->damage != PKT_UNKNOWN && p->damage != PKT_CUT && p->damaged_proto == ip->proto;
	struct slice base = pkt_base(p, ip);

	p->altered = true;
	p->n = (uint8_t)(ip - p->layers + 1);
	p->net = ip;
	p->transport = NULL;
	if (base.p == p->bytes.p)
		p->whole_from = 0;
	p->payload = slice_sub(base, ip->off + ip->len, ip->body);
	p->payload_len = claimed_by(p, ip);
	if (kept)
		return;
	p->damage = PKT_WHOLE;
	p->damaged_proto = PROTO_NONE;
	conclude(p, (struct proto_next){ PROTO_NONE, 0, false }, ip->off + ip->len);
}

void pkt_join(struct pkt *p, const struct layer *ip, uint8_t next, struct slice whole)
{
	size_t ext = ip->proto == PROTO_IP6 ? ip6_skip(&next, whole) : 0;

	pkt_forget(p, ip);
	p->whole = whole;
	p->whole_from = p->n;
	p->payload_len = (uint32_t)(whole.n - ext);
	decode_layers(p, proto_by_ip(next), slice_skip(whole, ext), (uint32_t)ext);
}

static struct pkt_addr address(const uint8_t *bytes, uint8_t family)
{
	struct pkt_addr a = { family, { 0 } };

	memcpy(a.b, bytes, family == 4 ? 4 : 16);
	return a;
}

struct pkt_addr pkt_source(const struct pkt *p)
{
	if (!p->net)
		return (struct pkt_addr){ 0 };
	return p->net->proto == PROTO_IP4 ? address(p->net->ip4.src, 4) : address(p->net->ip6.src, 6);
}

struct pkt_addr pkt_destination(const struct pkt *p)
{
	if (!p->net)
		return (struct pkt_addr){ 0 };
	return p->net->proto == PROTO_IP4 ? address(p->net->ip4.dst, 4) : address(p->net->ip6.dst, 6);
}

/* The bytes a checksum covers and the sum of the pseudo header before them. */
struct covered {
	struct slice bytes;
	uint64_t pseudo;
	uint32_t field_at; /* of the checksum in bytes */
	uint16_t field;
};

/* The body of the IP layer under l, when it is whole: not a fragment, not cut. */
static bool ip_body(const struct pkt *p, const struct layer *ip, struct slice *body, uint64_t *addrs)
{
	bool all = p->bytes.n >= p->wire_len; /* nothing is missing, whatever the headers leave open */
	bool joined = p->whole_from && ip == &p->layers[p->whole_from - 1];
	size_t claimed;

	if (ip->proto == PROTO_IP4) {
		if (ip4_is_fragment(&ip->ip4) && !joined)
			return false;
		claimed = ip->ip4.total_len ? ip->ip4.total_len - ip->len : ip->body + !all;
		*addrs = cksum_addrs(slice_of(ip->ip4.src, 4), slice_of(ip->ip4.dst, 4));
	} else {
		if (ip6_is_fragment(&ip->ip6) && !joined)
			return false;
		claimed = ip->ip6.payload_len ? ip->ip6.payload_len - ip->ip6.ext.n : ip->body + !all;
		*addrs = cksum_addrs(
		    slice_of(ip->ip6.src, 16), slice_of(ip->ip6.has_route ? ip->ip6.last : ip->ip6.dst, 16));
	}
	if (joined) {
		*body = slice_skip(p->whole, p->n > p->whole_from ? p->layers[p->whole_from].off : 0);
		return true;
	}
	*body = slice_sub(pkt_base(p, ip), ip->off + ip->len, ip->body);
	return body->n == claimed;
}

static bool covered_by(const struct pkt *p, const struct layer *l, struct covered *c)
{
	uint64_t addrs;

	if (l == p->layers || (l[-1].proto != PROTO_IP4 && l[-1].proto != PROTO_IP6) ||
	    !ip_body(p, &l[-1], &c->bytes, &addrs))
		return false;
	switch (l->proto) {
	case PROTO_TCP:
		c->field_at = 16;
		c->field = l->tcp.cksum;
		c->pseudo = cksum_pseudo(addrs, IP_PROTO_TCP, (uint32_t)c->bytes.n);
		return true;
	case PROTO_UDP:
		c->field_at = 6;
		c->field = l->udp.cksum;
		if (l->udp.len > c->bytes.n)
			return false;
		if (l->udp.len)
			c->bytes.n = l->udp.len;
		c->pseudo = cksum_pseudo(addrs, IP_PROTO_UDP, (uint32_t)c->bytes.n);
		return true;
	case PROTO_ICMP:
		c->field_at = 2;
		c->field = l->icmp.cksum;
		c->pseudo = 0;
		return true;
	case PROTO_ICMP6:
		c->field_at = 2;
		c->field = l->icmp.cksum;
		c->pseudo = cksum_pseudo(addrs, IP_PROTO_ICMP6, (uint32_t)c->bytes.n);
		return true;
	default: return false;
	}
}

enum pkt_cksum pkt_cksum(const struct pkt *p, const struct layer *l, uint16_t *expected)
{
	struct covered c;
	uint64_t sum;
	uint16_t want, partial;

	if (!covered_by(p, l, &c))
		return PKT_CKSUM_UNKNOWN;
	sum = cksum_add(c.pseudo, slice_sub(c.bytes, 0, c.field_at));
	sum = cksum_add(sum, slice_skip(c.bytes, c.field_at + 2));
	want = cksum_fold(sum);
	if (l->proto == PROTO_UDP && want == 0)
		want = 0xffff; /* RFC 768: zero is kept for "none" */
	if (expected)
		*expected = want;
	if (l->proto == PROTO_UDP && c.field == 0)
		return l[-1].proto == PROTO_IP4 ? PKT_CKSUM_ABSENT : PKT_CKSUM_BAD;
	if (cksum_fold(sum + c.field) == 0)
		return PKT_CKSUM_GOOD;
	partial = (uint16_t)~cksum_fold(c.pseudo);
	if (c.pseudo && c.field == partial)
		return PKT_CKSUM_PARTIAL;
	return PKT_CKSUM_BAD;
}

const char *pkt_damage_words(enum pkt_damage d)
{
	switch (d) {
	case PKT_WHOLE: return "whole";
	case PKT_CUT: return "cut short by the snap length";
	case PKT_SHORT: return "ends before its own length says";
	case PKT_MALFORMED: return "a header contradicts itself";
	case PKT_TOO_DEEP: return "more headers than are followed";
	case PKT_UNKNOWN: return "a protocol that is not decoded here";
	}
	return "unknown damage";
}

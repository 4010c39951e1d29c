/* Internet Protocol, version 6, and its extension headers.  RFC 8200. */
#include "wire/ip6.h"

#include "wire/decode.h"

enum {
	EXTS_MAX = 32,   /* a row of more extension headers is an attack, not a packet */
	ROUTING_SRH = 4, /* segment routing, RFC 8754: the final destination is segment 0 */
	FRAGMENT_LEN = 8,
};

/* Segments left name further destinations; checksums are over the last one (RFC 8200 8.1). */
static void read_routing(struct ip6 *ip, struct slice ext)
{
	struct rd r = rd_of(ext);
	uint8_t type, left;
	size_t last;

	rd_skip(&r, 2);
	type = rd_u8(&r);
	left = rd_u8(&r);
	if (left == 0 || ext.n < 24)
		return;
	if (type == ROUTING_SRH)
		last = 8;
	else if (type == 0 || type == 2)
		last = ext.n - 16;
	else
		return;
	ip->has_route = true;
	memcpy(ip->last, ext.p + last, 16);
}

static void read_fragment(struct ip6 *ip, struct slice ext, size_t at)
{
	struct rd r = rd_of(ext);
	uint16_t frag;

	ip->frag_next = rd_u8(&r);
	ip->frag_at = (uint16_t)(at + FRAGMENT_LEN);
	rd_skip(&r, 1);
	frag = rd_be16(&r);
	ip->has_frag = true;
	ip->frag_off = frag & 0xfff8;
	ip->mf = frag & 1;
	ip->id = rd_be32(&r);
}

size_t ip6_ext_len(uint8_t type, struct slice at)
{
	uint8_t len = at.n < 2 ? 0 : at.p[1];

	switch (type) {
	case IP6_HOP_BY_HOP:
	case IP6_ROUTING:
	case IP6_DEST_OPTIONS:
	case IP6_MOBILITY: return ((size_t)len + 1) * 8;
	case IP6_FRAGMENT: return FRAGMENT_LEN;
	case IP6_AUTH: return ((size_t)len + 2) * 4;
	default: return 0;
	}
}

size_t ip6_skip(uint8_t *next, struct slice s)
{
	struct slice rest = s;
	size_t len;

	for (unsigned i = 0; i < EXTS_MAX && (len = ip6_ext_len(*next, rest)) != 0; i++) {
		if (*next == IP6_FRAGMENT || rest.n < 2 || rest.n < len)
			break;
		*next = rest.p[0];
		rest = slice_skip(rest, len);
	}
	return s.n - rest.n;
}

/* Walks the extension headers in body, the captured part of `claimed` bytes; ip->ext, ip->next and
 * what they hold are set.  False and a damage of p when one cannot be read. */
static bool walk(struct pkt *p, struct layer *l, struct slice body, size_t claimed)
{
	struct ip6 *ip = &l->ip6;
	struct slice rest = body;
	size_t wire = p->payload_len - IP6_HEADER, real = claimed < wire ? claimed : wire, len;
	bool cut;

	while ((len = ip6_ext_len(ip->next, rest)) != 0 && !(ip->has_frag && ip->frag_off)) {
		size_t at = IP6_HEADER + (body.n - rest.n);

		if (ip->nexts == EXTS_MAX) {
			decode_damaged(p, l, PKT_TOO_DEEP, at);
			break;
		}
		if (rest.n < 2 || rest.n < len) {
			cut = at - IP6_HEADER + len <= real;
			decode_damaged(p, l, cut ? PKT_CUT : PKT_SHORT, at);
			break;
		}
		if (ip->next == IP6_ROUTING)
			read_routing(ip, slice_sub(rest, 0, len));
		else if (ip->next == IP6_FRAGMENT && !ip->has_frag)
			read_fragment(ip, rest, at);
		ip->next = rest.p[0];
		ip->nexts++;
		rest = slice_skip(rest, len);
	}
	ip->ext = slice_sub(body, 0, body.n - rest.n);
	return len == 0 || (ip->has_frag && ip->frag_off);
}

static void read_fixed(struct ip6 *ip, struct rd *r)
{
	uint32_t first = rd_be32(r);

	ip->traffic_class = (uint8_t)(first >> 20);
	ip->flow_label = first & 0xfffff;
	ip->payload_len = rd_be16(r);
	ip->first = rd_u8(r);
	ip->next = ip->first;
	ip->hop_limit = rd_u8(r);
	decode_copy(r, ip->src, 16);
	decode_copy(r, ip->dst, 16);
	ip->nexts = 0;
	ip->has_frag = false;
	ip->mf = false;
	ip->frag_off = 0;
	ip->id = 0;
	ip->frag_next = 0;
	ip->frag_at = 0;
	ip->has_route = false;
}

static struct proto_next ip6_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct ip6 *ip = &l->ip6;
	struct rd r = rd_of(at);
	size_t claimed;
	bool readable;

	if (at.n && at.p[0] >> 4 != 6)
		return decode_damaged(p, l, PKT_MALFORMED, 0);
	read_fixed(ip, &r);
	if (r.bad)
		return decode_short(p, l, at, IP6_HEADER);
	/* Length 0 with something behind it: a jumbogram, or left to the card by offload. */
	claimed =
	    ip->payload_len || ip->next == IP_PROTO_NONE ? ip->payload_len : p->payload_len - IP6_HEADER;
	readable = walk(p, l, slice_sub(at, IP6_HEADER, claimed), claimed);
	decode_claim(p, l, at, IP6_HEADER + ip->ext.n, claimed - ip->ext.n);
	if (!readable || (ip->has_frag && ip->frag_off))
		return decode_end();
	return proto_by_ip(ip->next);
}

static const char *const ext_next_names[] = {
	[IP6_HOP_BY_HOP] = "ipv6.hopopts.nxt",
	[IP6_ROUTING] = "ipv6.routing.nxt",
	[IP6_FRAGMENT] = "ipv6.fraghdr.nxt",
	[IP6_AUTH] = "ah.next_header",
	[IP6_DEST_OPTIONS] = "ipv6.dstopts.nxt",
	[IP6_MOBILITY] = "mip6.proto",
};

static void fragment_fields(const struct ip6 *ip, uint32_t off, struct fields *out)
{
	fields_uint(
	    out, "ipv6.fraghdr.offset", "Fragment offset (8 bytes each)", off + 2, 2, ip->frag_off / 8);
	fields_bool(out, "ipv6.fraghdr.more", "More fragments", off + 2, 2, ip->mf);
	fields_hex(out, "ipv6.fraghdr.ident", "Identification", off + 4, 4, 8, ip->id);
}

static void ext_fields(const struct ip6 *ip, uint32_t off, struct fields *out)
{
	struct slice rest = ip->ext;
	uint8_t type = ip->first;

	for (uint8_t i = 0; i < ip->nexts; i++) {
		size_t len = ip6_ext_len(type, rest);

		fields_uint(out, ext_next_names[type], "Next header", off, 1, rest.p[0]);
		if (type == IP6_FRAGMENT)
			fragment_fields(ip, off, out);
		if (type == IP6_ROUTING) {
			fields_uint(out, "ipv6.routing.type", "Routing type", off + 2, 1, rest.p[2]);
			fields_uint(out, "ipv6.routing.segleft", "Segments left", off + 3, 1, rest.p[3]);
		}
		type = rest.p[0];
		off += (uint32_t)len;
		rest = slice_skip(rest, len);
	}
}

static void ip6_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct ip6 *ip = &l->ip6;
	uint32_t off = l->off;

	fields_uint(out, "ipv6.version", "Version", off, 1, 6);
	fields_hex(out, "ipv6.tclass", "Traffic class", off, 4, 2, ip->traffic_class);
	fields_uint(out, "ipv6.tclass.dscp", "DSCP", off, 4, ip->traffic_class >> 2);
	fields_uint(out, "ipv6.tclass.ecn", "ECN", off, 4, ip->traffic_class & 3);
	fields_hex(out, "ipv6.flow", "Flow label", off + 1, 3, 5, ip->flow_label);
	fields_uint(out, "ipv6.plen", "Payload length", off + 4, 2, ip->payload_len);
	fields_uint(out, "ipv6.nxt", "Next header", off + 6, 1, ip->first);
	fields_uint(out, "ipv6.hlim", "Hop limit", off + 7, 1, ip->hop_limit);
	fields_slice(out, "ipv6.src", "Source address", FIELD_IP6, off + 8, DECODE_ADDR(ip->src));
	fields_slice(out, "ipv6.dst", "Destination address", FIELD_IP6, off + 24, DECODE_ADDR(ip->dst));
	ext_fields(ip, off + IP6_HEADER, out);
}

const struct proto ip6_proto = { "ipv6", "Internet Protocol, version 6", 3, "RFC 8200", ip6_decode,
	ip6_fields };

size_t ip6_header_len(const struct ip6 *ip)
{
	return IP6_HEADER + (ip->has_frag ? FRAGMENT_LEN : 0);
}

void ip6_encode(struct wr *w, const struct ip6 *ip, size_t body_len)
{
	size_t payload = ip6_header_len(ip) - IP6_HEADER + body_len;

	if (payload > 0xffff || ip->frag_off % 8)
		w->bad = true;
	wr_be32(w, 6u << 28 | (uint32_t)ip->traffic_class << 20 | (ip->flow_label & 0xfffff));
	wr_be16(w, (uint16_t)payload);
	wr_u8(w, ip->has_frag ? IP6_FRAGMENT : ip->next);
	wr_u8(w, ip->hop_limit);
	wr_put(w, DECODE_ADDR(ip->src));
	wr_put(w, DECODE_ADDR(ip->dst));
	if (ip->has_frag) {
		wr_u8(w, ip->next);
		wr_u8(w, 0);
		wr_be16(w, ip->frag_off | ip->mf);
		wr_be32(w, ip->id);
	}
}

const char *ip6_ext_name(uint8_t next)
{
	switch (next) {
	case IP6_HOP_BY_HOP: return "Hop-by-Hop Options";
	case IP6_ROUTING: return "Routing";
	case IP6_FRAGMENT: return "Fragment";
	case IP6_AUTH: return "Authentication";
	case IP6_DEST_OPTIONS: return "Destination Options";
	case IP6_MOBILITY: return "Mobility";
	default: return NULL;
	}
}

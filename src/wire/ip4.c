/* Internet Protocol, version 4.  RFC 791. */
#include "wire/ip4.h"

#include "wire/cksum.h"
#include "wire/decode.h"

enum {
	FLAG_RESERVED = 0x8000,
	FLAG_DF = 0x4000,
	FLAG_MF = 0x2000,
	FRAG_MASK = 0x1fff, /* in units of 8 bytes */
};

static void read_fixed(struct ip4 *ip, struct rd *r)
{
	uint16_t frag;

	ip->tos = rd_u8(r);
	ip->total_len = rd_be16(r);
	ip->id = rd_be16(r);
	frag = rd_be16(r);
	ip->frag_off = (uint16_t)((frag & FRAG_MASK) * 8);
	ip->reserved = frag & FLAG_RESERVED;
	ip->df = frag & FLAG_DF;
	ip->mf = frag & FLAG_MF;
	ip->ttl = rd_u8(r);
	ip->proto = rd_u8(r);
	ip->cksum = rd_be16(r);
	decode_copy(r, ip->src, 4);
	decode_copy(r, ip->dst, 4);
}

static struct proto_next ip4_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct ip4 *ip = &l->ip4;
	struct rd r = rd_of(at);
	uint8_t first = rd_u8(&r);

	if (r.bad)
		return decode_short(p, l, at, IP4_HEADER_MIN);
	ip->ihl = (uint8_t)((first & 0x0f) * 4);
	if (first >> 4 != 4 || ip->ihl < IP4_HEADER_MIN)
		return decode_damaged(p, l, PKT_MALFORMED, 0);
	read_fixed(ip, &r);
	ip->options = rd_take(&r, ip->ihl - IP4_HEADER_MIN);
	if (r.bad)
		return decode_short(p, l, at, ip->ihl);
	if (ip->total_len && ip->total_len < ip->ihl)
		return decode_damaged(p, l, PKT_MALFORMED, 2);
	ip->cksum_ok = cksum_fold(cksum_add(0, slice_sub(at, 0, ip->ihl))) == 0;
	if (ip->total_len)
		decode_claim(p, l, at, ip->ihl, ip->total_len - ip->ihl);
	else
		decode_done(p, l, at, ip->ihl);
	return ip->frag_off ? decode_end() : proto_by_ip(ip->proto);
}

static void flag_fields(const struct ip4 *ip, uint32_t off, struct fields *out)
{
	fields_hex(out, "ip.flags", "Flags", off, 1, 2, ip->reserved << 2 | ip->df << 1 | ip->mf);
	fields_bool(out, "ip.flags.rb", "Reserved bit", off, 1, ip->reserved);
	fields_bool(out, "ip.flags.df", "Don't fragment", off, 1, ip->df);
	fields_bool(out, "ip.flags.mf", "More fragments", off, 1, ip->mf);
	fields_uint(out, "ip.frag_offset", "Fragment offset (8 bytes each)", off, 2, ip->frag_off / 8);
}

static void ip4_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct ip4 *ip = &l->ip4;
	uint32_t off = l->off;

	fields_uint(out, "ip.version", "Version", off, 1, 4);
	fields_uint(out, "ip.hdr_len", "Header length", off, 1, ip->ihl);
	fields_hex(out, "ip.dsfield", "Differentiated services", off + 1, 1, 2, ip->tos);
	fields_uint(out, "ip.dsfield.dscp", "DSCP", off + 1, 1, ip->tos >> 2);
	fields_uint(out, "ip.dsfield.ecn", "ECN", off + 1, 1, ip->tos & 3);
	fields_uint(out, "ip.len", "Total length", off + 2, 2, ip->total_len);
	fields_hex(out, "ip.id", "Identification", off + 4, 2, 4, ip->id);
	flag_fields(ip, off + 6, out);
	fields_uint(out, "ip.ttl", "Time to live", off + 8, 1, ip->ttl);
	fields_uint(out, "ip.proto", "Protocol", off + 9, 1, ip->proto);
	fields_hex(out, "ip.checksum", "Header checksum", off + 10, 2, 4, ip->cksum);
	fields_slice(out, "ip.src", "Source address", FIELD_IP4, off + 12, DECODE_ADDR(ip->src));
	fields_slice(out, "ip.dst", "Destination address", FIELD_IP4, off + 16, DECODE_ADDR(ip->dst));
	if (ip->options.n)
		fields_slice(
		    out, "osilab.ip.options", "Options", FIELD_BYTES, off + IP4_HEADER_MIN, ip->options);
}

const struct proto ip4_proto = { "ip", "Internet Protocol, version 4", 3, "RFC 791", ip4_decode, ip4_fields };

size_t ip4_header_len(const struct ip4 *ip)
{
	return IP4_HEADER_MIN + (ip->options.n + 3) / 4 * 4;
}

void ip4_encode(struct wr *w, const struct ip4 *ip, size_t body_len)
{
	size_t start = w->n, len = ip4_header_len(ip);
	uint16_t flags =
	    (uint16_t)((ip->reserved ? FLAG_RESERVED : 0) | (ip->df ? FLAG_DF : 0) | (ip->mf ? FLAG_MF : 0));
	uint16_t sum;

	if (len > IP4_HEADER_MAX || len + body_len > 0xffff || ip->frag_off % 8)
		w->bad = true;
	wr_u8(w, (uint8_t)(4 << 4 | len / 4));
	wr_u8(w, ip->tos);
	wr_be16(w, (uint16_t)(len + body_len));
	wr_be16(w, ip->id);
	wr_be16(w, flags | ip->frag_off / 8);
	wr_u8(w, ip->ttl);
	wr_u8(w, ip->proto);
	wr_be16(w, 0);
	wr_put(w, DECODE_ADDR(ip->src));
	wr_put(w, DECODE_ADDR(ip->dst));
	wr_put(w, ip->options);
	while (!w->bad && w->n < start + len)
		wr_u8(w, 0);
	if (w->bad)
		return;
	sum = cksum_fold(cksum_add(0, slice_of(w->p + start, len)));
	w->p[start + 10] = (uint8_t)(sum >> 8);
	w->p[start + 11] = (uint8_t)sum;
}

const char *ip_proto_name(uint8_t proto)
{
	switch (proto) {
	case 0: return "IPv6 Hop-by-Hop Options";
	case IP_PROTO_ICMP: return "ICMP";
	case IP_PROTO_IGMP: return "IGMP";
	case IP_PROTO_IP4: return "IPv4";
	case IP_PROTO_TCP: return "TCP";
	case 8: return "EGP";
	case IP_PROTO_UDP: return "UDP";
	case 33: return "DCCP";
	case IP_PROTO_IP6: return "IPv6";
	case 43: return "IPv6 Routing";
	case 44: return "IPv6 Fragment";
	case 46: return "RSVP";
	case 47: return "GRE";
	case IP_PROTO_ESP: return "ESP";
	case IP_PROTO_AH: return "AH";
	case IP_PROTO_ICMP6: return "ICMPv6";
	case IP_PROTO_NONE: return "No next header";
	case 60: return "IPv6 Destination Options";
	case 88: return "EIGRP";
	case 89: return "OSPF";
	case 94: return "IPIP";
	case 97: return "EtherIP";
	case 103: return "PIM";
	case 108: return "IPComp";
	case 112: return "VRRP";
	case 115: return "L2TP";
	case 132: return "SCTP";
	case 135: return "IPv6 Mobility";
	case 136: return "UDP-Lite";
	case 137: return "MPLS-in-IP";
	case 255: return "Reserved (raw)";
	default: return NULL;
	}
}

const char *ip_dscp_name(uint8_t dscp)
{
	static const char *const names[64] = {
		[0] = "CS0",
		[1] = "LE",
		[8] = "CS1",
		[10] = "AF11",
		[12] = "AF12",
		[14] = "AF13",
		[16] = "CS2",
		[18] = "AF21",
		[20] = "AF22",
		[22] = "AF23",
		[24] = "CS3",
		[26] = "AF31",
		[28] = "AF32",
		[30] = "AF33",
		[32] = "CS4",
		[34] = "AF41",
		[36] = "AF42",
		[38] = "AF43",
		[40] = "CS5",
		[44] = "VOICE-ADMIT",
		[46] = "EF",
		[48] = "CS6",
		[56] = "CS7",
	};

	return dscp < 64 ? names[dscp] : NULL;
}

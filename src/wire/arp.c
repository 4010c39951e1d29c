/* Address Resolution Protocol.  RFC 826, RFC 5227. */
#include "wire/arp.h"

#include "wire/decode.h"

static struct proto_next arp_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct arp *a = &l->arp;
	struct rd r = rd_of(at);
	size_t len;

	a->hw = rd_be16(&r);
	a->proto = rd_be16(&r);
	a->hw_len = rd_u8(&r);
	a->proto_len = rd_u8(&r);
	a->op = rd_be16(&r);
	if (r.bad)
		return decode_short(p, l, at, ARP_FIXED);
	len = ARP_FIXED + 2 * ((size_t)a->hw_len + a->proto_len);
	a->sha = rd_take(&r, a->hw_len);
	a->spa = rd_take(&r, a->proto_len);
	a->tha = rd_take(&r, a->hw_len);
	a->tpa = rd_take(&r, a->proto_len);
	if (r.bad)
		return decode_short(p, l, at, len);
	a->eth_ip4 =
	    a->hw == ARP_HW_ETHERNET && a->hw_len == 6 && a->proto == ETH_TYPE_IP4 && a->proto_len == 4;
	decode_claim(p, l, at, len, 0);
	return decode_end();
}

/* Typed where the address is of the usual kind, else as octets. */
static void hardware_field(const struct arp *a, const char *mac, const char *other, const char *label,
    uint32_t off, struct slice s, struct fields *out)
{
	if (a->hw == ARP_HW_ETHERNET && a->hw_len == 6)
		fields_slice(out, mac, label, FIELD_MAC, off, s);
	else
		fields_slice(out, other, label, FIELD_BYTES, off, s);
}

static void protocol_field(const struct arp *a, const char *ip4, const char *other, const char *label,
    uint32_t off, struct slice s, struct fields *out)
{
	if (a->proto == ETH_TYPE_IP4 && a->proto_len == 4)
		fields_slice(out, ip4, label, FIELD_IP4, off, s);
	else
		fields_slice(out, other, label, FIELD_BYTES, off, s);
}

static void arp_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct arp *a = &l->arp;
	uint32_t off = l->off;

	fields_uint(out, "arp.hw.type", "Hardware type", off, 2, a->hw);
	fields_hex(out, "arp.proto.type", "Protocol type", off + 2, 2, 4, a->proto);
	fields_uint(out, "arp.hw.size", "Hardware size", off + 4, 1, a->hw_len);
	fields_uint(out, "arp.proto.size", "Protocol size", off + 5, 1, a->proto_len);
	fields_uint(out, "arp.opcode", "Operation", off + 6, 2, a->op);
	off += ARP_FIXED;
	hardware_field(a, "arp.src.hw_mac", "arp.src.hw", "Sender hardware address", off, a->sha, out);
	off += a->hw_len;
	protocol_field(a, "arp.src.proto_ipv4", "arp.src.proto", "Sender protocol address", off, a->spa, out);
	off += a->proto_len;
	hardware_field(a, "arp.dst.hw_mac", "arp.dst.hw", "Target hardware address", off, a->tha, out);
	off += a->hw_len;
	protocol_field(a, "arp.dst.proto_ipv4", "arp.dst.proto", "Target protocol address", off, a->tpa, out);
}

/* It belongs to neither side: it ties layer 3 addresses to those of layer 2, and travels in
 * layer 2. */
const struct proto arp_proto = { "arp", "Address Resolution Protocol", 2, "RFC 826", arp_decode, arp_fields };

void arp_encode(struct wr *w, const struct arp *a)
{
	if (a->sha.n != a->tha.n || a->spa.n != a->tpa.n || a->sha.n > 255 || a->spa.n > 255)
		w->bad = true;
	wr_be16(w, a->hw);
	wr_be16(w, a->proto);
	wr_u8(w, (uint8_t)a->sha.n);
	wr_u8(w, (uint8_t)a->spa.n);
	wr_be16(w, a->op);
	wr_put(w, a->sha);
	wr_put(w, a->spa);
	wr_put(w, a->tha);
	wr_put(w, a->tpa);
}

const char *arp_op_name(uint16_t op)
{
	switch (op) {
	case ARP_REQUEST: return "request";
	case ARP_REPLY: return "reply";
	case ARP_RREQUEST: return "reverse request";
	case ARP_RREPLY: return "reverse reply";
	default: return NULL;
	}
}

static bool all_zero(struct slice s)
{
	while (s.n && s.p[s.n - 1] == 0)
		s.n--;
	return s.n == 0;
}

bool arp_is_probe(const struct arp *a)
{
	return a->eth_ip4 && a->op == ARP_REQUEST && all_zero(a->spa) && !all_zero(a->tpa);
}

bool arp_is_announcement(const struct arp *a)
{
	return a->eth_ip4 && slice_eq(a->spa, a->tpa) && !all_zero(a->spa);
}

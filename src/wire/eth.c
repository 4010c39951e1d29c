/* Ethernet II and 802.3 frames.  RFC 894, IEEE 802.3 3.2. */
#include "wire/eth.h"

#include "wire/decode.h"

static struct proto_next eth_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct rd r = rd_of(at);

	decode_copy(&r, l->eth.dst, 6);
	decode_copy(&r, l->eth.src, 6);
	l->eth.type = rd_be16(&r);
	if (r.bad)
		return decode_short(p, l, at, ETH_HEADER);
	if (l->eth.type <= ETH_LENGTH_MAX) {
		decode_claim(p, l, at, ETH_HEADER, l->eth.type);
		return decode_llc(l);
	}
	decode_done(p, l, at, ETH_HEADER);
	return proto_by_ethertype(l->eth.type);
}

static void eth_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	fields_slice(out, "eth.dst", "Destination", FIELD_MAC, l->off, DECODE_ADDR(l->eth.dst));
	fields_slice(out, "eth.src", "Source", FIELD_MAC, l->off + 6, DECODE_ADDR(l->eth.src));
	if (l->eth.type <= ETH_LENGTH_MAX)
		fields_uint(out, "eth.len", "Length", l->off + 12, 2, l->eth.type);
	else
		fields_hex(out, "eth.type", "Type", l->off + 12, 2, 4, l->eth.type);
}

const struct proto eth_proto = { "eth", "Ethernet", 2, "RFC 894", eth_decode, eth_fields };

void eth_encode(struct wr *w, const struct eth *e)
{
	wr_put(w, DECODE_ADDR(e->dst));
	wr_put(w, DECODE_ADDR(e->src));
	wr_be16(w, e->type);
}

const char *eth_type_name(uint16_t type)
{
	switch (type) {
	case ETH_TYPE_IP4: return "IPv4";
	case ETH_TYPE_ARP: return "ARP";
	case 0x0842: return "Wake-on-LAN";
	case 0x22f3: return "TRILL";
	case 0x6558: return "Transparent Ethernet Bridging";
	case 0x8035: return "RARP";
	case ETH_TYPE_VLAN: return "802.1Q VLAN";
	case ETH_TYPE_IP6: return "IPv6";
	case 0x8808: return "Ethernet flow control";
	case 0x8809: return "Slow Protocols (LACP)";
	case 0x8847: return "MPLS";
	case 0x8848: return "MPLS, upstream label";
	case 0x8863: return "PPPoE Discovery";
	case 0x8864: return "PPPoE Session";
	case 0x888e: return "802.1X (EAPOL)";
	case ETH_TYPE_QINQ: return "802.1ad service VLAN";
	case 0x88cc: return "LLDP";
	case 0x88e5: return "802.1AE (MACsec)";
	case 0x88f7: return "PTP";
	case 0x8902: return "802.1ag (CFM)";
	case 0x9000: return "Loopback";
	case ETH_TYPE_QINQ_OLD: return "Q-in-Q (pre-standard)";
	default: return NULL;
	}
}

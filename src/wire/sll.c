/* The Linux "cooked" pseudo headers, versions 1 and 2.
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and .../LINKTYPE_LINUX_SLL2.html */
#include "wire/sll.h"

#include "wire/decode.h"

enum {
	ARPHRD_OF_NETLINK = 824, /* `protocol` is then a netlink family, not an EtherType */
	ETH_P_OF_802_2 = 4,
	ADDR_ROOM = 8,
};

static struct proto_next next_of(const struct sll *s)
{
	/* Numbers below 0x0600 are Linux's own: 802.3 and LLC frames. */
	if (s->arphrd != ARPHRD_OF_NETLINK && s->protocol >= ETH_TYPE_MIN)
		return proto_by_ethertype(s->protocol);
	if (s->arphrd != ARPHRD_OF_NETLINK && s->protocol == ETH_P_OF_802_2)
		return (struct proto_next){ PROTO_LLC, 0, false };
	return decode_end();
}

static struct proto_next sll_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct sll *s = &l->sll;
	struct rd r = rd_of(at);

	s->version = 1;
	s->ifindex = 0;
	s->type = rd_be16(&r);
	s->arphrd = rd_be16(&r);
	s->addr_len = rd_be16(&r);
	decode_copy(&r, s->addr, ADDR_ROOM);
	s->protocol = rd_be16(&r);
	if (r.bad)
		return decode_short(p, l, at, SLL_HEADER);
	decode_done(p, l, at, SLL_HEADER);
	return next_of(s);
}

static struct proto_next sll2_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct sll *s = &l->sll;
	struct rd r = rd_of(at);

	s->version = 2;
	s->protocol = rd_be16(&r);
	rd_skip(&r, 2);
	s->ifindex = rd_be32(&r);
	s->arphrd = rd_be16(&r);
	s->type = rd_u8(&r);
	s->addr_len = rd_u8(&r);
	decode_copy(&r, s->addr, ADDR_ROOM);
	if (r.bad)
		return decode_short(p, l, at, SLL2_HEADER);
	decode_done(p, l, at, SLL2_HEADER);
	return next_of(s);
}

static void address_field(const struct sll *s, uint32_t off, struct fields *out)
{
	size_t n = s->addr_len < ADDR_ROOM ? s->addr_len : ADDR_ROOM;

	if (n == 6)
		fields_slice(out, "sll.src.eth", "Source", FIELD_MAC, off, slice_of(s->addr, n));
	else if (n)
		fields_slice(out, "sll.src.other", "Source", FIELD_BYTES, off, slice_of(s->addr, n));
}

static void protocol_field(const struct sll *s, uint32_t off, struct fields *out)
{
	if (s->protocol >= ETH_TYPE_MIN)
		fields_hex(out, "sll.etype", "Protocol", off, 2, 4, s->protocol);
	else
		fields_hex(out, "sll.ltype", "Protocol", off, 2, 4, s->protocol);
}

static void sll_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	fields_uint(out, "sll.pkttype", "Packet type", l->off, 2, l->sll.type);
	fields_uint(out, "sll.hatype", "Device type", l->off + 2, 2, l->sll.arphrd);
	fields_uint(out, "sll.halen", "Address length", l->off + 4, 2, l->sll.addr_len);
	address_field(&l->sll, l->off + 6, out);
	protocol_field(&l->sll, l->off + 14, out);
}

static void sll2_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	protocol_field(&l->sll, l->off, out);
	fields_uint(out, "sll.ifindex", "Interface index", l->off + 4, 4, l->sll.ifindex);
	fields_uint(out, "sll.hatype", "Device type", l->off + 8, 2, l->sll.arphrd);
	fields_uint(out, "sll.pkttype", "Packet type", l->off + 10, 1, l->sll.type);
	fields_uint(out, "sll.halen", "Address length", l->off + 11, 1, l->sll.addr_len);
	address_field(&l->sll, l->off + 12, out);
}

const struct proto sll_proto = { "sll", "Linux cooked capture", 2, "LINKTYPE_LINUX_SLL", sll_decode,
	sll_fields };
const struct proto sll2_proto = { "sll", "Linux cooked capture, version 2", 2, "LINKTYPE_LINUX_SLL2",
	sll2_decode, sll2_fields };

void sll_encode(struct wr *w, const struct sll *s)
{
	if (s->version == 1) {
		wr_be16(w, s->type);
		wr_be16(w, s->arphrd);
		wr_be16(w, s->addr_len);
		wr_put(w, DECODE_ADDR(s->addr));
		wr_be16(w, s->protocol);
		return;
	}
	wr_be16(w, s->protocol);
	wr_be16(w, 0);
	wr_be32(w, s->ifindex);
	wr_be16(w, s->arphrd);
	wr_u8(w, (uint8_t)s->type);
	wr_u8(w, (uint8_t)s->addr_len);
	wr_put(w, DECODE_ADDR(s->addr));
}

const char *sll_type_words(uint16_t type)
{
	switch (type) {
	case SLL_TO_US: return "sent to us";
	case SLL_BROADCAST: return "broadcast";
	case SLL_MULTICAST: return "multicast";
	case SLL_TO_OTHER: return "sent to another host";
	case SLL_FROM_US: return "sent by us";
	default: return NULL;
	}
}

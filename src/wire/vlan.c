/* The 802.1Q tag.  IEEE 802.1Q 9.6. */
#include "wire/vlan.h"

#include "wire/decode.h"

static struct proto_next vlan_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct rd r = rd_of(at);
	uint16_t control = rd_be16(&r);

	l->vlan.type = rd_be16(&r);
	if (r.bad)
		return decode_short(p, l, at, VLAN_HEADER);
	l->vlan.pcp = (uint8_t)(control >> 13);
	l->vlan.dei = control >> 12 & 1;
	l->vlan.vid = control & 0x0fff;
	if (l->vlan.type <= ETH_LENGTH_MAX) {
		decode_claim(p, l, at, VLAN_HEADER, l->vlan.type);
		return decode_llc(l);
	}
	decode_done(p, l, at, VLAN_HEADER);
	return proto_by_ethertype(l->vlan.type);
}

static void vlan_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	fields_uint(out, "vlan.priority", "Priority", l->off, 2, l->vlan.pcp);
	fields_bool(out, "vlan.dei", "Drop eligible", l->off, 2, l->vlan.dei);
	fields_uint(out, "vlan.id", "VLAN identifier", l->off, 2, l->vlan.vid);
	if (l->vlan.type <= ETH_LENGTH_MAX)
		fields_uint(out, "vlan.len", "Length", l->off + 2, 2, l->vlan.type);
	else
		fields_hex(out, "vlan.etype", "Type", l->off + 2, 2, 4, l->vlan.type);
}

const struct proto vlan_proto = { "vlan", "802.1Q virtual LAN", 2, "IEEE 802.1Q", vlan_decode, vlan_fields };

void vlan_encode(struct wr *w, const struct vlan *v)
{
	wr_be16(w, (uint16_t)((v->pcp & 7) << 13 | v->dei << 12 | (v->vid & 0x0fff)));
	wr_be16(w, v->type);
}

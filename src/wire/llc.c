/* 802.2 and SNAP; see llc.h. */
#include "wire/llc.h"

#include "wire/decode.h"

enum {
	CONTROL_UNNUMBERED = 3, /* both lower bits: a control field of one byte */
	SNAP_LEN = 5,
};

static struct proto_next llc_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct llc *c = &l->llc;
	struct rd r = rd_of(at);

	*c = (struct llc){ 0 };
	c->dsap = rd_u8(&r);
	c->ssap = rd_u8(&r);
	c->control = rd_u8(&r);
	if ((c->control & CONTROL_UNNUMBERED) != CONTROL_UNNUMBERED)
		c->control = (uint16_t)(c->control << 8 | rd_u8(&r));
	if (r.bad)
		return decode_short(p, l, at, LLC_HEADER_MIN + (at.n >= LLC_HEADER_MIN));
	c->snap = c->dsap == LLC_SAP_SNAP && c->ssap == LLC_SAP_SNAP && c->control == CONTROL_UNNUMBERED;
	if (c->snap) {
		c->oui = rd_be24(&r);
		c->pid = rd_be16(&r);
		if (r.bad)
			return decode_short(p, l, at, LLC_HEADER_MIN + SNAP_LEN);
	}
	decode_done(p, l, at, r.off);
	if (c->snap && c->oui == 0)
		return proto_by_ethertype(c->pid);
	if (c->dsap == LLC_SAP_STP && !c->snap)
		return (struct proto_next){ PROTO_STP, 0, false };
	return decode_end();
}

static void llc_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct llc *c = &l->llc;

	fields_hex(out, "llc.dsap", "Destination service", l->off, 1, 2, c->dsap);
	fields_hex(out, "llc.ssap", "Source service", l->off + 1, 1, 2, c->ssap);
	fields_hex(out, "llc.control", "Control", l->off + 2, c->control > 0xff ? 2 : 1,
	    c->control > 0xff ? 4 : 2, c->control);
	if (!c->snap)
		return;
	fields_hex(out, "llc.oui", "Organization", l->off + 3, 3, 6, c->oui);
	fields_hex(out, c->oui ? "llc.pid" : "llc.type", "Type", l->off + 6, 2, 4, c->pid);
}

const struct proto llc_proto = { "llc", "Logical Link Control", 2, "IEEE 802.2", llc_decode, llc_fields };

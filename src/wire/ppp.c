/* PPP and PPPoE; see ppp.h. */
#include "wire/ppp.h"

#include "wire/decode.h"

static struct proto_next ppp_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct proto_next next = { PROTO_NONE, 0, false };
	struct ppp *f = &l->ppp;
	struct rd r = rd_of(at);

	f->framed = at.n >= 2 && at.p[0] == 0xff && at.p[1] == 0x03;
	rd_skip(&r, f->framed ? 2 : 0);
	f->protocol = rd_u8(&r);
	if (!(f->protocol & 1)) /* one byte when compressed: RFC 1661 6.5 */
		f->protocol = (uint16_t)(f->protocol << 8 | rd_u8(&r));
	if (r.bad)
		return decode_short(p, l, at, f->framed ? 4 : 2);
	decode_done(p, l, at, r.off);
	if (f->protocol == PPP_IP4 || f->protocol == PPP_IP6) {
		next.proto = f->protocol == PPP_IP4 ? PROTO_IP4 : PROTO_IP6;
	} else {
		next.unknown = true;
		next.number = f->protocol;
	}
	return next;
}

static void ppp_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	uint32_t at = l->off + (l->ppp.framed ? 2 : 0);

	if (l->ppp.framed) {
		fields_hex(out, "ppp.address", "Address", l->off, 1, 2, 0xff);
		fields_hex(out, "ppp.control", "Control", l->off + 1, 1, 2, 0x03);
	}
	fields_hex(out, "ppp.protocol", "Protocol", at, l->off + l->len - at, 4, l->ppp.protocol);
}

const struct proto ppp_proto = { "ppp", "Point-to-Point Protocol", 2, "RFC 1661", ppp_decode, ppp_fields };

static struct proto_next pppoe_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct pppoe *f = &l->pppoe;
	struct rd r = rd_of(at);
	uint8_t version = rd_u8(&r);

	f->code = rd_u8(&r);
	f->session = rd_be16(&r);
	f->len = rd_be16(&r);
	if (r.bad)
		return decode_short(p, l, at, PPPOE_HEADER);
	if (version != 0x11)
		return decode_damaged(p, l, PKT_MALFORMED, 0);
	decode_claim(p, l, at, PPPOE_HEADER, f->len);
	if (f->code == PPPOE_SESSION && f->len)
		return (struct proto_next){ PROTO_PPP, 0, false };
	return decode_end();
}

static void pppoe_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	fields_hex(out, "pppoe.code", "Code", l->off + 1, 1, 2, l->pppoe.code);
	fields_hex(out, "pppoe.session_id", "Session", l->off + 2, 2, 4, l->pppoe.session);
	fields_uint(out, "pppoe.payload_length", "Length", l->off + 4, 2, l->pppoe.len);
}

const struct proto pppoe_proto = { "pppoe", "PPP over Ethernet", 2, "RFC 2516", pppoe_decode, pppoe_fields };

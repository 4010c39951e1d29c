/* Spanning tree messages.  IEEE 802.1D 9.3. */
#include "wire/decode.h"
#include "wire/llc.h"

enum { STP_HEADER = 4 };

static struct proto_next stp_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct stp *s = &l->stp;
	struct rd r = rd_of(at);

	*s = (struct stp){ 0 };
	rd_skip(&r, 2); /* protocol 0 */
	s->version = rd_u8(&r);
	s->type = rd_u8(&r);
	if (r.bad)
		return decode_short(p, l, at, STP_HEADER);
	if (s->type != STP_CONFIG && s->type != STP_RAPID) {
		decode_done(p, l, at, STP_HEADER);
		return decode_end();
	}
	s->flags = rd_u8(&r);
	s->root_prio = rd_be16(&r);
	decode_copy(&r, s->root, 6);
	s->cost = rd_be32(&r);
	s->bridge_prio = rd_be16(&r);
	decode_copy(&r, s->bridge, 6);
	s->port = rd_be16(&r);
	rd_skip(&r, 8); /* ages */
	if (r.bad)
		return decode_short(p, l, at, STP_CONFIG_LEN);
	decode_done(p, l, at, STP_CONFIG_LEN);
	return decode_end();
}

static void stp_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct stp *s = &l->stp;
	uint32_t off = l->off;

	fields_uint(out, "stp.version", "Version", off + 2, 1, s->version);
	fields_hex(out, "stp.type", "Type", off + 3, 1, 2, s->type);
	if (l->len < STP_CONFIG_LEN)
		return;
	fields_hex(out, "stp.flags", "Flags", off + 4, 1, 2, s->flags);
	fields_uint(out, "stp.root.prio", "Priority of the root", off + 5, 2, s->root_prio & 0xf000);
	fields_slice(out, "stp.root.hw", "Root bridge", FIELD_MAC, off + 7, DECODE_ADDR(s->root));
	fields_uint(out, "stp.root.cost", "Cost of the way there", off + 13, 4, s->cost);
	fields_uint(out, "stp.bridge.prio", "Priority of the sender", off + 17, 2, s->bridge_prio & 0xf000);
	fields_slice(out, "stp.bridge.hw", "Sending bridge", FIELD_MAC, off + 19, DECODE_ADDR(s->bridge));
	fields_hex(out, "stp.port", "Port", off + 25, 2, 4, s->port);
}

const struct proto stp_proto = { "stp", "Spanning Tree Protocol", 2, "IEEE 802.1D", stp_decode, stp_fields };

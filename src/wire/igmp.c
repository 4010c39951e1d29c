/* IGMP; see igmp.h. */
#include "wire/igmp.h"

#include "wire/decode.h"

static struct proto_next igmp_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct igmp *m = &l->igmp;
	struct rd r = rd_of(at);

	*m = (struct igmp){ 0 };
	m->type = rd_u8(&r);
	m->max_resp = rd_u8(&r);
	m->cksum = rd_be16(&r);
	if (m->type == IGMP_REPORT_3) {
		rd_skip(&r, 2);
		m->records = rd_be16(&r);
	} else {
		decode_copy(&r, m->group, 4);
	}
	if (r.bad)
		return decode_short(p, l, at, IGMP_HEADER);
	if (m->type == IGMP_REPORT_3)
		m->groups = rd_rest(&r);
	decode_done(p, l, at, at.n);
	return decode_end();
}

bool igmp_group_next(struct slice *rest, struct slice *group)
{
	struct rd r = rd_of(*rest);
	uint8_t aux;
	uint16_t sources;

	rd_skip(&r, 1);
	aux = rd_u8(&r);
	sources = rd_be16(&r);
	*group = rd_take(&r, 4);
	rd_skip(&r, (size_t)sources * 4 + (size_t)aux * 4);
	if (r.bad)
		return false;
	*rest = slice_skip(*rest, r.off);
	return true;
}

static void igmp_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct igmp *m = &l->igmp;
	uint32_t off = l->off;

	fields_hex(out, "igmp.type", "Type", off, 1, 2, m->type);
	fields_hex(out, "igmp.checksum", "Checksum", off + 2, 2, 4, m->cksum);
	if (m->type != IGMP_REPORT_3) {
		fields_slice(out, "igmp.maddr", "Group", FIELD_IP4, off + 4, DECODE_ADDR(m->group));
		return;
	}
	fields_uint(out, "igmp.num_grp_recs", "Groups", off + 6, 2, m->records);
	for (struct slice rest = m->groups, group; igmp_group_next(&rest, &group);)
		fields_slice(out, "igmp.maddr", "Group", FIELD_IP4,
		    off + IGMP_HEADER + (uint32_t)(group.p - m->groups.p), group);
}

const struct proto igmp_proto = { "igmp", "Internet Group Management Protocol", 3, "RFC 9776", igmp_decode,
	igmp_fields };

const char *igmp_type_name(uint8_t type)
{
	switch (type) {
	case IGMP_QUERY: return "membership query";
	case IGMP_REPORT_1: return "version 1 report";
	case IGMP_REPORT_2: return "version 2 report";
	case IGMP_LEAVE: return "leave group";
	case IGMP_REPORT_3: return "version 3 report";
	default: return NULL;
	}
}

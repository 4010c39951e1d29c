/* What a packet shows below its transport; see network.h.  Here are the layers about which there is little to say. */
#include "trace/network.h"

#include "trace/fragment.h"
#include "trace/icmp.h"
#include "trace/iphead.h"
#include "trace/neighbour.h"

/* --- Link --------------------------------------------------------------------------------------------------------- */

/* The tags of a frame, once per VLAN.  l is the first of them. */
static void step_vlan(struct trace *t, const struct layer *l)
{
	const struct layer *end = &t->frame.pkt.layers[t->frame.pkt.n];
	const struct layer *inner = l + 1 < end && l[1].proto == PROTO_VLAN ? l + 1 : NULL;
	uint16_t key[3] = { l->vlan.vid, l->vlan.pcp, inner ? inner->vlan.vid : UINT16_MAX };
	struct memo_item *item = memo_put(&t->memo, MEMO_VLAN, slice_of(key, sizeof(key)));

	t->stats.vlan_packets++;
	if (!item || item->count)
		return;
	memo_mark(item, t->frame.number, t->frame.ts);
	if (inner)
		NOTE(t, VLAN_STACK, F_UINT("osilab.vlan.outer", l->vlan.vid),
		    F_UINT("osilab.vlan.inner", inner->vlan.vid));
	else
		NOTE(t, VLAN_TAG, F_UINT("osilab.vlan.ids", l->vlan.vid),
		    F_UINT("vlan.priority", l->vlan.pcp));
}

static void step_stp(struct trace *t, const struct layer *l)
{
	const struct stp *s = &l->stp;

	trace_info(t, "STP", "%s", s->type == STP_CHANGED ? "topology change" : "configuration");
	if (s->type == STP_CHANGED)
		NOTE0(t, STP_CHANGED);
	else if (l->len >= STP_CONFIG_LEN)
		NOTE(t, STP_CONFIG,
		    { .name = "stp.bridge.hw", .type = FIELD_MAC, .s = slice_of(s->bridge, 6) },
		    { .name = "stp.root.hw", .type = FIELD_MAC, .s = slice_of(s->root, 6) },
		    F_UINT("stp.root.cost", s->cost));
}

static void step_pppoe(struct trace *t, const struct layer *l)
{
	const char *what = "a message of unknown code";

	switch (l->pppoe.code) {
	case PPPOE_SESSION: return;
	case PPPOE_INITIATION: what = "a host looks for a server"; break;
	case PPPOE_OFFER: what = "a server offers itself"; break;
	case PPPOE_REQUEST: what = "the host asks for a session"; break;
	case PPPOE_CONFIRMATION: what = "the session begins"; break;
	case PPPOE_TERMINATE: what = "the session ends"; break;
	default: break;
	}
	trace_info(t, "PPPoE", "%s", what);
	NOTE(t, PPPOE, F_STR("osilab.pppoe.what", what));
}

/* --- Network ------------------------------------------------------------------------------------------------------ */

static void step_ip4(struct trace *t, const struct layer *l)
{
	if (iphead_remarkable4(&l->ip4))
		iphead_step4(t, l);
	if (ip4_is_fragment(&l->ip4))
		fragment_step(t, l);
}

static void step_ip6(struct trace *t, const struct layer *l)
{
	if (iphead_remarkable6(&l->ip6))
		iphead_step6(t, l);
	if (ip6_is_fragment(&l->ip6))
		fragment_step(t, l);
	else if (l->ip6.has_frag)
		NOTE0(t, FRAG_ATOMIC);
}

/* "224.0.0.251, 239.1.1.1"; the first few. */
static const char *groups_text(struct trace *t, const struct igmp *m)
{
	enum { LISTED = 4 };
	struct slice rest = m->groups, group = slice_of(m->group, 4);
	struct buf text = { 0 };
	const char *kept;
	unsigned n = 0;

	while (n < LISTED && (m->type == IGMP_REPORT_3 ? igmp_group_next(&rest, &group) : n == 0)) {
		struct field one = { .name = "one", .type = FIELD_IP4, .s = group };

		buf_puts(&text, n++ ? ", " : "");
		note_value(&one, &text);
	}
	if (n < m->records)
		buf_puts(&text, n ? ", …" : "…");
	kept = arena_printf(&t->arena, "%s", text.n ? buf_cstr(&text) : "none");
	buf_fini(&text);
	return kept;
}

static void step_igmp(struct trace *t, const struct layer *l)
{
	const struct igmp *m = &l->igmp;
	const char *name = igmp_type_name(m->type);
	const struct field groups = F_STR("osilab.igmp.groups", groups_text(t, m)),
	                   what = F_STR("osilab.igmp.name", name ? name : "?");

	trace_info(t, "IGMP", "%s", name ? name : "message of an unknown type");
	switch (m->type) {
	case IGMP_QUERY: NOTE(t, IGMP_QUERY, groups, what); break;
	case IGMP_LEAVE: NOTE(t, IGMP_LEAVE, groups, what); break;
	case IGMP_REPORT_1:
	case IGMP_REPORT_2:
	case IGMP_REPORT_3: NOTE(t, IGMP_REPORT, groups, what); break;
	default: break;
	}
}

static void step_ipsec(struct trace *t, const struct layer *l)
{
	if (l->proto == PROTO_ESP) {
		trace_info(t, "ESP", "SPI 0x%08x, seq=%u", l->ipsec.spi, l->ipsec.seq);
		NOTE(t, IP_ESP, F_HEX("esp.spi", l->ipsec.spi, 8));
	} else {
		NOTE(t, IP_AH, F_HEX("ah.spi", l->ipsec.spi, 8));
	}
}

/* --- The step ----------------------------------------------------------------------------------------------------- */

static void step_layer(struct trace *t, const struct layer *l)
{
	switch (l->proto) {
	case PROTO_VLAN:
		if (l == t->frame.pkt.layers || l[-1].proto != PROTO_VLAN)
			step_vlan(t, l);
		break;
	case PROTO_STP: step_stp(t, l); break;
	case PROTO_PPPOE: step_pppoe(t, l); break;
	case PROTO_ARP: neighbour_arp(t, l); break;
	case PROTO_IP4: step_ip4(t, l); break;
	case PROTO_IP6: step_ip6(t, l); break;
	case PROTO_ICMP:
	case PROTO_ICMP6: icmp_step(t, l); break;
	case PROTO_IGMP: step_igmp(t, l); break;
	case PROTO_ESP:
	case PROTO_AH: step_ipsec(t, l); break;
	default: break;
	}
}

static void note_damage(struct trace *t, const struct pkt *p)
{
	/* A snap length that cuts payload only is normal and shown by the sizes. */
	if (p->damage != PKT_CUT || !p->transport)
		NOTE(t, PACKET_DAMAGED, F_STR("osilab.damage", pkt_damage_words((enum pkt_damage)p->damage)),
		    F_STR("osilab.damaged_proto", proto_row((enum proto_id)p->damaged_proto)->title),
		    F_UINT("osilab.damage_off", p->damage_off));
	t->stats.damaged_packets++;
}

void network_step(struct trace *t)
{
	const struct pkt *p = &t->frame.pkt;

	if (fragment_due(t))
		fragment_expire(t);
	for (unsigned i = 0; i < p->n; i++)
		step_layer(t, &p->layers[i]);
	if (p->damage != PKT_WHOLE && p->damage != PKT_UNKNOWN)
		note_damage(t, p);
}

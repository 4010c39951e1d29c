/* What a packet shows below its transport: ARP, neighbour discovery, ICMP, fragments, hops; see network.h. */
#include "trace/network.h"

#include "trace/fragment.h"

static void note_arp(struct trace *t, const struct layer *l)
{
	const struct arp *a = &l->arp;
	enum note_id id = arp_is_probe(a)          ? NOTE_ARP_PROBE
	                  : arp_is_announcement(a) ? NOTE_ARP_ANNOUNCE
	                  : a->op == ARP_REQUEST   ? NOTE_ARP_REQUEST
	                                           : NOTE_ARP_REPLY;
	const struct field fields[] = {
		{ .name = "arp.src.hw_mac", .type = FIELD_MAC, .s = a->sha },
		{ .name = "arp.src.proto_ipv4", .type = FIELD_IP4, .s = a->spa },
		{ .name = "arp.dst.proto_ipv4", .type = FIELD_IP4, .s = a->tpa },
	};
	const struct field *ip = &fields[1];
	struct buf text = { 0 };

	if (!a->eth_ip4 || (a->op != ARP_REQUEST && a->op != ARP_REPLY))
		return;
	trace_where(t, trace_note(t, id, fields, 3), slice_sub(t->frame.pkt.bytes, l->off, l->len));
	if (a->op == ARP_REQUEST) {
		note_value(&fields[2], &text);
		buf_puts(&text, "? tell ");
		note_value(ip, &text);
		trace_info(t, "ARP", "who has %s", buf_cstr(&text));
	} else {
		note_value(ip, &text);
		buf_puts(&text, " is at ");
		note_value(&fields[0], &text);
		trace_info(t, "ARP", "%s", buf_cstr(&text));
	}
	buf_fini(&text);
}

static void note_neighbour(struct trace *t, const struct icmp *m, const struct ip6 *ip)
{
	static const uint8_t none[16];
	struct field src = { .name = "ipv6.src", .type = FIELD_IP6, .s = slice_of(ip->src, 16) };
	struct slice mac = slice_sub(m->lladdr, 0, 6);

	if (m->type == ICMP6_NEIGHBOR_SOLICIT) {
		struct field target = {
			.name = "icmpv6.nd.ns.target_address", .type = FIELD_IP6, .s = m->target
		};
		bool dad = memcmp(ip->src, none, 16) == 0;

		trace_note(t, dad ? NOTE_NDP_DAD : NOTE_NDP_SOLICIT, (struct field[]){ src, target }, 2);
	} else if (m->type == ICMP6_NEIGHBOR_ADVERT) {
		struct field target = {
			.name = "icmpv6.nd.na.target_address", .type = FIELD_IP6, .s = m->target
		};
		struct field at = { .name = "icmpv6.opt.linkaddr", .type = FIELD_MAC, .s = mac };

		if (!mac.n)
			at = (struct field)F_STR("icmpv6.opt.linkaddr", "the address of this frame");
		trace_note(t, NOTE_NDP_ADVERT, (struct field[]){ target, at }, 2);
	} else {
		NOTE(t, NDP_ROUTER, src, F_STR("osilab.icmp.what", icmp_type_name(true, m->type)));
	}
}

static void note_icmp(struct trace *t, const struct layer *l)
{
	const struct icmp *m = &l->icmp;
	const char *name = icmp_type_name(m->v6, m->type), *code = icmp_code_name(m->v6, m->type, m->code);
	bool request = m->type == (m->v6 ? ICMP6_ECHO : ICMP_ECHO);

	trace_info(t, m->v6 ? "ICMPv6" : "ICMP", "%s%s%s", name ? name : "message", code ? ", " : "",
	    code ? code : "");
	if (m->echo)
		trace_note(t, request ? NOTE_ICMP_ECHO : NOTE_ICMP_REPLY,
		    (struct field[]){ F_UINT("icmp.seq", m->seq) }, 1);
	else if (m->ndp && t->frame.pkt.net && t->frame.pkt.net->proto == PROTO_IP6)
		note_neighbour(t, m, &t->frame.pkt.net->ip6);
	else if (m->v6 && (m->type == ICMP6_MLD_REPORT || m->type == ICMP6_MLD2_REPORT) && t->frame.pkt.net &&
	         t->frame.pkt.net->proto == PROTO_IP6)
		NOTE(t, MLD_REPORT,
		    { .name = "ipv6.src", .type = FIELD_IP6, .s = slice_of(t->frame.pkt.net->ip6.src, 16) });
	else if (m->error)
		NOTE(t, ICMP_ERROR,
		    F_STR("osilab.icmp.what", arena_printf(&t->arena, "%s%s%s", name ? name : "Error",
		                                  code ? ", " : "", code ? code : "")));
}

void network_hops(struct trace *t)
{
	const struct layer *net = t->frame.pkt.net;
	unsigned ttl = net->proto == PROTO_IP4 ? net->ip4.ttl : net->ip6.hop_limit;
	unsigned start = ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;

	if (ttl == start)
		return;
	NOTE(t, IP_HOPS, F_UINT("osilab.ip.ttl", ttl), F_UINT("osilab.ip.ttl_start", start),
	    F_UINT("osilab.ip.routers", start - ttl));
}

void network_step(struct trace *t)
{
	const struct pkt *p = &t->frame.pkt;
	bool vlan = false;

	if (fragment_due(t))
		fragment_expire(t);
	for (unsigned i = 0; i < p->n; i++) {
		const struct layer *l = &p->layers[i];

		vlan |= l->proto == PROTO_VLAN;
		if (l->proto == PROTO_ARP)
			note_arp(t, l);
		else if (l->proto == PROTO_ICMP || l->proto == PROTO_ICMP6)
			note_icmp(t, l);
		else if ((l->proto == PROTO_IP4 && ip4_is_fragment(&l->ip4)) ||
		         (l->proto == PROTO_IP6 && ip6_is_fragment(&l->ip6)))
			fragment_step(t, l);
		else if (l->proto == PROTO_IP6 && l->ip6.has_frag)
			NOTE0(t, FRAG_ATOMIC);
	}
	t->stats.vlan_packets += vlan;
	if (p->damage != PKT_WHOLE && p->damage != PKT_UNKNOWN) {
		/* A snap length that cuts payload only is normal and shown by the sizes. */
		if (p->damage != PKT_CUT || !p->transport)
			NOTE(t, PACKET_DAMAGED,
			    F_STR("osilab.damage", pkt_damage_words((enum pkt_damage)p->damage)),
			    F_STR("osilab.damaged_proto", proto_row((enum proto_id)p->damaged_proto)->title),
			    F_UINT("osilab.damage_off", p->damage_off));
		t->stats.damaged_packets++;
	}
}

/* Neighbour discovery and multicast listeners in words; see neighbour.h. */
#include "trace/neighbour.h"

#include "base/clock.h"

enum {
	HOPS_MUST = 255, /* RFC 4861 7.1: nothing that came through a router is believed */
	OPT_PREFIX = 3,
	OPT_MTU = 5,
	OPT_RDNSS = 25,
	PREFIX_DATA = 30, /* of a prefix option, behind type and length */
	PREFIX_ON_LINK = 0x80,
	PREFIX_AUTONOMOUS = 0x40,
	GROUPS_LISTED = 4,
};

#define AGAIN_WITHIN (5 * CLOCK_SEC)
#define TAKEN_WITHIN (2 * CLOCK_SEC) /* RFC 4862 5.1: RetransTimer is one second */

static struct field ip6_field(const char *name, struct slice s)
{
	return (struct field){ .name = name, .type = FIELD_IP6, .s = s };
}

static struct field src_field(const struct trace *t)
{
	return ip6_field("ipv6.src", slice_of(t->frame.pkt.net->ip6.src, 16));
}

/* --- Solicitation and advertisement ------------------------------------------------------------------------- */

static void probe(struct trace *t, const struct icmp *m, struct field target)
{
	struct memo_item *item = memo_put(&t->memo, MEMO_NDP_PROBED, m->target);

	NOTE(t, NDP_DAD, src_field(t), target);
	if (item)
		memo_mark(item, t->frame.number, t->frame.ts);
}

static void solicit(struct trace *t, const struct icmp *m)
{
	static const uint8_t none[16];
	struct field target = ip6_field("icmpv6.nd.ns.target_address", m->target);
	struct memo_item *item;
	int64_t since;
	bool again;

	if (memcmp(t->frame.pkt.net->ip6.src, none, 16) == 0) {
		probe(t, m, target);
		return;
	}
	item = memo_put(&t->memo, MEMO_NDP_ASKED, m->target);
	since = item ? t->frame.ts - item->ts : 0;
	again = item && item->count && !item->answered && since < AGAIN_WITHIN;
	if (again)
		NOTE(t, NDP_AGAIN, src_field(t), target, F_UINT("osilab.ref", item->packet),
		    F_UINT("osilab.ndp.count", item->count + 1), F_SPAN("osilab.ndp.after", since))
		    ->ref = item->packet;
	else if (t->frame.pkt.net->ip6.dst[0] == 0xff)
		NOTE(t, NDP_SOLICIT, src_field(t), target);
	else
		NOTE(t, NDP_CHECK, src_field(t), target);
	if (!item)
		return;
	item->count = again ? item->count : 0;
	memo_mark(item, t->frame.number, t->frame.ts);
}

/* "router, solicited, override": every combination is a phrase with a translation. */
static const char *advert_flags(uint8_t flags)
{
	static const char *const words[8] = { "no flags", "override", "solicited", "solicited, override",
		"router", "router, override", "router, solicited", "router, solicited, override" };

	return words[flags >> 5 & 7];
}

/* An address that is somewhere else now. */
static void place(struct trace *t, const struct icmp *m, struct field target)
{
	struct memo_item *item = memo_put(&t->memo, MEMO_NDP_AT, m->target);

	if (!item)
		return;
	if (item->count && memcmp(item->mac, m->lladdr.p, 6) != 0)
		NOTE(t, NDP_CONFLICT, target,
		    { .name = "icmpv6.opt.linkaddr", .type = FIELD_MAC, .s = slice_sub(m->lladdr, 0, 6) },
		    { .name = "osilab.ndp.other_mac", .type = FIELD_MAC, .s = slice_of(item->mac, 6) },
		    F_UINT("osilab.ref", item->packet))
		    ->ref = item->packet;
	memcpy(item->mac, m->lladdr.p, 6);
	memo_mark(item, t->frame.number, t->frame.ts);
}

static void advert(struct trace *t, const struct icmp *m)
{
	struct field target = ip6_field("icmpv6.nd.na.target_address", m->target);
	struct field at = { .name = "osilab.ndp.at", .type = FIELD_MAC, .s = slice_sub(m->lladdr, 0, 6) };
	struct field flags = F_STR("osilab.ndp.flags", advert_flags(m->flags));
	struct memo_item *asked = memo_find(&t->memo, MEMO_NDP_ASKED, m->target);
	struct memo_item *probed = memo_find(&t->memo, MEMO_NDP_PROBED, m->target);

	if (m->lladdr.n < 6)
		at = (struct field)F_STR("osilab.ndp.at", "the address of this frame");
	if (probed && t->frame.ts - probed->ts < TAKEN_WITHIN && !(m->flags & ICMP6_NA_SOLICITED))
		NOTE(t, NDP_TAKEN, target, at, F_UINT("osilab.ref", probed->packet))->ref = probed->packet;
	else if (m->flags & ICMP6_NA_SOLICITED && asked)
		NOTE(t, NDP_ADVERT, target, at, flags, F_UINT("osilab.ref", asked->packet),
		    F_SPAN("osilab.ndp.after", t->frame.ts - asked->ts))
		    ->ref = asked->packet;
	else
		NOTE(t, NDP_ADVERT_ALONE, target, at, flags);
	if (asked)
		asked->answered = true;
	if (m->lladdr.n >= 6)
		place(t, m, target);
}

/* --- Routers -------------------------------------------------------------------------------------------------- */

static const char *seconds(struct trace *t, uint32_t s)
{
	char text[32];

	if (s == UINT32_MAX)
		return "for ever";
	return arena_printf(&t->arena, "%s", clock_span((int64_t)s * CLOCK_SEC, text, sizeof(text)));
}

static void note_prefix(struct trace *t, struct slice data)
{
	struct rd r = rd_of(data);
	uint8_t bits = rd_u8(&r), flags = rd_u8(&r);
	uint32_t valid = rd_be32(&r), preferred = rd_be32(&r);
	const char *words = flags & PREFIX_AUTONOMOUS ? flags & PREFIX_ON_LINK ? "hosts make their own "
	                                                                         "address in it (SLAAC); it "
	                                                                         "is on this link"
	                                                                       : "hosts make their own "
	                                                                         "address in it (SLAAC)"
	                    : flags & PREFIX_ON_LINK  ? "it is on this link; addresses come from elsewhere"
	                                              : "neither on this link nor for addresses";
	struct note *n;

	rd_skip(&r, 4);
	n = NOTE(t, NDP_PREFIX, ip6_field("icmpv6.opt.prefix", rd_take(&r, 16)),
	    F_UINT("icmpv6.opt.prefix.length", bits), F_STR("osilab.ndp.prefix", words),
	    F_STR("osilab.ndp.valid", seconds(t, valid)),
	    F_STR("osilab.ndp.preferred", seconds(t, preferred)));
	trace_where(t, n, data);
}

static void note_servers(struct trace *t, struct slice data)
{
	struct rd r = rd_of(data);
	struct buf text = { 0 };
	uint32_t lifetime;

	rd_skip(&r, 2);
	lifetime = rd_be32(&r);
	while (rd_left(&r) >= 16) {
		struct field one = ip6_field("one", rd_take(&r, 16));

		if (text.n)
			buf_puts(&text, ", ");
		note_value(&one, &text);
	}
	NOTE(t, NDP_SERVERS, F_TEXT("osilab.ndp.servers", buf_view(&text)),
	    F_STR("osilab.ndp.valid", seconds(t, lifetime)));
	buf_fini(&text);
}

static void router(struct trace *t, const struct icmp *m)
{
	struct slice rest = m->options;
	struct icmp_option o;

	if (m->lifetime)
		NOTE(t, NDP_ROUTER, src_field(t), F_STR("osilab.ndp.lifetime", seconds(t, m->lifetime)),
		    F_UINT("icmpv6.nd.ra.cur_hop_limit", m->hop_limit));
	else
		NOTE(t, NDP_ROUTER_NOT, src_field(t));
	if (m->flags & ICMP6_RA_MANAGED)
		NOTE0(t, NDP_MANAGED);
	else if (m->flags & ICMP6_RA_OTHER)
		NOTE0(t, NDP_OTHER);
	while (icmp_option_next(&rest, &o)) {
		struct rd r = rd_of(o.data);

		rd_skip(&r, 2);
		if (o.type == OPT_PREFIX && o.data.n >= PREFIX_DATA)
			note_prefix(t, o.data);
		else if (o.type == OPT_RDNSS && o.data.n >= 22)
			note_servers(t, o.data);
		else if (o.type == OPT_MTU)
			NOTE(t, NDP_MTU, F_UINT("icmpv6.opt.mtu", rd_be32(&r)));
	}
}

/* --- Groups ----------------------------------------------------------------------------------------------------- */

/* The groups of a version 2 report (RFC 3810 5.2), or the one group of the older messages. */
static const char *groups_of(struct trace *t, const struct icmp *m)
{
	struct slice body = t->frame.pkt.payload; /* behind the 8 common bytes */
	unsigned n = m->type == ICMP6_MLD2_REPORT ? m->rest & 0xffff : 1, i;
	struct rd r = rd_of(body);
	struct buf text = { 0 };
	const char *kept;

	for (i = 0; i < n && i < GROUPS_LISTED; i++) {
		uint32_t sources = 0, aux = 0;
		struct field one;

		if (m->type == ICMP6_MLD2_REPORT) {
			rd_skip(&r, 1);
			aux = rd_u8(&r);
			sources = rd_be16(&r);
		}
		one = ip6_field("one", rd_take(&r, 16));
		if (r.bad)
			break;
		if (i)
			buf_puts(&text, ", ");
		note_value(&one, &text);
		rd_skip(&r, (size_t)sources * 16 + (size_t)aux * 4);
	}
	if (n > i)
		buf_puts(&text, text.n ? ", …" : "…");
	kept = arena_printf(&t->arena, "%s", text.n ? buf_cstr(&text) : "none");
	buf_fini(&text);
	return kept;
}

static void listeners(struct trace *t, const struct icmp *m)
{
	const struct field groups = F_STR("osilab.mld.groups", groups_of(t, m));

	switch (m->type) {
	case ICMP6_MLD_QUERY: NOTE(t, MLD_QUERY, src_field(t), groups); break;
	case ICMP6_MLD_REPORT:
	case ICMP6_MLD2_REPORT: NOTE(t, MLD_REPORT, src_field(t), groups); break;
	case ICMP6_MLD_DONE: NOTE(t, MLD_DONE, src_field(t), groups); break;
	default:
		NOTE(t, ICMP_OTHER,
		    F_STR("osilab.icmp.what", icmp_type_name(true, m->type)
		                                  ? icmp_type_name(true, m->type)
		                                  : arena_printf(&t->arena, "message of type %u", m->type)));
		break;
	}
}

void neighbour_icmp6(struct trace *t, const struct icmp *m)
{
	const struct layer *net = t->frame.pkt.net;

	if (!net || net->proto != PROTO_IP6)
		return;
	if (m->ndp && net->ip6.hop_limit != HOPS_MUST)
		NOTE(t, NDP_HOPS, F_UINT("osilab.ip.ttl", net->ip6.hop_limit));
	switch (m->type) {
	case ICMP6_NEIGHBOR_SOLICIT: solicit(t, m); break;
	case ICMP6_NEIGHBOR_ADVERT: advert(t, m); break;
	case ICMP6_ROUTER_ADVERT: router(t, m); break;
	case ICMP6_ROUTER_SOLICIT: NOTE(t, NDP_ROUTER_ASK, src_field(t)); break;
	case ICMP6_REDIRECT:
		NOTE(t, NDP_REDIRECT, src_field(t), ip6_field("osilab.ndp.destination", m->redirect),
		    ip6_field("osilab.ndp.better", m->target));
		break;
	default: listeners(t, m); break;
	}
	if (m->opt_damaged)
		NOTE0(t, NDP_OPTIONS_DAMAGED);
}

/* IP headers in words; see iphead.h. */
#include "trace/iphead.h"

enum {
	OPT_END = 0,
	OPT_NOP = 1,
	OPT_RECORD_ROUTE = 7,
	OPT_TIMESTAMP = 68,
	OPT_LOOSE_ROUTE = 131,
	OPT_STRICT_ROUTE = 137,
	OPT_ROUTER_ALERT = 148,
	ROUTE_AT = 2,    /* behind type and length: the pointer, then addresses */
	EXT_ALERT = 5,   /* Router Alert in a hop-by-hop header, RFC 2711 */
	CKSUM_SAID = 3,  /* packets with a wrong header checksum that are told of */
	PATH_SAID = 3,   /* changes of the hop limit that are said for one end of a flow */
	MULTICAST = 224, /* first byte of a group's address, and those above */
	TTL_FAR = 32,    /* below it a hop limit was chosen small (traceroute) and counts no routers */
};

/* --- IPv4 options ---------------------------------------------------------------------------------------------- */

/* The addresses of a route option that are filled in (record route), or all of them (source route). */
static const char *route_text(struct trace *t, struct slice data, bool all)
{
	uint8_t pointer = data.n ? data.p[0] : 0;
	size_t end = all || pointer < 4 ? data.n : (size_t)pointer - 3;
	struct rd r = rd_of(slice_sub(data, 0, end));
	struct buf text = { 0 };
	const char *kept;

	rd_skip(&r, 1);
	while (rd_left(&r) >= 4) {
		struct field one = { .name = "one", .type = FIELD_IP4, .s = rd_take(&r, 4) };

		if (text.n)
			buf_puts(&text, ", ");
		note_value(&one, &text);
	}
	kept = arena_printf(&t->arena, "%s", text.n ? buf_cstr(&text) : "none");
	buf_fini(&text);
	return kept;
}

static struct note *note_option(struct trace *t, uint8_t type, struct slice data)
{
	switch (type) {
	case OPT_RECORD_ROUTE:
		return NOTE(t, IP_RECORD_ROUTE, F_STR("osilab.ip.route", route_text(t, data, false)));
	case OPT_LOOSE_ROUTE:
	case OPT_STRICT_ROUTE:
		return NOTE(t, IP_SOURCE_ROUTE, F_STR("osilab.ip.route", route_text(t, data, true)));
	case OPT_TIMESTAMP: return NOTE0(t, IP_TIMESTAMP);
	case OPT_ROUTER_ALERT: return NOTE0(t, IP_ROUTER_ALERT);
	default: return NOTE(t, IP_OPTION, F_UINT("osilab.ip.option", type));
	}
}

static void note_options(struct trace *t, struct slice options)
{
	struct rd r = rd_of(options);

	while (rd_left(&r)) {
		size_t start = r.off;
		uint8_t type = rd_u8(&r), len;

		if (type == OPT_END)
			return;
		if (type == OPT_NOP)
			continue;
		len = rd_u8(&r);
		if (len < ROUTE_AT || (size_t)len - ROUTE_AT > rd_left(&r)) {
			NOTE0(t, IP_OPTION_DAMAGED);
			return;
		}
		trace_where(t, note_option(t, type, rd_take(&r, (size_t)len - ROUTE_AT)),
		    slice_sub(options, start, len));
	}
}

/* --- The header -------------------------------------------------------------------------------------------------- */

static void note_hops(struct trace *t, uint8_t ttl, bool local)
{
	if (ttl == 0)
		NOTE0(t, IP_TTL_ZERO);
	else if (ttl == 1 && !local)
		NOTE0(t, IP_TTL_LAST);
}

/* What it means for a TCP connection is said there. */
static void note_congestion(struct trace *t)
{
	const struct layer *transport = t->frame.pkt.transport;

	if (!transport || transport->proto != PROTO_TCP)
		NOTE0(t, IP_CONGESTION);
}

static void note_checksum(struct trace *t, const struct layer *l, const struct ip4 *ip)
{
	struct slice at = slice_sub(pkt_base(&t->frame.pkt, l), l->off + 10, 2);

	if (ip->cksum && t->stats.ip_checksum_wrong++ < CKSUM_SAID)
		trace_where(t, NOTE(t, IP_CKSUM, F_HEX("ip.checksum", ip->cksum, 4)), at);
	else if (!ip->cksum && !t->ip_offload_said)
		trace_where(t, NOTE0(t, IP_CKSUM_OFFLOAD), at);
	t->ip_offload_said |= ip->cksum == 0;
}

void iphead_step4(struct trace *t, const struct layer *l)
{
	const struct ip4 *ip = &l->ip4;

	note_hops(t, ip->ttl, ip->dst[0] >= MULTICAST);
	if ((ip->tos & 3) == IPHEAD_CE)
		note_congestion(t);
	if (ip->reserved)
		NOTE0(t, IP_EVIL);
	if (!ip->cksum_ok)
		note_checksum(t, l, ip);
	note_options(t, ip->options);
}

/* --- IPv6 extension headers -------------------------------------------------------------------------------------- */

/* The value of the Router Alert option of a hop-by-hop header (RFC 2711 2.1) is there. */
static bool has_router_alert(struct slice ext)
{
	struct rd r = rd_of(slice_skip(ext, 2));

	while (rd_left(&r)) {
		uint8_t type = rd_u8(&r);

		if (type == 0) /* Pad1 */
			continue;
		if (type == EXT_ALERT)
			return true;
		rd_skip(&r, rd_u8(&r));
	}
	return false;
}

static void note_routing(struct trace *t, struct slice ext)
{
	uint8_t type = ext.n > 3 ? ext.p[2] : 0, left = ext.n > 3 ? ext.p[3] : 0;

	if (type == 0)
		NOTE(t, IP6_ROUTING_0, F_UINT("ipv6.routing.segleft", left));
	else
		NOTE(t, IP6_ROUTING, F_UINT("ipv6.routing.type", type), F_UINT("ipv6.routing.segleft", left));
}

static void note_extensions(struct trace *t, const struct ip6 *ip)
{
	struct slice rest = ip->ext;
	uint8_t type = ip->first;
	const char *names = "";

	for (unsigned i = 0; i < ip->nexts; i++) {
		size_t len = ip6_ext_len(type, rest);
		struct slice ext = slice_sub(rest, 0, len);

		names = arena_printf(&t->arena, "%s%s%s", names, i ? ", " : "", ip6_ext_name(type));
		if (type == IP6_ROUTING)
			note_routing(t, ext);
		if (type == IP6_HOP_BY_HOP && has_router_alert(ext))
			NOTE0(t, IP_ROUTER_ALERT);
		type = ext.n ? ext.p[0] : IP_PROTO_NONE;
		rest = slice_skip(rest, len);
	}
	/* A fragment header alone is said with the fragment. */
	if (ip->nexts > 1 || (ip->nexts == 1 && !ip->has_frag))
		trace_where(t, NOTE(t, IP6_EXTENSIONS, F_STR("osilab.ip.extensions", names)), ip->ext);
}

void iphead_step6(struct trace *t, const struct layer *l)
{
	const struct ip6 *ip = &l->ip6;

	note_hops(t, ip->hop_limit, ip->dst[0] == 0xff || (ip->dst[0] == 0xfe && ip->dst[1] >> 6 == 2));
	if ((ip->traffic_class & 3) == IPHEAD_CE)
		note_congestion(t);
	note_extensions(t, ip);
}

/* --- Once per direction of a flow --------------------------------------------------------------------------------- */

/* To everybody or to a group: such packets are made to stay near. */
static bool is_to_many(const struct layer *net)
{
	return net->proto == PROTO_IP4 ? net->ip4.dst[0] >= MULTICAST : net->ip6.dst[0] == 0xff;
}

void iphead_first(struct trace *t)
{
	const struct layer *net = t->frame.pkt.net;
	unsigned ttl = iphead_ttl(&t->frame.pkt), start = ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
	uint8_t dscp = (net->proto == PROTO_IP4 ? net->ip4.tos : net->ip6.traffic_class) >> 2;

	if (ttl != start && ttl > TTL_FAR && !is_to_many(net))
		NOTE(t, IP_HOPS, F_UINT("osilab.ip.ttl", ttl), F_UINT("osilab.ip.ttl_start", start),
		    F_UINT("osilab.ip.routers", start - ttl));
	if (dscp && ip_dscp_name(dscp))
		NOTE(t, IP_SERVICE, F_STR("osilab.ip.dscp", ip_dscp_name(dscp)));
}

void iphead_path(struct trace *t, struct flow_end *end)
{
	uint8_t ttl = iphead_ttl(&t->frame.pkt);

	if (end->ttl_changes < PATH_SAID)
		NOTE(t, IP_PATH_CHANGED, F_UINT("osilab.ip.ttl", ttl),
		    F_UINT("osilab.ip.ttl_before", end->path_ttl));
	end->ttl_changes += end->ttl_changes < PATH_SAID;
	end->path_ttl = ttl;
}

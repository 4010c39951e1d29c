/* ICMP in words; see icmp.h. */
#include "trace/icmp.h"

#include "base/clock.h"
#include "trace/neighbour.h"

enum {
	QUOTED_WIRE = 1 << 17, /* a quotation is cut, and its headers say how much there was */
	MTU_MIN_4 = 576,       /* what every host must take, RFC 791 3.2 */
	MTU_MIN_6 = 1280,      /* RFC 8200 5 */
};

/* --- Echo ------------------------------------------------------------------------------------------------- */

/* By asker, asked, identifier and number; `back` for the answer. */
static struct slice echo_key(uint8_t room[40], const struct pkt *p, const struct icmp *m, bool back)
{
	struct pkt_addr src = pkt_source(p), dst = pkt_destination(p);
	struct wr w = wr_of(room, 40);

	wr_put(&w, slice_of((back ? dst : src).b, 16));
	wr_put(&w, slice_of((back ? src : dst).b, 16));
	wr_be16(&w, m->id);
	wr_be16(&w, m->seq);
	wr_u8(&w, src.family);
	return slice_of(w.p, w.n);
}

static void echo_request(struct trace *t, const struct icmp *m)
{
	uint8_t room[40];
	struct memo_item *item = memo_put(&t->memo, MEMO_ECHO, echo_key(room, &t->frame.pkt, m, false));

	NOTE(t, ICMP_ECHO, F_UINT("osilab.icmp.seq", m->seq));
	/* Seen twice, as on lo and any, it is still one question. */
	if (!item || (item->count && !item->answered && t->frame.ts - item->ts < CLOCK_SEC))
		return;
	*item = (struct memo_item){ .print = item->print,
		.kind = item->kind,
		.packet = t->frame.number,
		.ts = t->frame.ts,
		.count = 1 };
	t->stats.echo_requests++;
}

static void echo_reply(struct trace *t, const struct icmp *m)
{
	uint8_t room[40];
	struct memo_item *item = memo_find(&t->memo, MEMO_ECHO, echo_key(room, &t->frame.pkt, m, true));
	const struct field seq = F_UINT("osilab.icmp.seq", m->seq);

	if (!item) {
		NOTE(t, ICMP_REPLY_ALONE, seq);
		return;
	}
	NOTE(t, ICMP_REPLY, seq, F_SPAN("osilab.icmp.rtt", t->frame.ts - item->ts),
	    F_UINT("osilab.ref", item->packet),
	    F_UINT(m->v6 ? "icmpv6.resp_to" : "icmp.resp_to", item->packet))
	    ->ref = item->packet;
	t->stats.echo_replies += !item->answered;
	item->answered = true;
}

void icmp_end(struct trace *t)
{
	uint64_t open = t->stats.echo_requests - t->stats.echo_replies;

	if (open)
		note_add(&t->tail, &t->tail_arena, NOTE_ECHO_UNANSWERED,
		    (struct field[]){ F_UINT("osilab.icmp.unanswered", open),
		        F_UINT("osilab.icmp.requests", t->stats.echo_requests) },
		    2);
}

/* --- Errors: what they mean ----------------------------------------------------------------------------------- */

/* What an error quotes, as far as it goes. */
struct quoted {
	struct pkt pkt; /* pkt.net is NULL when not even an IP header is there */
	struct pkt_addr src, dst;
	uint8_t proto; /* what follows the IP header */
	bool has_ports;
	uint16_t sport, dport;
	uint32_t len; /* bytes the packet had, by its IP header */
};

static void read_quoted(struct quoted *q, struct slice bytes)
{
	const struct layer *ip;
	struct slice rest;
	struct rd r;

	*q = (struct quoted){ 0 };
	pkt_decode(&q->pkt, LINK_RAW, bytes, QUOTED_WIRE);
	/* The outermost header is the packet that was refused, whatever it carried. */
	if (q->pkt.n == 0 || !q->pkt.net)
		return;
	ip = q->pkt.net = &q->pkt.layers[0];
	q->src = pkt_source(&q->pkt);
	q->dst = pkt_destination(&q->pkt);
	q->proto = ip->proto == PROTO_IP4 ? ip->ip4.proto : ip->ip6.next;
	q->len = ip->proto == PROTO_IP4 ? ip->ip4.total_len : IP6_HEADER + (uint32_t)ip->ip6.payload_len;
	rest = slice_skip(bytes, ip->len);
	/* Eight bytes are all that RFC 792 asks for: too few for TCP's header, enough for its ports. */
	if ((q->proto != IP_PROTO_TCP && q->proto != IP_PROTO_UDP) || rest.n < 4 ||
	    (ip->proto == PROTO_IP4 ? ip->ip4.frag_off : ip->ip6.frag_off))
		return;
	r = rd_of(rest);
	q->has_ports = true;
	q->sport = rd_be16(&r);
	q->dport = rd_be16(&r);
}

/* Which row says it; the codes of the two families mean the same by other numbers. */
static enum note_id unreachable(const struct icmp *m)
{
	static const uint16_t v4[] = { NOTE_ICMP_NO_ROUTE, NOTE_ICMP_HOST_SILENT, NOTE_ICMP_NO_PROTOCOL,
		NOTE_ICMP_PORT_CLOSED, NOTE_ICMP_TOO_BIG, NOTE_ICMP_ERROR, NOTE_ICMP_NO_ROUTE,
		NOTE_ICMP_HOST_SILENT, NOTE_ICMP_ERROR, NOTE_ICMP_PROHIBITED, NOTE_ICMP_PROHIBITED,
		NOTE_ICMP_ERROR, NOTE_ICMP_ERROR, NOTE_ICMP_PROHIBITED, NOTE_ICMP_PROHIBITED,
		NOTE_ICMP_PROHIBITED };
	static const uint16_t v6[] = { NOTE_ICMP_NO_ROUTE, NOTE_ICMP_PROHIBITED, NOTE_ICMP_ERROR,
		NOTE_ICMP_HOST_SILENT, NOTE_ICMP_PORT_CLOSED, NOTE_ICMP_PROHIBITED, NOTE_ICMP_PROHIBITED };
	const uint16_t *rows = m->v6 ? v6 : v4;
	size_t n = m->v6 ? sizeof(v6) / sizeof(v6[0]) : sizeof(v4) / sizeof(v4[0]);

	return m->code < n ? (enum note_id)rows[m->code] : NOTE_ICMP_ERROR;
}

static enum note_id meaning(const struct icmp *m)
{
	if (m->type == (m->v6 ? ICMP6_UNREACHABLE : ICMP_UNREACHABLE))
		return unreachable(m);
	if (m->type == (m->v6 ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED))
		return m->code == 0   ? NOTE_ICMP_HOPS_GONE
		       : m->code == 1 ? NOTE_ICMP_FRAGMENTS_GONE
		                      : NOTE_ICMP_ERROR;
	if (m->type == (m->v6 ? ICMP6_PARAMETER : ICMP_PARAMETER))
		return NOTE_ICMP_PARAMETER;
	if (m->v6)
		return m->type == ICMP6_TOO_BIG ? NOTE_ICMP_TOO_BIG_6 : NOTE_ICMP_ERROR;
	return m->type == ICMP_REDIRECT ? NOTE_ICMP_REDIRECT : NOTE_ICMP_ERROR;
}

/* "Destination unreachable, port unreachable". */
static const char *name_of(struct trace *t, const struct icmp *m)
{
	const char *name = icmp_type_name(m->v6, m->type), *code = icmp_code_name(m->v6, m->type, m->code);

	if (!name)
		name = arena_printf(&t->arena, "message of type %u", m->type);
	return code ? arena_printf(&t->arena, "%s, %s", name, code) : name;
}

static struct note *note_error(struct trace *t, const struct icmp *m, const struct quoted *q)
{
	struct pkt_addr from = pkt_source(&t->frame.pkt);
	const char *proto = ip_proto_name(q->proto);
	const struct field fields[] = {
		trace_addr("osilab.icmp.from", &from),
		q->dst.family ? trace_addr("osilab.icmp.dst", &q->dst)
		              : (struct field)F_STR("osilab.icmp.dst", "an unnamed host"),
		F_STR("osilab.icmp.what", name_of(t, m)),
		F_STR("osilab.icmp.proto", proto ? proto : "?"),
		F_UINT("osilab.icmp.port", q->dport),
		F_UINT("osilab.icmp.mtu", m->mtu),
		F_UINT("osilab.icmp.size", q->len),
		F_UINT("osilab.icmp.pointer", m->pointer),
		{ .name = "icmp.redir_gw", .type = FIELD_IP4, .s = m->gateway },
	};
	enum note_id id = meaning(m);
	/* A redirect alone has a gateway. */
	size_t n = sizeof(fields) / sizeof(fields[0]) - (id != NOTE_ICMP_REDIRECT);

	return trace_note(t, id, fields, n);
}

/* --- Errors: what they are about ------------------------------------------------------------------------------ */

/* "UDP 192.0.2.1:40000 → 192.0.2.2:53". */
static const char *quoted_text(struct trace *t, const struct quoted *q)
{
	const struct field src = trace_addr("src", &q->src), dst = trace_addr("dst", &q->dst);
	const char *proto = ip_proto_name(q->proto);
	struct buf text = { 0 };
	const char *kept;

	if (proto)
		buf_printf(&text, "%s ", proto);
	else
		buf_printf(&text, "protocol %u ", q->proto);
	note_value(&src, &text);
	if (q->has_ports)
		buf_printf(&text, " port %u", q->sport);
	buf_puts(&text, " → ");
	note_value(&dst, &text);
	if (q->has_ports)
		buf_printf(&text, " port %u", q->dport);
	kept = arena_printf(&t->arena, "%s", buf_cstr(&text));
	buf_fini(&text);
	return kept;
}

static struct flow *flow_of(const struct trace *t, const struct quoted *q, enum flow_side *side)
{
	uint8_t proto = q->proto == IP_PROTO_TCP ? PROTO_TCP : PROTO_UDP;
	struct flow *f;

	if (!q->has_ports)
		return NULL;
	f = flow_lookup(&t->flows, proto, &q->src, q->sport, &q->dst, q->dport);
	if (f)
		*side = f->end[FLOW_CLIENT].port == q->sport &&
		                memcmp(&f->end[FLOW_CLIENT].addr, &q->src, sizeof(q->src)) == 0
		            ? FLOW_CLIENT
		            : FLOW_SERVER;
	return f;
}

/* The ping that an error quotes. */
static struct memo_item *echo_of(const struct trace *t, const struct quoted *q)
{
	uint8_t room[40];

	for (unsigned i = 0; i < q->pkt.n; i++) {
		const struct icmp *m = &q->pkt.layers[i].icmp;

		if ((q->pkt.layers[i].proto == PROTO_ICMP || q->pkt.layers[i].proto == PROTO_ICMP6) &&
		    m->echo)
			return memo_find(&t->memo, MEMO_ECHO, echo_key(room, &q->pkt, m, false));
	}
	return NULL;
}

/* Will a packet like the quoted one never arrive?  One that is too big may, cut smaller. */
static bool is_final(enum note_id id)
{
	return id == NOTE_ICMP_PORT_CLOSED || id == NOTE_ICMP_NO_PROTOCOL || id == NOTE_ICMP_NO_ROUTE ||
	       id == NOTE_ICMP_HOST_SILENT || id == NOTE_ICMP_PROHIBITED;
}

static void tie_to_flow(
    struct trace *t, struct flow *f, enum flow_side side, const struct quoted *q, bool final)
{
	struct note *n;

	n = NOTE(t, ICMP_ABOUT_FLOW, F_STR("osilab.icmp.quoted", quoted_text(t, q)),
	    F_UINT("osilab.icmp.flow", f->number), F_SIDE(side),
	    F_UINT("osilab.ref", f->end[side].last_packet));
	n->ref = f->end[side].last_packet;
	n->flow = f->number;
	if (!final)
		return;
	f->icmp_packet = t->frame.number;
	f->icmp_side = (uint8_t)side;
}

static void tie(struct trace *t, const struct quoted *q, bool final)
{
	enum flow_side side = FLOW_CLIENT;
	struct flow *f = flow_of(t, q, &side);
	struct memo_item *echo = f ? NULL : echo_of(t, q);

	if (f && f->end[side].last_packet)
		tie_to_flow(t, f, side, q, final);
	else if (echo)
		NOTE(t, ICMP_ABOUT_ECHO, F_STR("osilab.icmp.quoted", quoted_text(t, q)),
		    F_UINT("osilab.ref", echo->packet), F_SPAN("osilab.icmp.rtt", t->frame.ts - echo->ts))
		    ->ref = echo->packet;
	else
		NOTE(t, ICMP_ABOUT_UNSEEN, F_STR("osilab.icmp.quoted", quoted_text(t, q)));
}

static void error_step(struct trace *t, const struct icmp *m)
{
	uint32_t least = m->v6 ? MTU_MIN_6 : MTU_MIN_4;
	enum note_id id = meaning(m);
	struct quoted q;
	struct note *n;

	read_quoted(&q, m->quoted);
	n = note_error(t, m, &q);
	trace_where(t, n, m->quoted);
	if ((id == NOTE_ICMP_TOO_BIG || id == NOTE_ICMP_TOO_BIG_6) && m->mtu < least)
		NOTE(t, ICMP_MTU_SMALL, F_UINT("osilab.icmp.mtu", m->mtu),
		    F_UINT("osilab.icmp.mtu_min", least));
	if (q.pkt.net)
		tie(t, &q, is_final(id));
	t->stats.icmp_errors++;
}

void icmp_ignored(struct trace *t, struct flow *f, enum flow_side side)
{
	if (side != f->icmp_side)
		return;
	NOTE(t, ICMP_IGNORED, F_SIDE(side), F_UINT("osilab.ref", f->icmp_packet))->ref = f->icmp_packet;
	f->icmp_packet = 0;
}

/* --- The step ----------------------------------------------------------------------------------------------------- */

void icmp_step(struct trace *t, const struct layer *l)
{
	const struct icmp *m = &l->icmp;

	trace_info(t, m->v6 ? "ICMPv6" : "ICMP", "%s", name_of(t, m));
	if (pkt_cksum(&t->frame.pkt, l, NULL) == PKT_CKSUM_BAD)
		NOTE0(t, ICMP_CKSUM);
	if (m->type == (m->v6 ? ICMP6_ECHO : ICMP_ECHO))
		echo_request(t, m);
	else if (m->type == (m->v6 ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY))
		echo_reply(t, m);
	else if (m->error)
		error_step(t, m);
	else if (m->v6)
		neighbour_icmp6(t, m);
	else
		NOTE(t, ICMP_OTHER, F_STR("osilab.icmp.what", name_of(t, m)));
}

/* The conductor; see trace.h.  One packet at a time, bottom up: link and network notes, flow, TCP state,
 * stream (which feeds TLS and HTTP), search, sinks. */
#include "trace/trace.h"

#include "base/clock.h"
#include "base/escape.h"
#include "trace/context.h"
#include "trace/identity.h"
#include "trace/search.h"
#include "trace/stream.h"
#include "trace/tcpstate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	ARENA_MAX = 8 << 20,     /* notes and texts of one packet */
	INFO_LONG = 400,          /* bytes of a packet's few words from which nothing is added */
	PROGRESS_EVERY = 1 << 14, /* packets between two looks at the progress */
};

/* --- Notes and words ------------------------------------------------------------------------------------ */

struct note *trace_note(struct trace *t, enum note_id id, const struct field *fields, size_t n)
{
	struct note *note = note_add(&t->frame.notes, &t->arena, id, fields, n);

	if (t->frame.flow)
		note->flow = t->frame.flow->number;
	return note;
}

void trace_where(struct trace *t, struct note *n, struct slice bytes)
{
	struct slice all = t->frame.pkt.bytes;

	/* Compared as numbers, since the bytes may lie in quite another buffer. */
	if ((uintptr_t)bytes.p < (uintptr_t)all.p || (uintptr_t)(bytes.p + bytes.n) > (uintptr_t)(all.p + all.n))
		return;
	n->off = (uint32_t)(bytes.p - all.p);
	n->len = (uint32_t)bytes.n;
}

/* Joins another few words to those that are there, up to a length that a line can show. */
static void more_info(struct trace *t, const char *text)
{
	size_t n = strlen(t->frame.info);

	if (n < INFO_LONG)
		t->frame.info = arena_printf(&t->arena, "%s; %s", t->frame.info, text);
	else if (strcmp(t->frame.info + n - strlen("; …"), "; …") != 0)
		t->frame.info = arena_printf(&t->arena, "%s; …", t->frame.info);
}

void trace_info(struct trace *t, const char *proto, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* "TLS" becomes "TLS 1.3" within one packet: still the same protocol. */
	if (strncmp(t->frame.proto, proto, 3) == 0 && t->frame.info[0] && text[0])
		more_info(t, text);
	else if (text[0] || t->frame.proto != proto)
		t->frame.info = arena_printf(&t->arena, "%s", text);
	t->frame.proto = proto;
}

struct slice trace_brief(struct trace *t, struct slice s, size_t max)
{
	struct buf text = { 0 };
	struct slice kept;

	if (s.n <= max)
		return s;
	buf_put(&text, s.p, max / 2);
	buf_printf(&text, "… (%zu characters)", s.n);
	kept = arena_dup(&t->arena, buf_view(&text));
	buf_fini(&text);
	return kept;
}

const char *trace_text(struct trace *t, struct slice s, size_t max)
{
	struct buf text = { 0 };
	struct slice kept;

	escape_text(&text, trace_brief(t, s, max));
	kept = arena_dup(&t->arena, buf_view(&text));
	buf_fini(&text);
	return kept.p ? (const char *)kept.p : "";
}

const char *trace_mask(struct trace *t, struct slice s)
{
	return arena_printf(&t->arena, "•••• (%zu characters)", s.n);
}

/* --- Link and network ------------------------------------------------------------------------------------ */

static void note_arp(struct trace *t, const struct layer *l)
{
	const struct arp *a = &l->arp;
	enum note_id id = arp_is_probe(a)	   ? NOTE_ARP_PROBE :
			  arp_is_announcement(a)   ? NOTE_ARP_ANNOUNCE :
			  a->op == ARP_REQUEST	   ? NOTE_ARP_REQUEST :
						     NOTE_ARP_REPLY;
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
		struct field target = { .name = "icmpv6.nd.ns.target_address", .type = FIELD_IP6, .s = m->target };
		bool dad = memcmp(ip->src, none, 16) == 0;

		trace_note(t, dad ? NOTE_NDP_DAD : NOTE_NDP_SOLICIT, (struct field[]){ src, target }, 2);
	} else if (m->type == ICMP6_NEIGHBOR_ADVERT) {
		struct field target = { .name = "icmpv6.nd.na.target_address", .type = FIELD_IP6, .s = m->target };
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

/* How far away a sender is, said once per direction of a flow. */
static void note_hops(struct trace *t)
{
	const struct layer *net = t->frame.pkt.net;
	unsigned ttl = net->proto == PROTO_IP4 ? net->ip4.ttl : net->ip6.hop_limit;
	unsigned start = ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;

	if (ttl == start)
		return;
	NOTE(t, IP_HOPS, F_UINT("osilab.ip.ttl", ttl), F_UINT("osilab.ip.ttl_start", start),
	    F_UINT("osilab.ip.routers", start - ttl));
}

static void note_fragment(struct trace *t, const struct layer *net)
{
	uint32_t off = net->proto == PROTO_IP4 ? net->ip4.frag_off : net->ip6.frag_off;

	NOTE(t, IP_FRAGMENT, F_UINT("osilab.ip.frag_offset", off));
	if (net->proto == PROTO_IP4)
		t->stats.ip4_fragments++;
	else
		t->stats.ip6_fragments++;
}

static void note_network(struct trace *t)
{
	const struct pkt *p = &t->frame.pkt;
	bool vlan = false;

	for (unsigned i = 0; i < p->n; i++) {
		const struct layer *l = &p->layers[i];

		vlan |= l->proto == PROTO_VLAN;
		if (l->proto == PROTO_ARP)
			note_arp(t, l);
		else if (l->proto == PROTO_ICMP || l->proto == PROTO_ICMP6)
			note_icmp(t, l);
		else if ((l->proto == PROTO_IP4 && ip4_is_fragment(&l->ip4)) ||
			 (l->proto == PROTO_IP6 && ip6_is_fragment(&l->ip6)))
			note_fragment(t, l);
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

/* --- Transport -------------------------------------------------------------------------------------------- */

/* One packet per direction of each flow is enough to know how the capture stands with checksums. */
static void look_at_first(struct trace *t, struct flow *f, enum flow_side side)
{
	if (f->end[side].cksum_looked)
		return;
	f->end[side].cksum_looked = true;
	note_hops(t);
	if (!t->offload_said) {
		enum pkt_cksum sum = pkt_cksum(&t->frame.pkt, t->frame.pkt.transport, NULL);

		if (sum == PKT_CKSUM_PARTIAL || sum == PKT_CKSUM_BAD) {
			t->offload_said = true;
			NOTE0(t, CKSUM_OFFLOAD);
		}
	}
}

static void drop_flow(struct trace *t, struct flow *f)
{
	stream_free(t, f);
	flow_drop(&t->flows, f);
	t->held -= sizeof(*f);
}

/* Nothing is lost with a flow that has run its course. */
static bool flow_over(const struct flow *f)
{
	return f->closed_said || f->reset_by >= 0;
}

/* Keeps memory and the number of flows within their bounds. */
static void make_room(struct trace *t)
{
	while (t->flows.n > 1 && (t->flows.n > t->flows.max || t->held > t->config.memory)) {
		struct flow *oldest = flow_oldest(&t->flows);

		if (oldest == t->frame.flow)
			break;
		t->stats.flows_dropped += !flow_over(oldest);
		drop_flow(t, oldest);
	}
}

static void tcp_info(struct trace *t)
{
	const struct tcp *tcp = &t->frame.pkt.transport->tcp;
	char flags[TCP_FLAGS_TEXT];

	trace_info(t, "TCP", "%s seq=%u ack=%u len=%u win=%u", tcp_flags_text(tcp->flags, flags, sizeof(flags)),
	    t->frame.rel_seq, t->frame.rel_ack, t->frame.pkt.payload_len, t->frame.window);
}

static void step_tcp(struct trace *t, struct flow *f, enum flow_side side)
{
	bool fresh;

	look_at_first(t, f, side);
	fresh = tcpstate_step(t, f, side);
	tcp_info(t);
	if (fresh)
		stream_step(t, f, side);
}

static void step_flow(struct trace *t)
{
	const struct pkt *p = &t->frame.pkt;
	enum flow_side side;
	bool made, reused = false;
	struct flow *f = flow_find(&t->flows, p, t->frame.ts, &side, &made);

	if (f && !made && p->transport->proto == PROTO_TCP && tcpstate_reuses(f, side, &p->transport->tcp)) {
		stream_finish(t, f);
		drop_flow(t, f);
		f = flow_find(&t->flows, p, t->frame.ts, &side, &made);
		reused = true;
	}
	if (!f)
		return;
	t->held += made ? sizeof(*f) : 0;
	t->frame.flow = f;
	t->frame.side = side;
	if (p->transport->proto == PROTO_TCP) {
		t->stats.tcp_streams += made;
		if (reused)
			NOTE0(t, TCP_PORTS_REUSED);
		step_tcp(t, f, side);
	} else {
		t->stats.udp_streams += made;
		look_at_first(t, f, side);
		f->end[side].bytes += p->payload_len;
		trace_info(t, "UDP", "len=%u", p->payload_len);
	}
	make_room(t);
}

/* A sink failed: what the others have collected is still brought to their files. */
static int give_up(struct trace *t, unsigned failed)
{
	for (unsigned i = 0; i < t->nsinks; i++)
		if (i != failed)
			t->sinks[i]->ops->flush(t->sinks[i], NULL);
	return -1;
}

/* --- Secrets ---------------------------------------------------------------------------------------------- */

/* Takes in what was appended to the key log since the last look.  -1 with errno when it cannot be read. */
static int follow_keylog(struct trace *t)
{
	uint8_t piece[8192];
	ssize_t n = 0;

	while (t->keylog_fd >= 0 && (n = read(t->keylog_fd, piece, sizeof(piece))) > 0)
		keylog_feed(&t->keylog, slice_of(piece, (size_t)n));
	return n < 0 ? -1 : 0;
}

static int show_secrets(struct trace *t, struct err *e)
{
	struct slice lines = buf_view(&t->secrets);

	if (!lines.n)
		return 0;
	for (unsigned i = 0; i < t->nsinks; i++)
		if (t->sinks[i]->ops->secrets(t->sinks[i], lines, e) < 0)
			return -1;
	explicit_bzero(t->secrets.p, t->secrets.cap);
	buf_clear(&t->secrets);
	return 0;
}

/* --- The run ------------------------------------------------------------------------------------------------ */

static void begin_frame(struct trace *t, const struct source_packet *p)
{
	struct frame *f = &t->frame;

	arena_reset(&t->arena);
	if (t->stats.packets++ == 0)
		t->stats.first_ts = p->ts;
	t->stats.last_ts = p->ts;
	t->stats.bytes += p->wire_len;
	f->number = t->stats.packets;
	f->ts = p->ts;
	f->since_start = p->ts - t->stats.first_ts;
	f->interface = p->interface;
	f->flow = NULL;
	f->side = FLOW_CLIENT;
	f->state[0] = f->state[1] = TCP_STATE_UNKNOWN;
	f->rel_seq = f->rel_ack = f->window = 0;
	f->notes = (struct note_list){ 0 };
	f->comment = p->comment;
	pkt_decode(&f->pkt, p->link_type, p->bytes, p->wire_len);
	f->proto = f->pkt.n ? proto_row((enum proto_id)f->pkt.layers[f->pkt.n - 1].proto)->title : "?";
	f->info = "";
	if (f->pkt.n == 0 && f->pkt.damage == PKT_UNKNOWN) {
		f->info = arena_printf(&t->arena, "link type %u is not decoded here", p->link_type);
		if (t->unknown_links++ == 0)
			t->unknown_link = p->link_type;
	}
}

static int trace_packet(struct trace *t, const struct source_packet *p, struct err *e)
{
	begin_frame(t, p);
	note_network(t);
	if (t->frame.pkt.transport)
		step_flow(t);
	search_frame(t);
	if (show_secrets(t, e) < 0)
		return -1;
	for (unsigned i = 0; i < t->nsinks; i++)
		if (t->sinks[i]->ops->packet(t->sinks[i], &t->frame, e) < 0)
			return give_up(t, i);
	return 0;
}

static void note_end(struct trace *t, struct source *s)
{
	uint64_t drops = s->ops->dropped(s);

	if (drops)
		note_add(&t->tail, &t->tail_arena, NOTE_CAPTURE_DROPS,
		    (struct field[]){ F_UINT("osilab.capture.drops", drops) }, 1);
	if (t->unknown_links)
		note_add(&t->tail, &t->tail_arena, NOTE_LINK_UNKNOWN,
		    (struct field[]){ F_UINT("osilab.capture.unknown", t->unknown_links),
			F_UINT("osilab.capture.link_type", t->unknown_link) },
		    2);
	if (t->stats.flows_dropped)
		note_add(&t->tail, &t->tail_arena, NOTE_FLOWS_DROPPED,
		    (struct field[]){ F_UINT("osilab.capture.flows", t->stats.flows_dropped) }, 1);
	search_summary(t);
}

static int end_sinks(struct trace *t, struct source *s, const struct err *damage, struct err *e)
{
	struct trace_end end = { .stats = &t->stats, .damage = damage };
	int rc = 0;

	note_end(t, s);
	end.notes = t->tail.first;
	for (unsigned i = 0; i < t->nsinks; i++)
		if (t->sinks[i]->ops->end(t->sinks[i], &end, e) < 0)
			rc = -1;
	return rc;
}

static int flush_sinks(struct trace *t, struct err *e)
{
	for (unsigned i = 0; i < t->nsinks; i++)
		if (t->sinks[i]->ops->flush(t->sinks[i], e) < 0)
			return give_up(t, i);
	return 0;
}

static bool wanted(struct trace *t, const struct source_packet *p, struct err *e, int *rc)
{
	int match = t->config.filter ? filter_match(t->config.filter, p, e) : 1;

	if (match < 0)
		*rc = -1;
	return match > 0;
}

static bool over(const struct trace *t)
{
	return (t->config.stop && *t->config.stop) ||
	       (t->config.count && t->stats.packets >= t->config.count);
}

static void show_progress(struct trace *t, struct source *s)
{
	uint64_t done, all;

	if (!t->config.progress || t->stats.packets % PROGRESS_EVERY)
		return;
	s->ops->progress(s, &done, &all);
	if (all)
		t->config.progress(done, all);
}

int trace_run(struct trace *t, struct source *s, struct err *e)
{
	struct source_packet packet = { 0 };
	struct err damage = { 0 };
	struct slice secrets;
	int rc = 0;

	while (rc == 0 && !over(t)) {
		enum source_result r = s->ops->next(s, &packet, &secrets, &damage);

		if (r == SOURCE_END || r == SOURCE_ERROR)
			break;
		if (r != SOURCE_SECRETS)
			follow_keylog(t);
		if (r == SOURCE_SECRETS) {
			keylog_feed(&t->keylog, secrets);
			keylog_end(&t->keylog);
		} else if (r == SOURCE_IDLE) {
			rc = flush_sinks(t, e);
		} else if (wanted(t, &packet, e, &rc)) {
			rc = trace_packet(t, &packet, e);
			show_progress(t, s);
		}
	}
	if (rc == 0)
		rc = end_sinks(t, s, damage.kind ? &damage : NULL, e);
	if (rc == 0 && damage.kind) {
		*e = damage;
		rc = -1;
	}
	return rc;
}

/* --- Life ----------------------------------------------------------------------------------------------------- */

static int open_keylog(struct trace *t, struct err *e)
{
	if (!t->config.keylog_path)
		return 0;
	t->keylog_fd = open(t->config.keylog_path, O_RDONLY | O_CLOEXEC);
	if (t->keylog_fd < 0 || follow_keylog(t) < 0)
		return err_sys(e, "cannot read the key log %s", t->config.keylog_path);
	if (!t->keylog.accepted && t->keylog.bad)
		return err_set(e, ERR_DATA,
		    "%s is no key log: lines like \"CLIENT_RANDOM <64 hex digits> <secret>\" are expected",
		    t->config.keylog_path);
	return 0;
}

struct trace *trace_new(const struct trace_config *config, struct err *e)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (!t) {
		err_sys(e, "trace");
		return NULL;
	}
	t->config = *config;
	if (!t->config.memory)
		t->config.memory = TRACE_MEMORY;
	t->keylog_fd = -1;
	arena_init(&t->arena, ARENA_MAX);
	arena_init(&t->tail_arena, ARENA_MAX);
	flow_table_init(&t->flows, TRACE_FLOWS_MAX);
	keylog_init(&t->keylog);
	buf_init(&t->secrets, 1 << 20);
	t->jar = jar_new();
	if (!t->jar)
		err_sys(e, "trace");
	if (!t->jar || open_keylog(t, e) < 0) {
		trace_free(t);
		return NULL;
	}
	return t;
}

void trace_free(struct trace *t)
{
	struct flow *f;

	if (!t)
		return;
	while ((f = flow_oldest(&t->flows)))
		drop_flow(t, f);
	flow_table_fini(&t->flows);
	jar_free(t->jar);
	keylog_fini(&t->keylog);
	buf_fini(&t->secrets);
	if (t->keylog_fd >= 0)
		close(t->keylog_fd);
	arena_fini(&t->arena);
	arena_fini(&t->tail_arena);
	free(t);
}

int trace_add_sink(struct trace *t, struct sink *s, struct err *e)
{
	if (t->nsinks == TRACE_SINKS)
		return err_set(e, ERR_USAGE, "more than %d outputs", TRACE_SINKS);
	t->sinks[t->nsinks++] = s;
	return 0;
}

const struct trace_stats *trace_stats(const struct trace *t)
{
	return &t->stats;
}

/* The conductor; see trace.h.  One packet at a time, bottom up: link and network notes, flow, TCP state,
 * stream (which feeds TLS and HTTP), search, sinks. */
#include "trace/trace.h"

#include "base/clock.h"
#include "trace/context.h"
#include "trace/dhcpflow.h"
#include "trace/display.h"
#include "trace/dnslook.h"
#include "trace/dnsnames.h"
#include "trace/fragment.h"
#include "trace/icmp.h"
#include "trace/identity.h"
#include "trace/iphead.h"
#include "trace/network.h"
#include "trace/redact.h"
#include "trace/search.h"
#include "trace/stream.h"
#include "trace/tcpstate.h"
#include "trace/udpflow.h"
#include "trace/vantage.h"
#include "trace/tlsmemo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	ARENA_MAX = 8 << 20,  /* notes and texts of one packet */
	LOOK_EVERY = 1 << 14, /* packets between two looks at how the run stands */
};

/* --- Transport -------------------------------------------------------------------------------------------- */

/* One packet per direction of each flow is enough to know how the capture stands with checksums. */
static void look_at_first(struct trace *t, struct flow *f, enum flow_side side)
{
	if (f->end[side].cksum_looked)
		return;
	f->end[side].cksum_looked = true;
	iphead_first(t);
	if (!t->offload_said) {
		enum pkt_cksum sum = pkt_cksum(&t->frame.pkt, t->frame.pkt.transport, NULL);

		if (sum == PKT_CKSUM_PARTIAL || sum == PKT_CKSUM_BAD) {
			t->offload_said = true;
			NOTE0(t, CKSUM_OFFLOAD);
		}
	}
}

static bool is_reset(const struct pkt *p)
{
	return p->transport->proto == PROTO_TCP && p->transport->tcp.flags & TCP_RST;
}

/* What the packet's IP header and earlier ICMP errors say of this end of the flow. */
static void look_at_path(struct trace *t, struct flow *f, enum flow_side side)
{
	struct flow_end *end = &f->end[side];
	const struct layer *net = t->frame.pkt.net;
	uint16_t id = net->proto == PROTO_IP4 ? net->ip4.id : 0;
	uint8_t ttl = iphead_ttl(&t->frame.pkt);

	if (end->packets == 1)
		end->path_ttl = ttl;
	/* Resets are judged for themselves.  The same packet before and behind a router is captured twice on the device `any`. */
	else if (end->path_ttl != ttl && (id == 0 || id != end->last_id) && !is_reset(&t->frame.pkt))
		iphead_path(t, end);
	if (f->icmp_packet)
		icmp_ignored(t, f, side);
	end->last_packet = t->frame.number;
	end->last_id = id;
}

static void drop_flow(struct trace *t, struct flow *f)
{
	stream_free(t, f);
	flow_drop(&t->flows, f);
	t->held -= sizeof(*f);
}

static void drop_all(struct trace *t)
{
	struct flow *f;

	while ((f = flow_oldest(&t->flows)))
		drop_flow(t, f);
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

static const char tcp_name[] = "TCP";

static void tcp_info(struct trace *t)
{
	const struct tcp *tcp = &t->frame.pkt.transport->tcp;
	char flags[TCP_FLAGS_TEXT];

	if (!t->telling)
		return;
	trace_info(t, tcp_name, "%s seq=%u ack=%u len=%u win=%u",
	    tcp_flags_text(tcp->flags, flags, sizeof(flags)), t->frame.rel_seq, t->frame.rel_ack,
	    t->frame.pkt.payload_len, t->frame.window);
}

static void step_tcp(struct trace *t, struct flow *f, enum flow_side side)
{
	uint8_t state = f->end[!side].state;
	bool fresh;

	look_at_first(t, f, side);
	fresh = tcpstate_step(t, f, side);
	if (t->frame.sight == SIGHT_LOST) { /* who never got it did not change by it */
		f->end[!side].state = t->frame.state[!side] = state;
		fresh = false;
	}
	t->frame.proto = tcp_name;
	if (fresh)
		stream_step(t, f, side);
	if (t->frame.proto == tcp_name) /* nobody above has said what it is */
		tcp_info(t);
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
	look_at_path(t, f, side);
	if (p->transport->proto == PROTO_TCP) {
		t->stats.tcp_streams += made;
		if (reused)
			NOTE0(t, TCP_PORTS_REUSED);
		if ((made || reused) && (p->transport->tcp.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
			dnsnames_say(t);
		step_tcp(t, f, side);
	} else {
		t->stats.udp_streams += made;
		udpflow_step(t, f, side);
	}
	make_room(t);
}

/* --- Sinks ------------------------------------------------------------------------------------------------ */

/* Sink *i failed.  When only its reader has gone, the others go on (0, and *i is stepped back); else what they have
 * collected is still brought to their files, and -1. */
static int sink_failed(struct trace *t, unsigned *i, const struct err *e)
{
	unsigned failed = *i;

	if (e && e->kind == ERR_NONE) {
		t->nsinks--;
		memmove(t->sinks + failed, t->sinks + failed + 1, (t->nsinks - failed) * sizeof(*t->sinks));
		t->reader_gone = true;
		--*i;
		return 0;
	}
	for (unsigned k = 0; k < t->nsinks; k++)
		if (k != failed)
			t->sinks[k]->ops->flush(t->sinks[k], NULL);
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
		if (!t->redact && t->sinks[i]->ops->secrets &&
		    t->sinks[i]->ops->secrets(t->sinks[i], lines, e) < 0 && sink_failed(t, &i, e) < 0)
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
		t->start = t->stats.first_ts = t->stats.last_ts = p->ts;
	/* Packets of several CPUs or interfaces can stand out of order. */
	if (p->ts < t->stats.first_ts)
		t->stats.first_ts = p->ts;
	if (p->ts > t->stats.last_ts)
		t->stats.last_ts = p->ts;
	t->stats.bytes += p->wire_len;
	f->number = t->stats.packets;
	f->ts = p->ts;
	f->since_start = p->ts - t->start;
	f->interface = p->interface;
	f->interface_name = p->interface_name;
	f->flow = NULL;
	f->side = FLOW_CLIENT;
	f->state[0] = f->state[1] = TCP_STATE_UNKNOWN;
	f->rel_seq = f->rel_ack = f->window = 0;
	f->ack_rtt = 0;
	f->notes = (struct note_list){ 0 };
	f->comment = p->comment;
	f->named = f->hosts && !t->config.no_names;
	f->two_places = t->places != NULL;
	f->sight = p->sight;
	f->place = p->place;
	f->other_ts = p->other_ts;
	pkt_decode(&f->pkt, p->link_type, p->bytes, p->wire_len);
	f->proto = f->pkt.n ? proto_row((enum proto_id)f->pkt.layers[f->pkt.n - 1].proto)->title : "?";
	f->info = "";
	if (f->pkt.n == 0 && f->pkt.damage == PKT_UNKNOWN) {
		f->info = arena_printf(&t->arena, "link type %u is not decoded here", p->link_type);
		if (t->unknown_links++ == 0)
			t->unknown_link = p->link_type;
	}
}

/* Hands out what became complete; no-op when nothing is. */
static int show_exchanges(struct trace *t, struct err *e)
{
	unsigned failed;

	return t->exchanges && exchange_deliver(t, &failed, e) < 0 ? sink_failed(t, &failed, e) : 0;
}

/* --- Two captures ------------------------------------------------------------------------------------------- */

static void note_sight(struct trace *t)
{
	const struct field fields[] = { F_STR("osilab.vantage.place", t->places->names[t->frame.place]),
		F_STR("osilab.vantage.other", t->places->names[!t->frame.place]) };

	if (t->frame.sight == SIGHT_LOST)
		trace_note(t, NOTE_VANTAGE_LOST, fields, 2);
	else if (t->frame.sight == SIGHT_UNSEEN)
		trace_note(t, NOTE_VANTAGE_UNSEEN, fields, 2);
}

static void note_places(struct trace *t)
{
	const struct vantage_summary *v = t->places;
	const struct field fields[] = { F_STR("osilab.vantage.place", v->names[0]),
		F_STR("osilab.vantage.other", v->names[1]), F_SPAN("osilab.vantage.offset", v->offset),
		F_SPAN("osilab.vantage.delay", v->delay), F_UINT("osilab.vantage.both", v->both),
		F_UINT("osilab.vantage.lost", v->lost[0]), F_UINT("osilab.vantage.lost_other", v->lost[1]) };

	note_add(
	    &t->tail, &t->tail_arena, v->one_way ? NOTE_VANTAGE_ONE_WAY : NOTE_VANTAGE_CLOCKS, fields, 7);
	note_add(&t->tail, &t->tail_arena, NOTE_VANTAGE_SUM, fields, 7);
}

static int show_packet(struct trace *t, struct err *e)
{
	int shown = t->display && t->telling ? display_match(t->display, &t->frame, e) : 1;
	unsigned none = t->nsinks; /* of the sinks failed, if shown < 0 */

	if (shown < 0)
		return sink_failed(t, &none, e);
	for (unsigned i = 0; shown && i < t->nsinks; i++)
		if (t->sinks[i]->ops->packet && t->sinks[i]->ops->packet(t->sinks[i], &t->frame, e) < 0 &&
		    sink_failed(t, &i, e) < 0)
			return -1;
	return 0;
}

static int trace_packet(struct trace *t, const struct source_packet *p, struct err *e)
{
	begin_frame(t, p);
	redact_begin(t);
	if (p->sight != SIGHT_ONE)
		note_sight(t);
	network_step(t);
	if (t->frame.pkt.transport)
		step_flow(t);
	search_frame(t);
	redact_finish(t);
	if (show_secrets(t, e) < 0 || show_packet(t, e) < 0)
		return -1;
	return show_exchanges(t, e);
}

static void note_end(struct trace *t, uint64_t drops)
{
	if (drops)
		note_add(&t->tail, &t->tail_arena, NOTE_CAPTURE_DROPS,
		    (struct field[]){ F_UINT("osilab.capture.drops", drops) }, 1);
	if (t->unknown_links)
		note_add(&t->tail, &t->tail_arena, NOTE_LINK_UNKNOWN,
		    (struct field[]){ F_UINT("osilab.capture.unknown", t->unknown_links),
		        F_UINT("osilab.capture.link_type", t->unknown_link) },
		    2);
	fragment_end(t);
	icmp_end(t);
	if (t->places)
		note_places(t);
	if (t->stats.flows_dropped)
		note_add(&t->tail, &t->tail_arena, NOTE_FLOWS_DROPPED,
		    (struct field[]){ F_UINT("osilab.capture.flows", t->stats.flows_dropped) }, 1);
	identity_summary(t);
	search_summary(t);
	if (t->display)
		display_end(t->display, &t->tail, &t->tail_arena);
}

static int end_sinks(struct trace *t, struct source *s, const struct err *damage, struct err *e)
{
	struct trace_end end = {
		.stats = &t->stats, .damage = damage, .dropped = s->ops->dropped(s), .hosts = source_hosts(s)
	};
	int rc;

	tcpstate_end(t);
	if (t->want_exchanges) /* what is still open is shown as it is */
		drop_all(t);
	rc = show_exchanges(t, e);
	note_end(t, end.dropped);
	end.notes = t->tail.first;
	for (unsigned i = 0; i < t->nsinks; i++)
		if (t->sinks[i]->ops->end(t->sinks[i], &end, e) < 0 && e->kind != ERR_NONE)
			rc = -1;
	return rc;
}

static int flush_sinks(struct trace *t, struct err *e)
{
	for (unsigned i = 0; i < t->nsinks; i++)
		if (t->sinks[i]->ops->flush(t->sinks[i], e) < 0 && sink_failed(t, &i, e) < 0)
			return -1;
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
	return t->reader_gone || (t->config.stop && *t->config.stop) ||
	       (t->config.count && t->stats.packets >= t->config.count);
}

/* Lets the caller look at how the run stands. */
static void look(struct trace *t, struct source *s)
{
	if (t->config.look)
		t->config.look(t->config.context, t, s);
}

int trace_run(struct trace *t, struct source *s, struct err *e)
{
	struct source_packet packet = { 0 };
	struct err damage = { 0 };
	struct slice secrets;
	unsigned n = 0;
	int rc = 0;

	t->places = source_vantage_summary(s);
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
			t->frame.hosts = source_hosts(s);
			rc = trace_packet(t, &packet, e);
			if (rc == 0 && t->config.flush_each)
				rc = flush_sinks(t, e);
		}
		if (r == SOURCE_IDLE || ++n % LOOK_EVERY == 0)
			look(t, s);
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
	if (!t->config.keylog_grows) {
		keylog_end(&t->keylog); /* its last line may lack the line end */
		close(t->keylog_fd);
		t->keylog_fd = -1;
	}
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
	stream_init(t);
	memo_init(&t->memo);
	defrag_init(&t->defrag, t->config.memory / FRAGMENT_SHARE);
	keylog_init(&t->keylog);
	buf_init(&t->secrets, 1 << 20);
	t->jar = jar_new();
	t->redact = config->redact ? redact_new() : NULL;
	if (!t->jar || (config->redact && !t->redact))
		err_sys(e, "trace");
	if (!t->jar || (config->redact && !t->redact) || open_keylog(t, e) < 0 ||
	    (config->display && !(t->display = display_new(config->display, e)))) {
		trace_free(t);
		return NULL;
	}
	return t;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	drop_all(t);
	exchange_discard(t);
	flow_table_fini(&t->flows);
	pool_fini(&t->streams);
	defrag_fini(&t->defrag);
	memo_fini(&t->memo);
	jar_free(t->jar);
	dns_pairs_free(t->dns);
	dnsnames_free(t->names);
	dhcp_deals_free(t->dhcp);
	redact_free(t->redact);
	tls_forget(t);
	display_free(t->display);
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
	t->want_exchanges |= s->ops->exchange != NULL;
	t->telling |= s->ops->packet != NULL;
	return 0;
}

const struct trace_stats *trace_stats(const struct trace *t)
{
	return &t->stats;
}

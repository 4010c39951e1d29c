/* TCP states and the meaning of segments; see tcpstate.h.  RFC 9293; RFC 5681, 6298, 2018 for loss.  What
 * counts as retransmission, out of order and so on follows the rules Wireshark made customary, so that the
 * figures can be compared, except where a comment says why not. */
#include "trace/tcpstate.h"

#include "base/clock.h"

#include <stdio.h>

enum {
	FAST_RETRANSMIT_NS = 20 * 1000 * 1000, /* a fast retransmission follows its duplicate ACKs within */
	OUT_OF_ORDER_NS = 3 * 1000 * 1000,     /* a reordered segment comes within, when no RTT is known */
	TWICE_NS = 5 * 1000 * 1000,            /* a second sight of a packet comes within */
};

/* The segment in hand, with the numbers every rule needs. */
struct segment {
	const struct tcp *tcp;
	struct flow *flow;
	struct flow_end *me, *peer;
	enum flow_side side;
	uint32_t len;   /* payload bytes */
	uint32_t takes; /* sequence numbers it takes: payload, SYN, FIN */
	int64_t ts;
	bool plain; /* neither SYN nor FIN nor RST */
};

/* a before b in sequence space (RFC 9293 3.4). */
static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* --- Seen twice --------------------------------------------------------------------------------------- */

static uint16_t identification(const struct trace *t)
{
	const struct layer *net = t->frame.pkt.net;

	return net->proto == PROTO_IP4 ? net->ip4.id : 0;
}

/* What two sights of one packet share and two packets do not: the IPv4 identification or the time stamp, and
 * all else the segment says.  Hashed, since sums of near numbers meet too easily. */
static uint64_t fingerprint(const struct trace *t, const struct segment *s)
{
	struct {
		uint32_t seq, ack, len, id;
		uint16_t flags, window, nopt, zero;
		uint8_t opt[TCP_HEADER_MAX - TCP_HEADER_MIN];
	} all = { .seq = s->tcp->seq,
		.ack = s->tcp->ack,
		.len = s->len,
		.flags = s->tcp->flags,
		.window = s->tcp->window };
	struct slice opt = slice_sub(s->tcp->options, 0, sizeof(all.opt));

	all.id = identification(t);
	all.nopt = (uint16_t)opt.n;
	if (opt.n)
		memcpy(all.opt, opt.p, opt.n);
	return table_hash(&t->flows.table, &all, offsetof(__typeof__(all), opt) + opt.n);
}

/* An identification tells packets apart when the sender changes it: some write the same into all of them. */
static bool can_tell(const struct trace *t, const struct segment *s, uint64_t print)
{
	uint16_t id = identification(t);

	if (s->tcp->has_ts)
		return true;
	for (unsigned i = 0; i < sizeof(s->me->recent) / sizeof(s->me->recent[0]); i++)
		if (s->me->recent[i].ts && s->me->recent[i].id == id && s->me->recent[i].print != print)
			return false;
	return id != 0;
}

static bool seen_twice(struct trace *t, struct segment *s)
{
	uint64_t print = fingerprint(t, s);
	unsigned n = sizeof(s->me->recent) / sizeof(s->me->recent[0]);

	if (!can_tell(t, s, print))
		return false;
	for (unsigned i = 0; i < n; i++) {
		int64_t after = s->ts - s->me->recent[i].ts;

		if (s->me->recent[i].print == print && s->me->recent[i].ts && after < TWICE_NS) {
			NOTE(t, PACKET_TWICE, F_SPAN("osilab.tcp.after", after));
			t->stats.duplicate_packet++;
			return true;
		}
	}
	s->me->recent[s->me->recent_at].print = print;
	s->me->recent[s->me->recent_at].ts = s->ts;
	s->me->recent[s->me->recent_at].id = identification(t);
	s->me->recent_at = (uint8_t)((s->me->recent_at + 1) % n);
	return false;
}

/* --- Handshake ---------------------------------------------------------------------------------------- */

static void note_options(struct trace *t, const struct tcp *tcp)
{
	char text[160];
	int n = 0;

	if (tcp->has_mss)
		n += snprintf(
		    text + n, sizeof(text) - (size_t)n, ", at most %u bytes per segment (MSS)", tcp->mss);
	if (tcp->has_wscale)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
		    ", windows counted in units of %u (scale %u)",
		    1u << (tcp->wscale > 14 ? 14 : tcp->wscale), tcp->wscale);
	if (tcp->sack_permitted)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", selective acknowledgements");
	if (tcp->has_ts)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", time stamps");
	if (n)
		trace_where(t, NOTE(t, TCP_OPTIONS, F_STR("osilab.tcp.options", text + 2)), tcp->options);
}

static void begin_end(struct segment *s)
{
	s->me->has_isn = true;
	s->me->isn = s->tcp->seq;
	s->me->mss = s->tcp->has_mss ? s->tcp->mss : 0;
	s->me->has_wscale = s->tcp->has_wscale;
	s->me->wscale = s->tcp->has_wscale ? (s->tcp->wscale > 14 ? 14 : s->tcp->wscale) : 0;
	s->me->sack_ok = s->tcp->sack_permitted;
}

static void on_syn_again(struct trace *t, struct segment *s, const char *what)
{
	NOTE(t, TCP_SYN_AGAIN, F_STR("osilab.tcp.what", what),
	    F_SPAN("osilab.tcp.after", s->ts - s->me->last_data_ts));
	t->stats.retransmission++;
}

static void on_syn(struct trace *t, struct segment *s)
{
	t->stats.syn++;
	if (s->me->has_isn && s->me->isn == s->tcp->seq) {
		on_syn_again(t, s, "SYN");
		return;
	}
	begin_end(s);
	s->flow->syn_ts = s->ts;
	s->me->state = TCP_STATE_SYN_SENT;
	if (s->peer->state == TCP_STATE_SYN_SENT) {
		s->peer->state = s->me->state = TCP_STATE_SYN_RECEIVED;
		NOTE(t, TCP_SIMULTANEOUS, F_UINT("tcp.seq_raw", s->tcp->seq));
	} else {
		s->peer->state = TCP_STATE_SYN_RECEIVED;
		NOTE(t, TCP_SYN, F_UINT("tcp.seq_raw", s->tcp->seq));
	}
	note_options(t, s->tcp);
}

static void on_synack(struct trace *t, struct segment *s)
{
	t->stats.synack++;
	if (s->me->has_isn && s->me->isn == s->tcp->seq && s->me->synack_sent) {
		on_syn_again(t, s, "SYN, ACK");
		return;
	}
	begin_end(s);
	s->me->synack_sent = true;
	s->flow->synack_ts = s->ts;
	/* In a simultaneous open both send one, and each opens the other end (RFC 9293 figure 7). */
	s->me->state = s->peer->synack_sent ? TCP_STATE_ESTABLISHED : TCP_STATE_SYN_RECEIVED;
	s->flow->handshake_done |= s->peer->synack_sent;
	s->peer->state = TCP_STATE_ESTABLISHED;
	NOTE(t, TCP_SYNACK, F_UINT("tcp.seq_raw", s->tcp->seq), F_UINT("tcp.ack_raw", s->tcp->ack));
	note_options(t, s->tcp);
}

static void on_established(struct trace *t, struct segment *s)
{
	s->me->state = s->peer->state = TCP_STATE_ESTABLISHED;
	s->flow->handshake_done = true;
	if (!s->flow->syn_ts)
		return;
	s->flow->rtt = s->ts - s->flow->syn_ts;
	NOTE(t, TCP_ESTABLISHED, F_SPAN("tcp.analysis.initial_rtt", s->flow->rtt));
}

/* --- Closing ------------------------------------------------------------------------------------------ */

/* The receiver's side of an ACK: does it acknowledge our FIN? */
static void ack_fin(struct segment *s)
{
	if (!s->peer->fin_sent || s->peer->fin_acked || before(s->tcp->ack, s->peer->fin_seq + 1))
		return;
	s->peer->fin_acked = true;
	if (!(s->tcp->flags & TCP_FIN))
		s->flow->close_segments++;
	switch (s->peer->state) {
	case TCP_STATE_FIN_WAIT_1: s->peer->state = TCP_STATE_FIN_WAIT_2; break;
	case TCP_STATE_CLOSING: s->peer->state = TCP_STATE_TIME_WAIT; break;
	case TCP_STATE_LAST_ACK: s->peer->state = TCP_STATE_CLOSED; break;
	default: break;
	}
}

static void on_fin(struct trace *t, struct segment *s)
{
	t->stats.fin++;
	if (s->me->fin_sent)
		return; /* again: what is said of retransmissions covers it */
	s->me->fin_sent = true;
	s->me->fin_seq = s->tcp->seq + s->len;
	s->flow->close_segments++;
	if (s->peer->fin_sent) {
		NOTE(t, TCP_FIN_BOTH, F_SIDE(s->side));
	} else {
		s->flow->first_fin = (uint8_t)s->side;
		NOTE(t, TCP_FIN, F_SIDE(s->side));
	}
	if (s->peer->fin_sent && !s->peer->fin_acked) {
		/* It had not seen the other's FIN when it sent its own: both close at once (figure 13). */
		s->me->state = s->peer->state = TCP_STATE_CLOSING;
		return;
	}
	s->me->state = s->me->state == TCP_STATE_CLOSE_WAIT ? TCP_STATE_LAST_ACK : TCP_STATE_FIN_WAIT_1;
	switch (s->peer->state) {
	case TCP_STATE_FIN_WAIT_2: s->peer->state = TCP_STATE_TIME_WAIT; break;
	default: s->peer->state = TCP_STATE_CLOSE_WAIT; break;
	}
}

static void say_closed(struct trace *t, struct segment *s)
{
	if (s->flow->closed_said || !s->me->fin_acked || !s->peer->fin_acked)
		return;
	s->flow->closed_said = true;
	NOTE(t, TCP_TIME_WAIT, F_SIDE(s->flow->first_fin),
	    F_UINT("osilab.tcp.close_segments", s->flow->close_segments));
}

static void on_reset(struct trace *t, struct segment *s)
{
	t->stats.rst++;
	if (s->peer->state == TCP_STATE_SYN_SENT ||
	    (s->me->state == TCP_STATE_SYN_RECEIVED && !s->me->has_isn)) {
		NOTE(t, TCP_REFUSED, F_UINT("tcp.srcport", s->tcp->src));
	} else {
		const char *why = s->me->fin_sent && s->peer->fin_sent ? "late, both directions were closed "
		                                                         "already"
		                  : s->me->fin_sent                    ? "data arrived after it had closed"
		                                    : "the program ended it without closing, or had unread "
		                                      "data";

		NOTE(t, TCP_RESET, F_SIDE(s->side), F_STR("osilab.tcp.why", why));
	}
	s->me->state = s->peer->state = TCP_STATE_CLOSED;
	s->flow->reset_by = (int8_t)s->side;
}

/* --- Order and loss ------------------------------------------------------------------------------------ */

static int64_t reorder_time(const struct segment *s)
{
	return s->flow->rtt > 0 ? s->flow->rtt : OUT_OF_ORDER_NS;
}

static void resent(struct trace *t, struct segment *s)
{
	int64_t after = s->ts - s->me->last_data_ts;
	uint32_t end = s->tcp->seq + s->takes;

	if (s->peer->has_ack && !before(s->peer->last_ack, end)) {
		NOTE(t, TCP_SPURIOUS, F_BOOL("tcp.analysis.spurious_retransmission", 1));
		t->stats.spurious_retransmission++;
	} else if (s->peer->dup_acks >= 2 && s->peer->last_ack == s->tcp->seq &&
	           s->ts - s->peer->last_ack_ts < FAST_RETRANSMIT_NS) {
		NOTE(t, TCP_FAST_RETRANSMISSION, F_UINT("osilab.tcp.dup_acks", s->peer->dup_acks),
		    F_BOOL("tcp.analysis.fast_retransmission", 1));
		t->stats.fast_retransmission++;
		t->stats.retransmission++;
	} else if (after < reorder_time(s) && end != s->me->next_seq) {
		NOTE(t, TCP_OUT_OF_ORDER, F_BOOL("tcp.analysis.out_of_order", 1));
		t->stats.out_of_order++;
	} else {
		NOTE(t, TCP_RETRANSMISSION, F_SPAN("osilab.tcp.after", after),
		    F_BOOL("tcp.analysis.retransmission", 1));
		t->stats.retransmission++;
	}
}

/* A segment at the byte before the next one, with at most one byte: Linux probes a closed window this way
 * too, which is told apart by the window. */
static bool on_probe(struct trace *t, struct segment *s)
{
	bool zero_probe = s->len == 1 && s->tcp->seq == s->me->next_seq;
	bool behind = s->len <= 1 && s->tcp->seq == s->me->next_seq - 1;

	if (!s->plain || !s->me->has_seq || (!behind && !(zero_probe && s->peer->win_closed)))
		return false;
	if (s->peer->win_closed) {
		NOTE(t, TCP_WINDOW_PROBE, F_BOOL("tcp.analysis.zero_window_probe", 1));
		t->stats.window_probe++;
	} else {
		NOTE(t, TCP_KEEP_ALIVE, F_BOOL("tcp.analysis.keep_alive", 1));
		t->stats.keep_alive++;
	}
	return true;
}

static void check_order(struct trace *t, struct segment *s)
{
	if (!s->me->has_seq || s->tcp->flags & TCP_SYN || s->tcp->flags & TCP_RST)
		return;
	if (before(s->me->next_seq, s->tcp->seq)) {
		NOTE(t, TCP_LOST, F_UINT("osilab.tcp.missing", s->tcp->seq - s->me->next_seq),
		    F_BOOL("tcp.analysis.lost_segment", 1));
		t->stats.lost_segment++;
	} else if (s->takes && before(s->tcp->seq, s->me->next_seq)) {
		/* What begins with the one byte of a window probe is new. */
		bool probed = s->len > 1 && s->tcp->seq == s->me->next_seq - 1;

		if (!probed && !on_probe(t, s))
			resent(t, s);
	} else if (s->len <= 1) {
		on_probe(t, s);
	}
}

static void advance(struct segment *s)
{
	uint32_t end = s->tcp->seq + s->takes;

	if (!s->me->has_seq && !s->me->has_isn && !s->me->isn)
		s->me->isn =
		    s->tcp->seq - 1; /* as if the SYN stood right before, so that data counts from 1 */
	if (!s->me->has_seq || before(s->me->next_seq, end)) {
		s->me->next_seq = end;
		s->me->has_seq = true;
	}
	if (s->takes)
		s->me->last_data_ts = s->ts;
}

/* --- Acknowledgements and windows ----------------------------------------------------------------------- */

static void note_sack(struct trace *t, struct segment *s)
{
	char text[160]; /* four blocks of the largest numbers */
	int n = 0;

	if (!s->tcp->nsack)
		return;
	for (unsigned i = 0; i < s->tcp->nsack; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%sbytes %u to %u", i ? " and " : "",
		    s->tcp->sack[i].left - s->peer->isn, s->tcp->sack[i].right - s->peer->isn - 1);
	trace_where(t, NOTE(t, TCP_SACK, F_STR("osilab.tcp.sack", text)), s->tcp->options);
}

static uint32_t scaled_window(const struct segment *s)
{
	/* Both have to offer it (RFC 7323 2.2); of a SYN that was not seen the usual is assumed: it did. */
	bool agreed = s->me->has_wscale && (s->peer->has_wscale || !s->peer->has_isn);
	bool scaling = agreed && !(s->tcp->flags & TCP_SYN);

	return (uint32_t)s->tcp->window << (scaling ? s->me->wscale : 0);
}

static void check_ack(struct trace *t, struct segment *s, uint32_t window)
{
	bool same = s->me->has_ack && s->tcp->ack == s->me->last_ack;

	note_sack(t, s);
	if (same && s->takes == 0 && s->plain && window == s->me->window && window &&
	    s->tcp->seq == s->me->next_seq && s->peer->has_seq && before(s->tcp->ack, s->peer->next_seq)) {
		s->me->dup_acks++;
		NOTE(t, TCP_DUP_ACK, F_UINT("osilab.tcp.dup_acks", s->me->dup_acks),
		    F_UINT("tcp.ack", s->tcp->ack - s->peer->isn));
		t->stats.duplicate_ack++;
	} else if (!same) {
		s->me->dup_acks = 0;
	}
	if (!s->me->has_ack || before(s->me->last_ack, s->tcp->ack))
		s->me->last_ack = s->tcp->ack;
	s->me->has_ack = true;
	s->me->last_ack_ts = s->ts;
}

static void check_window(struct trace *t, struct segment *s, uint32_t window)
{
	uint32_t end = s->tcp->seq + s->takes;
	bool scale_known = s->me->has_isn && s->peer->has_isn;

	if (s->plain && window == 0) {
		NOTE(t, TCP_ZERO_WINDOW, F_SIDE(s->side), F_BOOL("tcp.analysis.zero_window", 1));
		t->stats.zero_window++;
	} else if (s->plain && s->me->win_closed) {
		NOTE(t, TCP_WINDOW_OPEN, F_SIDE(s->side), F_UINT("tcp.window_size", window));
	}
	if (s->len > 1 && s->plain && scale_known && s->peer->has_ack && s->peer->window &&
	    end == s->peer->last_ack + s->peer->window)
		NOTE(t, TCP_WINDOW_FULL, F_BOOL("tcp.analysis.window_full", 1));
	s->me->window = window;
	s->me->win_closed = window == 0 && s->plain;
}

/* --- One segment ----------------------------------------------------------------------------------------- */

static void step_states(struct trace *t, struct segment *s)
{
	uint16_t flags = s->tcp->flags;

	if (flags & TCP_SYN) {
		if (flags & TCP_ACK)
			on_synack(t, s);
		else
			on_syn(t, s);
		return;
	}
	if (flags & TCP_RST) {
		on_reset(t, s);
		return;
	}
	if (s->peer->state == TCP_STATE_SYN_RECEIVED && flags & TCP_ACK && s->peer->has_isn &&
	    s->tcp->ack == s->peer->isn + 1)
		on_established(t, s);
	if (s->me->state == TCP_STATE_UNKNOWN && s->peer->state == TCP_STATE_UNKNOWN) {
		NOTE0(t, TCP_MIDSTREAM);
		s->flow->midstream = true;
		s->me->state = s->peer->state = TCP_STATE_ESTABLISHED;
	}
	if (flags & TCP_ACK)
		ack_fin(s);
	if (flags & TCP_FIN)
		on_fin(t, s);
	say_closed(t, s);
}

bool tcpstate_reuses(const struct flow *f, enum flow_side side, const struct tcp *tcp)
{
	const struct flow_end *me = &f->end[side];

	return tcp->flags & TCP_SYN && !(tcp->flags & TCP_ACK) && me->has_seq &&
	       !(me->has_isn && me->isn == tcp->seq);
}

bool tcpstate_step(struct trace *t, struct flow *f, enum flow_side side)
{
	const struct tcp *tcp = &t->frame.pkt.transport->tcp;
	uint32_t len = t->frame.pkt.payload_len;
	struct segment s = {
		.tcp = tcp,
		.flow = f,
		.me = &f->end[side],
		.peer = &f->end[!side],
		.side = side,
		.len = len,
		.takes = len + !!(tcp->flags & TCP_SYN) + !!(tcp->flags & TCP_FIN),
		.ts = t->frame.ts,
		.plain = !(tcp->flags & (TCP_SYN | TCP_FIN | TCP_RST)),
	};
	uint32_t window = scaled_window(&s);
	bool again = seen_twice(t, &s);

	if (!s.peer->has_isn && !s.peer->has_seq && !s.me->has_ack && tcp->flags & TCP_ACK)
		s.peer->isn = tcp->ack - 1; /* its beginning was not seen: count from what is acknowledged */
	if (!again) {
		check_order(t, &s);
		step_states(t, &s);
		advance(&s);
		if (tcp->flags & TCP_ACK)
			check_ack(t, &s, window);
		check_window(t, &s, window);
		s.me->bytes += len;
	}
	t->frame.state[FLOW_CLIENT] = f->end[FLOW_CLIENT].state;
	t->frame.state[FLOW_SERVER] = f->end[FLOW_SERVER].state;
	t->frame.rel_seq = tcp->seq - s.me->isn;
	t->frame.rel_ack = tcp->flags & TCP_ACK ? tcp->ack - s.peer->isn : 0;
	t->frame.window = window;
	return !again;
}

/* TCP states and the meaning of segments; see tcpstate.h.  RFC 9293 3.5 and 3.6; RFC 5961 for what a receiver
 * does not believe.  The judgements on order, acknowledgements and resets are in tcp*.c beside this file. */
#include "trace/tcpstate.h"

#include "trace/segment.h"

/* --- Opening ---------------------------------------------------------------------------------------------- */

static void begin_end(struct segment *s)
{
	s->me->has_isn = true;
	s->me->isn = s->tcp->seq;
	s->me->mss = s->tcp->has_mss ? s->tcp->mss : 0;
	s->me->has_wscale = s->tcp->has_wscale;
	s->me->wscale = s->tcp->has_wscale ? (s->tcp->wscale > 14 ? 14 : s->tcp->wscale) : 0;
	s->me->sack_ok = s->tcp->sack_permitted;
	s->me->syn_len = (uint16_t)s->len;
	s->me->syn_ts = s->me->again_ts = s->ts;
}

static void on_syn_again(struct trace *t, struct segment *s, const char *what)
{
	int64_t after = s->ts - s->me->again_ts, before = s->me->again.after;

	s->me->syns += s->me->syns < UINT8_MAX;
	NOTE(t, TCP_SYN_AGAIN, F_STR("osilab.tcp.what", what), F_UINT("osilab.tcp.times", s->me->syns + 1u),
	    F_SPAN("osilab.tcp.after", after), F_SPAN("osilab.tcp.since", s->ts - s->me->syn_ts),
	    F_BOOL("tcp.analysis.retransmission", 1));
	if (doubled(before, after))
		NOTE(t, TCP_BACK_OFF, F_SPAN("osilab.tcp.before", before), F_SPAN("osilab.tcp.after", after),
		    F_UINT("osilab.tcp.times", s->me->syns + 1u));
	s->me->again.after = after;
	s->me->again_ts = s->ts;
	s->me->ntimed = 0; /* its answer may be to either (Karn) */
	s->resent = true;
	t->stats.retransmission++;
}

static void on_syn(struct trace *t, struct segment *s)
{
	t->stats.syn++;
	if (s->me->has_isn && s->me->isn == s->tcp->seq) {
		if (!s->peer->synack_sent)
			s->flow->syn_ts = s->ts; /* the one that will be answered */
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
	tcpoption_syn(t, s);
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
	tcpoption_synack(t, s);
}

static void on_established(struct trace *t, struct segment *s)
{
	s->me->state = s->peer->state = TCP_STATE_ESTABLISHED;
	s->flow->handshake_done = true;
	if (!s->flow->syn_ts || !s->peer->has_isn)
		return;
	s->flow->rtt = s->ts - s->flow->syn_ts;
	NOTE(t, TCP_ESTABLISHED, F_SPAN("tcp.analysis.initial_rtt", s->flow->rtt));
}

/* A segment with ACK and without SYN from an end that did not yet open: who asked acknowledges, also when the
 * SYN, ACK was not captured; who was asked answers for an older connection on these ports (RFC 5961 4). */
static void on_opening(struct trace *t, struct segment *s)
{
	if (s->peer->has_isn && s->peer->state == TCP_STATE_SYN_RECEIVED &&
	    seq_before(s->peer->isn, s->tcp->ack)) {
		on_established(t, s);
	} else if (s->me->state == TCP_STATE_SYN_SENT || (s->me->synack_sent && !s->peer->packets)) {
		on_established(t, s); /* the rest of the handshake was not captured */
	} else if (s->me->state == TCP_STATE_SYN_RECEIVED && !s->me->has_isn && s->peer->has_isn &&
	           s->tcp->ack != s->peer->isn + 1) {
		NOTE(t, TCP_CHALLENGE_OLD, F_SIDE(s->side));
		t->stats.challenge_ack++;
		s->flow->challenged = s->stranger = true;
	}
}

/* --- Closing ------------------------------------------------------------------------------------------ */

/* The receiver's side of an ACK: does it acknowledge our FIN? */
static void ack_fin(struct segment *s)
{
	if (!s->peer->fin_sent || s->peer->fin_acked || seq_before(s->tcp->ack, s->peer->fin_seq + 1))
		return;
	s->peer->fin_acked = true;
	if (!(s->tcp->flags & TCP_FIN))
		s->flow->close_segments++;
	if (s->me->state == TCP_STATE_ESTABLISHED)
		s->me->state = TCP_STATE_CLOSE_WAIT; /* the FIN came before bytes that it had to wait for */
	switch (s->peer->state) {
	case TCP_STATE_FIN_WAIT_1: s->peer->state = TCP_STATE_FIN_WAIT_2; break;
	case TCP_STATE_CLOSING: s->peer->state = TCP_STATE_TIME_WAIT; break;
	case TCP_STATE_LAST_ACK: s->peer->state = TCP_STATE_CLOSED; break;
	default: break;
	}
}

/* The receiver of a FIN that came in order. */
static void take_fin(struct segment *s)
{
	if (s->peer->state == TCP_STATE_FIN_WAIT_2)
		s->peer->state = TCP_STATE_TIME_WAIT;
	else
		s->peer->state = TCP_STATE_CLOSE_WAIT;
}

static void on_fin(struct trace *t, struct segment *s)
{
	t->stats.fin++;
	if (s->me->fin_sent || s->flow->reset_by >= 0)
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
	if (!s->me->has_seq || !seq_before(s->me->next_seq, s->tcp->seq) ||
	    s->peer->state == TCP_STATE_FIN_WAIT_2)
		take_fin(s);
}

static void say_closed(struct trace *t, struct segment *s)
{
	if (s->flow->closed_said || !s->me->fin_acked || !s->peer->fin_acked)
		return;
	s->flow->closed_said = true;
	NOTE(t, TCP_TIME_WAIT, F_SIDE(s->flow->first_fin),
	    F_UINT("osilab.tcp.close_segments", s->flow->close_segments));
	tcprtt_say(t, s->flow);
}

/* Data goes on in the direction that is still open. */
static void say_half_closed(struct trace *t, struct segment *s)
{
	if (!s->me->fin_sent && s->peer->fin_acked && s->flow->reset_by < 0) {
		s->flow->half_said = true;
		NOTE(t, TCP_HALF_CLOSED, F_SIDE(s->side));
	}
}

/* --- One segment ----------------------------------------------------------------------------------------- */

static void on_other(struct trace *t, struct segment *s)
{
	uint16_t flags = s->tcp->flags;

	if (flags & TCP_ACK && !s->flow->handshake_done && !s->flow->midstream)
		on_opening(t, s);
	if (s->me->state == TCP_STATE_UNKNOWN && s->peer->state == TCP_STATE_UNKNOWN) {
		NOTE0(t, TCP_MIDSTREAM);
		s->flow->midstream = true;
		s->me->state = s->peer->state = TCP_STATE_ESTABLISHED;
	}
	if (flags & TCP_ACK && s->peer->doubted && s->takes == 0 && s->tcp->ack == s->me->last_ack) {
		NOTE(t, TCP_CHALLENGE, F_SIDE(s->side));
		t->stats.challenge_ack++;
		s->peer->doubted = false;
	}
	if (s->peer->fin_sent) {
		if (flags & TCP_ACK)
			ack_fin(s);
		if (s->len && !s->flow->half_said)
			say_half_closed(t, s);
	}
	if (flags & TCP_FIN)
		on_fin(t, s);
	if (s->me->fin_sent)
		say_closed(t, s);
}

static void step_states(struct trace *t, struct segment *s)
{
	uint16_t flags = s->tcp->flags;

	if (flags & TCP_SYN) {
		if (flags & TCP_ACK)
			on_synack(t, s);
		else
			on_syn(t, s);
	} else if (flags & TCP_RST) {
		tcpreset_step(t, s);
	} else {
		on_other(t, s);
	}
}

static void advance(struct segment *s)
{
	uint32_t end = s->tcp->seq + s->takes;

	if (!s->me->has_seq && !s->me->has_isn && !s->me->isn)
		s->me->isn =
		    s->tcp->seq - 1; /* as if the SYN stood right before, so that data counts from 1 */
	if (s->tcp->flags & TCP_RST)
		return;
	if (!s->me->has_seq || seq_before(s->me->next_seq, end)) {
		s->me->next_seq = end;
		s->me->has_seq = true;
		s->me->top_tsval = s->tcp->tsval;
		s->me->top_has_ts = s->tcp->has_ts;
		s->me->top_ts = s->ts;
	}
	if (s->tcp->seq == s->me->whole_to || !s->me->whole_to)
		s->me->whole_to = s->me->next_seq;
	if (s->takes) {
		s->me->last_data_ts = s->ts;
		if (!s->resent && !s->probe)
			tcprtt_sent(s);
	}
}

static uint32_t scaled_window(const struct segment *s)
{
	/* Both have to offer it (RFC 7323 2.2); of a SYN that was not seen the usual is assumed: it did. */
	bool agreed = s->me->has_wscale && (s->peer->has_wscale || !s->peer->has_isn);
	bool scaling = agreed && !(s->tcp->flags & TCP_SYN);

	return (uint32_t)s->tcp->window << (scaling ? s->me->wscale : 0);
}

static void step(struct trace *t, struct segment *s)
{
	tcploss_order(t, s);
	step_states(t, s);
	if (s->stranger)
		return;
	advance(s);
	if (s->flow->ecn || s->tcp->flags & (TCP_ECE | TCP_CWR))
		tcpoption_congestion(t, s);
	if (s->tcp->flags & TCP_RST)
		return;
	if (s->tcp->flags & TCP_ACK)
		tcpack_step(t, s);
	tcpack_window(t, s);
	s->me->probing = s->probe;
	s->peer->unanswered = 0;
	s->me->bytes += s->len;
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
	bool again;

	s.window = scaled_window(&s);
	again = tcptwice_seen(t, &s);
	if (!s.me->ttl)
		s.me->ttl = segment_ttl(t);
	if (!s.peer->has_isn && !s.peer->has_seq && !s.me->has_ack && tcp->flags & TCP_ACK)
		s.peer->isn = tcp->ack - 1; /* its beginning was not seen: count from what is acknowledged */
	if (!again)
		step(t, &s);
	t->frame.state[FLOW_CLIENT] = f->end[FLOW_CLIENT].state;
	t->frame.state[FLOW_SERVER] = f->end[FLOW_SERVER].state;
	t->frame.rel_seq = tcp->seq - s.me->isn;
	t->frame.rel_ack = tcp->flags & TCP_ACK ? tcp->ack - s.peer->isn : 0;
	t->frame.window = s.window;
	return !again && !s.garbage && !s.stranger;
}

/* Where a segment stands among those of its sender: in order, resent (and why), out of order, behind a hole, a
 * probe.  RFC 5681 (fast retransmit), 6298 (the timer), 6675 and 8985 (by selective acknowledgements, tail loss
 * probes), 2883 and 3522 (needless). */
#include "trace/segment.h"

#include <stdio.h>

enum {
	FAST_RETRANSMIT_NS = 20 * 1000 * 1000, /* a fast retransmission follows its duplicate ACKs within */
	OUT_OF_ORDER_NS = 3 * 1000 * 1000,     /* a reordered segment comes within, when no RTT is known */
	TIMER_NS = 200 * 1000 * 1000,          /* what is sent again sooner, no timer of RFC 6298 caused */
};

/* --- Sent again ----------------------------------------------------------------------------------------- */

/* Was it sent before the segment with the highest number, or after it?  Its sender's clock tells, else its
 * sender's count of packets. */
static enum sent sent_when(const struct trace *t, const struct segment *s)
{
	/* The clock may tick once in a millisecond, or in ten. */
	if (!s->tcp->has_ts || !s->me->top_has_ts || s->tcp->tsval == s->me->top_tsval)
		return tcptwice_sent(t, s);
	return seq_before(s->tcp->tsval, s->me->top_tsval) ? SENT_BEFORE : SENT_AFTER;
}

static bool is_acked(const struct segment *s)
{
	return s->peer->has_ack && !seq_before(s->peer->last_ack, s->tcp->seq + s->takes);
}

static bool is_fast(const struct segment *s)
{
	return s->peer->dup_acks >= 2 && s->peer->last_ack == s->tcp->seq &&
	       s->ts - s->peer->last_ack_ts < FAST_RETRANSMIT_NS;
}

/* tshark goes by the time alone; where the sender tells, that is better (a difference). */
static bool is_reordered(const struct segment *s, enum sent when)
{
	int64_t near = s->flow->rtt > 0 ? s->flow->rtt : OUT_OF_ORDER_NS;

	if (when != SENT_UNKNOWN)
		return when == SENT_BEFORE;
	return s->ts - s->me->top_ts < near && s->tcp->seq + s->takes != s->me->next_seq;
}

/* Selective acknowledgements have shown what lies behind it. */
static bool is_sacked_around(const struct segment *s)
{
	return s->peer->has_sack && seq_before(s->tcp->seq, s->peer->sack_high) &&
	       !seq_before(s->tcp->seq, s->peer->last_ack);
}

/* Nothing was sent and nothing was heard for as long as a timer waits: whatever was known before, it was the timer. */
static bool is_timer(const struct segment *s, int64_t after)
{
	return after >= TIMER_NS && s->ts - s->peer->last_ack_ts >= TIMER_NS;
}

/* The last segment again, sooner than a timer would and with no duplicate ACK before: to draw one. */
static bool is_tail_probe(const struct segment *s, int64_t after)
{
	return after < TIMER_NS && after > s->peer->rtt.smoothed && s->me->again.times == 0 &&
	       s->tcp->seq + s->takes == s->me->next_seq && !s->peer->dup_acks;
}

/* Counts the sendings of one place in the stream; notes when the timer doubles. */
static void count_again(struct trace *t, struct segment *s, int64_t after)
{
	__typeof__(s->me->again) *again = &s->me->again;
	bool same = again->times && again->seq == s->tcp->seq;

	if (same && doubled(again->after, after))
		NOTE(t, TCP_BACK_OFF, F_SPAN("osilab.tcp.before", again->after),
		    F_SPAN("osilab.tcp.after", after), F_UINT("osilab.tcp.times", again->times + 1u));
	again->times = same ? (uint8_t)(again->times + (again->times < UINT8_MAX)) : 1;
	again->seq = s->tcp->seq;
	again->end = s->tcp->seq + s->takes;
	again->after = after;
	again->tsval = s->tcp->has_ts ? s->tcp->tsval : 0;
	again->open = true;
}

static int64_t since_last_sending(const struct segment *s)
{
	bool same = s->me->again.times && s->me->again.seq == s->tcp->seq;

	return s->ts - (same ? s->me->again_ts : s->me->last_data_ts);
}

static void say_resent(struct trace *t, struct segment *s)
{
	int64_t after = since_last_sending(s);

	if (is_fast(s)) {
		NOTE(t, TCP_FAST_RETRANSMISSION, F_UINT("osilab.tcp.dup_acks", s->peer->dup_acks),
		    F_BOOL("tcp.analysis.fast_retransmission", 1), F_BOOL("tcp.analysis.retransmission", 1));
		t->stats.fast_retransmission++;
	} else if (is_sacked_around(s) && !is_timer(s, after)) {
		NOTE(t, TCP_SACK_RETRANSMISSION,
		    F_UINT("osilab.tcp.sack_high", s->peer->sack_high - s->me->isn - 1),
		    F_BOOL("tcp.analysis.retransmission", 1));
	} else if (is_tail_probe(s, after)) {
		NOTE(t, TCP_TAIL_PROBE, F_SPAN("osilab.tcp.after", after),
		    F_BOOL("tcp.analysis.retransmission", 1));
		t->stats.tail_loss_probe++;
	} else {
		NOTE(t, TCP_RETRANSMISSION, F_SPAN("osilab.tcp.after", after),
		    F_BOOL("tcp.analysis.retransmission", 1));
	}
	count_again(t, s, after);
	s->me->again_ts = s->ts;
}

static void resent(struct trace *t, struct segment *s)
{
	enum sent when = sent_when(t, s);

	s->resent = true;
	tcprtt_forget(s);
	if (is_acked(s) && when != SENT_BEFORE) {
		NOTE(t, TCP_SPURIOUS, F_BOOL("tcp.analysis.spurious_retransmission", 1),
		    F_BOOL("tcp.analysis.retransmission", 1));
		t->stats.spurious_retransmission++;
		t->stats.retransmission++;
	} else if ((!is_fast(s) || when == SENT_BEFORE) && is_reordered(s, when)) {
		NOTE(t, TCP_OUT_OF_ORDER, F_BOOL("tcp.analysis.out_of_order", 1));
		t->stats.out_of_order++;
	} else {
		say_resent(t, s);
		t->stats.retransmission++;
	}
}

/* --- Probes ---------------------------------------------------------------------------------------------- */

/* The byte before the next one, or none there: asks whether the other end is still there, or (on Linux) whether
 * its window is.  All that was sent is acknowledged then; else it is that byte sent again. */
static bool asks_back(const struct segment *s)
{
	return s->plain && s->len <= 1 && s->tcp->seq == s->me->next_seq - 1 &&
	       (s->len == 0 || !s->peer->has_ack || !seq_before(s->peer->last_ack, s->me->next_seq));
}

static void say_probe(struct trace *t, struct segment *s)
{
	s->probe = true;
	if (s->peer->win_closed) {
		NOTE(t, TCP_WINDOW_PROBE, F_BOOL("tcp.analysis.zero_window_probe", 1));
		t->stats.window_probe++;
	} else {
		NOTE(t, TCP_KEEP_ALIVE, F_BOOL("tcp.analysis.keep_alive", 1));
		t->stats.keep_alive++;
		s->me->unanswered += s->me->unanswered < UINT8_MAX;
	}
}

/* --- Order ------------------------------------------------------------------------------------------------- */

static void behind(struct trace *t, struct segment *s)
{
	if (asks_back(s)) {
		s->garbage = true; /* the byte of a keep-alive may be anything (RFC 9293 3.8.4) */
		say_probe(t, s);
		return;
	}
	/* What begins with the one byte of a window probe is new. */
	if (s->takes && !(s->me->probed && s->len > 1 && s->tcp->seq == s->me->next_seq - 1))
		resent(t, s);
}

/* New data with an older time stamp than the data before it: RFC 7323 5.3 has it thrown away. */
static void look_at_clock(struct trace *t, struct segment *s)
{
	if (s->len && s->tcp->has_ts && s->me->top_has_ts && seq_before(s->tcp->tsval, s->me->top_tsval)) {
		NOTE(t, TCP_PAWS, F_UINT("tcp.options.timestamp.tsval", s->tcp->tsval),
		    F_UINT("osilab.tcp.tsval_before", s->me->top_tsval));
		t->stats.paws++;
	}
}

void tcploss_order(struct trace *t, struct segment *s)
{
	uint32_t next = s->me->next_seq;

	if (!s->me->has_seq || s->tcp->flags & (TCP_SYN | TCP_RST))
		return;
	if (s->tcp->seq == next) {
		if (s->len == 1 && s->plain && s->peer->win_closed) {
			say_probe(t, s);
			s->me->probed = true;
			return;
		}
		s->me->probed = false;
		look_at_clock(t, s);
	} else if (seq_before(next, s->tcp->seq)) {
		NOTE(t, TCP_LOST, F_UINT("osilab.tcp.missing", s->tcp->seq - next),
		    F_BOOL("tcp.analysis.lost_segment", 1));
		t->stats.lost_segment++;
	} else {
		behind(t, s);
	}
}

/* --- Needless ------------------------------------------------------------------------------------------------ */

/* The first block lies below the acknowledgement or inside the second: it arrived twice (RFC 2883 4). */
static bool is_dsack(const struct tcp *tcp)
{
	const struct tcp_sack *b = tcp->sack;

	if (!tcp->nsack || !seq_before(b[0].left, b[0].right))
		return false;
	return seq_before(b[0].left, tcp->ack) ||
	       (tcp->nsack > 1 && !seq_before(b[0].left, b[1].left) && !seq_before(b[1].right, b[0].right));
}

static void note_sack(struct trace *t, struct segment *s, unsigned first)
{
	char text[160]; /* four blocks of the largest numbers */
	int n = 0;

	for (unsigned i = first; i < s->tcp->nsack; i++) {
		const struct tcp_sack *b = &s->tcp->sack[i];

		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%u–%u", i > first ? ", " : "",
		    b->left - s->peer->isn, b->right - s->peer->isn - 1);
		if (!s->me->has_sack || seq_before(s->me->sack_high, b->right))
			s->me->sack_high = b->right;
		s->me->has_sack = true;
	}
	if (n)
		trace_where(t, NOTE(t, TCP_SACK, F_STR("osilab.tcp.sack", text)), s->tcp->options);
}

void tcploss_acked(struct trace *t, struct segment *s)
{
	__typeof__(s->peer->again) *again = &s->peer->again;
	bool twice = is_dsack(s->tcp);

	if (twice) {
		NOTE(t, TCP_DSACK, F_UINT("tcp.options.sack.dsack_le", s->tcp->sack[0].left - s->peer->isn),
		    F_UINT("tcp.options.sack.dsack_re", s->tcp->sack[0].right - s->peer->isn));
		t->stats.dsack++;
	}
	if (s->tcp->nsack)
		note_sack(t, s, twice);
	if (!again->open || seq_before(s->tcp->ack, again->end))
		return;
	/* It echoes the time stamp of the first sending: that one had arrived (RFC 3522 3.2). */
	if (s->tcp->has_ts && s->tcp->tsecr && again->tsval && seq_before(s->tcp->tsecr, again->tsval))
		NOTE(t, TCP_EIFEL, F_UINT("tcp.options.timestamp.tsecr", s->tcp->tsecr),
		    F_UINT("osilab.tcp.tsval_again", again->tsval));
	again->open = false;
	again->times = 0;
}

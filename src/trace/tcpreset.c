/* Resets: who sends them, why, and whether they will be believed.  RFC 9293 3.5.2 and 3.10.7; RFC 5961 3. */
#include "trace/segment.h"

/* Numbers of another connection, or of nobody: will the receiver believe the reset?  It must stand where
 * the receiver waits; elsewhere in the window it is only asked back (RFC 5961 3.2).  What the sender sent
 * before may still be on its way, so anything up to that passes. */
static bool believable(const struct segment *s)
{
	uint32_t seq = s->tcp->seq;

	if (!s->peer->has_ack || !s->me->has_seq || s->flow->midstream)
		return true;
	return !seq_before(seq, s->peer->last_ack) && !seq_before(s->me->next_seq, seq);
}

static bool in_window(const struct segment *s)
{
	uint32_t room = s->peer->window;

	return !seq_before(s->tcp->seq, s->peer->last_ack) &&
	       seq_before(s->tcp->seq, s->peer->last_ack + (room ? room : 1));
}

static void doubt(struct trace *t, struct segment *s)
{
	if (!in_window(s)) {
		NOTE(t, TCP_RESET_IGNORED, F_SIDE(s->side));
		return;
	}
	s->me->doubted = true;
	NOTE(t, TCP_RESET_CHALLENGED, F_SIDE(s->side),
	    F_UINT("osilab.tcp.off_by", s->tcp->seq - s->peer->last_ack));
}

/* A kernel without the connection answers with the number that was acknowledged to it, and without ACK
 * (RFC 9293 3.10.7.1); an end that aborts knows its own number, and sets ACK. */
static bool knows_nothing(const struct segment *s)
{
	return !(s->tcp->flags & TCP_ACK) && s->peer->has_ack && s->tcp->seq == s->peer->last_ack;
}

static const char *reason(const struct segment *s)
{
	if (s->flow->reset_by >= 0)
		return "again, for what was on its way when it was reset";
	if (s->me->fin_sent && s->peer->fin_sent)
		return "late, both directions were closed already";
	if (s->me->fin_sent)
		return "data arrived after it had closed";
	if (s->peer->state == TCP_STATE_SYN_RECEIVED)
		return "it does not know of this connection, or only looked who answers";
	if (knows_nothing(s))
		return "it knows nothing of this connection: it crashed and started anew, or gave it up "
		       "long ago (half-open)";
	if (s->me->unanswered)
		return "its keep-alive probes were not answered";
	if (seq_before(s->me->last_ack, s->peer->next_seq) || s->peer->bytes)
		return "the program ended it without closing, or had unread data";
	return "the program ended it without closing";
}

static bool refuses(const struct segment *s)
{
	return s->peer->state == TCP_STATE_SYN_SENT ||
	       (s->me->state == TCP_STATE_SYN_RECEIVED && !s->me->has_isn);
}

/* Its path is another than that of the rest: sent by something in between, or by a router's other way. */
static void look_at_hops(struct trace *t, const struct segment *s)
{
	uint8_t ttl = segment_ttl(t);

	if (s->me->packets > 1 && s->me->ttl != ttl)
		NOTE(t, TCP_RESET_HOPS, F_SIDE(s->side), F_UINT("osilab.ip.ttl", ttl),
		    F_UINT("osilab.ip.ttl_before", s->me->ttl));
}

void tcpreset_step(struct trace *t, struct segment *s)
{
	t->stats.rst++;
	look_at_hops(t, s);
	if (s->flow->challenged && s->me->state == TCP_STATE_SYN_SENT) {
		/* It ends what the other end still holds of old, and goes on asking (RFC 9293 figure 10). */
		NOTE(t, TCP_RESET_OLD, F_SIDE(s->side));
		return;
	}
	if (refuses(s)) {
		NOTE(t, TCP_REFUSED, F_UINT("tcp.srcport", s->tcp->src));
	} else if (!believable(s)) {
		doubt(t, s);
		return;
	} else {
		NOTE(t, TCP_RESET, F_SIDE(s->side), F_STR("osilab.tcp.why", reason(s)));
	}
	s->me->state = s->peer->state = TCP_STATE_CLOSED;
	s->flow->reset_by = (int8_t)s->side;
}

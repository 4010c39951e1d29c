/* What a segment acknowledges and which window it announces.  RFC 9293 3.8.6 and 3.10.7.4, RFC 5681 2. */
#include "trace/segment.h"

/* --- Acknowledgements ----------------------------------------------------------------------------------- */

/* The receiver has bytes that were not seen here: the capture missed them. */
static void acks_unseen(struct trace *t, struct segment *s)
{
	uint32_t next = s->peer->next_seq;

	NOTE(t, TCP_ACK_LOST, F_UINT("osilab.tcp.unseen", s->peer->whole_to - s->peer->isn),
	    F_BOOL("tcp.analysis.ack_lost_segment", 1));
	t->stats.ack_lost_segment++;
	s->peer->whole_to = seq_before(next, s->tcp->ack) ? s->tcp->ack : next;
}

/* Only one direction came by here when what is acknowledged moves and nothing of it was seen. */
static void look_for_other(struct trace *t, struct segment *s)
{
	if (s->flow->one_way_said || s->peer->packets || (s->me->has_ack && s->tcp->ack == s->me->last_ack))
		return;
	if (!s->plain || (!s->me->has_ack && s->flow->midstream))
		return;
	s->flow->one_way_said = true;
	NOTE(t, TCP_ONE_WAY, F_SIDE(s->side));
	t->stats.one_way++;
}

/* An ACK that brings neither data nor a newer number: a window, an answer to a probe, or the sign of a hole. */
static void same_again(struct trace *t, struct segment *s)
{
	bool waits = s->peer->has_seq && seq_before(s->tcp->ack, s->peer->next_seq);

	if (s->peer->probing && !waits) {
		if (s->window && !s->me->win_closed) {
			NOTE(
			    t, TCP_KEEP_ALIVE_ACK, F_SIDE(s->side), F_BOOL("tcp.analysis.keep_alive_ack", 1));
			t->stats.keep_alive_ack++;
		}
	} else if (s->window && s->window == s->me->window && waits) {
		s->me->dup_acks++;
		NOTE(t, TCP_DUP_ACK, F_UINT("osilab.tcp.dup_acks", s->me->dup_acks),
		    F_UINT("tcp.ack", s->tcp->ack - s->peer->isn), F_BOOL("tcp.analysis.duplicate_ack", 1));
		t->stats.duplicate_ack++;
	}
	if (s->window && s->window != s->me->window) {
		if (!s->me->win_closed)
			NOTE(t, TCP_WINDOW_UPDATE, F_SIDE(s->side), F_UINT("tcp.window_size", s->window),
			    F_BOOL("tcp.analysis.window_update", 1));
		t->stats.window_update++;
	}
}

void tcpack_step(struct trace *t, struct segment *s)
{
	struct flow_end *me = s->me;
	uint32_t ack = s->tcp->ack;

	if (!me->has_ack || ack != me->last_ack) {
		me->dup_acks = 0;
		if (s->peer->ntimed)
			tcprtt_acked(t, s);
	} else if (s->takes == 0 && s->plain && s->tcp->seq == me->next_seq) {
		same_again(t, s);
	}
	if (s->tcp->nsack || s->peer->again.open)
		tcploss_acked(t, s);
	if (!s->peer->packets)
		look_for_other(t, s);
	else if (s->peer->whole_to && seq_before(s->peer->whole_to, ack))
		acks_unseen(t, s);
	if (!me->has_ack || seq_before(me->last_ack, ack))
		me->last_ack = ack;
	me->has_ack = true;
	me->last_ack_ts = s->ts;
}

/* --- Windows --------------------------------------------------------------------------------------------- */

static void say_closed(struct trace *t, struct segment *s)
{
	if (s->me->win_closed && s->peer->probing)
		NOTE(t, TCP_WINDOW_STILL, F_SIDE(s->side), F_BOOL("tcp.analysis.zero_window", 1));
	else
		NOTE(t, TCP_ZERO_WINDOW, F_SIDE(s->side), F_BOOL("tcp.analysis.zero_window", 1));
	t->stats.zero_window++;
}

void tcpack_window(struct trace *t, struct segment *s)
{
	struct flow_end *me = s->me, *peer = s->peer;
	uint32_t end = s->tcp->seq + s->takes;

	if (s->plain && s->window == 0)
		say_closed(t, s);
	else if (s->plain && me->win_closed)
		NOTE(t, TCP_WINDOW_OPEN, F_SIDE(s->side), F_UINT("tcp.window_size", s->window),
		    F_BOOL("tcp.analysis.window_update", 1));
	if (s->len && s->plain && peer->has_ack && end == peer->last_ack + peer->window && peer->window &&
	    me->has_isn && peer->has_isn && !s->probe) {
		NOTE(t, TCP_WINDOW_FULL, F_BOOL("tcp.analysis.window_full", 1));
		t->stats.window_full++;
	}
	me->window = s->window;
	me->win_closed = s->window == 0 && s->plain;
}

/* Round trips, from segments and the ACKs that end exactly with them, as this vantage point sees them.
 * RFC 6298 2 (smoothing) and 3 (Karn's rule). */
#include "trace/segment.h"

void tcprtt_sent(struct segment *s)
{
	struct flow_end *me = s->me;

	if (me->ntimed == sizeof(me->timed) / sizeof(me->timed[0]))
		return;
	me->timed[me->ntimed].end = s->tcp->seq + s->takes;
	me->timed[me->ntimed++].ts = s->ts;
}

static void add_sample(struct flow_rtt *r, int64_t rtt)
{
	if (r->n++ == 0) {
		r->min = r->max = r->smoothed = rtt;
		return;
	}
	r->min = rtt < r->min ? rtt : r->min;
	r->max = rtt > r->max ? rtt : r->max;
	r->smoothed += (rtt - r->smoothed) / 8;
}

void tcprtt_acked(struct trace *t, struct segment *s)
{
	struct flow_end *sender = s->peer;
	unsigned kept = 0;

	for (unsigned i = 0; i < sender->ntimed; i++) {
		if (seq_before(s->tcp->ack, sender->timed[i].end)) {
			sender->timed[kept++] = sender->timed[i];
			continue;
		}
		/* An ACK of more than this waited for the rest (RFC 5681 4.2): no time of this one. */
		if (s->tcp->ack != sender->timed[i].end || s->ts < sender->timed[i].ts)
			continue;
		t->frame.ack_rtt = s->ts - sender->timed[i].ts;
		add_sample(&s->me->rtt, t->frame.ack_rtt);
	}
	sender->ntimed = (uint8_t)kept;
}

void tcprtt_forget(struct segment *s)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->me->ntimed; i++)
		if (!seq_before(s->tcp->seq, s->me->timed[i].end))
			s->me->timed[kept++] = s->me->timed[i];
	s->me->ntimed = (uint8_t)kept;
}

void tcprtt_say(struct trace *t, const struct flow *f)
{
	for (int side = FLOW_SERVER; side >= FLOW_CLIENT; side--) {
		const struct flow_rtt *r = &f->end[side].rtt;

		if (r->n)
			NOTE(t, TCP_RTT, F_SIDE(side), F_SPAN("osilab.tcp.rtt_min", r->min),
			    F_SPAN("osilab.tcp.rtt_smoothed", r->smoothed),
			    F_SPAN("osilab.tcp.rtt_max", r->max), F_UINT("osilab.tcp.rtt_count", r->n));
	}
}

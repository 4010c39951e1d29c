/* A packet captured twice, as on lo, any, a bridge or a router: no retransmission. */
#include "trace/segment.h"

enum {
	TWICE_NS = 5 * 1000 * 1000, /* a second sight of a packet comes within */
	COUNTS_BY = 64,             /* identifications of near packets are not further apart */
};

static uint16_t identification(const struct trace *t)
{
	const struct layer *net = t->frame.pkt.net;

	return net->proto == PROTO_IP4 ? net->ip4.id : 0;
}

/* What two sights of one packet share and two packets do not: the IPv4 identification or the time stamp, and
 * all else the segment says.  Hashed, since sums of near numbers meet too easily; who finds collisions hides a packet
 * of his own only. */
static uint64_t fingerprint(const struct trace *t, const struct segment *s)
{
	uint64_t h = t->flows.table.key[0];
	struct slice opt = s->tcp->options;

	h = hash_mix(h, (uint64_t)s->tcp->seq << 32 | s->tcp->ack);
	h = hash_mix(h, (uint64_t)s->len << 32 | identification(t));
	h = hash_mix(h, (uint64_t)s->tcp->flags << 32 | (uint64_t)s->tcp->window << 16 | opt.n);
	return hash_mix_bytes(h, opt);
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

bool tcptwice_seen(struct trace *t, struct segment *s)
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

/* The packets of one sender seen last, newest first: the present one is number 0.  NULL: not so many. */
static const __typeof__(((struct flow_end *)0)->recent[0]) *recent(const struct flow_end *e, unsigned back)
{
	unsigned n = sizeof(e->recent) / sizeof(e->recent[0]);
	unsigned at = (e->recent_at + 2 * n - 1 - back) % n;

	return back < n && e->recent[at].ts ? &e->recent[at] : NULL;
}

enum sent tcptwice_sent(const struct trace *t, const struct segment *s)
{
	uint16_t now = identification(t), last;

	/* Only of a sender that counts its packets in them: the three before have to stand in order. */
	if (t->frame.pkt.net->proto != PROTO_IP4 || !recent(s->me, 0) || recent(s->me, 0)->id != now)
		return SENT_UNKNOWN;
	for (unsigned back = 2; back <= 3; back++) {
		uint16_t step;

		if (!recent(s->me, back))
			return SENT_UNKNOWN;
		step = (uint16_t)(recent(s->me, back - 1)->id - recent(s->me, back)->id);
		if (step == 0 || step > COUNTS_BY)
			return SENT_UNKNOWN;
	}
	last = recent(s->me, 1)->id;
	if ((uint16_t)(now - last) - 1u < COUNTS_BY)
		return SENT_AFTER;
	return (uint16_t)(last - now) - 1u < COUNTS_BY ? SENT_BEFORE : SENT_UNKNOWN;
}

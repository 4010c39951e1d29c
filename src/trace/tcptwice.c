/* A packet captured twice, as on lo, any, a bridge or a router: no retransmission. */
#include "trace/segment.h"

enum { TWICE_NS = 5 * 1000 * 1000 }; /* a second sight of a packet comes within */

static uint16_t identification(const struct trace *t)
{
	const struct layer *net = t->frame.pkt.net;

	return net->proto == PROTO_IP4 ? net->ip4.id : 0;
}

/* One more word of a hash (after MurmurHash3's finalizer).  Who finds collisions hides a packet of his own only. */
static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 32;
}

/* What two sights of one packet share and two packets do not: the IPv4 identification or the time stamp, and
 * all else the segment says.  Hashed, since sums of near numbers meet too easily. */
static uint64_t fingerprint(const struct trace *t, const struct segment *s)
{
	uint64_t h = t->flows.table.key[0];
	struct slice opt = s->tcp->options;
	uint64_t word;

	h = mix(h, (uint64_t)s->tcp->seq << 32 | s->tcp->ack);
	h = mix(h, (uint64_t)s->len << 32 | identification(t));
	h = mix(h, (uint64_t)s->tcp->flags << 32 | (uint64_t)s->tcp->window << 16 | opt.n);
	for (; opt.n >= sizeof(word); opt = slice_skip(opt, sizeof(word))) {
		memcpy(&word, opt.p, sizeof(word));
		h = mix(h, word);
	}
	word = 0;
	if (opt.n)
		memcpy(&word, opt.p, opt.n);
	return mix(h, word);
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

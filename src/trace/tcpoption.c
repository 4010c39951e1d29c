/* What the two ends agree on in their SYNs, option by option, and the congestion marks that may follow.
 * RFC 9293 3.2 (MSS), 7323 (window scale, time stamps), 2018 (SACK), 7413 (Fast Open), 3168 and 9768 (ECN). */
#include "trace/segment.h"

enum {
	MSS_UNSAID_4 = 536, /* what holds without the option (RFC 9293 3.7.1) */
	MSS_UNSAID_6 = 1220,
	FAST_OPEN_TRIAL = 254, /* the experimental option number, with this magic (RFC 7413 4.1.1) */
	FAST_OPEN_MAGIC = 0xf989,
	CONGESTED = 3, /* the ECN bits of an IP header: congestion experienced */
};

/* --- Options ------------------------------------------------------------------------------------------- */

static bool is_v6(const struct trace *t)
{
	return t->frame.pkt.net->proto == PROTO_IP6;
}

static struct note *note_mss(struct trace *t, const struct tcp *tcp)
{
	unsigned headers = is_v6(t) ? 60 : 40;

	return NOTE(t, TCP_OPT_MSS, F_UINT("tcp.options.mss_val", tcp->mss),
	    F_UINT("osilab.tcp.mtu", tcp->mss + headers));
}

static struct note *note_wscale(struct trace *t, const struct tcp *tcp)
{
	unsigned shift = tcp->wscale > 14 ? 14 : tcp->wscale;

	return NOTE(t, TCP_OPT_WSCALE, F_UINT("tcp.options.wscale.shift", tcp->wscale),
	    F_UINT("tcp.options.wscale.multiplier", 1u << shift));
}

static struct note *note_timestamps(struct trace *t, const struct tcp *tcp)
{
	return NOTE(t, TCP_OPT_TIMESTAMPS, F_UINT("tcp.options.timestamp.tsval", tcp->tsval));
}

/* The cookie in a Fast Open option; false when it is none.  An empty one is a request. */
static bool fast_open_cookie(const struct tcp_option *o, struct slice *cookie)
{
	struct rd r = rd_of(o->data);

	*cookie = o->data;
	if (o->kind == TCP_OPT_FASTOPEN)
		return true;
	if (o->kind != FAST_OPEN_TRIAL || rd_be16(&r) != FAST_OPEN_MAGIC)
		return false;
	*cookie = slice_skip(o->data, 2);
	return true;
}

static struct note *note_fast_open(struct trace *t, const struct segment *s, struct slice cookie)
{
	if (s->tcp->flags & TCP_ACK)
		return NOTE(t, TCP_FAST_OPEN_GIVEN, F_UINT("osilab.tcp.cookie_len", cookie.n));
	if (cookie.n == 0)
		return NOTE0(t, TCP_FAST_OPEN_ASKED);
	return NOTE(
	    t, TCP_FAST_OPEN_USED, F_UINT("osilab.tcp.cookie_len", cookie.n), F_UINT("tcp.len", s->len));
}

static struct note *note_option(struct trace *t, const struct segment *s, const struct tcp_option *o)
{
	struct slice cookie;

	switch (o->kind) {
	case TCP_OPT_MSS: return s->tcp->has_mss ? note_mss(t, s->tcp) : NULL;
	case TCP_OPT_WSCALE: return s->tcp->has_wscale ? note_wscale(t, s->tcp) : NULL;
	case TCP_OPT_SACK_PERMITTED: return NOTE0(t, TCP_OPT_SACK);
	case TCP_OPT_TIMESTAMPS: return s->tcp->has_ts ? note_timestamps(t, s->tcp) : NULL;
	default: return fast_open_cookie(o, &cookie) ? note_fast_open(t, s, cookie) : NULL;
	}
}

static void note_options(struct trace *t, const struct segment *s)
{
	struct slice rest = s->tcp->options, before = rest;
	struct tcp_option o;

	while (tcp_option_next(&rest, &o)) {
		struct note *n = note_option(t, s, &o);

		if (n)
			trace_where(t, n, slice_sub(before, 0, before.n - rest.n));
		before = rest;
	}
	if (!s->tcp->has_mss && !s->tcp->opt_damaged)
		NOTE(t, TCP_OPT_NO_MSS, F_UINT("osilab.tcp.mss", is_v6(t) ? MSS_UNSAID_6 : MSS_UNSAID_4));
}

/* --- SYN and SYN, ACK ------------------------------------------------------------------------------------ */

enum { ECN_FLAGS = TCP_ECE | TCP_CWR | TCP_AE };

void tcpoption_syn(struct trace *t, struct segment *s)
{
	note_options(t, s);
	s->me->ecn = (s->tcp->flags & (TCP_ECE | TCP_CWR)) == (TCP_ECE | TCP_CWR);
	if (s->me->ecn && s->tcp->flags & TCP_AE)
		NOTE0(t, TCP_ECN_OFFER_ACCURATE);
	else if (s->me->ecn)
		NOTE0(t, TCP_ECN_OFFER);
}

void tcpoption_synack(struct trace *t, struct segment *s)
{
	uint16_t answer = s->tcp->flags & ECN_FLAGS;

	note_options(t, s);
	if (s->peer->ecn) {
		s->me->ecn = answer && answer != ECN_FLAGS; /* all three: sent back unread, by an old host */
		s->flow->ecn = s->me->ecn;
		if (s->me->ecn)
			NOTE0(t, TCP_ECN_AGREED);
		else
			NOTE0(t, TCP_ECN_DECLINED);
	}
	if (s->peer->has_isn && s->peer->syn_len) {
		uint32_t taken = s->tcp->ack - s->peer->isn - 1;

		if (taken == s->peer->syn_len)
			NOTE(t, TCP_FAST_OPEN_TAKEN, F_UINT("osilab.tcp.syn_len", taken));
		else
			NOTE(t, TCP_FAST_OPEN_LEFT, F_UINT("osilab.tcp.syn_len", s->peer->syn_len));
	}
}

/* --- Congestion ------------------------------------------------------------------------------------------- */

static bool marked(const struct trace *t)
{
	const struct layer *net = t->frame.pkt.net;
	unsigned bits = net->proto == PROTO_IP4 ? net->ip4.tos : net->ip6.traffic_class;

	return (bits & 3) == CONGESTED;
}

void tcpoption_congestion(struct trace *t, struct segment *s)
{
	bool echo = s->tcp->flags & TCP_ECE;

	if (s->tcp->flags & (TCP_SYN | TCP_RST))
		return;
	if (marked(t)) {
		NOTE(t, TCP_CONGESTED, F_SIDE(!s->side));
		t->stats.congestion_marks++;
	}
	/* The receiver repeats it until it hears that the sender slowed down: said once. */
	if (echo && !s->me->echoes)
		NOTE(t, TCP_CONGESTION_ECHO, F_SIDE(s->side), F_BOOL("tcp.flags.ece", 1));
	s->me->echoes = echo;
	if (s->tcp->flags & TCP_CWR)
		NOTE(t, TCP_CONGESTION_REDUCED, F_SIDE(s->side), F_BOOL("tcp.flags.cwr", 1));
}

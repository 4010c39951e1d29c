/* The segment in hand, as the files that judge TCP share it.  Private to tcp*.c of this room.  The rules for
 * retransmissions, order, acknowledgements and windows are those that Wireshark made customary, so that
 * figures can be compared, except where a comment says why not; docs/tshark-differences.md lists these. */
#ifndef TRACE_SEGMENT_H
#define TRACE_SEGMENT_H

#include "trace/context.h"

struct segment {
	const struct tcp *tcp;
	struct flow *flow;
	struct flow_end *me, *peer; /* its sender and its receiver */
	enum flow_side side;        /* the sender */
	uint32_t len;               /* payload bytes */
	uint32_t takes;             /* sequence numbers it takes: payload, SYN, FIN */
	uint32_t window;            /* announced, in bytes (scaled) */
	int64_t ts;
	bool plain;    /* neither SYN nor FIN nor RST */
	bool probe;    /* a keep-alive or a window probe: asks for an answer, brings nothing new */
	bool garbage;  /* its payload is no part of the stream */
	bool resent;   /* brings what was sent before */
	bool stranger; /* belongs to another connection of these ports: its numbers say nothing of this one */
};

/* a before b in sequence space (RFC 9293 3.4); also for time stamps (RFC 7323 5.2). */
static inline bool seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* Is one wait twice the one before, as a timer that backs off waits (RFC 6298 5.5)?  Roughly; without products
 * that a forged time could make overflow. */
static inline bool doubled(int64_t before, int64_t after)
{
	return before > 0 && after / 17 > before / 10 && after / 5 < before / 2;
}

/* Hops left in its IP header. */
static inline uint8_t segment_ttl(const struct trace *t)
{
	const struct layer *net = t->frame.pkt.net;

	return net->proto == PROTO_IP4 ? net->ip4.ttl : net->ip6.hop_limit;
}

/* tcptwice.c: is it a second sight of a packet already captured?  Says so. */
bool tcptwice_seen(struct trace *t, struct segment *s);
/* Was it sent before or after what was seen last of its sender?  By the IPv4 identification, of senders that
 * count their packets in it. */
enum sent { SENT_UNKNOWN, SENT_BEFORE, SENT_AFTER };
enum sent tcptwice_sent(const struct trace *t, const struct segment *s);

/* tcpoption.c: what a SYN or a SYN, ACK offers, an option and a sentence each; ECN and Fast Open too. */
void tcpoption_syn(struct trace *t, struct segment *s);
void tcpoption_synack(struct trace *t, struct segment *s);
/* Marks of congestion on a segment of a connection that may carry them. */
void tcpoption_congestion(struct trace *t, struct segment *s);

/* tcploss.c: where the segment stands among those of its sender; sets probe, garbage, resent. */
void tcploss_order(struct trace *t, struct segment *s);
/* An ACK says more of what was sent again: it was needless (DSACK, RFC 2883; time stamps, RFC 3522). */
void tcploss_acked(struct trace *t, struct segment *s);

/* tcpack.c: what it acknowledges and which window it announces. */
void tcpack_step(struct trace *t, struct segment *s);
void tcpack_window(struct trace *t, struct segment *s);

/* tcprtt.c: round trips.  The segment may be timed; its ACK ends the time of another. */
void tcprtt_sent(struct segment *s);
void tcprtt_acked(struct trace *t, struct segment *s);
/* Karn's rule (RFC 6298 3): what is sent again times nothing. */
void tcprtt_forget(struct segment *s);
/* What was measured, in words, when a connection is over. */
void tcprtt_say(struct trace *t, const struct flow *f);

/* tcpreset.c: who resets it and why; the states when the receiver will believe it. */
void tcpreset_step(struct trace *t, struct segment *s);

#endif

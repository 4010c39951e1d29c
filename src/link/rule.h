/* What a wire does to which packet: rules in one line of words.
 *
 *	ACTION WHAT [#N | #N-M] [from END] [by N | by TIME] [byte N] [until WHAT [#N] [from END]]
 *
 *	drop syn,ack #1                 the first SYN+ACK is lost
 *	drop data #3 from client        the third packet with data that the client sends
 *	duplicate udp #2                comes twice
 *	corrupt data #1 byte 5          the lowest bit of byte 5 of its payload is flipped, the checksum left
 *	zero-checksum udp #1            the UDP or TCP checksum becomes 0
 *	reorder data #2 by 2            goes behind the next two packets of its direction
 *	hold syn,ack #1 until syn #2    waits for another packet, and goes right behind it
 *	delay data #1 by 300ms          later by so much; what follows it in its direction waits too
 *
 * WHAT is one word or several joined by commas, all of which must hold: any; arp, ip, ipv6, icmp (of either
 * family), udp, tcp; data (a TCP or UDP payload); port=N; and the flags of TCP.  They hit what they name: `syn` is
 * no SYN+ACK, that is `syn,ack`; `ack` alone is an ACK that carries nothing else; `fin`, `rst` and `psh` ask for
 * that flag only.  #N counts the packets that match WHAT and END, from 1; without it every one is hit. */
#ifndef LINK_RULE_H
#define LINK_RULE_H

#include "base/err.h"
#include "wire/pkt.h"

enum link_action {
	LINK_DROP,
	LINK_DUPLICATE,
	LINK_CORRUPT,
	LINK_ZERO_CHECKSUM,
	LINK_REORDER,
	LINK_HOLD,
	LINK_DELAY,
};

/* Which packets; and how many of them have been seen. */
struct link_match {
	bool arp, ip, ipv6, icmp, udp, tcp, data;
	uint16_t flags;       /* TCP flags that must be set */
	uint16_t port;        /* of either end; 0: any */
	int from;             /* the end it comes from, 0 or 1; -1: either */
	uint64_t first, last; /* 1 and UINT64_MAX: every one */
	uint64_t seen;
};

enum { LINK_RULE_TEXT = 128 };

struct link_rule {
	char text[LINK_RULE_TEXT]; /* as it was written, for the log */
	enum link_action action;
	struct link_match what;
	struct link_match until; /* LINK_HOLD */
	uint64_t by;             /* LINK_REORDER: packets */
	int64_t delay;           /* LINK_DELAY: nanoseconds */
	uint64_t byte;           /* LINK_CORRUPT: of the payload, from 0 */
};

/* Reads a rule; names are those of the two ends.  0, or -1 with *e (ERR_USAGE) that says the word. */
int link_rule_parse(struct link_rule *r, const char *text, const char *const names[2], struct err *e);

/* "300ms", "1.5s", "250us": nanoseconds; at most an hour.  0, or -1. */
int link_time(struct slice text, int64_t *out);

/* Whether the packet from that end is one of those named.  Counts it when it matches; so each packet is shown
 * once. */
bool link_match(struct link_match *m, const struct pkt *p, int from);

#endif

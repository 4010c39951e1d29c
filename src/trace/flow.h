/* Flows: the two directions of one conversation, TCP or UDP, and what is known of each end. */
#ifndef TRACE_FLOW_H
#define TRACE_FLOW_H

#include "base/heap.h"
#include "base/pool.h"
#include "base/table.h"
#include "wire/pkt.h"

/* RFC 9293 3.3.2; UNKNOWN when the capture began too late to tell. */
enum tcp_state {
	TCP_STATE_UNKNOWN,
	TCP_STATE_CLOSED,
	TCP_STATE_LISTEN,
	TCP_STATE_SYN_SENT,
	TCP_STATE_SYN_RECEIVED,
	TCP_STATE_ESTABLISHED,
	TCP_STATE_FIN_WAIT_1,
	TCP_STATE_FIN_WAIT_2,
	TCP_STATE_CLOSE_WAIT,
	TCP_STATE_CLOSING,
	TCP_STATE_LAST_ACK,
	TCP_STATE_TIME_WAIT,
};

/* The two ends; also the direction of a packet, named by its sender. */
enum flow_side { FLOW_CLIENT, FLOW_SERVER };

/* Round trips between this vantage point and an end; see tcprtt in segment.h. */
struct flow_rtt {
	int64_t min, max, smoothed; /* nanoseconds */
	uint32_t n;                 /* measurements; 0: none of the above is known */
};

/* One end as the capture shows it. */
struct flow_end {
	struct pkt_addr addr;
	uint16_t port;
	uint8_t state;    /* enum tcp_state, after the last segment */
	bool has_isn;     /* its SYN was seen: isn is real */
	bool synack_sent; /* a SYN, ACK of it was seen */
	bool has_seq;     /* next_seq is known */
	bool fin_sent, fin_acked;
	bool sack_ok, has_wscale;
	uint8_t wscale;    /* shift for the windows it announces; 0 without the option */
	uint32_t isn;      /* initial sequence number; the first seen, when its SYN was missed */
	uint32_t next_seq; /* behind the highest byte sent, raw */
	uint32_t whole_to; /* up to here all it sent was seen */
	uint32_t fin_seq;  /* sequence number of its FIN */
	bool has_ack;
	uint32_t last_ack;    /* highest acknowledgement it sent, raw */
	uint32_t window;      /* last window it announced, in bytes (scaled) */
	uint32_t dup_acks;    /* in a row */
	int64_t last_ack_ts;  /* when the last of them was sent */
	int64_t last_data_ts; /* when it last sent something that takes sequence space */
	uint16_t mss;         /* from its SYN; 0: not given */
	bool win_closed;      /* its last announced window was 0 */
	bool ecn, echoes;     /* it offered or took up ECN; its last segment said ECE */
	bool probing;         /* its last segment was a keep-alive or a window probe */
	bool probed;          /* its last byte was a window probe's */
	bool doubted;         /* it sent an RST that the other end will not believe */
	uint8_t unanswered;   /* its keep-alives since the other end's last segment */
	uint8_t ttl;          /* hops left in its first packet */
	uint8_t syns;         /* how often it sent its SYN again */
	uint16_t syn_len;     /* data in its SYN */
	bool has_sack;
	uint32_t sack_high; /* right edge of what it acknowledged selectively, raw */
	int64_t syn_ts;     /* when it sent its SYN first */
	int64_t again_ts;   /* when it sent something again last, or its SYN */
	struct {
		uint32_t seq, end; /* what it sent again last */
		uint32_t tsval;    /* its time stamp then; 0: none */
		uint8_t times;     /* in a row; 0: acknowledged since */
		bool open;         /* no ACK of it was seen yet */
		int64_t after;     /* how long it had waited */
	} again;
	bool top_has_ts;
	uint32_t top_tsval; /* time stamp of the segment that set next_seq */
	int64_t top_ts;     /* when that was seen */
	struct {
		uint32_t end; /* segments whose ACKs will be timed */
		int64_t ts;
	} timed[4];
	uint8_t ntimed;
	struct flow_rtt rtt; /* from here to it and back */
	bool cksum_looked;   /* the checksum of one of its packets was looked at */
	bool cksum_good;     /* UDP: and one was right */
	struct {
		uint64_t print; /* fingerprint of a recent packet, to tell a packet captured twice */
		int64_t ts;
		uint16_t id; /* its IPv4 identification, else 0 */
	} recent[4];
	uint8_t recent_at;
	uint64_t packets, bytes; /* sent by it: packets, payload bytes */
	uint64_t last_packet;    /* number of the last packet it sent */
	uint16_t last_id;        /* its IPv4 identification, else 0 */
	uint8_t path_ttl;        /* hops left in its last packet here */
	uint8_t ttl_changes;     /* how often that changed and was said */
};

struct stream; /* reassembly and upper layers, private to the room */

struct flow {
	uint32_t number; /* from 0 in order of appearance; per transport, like tshark's tcp.stream */
	uint8_t proto;   /* PROTO_TCP or PROTO_UDP */
	bool midstream;  /* its beginning was not seen */
	bool handshake_done;
	struct flow_end end[2]; /* by enum flow_side */
	int64_t first_ts, last_ts;
	int64_t syn_ts, synack_ts; /* when the handshake's segments were seen; 0: not */
	int64_t tls_begin_ts;      /* its first TLS record was seen; 0: none */
	int64_t tls_done_ts;       /* the last Finished that could be read was seen; 0: none */
	int64_t rtt;               /* of the handshake, as this vantage point sees it; 0: not known */
	uint8_t first_fin;         /* flow_side that closed first, valid when end[].fin_sent */
	int8_t reset_by;           /* flow_side that reset the connection, -1: none */
	uint8_t close_segments;    /* segments spent on closing so far */
	bool closed_said, half_said, one_way_said;
	bool ecn;          /* both ends agreed on it */
	bool challenged;   /* the SYN was answered for an older connection */
	uint8_t icmp_side; /* flow_side whose packets do not arrive, valid with icmp_packet */
	uint64_t
	    icmp_packet; /* the ICMP error that said so; 0: none, or it was noted that this was ignored */
	uint64_t packets;
	struct stream *stream; /* NULL until there is payload */

	/* The table's part. */
	uint64_t hash;
	struct flow *newer, *older; /* by last packet; the oldest goes first when memory is short */
};

/* All flows of a trace, bounded: when `max` is reached the one idle for longest is given up. */
struct flow_table {
	struct table table;
	struct pool pool;
	struct flow *newest, *oldest;
	size_t n, max;
	uint32_t next_tcp, next_udp;
	uint64_t dropped; /* flows given up for want of room */
};

void flow_table_init(struct flow_table *t, size_t max);
void flow_table_fini(struct flow_table *t);

/* The flow of a packet with a TCP or UDP layer; made when it is new (*made) with the sender of a SYN, or
 * else the side with the higher port, as client.  *side is who sent this packet.  NULL when out of memory. */
struct flow *flow_find(
    struct flow_table *t, const struct pkt *p, int64_t ts, enum flow_side *side, bool *made);
/* The flow of these end points in either direction, never made anew; NULL when there is none. */
struct flow *flow_lookup(const struct flow_table *t, uint8_t proto, const struct pkt_addr *a, uint16_t a_port,
    const struct pkt_addr *b, uint16_t b_port);
/* Takes the flow out of the table and frees it; its stream must be freed before. */
void flow_drop(struct flow_table *t, struct flow *f);
/* The flow idle for longest, or NULL. */
struct flow *flow_oldest(const struct flow_table *t);

/* "SYN-SENT", as in RFC 9293; static storage. */
const char *tcp_state_name(enum tcp_state s);

#endif

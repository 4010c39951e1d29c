/* A frame: one captured packet with all that the tracer found out about it, as sinks see it.  Valid for the
 * duration of the sink's call only. */
#ifndef TRACE_FRAME_H
#define TRACE_FRAME_H

#include "trace/flow.h"
#include "trace/note.h"
#include "trace/source.h"
#include "wire/pkt.h"
#include "wire/proto.h"

struct frame {
	uint64_t number;            /* from 1 */
	int64_t ts;                 /* nanoseconds since 1970 UTC */
	int64_t since_start;        /* nanoseconds since the first packet */
	uint32_t interface;         /* number of the interface it came from, per source */
	const char *interface_name; /* "eth0"; NULL when not known */
	struct pkt pkt;

	const struct flow *flow;   /* NULL: neither TCP nor UDP */
	enum flow_side side;       /* who sent it */
	uint8_t state[2];          /* enum tcp_state of client and server after this segment */
	uint32_t rel_seq, rel_ack; /* counted from the initial sequence numbers, like tshark */
	uint32_t window;           /* announced window in bytes, scaled */
	int64_t ack_rtt;           /* from a segment to this ACK of it, nanoseconds; 0: not measured */

	const char *proto;         /* the highest protocol understood: "TCP", "TLS 1.3", "HTTP" */
	const char *info;          /* what the packet is in a few words, printable: "GET /me HTTP/1.1" */
	struct note_list notes;    /* in the order of the layers, lowest first */
	bool two_places;           /* two captures are read as one: the next three say where it was seen */
	uint8_t sight;             /* enum source_sight */
	uint8_t place;             /* which of them saw it first, 0 or 1 */
	int64_t other_ts;          /* SIGHT_BOTH: when the other one did, in the clock of ts */
	const struct hosts *hosts; /* names of addresses read up to here (hosts.h); NULL: none */
	bool named;                /* and they are to be shown */
	struct slice comment;      /* the comment it had in the capture file; may be empty */
};

/* Fields that belong to no single layer: frame.number, frame.time_epoch, frame.len, frame.cap_len,
 * frame.protocols, frame.interface_name, the names of its hosts, and for TCP tcp.stream, tcp.seq, tcp.ack, tcp.len, tcp.window_size,
 * osilab.tcp.client_state, osilab.tcp.server_state, osilab.direction.  The layers' own come from
 * proto_row(layer->proto)->fields.  `scratch` keeps what has to be put together. */
void frame_fields(const struct frame *f, struct arena *scratch, struct fields *out);

/* A copy of all that a sink may look at, which stands as long as `flow` and what is in the arena, both the caller's;
 * its packet is to be decoded again, with frame_decode, which may be done by another thread.  -1 when the arena is
 * full, when decoding again would not find the same, or with names of hosts. */
int frame_copy(struct frame *to, struct flow *flow, const struct frame *f, struct arena *a);
void frame_decode(struct frame *f);

#endif

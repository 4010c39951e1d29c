/* What the files of this room share while a capture is traced: the present frame, the memory of flows and
 * cookies, and the way to make a note.  Private to the room. */
#ifndef TRACE_CONTEXT_H
#define TRACE_CONTEXT_H

#include "tls/keylog.h"
#include "trace/defrag.h"
#include "trace/memo.h"
#include "trace/trace.h"
#include "wire/tlsrec.h"

enum {
	TRACE_SINKS = 8,
	TRACE_FIND_PORTS = 32, /* server ports told apart in the search summary */
	TRACE_FLOWS_MAX = 1 << 20,
	TRACE_MEMORY = 64 << 20, /* default bound for what reassembly holds */
};

struct jar;        /* the cookies seen so far, see identity.h */
struct dns_pairs;  /* DNS queries waiting for their answers, see dnslook.h */
struct dnsnames;   /* names that DNS gave to addresses, see dnsnames.h */
struct dhcp_deals; /* DHCP exchanges in progress, see dhcpflow.h */
struct redact;     /* secrets taken out, see redact.h */
struct tls_memory; /* see tlsmemo.h */
struct display;    /* which packets are shown, see display.h */

/* How often the texts of config.find were seen in clear, per server port. */
struct find_port {
	uint16_t port;
	uint64_t packets; /* with payload, on this port */
	struct {
		uint64_t packets, first;
	} hit[8]; /* by text */
};

struct trace {
	struct trace_config config;
	struct sink *sinks[TRACE_SINKS];
	unsigned nsinks;
	bool want_exchanges; /* some sink does; see exchange.h */
	bool telling;        /* some sink takes packets: notes and words about them are wanted */
	bool reader_gone;    /* an output has nobody to read it any more: the run is to end */

	struct frame frame;             /* the packet in hand */
	struct arena arena;             /* its notes and texts */
	uint8_t plain[TLSREC_BODY_MAX]; /* the TLS record in hand, opened */

	struct flow_table flows;
	struct pool streams;
	struct defrag defrag;
	struct memo memo; /* who asked for what, and who is where */
	struct jar *jar;
	struct dns_pairs *dns; /* these three are made when first needed */
	struct dnsnames *names;
	struct dhcp_deals *dhcp;
	struct redact *redact;           /* NULL: secrets are shown */
	struct tls_memory *tls_memories; /* NULL until a session or ticket was handed out */
	struct display *display;         /* NULL: all are shown */
	struct keylog keylog;
	int keylog_fd;      /* config.keylog_path while it is followed; else -1 */
	struct buf secrets; /* key log lines of the sessions seen, for the sinks, before the packet in hand */
	struct find_port find[TRACE_FIND_PORTS];
	unsigned nfind_ports;
	size_t held;                                 /* bytes that reassembly and upper layers hold */
	struct exchange *exchanges, *exchanges_last; /* finished, for the sinks */
	bool offload_said, ip_offload_said;
	uint64_t unknown_links; /* packets whose link type is not decoded; the first of these types */
	uint32_t unknown_link;

	const struct vantage_summary *places; /* two captures are read as one; else NULL */

	int64_t start; /* when the first packet was taken */
	struct trace_stats stats;
	struct note_list tail; /* notes for the end */
	struct arena tail_arena;
};

/* A note on the present frame.  Use the macro below, which counts the fields. */
struct note *trace_note(struct trace *t, enum note_id id, const struct field *fields, size_t n);
#define NOTE(t, id, ...)                                                                                     \
	trace_note(t, NOTE_##id, (const struct field[]){ __VA_ARGS__ },                                      \
	    sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field))
#define NOTE0(t, id) trace_note(t, NOTE_##id, NULL, 0)

/* clang-format off */
#define F_UINT(n, v)  { .name = (n), .type = FIELD_UINT, .u = (v) }
#define F_HEX(n, v, d) { .name = (n), .type = FIELD_HEX, .digits = (d), .u = (v) }
#define F_BOOL(n, v)  { .name = (n), .type = FIELD_BOOL, .u = (v) }
#define F_SPAN(n, v)  { .name = (n), .type = FIELD_SPAN, .u = (uint64_t)(v) }
#define F_TIME(n, v)  { .name = (n), .type = FIELD_TIME, .u = (uint64_t)(v) }
#define F_TEXT(n, v)  { .name = (n), .type = FIELD_TEXT, .s = (v) }
#define F_STR(n, v)   { .name = (n), .type = FIELD_TEXT, .s = slice_str(v) }
#define F_BYTES(n, v) { .name = (n), .type = FIELD_BYTES, .s = (v) }
#define F_SIDE(v)     F_STR("osilab.side", (v) == FLOW_CLIENT ? "client" : "server")
/* clang-format on */

/* An address of either family as a field of a note. */
struct field trace_addr(const char *name, const struct pkt_addr *a);

/* Says that the note is about these bytes, when they lie in the present packet as it was captured (they
 * do not after decryption, or when they were put together from several packets). */
void trace_where(struct trace *t, struct note *n, struct slice bytes);

/* What the packet is in a few words: the last call wins, so upper layers speak after lower ones; an empty
 * `info` of the same protocol is kept.  `proto` is static. */
void trace_info(struct trace *t, const char *proto, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with words that are static, for what comes with every packet: nothing is formatted or copied. */
void trace_info_static(struct trace *t, const char *proto, const char *text);

/* Cut for showing: the whole of a short text; else its start and how long it is. */
struct slice trace_brief(struct trace *t, struct slice s, size_t max);
/* The same, escaped for a terminal. */
const char *trace_text(struct trace *t, struct slice s, size_t max);
/* A secret for showing: nothing of it but its length, "•••• (18 characters)". */
const char *trace_mask(struct trace *t, struct slice s);

/* A layer says how much memory it held before and holds now, so that the whole stays bounded. */
static inline void trace_hold(struct trace *t, size_t before, size_t after)
{
	t->held = t->held - before + after;
}

#endif

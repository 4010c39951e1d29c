/* What the files of the text sink share.  Private to the room. */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H

#include "render/out.h"
#include "render/render.h"

enum {
	TEXT_FIELDS = 512,  /* fields of one layer that are looked at */
	TEXT_STATES = 4096, /* flows whose last shown states are remembered */
	TEXT_FLOWS = 1000,  /* flows listed at the end of a quiet run */
	TEXT_INDENT = 6,    /* what stands below a packet's line */
};

/* The states of both ends as shown last, so that only changes are shown. */
struct text_states {
	uint32_t flow; /* its number + 1; 0: free */
	uint8_t state[2];
};

/* What a quiet run keeps of a flow. */
struct text_flow {
	uint32_t number;
	uint8_t proto; /* enum proto_id */
	uint8_t state[2];
	struct pkt_addr addr[2];
	uint16_t port[2];
	const char *name[2]; /* the source's; NULL: none */
	uint64_t packets[2], bytes[2];
	int64_t first_ts, last_ts;
	struct flow_rtt rtt[2];
	char upper[16]; /* the highest protocol understood in it */
	char error[64]; /* what the last ICMP error about it said; empty: there was none */
};

struct text_sink {
	struct sink sink;
	struct text_options o;
	struct out out;
	struct buf words;       /* a sentence being wrapped */
	struct buf columns[8];  /* by OSI layer: what stands before a sentence, see put_layer_columns */
	struct buf layers[8];   /* by OSI layer: what stands before the protocol in a packet's line */
	size_t address_columns; /* widest pair of addresses so far */
	struct text_states states[TEXT_STATES];
	struct field fields[TEXT_FIELDS];
	struct text_flow *flows; /* quiet: by order of appearance */
	size_t nflows, flows_cap;
	uint64_t flows_more;             /* seen when there was no more room */
	uint32_t flow_at[2][TEXT_FLOWS]; /* by transport and number: place in flows + 1 */
};

/* Colours: nothing when they are off. */
void text_osi_color(struct text_sink *s, uint8_t osi);
void text_tone_color(struct text_sink *s, uint8_t tone);
void text_dim(struct text_sink *s);
void text_plain(struct text_sink *s);

/* How many bytes of s fit into so many columns, broken at the last space when there is one; at least one
 * character. */
size_t text_fit(struct slice s, size_t columns);

/* A note as one line (or several when wrapped): layers, mark, sentence, RFC. */
void text_note(struct text_sink *s, const struct note *n);

/* -v: the layers, a line each, or with a line per field. */
void text_layers(struct text_sink *s, const struct frame *f);
/* -x: the bytes, a line break where a layer begins. */
void text_hex(struct text_sink *s, const struct frame *f);

/* -q: remembers what the list of flows will say. */
void text_flow_seen(struct text_sink *s, const struct frame *f);
void text_flow_list(struct text_sink *s);
/* The last lines: what was in the capture. */
void text_summary(struct text_sink *s, const struct trace_end *end);

/* Gives back what it holds, but not the sink itself. */
void text_fini(struct text_sink *s);

#endif

/* What the tests of the tracer share: a capture made in memory, conversations to fill it with, and a sink that
 * writes down what was said of each packet.  Each packet lies in memory of exactly its size, so that a sanitizer
 * sees every byte read too much. */
#ifndef TESTS_TRACE_HARNESS_H
#define TESTS_TRACE_HARNESS_H

#include "base/clock.h"
#include "trace/context.h"
#include "wire/cksum.h"

#include <stdio.h>
#include <stdlib.h>

/* 2026-01-02T03:04:05Z: when the first packet of a capture is taken. */
#define LAB_START (INT64_C(1767323045) * CLOCK_SEC)

/* --- The capture ---------------------------------------------------------------------------------------- */

struct lab_packet {
	uint8_t *bytes;
	size_t n;
	uint32_t wire_len, link_type;
	int64_t ts;
	bool secrets; /* no packet: key log lines */
};

/* One note as it was shown. */
struct lab_note {
	uint16_t id;
	uint64_t packet; /* 0: a note for the end */
	uint64_t ref;
	uint32_t off, len;
	char *text;   /* English */
	char *fields; /* "name=value\n" for each */
};

/* One packet as it was shown. */
struct lab_frame {
	uint8_t state[2];
	uint32_t rel_seq, rel_ack, window, flow;
	enum flow_side side;
	char proto[24];
	char info[256];
};

struct lab {
	struct source source; /* first: a row of trace/source.h */
	struct sink sink;
	struct trace_config config;
	struct lab_packet *packets;
	size_t n, cap, at;
	int64_t now;  /* when the next packet is taken */
	int64_t step; /* what passes between two packets */
	uint64_t dropped;

	/* What came of it. */
	struct trace *trace;
	struct lab_note *notes;
	size_t nnotes, notes_cap;
	struct lab_frame *frames;
	size_t nframes, frames_cap;
	struct buf secrets_shown;
	size_t held_most; /* the most that the trace held after a packet */
	unsigned ends;
	int fail_packet; /* the sink fails at this packet; 0: never */
};

#define lab_of(member, ptr) ((struct lab *)((char *)(ptr)-offsetof(struct lab, member)))

static inline void *lab_grow(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap ? *cap * 2 : 64;
	v = realloc(v, *cap * size);
	assert_non_null(v);
	return v;
}

static inline void lab_add(struct lab *l, struct slice bytes, uint32_t link_type, bool secrets)
{
	struct lab_packet p = { .n = bytes.n,
		.wire_len = (uint32_t)bytes.n,
		.link_type = link_type,
		.ts = l->now,
		.secrets = secrets };

	p.bytes = malloc(bytes.n + !bytes.n);
	assert_non_null(p.bytes);
	if (bytes.n)
		memcpy(p.bytes, bytes.p, bytes.n);
	l->packets = lab_grow(l->packets, l->n, &l->cap, sizeof(p));
	l->packets[l->n++] = p;
	if (!secrets)
		l->now += l->step;
}

/* The last packet once more, `after` it. */
static inline void lab_again(struct lab *l, int64_t after)
{
	struct lab_packet last = l->packets[l->n - 1];

	l->now = last.ts + after;
	lab_add(l, slice_of(last.bytes, last.n), last.link_type, false);
}

static inline enum source_result lab_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	struct lab *l = lab_of(source, s);
	const struct lab_packet *one;

	if (l->at == l->n)
		return SOURCE_END;
	one = &l->packets[l->at++];
	if (one->secrets) {
		*secrets = slice_of(one->bytes, one->n);
		return SOURCE_SECRETS;
	}
	*p = (struct source_packet){ .bytes = slice_of(one->bytes, one->n),
		.wire_len = one->wire_len,
		.link_type = one->link_type,
		.ts = one->ts };
	return SOURCE_PACKET;
}

static inline uint64_t lab_dropped(struct source *s)
{
	return lab_of(source, s)->dropped;
}

static inline void lab_progress(struct source *s, uint64_t *done, uint64_t *all)
{
	*done = lab_of(source, s)->at;
	*all = lab_of(source, s)->n;
}

static inline void lab_no_free(struct source *s)
{
}

/* --- The sink --------------------------------------------------------------------------------------------- */

/* What must hold of every note: no field its sentence names is missing, and its bytes lie in the packet. */
static inline void lab_check(const struct note *n, size_t bytes)
{
	const struct note_row *row = note_row((enum note_id)n->id);
	struct slice rest = slice_str(row->text[NOTE_EN]);

	assert_true(n->id < NOTE_COUNT);
	assert_true((size_t)n->off + n->len <= bytes);
	slice_cut(&rest, '{');
	while (rest.p) {
		char name[64];

		slice_cstr(slice_cut(&rest, '}'), name, sizeof(name));
		if (!note_field(n, name))
			fail_msg("%s: no field %s", row->id, name);
		slice_cut(&rest, '{');
	}
}

/* Nothing in a sentence may disturb a terminal. */
static inline bool lab_clean(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

static inline void lab_record(struct lab *l, const struct note *n, uint64_t packet)
{
	struct lab_note *one;
	struct buf text = { 0 }, korean = { 0 }, fields = { 0 };

	note_text(n, NOTE_EN, &text);
	note_text(n, NOTE_KO, &korean);
	for (unsigned i = 0; i < n->nfields; i++) {
		buf_printf(&fields, "%s=", n->fields[i].name);
		note_value(&n->fields[i], &fields);
		buf_putc(&fields, '\n');
	}
	assert_true(lab_clean(buf_view(&text)) && lab_clean(buf_view(&korean)));
	l->notes = lab_grow(l->notes, l->nnotes, &l->notes_cap, sizeof(*one));
	one = &l->notes[l->nnotes++];
	*one =
	    (struct lab_note){ .id = n->id, .packet = packet, .ref = n->ref, .off = n->off, .len = n->len };
	one->text = strdup(buf_cstr(&text));
	one->fields = strdup(buf_cstr(&fields));
	buf_fini(&text);
	buf_fini(&korean);
	buf_fini(&fields);
}

static inline int lab_packet(struct sink *s, const struct frame *f, struct err *e)
{
	struct lab *l = lab_of(sink, s);
	struct lab_frame *one;

	if (l->fail_packet && f->number == (uint64_t)l->fail_packet)
		return err_set(e, ERR_ENV, "the sink is full");
	l->frames = lab_grow(l->frames, l->nframes, &l->frames_cap, sizeof(*one));
	one = &l->frames[l->nframes++];
	*one = (struct lab_frame){ .state = { f->state[0], f->state[1] },
		.rel_seq = f->rel_seq,
		.rel_ack = f->rel_ack,
		.window = f->window,
		.side = f->side,
		.flow = f->flow ? f->flow->number : UINT32_MAX };
	snprintf(one->proto, sizeof(one->proto), "%s", f->proto);
	snprintf(one->info, sizeof(one->info), "%s", f->info);
	assert_int_equal(f->number, l->nframes);
	for (const struct note *n = f->notes.first; n; n = n->next) {
		lab_check(n, f->pkt.bytes.n);
		lab_record(l, n, f->number);
	}
	if (l->trace->held > l->held_most)
		l->held_most = l->trace->held;
	return 0;
}

static inline int lab_secrets(struct sink *s, struct slice lines, struct err *e)
{
	return buf_slice(&lab_of(sink, s)->secrets_shown, lines);
}

static inline int lab_end(struct sink *s, const struct trace_end *end, struct err *e)
{
	struct lab *l = lab_of(sink, s);

	l->ends++;
	for (const struct note *n = end->notes; n; n = n->next) {
		lab_check(n, 0);
		lab_record(l, n, 0);
	}
	return 0;
}

static inline int lab_flush(struct sink *s, struct err *e)
{
	return 0;
}

static inline void lab_sink_free(struct sink *s)
{
}

/* --- Runs --------------------------------------------------------------------------------------------------- */

static inline void lab_init(struct lab *l)
{
	static const struct source_ops source = { "lab", lab_next, lab_dropped, lab_progress, lab_no_free };
	static const struct sink_ops sink = { "lab", lab_packet, lab_secrets, lab_end, lab_flush,
		lab_sink_free };

	*l = (struct lab){
		.source = { &source, "lab" }, .sink = { &sink }, .now = LAB_START, .step = 10 * CLOCK_MS
	};
}

/* Forgets what came of a run, keeps the capture. */
static inline void lab_forget(struct lab *l)
{
	trace_free(l->trace);
	l->trace = NULL;
	for (size_t i = 0; i < l->nnotes; i++) {
		free(l->notes[i].text);
		free(l->notes[i].fields);
	}
	l->nnotes = l->nframes = l->at = 0;
	l->held_most = l->ends = 0;
	buf_fini(&l->secrets_shown);
}

static inline void lab_fini(struct lab *l)
{
	lab_forget(l);
	for (size_t i = 0; i < l->n; i++)
		free(l->packets[i].bytes);
	free(l->packets);
	free(l->notes);
	free(l->frames);
}

/* Forgets the capture too; the options stay. */
static inline void lab_clear(struct lab *l)
{
	struct trace_config config = l->config;

	lab_fini(l);
	lab_init(l);
	l->config = config;
}

static inline void lab_run(struct lab *l)
{
	struct err e = { 0 };

	lab_forget(l);
	l->trace = trace_new(&l->config, &e);
	assert_non_null(l->trace);
	assert_int_equal(trace_add_sink(l->trace, &l->sink, &e), 0);
	if (trace_run(l->trace, &l->source, &e) < 0)
		fail_msg("trace_run: %s", e.msg);
	assert_int_equal(l->ends, 1);
}

/* --- Questions ------------------------------------------------------------------------------------------------ */

/* The n-th note of that id (from 0), or NULL. */
static inline const struct lab_note *lab_find(const struct lab *l, enum note_id id, size_t nth)
{
	for (size_t i = 0; i < l->nnotes; i++)
		if (l->notes[i].id == id && nth-- == 0)
			return &l->notes[i];
	return NULL;
}

static inline size_t lab_count(const struct lab *l, enum note_id id)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nnotes; i++)
		n += l->notes[i].id == id;
	return n;
}

/* The only note of that id. */
static inline const struct lab_note *lab_one(const struct lab *l, enum note_id id)
{
	if (lab_count(l, id) != 1)
		fail_msg("%zu notes %s, not one", lab_count(l, id), note_row(id)->id);
	return lab_find(l, id, 0);
}

static inline void lab_none(const struct lab *l, enum note_id id)
{
	if (lab_count(l, id))
		fail_msg("%zu notes %s: %s", lab_count(l, id), note_row(id)->id, lab_find(l, id, 0)->text);
}

/* Does the note have this field with this value? */
static inline bool lab_says(const struct lab_note *n, const char *name, const char *value)
{
	char line[512];
	size_t len = (size_t)snprintf(line, sizeof(line), "%s=%s\n", name, value);
	const char *at = n ? strstr(n->fields, line) : NULL;

	return len < sizeof(line) && at && (at == n->fields || at[-1] == '\n');
}

#define lab_expect(n, name, value)                                                                           \
	do {                                                                                                 \
		if (!lab_says(n, name, value))                                                               \
			fail_msg("expected %s=%s in:\n%s", name, value, (n) ? (n)->fields : "no note");      \
	} while (0)

/* All notes whose id is within [from, to], one line each: the same story gives the same text.  With `refs`
 * the packets they refer to are in it. */
static inline char *lab_story(const struct lab *l, enum note_id from, enum note_id to, bool refs)
{
	struct buf out = { 0 };
	char *text;

	for (size_t i = 0; i < l->nnotes; i++) {
		const struct lab_note *n = &l->notes[i];

		if (n->id < from || n->id > to)
			continue;
		buf_printf(&out, "%s: ", note_row((enum note_id)n->id)->id);
		for (const char *c = n->text; *c; c++)
			if (refs || *c < '0' || *c > '9')
				buf_putc(&out, *c);
		buf_putc(&out, '\n');
	}
	text = strdup(buf_cstr(&out));
	buf_fini(&out);
	return text;
}

/* For looking at what went wrong: everything that was said. */
static inline void lab_print(const struct lab *l)
{
	for (size_t i = 0; i < l->nnotes; i++)
		print_message("%llu %s: %s\n", (unsigned long long)l->notes[i].packet,
		    note_row((enum note_id)l->notes[i].id)->id, l->notes[i].text);
}

/* --- Conversations ----------------------------------------------------------------------------------------------- */

/* A TCP connection to be written into a capture, 192.0.2.1 to 192.0.2.2 (RFC 5737). */
struct talk {
	struct lab *lab;
	uint16_t port[2];
	uint32_t seq[2];   /* what each side sends next */
	uint32_t acked[2]; /* what each side acknowledges; follows what was sent */
	uint16_t window[2];
	uint16_t id; /* IPv4 identification of the next packet; 0: none, as on some systems */
	bool v6;
};

static inline void talk_init(struct talk *t, struct lab *l, uint16_t client_port, uint16_t server_port)
{
	*t = (struct talk){ .lab = l,
		.port = { client_port, server_port },
		.seq = { 1000000, 5000000 },
		.acked = { 5000000, 1000000 },
		.window = { 64000, 64000 },
		.id = 1 };
}

/* A segment just as given, but for ports and, when 0, the window. */
static inline void talk_raw(struct talk *t, enum flow_side side, struct tcp tcp, struct slice payload)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	static uint8_t room[70000];
	struct wr w = wr_of(room, sizeof(room));
	struct eth eth = { .type = t->v6 ? ETH_TYPE_IP6 : ETH_TYPE_IP4 };

	tcp.src = t->port[side];
	tcp.dst = t->port[!side];
	memcpy(eth.src, mac[side], 6);
	memcpy(eth.dst, mac[!side], 6);
	eth_encode(&w, &eth);
	if (t->v6) {
		struct ip6 ip = { .src = { 0x20, 1, 0xd, 0xb8, [15] = (uint8_t)(1 + side) },
			.dst = { 0x20, 1, 0xd, 0xb8, [15] = (uint8_t)(2 - side) },
			.hop_limit = 64,
			.next = IP_PROTO_TCP };

		ip6_encode(&w, &ip, tcp_header_len(&tcp) + payload.n);
		tcp_encode(&w, &tcp, payload, cksum_addrs(slice_of(ip.src, 16), slice_of(ip.dst, 16)));
	} else {
		struct ip4 ip = { .src = { 192, 0, 2, (uint8_t)(1 + side) },
			.dst = { 192, 0, 2, (uint8_t)(2 - side) },
			.ttl = 64,
			.proto = IP_PROTO_TCP,
			.id = t->id,
			.df = true };

		t->id += t->id != 0;
		ip4_encode(&w, &ip, tcp_header_len(&tcp) + payload.n);
		tcp_encode(&w, &tcp, payload, cksum_addrs(slice_of(ip.src, 4), slice_of(ip.dst, 4)));
	}
	assert_false(w.bad);
	lab_add(t->lab, slice_of(w.p, w.n), LINK_ETHERNET, false);
}

/* A segment with these numbers; what each side sends next stays. */
static inline void talk_at(
    struct talk *t, enum flow_side side, uint16_t flags, uint32_t seq, uint32_t ack, struct slice payload)
{
	talk_raw(t, side, (struct tcp){ .seq = seq, .ack = ack, .flags = flags, .window = t->window[side] },
	    payload);
}

/* The next segment of one side. */
static inline void talk_send(struct talk *t, enum flow_side side, uint16_t flags, struct slice payload)
{
	struct tcp tcp = { .seq = t->seq[side], .flags = flags, .window = t->window[side] };

	if (flags & TCP_ACK)
		tcp.ack = t->acked[side];
	if (flags & TCP_SYN) {
		tcp.has_mss = tcp.sack_permitted = true;
		tcp.mss = 1460;
	}
	talk_raw(t, side, tcp, payload);
	t->seq[side] += (uint32_t)payload.n + !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
	t->acked[!side] = t->seq[side];
}

static inline void talk_open(struct talk *t)
{
	talk_send(t, FLOW_CLIENT, TCP_SYN, SLICE(""));
	talk_send(t, FLOW_SERVER, TCP_SYN | TCP_ACK, SLICE(""));
	talk_send(t, FLOW_CLIENT, TCP_ACK, SLICE(""));
}

/* Bytes in segments of at most `size`. */
static inline void talk_data(struct talk *t, enum flow_side side, struct slice bytes, size_t size)
{
	while (bytes.n) {
		talk_send(t, side, TCP_ACK | TCP_PSH, slice_sub(bytes, 0, size));
		bytes = slice_skip(bytes, size);
	}
}

static inline void talk_text(struct talk *t, enum flow_side side, const char *text)
{
	talk_data(t, side, slice_str(text), 1460);
}

/* A segment that was sent and that the capture missed. */
static inline void talk_lose(struct talk *t, enum flow_side side, size_t n)
{
	t->seq[side] += (uint32_t)n;
	t->acked[!side] = t->seq[side];
}

static inline void talk_ack(struct talk *t, enum flow_side side)
{
	talk_send(t, side, TCP_ACK, SLICE(""));
}

/* Four segments, the client first. */
static inline void talk_close(struct talk *t)
{
	talk_send(t, FLOW_CLIENT, TCP_FIN | TCP_ACK, SLICE(""));
	talk_ack(t, FLOW_SERVER);
	talk_send(t, FLOW_SERVER, TCP_FIN | TCP_ACK, SLICE(""));
	talk_ack(t, FLOW_CLIENT);
}

#endif

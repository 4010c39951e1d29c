/* Frames made by hand for the tests of sinks: a TCP segment over IPv4 or IPv6, an ARP request, with notes. */
#ifndef TESTS_RENDER_FRAMES_H
#define TESTS_RENDER_FRAMES_H

#include <stdio.h>
#include <stdlib.h>

#include "render/render.h"
#include "wire/cksum.h"

/* All that a frame points into. */
struct made {
	struct frame frame;
	struct flow flow;
	struct arena arena;
	uint8_t bytes[1600];
};

static const uint8_t made_mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
static const uint8_t made_ip4[2][4] = { { 10, 0, 0, 1 }, { 10, 0, 0, 2 } };
static const uint8_t made_ip6[2][16] = { { 0x20, 1, 0xd, 0xb8, [15] = 1 }, { 0x20, 1, 0xd, 0xb8, [15] = 2 } };

static void made_flow(struct made *m, bool v6, enum flow_side side)
{
	m->flow = (struct flow){ .number = 0, .proto = PROTO_TCP, .reset_by = -1, .packets = 1 };
	for (int i = 0; i < 2; i++) {
		m->flow.end[i].addr.family = v6 ? 6 : 4;
		memcpy(m->flow.end[i].addr.b, v6 ? made_ip6[i] : made_ip4[i], v6 ? 16 : 4);
		m->flow.end[i].port = i ? 80 : 40000;
	}
	m->frame.flow = &m->flow;
	m->frame.side = side;
}

/* A TCP segment from the client (port 40000) to the server (port 80), or back. */
static inline void made_tcp(struct made *m, bool v6, enum flow_side side, uint16_t flags, const char *payload)
{
	struct wr w = wr_of(m->bytes, sizeof(m->bytes));
	struct tcp tcp = {
		.src = side ? 80 : 40000,
		.dst = side ? 40000 : 80,
		.seq = 1000,
		.ack = 2000,
		.flags = flags,
		.window = 64240,
		.has_mss = flags & TCP_SYN,
		.mss = 1460,
	};
	size_t body = tcp_header_len(&tcp) + strlen(payload), n = v6 ? 16 : 4;
	struct eth eth = { .type = v6 ? ETH_TYPE_IP6 : ETH_TYPE_IP4 };
	struct ip4 ip4 = { .ttl = 64, .proto = IP_PROTO_TCP, .df = true, .id = 7 };
	struct ip6 ip6 = { .hop_limit = 64, .next = IP_PROTO_TCP };

	memcpy(eth.src, made_mac[side], 6);
	memcpy(eth.dst, made_mac[!side], 6);
	memcpy(v6 ? ip6.src : ip4.src, v6 ? made_ip6[side] : made_ip4[side], n);
	memcpy(v6 ? ip6.dst : ip4.dst, v6 ? made_ip6[!side] : made_ip4[!side], n);
	eth_encode(&w, &eth);
	if (v6)
		ip6_encode(&w, &ip6, body);
	else
		ip4_encode(&w, &ip4, body);
	tcp_encode(&w, &tcp, slice_str(payload),
	    cksum_addrs(slice_of(v6 ? ip6.src : ip4.src, n), slice_of(v6 ? ip6.dst : ip4.dst, n)));
	arena_init(&m->arena, 0);
	m->frame = (struct frame){
		.number = 1,
		.ts = 1700000000123456789,
		.since_start = 214000,
		.proto = "TCP",
		.info = "SYN",
		.rel_seq = 0,
		.window = 64240,
	};
	pkt_decode(&m->frame.pkt, LINK_ETHERNET, slice_of(m->bytes, w.n), (uint32_t)w.n);
	made_flow(m, v6, side);
}

static inline void made_arp(struct made *m)
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 }, none[6];
	struct wr w = wr_of(m->bytes, sizeof(m->bytes));
	struct eth eth = { .type = ETH_TYPE_ARP };
	struct arp arp = {
		.hw = ARP_HW_ETHERNET,
		.proto = ETH_TYPE_IP4,
		.op = ARP_REQUEST,
		.sha = slice_of(made_mac[0], 6),
		.spa = slice_of(made_ip4[0], 4),
		.tha = slice_of(none, 6),
		.tpa = slice_of(made_ip4[1], 4),
	};

	memcpy(eth.src, made_mac[0], 6);
	memcpy(eth.dst, all, 6);
	eth_encode(&w, &eth);
	arp_encode(&w, &arp);
	arena_init(&m->arena, 0);
	m->frame = (struct frame){ .number = 1,
		.ts = 1700000000000000000,
		.proto = "ARP",
		.info = "who has 10.0.0.2? tell 10.0.0.1" };
	pkt_decode(&m->frame.pkt, LINK_ETHERNET, slice_of(m->bytes, w.n), (uint32_t)w.n);
}

/* A note with one field. */
static inline struct note *made_note(struct made *m, enum note_id id, const char *name, struct slice text)
{
	struct field f = { .name = name, .type = FIELD_TEXT, .s = text };

	return note_add(&m->frame.notes, &m->arena, id, &f, 1);
}

static inline void made_free(struct made *m)
{
	arena_fini(&m->arena);
}

/* A file in memory and what was written to it. */
struct paper {
	FILE *file;
	char *text;
	size_t n;
};

static inline FILE *paper_new(struct paper *p)
{
	*p = (struct paper){ .file = NULL };
	p->file = open_memstream(&p->text, &p->n);
	return p->file;
}

static inline void paper_free(struct paper *p)
{
	fclose(p->file);
	free(p->text);
}

static inline void must_packet(struct sink *s, const struct frame *f)
{
	struct err e = { 0 };

	if (s->ops->packet(s, f, &e) < 0)
		fail_msg("%s", e.msg);
}

static inline void must_end(struct sink *s, const struct trace_end *end)
{
	struct err e = { 0 };

	if (s->ops->end(s, end, &e) < 0)
		fail_msg("%s", e.msg);
}

#define ASSERT_HAS(text, words)                                                                              \
	do {                                                                                                 \
		if (!strstr((text), (words)))                                                                \
			fail_msg("\"%s\" is not in:\n%s", (words), (text));                                  \
	} while (0)
#define ASSERT_HAS_NOT(text, words)                                                                          \
	do {                                                                                                 \
		if (strstr((text), (words)))                                                                 \
			fail_msg("\"%s\" is in:\n%s", (words), (text));                                      \
	} while (0)

/* Terminal controls, quotes, the end of a script, a comment, broken UTF-8, a reordering mark. */
#define HOSTILE                                                                                              \
	"\x1b[2J\"'</script><!--\\\r\n\x07\xff\xc3(\xe2\x80\xae"                                             \
	"end"

/* A sink of each kind over a device that is always full says so. */
static inline void must_fail_when_full(struct sink *s, FILE *full)
{
	struct trace_stats stats = { 0 };
	struct err e = { 0 };

	assert_int_equal(s->ops->end(s, &(struct trace_end){ .stats = &stats }, &e), -1);
	assert_int_equal(e.kind, ERR_ENV);
	assert_string_equal(e.msg, "cannot write out/x: No space left on device");
	s->ops->free(s);
	fclose(full);
}

#endif

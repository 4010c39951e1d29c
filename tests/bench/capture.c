/* Makes the captures that the tracer is measured with, the same bytes at every run:
 *
 *   capture web FILE [TIMES]    pages of 10 kB at an MTU of 1500: 611,000 packets, 640 MB
 *   capture tiny FILE [TIMES]   tiny requests and answers: 1,454,000 packets, 420 MB
 *   capture flows FILE [N]      a million connections of two segments, N of them at once (all)
 *
 * TIMES makes it so many times as long.  The pcap is classic, little-endian, in microseconds. */
#include "base/bytes.h"
#include "wire/cksum.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/tcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MSS = 1448, AT_ONCE = 64, HEAD_MAX = 1024, PAGE = 10000, FLOWS = 1000000 };

/* One connection being played. */
struct talk {
	uint32_t id, seq[2];
	uint16_t port;
	unsigned asked;
};

/* What a capture is made of. */
struct shape {
	unsigned requests; /* on each connection */
	size_t body;       /* of an answer */
	bool ack_alone;    /* an answer is acknowledged before the next request */
	unsigned talks;    /* connections in all */
};

static FILE *out;
static uint64_t now_us = 1763000000000000ull;
static uint64_t packets, bytes;

static void put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, 4);
}

static void write_all(const void *p, size_t n)
{
	if (fwrite(p, 1, n, out) != n) {
		perror("capture");
		exit(3);
	}
}

static void write_header(void)
{
	uint8_t h[24] = { 0 };

	put32(h, 0xa1b2c3d4);
	h[4] = 2;
	h[6] = 4;
	put32(h + 16, 65535);
	put32(h + 20, 1);
	write_all(h, sizeof(h));
}

/* One segment of the talk; side 0 is the client. */
static void segment(struct talk *t, int side, uint16_t flags, struct slice payload)
{
	static uint8_t room[2048];
	struct eth e = { .src = { 2, 0, 0, 0, 0, 10 }, .dst = { 2, 0, 0, 0, 0, 11 }, .type = ETH_TYPE_IP4 };
	struct ip4 ip = { .src = { 10, (uint8_t)(t->id >> 16), (uint8_t)(t->id >> 8), (uint8_t)t->id },
		.dst = { 192, 0, 2, 80 },
		.ttl = 64,
		.proto = IP_PROTO_TCP,
		.df = true,
		.id = (uint16_t)packets };
	struct tcp tcp = { .src = t->port,
		.dst = 80,
		.flags = flags,
		.window = 501,
		.seq = t->seq[side],
		.ack = flags & TCP_ACK ? t->seq[!side] : 0,
		.has_ts = true,
		.tsval = (uint32_t)(now_us / 1000) + (uint32_t)side * 7777,
		.tsecr = (uint32_t)(now_us / 1000) + (uint32_t)!side * 7777 };
	struct wr w;
	uint8_t h[16], swap[4];

	if (flags & TCP_SYN) {
		tcp.has_mss = tcp.has_wscale = tcp.sack_permitted = true;
		tcp.mss = 1460;
		tcp.wscale = 7;
		tcp.window = 64240;
	}
	if (side) {
		memcpy(swap, ip.src, 4);
		memcpy(ip.src, ip.dst, 4);
		memcpy(ip.dst, swap, 4);
		tcp.src = 80;
		tcp.dst = t->port;
	}
	w = (struct wr){ .p = room, .cap = sizeof(room) };
	eth_encode(&w, &e);
	ip4_encode(&w, &ip, tcp_header_len(&tcp) + payload.n);
	tcp_encode(&w, &tcp, payload, cksum_addrs(slice_of(ip.src, 4), slice_of(ip.dst, 4)));
	now_us += 3;
	put32(h, (uint32_t)(now_us / 1000000));
	put32(h + 4, (uint32_t)(now_us % 1000000));
	put32(h + 8, (uint32_t)w.n);
	put32(h + 12, (uint32_t)w.n);
	write_all(h, sizeof(h));
	write_all(room, w.n);
	t->seq[side] += (uint32_t)payload.n + !!(flags & (TCP_SYN | TCP_FIN));
	packets++;
	bytes += w.n;
}

static const struct slice nothing;

static void open_talk(struct talk *t, uint32_t id)
{
	*t = (struct talk){
		.id = id, .port = (uint16_t)(32768 + id % 28000), .seq = { id * 7919, id * 104729 }
	};
	segment(t, 0, TCP_SYN, nothing);
	segment(t, 1, TCP_SYN | TCP_ACK, nothing);
	segment(t, 0, TCP_ACK, nothing);
}

static void close_talk(struct talk *t)
{
	segment(t, 0, TCP_FIN | TCP_ACK, nothing);
	segment(t, 1, TCP_FIN | TCP_ACK, nothing);
	segment(t, 0, TCP_ACK, nothing);
}

static void ask(struct talk *t)
{
	char head[HEAD_MAX];
	int n = snprintf(head, sizeof(head),
	    "GET /shop/item/%u?page=%u HTTP/1.1\r\nHost: www.lab.test\r\nUser-Agent: bench/1.0\r\n"
	    "Accept: */*\r\nCookie: sid=%08x%08x; theme=dark\r\n\r\n",
	    t->id % 977, t->asked, t->id * 2654435761u, t->id * 40503u);

	segment(t, 0, TCP_ACK | TCP_PSH, slice_of(head, (size_t)n));
	t->asked++;
}

static void answer(struct talk *t, const struct shape *s)
{
	static char text[HEAD_MAX + 64 * 1024];
	char cookie[80] = "";
	size_t n, at = 0;
	unsigned sent = 0;

	if (t->asked == 1)
		snprintf(cookie, sizeof(cookie), "Set-Cookie: sid=%08x%08x; Path=/; HttpOnly\r\n",
		    t->id * 2654435761u, t->id * 40503u);
	n = (size_t)snprintf(text, HEAD_MAX,
	    "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/html\r\n%sContent-Length: %zu\r\n\r\n",
	    cookie, s->body);
	memset(text + n, 'x', s->body);
	n += s->body;
	while (at < n) {
		size_t piece = n - at < MSS ? n - at : MSS;

		segment(t, 1, TCP_ACK | (at + piece == n ? TCP_PSH : 0), slice_of(text + at, piece));
		at += piece;
		if (++sent % 2 == 0 && at < n)
			segment(t, 0, TCP_ACK, nothing);
	}
	if (s->ack_alone)
		segment(t, 0, TCP_ACK, nothing);
}

/* AT_ONCE connections take turns; one that is through makes room for the next. */
static void play(const struct shape *s)
{
	struct talk talks[AT_ONCE];
	unsigned begun = 0, open = 0;
	bool live[AT_ONCE] = { false };

	do {
		for (unsigned i = 0; i < AT_ONCE; i++) {
			if (!live[i]) {
				if (begun == s->talks)
					continue;
				open_talk(&talks[i], ++begun);
				live[i] = true;
				open++;
			} else if (talks[i].asked == s->requests) {
				close_talk(&talks[i]);
				live[i] = false;
				open--;
			} else {
				ask(&talks[i]);
				answer(&talks[i], s);
			}
		}
	} while (open || begun < s->talks);
}

/* A million connections of two segments: `at_once` of them are opened, then each says something, then the next. */
static void play_flows(unsigned at_once)
{
	for (unsigned first = 0; first < FLOWS; first += at_once) {
		for (unsigned i = 0; i < 2 * at_once; i++) {
			unsigned id = first + i % at_once;
			struct talk t = {
				.id = id, .port = (uint16_t)(1024 + id % 60000), .seq = { id, id }
			};

			if (i < at_once) {
				segment(&t, 0, TCP_SYN, nothing);
			} else {
				t.seq[0]++;
				segment(&t, 0, TCP_ACK | TCP_PSH, SLICE("binary\1\2"));
			}
		}
	}
}

int main(int argc, char **argv)
{
	unsigned times = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
	struct shape web = { .requests = 48, .body = PAGE, .talks = 1144 * (times ? times : 1) };
	struct shape tiny = { .requests = 650, .body = 20, .talks = 1114 * (times ? times : 1) };

	if (argc < 3 || !(out = fopen(argv[2], "wb"))) {
		fprintf(stderr, "usage: capture web|tiny|flows FILE [TIMES]\n");
		return 2;
	}
	write_header();
	if (strcmp(argv[1], "flows") == 0)
		play_flows(times ? times : FLOWS);
	else
		play(strcmp(argv[1], "tiny") == 0 ? &tiny : &web);
	if (fclose(out)) {
		perror("capture");
		return 3;
	}
	printf("%llu packets, %llu bytes\n", (unsigned long long)packets, (unsigned long long)bytes);
	return 0;
}

/* Ethernet frames for the tests of a wire: 10.0.0.1 port 4000 to 10.0.0.2 port 80. */
#ifndef TEST_LINK_FRAME_H
#define TEST_LINK_FRAME_H

#include "wire/cksum.h"
#include "wire/pkt.h"

struct frame_bytes {
	uint8_t b[256];
	size_t n;
};

static inline uint64_t frame_begin(struct wr *w, uint8_t proto, size_t body)
{
	struct ip4 ip = { .src = { 10, 0, 0, 1 }, .dst = { 10, 0, 0, 2 }, .ttl = 64, .proto = proto };
	static const uint8_t addresses[12] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };

	wr_put(w, slice_of(addresses, sizeof(addresses)));
	wr_be16(w, 0x0800);
	ip4_encode(w, &ip, body);
	return cksum_addrs(slice_of(ip.src, 4), slice_of(ip.dst, 4));
}

static inline struct frame_bytes frame_tcp(uint16_t flags, const char *text)
{
	struct tcp t = { .src = 4000, .dst = 80, .seq = 1, .ack = 1, .flags = flags, .window = 1000 };
	struct frame_bytes f = { 0 };
	struct wr w = wr_of(f.b, sizeof(f.b));
	uint64_t addrs = frame_begin(&w, IP_PROTO_TCP, tcp_header_len(&t) + strlen(text));

	tcp_encode(&w, &t, slice_str(text), addrs);
	f.n = w.n;
	return f;
}

static inline struct frame_bytes frame_udp(const char *text)
{
	struct udp u = { .src = 4000, .dst = 80 };
	struct frame_bytes f = { 0 };
	struct wr w = wr_of(f.b, sizeof(f.b));
	uint64_t addrs = frame_begin(&w, IP_PROTO_UDP, UDP_HEADER + strlen(text));

	udp_encode(&w, &u, slice_str(text), addrs);
	f.n = w.n;
	return f;
}

#endif

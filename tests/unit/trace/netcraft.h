/* What the tests of the layers below the transport share: packets without a link header (LINKTYPE_RAW) from one
 * host to another, whole or in pieces, and Ethernet frames for ARP. */
#ifndef TESTS_TRACE_NETCRAFT_H
#define TESTS_TRACE_NETCRAFT_H

#include "harness.h"

static const uint8_t net_a4[4] = { 192, 0, 2, 1 }, net_b4[4] = { 192, 0, 2, 2 };
static const uint8_t net_a6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 },
                     net_b6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 2 };

static const uint8_t mac_a[6] = { 2, 0, 0, 0, 0, 1 }, mac_b[6] = { 2, 0, 0, 0, 0, 2 };

/* In Ethernet from `mac`, which is also the sender of the message; to everyone, or to the other of the two. */
static inline void net_arp(
    struct lab *l, uint16_t op, const uint8_t *mac, const uint8_t *sender, const uint8_t *target, bool all)
{
	static const uint8_t none[6] = { 0 };
	struct arp a = { .hw = ARP_HW_ETHERNET,
		.proto = ETH_TYPE_IP4,
		.hw_len = 6,
		.proto_len = 4,
		.op = op,
		.sha = slice_of(mac, 6),
		.spa = slice_of(sender, 4),
		.tha = slice_of(none, 6),
		.tpa = slice_of(target, 4) };
	struct eth eth = { .type = ETH_TYPE_ARP };
	uint8_t room[100];
	struct wr w = wr_of(room, sizeof(room));

	memcpy(eth.src, mac, 6);
	memset(eth.dst, 0xff, 6);
	if (!all)
		memcpy(eth.dst, mac == mac_a ? mac_b : mac_a, 6);
	eth_encode(&w, &eth);
	arp_encode(&w, &a);
	lab_add(l, slice_of(w.p, w.n), LINK_ETHERNET, false);
}

static inline struct ip4 net_ip4(uint8_t proto, bool back)
{
	struct ip4 ip = { .ttl = 64, .proto = proto, .id = 0x1234 };

	memcpy(ip.src, back ? net_b4 : net_a4, 4);
	memcpy(ip.dst, back ? net_a4 : net_b4, 4);
	return ip;
}

static inline struct ip6 net_ip6(uint8_t proto, bool back)
{
	struct ip6 ip = { .hop_limit = 64, .next = proto, .id = 0x12345678 };

	memcpy(ip.src, back ? net_b6 : net_a6, 16);
	memcpy(ip.dst, back ? net_a6 : net_b6, 16);
	return ip;
}

static inline uint64_t net_sum4(const struct ip4 *ip)
{
	return cksum_addrs(slice_of(ip->src, 4), slice_of(ip->dst, 4));
}

static inline uint64_t net_sum6(const struct ip6 *ip)
{
	return cksum_addrs(slice_of(ip->src, 16), slice_of(ip->dst, 16));
}

static inline void net_add4(struct lab *l, const struct ip4 *ip, struct slice body)
{
	static uint8_t room[70000];
	struct wr w = wr_of(room, sizeof(room));

	ip4_encode(&w, ip, body.n);
	wr_put(&w, body);
	assert_false(w.bad);
	lab_add(l, slice_of(w.p, w.n), LINK_RAW, false);
}

static inline void net_add6(struct lab *l, const struct ip6 *ip, struct slice body)
{
	static uint8_t room[70000];
	struct wr w = wr_of(room, sizeof(room));

	ip6_encode(&w, ip, body.n);
	wr_put(&w, body);
	assert_false(w.bad);
	lab_add(l, slice_of(w.p, w.n), LINK_RAW, false);
}

/* Bytes [off, off+n) of the body as a fragment of its datagram. */
static inline void net_piece4(struct lab *l, struct ip4 ip, struct slice body, size_t off, size_t n)
{
	ip.frag_off = (uint16_t)off;
	ip.mf = off + n < body.n;
	net_add4(l, &ip, slice_sub(body, off, n));
}

static inline void net_piece6(struct lab *l, struct ip6 ip, struct slice body, size_t off, size_t n)
{
	ip.has_frag = true;
	ip.frag_off = (uint16_t)off;
	ip.mf = off + n < body.n;
	net_add6(l, &ip, slice_sub(body, off, n));
}

/* A UDP datagram in `room`. */
static inline struct slice net_udp(
    uint8_t *room, size_t cap, uint16_t src, uint16_t dst, struct slice payload, uint64_t sum)
{
	struct wr w = wr_of(room, cap);

	udp_encode(&w, &(struct udp){ .src = src, .dst = dst }, payload, sum);
	assert_false(w.bad);
	return slice_of(w.p, w.n);
}

#endif

/* What the tests of the wire room share: bytes of an exact size (so that a sanitizer sees every
 * byte read too much), small packets to start from, repeatable random numbers, and looking at
 * fields. */
#ifndef TESTS_WIRE_CRAFT_H
#define TESTS_WIRE_CRAFT_H

#include "wire/cksum.h"
#include "wire/proto.h"

#include <stdlib.h>

static const uint8_t craft_mac_a[6] = { 0x02, 0, 0, 0, 0, 0x0a };
static const uint8_t craft_mac_b[6] = { 0x02, 0, 0, 0, 0, 0x0b };

/* A copy of s in an allocation of exactly its size; free(.p). */
static inline struct slice craft_exact(struct slice s)
{
	uint8_t *copy = malloc(s.n ? s.n : 1);

	assert_non_null(copy);
	if (s.n)
		memcpy(copy, s.p, s.n);
	return slice_of(copy, s.n);
}

static inline void craft_free(struct slice s)
{
	free((void *)(uintptr_t)s.p);
}

/* xorshift32, the same numbers every run. */
static inline uint32_t craft_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static inline void craft_random_bytes(uint32_t *state, uint8_t *dst, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dst[i] = (uint8_t)(craft_random(state) >> 7);
}

static inline struct slice craft_done(const struct wr *w)
{
	assert_false(w->bad);
	return slice_of(w->p, w->n);
}

static inline struct eth craft_eth(uint16_t type)
{
	struct eth e = { .type = type };

	memcpy(e.src, craft_mac_a, 6);
	memcpy(e.dst, craft_mac_b, 6);
	return e;
}

/* 192.0.2.1 to 192.0.2.2 (RFC 5737). */
static inline struct ip4 craft_ip4(uint8_t proto)
{
	return (struct ip4){ .src = { 192, 0, 2, 1 },
		.dst = { 192, 0, 2, 2 },
		.ttl = 64,
		.proto = proto,
		.id = 0x1234,
		.df = true };
}

/* 2001:db8::1 to 2001:db8::2 (RFC 3849). */
static inline struct ip6 craft_ip6(uint8_t next)
{
	return (struct ip6){ .src = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },
		.dst = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 },
		.hop_limit = 64,
		.next = next };
}

static inline uint64_t craft_addrs4(const struct ip4 *ip)
{
	return cksum_addrs(slice_of(ip->src, 4), slice_of(ip->dst, 4));
}

static inline uint64_t craft_addrs6(const struct ip6 *ip)
{
	return cksum_addrs(slice_of(ip->src, 16), slice_of(ip->dst, 16));
}

/* Ethernet, IPv4 and the TCP segment t with payload. */
static inline void craft_tcp4(struct wr *w, const struct tcp *t, struct slice payload)
{
	struct eth e = craft_eth(ETH_TYPE_IP4);
	struct ip4 ip = craft_ip4(IP_PROTO_TCP);

	eth_encode(w, &e);
	ip4_encode(w, &ip, tcp_header_len(t) + payload.n);
	tcp_encode(w, t, payload, craft_addrs4(&ip));
}

static inline void craft_udp4(struct wr *w, struct slice payload)
{
	struct eth e = craft_eth(ETH_TYPE_IP4);
	struct ip4 ip = craft_ip4(IP_PROTO_UDP);
	struct udp u = { .src = 40000, .dst = 53 };

	eth_encode(w, &e);
	ip4_encode(w, &ip, UDP_HEADER + payload.n);
	udp_encode(w, &u, payload, craft_addrs4(&ip));
}

/* The field `name` of layer l; fails the test when it is not listed. */
static inline struct field craft_field(const struct pkt *p, const struct layer *l, const char *name)
{
	struct field v[128];
	struct fields list = { v, 0, 128, 0 };

	proto_row(l->proto)->fields(p, l, &list);
	assert_int_equal(list.lost, 0);
	for (uint32_t i = 0; i < list.n; i++)
		if (strcmp(v[i].name, name) == 0)
			return v[i];
	fail_msg("no field %s", name);
	return v[0];
}

/* What must hold of every packet, whatever its bytes: layers in a row inside the bytes, a payload
 * inside them, and fields that name bytes inside their own header. */
static inline void craft_check(const struct pkt *p)
{
	uint32_t off = 0;
	struct field v[1024];

	assert_true(p->n <= PKT_LAYERS);
	for (uint8_t i = 0; i < p->n; i++) {
		const struct layer *l = &p->layers[i];
		struct fields list = { v, 0, 1024, 0 };

		assert_int_equal(l->off, off);
		assert_true(l->len > 0);
		assert_true((size_t)l->off + l->len + l->body <= p->bytes.n);
		off += l->len;
		proto_row(l->proto)->fields(p, l, &list);
		for (uint32_t f = 0; f < list.n; f++) {
			assert_true(v[f].off >= l->off);
			assert_true(v[f].off + v[f].len <= l->off + l->len);
			assert_non_null(v[f].label);
		}
		pkt_cksum(p, l, NULL);
	}
	assert_true(off + p->payload.n <= p->bytes.n);
	if (p->payload.n)
		assert_ptr_equal(p->payload.p, p->bytes.p + off);
	assert_true(p->payload_len >= p->payload.n);
	assert_true(p->damage_off <= p->bytes.n);
	assert_non_null(pkt_damage_words(p->damage));
}

/* Decodes every prefix of s, once as a capture cut by the snap length and once as a packet that
 * ends there. Each must be damaged or equal in length to the whole. */
static inline void craft_prefixes(uint32_t link_type, struct slice s)
{
	struct pkt p;

	for (size_t n = 0; n < s.n; n++) {
		struct slice cut = craft_exact(slice_sub(s, 0, n));

		pkt_decode(&p, link_type, cut, (uint32_t)s.n);
		craft_check(&p);
		assert_int_equal(p.damage, PKT_CUT);
		pkt_decode(&p, link_type, cut, (uint32_t)n);
		craft_check(&p);
		craft_free(cut);
	}
}

#endif

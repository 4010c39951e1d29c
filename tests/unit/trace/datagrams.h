/* Datagrams and DNS messages to fill a capture with; behind harness.h. */
#ifndef TESTS_TRACE_DATAGRAMS_H
#define TESTS_TRACE_DATAGRAMS_H

#include "harness.h"
#include "wire/dns.h"

/* The capture that the tests of a program fill, one after the other: lab_clear() begins anew. */
static struct lab lab;

static inline int set_up(void **state)
{
	lab_init(&lab);
	return 0;
}

static inline int tear_down(void **state)
{
	lab_fini(&lab);
	return 0;
}

/* What is unusual about a datagram; zero: nothing. */
struct odd {
	bool v6;
	uint8_t ttl;    /* 0: 64 */
	uint8_t dst[4]; /* 0.0.0.0: the other host */
	uint8_t src[4]; /* 0.0.0.0: as the side says */
	bool any;       /* src is 0.0.0.0 */
	int cksum;      /* 0: right; -1: none; else this */
	int len;        /* added to the length field */
	int zero_len;   /* the length field is 0 */
	uint32_t cut;   /* bytes of the packet that are not captured */
};

/* From 192.0.2.1 (client) or .2, or 2001:db8::1 and ::2. */
static inline void lab_udp(
    struct lab *l, enum flow_side side, uint16_t sport, uint16_t dport, struct slice payload, struct odd odd)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };
	static uint8_t room[70000];
	struct wr w = wr_of(room, sizeof(room));
	struct udp udp = { .src = sport, .dst = dport };
	struct eth eth = { .type = odd.v6 ? ETH_TYPE_IP6 : ETH_TYPE_IP4 };
	uint16_t len = (uint16_t)(UDP_HEADER + payload.n);
	size_t at;

	memcpy(eth.src, mac, 6);
	memcpy(eth.dst, mac, 6);
	eth_encode(&w, &eth);
	if (odd.v6) {
		struct ip6 ip = { .src = { 0x20, 1, 0xd, 0xb8, [15] = (uint8_t)(1 + side) },
			.dst = { 0x20, 1, 0xd, 0xb8, [15] = (uint8_t)(2 - side) },
			.hop_limit = odd.ttl ? odd.ttl : 64,
			.next = IP_PROTO_UDP };

		ip6_encode(&w, &ip, len);
		at = w.n;
		udp_encode(&w, &udp, payload, cksum_addrs(slice_of(ip.src, 16), slice_of(ip.dst, 16)));
	} else {
		struct ip4 ip = { .src = { 192, 0, 2, (uint8_t)(1 + side) },
			.dst = { 192, 0, 2, (uint8_t)(2 - side) },
			.ttl = odd.ttl ? odd.ttl : 64,
			.proto = IP_PROTO_UDP };

		if (odd.src[0] || odd.any)
			memcpy(ip.src, odd.src, 4);
		if (odd.dst[0])
			memcpy(ip.dst, odd.dst, 4);
		ip4_encode(&w, &ip, len);
		at = w.n;
		udp_encode(&w, &udp, payload, cksum_addrs(slice_of(ip.src, 4), slice_of(ip.dst, 4)));
	}
	assert_false(w.bad);
	if (odd.cksum) {
		room[at + 6] = odd.cksum < 0 ? 0 : (uint8_t)(odd.cksum >> 8);
		room[at + 7] = odd.cksum < 0 ? 0 : (uint8_t)odd.cksum;
	}
	len = odd.zero_len ? 0 : (uint16_t)(len + odd.len);
	room[at + 4] = (uint8_t)(len >> 8);
	room[at + 5] = (uint8_t)len;
	lab_add(l, slice_of(w.p, w.n - odd.cut), LINK_ETHERNET, false);
	l->packets[l->n - 1].wire_len += odd.cut;
}

/* --- DNS messages --------------------------------------------------------------------------------------------- */

struct dnsmsg {
	uint8_t room[65535];
	struct wr w;
};

static inline void dnsmsg_name(struct dnsmsg *m, const char *text)
{
	struct slice rest = slice_str(text);

	while (rest.n) {
		struct slice label = slice_cut(&rest, '.');

		wr_u8(&m->w, (uint8_t)label.n);
		wr_put(&m->w, label);
	}
	wr_u8(&m->w, 0);
}

/* A header with these flags and one question, if any. */
static inline void dnsmsg_begin(
    struct dnsmsg *m, uint16_t id, uint16_t flags, const char *name, uint16_t type)
{
	m->w = wr_of(m->room, sizeof(m->room));
	wr_be16(&m->w, id);
	wr_be16(&m->w, flags);
	wr_be16(&m->w, name != NULL);
	wr_be16(&m->w, 0);
	wr_be32(&m->w, 0);
	if (!name)
		return;
	dnsmsg_name(m, name);
	wr_be16(&m->w, type);
	wr_be16(&m->w, DNS_IN);
}

/* A record whose data is written behind this, by the caller, with the given length. */
static inline void dnsmsg_record(struct dnsmsg *m, enum dns_section section, const char *name, uint16_t type,
    uint16_t class, uint32_t ttl, struct slice data)
{
	m->room[4 + 2 * section + 1]++;
	dnsmsg_name(m, name);
	wr_be16(&m->w, type);
	wr_be16(&m->w, class);
	wr_be32(&m->w, ttl);
	wr_be16(&m->w, (uint16_t)data.n);
	wr_put(&m->w, data);
	assert_false(m->w.bad);
}

/* The same with a name as data. */
static inline void dnsmsg_alias(
    struct dnsmsg *m, enum dns_section section, const char *name, uint16_t type, const char *target)
{
	struct dnsmsg *data = malloc(sizeof(*data));

	assert_non_null(data);
	data->w = wr_of(data->room, sizeof(data->room));
	dnsmsg_name(data, target);
	dnsmsg_record(m, section, name, type, DNS_IN, 60, slice_of(data->room, data->w.n));
	free(data);
}

static inline struct slice dnsmsg_bytes(const struct dnsmsg *m)
{
	return slice_of(m->room, m->w.n);
}

#endif

/* IPv4 headers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void decode(struct pkt *p, struct slice s)
{
	pkt_decode(p, LINK_IPV4, s, (uint32_t)s.n);
	craft_check(p);
}

static void assert_same(const struct ip4 *got, const struct ip4 *ip)
{
	assert_memory_equal(got->src, ip->src, 4);
	assert_memory_equal(got->dst, ip->dst, 4);
	assert_int_equal(got->tos, ip->tos);
	assert_int_equal(got->ttl, ip->ttl);
	assert_int_equal(got->proto, ip->proto);
	assert_int_equal(got->id, ip->id);
	assert_int_equal(got->frag_off, ip->frag_off);
	assert_int_equal(got->reserved, ip->reserved);
	assert_int_equal(got->df, ip->df);
	assert_int_equal(got->mf, ip->mf);
	assert_true(slice_eq(slice_sub(got->options, 0, ip->options.n), ip->options));
	assert_true(got->cksum_ok);
}

static void test_round_trip(void **state)
{
	uint32_t seed = 19;
	uint8_t b[128], options[40];

	for (int i = 0; i < 2000; i++) {
		struct wr w = wr_of(b, sizeof(b));
		uint32_t r = craft_random(&seed);
		struct ip4 ip = {
			.tos = (uint8_t)r, .ttl = (uint8_t)(r >> 8), .proto = 253, .id = (uint16_t)(r >> 16)
		};
		struct pkt p;

		r = craft_random(&seed);
		craft_random_bytes(&seed, ip.src, 4);
		craft_random_bytes(&seed, ip.dst, 4);
		craft_random_bytes(&seed, options, sizeof(options));
		ip.options = slice_of(options, r % 41);
		ip.frag_off = r & 0xfff8;
		ip.df = r >> 16 & 1;
		ip.mf = r >> 17 & 1;
		ip.reserved = r >> 18 & 1;
		ip4_encode(&w, &ip, 5);
		assert_int_equal(w.n, ip4_header_len(&ip));
		wr_put(&w, SLICE("12345"));
		decode(&p, craft_done(&w));
		assert_same(&p.net->ip4, &ip);
		assert_int_equal(p.net->ip4.total_len, w.n);
		assert_true(slice_eq_str(p.payload, "12345"));
	}
}

static struct slice packet(uint8_t *b, size_t cap, const struct ip4 *ip, struct slice body)
{
	struct wr w = wr_of(b, cap);

	ip4_encode(&w, ip, body.n);
	wr_put(&w, body);
	return craft_done(&w);
}

static void test_prefixes(void **state)
{
	struct ip4 ip = craft_ip4(IP_PROTO_NONE);
	uint8_t b[64];

	ip.options = SLICE("\x94\x04\0\0");
	craft_prefixes(LINK_IPV4, packet(b, sizeof(b), &ip, SLICE("body")));
}

static void test_malformed(void **state)
{
	struct ip4 ip = craft_ip4(253);
	uint8_t b[64];
	struct slice s = packet(b, sizeof(b), &ip, SLICE("body"));
	struct pkt p;

	for (uint32_t first = 0; first < 256; first++) {
		b[0] = (uint8_t)first;
		decode(&p, s);
		if (first >> 4 != 4 || (first & 15) < 5) {
			assert_int_equal(p.damage, PKT_MALFORMED);
			assert_int_equal(p.n, 0);
			assert_int_equal(p.payload.n, s.n);
		} else if ((first & 15) * 4 > s.n) {
			assert_int_equal(p.damage, PKT_SHORT);
		}
	}
	b[0] = 0x45;
	b[3] = 19; /* total length below the header's */
	decode(&p, s);
	assert_int_equal(p.damage, PKT_MALFORMED);
	assert_int_equal(p.damage_off, 2);
}

static void test_checksum(void **state)
{
	struct ip4 ip = craft_ip4(253);
	uint8_t b[64];
	struct slice s = packet(b, sizeof(b), &ip, SLICE("body"));
	struct pkt p;

	for (size_t i = 1; i < IP4_HEADER_MIN; i++) {
		if (i == 2 || i == 3)
			continue;
		b[i] ^= 0x10;
		decode(&p, s);
		assert_false(p.net->ip4.cksum_ok);
		b[i] ^= 0x10;
	}
	decode(&p, s);
	assert_true(p.net->ip4.cksum_ok);
}

static void test_lengths(void **state)
{
	struct ip4 ip = craft_ip4(IP_PROTO_NONE);
	uint8_t b[64] = { 0 };
	struct slice s = packet(b, sizeof(b), &ip, SLICE("body"));
	struct pkt p;

	/* Link padding behind the packet is not payload, even when the capture lost it. */
	pkt_decode(&p, LINK_IPV4, slice_of(b, 46), 46);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.payload.n, 4);
	pkt_decode(&p, LINK_IPV4, s, 46);
	assert_int_equal(p.damage, PKT_WHOLE);
	/* Longer than what the wire carried. */
	b[3] = 30;
	decode(&p, s);
	assert_int_equal(p.damage, PKT_SHORT);
	assert_int_equal(p.damaged_proto, PROTO_IP4);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.payload.n, 4);
	assert_int_equal(p.payload_len, 10);
	/* The same bytes, of a longer packet: cut by the capture. */
	pkt_decode(&p, LINK_IPV4, s, 30);
	assert_int_equal(p.damage, PKT_CUT);
	assert_int_equal(p.damaged_proto, PROTO_NONE);
	assert_int_equal(p.payload_len, 10);
	/* Zero: offload left it to the card. */
	b[3] = 0;
	decode(&p, s);
	assert_int_equal(p.payload.n, 4);
}

static void test_fragments_have_a_transport_only_at_the_start(void **state)
{
	struct ip4 ip = craft_ip4(IP_PROTO_UDP);
	uint8_t datagram[64], b[128];
	struct wr w = wr_of(datagram, sizeof(datagram));
	struct udp u = { .src = 7, .dst = 8 };
	struct slice all;
	struct pkt p;

	udp_encode(&w, &u, SLICE("sixteen bytes...and more"), craft_addrs4(&ip));
	all = craft_done(&w);
	ip.df = false;
	ip.mf = true;
	decode(&p, packet(b, sizeof(b), &ip, slice_sub(all, 0, 24)));
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_non_null(p.transport);
	assert_int_equal(p.payload.n, 16);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_UNKNOWN);
	ip.mf = false;
	ip.frag_off = 24;
	decode(&p, packet(b, sizeof(b), &ip, slice_skip(all, 24)));
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.n, 1);
	assert_null(p.transport);
	assert_int_equal(p.payload.n, 8);
	assert_true(ip4_is_fragment(&p.net->ip4));
	assert_int_equal(craft_field(&p, p.net, "ip.frag_offset").u, 3);
}

static void test_tunnel_shows_the_innermost(void **state)
{
	struct ip4 outer = craft_ip4(IP_PROTO_IP6);
	struct ip6 inner = craft_ip6(IP_PROTO_TCP);
	struct tcp t = { .src = 1, .dst = 2 };
	uint8_t b[128];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt_addr a;
	struct pkt p;

	ip4_encode(&w, &outer, IP6_HEADER + TCP_HEADER_MIN);
	ip6_encode(&w, &inner, TCP_HEADER_MIN);
	tcp_encode(&w, &t, slice_of(NULL, 0), craft_addrs6(&inner));
	decode(&p, craft_done(&w));
	assert_int_equal(p.n, 3);
	assert_ptr_equal(p.net, &p.layers[1]);
	assert_ptr_equal(p.transport, &p.layers[2]);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_GOOD);
	a = pkt_destination(&p);
	assert_int_equal(a.family, 6);
	assert_memory_equal(a.b, inner.dst, 16);
}

static void test_encode_refuses(void **state)
{
	uint8_t b[128];
	struct wr w = wr_of(b, sizeof(b));
	struct ip4 ip = craft_ip4(6);
	uint8_t options[44] = { 0 };

	ip4_encode(&w, &ip, 65516);
	assert_true(w.bad);
	w = wr_of(b, sizeof(b));
	ip.options = slice_of(options, 41);
	ip4_encode(&w, &ip, 0);
	assert_true(w.bad);
	w = wr_of(b, sizeof(b));
	ip.options.n = 0;
	ip.frag_off = 9;
	ip4_encode(&w, &ip, 0);
	assert_true(w.bad);
}

static void test_names(void **state)
{
	assert_string_equal(ip_proto_name(89), "OSPF");
	assert_null(ip_proto_name(200));
	assert_string_equal(ip_dscp_name(46), "EF");
	assert_null(ip_dscp_name(63));
	assert_null(ip_dscp_name(64));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_fragments_have_a_transport_only_at_the_start),
		cmocka_unit_test(test_tunnel_shows_the_innermost),
		cmocka_unit_test(test_encode_refuses),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

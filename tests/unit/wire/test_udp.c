/* UDP datagrams. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void test_round_trip(void **state)
{
	uint8_t b[512], data[256];
	uint32_t seed = 11;

	for (size_t n = 0; n < sizeof(data); n++) {
		struct wr w = wr_of(b, sizeof(b));
		struct pkt p;

		craft_random_bytes(&seed, data, n);
		craft_udp4(&w, slice_of(data, n));
		pkt_decode(&p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
		craft_check(&p);
		assert_int_equal(p.damage, PKT_WHOLE);
		assert_int_equal(p.transport->udp.src, 40000);
		assert_int_equal(p.transport->udp.dst, 53);
		assert_int_equal(p.transport->udp.len, UDP_HEADER + n);
		assert_true(slice_eq(p.payload, slice_of(data, n)));
		assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_GOOD);
	}
}

static void test_prefixes(void **state)
{
	uint8_t b[64];
	struct wr w = wr_of(b, sizeof(b));

	craft_udp4(&w, SLICE("payload"));
	craft_prefixes(LINK_ETHERNET, craft_done(&w));
}

/* The UDP header of craft_udp4. */
enum { AT = ETH_HEADER + IP4_HEADER_MIN };

static void decode_with_len(struct pkt *p, uint8_t *b, size_t cap, uint16_t len)
{
	struct wr w = wr_of(b, cap);

	craft_udp4(&w, SLICE("payload"));
	b[AT + 4] = (uint8_t)(len >> 8);
	b[AT + 5] = (uint8_t)len;
	pkt_decode(p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
	craft_check(p);
}

static void test_lengths(void **state)
{
	uint8_t b[64];
	struct pkt p;

	for (uint16_t len = 1; len < UDP_HEADER; len++) {
		decode_with_len(&p, b, sizeof(b), len);
		assert_int_equal(p.damage, PKT_MALFORMED);
		assert_int_equal(p.damage_off, AT + 4);
		assert_null(p.transport);
	}
	decode_with_len(&p, b, sizeof(b), UDP_HEADER + 3);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.payload.n, 3);
	decode_with_len(&p, b, sizeof(b), UDP_HEADER + 8);
	assert_int_equal(p.damage, PKT_SHORT);
	assert_int_equal(p.damaged_proto, PROTO_UDP);
	assert_int_equal(p.payload.n, 7);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_UNKNOWN);
	decode_with_len(&p, b, sizeof(b), 0);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.payload.n, 7);
}

static void test_no_checksum(void **state)
{
	uint8_t b[64];
	struct wr w = wr_of(b, sizeof(b));
	uint16_t expected = 0;
	uint8_t want[2];
	struct pkt p;

	craft_udp4(&w, SLICE("payload"));
	memcpy(want, b + AT + 6, 2);
	memset(b + AT + 6, 0, 2);
	pkt_decode(&p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(pkt_cksum(&p, p.transport, &expected), PKT_CKSUM_ABSENT);
	assert_int_equal(expected, want[0] << 8 | want[1]);
}

/* Over IPv6 the checksum may not be left out (RFC 8200 8.1). */
static void test_no_checksum_over_ip6(void **state)
{
	uint8_t b[64];
	struct wr w = wr_of(b, sizeof(b));
	struct ip6 ip = craft_ip6(IP_PROTO_UDP);
	struct udp u = { .src = 1, .dst = 2 };
	struct pkt p;

	ip6_encode(&w, &ip, UDP_HEADER);
	udp_encode(&w, &u, slice_of(NULL, 0), craft_addrs6(&ip));
	pkt_decode(&p, LINK_RAW, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_GOOD);
	memset(b + IP6_HEADER + 6, 0, 2);
	pkt_decode(&p, LINK_RAW, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_BAD);
}

/* A computed sum of zero is sent as ffff: zero means "none". */
static void test_zero_sum_is_sent_as_ones(void **state)
{
	struct udp u = { .src = 0, .dst = 0 };
	uint8_t b[16];

	for (uint32_t word = 0; word < 0x10000; word++) {
		uint8_t data[2] = { (uint8_t)(word >> 8), (uint8_t)word };
		struct wr w = wr_of(b, sizeof(b));

		udp_encode(&w, &u, slice_of(data, 2), 0);
		assert_false(b[6] == 0 && b[7] == 0);
	}
}

static void test_fields(void **state)
{
	uint8_t b[64];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	craft_udp4(&w, SLICE("payload"));
	pkt_decode(&p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(craft_field(&p, p.transport, "udp.dstport").u, 53);
	assert_int_equal(craft_field(&p, p.transport, "udp.dstport").off, AT + 2);
	assert_int_equal(craft_field(&p, p.transport, "udp.length").u, 15);
	assert_int_equal(craft_field(&p, p.transport, "udp.checksum").type, FIELD_HEX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_no_checksum),
		cmocka_unit_test(test_no_checksum_over_ip6),
		cmocka_unit_test(test_zero_sum_is_sent_as_ones),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

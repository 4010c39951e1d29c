/* The BSD loopback header in both byte orders. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static uint8_t proto_behind(uint32_t link_type, const char *family)
{
	uint8_t b[64];
	struct wr w = wr_of(b, sizeof(b));
	struct ip4 ip4 = craft_ip4(IP_PROTO_NONE);
	struct ip6 ip6 = craft_ip6(IP_PROTO_NONE);
	struct pkt p;

	wr_put(&w, slice_of(family, 4));
	if (family[0] == 2 || family[3] == 2)
		ip4_encode(&w, &ip4, 0);
	else
		ip6_encode(&w, &ip6, 0);
	pkt_decode(&p, link_type, craft_done(&w), (uint32_t)w.n);
	craft_check(&p);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.n, 2);
	craft_prefixes(link_type, slice_of(b, w.n));
	return p.layers[1].proto;
}

static void test_families(void **state)
{
	assert_int_equal(proto_behind(LINK_NULL, "\2\0\0\0"), PROTO_IP4);
	assert_int_equal(proto_behind(LINK_NULL, "\0\0\0\2"), PROTO_IP4);
	assert_int_equal(proto_behind(LINK_LOOP, "\0\0\0\2"), PROTO_IP4);
	assert_int_equal(proto_behind(LINK_NULL, "\x1e\0\0\0"), PROTO_IP6);
	assert_int_equal(proto_behind(LINK_NULL, "\x1c\0\0\0"), PROTO_IP6);
	assert_int_equal(proto_behind(LINK_NULL, "\x17\0\0\0"), PROTO_IP6);
	assert_int_equal(proto_behind(LINK_NULL, "\x0a\0\0\0"), PROTO_IP6);
	assert_int_equal(proto_behind(LINK_LOOP, "\0\0\0\x18"), PROTO_IP6);
}

static void test_unknown_family(void **state)
{
	struct pkt p;

	pkt_decode(&p, LINK_NULL, SLICE("\x07\0\0\0data"), 8);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.damage, PKT_UNKNOWN);
	assert_int_equal(p.unknown, 7);
	assert_int_equal(craft_field(&p, &p.layers[0], "null.family").u, 7);
	/* LOOP is in network order, whatever the value looks like. */
	pkt_decode(&p, LINK_LOOP, SLICE("\x02\0\0\0data"), 8);
	assert_int_equal(p.unknown, 0x02000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_unknown_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

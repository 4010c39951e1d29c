/* ESP and AH. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void test_esp_ends_what_can_be_read(void **state)
{
	struct ip6 ip = craft_ip6(IP_PROTO_ESP);
	uint8_t room[80];
	struct wr w = wr_of(room, sizeof(room));
	struct pkt p;

	ip6_encode(&w, &ip, 14);
	wr_put(&w, SLICE("\0\0\x10\1\0\0\0\2sealed"));
	pkt_decode(&p, LINK_RAW, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(craft_field(&p, &p.layers[1], "esp.spi").u, 0x1001);
	assert_int_equal(craft_field(&p, &p.layers[1], "esp.sequence").u, 2);
	assert_true(slice_eq_str(p.payload, "sealed"));
	craft_check(&p);
	craft_prefixes(LINK_RAW, craft_done(&w));
}

static void test_ah_is_read_through(void **state)
{
	struct ip4 ip = craft_ip4(IP_PROTO_AH);
	struct udp u = { .src = 1, .dst = 2 };
	uint8_t room[80];
	struct wr w = wr_of(room, sizeof(room));
	struct pkt p;

	ip4_encode(&w, &ip, 24 + UDP_HEADER);
	wr_put(&w, SLICE("\x11\4\0\0\0\0\x10\1\0\0\0\3icv of 12 by"));
	udp_encode(&w, &u, SLICE(""), craft_addrs4(&ip));
	pkt_decode(&p, LINK_RAW, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.n, 3);
	assert_int_equal(craft_field(&p, &p.layers[1], "ah.next_header").u, IP_PROTO_UDP);
	assert_int_equal(craft_field(&p, &p.layers[1], "ah.sequence").u, 3);
	craft_check(&p);
	craft_prefixes(LINK_RAW, craft_done(&w));
	room[21] = 0; /* shorter than its fixed part */
	pkt_decode(&p, LINK_RAW, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(p.damage, PKT_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_esp_ends_what_can_be_read),
		cmocka_unit_test(test_ah_is_read_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

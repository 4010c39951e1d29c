/* PPP with and without framing and compression, and over Ethernet. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

/* `head`, then an IPv4 packet with nothing in it. */
static struct slice with_ip4(uint8_t *room, size_t cap, struct slice head)
{
	struct ip4 ip = craft_ip4(253);
	struct wr w = wr_of(room, cap);

	wr_put(&w, head);
	ip4_encode(&w, &ip, 0);
	return craft_done(&w);
}

static void test_headers_of_each_length(void **state)
{
	static const struct {
		struct slice head;
		uint32_t len;
	} rows[] = {
		{ { (const uint8_t *)"\xff\x03\0\x21", 4 }, 4 },
		{ { (const uint8_t *)"\0\x21", 2 }, 2 },
		{ { (const uint8_t *)"\x21", 1 }, 1 },
		{ { (const uint8_t *)"\xff\x03\x21", 3 }, 3 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t room[40];
		struct slice all = with_ip4(room, sizeof(room), rows[i].head);
		struct pkt p;

		pkt_decode(&p, LINK_PPP, all, (uint32_t)all.n);
		assert_int_equal(p.layers[0].len, rows[i].len);
		assert_int_equal(craft_field(&p, &p.layers[0], "ppp.protocol").u, PPP_IP4);
		assert_non_null(p.net);
		craft_check(&p);
	}
}

static void test_what_is_not_ip(void **state)
{
	struct pkt p;

	pkt_decode(&p, LINK_PPP, SLICE("\xff\x03\xc0\x21\1\1\0\4"), 8);
	assert_int_equal(p.damage, PKT_UNKNOWN);
	assert_int_equal(p.unknown, 0xc021);
	assert_int_equal(p.payload.n, 4);
	pkt_decode(&p, LINK_PPP, SLICE("\xff\x03\xc0"), 3);
	assert_int_equal(p.damage, PKT_SHORT);
	pkt_decode(&p, LINK_PPP, SLICE(""), 0);
	assert_int_equal(p.damage, PKT_SHORT);
}

static void test_over_ethernet(void **state)
{
	uint8_t room[80];
	struct wr w = wr_of(room, sizeof(room));
	struct eth e = craft_eth(ETH_TYPE_PPPOE_SESSION);
	struct slice inner, all;
	struct pkt p;

	eth_encode(&w, &e);
	wr_put(&w, SLICE("\x11\0\0\x07\0\x16"));
	inner = with_ip4(room + w.n, sizeof(room) - w.n, SLICE("\0\x21"));
	all = slice_of(room, w.n + inner.n);
	pkt_decode(&p, LINK_ETHERNET, all, (uint32_t)all.n);
	assert_int_equal(p.n, 4);
	assert_int_equal(craft_field(&p, &p.layers[1], "pppoe.session_id").u, 7);
	assert_int_equal(p.layers[2].proto, PROTO_PPP);
	assert_non_null(p.net);
	craft_check(&p);
	craft_prefixes(LINK_ETHERNET, all);
	room[14] = 0x21;
	pkt_decode(&p, LINK_ETHERNET, all, (uint32_t)all.n);
	assert_int_equal(p.damage, PKT_MALFORMED);
	/* Discovery is not followed further. */
	room[13] = 0x63;
	room[14] = 0x11;
	room[15] = PPPOE_INITIATION;
	pkt_decode(&p, LINK_ETHERNET, all, (uint32_t)all.n);
	assert_int_equal(p.n, 2);
	assert_int_equal(p.damage, PKT_WHOLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers_of_each_length),
		cmocka_unit_test(test_what_is_not_ip),
		cmocka_unit_test(test_over_ethernet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* 802.2 and SNAP behind an 802.3 length, and spanning tree in it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static struct slice frame(uint8_t *room, size_t cap, struct slice body)
{
	struct eth e = craft_eth((uint16_t)body.n);
	struct wr w = wr_of(room, cap);

	eth_encode(&w, &e);
	wr_put(&w, body);
	return craft_done(&w);
}

static void test_snap_brings_an_ethertype(void **state)
{
	uint8_t room[100], body[60] = { 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 };
	struct wr w = wr_of(body + 8, sizeof(body) - 8);
	struct ip4 ip = craft_ip4(IP_PROTO_UDP);
	struct udp u = { .src = 1, .dst = 2 };
	struct slice all;
	struct pkt p;

	ip4_encode(&w, &ip, UDP_HEADER);
	udp_encode(&w, &u, SLICE(""), craft_addrs4(&ip));
	all = frame(room, sizeof(room), slice_of(body, 8 + w.n));
	pkt_decode(&p, LINK_ETHERNET, all, (uint32_t)all.n);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.n, 4);
	assert_int_equal(craft_field(&p, &p.layers[1], "llc.type").u, ETH_TYPE_IP4);
	assert_non_null(p.transport);
	craft_check(&p);
	/* Another organization's numbers are its own. */
	body[3] = 9;
	all = frame(room, sizeof(room), slice_of(body, 8 + w.n));
	pkt_decode(&p, LINK_ETHERNET, all, (uint32_t)all.n);
	assert_int_equal(p.n, 2);
	assert_int_equal(craft_field(&p, &p.layers[1], "llc.oui").u, 0x090000);
	craft_check(&p);
}

static void test_control_of_two_bytes(void **state)
{
	uint8_t room[40];
	struct slice all = frame(room, sizeof(room), SLICE("\xf0\xf0\x01\x02more"));
	struct pkt p;

	pkt_decode(&p, LINK_ETHERNET, all, (uint32_t)all.n);
	assert_int_equal(craft_field(&p, &p.layers[1], "llc.control").u, 0x0102);
	assert_true(slice_eq_str(p.payload, "more"));
	craft_check(&p);
}

static void test_spanning_tree(void **state)
{
	uint8_t room[80];
	struct slice all = frame(room, sizeof(room),
	    SLICE("\x42\x42\x03\0\0\x02\x02\x3c\x80\x05\2\0\0\0\0\x0a\0\0\0\x04\x80\x05\2\0\0\0\0\x0b\x80\x01"
	          "\1\0\x14\0\2\0\x0f\0"));
	struct pkt p;

	pkt_decode(&p, LINK_ETHERNET, all, (uint32_t)all.n);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.layers[2].proto, PROTO_STP);
	assert_int_equal(craft_field(&p, &p.layers[2], "stp.root.prio").u, 0x8000);
	assert_int_equal(craft_field(&p, &p.layers[2], "stp.root.cost").u, 4);
	assert_memory_equal(craft_field(&p, &p.layers[2], "stp.root.hw").s.p, craft_mac_a, 6);
	assert_memory_equal(craft_field(&p, &p.layers[2], "stp.bridge.hw").s.p, craft_mac_b, 6);
	assert_int_equal(craft_field(&p, &p.layers[2], "stp.port").u, 0x8001);
	craft_check(&p);
	craft_prefixes(LINK_ETHERNET, all);
	/* A topology change is four bytes. */
	all = frame(room, sizeof(room), SLICE("\x42\x42\x03\0\0\0\x80"));
	pkt_decode(&p, LINK_ETHERNET, all, (uint32_t)all.n);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.layers[2].len, 4);
	craft_check(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snap_brings_an_ethertype),
		cmocka_unit_test(test_control_of_two_bytes),
		cmocka_unit_test(test_spanning_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

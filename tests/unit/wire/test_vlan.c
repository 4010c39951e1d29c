/* 802.1Q tags, single and stacked. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void test_round_trip(void **state)
{
	uint32_t seed = 3;

	for (int i = 0; i < 500; i++) {
		uint8_t b[32];
		struct wr w = wr_of(b, sizeof(b));
		uint32_t r = craft_random(&seed);
		struct vlan v = { r & 7, r >> 3 & 1, r >> 4 & 0xfff, (uint16_t)(r >> 16) };
		struct eth e = craft_eth(ETH_TYPE_VLAN);
		const struct vlan *got;
		struct pkt p;

		eth_encode(&w, &e);
		vlan_encode(&w, &v);
		pkt_decode(&p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
		craft_check(&p);
		got = &p.layers[1].vlan;
		assert_int_equal(p.layers[1].proto, PROTO_VLAN);
		assert_int_equal(got->pcp, v.pcp);
		assert_int_equal(got->dei, v.dei);
		assert_int_equal(got->vid, v.vid);
		assert_int_equal(got->type, v.type);
	}
}

/* Two tags in front of IPv4 and UDP: the layers inside are found behind both. */
static size_t stacked(uint8_t *b, size_t cap)
{
	struct wr w = wr_of(b, cap);
	struct eth e = craft_eth(ETH_TYPE_QINQ);
	struct vlan outer = { 0, false, 100, ETH_TYPE_VLAN }, inner = { 5, true, 7, ETH_TYPE_IP4 };
	struct ip4 ip = craft_ip4(IP_PROTO_UDP);
	struct udp u = { .src = 1, .dst = 2 };

	eth_encode(&w, &e);
	vlan_encode(&w, &outer);
	vlan_encode(&w, &inner);
	ip4_encode(&w, &ip, UDP_HEADER + 2);
	udp_encode(&w, &u, SLICE("hi"), craft_addrs4(&ip));
	return craft_done(&w).n;
}

static void test_stacked(void **state)
{
	uint8_t b[128];
	size_t n = stacked(b, sizeof(b));
	struct pkt p;

	pkt_decode(&p, LINK_ETHERNET, slice_of(b, n), (uint32_t)n);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.n, 5);
	assert_int_equal(p.layers[1].vlan.vid, 100);
	assert_int_equal(p.layers[2].vlan.vid, 7);
	assert_ptr_equal(p.transport, &p.layers[4]);
	assert_int_equal(craft_field(&p, &p.layers[2], "vlan.id").u, 7);
	assert_int_equal(craft_field(&p, &p.layers[2], "vlan.priority").u, 5);
	assert_int_equal(craft_field(&p, &p.layers[2], "vlan.etype").off, 20);
	craft_prefixes(LINK_ETHERNET, slice_of(b, n));
}

static void test_more_tags_than_layers(void **state)
{
	uint8_t b[ETH_HEADER + 4 * 40];
	struct wr w = wr_of(b, sizeof(b));
	struct eth e = craft_eth(ETH_TYPE_VLAN);
	struct vlan v = { 0, false, 1, ETH_TYPE_VLAN };
	struct pkt p;

	eth_encode(&w, &e);
	for (int i = 0; i < 40; i++)
		vlan_encode(&w, &v);
	pkt_decode(&p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
	craft_check(&p);
	assert_int_equal(p.n, PKT_LAYERS);
	assert_int_equal(p.damage, PKT_TOO_DEEP);
	assert_int_equal(p.damage_off, ETH_HEADER + 4 * (PKT_LAYERS - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_stacked),
		cmocka_unit_test(test_more_tags_than_layers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

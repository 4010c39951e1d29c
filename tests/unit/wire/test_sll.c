/* Linux cooked headers of both versions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void round_trip(uint8_t version, uint32_t link_type, enum proto_id id, size_t len)
{
	uint32_t seed = 5;

	for (int i = 0; i < 300; i++) {
		uint8_t b[64];
		struct wr w = wr_of(b, sizeof(b));
		struct sll s = { .version = version,
			.type = craft_random(&seed) % 5,
			.arphrd = (uint16_t)craft_random(&seed),
			.addr_len = craft_random(&seed) % 256,
			.protocol = (uint16_t)craft_random(&seed),
			.ifindex = version == 2 ? craft_random(&seed) : 0 };
		const struct sll *got;
		struct pkt p;

		craft_random_bytes(&seed, s.addr, 8);
		sll_encode(&w, &s);
		assert_int_equal(w.n, len);
		pkt_decode(&p, link_type, craft_done(&w), (uint32_t)w.n);
		craft_check(&p);
		assert_int_equal(p.layers[0].proto, id);
		got = &p.layers[0].sll;
		assert_int_equal(got->version, version);
		assert_int_equal(got->type, s.type);
		assert_int_equal(got->arphrd, s.arphrd);
		assert_int_equal(got->addr_len, s.addr_len);
		assert_int_equal(got->protocol, s.protocol);
		assert_int_equal(got->ifindex, s.ifindex);
		assert_memory_equal(got->addr, s.addr, 8);
	}
}

static void test_round_trip(void **state)
{
	round_trip(1, LINK_LINUX_SLL, PROTO_SLL, SLL_HEADER);
	round_trip(2, LINK_LINUX_SLL2, PROTO_SLL2, SLL2_HEADER);
}

static void test_leads_to_ip(void **state)
{
	for (uint8_t version = 1; version <= 2; version++) {
		uint32_t link_type = version == 1 ? LINK_LINUX_SLL : LINK_LINUX_SLL2;
		struct sll s = { .version = version,
			.type = SLL_FROM_US,
			.arphrd = 1,
			.addr_len = 6,
			.protocol = ETH_TYPE_IP6 };
		struct ip6 ip = craft_ip6(IP_PROTO_UDP);
		struct udp u = { .src = 9, .dst = 10 };
		uint8_t b[128];
		struct wr w = wr_of(b, sizeof(b));
		struct pkt p;

		sll_encode(&w, &s);
		ip6_encode(&w, &ip, UDP_HEADER + 3);
		udp_encode(&w, &u, SLICE("abc"), craft_addrs6(&ip));
		pkt_decode(&p, link_type, craft_done(&w), (uint32_t)w.n);
		assert_int_equal(p.damage, PKT_WHOLE);
		assert_int_equal(p.n, 3);
		assert_int_equal(p.payload.n, 3);
		assert_int_equal(craft_field(&p, &p.layers[0], "sll.pkttype").u, 4);
		assert_int_equal(craft_field(&p, &p.layers[0], "sll.src.eth").type, FIELD_MAC);
		craft_prefixes(link_type, slice_of(b, w.n));
	}
}

/* Netlink messages and 802.3 frames have a number there that is not an EtherType. */
static void test_numbers_that_are_not_ethertypes(void **state)
{
	struct sll s = { .version = 1, .arphrd = 824, .protocol = 0x0800 };
	uint8_t b[32] = { 0 };
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	sll_encode(&w, &s);
	pkt_decode(&p, LINK_LINUX_SLL, slice_of(b, sizeof(b)), sizeof(b));
	assert_int_equal(p.n, 1);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.payload.n, 16);
	w.n = 0;
	s.arphrd = 1;
	s.protocol = 4;
	sll_encode(&w, &s);
	pkt_decode(&p, LINK_LINUX_SLL, slice_of(b, sizeof(b)), sizeof(b));
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(craft_field(&p, &p.layers[0], "sll.ltype").u, 4);
}

static void test_words(void **state)
{
	assert_string_equal(sll_type_words(SLL_FROM_US), "sent by us");
	assert_null(sll_type_words(9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_leads_to_ip),
		cmocka_unit_test(test_numbers_that_are_not_ethertypes),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The table of protocols has no holes, and its numbers lead where they should. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void test_every_row_is_whole(void **state)
{
	for (int id = PROTO_NONE; id < PROTO_COUNT; id++) {
		const struct proto *row = proto_row(id);

		assert_non_null(row);
		assert_non_null(row->name);
		assert_non_null(row->title);
		assert_non_null(row->rfc);
		assert_in_range(row->osi, 1, 7);
		assert_true((row->decode != NULL) == (id != PROTO_NONE));
		assert_true((row->fields != NULL) == (id != PROTO_NONE));
	}
}

static void test_numbers(void **state)
{
	assert_int_equal(proto_by_ethertype(0x0800).proto, PROTO_IP4);
	assert_int_equal(proto_by_ethertype(0x86dd).proto, PROTO_IP6);
	assert_int_equal(proto_by_ethertype(0x88a8).proto, PROTO_VLAN);
	assert_true(proto_by_ethertype(0x88cc).unknown);
	assert_int_equal(proto_by_ethertype(0x88cc).number, 0x88cc);
	assert_int_equal(proto_by_ip(6).proto, PROTO_TCP);
	assert_int_equal(proto_by_ip(58).proto, PROTO_ICMP6);
	assert_int_equal(proto_by_ip(59).proto, PROTO_NONE);
	assert_false(proto_by_ip(59).unknown);
	assert_true(proto_by_ip(89).unknown);
}

static void test_link_names(void **state)
{
	static const uint32_t types[] = { LINK_NULL, LINK_ETHERNET, LINK_RAW, LINK_LOOP, LINK_LINUX_SLL,
		LINK_IPV4, LINK_IPV6, LINK_LINUX_SLL2, LINK_NFLOG, LINK_PPP };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct pkt p;

		assert_non_null(proto_link_name(types[i]));
		pkt_decode(&p, types[i], SLICE(""), 0);
		assert_int_equal(p.damage, PKT_SHORT);
	}
	assert_null(proto_link_name(105));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_whole),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_link_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

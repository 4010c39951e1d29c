/* IGMP of all versions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static struct slice packet(uint8_t *room, size_t cap, struct slice message)
{
	struct ip4 ip = craft_ip4(IP_PROTO_IGMP);
	struct wr w = wr_of(room, cap);

	ip4_encode(&w, &ip, message.n);
	wr_put(&w, message);
	return craft_done(&w);
}

static void test_one_group(void **state)
{
	uint8_t room[60];
	struct slice all = packet(room, sizeof(room), SLICE("\x16\0\xfa\x04\xef\1\1\1"));
	struct pkt p;

	pkt_decode(&p, LINK_RAW, all, (uint32_t)all.n);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.layers[1].igmp.type, IGMP_REPORT_2);
	assert_memory_equal(craft_field(&p, &p.layers[1], "igmp.maddr").s.p, "\xef\1\1\1", 4);
	craft_check(&p);
	craft_prefixes(LINK_RAW, all);
}

static void test_records(void **state)
{
	/* The first has a source and a word of auxiliary data; of the third the sources are missing. */
	uint8_t room[100];
	struct slice all = packet(room, sizeof(room),
	    SLICE("\x22\0\0\0\0\0\0\3\4\1\0\1\xe0\0\0\xfb\1\2\3\4\5\6\7\x08\4\0\0\0\xef\1\1\1\4\0\0\x09\xef\2"
	          "\2\2"));
	struct slice rest, group;
	struct pkt p;

	pkt_decode(&p, LINK_RAW, all, (uint32_t)all.n);
	rest = p.layers[1].igmp.groups;
	assert_int_equal(p.layers[1].igmp.records, 3);
	assert_true(igmp_group_next(&rest, &group));
	assert_memory_equal(group.p, "\xe0\0\0\xfb", 4);
	assert_true(igmp_group_next(&rest, &group));
	assert_memory_equal(group.p, "\xef\1\1\1", 4);
	assert_false(igmp_group_next(&rest, &group));
	craft_check(&p);
}

static void test_names(void **state)
{
	assert_string_equal(igmp_type_name(IGMP_QUERY), "membership query");
	assert_string_equal(igmp_type_name(IGMP_LEAVE), "leave group");
	assert_null(igmp_type_name(0x77));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_group),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Filters for packets of files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "trace/source.h"

#include <string.h>

/* 10.0.0.1:1025 > 10.0.0.2:80, SYN, behind an Ethernet header. */
static const uint8_t syn[] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,                                /* Ethernet */
	0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0x66, 0xcd, 10, 0, 0, 1, 10, 0, 0, 2, /* IPv4 */
	4, 1, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0,    /* TCP */
};

static struct source_packet packet(uint32_t link_type, size_t skip)
{
	return (struct source_packet){
		.bytes = slice_of(syn + skip, sizeof(syn) - skip),
		.wire_len = sizeof(syn) - (uint32_t)skip,
		.link_type = link_type,
	};
}

static int match(const char *expression, struct source_packet p)
{
	struct err e = { 0 };
	struct filter *f = filter_new(expression, &e);
	int rc;

	assert_non_null(f);
	rc = filter_match(f, &p, &e);
	assert_int_equal(filter_match(f, &p, &e), rc);
	filter_free(f);
	return rc;
}

static void matches_what_it_says(void **state)
{
	assert_int_equal(match("tcp port 80", packet(1, 0)), 1);
	assert_int_equal(match("tcp port 81", packet(1, 0)), 0);
	assert_int_equal(match("src host 10.0.0.1 and tcp[tcpflags] & tcp-syn != 0", packet(1, 0)), 1);
	assert_int_equal(match("udp", packet(1, 0)), 0);
	assert_int_equal(match("", packet(1, 0)), 1);
}

static void compiles_for_each_link_type(void **state)
{
	struct source_packet eth = packet(1, 0), raw = packet(101, 14), ip4 = packet(228, 14);
	struct err e = { 0 };
	struct filter *f = filter_new("tcp dst port 80", &e);

	assert_non_null(f);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(filter_match(f, &eth, &e), 1);
		assert_int_equal(filter_match(f, &raw, &e), 1);
		assert_int_equal(filter_match(f, &ip4, &e), 1);
	}
	filter_free(f);
}

static void a_short_packet_matches_nothing(void **state)
{
	for (size_t n = 0; n < sizeof(syn) - 4; n++) {
		struct source_packet p = packet(1, 0);

		p.bytes.n = n < 38 ? n : 37;
		assert_int_equal(match("tcp dst port 80", p), 0);
	}
}

static void more_link_types_than_it_keeps(void **state)
{
	static const uint32_t links[] = { 1, 0, 101, 108, 113, 228, 229, 276, 105, 127 };
	struct err e = { 0 };
	struct filter *f = filter_new("ip or ip6 or len > 0", &e);

	assert_non_null(f);
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
			struct source_packet p = packet(links[i], 0);

			assert_int_equal(filter_match(f, &p, &e), 1);
		}
	filter_free(f);
}

static void says_what_is_wrong_with_an_expression(void **state)
{
	struct source_packet p = packet(1, 0);
	struct err e = { 0 };
	struct filter *f;

	assert_null(filter_new("tcp prt 80", &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_non_null(strstr(e.msg, "tcp prt 80"));

	/* Right for wireless captures, senseless for this packet. */
	f = filter_new("type mgt subtype beacon", &e);
	assert_non_null(f);
	assert_int_equal(filter_match(f, &p, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	filter_free(f);
	filter_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_what_it_says),
		cmocka_unit_test(compiles_for_each_link_type),
		cmocka_unit_test(a_short_packet_matches_nothing),
		cmocka_unit_test(more_link_types_than_it_keeps),
		cmocka_unit_test(says_what_is_wrong_with_an_expression),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of the pcap reader: both byte orders, every kind, every cut. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "capfile.h"

static void pcap_in_all_four_kinds(void **state)
{
	for (int kind = 0; kind < 4; kind++) {
		struct maker m = { .big = kind & 1 };
		bool nano = kind & 2;
		struct source *s;
		struct source_packet p;

		pcap_head(&m, nano ? 0xa1b23c4d : 0xa1b2c3d4, 0x10000001 | 113);
		pcap_packet(&m, 1700000000, 5, "first", 1500);
		pcap_packet(&m, 4294967295u, 999999, "second one", 10);
		s = open_made(&m);
		assert_int_equal(next(s, &p), SOURCE_PACKET);
		assert_int_equal(p.ts, 1700000000 * NS + (nano ? 5 : 5000));
		assert_int_equal(p.wire_len, 1500);
		assert_int_equal(p.link_type, 113);
		assert_int_equal(p.comment.n, 0);
		assert_int_equal(p.interface, 0);
		assert_memory_equal(p.bytes.p, "first", 5);
		expect_packet(s, 4294967295 * NS + (nano ? 999999 : 999999000), 113, 0, "second one");
		expect_end(s);
	}
}

static void pcap_modified_has_longer_records(void **state)
{
	struct maker m = { 0 };

	pcap_head(&m, 0xa1b2cd34, 1);
	for (int i = 0; i < 2; i++) {
		put32(&m, 7);
		put32(&m, 8);
		put32(&m, 3);
		put32(&m, 3);
		buf_put(&m.b, "iiiippt", 8);
		buf_puts(&m.b, "abc");
	}
	struct source *s = open_made(&m);

	expect_packet(s, 7 * NS + 8000, 1, 0, "abc");
	expect_packet(s, 7 * NS + 8000, 1, 0, "abc");
	expect_end(s);
}

/* Above the link type: reserved bits, whether there is a frame check sequence, and its length. */
static void pcap_link_type_has_neighbours(void **state)
{
	static const uint32_t above[] = { 0, 0x24000000, 0xf4000000, 0x03ff0000, 0xffff0000 };

	for (size_t i = 0; i < sizeof(above) / sizeof(above[0]); i++) {
		struct maker m = { .big = i & 1 };
		struct source *s;

		pcap_head(&m, 0xa1b2c3d4, above[i] | 276);
		pcap_packet(&m, 1, 0, "x", 1);
		s = open_made(&m);
		expect_packet(s, NS, 276, 0, "x");
		expect_end(s);
	}
}

/* Nothing is shared between two sources. */
static void two_at_once(void **state)
{
	struct maker a = { 0 }, b = { .big = true };
	struct source *s, *t;

	pcap_head(&a, 0xa1b2c3d4, 1);
	pcap_head(&b, 0xa1b23c4d, 113);
	for (uint32_t i = 0; i < 3; i++) {
		pcap_packet(&a, i, 0, "from a", 6);
		pcap_packet(&b, i, 5, "and from b", 10);
	}
	s = open_made(&a);
	t = open_made(&b);
	for (uint32_t i = 0; i < 3; i++) {
		expect_packet(s, i * NS, 1, 0, "from a");
		expect_packet(t, i * NS + 5, 113, 0, "and from b");
	}
	expect_end(s);
	expect_end(t);
}

static void pcap_cut_everywhere(void **state)
{
	struct maker m = { 0 };
	size_t ends[3];

	pcap_head(&m, 0xa1b2c3d4, 1);
	ends[0] = m.b.n;
	pcap_packet(&m, 1, 2, "hello", 5);
	ends[1] = m.b.n;
	pcap_packet(&m, 1, 2, "", 5);
	ends[2] = m.b.n;
	cut_everywhere(&m, ends, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_in_all_four_kinds),
		cmocka_unit_test(pcap_modified_has_longer_records),
		cmocka_unit_test(pcap_link_type_has_neighbours),
		cmocka_unit_test(two_at_once),
		cmocka_unit_test(pcap_cut_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of the pcapng reader: sections, interfaces, all kinds of packet blocks, options, every cut. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "capfile.h"
#include "trace/hosts.h"

static void pcapng_sections_of_either_order(void **state)
{
	struct maker m = { .big = true };
	struct source *s;

	section(&m);
	interface(&m, 1, 0, -1);
	interface(&m, 276, 0, 9);
	packet(&m, 1, 1700000000123456789, "nano", NULL, NULL);
	packet(&m, 0, 1700000000000001, "micro", NULL, NULL);
	m.big = false;
	section(&m);
	interface(&m, 101, 0, 3);
	packet(&m, 0, 1700000000001, "milli", NULL, NULL);
	s = open_made(&m);
	expect_packet(s, 1700000000123456789, 276, 1, "nano");
	expect_packet(s, 1700000000000001000, 1, 0, "micro");
	expect_packet(s, 1700000000001000000, 101, 2, "milli");
	expect_end(s);
}

static void pcapng_time_resolutions(void **state)
{
	static const struct {
		int resol;
		uint64_t ts;
		int64_t ns;
	} rows[] = {
		{ 0, 1700000000, 1700000000 * NS },
		{ 12, 5000, 5 },
		{ 28, UINT64_MAX, 1 },
		{ 29, UINT64_MAX, 0 },
		{ 127, UINT64_MAX, 0 },
		{ 0x80, 3, 3 * NS },
		{ 0x80 | 10, 1536, 1500000000 },
		{ 0x80 | 32, (1700000000ull << 32) | 0x80000000, 1700000000 * NS + NS / 2 },
		{ 0xff, UINT64_MAX, 0 },
		{ 0, UINT64_MAX, (int64_t)1 << 62 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct maker m = { 0 };
		struct source *s;

		section(&m);
		interface(&m, 1, 0, rows[i].resol);
		packet(&m, 0, rows[i].ts, "x", NULL, NULL);
		s = open_made(&m);
		expect_packet(s, rows[i].ns, 1, 0, "x");
		expect_end(s);
	}
}

static void pcapng_time_offset_moves_the_stamps(void **state)
{
	struct maker m = { .big = true }, body = { .big = true };
	static const uint8_t minus_ten[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf6 };
	struct source *s;

	section(&m);
	put16(&body, 1);
	put16(&body, 0);
	put32(&body, 0);
	option(&body, 14, minus_ten, 8);
	block(&m, 1, &body);
	buf_fini(&body.b);
	packet(&m, 0, 25000000, "x", NULL, NULL);
	s = open_made(&m);
	expect_packet(s, 15 * NS, 1, 0, "x");
	expect_end(s);
}

static void pcapng_comments(void **state)
{
	struct maker m = { 0 };
	struct source *s;
	struct source_packet p;

	section(&m);
	interface(&m, 1, 0, 9);
	packet(&m, 0, 1, "abc", "look here", NULL);
	packet(&m, 0, 2, "abcd", "one", "two");
	packet(&m, 0, 3, "abcde", NULL, NULL);
	s = open_made(&m);
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_true(slice_eq_str(p.comment, "look here"));
	assert_int_equal(p.wire_len, 103);
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_true(slice_eq_str(p.comment, "one\ntwo"));
	assert_true(slice_eq_str(p.bytes, "abcd"));
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.comment.n, 0);
	expect_end(s);
}

static void pcapng_simple_and_obsolete_packets(void **state)
{
	struct maker m = { 0 }, simple = { 0 }, old = { 0 };
	struct source *s;
	struct source_packet p;

	section(&m);
	interface(&m, 1, 6, 9);
	interface(&m, 113, 0, 9);
	put16(&old, 1);
	put16(&old, 77); /* drops */
	put32(&old, 0);
	put32(&old, 4242);
	put32(&old, 3);
	put32(&old, 60);
	buf_puts(&old.b, "old");
	pad(&old);
	option(&old, 1, "aged", 4);
	block(&m, 2, &old);
	put32(&simple, 9);
	buf_puts(&simple.b, "123456");
	block(&m, 3, &simple);
	buf_fini(&old.b);
	buf_fini(&simple.b);
	s = open_made(&m);
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_true(slice_eq_str(p.bytes, "old"));
	assert_true(slice_eq_str(p.comment, "aged"));
	assert_int_equal(p.ts, 4242);
	assert_int_equal(p.wire_len, 60);
	assert_int_equal(p.link_type, 113);
	/* cut by the interface's snap length, and without a time of its own */
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_true(slice_eq_str(p.bytes, "123456"));
	assert_int_equal(p.wire_len, 9);
	assert_int_equal(p.ts, 4242);
	assert_int_equal(p.link_type, 1);
	expect_end(s);
}

static void pcapng_secrets_and_unknown_blocks(void **state)
{
	struct maker m = { 0 }, junk = { 0 };
	struct source *s;
	struct source_packet p;
	struct slice lines;
	struct err e;

	section(&m);
	interface(&m, 1, 0, 9);
	buf_puts(&junk.b, "names, statistics, whatever");
	block(&m, 4, &junk);
	block(&m, 5, &junk);
	block(&m, 0x40000bad, &junk);
	secrets(&m, 0x57474b4c, "WireGuard");
	secrets(&m, 0x544c534b, "CLIENT_RANDOM aa bb\n");
	packet(&m, 0, 5, "p", NULL, NULL);
	buf_fini(&junk.b);
	s = open_made(&m);
	assert_int_equal(s->ops->next(s, &p, &lines, &e), SOURCE_SECRETS);
	assert_true(slice_eq_str(lines, "CLIENT_RANDOM aa bb\n"));
	expect_packet(s, 5, 1, 0, "p");
	expect_end(s);
}

/* Names of addresses, in either byte order: the first of each record, also of a record that is not padded; what
 * does not fit is passed over. */
static void pcapng_names(void **state)
{
	static const char web[] = "\xc0\x00\x02\x01www.lab.test\0alias.lab.test";
	static const char six[] = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1six.lab.test";
	static const struct pkt_addr one = { 4, { 192, 0, 2, 1 } };
	static const struct pkt_addr two = { 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 } };
	static const struct pkt_addr bare = { 4, { 192, 0, 2, 9 } };

	for (int big = 0; big < 2; big++) {
		struct maker m = { .big = big }, names = { .big = big };
		const struct hosts *h;
		struct source *s;

		section(&m);
		interface(&m, 1, 0, 9);
		option(&names, 1, web, sizeof(web));
		option(&names, 2, six, sizeof(six));
		option(&names, 1, "abc", 3);            /* no address */
		option(&names, 1, "\xc0\0\x02\x09", 4); /* no name */
		option(&names, 77, "\xc0\0\x02\x0awhat", 9);
		option(&names, 0, NULL, 0);
		option(&names, 1, "\xc0\0\x02\x09late", 9); /* behind the end */
		block(&m, 4, &names);
		buf_fini(&names.b);
		packet(&m, 0, 5, "p", NULL, NULL);
		s = open_made(&m);
		assert_null(source_hosts(s));
		expect_packet(s, 5, 1, 0, "p");
		h = source_hosts(s);
		assert_int_equal(hosts_count(h), 2);
		assert_string_equal(hosts_name(h, &one), "www.lab.test");
		assert_string_equal(hosts_name(h, &two), "six.lab.test");
		assert_null(hosts_name(h, &bare));
		expect_end(s);
	}
}

/* An interface with a name; several sections may use the same. */
static void named_interface(struct maker *m, const char *name)
{
	struct maker body = { .big = m->big };

	put16(&body, 1);
	put16(&body, 0);
	put32(&body, 0);
	option(&body, 2, name, (uint16_t)strlen(name));
	option(&body, 0, NULL, 0);
	block(m, 1, &body);
	buf_fini(&body.b);
}

static void put64(struct maker *m, uint64_t v)
{
	put32(m, (uint32_t)(m->big ? v >> 32 : v));
	put32(m, (uint32_t)(m->big ? v : v >> 32));
}

static void statistics(struct maker *m, uint32_t iface, uint64_t ifdrop, uint64_t osdrop)
{
	struct maker body = { .big = m->big };

	put32(&body, iface);
	put64(&body, 0);
	put16(&body, 5);
	put16(&body, 8);
	put64(&body, ifdrop);
	put16(&body, 7);
	put16(&body, 8);
	put64(&body, osdrop);
	block(m, 5, &body);
	buf_fini(&body.b);
}

static void pcapng_interfaces_have_names(void **state)
{
	char longer[101], kept[64];

	memset(longer, 'n', sizeof(longer));
	longer[100] = '\0';
	for (int big = 0; big < 2; big++) {
		struct maker m = { .big = big };
		struct source_packet p;
		struct source *s;

		section(&m);
		named_interface(&m, "eth0");
		interface(&m, 1, 0, -1);
		named_interface(&m, longer);
		for (uint32_t i = 0; i < 3; i++)
			packet(&m, i, 1, "x", NULL, NULL);
		s = open_made(&m);
		assert_int_equal(next(s, &p), SOURCE_PACKET);
		assert_string_equal(p.interface_name, "eth0");
		assert_int_equal(next(s, &p), SOURCE_PACKET);
		assert_null(p.interface_name);
		assert_int_equal(next(s, &p), SOURCE_PACKET);
		assert_string_equal(p.interface_name, slice_cstr(slice_str(longer), kept, sizeof(kept)));
		expect_end(s);
	}
}

/* Names outlive their section, and only so many are kept. */
static void pcapng_names_stay(void **state)
{
	struct maker m = { 0 };
	const char *first = NULL;
	struct source_packet p;
	struct source *s;
	char name[16];

	for (unsigned i = 0; i < 300; i++) {
		section(&m);
		snprintf(name, sizeof(name), "if%u", i == 298 ? 0 : i);
		named_interface(&m, name);
		packet(&m, 0, 1, "x", NULL, NULL);
	}
	s = open_made(&m);
	for (unsigned i = 0; i < 300; i++) {
		assert_int_equal(next(s, &p), SOURCE_PACKET);
		first = first ? first : p.interface_name;
		assert_string_equal(first, "if0");
		if (i == 298)
			assert_ptr_equal(p.interface_name, first);
		else if (i >= 256)
			assert_null(p.interface_name);
	}
	expect_end(s);
}

/* The last statistics of each interface count, and stay when a section ends. */
static void pcapng_statistics_say_what_was_dropped(void **state)
{
	for (int big = 0; big < 2; big++) {
		struct maker m = { .big = big };
		struct source_packet p;
		struct source *s;

		section(&m);
		interface(&m, 1, 0, -1);
		interface(&m, 1, 0, -1);
		statistics(&m, 0, 1, 2);
		statistics(&m, 0, 5, 2);
		statistics(&m, 1, 10, 0);
		statistics(&m, 2, 99, 99); /* there is none */
		packet(&m, 0, 1, "x", NULL, NULL);
		section(&m);
		interface(&m, 1, 0, -1);
		statistics(&m, 0, 0, (uint64_t)1 << 40);
		s = open_made(&m);
		assert_int_equal(s->ops->dropped(s), 0);
		assert_int_equal(next(s, &p), SOURCE_PACKET);
		assert_int_equal(s->ops->dropped(s), 17);
		assert_int_equal(next(s, &p), SOURCE_END);
		assert_int_equal(s->ops->dropped(s), 17 + ((uint64_t)1 << 40));
		s->ops->free(s);
	}
}

static void pcapng_packets_say_what_was_dropped(void **state)
{
	struct maker m = { 0 }, enhanced = { 0 }, old = { 0 };
	struct source_packet p;
	struct source *s;

	section(&m);
	interface(&m, 1, 0, 9);
	for (int i = 0; i < 3; i++)
		put32(&enhanced, 0);
	put32(&enhanced, 1);
	put32(&enhanced, 1);
	buf_puts(&enhanced.b, "e");
	pad(&enhanced);
	put16(&enhanced, 4);
	put16(&enhanced, 8);
	put64(&enhanced, 3);
	block(&m, 6, &enhanced);
	for (int i = 0; i < 2; i++) {
		buf_clear(&old.b);
		put16(&old, 0);
		put16(&old, i ? 0xffff : 4); /* 0xffff: nobody counted */
		put64(&old, 0);
		put32(&old, 0);
		put32(&old, 0);
		block(&m, 2, &old);
	}
	s = open_made(&m);
	for (int i = 0; i < 3; i++)
		assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_int_equal(s->ops->dropped(s), 7);
	expect_end(s);
	buf_fini(&enhanced.b);
	buf_fini(&old.b);
}

/* An option that claims more than its block has ends the options; the packet stands. */
static void pcapng_options_that_lie(void **state)
{
	static const uint16_t lengths[] = { 5, 6, 0x7fff, 0xffff };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct maker m = { 0 }, body = { 0 };
		struct source_packet p;
		struct source *s;

		section(&m);
		put16(&body, 1);
		put16(&body, 0);
		put32(&body, 0);
		option(&body, 9, "\x09", 1);
		put16(&body, 2);
		put16(&body, lengths[i]);
		buf_puts(&body.b, "eth0");
		block(&m, 1, &body);
		buf_clear(&body.b);
		for (int k = 0; k < 5; k++)
			put32(&body, k == 2 ? 9 : 0);
		option(&body, 1, "kept", 4);
		put16(&body, 1);
		put16(&body, lengths[i]);
		buf_puts(&body.b, "lost");
		block(&m, 6, &body);
		buf_fini(&body.b);
		s = open_made(&m);
		assert_int_equal(next(s, &p), SOURCE_PACKET);
		assert_null(p.interface_name);
		assert_true(slice_eq_str(p.comment, "kept"));
		assert_int_equal(p.ts, 9);
		expect_end(s);
	}
}

static void pcapng_cut_everywhere(void **state)
{
	struct maker m = { 0 };
	size_t ends[4];
	struct err e;

	section(&m);
	ends[0] = m.b.n;
	cut_everywhere(&(struct maker){ .b = m.b }, ends, 1);
	m = (struct maker){ .big = true };
	section(&m);
	interface(&m, 1, 0, 9);
	ends[0] = m.b.n;
	packet(&m, 0, 5, "hello", "a comment", NULL);
	ends[1] = m.b.n;
	packet(&m, 0, 6, "", NULL, NULL);
	ends[2] = m.b.n;
	for (size_t n = 0; n <= m.b.n; n++)
		assert_int_equal(count(slice_of(m.b.p, n), &e), (n >= ends[1]) + (n >= ends[2]));
	assert_int_equal(e.kind, ERR_NONE);
	count(slice_of(m.b.p, ends[2] - 1), &e);
	assert_non_null(strstr(e.msg, "cut short in packet 2 (byte "));
	assert_non_null(strstr(e.msg, "the rest is missing"));
	buf_fini(&m.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcapng_sections_of_either_order),
		cmocka_unit_test(pcapng_time_resolutions),
		cmocka_unit_test(pcapng_time_offset_moves_the_stamps),
		cmocka_unit_test(pcapng_comments),
		cmocka_unit_test(pcapng_simple_and_obsolete_packets),
		cmocka_unit_test(pcapng_secrets_and_unknown_blocks),
		cmocka_unit_test(pcapng_names),
		cmocka_unit_test(pcapng_interfaces_have_names),
		cmocka_unit_test(pcapng_names_stay),
		cmocka_unit_test(pcapng_statistics_say_what_was_dropped),
		cmocka_unit_test(pcapng_packets_say_what_was_dropped),
		cmocka_unit_test(pcapng_options_that_lie),
		cmocka_unit_test(pcapng_cut_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

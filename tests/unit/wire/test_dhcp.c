/* DHCP messages: the fixed part, options, overload, long options. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "wire/dhcp.h"

enum { FILE_AT = 108, SNAME_AT = 44, OPTIONS_AT = DHCP_FIXED + 4, ROOM = 2048 };

/* An acknowledgement whose options are these; bytes in all. */
static size_t craft(uint8_t *b, struct slice options)
{
	struct wr w = wr_of(b, ROOM);

	memset(b, 0, DHCP_FIXED);
	wr_put(&w, SLICE("\2\1\6\1\xde\xad\xbe\xef\0\3\x80\0"));
	wr_put(&w, SLICE("\x0a\0\0\1\x0a\0\0\2\x0a\0\0\3\x0a\0\0\4"));
	wr_put(&w, SLICE("\2\0\0\0\0\7"));
	w.n = DHCP_FIXED;
	wr_be32(&w, DHCP_COOKIE);
	wr_put(&w, options);
	assert_false(w.bad);
	return w.n;
}

static void test_fixed_part(void **state)
{
	uint8_t b[ROOM];
	size_t n = craft(b, SLICE("\x35\1\5\xff"));
	struct dhcp d;

	assert_int_equal(dhcp_decode(slice_of(b, n), &d), (int)n);
	assert_int_equal(d.op, DHCP_BOOTREPLY);
	assert_int_equal(d.hops, 1);
	assert_int_equal(d.xid, 0xdeadbeef);
	assert_int_equal(d.secs, 3);
	assert_true(d.broadcast && d.cookie);
	assert_memory_equal(d.ciaddr, "\x0a\0\0\1", 4);
	assert_memory_equal(d.yiaddr, "\x0a\0\0\2", 4);
	assert_memory_equal(d.siaddr, "\x0a\0\0\3", 4);
	assert_memory_equal(d.giaddr, "\x0a\0\0\4", 4);
	assert_true(slice_eq(d.chaddr, SLICE("\2\0\0\0\0\7")));

	b[0] = 3;
	assert_int_equal(dhcp_decode(slice_of(b, n), &d), -1);
	b[0] = 1;
	b[2] = 17;
	assert_int_equal(dhcp_decode(slice_of(b, n), &d), -1);
	b[2] = 6;
	b[DHCP_FIXED] = 0; /* BOOTP: other vendor data */
	assert_int_equal(dhcp_decode(slice_of(b, n), &d), DHCP_FIXED);
	assert_false(d.cookie);
	assert_int_equal(d.options.n, 0);
}

static void test_options(void **state)
{
	uint8_t b[ROOM], room[DHCP_VALUE_MAX];
	size_t n = craft(b, SLICE("\0\x35\1\5\0\0\x33\4\0\1\x51\x80\6\x08\1\1\1\1\2\2\2\2\xff\x0c\1x"));
	struct dhcp_option o;
	struct dhcp_walk w;
	struct dhcp d;
	uint32_t v;

	dhcp_decode(slice_of(b, n), &d);
	dhcp_walk_init(&w, &d);
	assert_true(dhcp_walk_next(&w, &o) && o.code == DHCP_TYPE && o.value.n == 1);
	assert_true(dhcp_walk_next(&w, &o) && o.code == DHCP_LEASE);
	assert_true(dhcp_walk_next(&w, &o) && o.code == DHCP_DNS && o.value.n == 8);
	assert_false(dhcp_walk_next(&w, &o)); /* what stands behind the end is none */
	assert_false(w.cut);
	assert_true(dhcp_number(&d, DHCP_LEASE, 4, &v));
	assert_int_equal(v, 86400);
	assert_true(dhcp_number(&d, DHCP_TYPE, 1, &v));
	assert_int_equal(v, DHCP_ACK);
	assert_false(dhcp_number(&d, DHCP_TYPE, 2, &v));
	assert_false(dhcp_number(&d, DHCP_MTU, 2, &v));
	assert_null(dhcp_option(&d, DHCP_HOSTNAME, room).p);
}

/* Option 52 opens the fields for file and server name; inside them it counts for nothing. */
static void test_overload(void **state)
{
	uint8_t b[ROOM], room[DHCP_VALUE_MAX];
	size_t n = craft(b, SLICE("\x34\1\3\x0c\2ho\xff"));
	struct dhcp d;

	memcpy(b + FILE_AT, "\x34\1\3\x0c\2st\xff", 8);
	memcpy(b + SNAME_AT, "\x0f\3lab\xff", 6);
	dhcp_decode(slice_of(b, n), &d);
	assert_true(slice_eq_str(dhcp_option(&d, DHCP_HOSTNAME, room), "host")); /* put together, RFC 3396 */
	assert_true(slice_eq_str(dhcp_option(&d, DHCP_DOMAIN, room), "lab"));
	b[OPTIONS_AT + 2] = 1; /* file alone */
	dhcp_decode(slice_of(b, n), &d);
	assert_true(slice_eq_str(dhcp_option(&d, DHCP_HOSTNAME, room), "host"));
	assert_null(dhcp_option(&d, DHCP_DOMAIN, room).p);
	b[OPTIONS_AT + 2] = 2; /* server name alone */
	dhcp_decode(slice_of(b, n), &d);
	assert_true(slice_eq_str(dhcp_option(&d, DHCP_HOSTNAME, room), "ho"));
	assert_true(slice_eq_str(dhcp_option(&d, DHCP_DOMAIN, room), "lab"));
}

static void test_long_option(void **state)
{
	uint8_t b[ROOM], options[3 * 257], room[DHCP_VALUE_MAX];
	struct slice v;
	struct dhcp d;

	for (int i = 0; i < 3; i++) {
		options[257 * i] = DHCP_DOMAIN;
		options[257 * i + 1] = 255;
		memset(options + 257 * i + 2, 'a' + i, 255);
	}
	dhcp_decode(slice_of(b, craft(b, slice_of(options, sizeof(options)))), &d);
	v = dhcp_option(&d, DHCP_DOMAIN, room);
	assert_int_equal(v.n, DHCP_VALUE_MAX);
	assert_int_equal(v.p[254], 'a');
	assert_int_equal(v.p[255], 'b');
	assert_int_equal(v.p[DHCP_VALUE_MAX - 1], 'c');
}

static void test_every_prefix(void **state)
{
	uint8_t b[ROOM], room[DHCP_VALUE_MAX];
	size_t all = craft(b, SLICE("\x34\1\3\x35\1\5\x33\4\0\1\x51\x80\xff"));

	for (size_t n = 0; n <= all; n++) {
		uint8_t *p = malloc(n + !n);
		struct dhcp_option o;
		struct dhcp_walk w;
		unsigned seen = 0;
		struct dhcp d;
		int used;

		assert_non_null(p);
		memcpy(p, b, n);
		used = dhcp_decode(slice_of(p, n), &d);
		assert_int_equal(used, n < DHCP_FIXED ? 0 : n < OPTIONS_AT ? DHCP_FIXED : (int)n);
		for (dhcp_walk_init(&w, &d); dhcp_walk_next(&w, &o);)
			seen++;
		assert_int_equal(
		    seen, (n >= OPTIONS_AT + 3) + (n >= OPTIONS_AT + 6) + (n >= OPTIONS_AT + 12));
		if (n > OPTIONS_AT)
			assert_int_equal(
			    w.cut, n != OPTIONS_AT + 3 && n != OPTIONS_AT + 6 && n < OPTIONS_AT + 12);
		(void)dhcp_option(&d, DHCP_LEASE, room);
		free(p);
	}
}

static void test_names(void **state)
{
	assert_string_equal(dhcp_type_name(DHCP_DISCOVER), "DISCOVER");
	assert_string_equal(dhcp_type_name(DHCP_FORCERENEW), "FORCERENEW");
	assert_null(dhcp_type_name(0));
	assert_null(dhcp_type_name(200));
	assert_string_equal(dhcp_option_name(DHCP_MASK), "subnet mask");
	assert_null(dhcp_option_name(254));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixed_part),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_overload),
		cmocka_unit_test(test_long_option),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

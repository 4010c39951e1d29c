/* addr: every text form there and back, and texts that are no address. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/addr.h"

#include <stdlib.h>
#include <string.h>

static void check(const char *text, const char *expected)
{
	struct addr a;
	struct err e;
	char shown[ADDR_TEXT];

	if (addr_parse(&a, text, 7, &e))
		fail_msg("%s: %s", text, e.msg);
	assert_string_equal(addr_format(&a, shown, sizeof(shown)), expected);
}

static void test_forms(void **state)
{
	check("192.0.2.1", "192.0.2.1:7");
	check("192.0.2.1:80", "192.0.2.1:80");
	check("192.0.2.1:0", "192.0.2.1:0");
	check("0.0.0.0:65535", "0.0.0.0:65535");
	check("::", "[::]:7");
	check("::1", "[::1]:7");
	check("[::1]", "[::1]:7");
	check("[::1]:443", "[::1]:443");
	check("2001:0DB8:0:0:0:0:0:1", "[2001:db8::1]:7");
	check("[::ffff:192.0.2.1]:9", "[::ffff:192.0.2.1]:9");
	check("fe80::1%lo", "[fe80::1%lo]:7");
	check("[fe80::1%1]:80", "[fe80::1%lo]:80");
	check("fe80::1%99999", "[fe80::1%99999]:7");
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"",
		":",
		":80",
		"1.2.3",
		"1.2.3.4.5",
		"1.2.3.256",
		"01.2.3.4",
		"1.2.3.4:",
		"1.2.3.4:65536",
		"1.2.3.4:-1",
		"1.2.3.4:+1",
		"1.2.3.4: 1",
		"1.2.3.4:99999999999999999999",
		" 1.2.3.4",
		"1.2.3.4 ",
		"[::1",
		"[::1]80",
		"[::1]:",
		"[::1]:x",
		"[]",
		"[1.2.3.4]:80",
		"[::1]]",
		"::1%",
		"::1%nosuchif",
		"::g",
		"1:2:3:4:5:6:7:8:9",
		"1.2.3.4%lo",
		"localhost",
		"::%4294967296",
		"fe80::1%aaaaaaaaaaaaaaaa",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct addr a;
		struct err e = { 0 };

		if (addr_parse(&a, bad[i], 7, &e) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_non_null(strstr(e.msg, "bad address"));
	}
}

static void test_message_is_safe(void **state)
{
	struct addr a;
	struct err e;

	assert_int_equal(addr_parse(&a, "\x1b[31m", 7, &e), -1);
	assert_null(strchr(e.msg, 0x1b));
}

/* Every prefix in a block of exactly its size: nothing past the end may be looked at. */
static void test_prefixes(void **state)
{
	static const char text[] = "[fe80:1:2:3:4:5:6:7%lo]:65535";

	for (size_t n = 0; n < sizeof(text); n++) {
		char *p = malloc(n + 1);
		struct slice host;
		uint16_t port = 1;
		struct addr a;

		memcpy(p, text, n);
		p[n] = 0;
		addr_parse(&a, p, 1, NULL);
		p = realloc(p, n ? n : 1);
		addr_split(slice_of(p, n), &host, &port, NULL);
		free(p);
	}
}

static void test_split(void **state)
{
	struct slice host;
	uint16_t port = 5;

	assert_int_equal(addr_split(SLICE("example.org:8080"), &host, &port, NULL), 0);
	assert_true(slice_eq_str(host, "example.org"));
	assert_int_equal(port, 8080);
	assert_int_equal(addr_split(SLICE("example.org"), &host, &port, NULL), 0);
	assert_int_equal(port, 8080);
}

static void test_resolve(void **state)
{
	struct addr a;
	struct err e;

	assert_int_equal(addr_resolve(&a, "localhost:81", 7, &e), 0);
	assert_true(addr_is_loopback(&a));
	assert_int_equal(addr_port(&a), 81);
	assert_int_equal(addr_resolve(&a, "[::1]:82", 7, &e), 0);
	assert_int_equal(addr_port(&a), 82);
}

static struct addr parsed(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text, 7, NULL), 0);
	return a;
}

static void test_compare(void **state)
{
	struct addr a = parsed("192.0.2.1:80"), b = parsed("192.0.2.1:81"), c = parsed("::ffff:192.0.2.1");
	struct addr none = { 0 };

	assert_true(addr_eq(&a, &a));
	assert_false(addr_eq(&a, &b));
	addr_set_port(&b, 80);
	assert_true(addr_eq(&a, &b));
	assert_false(addr_eq(&a, &c));
	assert_false(addr_eq(&a, &none));
	assert_int_equal(addr_bytes(&a).n, 4);
	assert_int_equal(addr_bytes(&c).n, 16);
	assert_memory_equal(addr_bytes(&a).p, addr_bytes(&c).p + 12, 4);
	a = parsed("fe80::1%1");
	b = parsed("fe80::1%2");
	assert_false(addr_eq(&a, &b));
}

static void test_loopback(void **state)
{
	struct addr a;

	a = parsed("127.0.0.1");
	assert_true(addr_is_loopback(&a));
	a = parsed("127.255.0.9");
	assert_true(addr_is_loopback(&a));
	a = parsed("::1");
	assert_true(addr_is_loopback(&a));
	a = parsed("::ffff:127.0.0.1");
	assert_true(addr_is_loopback(&a));
	a = parsed("128.0.0.1");
	assert_false(addr_is_loopback(&a));
	a = parsed("::2");
	assert_false(addr_is_loopback(&a));
	a = (struct addr){ 0 };
	assert_false(addr_is_loopback(&a));
}

static void test_no_address(void **state)
{
	struct addr none = { 0 };
	char shown[ADDR_TEXT];

	assert_string_equal(addr_format(&none, shown, sizeof(shown)), "-");
	assert_int_equal(addr_port(&none), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_message_is_safe),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

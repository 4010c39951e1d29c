/* Cookies: reading both fields, judging, writing, matching. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exact.h"
#include "http/cookie.h"
#include "http/parse.h"
#include "http/write.h"

#include <stdio.h>

static void test_next(void **state)
{
	static const struct {
		const char *name, *value;
		bool clean;
	} want[] = {
		{ "a", "b", true },
		{ "c", "", true },
		{ "d", "e=f=", true },
		{ "g", "\"h\"", true },
		{ "i", "\"j", false },
		{ "k l", "m", false },
		{ "n", "o p", false },
		{ "q", "r,s", false },
		{ "t", "\\", false },
		{ "u", "\xc3\xa9", false },
		{ "v", "\x01", false },
		{ "w", "x", true },
	};
	struct slice rest = SLICE(" a = b ;c=; d=e=f=;g=\"h\"; i=\"j;k l=m;n=o p;q=r,s;t=\\;"
	                          "u=\xc3\xa9;v=\x01;bare;=y; ;;w=x");
	struct http_cookie c;
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_true(http_cookie_next(&rest, &c));
		assert_true(slice_eq_str(c.name, want[i].name));
		assert_true(slice_eq_str(c.value, want[i].value));
		assert_int_equal(c.clean, want[i].clean);
	}
	assert_false(http_cookie_next(&rest, &c));
	assert_false(http_cookie_next(&rest, &c));
}

static int get(const char *fields, const char *name, struct slice *value)
{
	static char text[512];
	static struct http_msg m;
	int n = snprintf(text, sizeof(text), "GET / HTTP/1.0\r\n%s\r\n", fields);

	assert_true(http_parse_request(slice_of(text, (size_t)n), 0, NULL, 0, &m) > 0);
	return http_cookie_get(&m, slice_str(name), value);
}

static void test_get(void **state)
{
	struct slice v;

	assert_int_equal(get("Cookie: xsid=1; sid=2; SID=3\r\n", "sid", &v), 1);
	assert_true(slice_eq_str(v, "2"));
	assert_int_equal(get("Cookie: sid=1; sid=2\r\n", "sid", &v), -1);
	assert_int_equal(get("Cookie: sid=1\r\ncookie: sid=1\r\n", "sid", &v), -1);
	assert_int_equal(get("Cookie: a=1\r\ncookie: sid=4\r\n", "sid", &v), 1);
	assert_true(slice_eq_str(v, "4"));
	assert_int_equal(get("Cookie: sid=a b\r\n", "sid", &v), -1);
	assert_int_equal(get("Cookie: sid=1; sid=a b\r\n", "sid", &v), -1);
	assert_int_equal(get("Cookie: asid=1\r\n", "sid", &v), 0);
	assert_int_equal(get("", "sid", &v), 0);
}

static void test_set_cookie(void **state)
{
	struct http_setcookie c;

	assert_int_equal(http_setcookie_parse(SLICE("__Host-sid = a=b ; path = /x; "
	                                            "DOMAIN=.a.example;secure;HttpOnly=1; "
	                                            "SameSite=strict;Partitioned; Max-Age=60; "
	                                            "Expires=Sun, 06 Nov 1994 08:49:37 GMT; "
	                                            "Priority=High; "),
	                     &c),
	    0);
	assert_true(slice_eq_str(c.name, "__Host-sid"));
	assert_true(slice_eq_str(c.value, "a=b"));
	assert_true(slice_eq_str(c.path, "/x"));
	assert_true(slice_eq_str(c.domain, "a.example"));
	assert_true(c.secure && c.http_only && c.partitioned);
	assert_int_equal(c.samesite, HTTP_SAMESITE_STRICT);
	assert_true(c.has_max_age && c.has_expires);
	assert_int_equal(c.max_age, 60);
	assert_int_equal(c.expires, 784111777);
	assert_int_equal(c.unknown, 1);
}

static void test_set_cookie_odd(void **state)
{
	struct http_setcookie c;

	assert_int_equal(http_setcookie_parse(SLICE("bare"), &c), 0);
	assert_int_equal(c.name.n, 0);
	assert_true(slice_eq_str(c.value, "bare"));
	assert_int_equal(http_setcookie_parse(SLICE(""), &c), -1);
	assert_int_equal(http_setcookie_parse(SLICE(" = ; Path=/"), &c), -1);
	assert_int_equal(http_setcookie_parse(SLICE("a=b\x01"), &c), -1);
	assert_int_equal(http_setcookie_parse(SLICE("a=b; Path=/\x7f"), &c), -1);
	assert_int_equal(http_setcookie_parse(SLICE("a=b\0c"), &c), -1);
	assert_int_equal(http_setcookie_parse(SLICE("a=b\tc"), &c), 0);
	assert_int_equal(http_setcookie_parse(SLICE("a=b; Path=/x; Path=y"), &c), 0);
	assert_int_equal(c.path.n, 0);
	assert_int_equal(http_setcookie_parse(SLICE("a=b; SameSite=Lax; SameSite=what"), &c), 0);
	assert_int_equal(c.samesite, HTTP_SAMESITE_DEFAULT);
	assert_int_equal(http_setcookie_parse(SLICE("a=b; Max-Age=-5; Max-Age=5x; Max-Age="), &c), 0);
	assert_int_equal(c.max_age, -5);
	assert_int_equal(http_setcookie_parse(SLICE("a=b; Max-Age=99999999999999999999"), &c), 0);
	assert_true(c.max_age == INT64_MAX);
	assert_int_equal(http_setcookie_parse(SLICE("a=b; Expires=never"), &c), 0);
	assert_false(c.has_expires);
	assert_int_equal(http_setcookie_parse(SLICE("a=b; Domain=.; Secure"), &c), 0);
	assert_int_equal(c.domain.n, 0);
}

static void test_set_cookie_sizes(void **state)
{
	static char text[6000];
	struct http_setcookie c;

	memset(text, 'a', sizeof(text));
	text[1] = '=';
	assert_int_equal(http_setcookie_parse(slice_of(text, 4097), &c), 0);
	assert_int_equal(http_setcookie_parse(slice_of(text, 4098), &c), -1);
	memcpy(text, "a=b;path=/", 10);
	assert_int_equal(http_setcookie_parse(slice_of(text, 9 + 1024), &c), 0);
	assert_int_equal(c.path.n, 1024);
	assert_int_equal(http_setcookie_parse(slice_of(text, 9 + 1025), &c), 0);
	assert_int_equal(c.path.n, 0);
}

static void test_set_cookie_prefixes(void **state)
{
	static const char text[] = "a=b; Path=/; Domain=.a; Expires=Sun, 06 Nov 1994 08:49:37 GMT; "
	                           "Max-Age=1; SameSite=None; Secure";
	size_t n;

	for (n = 0; n < sizeof(text); n++) {
		struct slice in = exact(slice_of(text, n));
		struct http_setcookie c;

		(void)http_setcookie_parse(in, &c);
		exact_free(in);
	}
}

static enum http_cookie_flaw judge(const char *text, const char *host, bool secure)
{
	struct http_setcookie c;

	assert_int_equal(http_setcookie_parse(slice_str(text), &c), 0);
	return http_setcookie_check(&c, slice_str(host), secure);
}

static void test_check(void **state)
{
	assert_int_equal(judge("a=b", "h.example", false), HTTP_COOKIE_FINE);
	assert_int_equal(judge("a=b; Domain=example", "h.example", true), HTTP_COOKIE_FINE);
	assert_int_equal(judge("a=b; Domain=g.example", "h.example", true), HTTP_COOKIE_FOREIGN);
	assert_int_equal(judge("a=b; Domain=x.h.example", "h.example", true), HTTP_COOKIE_FOREIGN);
	assert_int_equal(judge("a=b; Secure", "h", false), HTTP_COOKIE_NOT_SECURE);
	assert_int_equal(judge("__Secure-a=b", "h", true), HTTP_COOKIE_SECURE_PREFIX);
	assert_int_equal(judge("__SECURE-a=b", "h", true), HTTP_COOKIE_SECURE_PREFIX);
	assert_int_equal(judge("__Secure-a=b; Secure", "h", true), HTTP_COOKIE_FINE);
	assert_int_equal(judge("__Host-a=b; Secure", "h", true), HTTP_COOKIE_HOST_PREFIX);
	assert_int_equal(judge("__host-a=b; Path=/", "h", true), HTTP_COOKIE_HOST_PREFIX);
	assert_int_equal(judge("__Host-a=b; Secure; Path=/; Domain=h", "h", true), HTTP_COOKIE_HOST_PREFIX);
	assert_int_equal(judge("__Host-a=b; Secure; Path=/a", "h", true), HTTP_COOKIE_HOST_PREFIX);
	assert_int_equal(judge("__Host-a=b; Secure; Path=/", "h", true), HTTP_COOKIE_FINE);
	assert_int_equal(judge("=__Host-a=b", "h", true), HTTP_COOKIE_PREFIX_HIDDEN);
	assert_int_equal(judge("__secure-a", "h", true), HTTP_COOKIE_PREFIX_HIDDEN);
	assert_int_equal(judge("a=b; SameSite=None", "h", true), HTTP_COOKIE_SAMESITE_NONE);
	assert_int_equal(judge("a=b; Partitioned", "h", true), HTTP_COOKIE_PARTITIONED);
	assert_int_equal(judge("a=b; Partitioned; Secure", "h", true), HTTP_COOKIE_FINE);
	assert_true(strlen(http_cookie_flaw_text(HTTP_COOKIE_PREFIX_HIDDEN)) > 10);
}

static void test_write(void **state)
{
	struct http_setcookie c = {
		.name = SLICE("__Host-sid"),
		.value = SLICE("abc=="),
		.path = SLICE("/"),
		.secure = true,
		.http_only = true,
		.samesite = HTTP_SAMESITE_LAX,
	};
	struct buf b = { 0 };

	assert_int_equal(http_setcookie_write(&b, &c), 0);
	assert_string_equal(buf_cstr(&b), "Set-Cookie: __Host-sid=abc==; Path=/; Secure; HttpOnly; "
	                                  "SameSite=Lax\r\n");
	buf_clear(&b);
	c.value = SLICE("");
	c.has_max_age = c.has_expires = c.partitioned = true;
	c.max_age = -7;
	assert_int_equal(http_setcookie_write(&b, &c), 0);
	assert_string_equal(buf_cstr(&b), "Set-Cookie: __Host-sid=; Path=/; Max-Age=0; "
	                                  "Expires=Thu, 01 Jan 1970 00:00:00 GMT; "
	                                  "Secure; HttpOnly; SameSite=Lax; Partitioned\r\n");
	buf_clear(&b);
	c.expires = INT64_MAX;
	assert_int_equal(http_setcookie_write(&b, &c), 0);
	buf_fini(&b);
}

static void test_write_refuses(void **state)
{
	static const struct http_setcookie bad[] = {
		{ .name = { NULL, 0 }, .value = { (const uint8_t *)"x", 1 } },
		{ .name = { (const uint8_t *)"a b", 3 } },
		{ .name = { (const uint8_t *)"a", 1 }, .path = { (const uint8_t *)"/;x", 3 } },
		{ .name = { (const uint8_t *)"a", 1 }, .path = { (const uint8_t *)"/\r\n", 3 } },
		{ .name = { (const uint8_t *)"a", 1 }, .path = { (const uint8_t *)"x", 1 } },
		{ .name = { (const uint8_t *)"a", 1 }, .domain = { (const uint8_t *)"a;b", 3 } },
		{ .name = { (const uint8_t *)"a", 1 }, .domain = { (const uint8_t *)"::1", 3 } },
		{ .name = { (const uint8_t *)"a", 1 }, .domain = { (const uint8_t *)".a.b", 4 } },
		{ .name = { (const uint8_t *)"__Host-a", 8 }, .secure = true },
		{ .name = { (const uint8_t *)"__Secure-a", 10 } },
		{ .name = { (const uint8_t *)"a", 1 }, .samesite = HTTP_SAMESITE_NONE },
	};
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		buf_clear(&b);
		assert_int_equal(http_setcookie_write(&b, &bad[i]), -1);
		assert_int_equal(b.n, 0);
		assert_true(b.failed);
	}
	buf_fini(&b);
}

/* Every octet in a value: refused or read back. */
static void test_write_every_octet(void **state)
{
	int octet;

	for (octet = 0; octet < 256; octet++) {
		const uint8_t text[3] = { 'x', (uint8_t)octet, 'y' };
		struct http_setcookie c = { .name = SLICE("a"), .value = slice_of(text, 3) }, back;
		bool good = octet > ' ' && octet < 0x7f && !strchr("\",;\\", octet);
		struct buf b = { 0 };
		struct slice line;

		assert_int_equal(http_setcookie_write(&b, &c), good ? 0 : -1);
		if (good) {
			line = slice_skip(buf_view(&b), strlen("Set-Cookie: "));
			line.n -= 2;
			assert_int_equal(http_setcookie_parse(line, &back), 0);
			assert_true(slice_eq(back.value, c.value));
		}
		buf_fini(&b);
	}
}

static void test_write_full(void **state)
{
	struct http_setcookie c = { .name = SLICE("a"), .value = SLICE("b"), .path = SLICE("/") };
	size_t max;

	for (max = 1; max < 40; max++) {
		struct buf b;
		int r;

		buf_init(&b, max);
		r = http_setcookie_write(&b, &c);
		assert_int_equal(b.n, r == 0 ? strlen("Set-Cookie: a=b; Path=/\r\n") : 0);
		buf_fini(&b);
	}
}

static void test_domain_match(void **state)
{
	assert_true(http_domain_match(SLICE("a.example"), SLICE("A.EXAMPLE")));
	assert_true(http_domain_match(SLICE("b.a.example"), SLICE("a.example")));
	assert_false(http_domain_match(SLICE("ba.example"), SLICE("a.example")));
	assert_false(http_domain_match(SLICE("a.example"), SLICE("b.a.example")));
	assert_false(http_domain_match(SLICE("a.example"), SLICE("")));
	assert_true(http_domain_match(SLICE("1.2.3.4"), SLICE("1.2.3.4")));
	assert_false(http_domain_match(SLICE("1.2.3.4"), SLICE("3.4")));
	assert_false(http_domain_match(SLICE("[::1.2.3.4]"), SLICE("4]")));
}

static void test_path_match(void **state)
{
	assert_true(http_path_match(SLICE("/a"), SLICE("/a")));
	assert_true(http_path_match(SLICE("/a/b"), SLICE("/a")));
	assert_true(http_path_match(SLICE("/a/b"), SLICE("/a/")));
	assert_true(http_path_match(SLICE("/a"), SLICE("/")));
	assert_false(http_path_match(SLICE("/ab"), SLICE("/a")));
	assert_false(http_path_match(SLICE("/a"), SLICE("/a/")));
	assert_false(http_path_match(SLICE("/a"), SLICE("")));
	assert_true(slice_eq_str(http_default_path(SLICE("/a/b")), "/a"));
	assert_true(slice_eq_str(http_default_path(SLICE("/a/")), "/a"));
	assert_true(slice_eq_str(http_default_path(SLICE("/a")), "/"));
	assert_true(slice_eq_str(http_default_path(SLICE("a/b")), "/"));
	assert_true(slice_eq_str(http_default_path(SLICE("")), "/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_set_cookie),
		cmocka_unit_test(test_set_cookie_odd),
		cmocka_unit_test(test_set_cookie_sizes),
		cmocka_unit_test(test_set_cookie_prefixes),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_refuses),
		cmocka_unit_test(test_write_every_octet),
		cmocka_unit_test(test_write_full),
		cmocka_unit_test(test_domain_match),
		cmocka_unit_test(test_path_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

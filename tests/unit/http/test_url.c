/* URLs, escapes, dot segments and forms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exact.h"
#include "http/url.h"

#include <stdio.h>

static void test_parse(void **state)
{
	struct http_url u;

	assert_int_equal(http_url_parse(SLICE("https://u:p@A.example:8443/x/y?q=1?2#f#g"), &u), 0);
	assert_true(slice_eq_str(u.scheme, "https"));
	assert_true(slice_eq_str(u.userinfo, "u:p"));
	assert_true(slice_eq_str(u.host, "A.example"));
	assert_int_equal(u.port, 8443);
	assert_true(slice_eq_str(u.path, "/x/y"));
	assert_true(slice_eq_str(u.query, "q=1?2"));
	assert_true(slice_eq_str(u.fragment, "f#g"));

	assert_int_equal(http_url_parse(SLICE("http://[::1]"), &u), 0);
	assert_true(slice_eq_str(u.host, "[::1]"));
	assert_int_equal(u.port, -1);
	assert_non_null(u.path.p);
	assert_int_equal(u.path.n, 0);
	assert_null(u.userinfo.p);
	assert_null(u.query.p);
	assert_null(u.fragment.p);

	assert_int_equal(http_url_parse(SLICE("x+1.-://h?#"), &u), 0);
	assert_non_null(u.query.p);
	assert_non_null(u.fragment.p);
	assert_int_equal(http_url_parse(SLICE("http://u@v@h/"), &u), 0);
	assert_true(slice_eq_str(u.userinfo, "u@v"));
}

static void test_parse_refuses(void **state)
{
	static const char *const bad[] = { "", "http", "http:", "http:/", "http://", "http:///x", "://h",
		"1http://h", "ht tp://h", "http://h:x/", "http://h:1:2/", "http://h:70000", "http://[::1",
		"http://[::1]a", "http://a b/", "http://a%4/", "http://a%zz/", "/path", "//h/path",
		"http:\\\\h" };
	struct http_url u;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct slice in = exact(slice_str(bad[i]));

		assert_int_equal(http_url_parse(in, &u), -1);
		exact_free(in);
	}
}

static void test_url_prefixes(void **state)
{
	static const char text[] = "http://u%41@[2001:db8::1]:80/a%20b?c#d";
	struct http_url u;
	size_t n;

	for (n = 0; n < sizeof(text); n++) {
		struct slice in = exact(slice_of(text, n));

		(void)http_url_parse(in, &u);
		exact_free(in);
	}
}

static void test_authority(void **state)
{
	struct slice host;
	int32_t port;

	assert_int_equal(http_authority_split(SLICE("a:0"), &host, &port), 0);
	assert_int_equal(port, 0);
	assert_int_equal(http_authority_split(SLICE("a:65535"), &host, &port), 0);
	assert_int_equal(port, 65535);
	assert_int_equal(http_authority_split(SLICE("a:"), &host, &port), 0);
	assert_int_equal(port, -1);
	assert_true(slice_eq_str(host, "a"));
	assert_int_equal(http_authority_split(SLICE("[::ffff:1.2.3.4]:9"), &host, &port), 0);
	assert_true(slice_eq_str(host, "[::ffff:1.2.3.4]"));
	assert_int_equal(port, 9);
	assert_int_equal(http_authority_split(SLICE("[v7.x]"), &host, &port), 0);
	assert_int_equal(http_authority_split(SLICE("[v.x]"), &host, &port), -1);
	assert_int_equal(http_authority_split(SLICE("[vg.x]"), &host, &port), -1);
	assert_int_equal(http_authority_split(SLICE("[v1.]"), &host, &port), -1);
	assert_int_equal(http_authority_split(SLICE("[1.2.3.4]"), &host, &port), -1);
	assert_int_equal(http_authority_split(SLICE("[::1\0]"), &host, &port), -1);
	assert_int_equal(http_authority_split(SLICE("[::1%eth0]"), &host, &port), -1);
	assert_int_equal(http_authority_split(SLICE(""), &host, &port), -1);
}

static void test_split(void **state)
{
	struct slice path, query;

	http_url_split(SLICE("/a?b?c"), &path, &query);
	assert_true(slice_eq_str(path, "/a"));
	assert_true(slice_eq_str(query, "b?c"));
	http_url_split(SLICE("/a"), &path, &query);
	assert_null(query.p);
	http_url_split(SLICE("/a?"), &path, &query);
	assert_non_null(query.p);
	assert_int_equal(query.n, 0);
}

static void check_path(const char *in, const char *want)
{
	struct slice copy = exact(slice_str(in));
	size_t room = copy.n + 2, size;
	char *out = malloc(room);
	ssize_t n = http_url_path(copy, out, room);

	if (!want) {
		assert_int_equal(n, -1);
	} else {
		assert_int_equal(n, strlen(want));
		assert_string_equal(out, want);
	}
	/* With less room it fails or gives the same, and never writes past it. */
	for (size = 0; size < room; size++) {
		char *small = malloc(size + !size);
		ssize_t r = http_url_path(copy, small, size);

		assert_true(r == -1 || (r == n && strcmp(small, want) == 0));
		free(small);
	}
	free(out);
	exact_free(copy);
}

static void test_paths(void **state)
{
	static const char *const rows[][2] = {
		{ "/", "/" },
		{ "", "/" },
		{ "a", "/a" },
		{ "/a/b", "/a/b" },
		{ "/a/", "/a/" },
		{ "/a//b", "/a//b" },
		{ "//", "//" },
		{ "/.", "/" },
		{ "/..", "/" },
		{ "/./", "/" },
		{ "/../", "/" },
		{ "/../../x", "/x" },
		{ "/a/../b", "/b" },
		{ "/a/b/..", "/a/" },
		{ "/a/b/.", "/a/b/" },
		{ "/a/./b/./c/", "/a/b/c/" },
		{ "/a//../b", "/a/b" },
		{ "//../b", "/b" },
		{ "/...", "/..." },
		{ "/..a/.b/c..", "/..a/.b/c.." },
		{ "..", "/" },
		{ "../../etc", "/etc" },
		{ "/%2e%2E/x", "/x" },
		{ "/a/%2e./b", "/b" },
		{ "/a%2fb", "/a/b" },
		{ "/a/..%2f..%2fb", "/b" },
		{ "/%252e%252e/x", "/%2e%2e/x" },
		{ "/%5c..%5c", "/\\..\\" },
		{ "/a+b%20c", "/a+b c" },
		{ "/%c3%a9", "/\xc3\xa9" },
		{ "/%", NULL },
		{ "/%4", NULL },
		{ "/%gg", NULL },
		{ "/%u0041", NULL },
		{ "/a%00b", NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_path(rows[i][0], rows[i][1]);
}

static void test_deep_path(void **state)
{
	static char in[9000], out[9002];
	size_t i;

	for (i = 0; i + 6 <= sizeof(in); i += 6)
		memcpy(in + i, "/a/b/.", 6);
	assert_true(http_url_path(slice_of(in, i), out, sizeof(out)) > 0);
	for (i = 0; i + 3 <= sizeof(in); i += 3)
		memcpy(in + i, "/..", 3);
	assert_int_equal(http_url_path(slice_of(in, i), out, sizeof(out)), 1);
}

static void test_percent(void **state)
{
	uint8_t out[64];
	struct buf b = { 0 };
	uint8_t all[256];
	int i;

	assert_int_equal(http_percent_decode(SLICE("a%2Bb+c"), HTTP_DECODE_PLUS, out, 64), 5);
	assert_memory_equal(out, "a+b c", 5);
	assert_int_equal(http_percent_decode(SLICE("a%2Bb+c"), 0, out, 64), 5);
	assert_memory_equal(out, "a+b+c", 5);
	assert_int_equal(http_percent_decode(SLICE("50%"), 0, out, 64), -1);
	assert_int_equal(http_percent_decode(SLICE("50%"), HTTP_DECODE_RAW, out, 64), 3);
	assert_int_equal(http_percent_decode(SLICE("%4%41"), HTTP_DECODE_RAW, out, 64), 3);
	assert_int_equal(http_percent_decode(SLICE("abc"), 0, out, 2), -1);
	for (i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	assert_int_equal(http_percent_encode(&b, slice_of(all, 256)), 0);
	assert_int_equal(http_percent_decode(buf_view(&b), 0, b.p, b.n), 256);
	assert_memory_equal(b.p, all, 256);
	buf_clear(&b);
	http_percent_encode(&b, SLICE("a-._~ /%\xe9"));
	assert_string_equal(buf_cstr(&b), "a-._~%20%2F%25%E9");
	buf_fini(&b);
}

static void test_form(void **state)
{
	struct slice rest = SLICE("&a=1&&b&c=&=d&e=f=g&"), name, value;
	static const char *const want[][2] = { { "a", "1" }, { "b", NULL }, { "c", "" }, { "", "d" },
		{ "e", "f=g" } };
	size_t i;

	for (i = 0; i < 5; i++) {
		assert_true(http_form_next(&rest, &name, &value));
		assert_true(slice_eq_str(name, want[i][0]));
		assert_int_equal(value.p == NULL, want[i][1] == NULL);
		assert_true(slice_eq_str(value, want[i][1] ? want[i][1] : ""));
	}
	assert_false(http_form_next(&rest, &name, &value));
	rest = SLICE("");
	assert_false(http_form_next(&rest, &name, &value));
	rest = slice_of(NULL, 0);
	assert_false(http_form_next(&rest, &name, &value));
}

static void test_form_get(void **state)
{
	struct slice form = SLICE("user=J%C3%BCrgen+M&pass=100%&two=1&two=2&nul=a%00b&p%61d=x&"
	                          "bare");
	char out[32];

	assert_int_equal(http_form_get(form, "user", out, sizeof(out)), 9);
	assert_string_equal(out, "J\xc3\xbcrgen M");
	assert_int_equal(http_form_get(form, "pass", out, sizeof(out)), 4);
	assert_string_equal(out, "100%");
	assert_int_equal(http_form_get(form, "two", out, sizeof(out)), -2);
	assert_int_equal(http_form_get(form, "nul", out, sizeof(out)), -2);
	assert_int_equal(http_form_get(form, "pad", out, sizeof(out)), 1);
	assert_int_equal(http_form_get(form, "bare", out, sizeof(out)), 0);
	assert_int_equal(http_form_get(form, "use", out, sizeof(out)), -1);
	assert_int_equal(http_form_get(form, "users", out, sizeof(out)), -1);
	assert_int_equal(http_form_get(form, "pass", out, 4), -2);
	assert_int_equal(http_form_get(form, "pass", out, 5), 4);
	assert_int_equal(http_form_get(form, "pass", out, 0), -2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_url_prefixes),
		cmocka_unit_test(test_authority),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_deep_path),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_form_get),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

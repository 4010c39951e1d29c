/* URLs and times of the command line. */
#include "load/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void takes(const char *url, enum target_kind kind, bool tls, const char *addr, const char *authority,
    const char *path)
{
	struct target t;
	struct err e = { 0 };
	char text[ADDR_TEXT];

	if (target_parse(&t, url, &e))
		fail_msg("%s: %s", url, e.msg);
	assert_int_equal(t.kind, kind);
	assert_int_equal(t.tls, tls);
	assert_string_equal(addr_format(&t.addr, text, sizeof(text)), addr);
	assert_string_equal(t.authority, authority);
	assert_true(slice_eq_str(t.path, path));
}

static void refuses(const char *url, const char *words)
{
	struct target t;
	struct err e = { 0 };

	assert_int_equal(target_parse(&t, url, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	if (!strstr(e.msg, words))
		fail_msg("%s: '%s' does not say '%s'", url, e.msg, words);
}

static void test_urls(void **state)
{
	takes("http://127.0.0.1", TARGET_HTTP, false, "127.0.0.1:80", "127.0.0.1", "/");
	takes("http://127.0.0.1:8080/a/b?c=d#e", TARGET_HTTP, false, "127.0.0.1:8080", "127.0.0.1:8080",
	    "/a/b?c=d");
	takes("HTTPS://127.0.0.1/", TARGET_HTTP, true, "127.0.0.1:443", "127.0.0.1", "/");
	takes("https://127.0.0.1:443/x#", TARGET_HTTP, true, "127.0.0.1:443", "127.0.0.1", "/x");
	takes("tcp://[::1]:7", TARGET_STREAM, false, "[::1]:7", "[::1]:7", "/");
	takes("tls://127.0.0.1:7/", TARGET_STREAM, true, "127.0.0.1:7", "127.0.0.1:7", "/");
	takes("udp://127.0.0.1:7", TARGET_PACKET, false, "127.0.0.1:7", "127.0.0.1:7", "/");
}

static void test_what_is_none(void **state)
{
	refuses("", "is not a target");
	refuses("127.0.0.1:80", "is not a target");
	refuses("gopher://127.0.0.1:70/", "is not a target");
	refuses("tcp://127.0.0.1", "needs a port");
	refuses("udp://127.0.0.1:0", "needs a port");
	refuses("tcp://127.0.0.1:7/path", "has no paths");
	refuses("http://a:b@127.0.0.1/", "no user");
	refuses("http://127.0.0.1?x", "before the ?");
}

static void test_host_for_certificates(void **state)
{
	struct target t;

	assert_int_equal(target_parse(&t, "https://[::1]:8443/", NULL), 0);
	assert_string_equal(t.host, "::1");
}

static void test_spans(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = { { "10", 10000000000 }, { "1.5s", 1500000000 }, { "500ms", 500000000 },
		{ "2m", 120000000000 }, { "1h", 3600000000000 }, { "7us", 7000 }, { "365", 365000000000 } };
	static const char *const bad[] = { "", "0", "-1", "1 s", "1d", "ms", "nan", "inf", "1e400", "0x10s",
		"9000h", "0.0000000001", ".5" };
	int64_t ns;
	struct err e;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(target_span(&ns, good[i].text, "x", &e), 0);
		assert_int_equal(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (target_span(&ns, bad[i], "x", &e) == 0)
			fail_msg("'%s' passes for %lld ns", bad[i], (long long)ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_host_for_certificates),
		cmocka_unit_test(test_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

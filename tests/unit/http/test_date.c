/* HTTP dates and cookie dates. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "exact.h"
#include "http/date.h"

enum { NONE = -1 }; /* no date: 1969-12-31 23:59:59 is not used here */

static int64_t read_exact(int (*parse)(struct slice, int64_t *), const char *text)
{
	struct slice in = exact(slice_str(text));
	int64_t seconds = NONE;

	if (parse(in, &seconds) < 0)
		assert_int_equal(seconds, NONE);
	exact_free(in);
	return seconds;
}

static void test_http_dates(void **state)
{
	static const char *const good[] = { "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994" };
	static const char *const bad[] = { "", "Sun", "Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 GMT ", "Sun,06 Nov 1994 08:49:37 GMT",
		"Sun, 06-Nov-1994 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nox 1994 08:49:37 GMT", "Xun, 06 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
		"Sun Nov  6 08:49:37 94", "Sun Nov 06 8:49:37 1994", "Sun, 29 Feb 1900 00:00:00 GMT",
		"784111777" };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(read_exact(http_date_parse, good[i]), 784111777);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(read_exact(http_date_parse, bad[i]), NONE);
	assert_int_equal(read_exact(http_date_parse, "Thu, 01 Jan 1970 00:00:00 GMT"), 0);
	assert_int_equal(read_exact(http_date_parse, "Tue, 29 Feb 2000 00:00:00 GMT"), 951782400);
	assert_int_equal(read_exact(http_date_parse, "Sat, 31 Dec 2016 23:59:60 GMT"), 1483228800);
	assert_int_equal(read_exact(http_date_parse, "Friday, 01-Jan-38 00:00:00 GMT"), 2145916800);
}

static void test_every_prefix(void **state)
{
	static const char text[] = "Sun, 06 Nov 1994 08:49:37 GMT";
	char cut[sizeof(text)];
	size_t n;

	for (n = 0; n < sizeof(text) - 1; n++) {
		memcpy(cut, text, n);
		cut[n] = '\0';
		assert_int_equal(read_exact(http_date_parse, cut), NONE);
		(void)read_exact(http_cookie_date, cut);
	}
}

/* What base/clock.h writes is read back, over leap years and centuries. */
static void test_round_trip(void **state)
{
	char text[32];
	int64_t t;

	for (t = -5 * INT64_C(1000000007); t < 9 * INT64_C(1000000007); t += 86399 * 7) {
		clock_http_date(t * CLOCK_SEC, text, sizeof(text));
		assert_true(read_exact(http_date_parse, text) == t);
	}
}

static void test_cookie_dates(void **state)
{
	static const char *const good[] = { "Sun, 06 Nov 1994 08:49:37 GMT", "06 nov 94 8:49:37",
		"8:49:37 1994 november 6", "6/Nov;94,08:49:37", "x6 08:49:37pm Nov 6 1994 1995 12",
		"08:49:37 6 November-94th" };
	static const char *const bad[] = { "", "06 Nov 1994", "06 1994 08:49:37", "Nov 1994 08:49:37",
		"06 Nov 08:49:37", "06 Nov 1600 08:49:37", "32 Nov 1994 08:49:37", "31 Nov 1994 08:49:37",
		"06 Nov 1994 24:49:37", "06 Nov 1994 08:60:37", "06 Nov 1994 08:49:60",
		"06 Nov 1994 008:49:37", "06 Nov 1994 08:49:370", "06 Nov 19944 08:49:37",
		"29 Feb 2001 00:00:00" };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(read_exact(http_cookie_date, good[i]), 784111777);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(read_exact(http_cookie_date, bad[i]), NONE);
	assert_int_equal(read_exact(http_cookie_date, "1 Jan 70 0:0:0"), 0);
	assert_int_equal(read_exact(http_cookie_date, "1 Jan 69 0:0:0"), INT64_C(3124224000));
	assert_true(read_exact(http_cookie_date, "1 Jan 1601 0:0:0") == INT64_C(-11644473600));
	assert_true(read_exact(http_cookie_date, "31 Dec 9999 23:59:59") == INT64_C(253402300799));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_dates),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_cookie_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Time in words, and the clock that tests may set. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"

static void test_dates(void **state)
{
	static const struct {
		int64_t ns;
		const char *utc, *http;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ INT64_C(784111777) * CLOCK_SEC, "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT" },
		{ INT64_C(1709164799) * CLOCK_SEC + 999999999, "2024-02-28T23:59:59Z",
		    "Wed, 28 Feb 2024 23:59:59 GMT" },
		{ -1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT" },
		{ -CLOCK_SEC, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT" },
		{ INT64_MAX, "2262-04-11T23:47:16Z", "Fri, 11 Apr 2262 23:47:16 GMT" },
		{ INT64_MIN, "1677-09-21T00:12:43Z", "Tue, 21 Sep 1677 00:12:43 GMT" },
	};
	char text[40];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_string_equal(clock_utc(rows[i].ns, text, 21), rows[i].utc);
		assert_string_equal(clock_http_date(rows[i].ns, text, 30), rows[i].http);
	}
}

static void test_spans(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "0 ns" },
		{ 850, "850 ns" },
		{ 999, "999 ns" },
		{ 1000, "1 µs" },
		{ 41200, "41.2 µs" },
		{ 999600, "1000 µs" },
		{ 1250000, "1.25 ms" },
		{ -1250000, "-1.25 ms" },
		{ 2400 * CLOCK_MS, "2.4 s" },
		{ 119 * CLOCK_SEC, "119 s" },
		{ 900 * CLOCK_SEC, "15 min" },
		{ 8 * 3600 * CLOCK_SEC, "8 h" },
		{ 30 * 86400 * CLOCK_SEC, "30 days" },
		{ INT64_C(400) * 86400 * CLOCK_SEC, "400 days" },
		{ INT64_C(36500) * 86400 * CLOCK_SEC, "36500 days" },
		{ INT64_MAX, "106752 days" },
		{ INT64_MIN, "-106752 days" },
	};
	char text[40];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(clock_span(rows[i].ns, text, sizeof(text)), rows[i].text);
}

static void test_clocks(void **state)
{
	int64_t mono = clock_mono(), real;

	assert_true(clock_mono() >= mono);
	clock_fix(1000000000);
	real = clock_real();
	assert_in_range(real / CLOCK_SEC, 1000000000, 1000000060);
	clock_advance(3600);
	assert_in_range((clock_real() - real) / CLOCK_SEC, 3600, 3660);
	assert_true(clock_mono() - mono < 120 * CLOCK_SEC); /* not moved with it */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

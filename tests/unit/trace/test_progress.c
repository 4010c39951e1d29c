/* The progress line: what it says, and that it fits, however little room there is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "trace/progress.h"

static char line[200];

static const char *at(unsigned columns, uint64_t done, uint64_t packets, int64_t elapsed)
{
	return progress_line(line, sizeof(line), columns, done, 1000, packets, elapsed);
}

static void test_text(void **state)
{
	assert_string_equal(at(79, 500, 1234567, 2 * CLOCK_SEC), "[================>               ]   50 %  "
	                                                         "1,234,567 packets, 617 k/s, 2 s left");
	assert_string_equal(at(50, 250, 90, 3 * CLOCK_SEC), "[===>         ]   25 %  90 packets, 30/s, 9 s "
	                                                    "left");
	assert_string_equal(at(30, 250, 90, 3 * CLOCK_SEC), " 25 %  90 packets, 30/s, 9 s l");
	assert_non_null(strstr(at(100, 1, 5000000, 2 * CLOCK_SEC), "  0 %  5,000,000 packets, 2.5 M/s, 33 "
	                                                           "min left"));
	assert_non_null(strstr(at(100, 1000, 999, CLOCK_SEC), "100 %  999 packets, 999/s"));
	assert_null(strstr(line, "left"));
	assert_non_null(strstr(at(100, 2000, 1, 0), "100 %  1 packets, 0/s")); /* a file that grew */
	assert_non_null(strstr(progress_line(line, sizeof(line), 100, 5, 0, 1, CLOCK_SEC), "  0 %  1 "
	                                                                                   "packets"));
}

static void test_fits(void **state)
{
	for (unsigned columns = 1; columns < 220; columns++)
		for (uint64_t done = 0; done <= 1000; done += 125) {
			at(columns, done, UINT64_MAX >> done % 60, CLOCK_SEC * 3);
			assert_true(strlen(line) <= columns);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

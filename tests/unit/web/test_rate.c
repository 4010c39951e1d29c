/* The rate of requests per address. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "web/rate.h"

#include <stdlib.h>
#include <string.h>

static struct rate *must_rate(int64_t per_second, int64_t burst)
{
	struct rate *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	rate_init(r, per_second, burst);
	return r;
}

static void test_burst_then_steady(void **state)
{
	struct rate *r = must_rate(10, 3);
	int64_t now = 1000 * CLOCK_SEC;

	for (int i = 0; i < 3; i++)
		assert_int_equal(rate_take(r, SLICE("a"), now), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(rate_take(r, SLICE("a"), now), 1); /* and none of these counts */
	now += 100 * CLOCK_MS;
	assert_int_equal(rate_take(r, SLICE("a"), now), 0);
	assert_int_not_equal(rate_take(r, SLICE("a"), now), 0);
	now += 99 * CLOCK_MS;
	assert_int_not_equal(rate_take(r, SLICE("a"), now), 0);
	now += CLOCK_SEC; /* rested: the burst is there again, and no more than that */
	for (int i = 0; i < 3; i++)
		assert_int_equal(rate_take(r, SLICE("a"), now), 0);
	assert_int_not_equal(rate_take(r, SLICE("a"), now), 0);
	free(r);
}

static void test_seconds_to_wait(void **state)
{
	struct rate *r = must_rate(1, 1);

	assert_int_equal(rate_take(r, SLICE("a"), 0), 0);
	assert_int_equal(rate_take(r, SLICE("a"), 1), 1);
	assert_int_equal(rate_take(r, SLICE("a"), CLOCK_SEC), 0);
	free(r);
}

/* Those who share a place share its rate: of 1000 in 65536 places few do. */
static void test_others(void **state)
{
	struct rate *r = must_rate(1, 1);
	unsigned held = 0;

	for (uint32_t i = 0; i < 1000; i++)
		held += rate_take(r, slice_of(&i, sizeof(i)), 0) != 0;
	assert_true(held < 50);
	free(r);
}

static void test_no_limit(void **state)
{
	struct rate *r = must_rate(0, 0);

	for (int i = 0; i < 10000; i++)
		assert_int_equal(rate_take(r, SLICE("a"), 0), 0);
	free(r);
}

static void test_words(void **state)
{
	static const char *const bad[] = { "", "0", "x", "-1", "1/m", "1/s,", "1/s,0", "1,2,3", "1000001",
		"5 ", "99999999999999999999", "1/s,1000001" };
	struct err e = { 0 };
	int64_t n, burst;

	assert_int_equal(rate_parse(NULL, &n, &burst, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(rate_parse("50", &n, &burst, &e), 0);
	assert_true(n == 50 && burst == 50);
	assert_int_equal(rate_parse("50/s,7", &n, &burst, &e), 0);
	assert_true(n == 50 && burst == 7);
	assert_int_equal(rate_parse("1000000/s,1000000", &n, &burst, &e), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(rate_parse(bad[i], &n, &burst, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_then_steady),
		cmocka_unit_test(test_seconds_to_wait),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When messages are due. */
#include "load/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const int64_t second = 1000000000;

static void test_constant_rate(void **state)
{
	struct schedule s = { .start = 5 * second, .rate = 1000, .stride = 1 };

	assert_int_equal(schedule_at(&s, 0), 5 * second);
	assert_int_equal(schedule_at(&s, 1), 5 * second + second / 1000);
	assert_int_equal(schedule_at(&s, 1000), 6 * second);
	assert_int_equal(schedule_due(&s, 5 * second - 1), 0);
	assert_int_equal(schedule_due(&s, 5 * second), 1);
	assert_int_equal(schedule_due(&s, 6 * second - 1), 1000);
	assert_int_equal(schedule_due(&s, 6 * second), 1001);
}

/* The threads' messages together are those of one. */
static void test_threads_share(void **state)
{
	struct schedule one = { .start = second, .rate = 777, .ramp = 0.5, .stride = 1 };

	for (uint32_t k = 0; k < 3; k++) {
		struct schedule s = one;

		s.stride = 3;
		s.first = k;
		for (uint64_t i = 0; i < 2000; i++)
			assert_int_equal(schedule_at(&s, i), schedule_at(&one, i * 3 + k));
	}
}

/* While the rate rises half as many are due as at the full one, and the two parts meet. */
static void test_ramp(void **state)
{
	struct schedule s = { .rate = 1000, .ramp = 2, .stride = 1 };

	assert_int_equal(schedule_due(&s, 2 * second - 1), 1000);
	assert_int_equal(schedule_due(&s, 3 * second - 1), 2000);
	assert_int_equal(schedule_due(&s, second - 1), 250);
	for (uint64_t i = 1; i < 3000; i++)
		assert_true(schedule_at(&s, i) > schedule_at(&s, i - 1));
}

/* schedule_due is what counting by schedule_at gives. */
static void test_due_is_the_inverse(void **state)
{
	struct schedule s = { .start = 123456789, .rate = 333, .ramp = 1, .stride = 2, .first = 1 };
	uint64_t i = 0;

	for (int64_t now = 0; now < 4 * second; now += 1234567) {
		while (schedule_at(&s, i) <= now)
			i++;
		assert_int_equal(schedule_due(&s, now), i);
	}
	assert_true(i > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constant_rate),
		cmocka_unit_test(test_threads_share),
		cmocka_unit_test(test_ramp),
		cmocka_unit_test(test_due_is_the_inverse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

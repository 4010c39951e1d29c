/* The histogram against the sorted values themselves. */
#include "load/hist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

enum { N = 20000 };

/* A cheap generator with a fixed seed: the same values in every run. */
static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The value that `percent` of the sorted ones do not exceed, by the definition in hist.h. */
static uint64_t exactly(const uint64_t *sorted, size_t n, double percent)
{
	size_t rank = (size_t)ceil((double)n * percent / 100);

	return sorted[rank ? rank - 1 : 0];
}

static void check_against_sorting(unsigned bits)
{
	static const double percents[] = { 0, 1, 25, 50, 75, 90, 99, 99.9, 99.99, 99.999, 100 };
	struct hist *h = calloc(1, sizeof(*h));
	uint64_t *v = calloc(N, sizeof(*v)), seed = 88172645463325252 + bits;

	for (int i = 0; i < N; i++) {
		v[i] = next(&seed) >> (64 - bits) >>
		       next(&seed) % 8; /* crowded at the low end, as latencies are */
		hist_add(h, v[i]);
	}
	qsort(v, N, sizeof(*v), by_value);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		uint64_t want = exactly(v, N, percents[i]), got = hist_percentile(h, percents[i]);

		assert_true(got >= want);
		assert_true((double)(got - want) <= (double)want / 256);
	}
	assert_int_equal(h->min, v[0]);
	assert_int_equal(h->max, v[N - 1]);
	free(v);
	free(h);
}

static void test_percentiles(void **state)
{
	for (unsigned bits = 4; bits <= HIST_MAX_BITS; bits++)
		check_against_sorting(bits);
}

/* Steps meet without a gap: every value is in one, and the top of each is its last. */
static void test_steps(void **state)
{
	for (uint32_t i = 0; i + 1 < HIST_STEPS; i++) {
		assert_int_equal(hist_step(hist_step_top(i)), i);
		assert_int_equal(hist_step(hist_step_top(i) + 1), i + 1);
	}
	assert_int_equal(hist_step(0), 0);
	assert_int_equal(hist_step(UINT64_MAX), HIST_STEPS - 1);
}

static void test_small_values_are_exact(void **state)
{
	struct hist *h = calloc(1, sizeof(*h));

	for (uint64_t v = 1; v <= 500; v++)
		hist_add(h, v);
	for (int p = 1; p <= 100; p++)
		assert_int_equal(hist_percentile(h, p), 5 * p);
	assert_true(hist_mean(h) == 250.5);
	assert_int_equal(hist_above(h, 499), 1);
	assert_int_equal(hist_above(h, 500), 0);
	free(h);
}

static void test_merge_and_clear(void **state)
{
	struct hist *a = calloc(1, sizeof(*a)), *b = calloc(1, sizeof(*b)), *both = calloc(1, sizeof(*both));
	uint64_t seed = 42;

	for (int i = 0; i < 1000; i++) {
		uint64_t v = next(&seed) >> 30;

		hist_add(i % 3 ? a : b, v);
		hist_add(both, v);
	}
	hist_merge(a, b);
	assert_int_equal(a->n, both->n);
	assert_int_equal(a->min, both->min);
	assert_int_equal(a->max, both->max);
	assert_memory_equal(a->count, both->count, sizeof(a->count));
	hist_clear(a);
	hist_clear(b);
	assert_memory_equal(a, b, sizeof(*a));
	hist_merge(both, a); /* an empty one changes nothing, not even the minimum */
	assert_int_equal(both->n, 1000);
	assert_true(both->min > 0);
	free(a);
	free(b);
	free(both);
}

static void test_empty(void **state)
{
	struct hist *h = calloc(1, sizeof(*h));

	assert_int_equal(hist_percentile(h, 50), 0);
	assert_true(hist_mean(h) == 0);
	free(h);
}

/* Beyond the range: counted, and the maximum is still exact. */
static void test_far_out(void **state)
{
	struct hist *h = calloc(1, sizeof(*h));

	hist_add(h, UINT64_C(1) << 60);
	hist_add(h, 5);
	assert_int_equal(h->n, 2);
	assert_int_equal(h->max, UINT64_C(1) << 60);
	assert_int_equal(hist_percentile(h, 50), 5);
	assert_int_equal(hist_percentile(h, 100), hist_step_top(HIST_STEPS - 1));
	free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_small_values_are_exact),
		cmocka_unit_test(test_merge_and_clear),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_far_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

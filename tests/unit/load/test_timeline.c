/* Seconds that come in any order, from several threads, and in a row that is longer than what stays open. */
#include "load/timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>

static void add(struct timeline *t, size_t at, uint64_t value, uint64_t errors)
{
	struct hist *h = calloc(1, sizeof(*h));

	hist_add(h, value);
	timeline_add(t, at, h, errors);
	free(h);
}

static void test_rows(void **state)
{
	struct timeline *t = timeline_new();
	struct timeline_row r;

	add(t, 0, 10, 0);
	add(t, 2, 30, 1);
	add(t, 0, 20, 2); /* late, and in time */
	add(t, 2, 50, 0);
	timeline_finish(t);
	assert_int_equal(timeline_rows(t), 3);
	r = timeline_row(t, 0);
	assert_int_equal(r.messages, 2);
	assert_int_equal(r.errors, 2);
	assert_int_equal(r.p50, 10);
	assert_int_equal(r.max, 20);
	assert_int_equal(timeline_row(t, 1).messages, 0);
	assert_int_equal(timeline_row(t, 2).p99, 50);
	assert_int_equal(timeline_row(t, 3).messages, 0);
	timeline_free(t);
}

static void test_long_run(void **state)
{
	struct timeline *t = timeline_new();

	for (size_t i = 0; i < 1000; i++)
		add(t, i, i + 1, 0);
	add(t, 0, 77, 0); /* far too late: its row is closed */
	add(t, 200000, 1, 0);
	assert_int_equal(timeline_row(t, 999).max, 1000); /* open, and known all the same */
	timeline_finish(t);
	assert_int_equal(timeline_rows(t), 1000);
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(timeline_row(t, i).messages, 1);
		assert_int_equal(timeline_row(t, i).max, i + 1);
	}
	timeline_free(t);
}

static void test_empty_seconds_at_the_end_are_dropped(void **state)
{
	struct timeline *t = timeline_new();
	struct hist *none = calloc(1, sizeof(*none));

	timeline_finish(t);
	assert_int_equal(timeline_rows(t), 0);
	add(t, 1, 5, 0);
	timeline_add(t, 4, none, 0);
	timeline_finish(t);
	assert_int_equal(timeline_rows(t), 2);
	free(none);
	timeline_free(t);
}

static void *add_many(void *arg)
{
	for (size_t i = 0; i < 100; i++)
		add(arg, i, 1, 1);
	return NULL;
}

static void test_threads(void **state)
{
	struct timeline *t = timeline_new();
	pthread_t v[4];
	uint64_t errors = 0;

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&v[i], NULL, add_many, t), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(v[i], NULL);
	timeline_finish(t);
	for (size_t i = 0; i < timeline_rows(t); i++) {
		assert_true(timeline_row(t, i).messages == timeline_row(t, i).errors);
		errors += timeline_row(t, i).errors;
	}
	/* A thread that lags behind by eight seconds loses them; the first through each loses none. */
	assert_true(errors >= 100 && errors <= 400);
	timeline_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_long_run),
		cmocka_unit_test(test_empty_seconds_at_the_end_are_dropped),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The memory of fixed size. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "trace/recall.h"

static void test_put_get(void **state)
{
	struct recall r;
	struct recalled *one;

	recall_init(&r, 64);
	assert_null(recall_get(&r, 5));
	one = recall_put(&r, 5, 10);
	one->flags = 3;
	assert_ptr_equal(recall_get(&r, 5), one);
	assert_int_equal(recall_get(&r, 5)->frame, 10);
	assert_null(recall_get(&r, 5 + 64));
	assert_int_equal(r.used, 1);
	assert_ptr_equal(recall_put(&r, 5, 11), one); /* the same thing anew */
	assert_int_equal(one->flags, 0);
	assert_int_equal(r.used, 1);
	recall_drop(&r, one);
	assert_int_equal(r.used, 0);
	assert_null(recall_get(&r, 5));
	recall_fini(&r);
}

/* Things of one set: the oldest gives way, and the count stays right. */
static void test_oldest(void **state)
{
	struct recall r;

	recall_init(&r, 16);
	for (uint64_t i = 1; i <= 10; i++)
		assert_non_null(recall_put(&r, i * 16, i));
	for (uint64_t i = 1; i <= 6; i++)
		assert_null(recall_get(&r, i * 16));
	for (uint64_t i = 7; i <= 10; i++)
		assert_int_equal(recall_get(&r, i * 16)->frame, i);
	assert_int_equal(r.used, 4);
	recall_fini(&r);
	assert_null(recall_get(&r, 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_put_get), cmocka_unit_test(test_oldest) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

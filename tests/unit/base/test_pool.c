/* Objects of one size: zeros, apart from each other, handed out again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/pool.h"

#include <string.h>

enum { OBJECTS = 20000, SIZE = 312 };

static void objects_are_apart_and_zero(void **state)
{
	static uint8_t *v[OBJECTS];
	static const uint8_t zeros[SIZE];
	struct pool p;

	pool_init(&p, SIZE);
	for (unsigned i = 0; i < OBJECTS; i++) {
		v[i] = pool_get(&p);
		assert_non_null(v[i]);
		assert_int_equal((uintptr_t)v[i] % 16, 0);
		assert_memory_equal(v[i], zeros, SIZE);
		memset(v[i], (int)(i % 255 + 1), SIZE);
	}
	for (unsigned i = 0; i < OBJECTS; i++)
		for (unsigned k = 0; k < SIZE; k++)
			assert_int_equal(v[i][k], i % 255 + 1);
	pool_fini(&p);
}

static void what_came_back_goes_out_again(void **state)
{
	static const uint8_t zeros[SIZE];
	struct pool p;
	uint8_t *a, *b;

	pool_init(&p, SIZE);
	a = pool_get(&p);
	b = pool_get(&p);
	memset(a, 'a', SIZE);
	memset(b, 'b', SIZE);
	pool_put(&p, a);
	pool_put(&p, b);
	pool_put(&p, NULL);
	assert_ptr_equal(pool_get(&p), b);
	assert_ptr_equal(pool_get(&p), a);
	assert_memory_equal(a, zeros, SIZE);
	assert_memory_equal(b, zeros, SIZE);
	pool_fini(&p);
	assert_non_null(pool_get(&p)); /* an ended pool can begin anew */
	pool_fini(&p);
}

static void the_smallest_objects(void **state)
{
	struct pool p;
	void *a, *b;

	pool_init(&p, 1);
	a = pool_get(&p);
	b = pool_get(&p);
	assert_ptr_not_equal(a, b);
	pool_put(&p, a);
	assert_ptr_equal(pool_get(&p), a);
	pool_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_apart_and_zero),
		cmocka_unit_test(what_came_back_goes_out_again),
		cmocka_unit_test(the_smallest_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

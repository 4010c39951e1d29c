/* The arena: aligned, zeroed, bounded, and steady after its first load. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"

static void test_alloc(void **state)
{
	struct arena a;
	uint8_t *last = NULL;

	arena_init(&a, 0);
	for (size_t n = 0; n < 300; n++) {
		uint8_t *p = arena_alloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n); /* the next ones must not see it */
		assert_true(!n || p != last);
		last = p;
	}
	arena_fini(&a);
	assert_non_null(arena_alloc(&a, 1)); /* as good as new */
	arena_fini(&a);
}

static void test_large(void **state)
{
	struct arena a;
	uint8_t *small, *large;

	arena_init(&a, 0);
	small = arena_alloc(&a, 8);
	*small = 7;
	large = arena_alloc(&a, 1 << 20);
	assert_non_null(large);
	memset(large, 1, 1 << 20);
	assert_int_equal(*small, 7);
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 20));
	arena_fini(&a);
}

static void test_limit(void **state)
{
	struct arena a;
	size_t given = 0;

	arena_init(&a, 1000);
	while (arena_alloc(&a, 16))
		given += 16;
	assert_in_range(given, 900, 1000);
	assert_int_equal(a.used, given);
	assert_null(arena_dup(&a, SLICE("some more text than fits")).p);
	assert_string_equal(arena_printf(&a, "%d and more than fits", 7), "");
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 900));
	arena_fini(&a);
}

static void test_reset(void **state)
{
	struct arena a;
	void *first;

	arena_init(&a, 0);
	arena_reset(&a); /* of nothing */
	first = arena_alloc(&a, 100);
	for (int i = 0; i < 100; i++)
		memset(arena_alloc(&a, 5000), 0xff, 5000);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	assert_ptr_equal(arena_alloc(&a, 100), first); /* the first chunk is kept */
	for (int i = 0; i < 100; i++)
		assert_int_equal(*(uint8_t *)arena_alloc(&a, 100), 0); /* and zeroed again */
	arena_fini(&a);
}

static void test_text(void **state)
{
	struct arena a;
	struct slice copy;

	arena_init(&a, 0);
	copy = arena_dup(&a, slice_of("a\0b", 3));
	assert_true(slice_eq(copy, slice_of("a\0b", 3)));
	assert_int_equal(copy.p[3], 0);
	copy = arena_dup(&a, slice_of(NULL, 0));
	assert_int_equal(copy.n, 0);
	assert_non_null(copy.p);
	assert_string_equal(arena_printf(&a, "%s-%03d", "x", 7), "x-007");
	assert_string_equal(arena_printf(&a, "%s", ""), "");
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

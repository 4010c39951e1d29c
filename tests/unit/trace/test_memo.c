/* The bounded memory: what is put is found under its kind, and the oldest gives way. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "trace/memo.h"

static void test_kinds_keep_apart(void **state)
{
	struct memo_item *item;
	struct memo m;

	memo_init(&m);
	assert_null(memo_find(&m, MEMO_ECHO, SLICE("a")));
	item = memo_put(&m, MEMO_ECHO, SLICE("a"));
	assert_non_null(item);
	assert_int_equal(item->count, 0);
	item->answered = true;
	memo_mark(item, 7, 70);
	assert_ptr_equal(memo_find(&m, MEMO_ECHO, SLICE("a")), item);
	assert_ptr_equal(memo_put(&m, MEMO_ECHO, SLICE("a")), item);
	assert_int_equal(item->count, 1);
	assert_int_equal(item->packet, 7);
	assert_false(item->answered);
	assert_null(memo_find(&m, MEMO_VLAN, SLICE("a")));
	assert_null(memo_find(&m, MEMO_ECHO, SLICE("b")));
	memo_fini(&m);
}

static void test_the_oldest_gives_way(void **state)
{
	enum { MANY = MEMO_SETS * MEMO_WAYS * 4 };
	struct memo m;
	unsigned found = 0;

	memo_init(&m);
	for (uint32_t i = 1; i <= MANY; i++)
		memo_mark(memo_put(&m, MEMO_ECHO, slice_of(&i, 4)), i, 0);
	for (uint32_t i = 1; i <= MANY; i++) {
		const struct memo_item *item = memo_find(&m, MEMO_ECHO, slice_of(&i, 4));

		if (!item)
			continue;
		found++;
		assert_int_equal(item->packet, i);
	}
	assert_in_range(found, MEMO_SETS * MEMO_WAYS * 9 / 10, MEMO_SETS * MEMO_WAYS);
	/* The newest are there. */
	for (uint32_t i = MANY - 100; i <= MANY; i++)
		assert_non_null(memo_find(&m, MEMO_ECHO, slice_of(&i, 4)));
	memo_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds_keep_apart),
		cmocka_unit_test(test_the_oldest_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

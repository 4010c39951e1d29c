/* The heap of deadlines against a sorted list. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/heap.h"

#include <stdbool.h>

static void check(const struct heap *h)
{
	for (size_t i = 0; i < h->n; i++) {
		assert_int_equal(h->v[i]->at, i + 1);
		if (i)
			assert_true(h->v[(i - 1) / 2]->when <= h->v[i]->when);
	}
}

static void test_order(void **state)
{
	static const int64_t keys[] = { 5, -3, 9, 5, INT64_MAX, INT64_MIN, 0 };
	struct heap_node nodes[7] = { { 0, 0 } };
	int64_t before = INT64_MIN;
	struct heap h;

	heap_init(&h);
	assert_null(heap_top(&h));
	for (int i = 0; i < 7; i++)
		assert_int_equal(heap_set(&h, &nodes[i], keys[i]), 0);
	for (int i = 0; i < 7; i++) {
		struct heap_node *top = heap_top(&h);

		assert_true(top->when >= before);
		before = top->when;
		heap_del(&h, top);
		assert_int_equal(top->at, 0);
		heap_del(&h, top); /* no-op */
		check(&h);
	}
	assert_null(heap_top(&h));
	heap_fini(&h);
}

/* Any mix of putting in, moving and taking out keeps the smallest on top. */
static void test_model(void **state)
{
	enum { NODES = 200 };
	struct heap_node nodes[NODES] = { { 0, 0 } };
	uint32_t random = 5;
	struct heap h;

	heap_init(&h);
	for (int round = 0; round < 20000; round++) {
		int i = (int)((random = random * 1664525 + 1013904223) >> 8) % NODES;
		int64_t least = INT64_MAX;
		bool any = false;

		if (random >> 30 == 0)
			heap_del(&h, &nodes[i]);
		else
			assert_int_equal(heap_set(&h, &nodes[i], (int64_t)(random >> 4) % 1000), 0);
		for (int k = 0; k < NODES; k++) {
			any |= nodes[k].at != 0;
			if (nodes[k].at && nodes[k].when < least)
				least = nodes[k].when;
		}
		assert_true(any ? heap_top(&h)->when == least : !heap_top(&h));
		if (round % 100 == 0)
			check(&h);
	}
	heap_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_order), cmocka_unit_test(test_model) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Checked reading and writing of integers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"

#include <stdlib.h>

static void test_orders(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 };
	struct rd r = rd_of(slice_of(bytes, sizeof(bytes)));

	assert_int_equal(rd_u8(&r), 0x01);
	assert_int_equal(rd_be16(&r), 0x0203);
	assert_int_equal(rd_be24(&r), 0x040506);
	assert_int_equal(rd_be32(&r), 0x0708090a);
	assert_true(rd_be64(&r) == UINT64_C(0x0b0c0d0e0f101112));
	assert_int_equal(rd_left(&r), 0);
	assert_false(r.bad);
	r = rd_of(slice_of(bytes, sizeof(bytes)));
	assert_int_equal(rd_le16(&r), 0x0201);
	assert_int_equal(rd_le32(&r), 0x06050403);
	assert_true(rd_le64(&r) == UINT64_C(0x0e0d0c0b0a090807));
}

/* Each accessor on each number of bytes too few: 0, bad, and nothing more can be read. */
static void test_past_the_end(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 8, 2, 4, 8 };

	for (size_t which = 0; which < 8; which++) {
		for (size_t have = 0; have <= sizes[which]; have++) {
			uint8_t *bytes = malloc(have + !have);
			uint64_t v = 0;
			struct rd r;

			memset(bytes, 0xff, have + !have);
			r = rd_of(slice_of(bytes, have));
			switch (which) {
			case 0: v = rd_u8(&r); break;
			case 1: v = rd_be16(&r); break;
			case 2: v = rd_be24(&r); break;
			case 3: v = rd_be32(&r); break;
			case 4: v = rd_be64(&r); break;
			case 5: v = rd_le16(&r); break;
			case 6: v = rd_le32(&r); break;
			case 7: v = rd_le64(&r); break;
			}
			assert_int_equal(r.bad, have < sizes[which]);
			if (have < sizes[which] && sizes[which] < 8)
				assert_int_equal(v, 0);
			if (r.bad) {
				assert_int_equal(rd_left(&r), 0);
				assert_int_equal(rd_u8(&r), 0);
				assert_int_equal(rd_rest(&r).n, 0);
			}
			free(bytes);
		}
	}
}

static void test_take(void **state)
{
	struct rd r = rd_of(SLICE("abcdef"));

	assert_true(slice_eq_str(rd_take(&r, 2), "ab"));
	rd_skip(&r, 1);
	assert_int_equal(rd_left(&r), 3);
	assert_true(slice_eq_str(rd_rest(&r), "def"));
	assert_int_equal(rd_rest(&r).n, 0);
	assert_false(r.bad);
	rd_skip(&r, 1);
	assert_true(r.bad);
	r = rd_of(SLICE("abc"));
	assert_int_equal(rd_take(&r, SIZE_MAX).n, 0); /* no sum overflows */
	assert_true(r.bad);
	assert_int_equal(r.off, 0);
}

static void test_write(void **state)
{
	uint8_t room[18];
	struct wr w = wr_of(room, sizeof(room));
	struct rd r;

	wr_u8(&w, 1);
	wr_be16(&w, 0x0203);
	wr_be24(&w, 0x040506);
	wr_be32(&w, 0x0708090a);
	wr_be64(&w, UINT64_C(0x0b0c0d0e0f101112));
	assert_false(w.bad);
	assert_int_equal(w.n, 18);
	for (uint8_t i = 0; i < 18; i++)
		assert_int_equal(room[i], i + 1);
	wr_u8(&w, 9);
	assert_true(w.bad);
	assert_int_equal(w.n, 18);
	r = rd_of(slice_of(room, 18));
	assert_int_equal(rd_be16(&r), 0x0102);
}

static void test_write_past_the_end(void **state)
{
	uint8_t *room = malloc(3);
	struct wr w = wr_of(room, 3);

	wr_put(&w, SLICE("ab"));
	wr_put(&w, SLICE("cd")); /* does not fit: not even its first byte is written */
	assert_true(w.bad);
	assert_int_equal(w.n, 2);
	wr_u8(&w, 'x');
	assert_int_equal(w.n, 2);
	wr_put(&w, slice_of(NULL, 0));
	free(room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_past_the_end),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_past_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

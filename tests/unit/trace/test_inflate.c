/* Decoding content: whole, in any pieces, damaged, and more than anyone wants. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "trace/inflate.h"

#include "deflated.h"

/* Feeds `in` in pieces with room for `room` bytes at a time; what came out is in *out. */
static bool undo(enum inflate_coding coding, struct slice in, size_t piece, size_t room, struct buf *out)
{
	struct inflater i;
	uint8_t *space = malloc(room);
	ssize_t n = 0;

	inflater_init(&i, coding);
	while (in.n && n >= 0) {
		struct slice some = slice_sub(in, 0, piece);

		in = slice_skip(in, some.n);
		while ((n = inflater_next(&i, &some, space, room)) > 0)
			buf_put(out, space, (size_t)n);
	}
	free(space);
	inflater_fini(&i);
	return !i.damaged;
}

static const char text[] = "The quick brown fox jumps over the lazy dog; the quick brown dog jumps over the "
                           "lazy fox.";

static const struct {
	enum inflate_coding coding;
	int window;
} kinds[] = { { INFLATE_GZIP, 31 }, { INFLATE_DEFLATE, 15 }, { INFLATE_DEFLATE, -15 }, { INFLATE_RAW, -15 } };

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static void test_every_split(void **state)
{
	for (int k = 0; k < KINDS; k++) {
		struct buf coded = deflated(SLICE(text), kinds[k].window, Z_FINISH);

		for (size_t piece = 1; piece <= coded.n; piece++)
			for (size_t room = 1; room < 200; room += 33) {
				struct buf out = { 0 };

				assert_true(undo(kinds[k].coding, buf_view(&coded), piece, room, &out));
				assert_true(slice_eq(buf_view(&out), SLICE(text)));
				buf_fini(&out);
			}
		buf_fini(&coded);
	}
}

/* Each prefix gives a prefix; nothing is called damaged that is only not whole. */
static void test_every_prefix(void **state)
{
	for (int k = 0; k < KINDS; k++) {
		struct buf coded = deflated(SLICE(text), kinds[k].window, Z_FINISH);

		for (size_t n = 0; n < coded.n; n++) {
			struct buf out = { 0 };

			assert_true(
			    undo(kinds[k].coding, slice_sub(buf_view(&coded), 0, n), n + 1, 4096, &out));
			assert_true(slice_starts(SLICE(text), buf_view(&out)));
			buf_fini(&out);
		}
		buf_fini(&coded);
	}
}

static void test_members(void **state)
{
	struct buf one = deflated(SLICE("one "), 31, Z_FINISH), two = deflated(SLICE("two"), 31, Z_FINISH);
	struct buf out = { 0 };

	buf_slice(&one, buf_view(&two));
	assert_true(undo(INFLATE_GZIP, buf_view(&one), 3, 100, &out));
	assert_true(slice_eq(buf_view(&out), SLICE("one two")));
	buf_clear(&out);
	buf_puts(&one, "trailing rubbish"); /* is passed over, as gzip does */
	assert_true(undo(INFLATE_GZIP, buf_view(&one), 1000, 100, &out));
	assert_true(slice_eq(buf_view(&out), SLICE("one two")));
	buf_fini(&one);
	buf_fini(&two);
	buf_fini(&out);
}

static void test_damaged(void **state)
{
	static const struct slice rows[] = { SLICE("no gzip at all"), SLICE("\x1f\x8b\x07\0"),
		SLICE("\x1f\x8b\x08\xff\xff") };
	struct buf out = { 0 }, coded = deflated(SLICE(text), 31, Z_FINISH);

	for (size_t i = 0; i < 3; i++)
		assert_false(undo(INFLATE_GZIP, rows[i], 100, 100, &out));
	assert_false(undo(INFLATE_DEFLATE, SLICE("\x07\xff rubbish"), 1, 100, &out));
	assert_int_equal(out.n, 0);
	coded.p[coded.n - 1] ^= 1; /* its length: the data is there, and still it is wrong */
	assert_false(undo(INFLATE_GZIP, buf_view(&coded), 1, 100, &out));
	assert_true(slice_eq(buf_view(&out), SLICE(text)));
	buf_fini(&coded);
	buf_fini(&out);
}

/* Messages of RFC 7692: each ends where a flush ended it, less four bytes, and the window goes on. */
static void test_messages(void **state)
{
	struct buf coded = deflated(SLICE("Hello"), -15, Z_SYNC_FLUSH);
	struct slice in = slice_sub(buf_view(&coded), 0, coded.n), again = SLICE("\xf2\x00\x11\x00\x00\x00"
	                                                                         "\x00\xff\xff");
	struct inflater i;
	uint8_t out[64];

	inflater_init(&i, INFLATE_RAW);
	assert_int_equal(inflater_next(&i, &in, out, sizeof(out)), 5);
	assert_memory_equal(out, "Hello", 5);
	assert_int_equal(inflater_next(&i, &in, out, sizeof(out)), 0);
	assert_int_equal(inflater_next(&i, &again, out, sizeof(out)), 5); /* RFC 7692 7.2.3.2 */
	assert_memory_equal(out, "Hello", 5);
	inflater_fini(&i);
	buf_fini(&coded);
}

/* A megabyte of nothing in a kilobyte: what comes out is as much as is asked for. */
static void test_bomb(void **state)
{
	uint8_t *zeros = calloc(1, 1 << 20), out[1000];
	struct buf coded = deflated(slice_of(zeros, 1 << 20), 31, Z_FINISH);
	struct slice in = buf_view(&coded);
	struct inflater i;

	inflater_init(&i, INFLATE_GZIP);
	assert_int_equal(inflater_next(&i, &in, out, sizeof(out)), sizeof(out));
	assert_int_equal(i.out, sizeof(out));
	assert_true(i.in < 200);
	inflater_fini(&i);
	free(zeros);
	buf_fini(&coded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

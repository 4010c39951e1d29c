/* Borrowed runs of bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/slice.h"

static const struct slice none = { NULL, 0 };

static void test_sub(void **state)
{
	struct slice s = SLICE("abcdef");

	assert_true(slice_eq_str(slice_sub(s, 0, 6), "abcdef"));
	assert_true(slice_eq_str(slice_sub(s, 2, 3), "cde"));
	assert_true(slice_eq_str(slice_sub(s, 4, SIZE_MAX), "ef")); /* clipped, and no sum overflows */
	assert_int_equal(slice_sub(s, 7, 1).n, 0);
	assert_int_equal(slice_sub(s, SIZE_MAX, SIZE_MAX).n, 0);
	assert_int_equal(slice_sub(none, 3, 3).n, 0);
	assert_null(slice_sub(none, 3, 3).p);
	assert_true(slice_eq_str(slice_skip(s, 5), "f"));
	assert_int_equal(slice_skip(s, 99).n, 0);
	assert_int_equal(slice_str(NULL).n, 0);
	assert_int_equal(slice_str("ab").n, 2);
}

static void test_compare(void **state)
{
	assert_true(slice_eq(none, SLICE("")));
	assert_false(slice_eq(SLICE("a"), none));
	assert_false(slice_eq(SLICE("ab"), SLICE("abc")));
	assert_true(slice_eq(slice_of("a\0b", 3), slice_of("a\0b", 3)));
	assert_false(slice_eq(slice_of("a\0b", 3), slice_of("a\0c", 3)));
	assert_true(slice_ieq_str(SLICE("Content-LENGTH"), "content-length"));
	assert_false(slice_ieq_str(SLICE("Content-Length"), "Content_Length"));
	assert_false(slice_ieq_str(SLICE("@[`{"), "`{@[")); /* next to the letters, and none of them */
	assert_false(slice_ieq_str(SLICE("\xc4"), "\xe4"));
	assert_true(slice_starts(SLICE("HTTP/1.1"), SLICE("HTTP/")));
	assert_false(slice_starts(SLICE("HTT"), SLICE("HTTP")));
	assert_true(slice_starts(none, none));
	assert_true(slice_istarts(SLICE("Basic abc"), SLICE("basic ")));
	assert_false(slice_istarts(none, SLICE("b")));
}

static void test_find(void **state)
{
	struct slice s = SLICE("abcabc");

	assert_int_equal(slice_chr(s, 'c'), 2);
	assert_int_equal(slice_rchr(s, 'c'), 5);
	assert_int_equal(slice_chr(s, 'x'), -1);
	assert_int_equal(slice_rchr(none, 'x'), -1);
	assert_int_equal(slice_chr(none, 0), -1);
	assert_int_equal(slice_find(s, SLICE("ca")), 2);
	assert_int_equal(slice_find(s, SLICE("abcabcd")), -1);
	assert_int_equal(slice_find(s, SLICE("")), 0);
	assert_int_equal(slice_find(none, SLICE("")), 0);
	assert_int_equal(slice_find(none, SLICE("a")), -1);
	assert_int_equal(slice_find(slice_of("a\0b", 3), slice_of("\0b", 2)), 1);
}

static void test_trim(void **state)
{
	assert_true(slice_eq_str(slice_trim(SLICE(" \t a b\t ")), "a b"));
	assert_int_equal(slice_trim(SLICE(" \t ")).n, 0);
	assert_int_equal(slice_trim(none).n, 0);
	assert_true(
	    slice_eq_str(slice_trim(SLICE("\r\nx\n")), "\r\nx\n")); /* line ends are no white space here */
}

static void test_cut(void **state)
{
	static const char *const wanted[] = { "a", "", "b", "" };
	struct slice rest = SLICE("a,,b,");
	int n = 0;

	while (rest.p) {
		assert_in_range(n, 0, 3);
		assert_true(slice_eq_str(slice_cut(&rest, ','), wanted[n++]));
	}
	assert_int_equal(n, 4);
	rest = SLICE("whole");
	assert_true(slice_eq_str(slice_cut(&rest, ','), "whole"));
	assert_null(rest.p);
	rest = SLICE("");
	assert_int_equal(slice_cut(&rest, ',').n, 0);
	assert_null(rest.p);
}

static void test_numbers(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "0x1", "1a", "18446744073709551616",
		"99999999999999999999999" };
	static const char *const bad_hex[] = { "", "g", "0x1", "10000000000000000", " 1" };
	uint64_t v = 7;

	assert_int_equal(slice_u64(SLICE("18446744073709551615"), &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(slice_u64(SLICE("00000000000000000000000000012"), &v), 0);
	assert_int_equal(v, 12);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(slice_u64(slice_str(bad[i]), &v), -1);
		assert_int_equal(v, 12); /* left alone */
	}
	assert_int_equal(slice_hex64(SLICE("fFfFFFFFffffffff"), &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(slice_hex64(SLICE("0000000000000000001a"), &v), 0);
	assert_int_equal(v, 26);
	for (size_t i = 0; i < sizeof(bad_hex) / sizeof(*bad_hex); i++)
		assert_int_equal(slice_hex64(slice_str(bad_hex[i]), &v), -1);
}

static void test_cstr(void **state)
{
	char room[4] = "xxx";

	assert_string_equal(slice_cstr(SLICE("ab"), room, sizeof(room)), "ab");
	assert_string_equal(slice_cstr(SLICE("abcdef"), room, sizeof(room)), "abc");
	assert_string_equal(slice_cstr(none, room, sizeof(room)), "");
	assert_string_equal(slice_cstr(SLICE("ab"), room, 1), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sub),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_cstr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The Range field.  RFC 9110 14.1.2. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/range.h"

static struct range got[RANGES_MAX];

static int parse(const char *field, uint64_t size)
{
	return range_parse(slice_str(field), size, got);
}

static void is(int i, uint64_t at, uint64_t size)
{
	assert_int_equal(got[i].at, at);
	assert_int_equal(got[i].size, size);
}

static void test_one(void **state)
{
	assert_int_equal(parse("bytes=0-0", 10), 1);
	is(0, 0, 1);
	assert_int_equal(parse("bytes=3-5", 10), 1);
	is(0, 3, 3);
	assert_int_equal(parse("Bytes=3-", 10), 1);
	is(0, 3, 7);
	assert_int_equal(parse("bytes=3-100", 10), 1);
	is(0, 3, 7);
	assert_int_equal(parse("bytes=-4", 10), 1);
	is(0, 6, 4);
	assert_int_equal(parse("bytes=-100", 10), 1);
	is(0, 0, 10);
	assert_int_equal(parse("bytes=9-99999999999999999999999", 10), 1);
	is(0, 9, 1);
	assert_int_equal(parse("bytes=0-18446744073709551615", 10), 1);
	is(0, 0, 10);
}

static void test_several_keep_their_order(void **state)
{
	assert_int_equal(parse("bytes=8-9, 0-1 ,,-1", 10), 3);
	is(0, 8, 2);
	is(1, 0, 2);
	is(2, 9, 1);
	assert_int_equal(parse("bytes=20-30,1-2", 10), 1);
	is(0, 1, 2);
}

static void test_none_is_within(void **state)
{
	assert_int_equal(parse("bytes=10-", 10), -1);
	assert_int_equal(parse("bytes=-0", 10), -1);
	assert_int_equal(parse("bytes=0-0", 0), -1);
	assert_int_equal(parse("bytes=-5", 0), -1);
	assert_int_equal(parse("bytes=99999999999999999999999-", 10), -1);
}

static void test_damaged_is_ignored(void **state)
{
	static const char *const bad[] = { "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-3",
		"bytes=1", "bytes=+1-2", "bytes=1 - 2", "bytes=0-1,x", "lines=0-1", "bytes 0-1",
		"bytes=0-1-2", "bytes=--1" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(parse(bad[i], 10), 0);
}

/* Many small or overlapping ranges of a large file would make an answer larger than the file. */
static void test_no_amplification(void **state)
{
	assert_int_equal(parse("bytes=0-,0-", 10), 0);
	assert_int_equal(parse("bytes=0-4,5-9", 10), 2);
	assert_int_equal(parse("bytes=0-5,5-9", 10), 0);
	assert_int_equal(
	    parse("bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10,11-11,12-12,13-13,14-14,15-15", 100),
	    16);
	assert_int_equal(parse("bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10,11-11,12-12,13-13,14-14,"
	                       "15-15,16-16",
	                     100),
	    0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_several_keep_their_order),
		cmocka_unit_test(test_none_is_within),
		cmocka_unit_test(test_damaged_is_ignored),
		cmocka_unit_test(test_no_amplification),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

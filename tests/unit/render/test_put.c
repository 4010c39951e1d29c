/* What the sinks share: which lines of a comment are known already. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "render/put.h"

static void finds_whole_lines_only(void **state)
{
	struct slice text = SLICE("one\ntwo words\n\nthree");

	assert_true(has_line(text, SLICE("one")));
	assert_true(has_line(text, SLICE("two words")));
	assert_true(has_line(text, SLICE("three")));
	assert_true(has_line(text, SLICE("")));
	assert_false(has_line(text, SLICE("two")));
	assert_false(has_line(text, SLICE("words")));
	assert_false(has_line(text, SLICE("three ")));
	assert_false(has_line(SLICE("one"), SLICE("")));
}

/* In a capture that was cut the same packet has another number; any other number means something else. */
static void numbers_of_packets_do_not_count(void **state)
{
	struct slice text = SLICE("x\nAnswer: 200 to GET /me (packet 102), after 30 µs");

	assert_true(has_line(text, SLICE("Answer: 200 to GET /me (packet 7), after 30 µs")));
	assert_false(has_line(text, SLICE("Answer: 401 to GET /me (packet 102), after 30 µs")));
	assert_false(has_line(text, SLICE("Answer: 200 to GET /me (packet 102), after 31 µs")));
	assert_false(has_line(text, SLICE("Answer: 200 to GET /me (packet 102")));
	assert_false(has_line(text, SLICE("Answer: 200 to GET /me (packet ")));
	assert_true(has_line(SLICE("packet 1"), SLICE("packet 22")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_whole_lines_only),
		cmocka_unit_test(numbers_of_packets_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

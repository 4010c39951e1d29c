/* What the sinks share: which lines of a comment are known already. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "render/put.h"

static const struct frame one = { .number = 1 }, two = { .number = 1, .two_places = true };

static void finds_whole_lines_only(void **state)
{
	struct slice text = SLICE("one\ntwo words\n\nthree");

	assert_true(is_old_line(&one, text, SLICE("one")));
	assert_true(is_old_line(&one, text, SLICE("two words")));
	assert_true(is_old_line(&one, text, SLICE("three")));
	assert_true(is_old_line(&one, text, SLICE("")));
	assert_false(is_old_line(&one, text, SLICE("two")));
	assert_false(is_old_line(&one, text, SLICE("words")));
	assert_false(is_old_line(&one, text, SLICE("three ")));
	assert_false(is_old_line(&one, SLICE("one"), SLICE("")));
}

/* In a capture that was cut the same packet has another number; any other number means something else. */
static void numbers_of_packets_do_not_count(void **state)
{
	struct slice text = SLICE("x\nAnswer: 200 to GET /me (packet 102), after 30 µs");

	assert_true(is_old_line(&one, text, SLICE("Answer: 200 to GET /me (packet 7), after 30 µs")));
	assert_false(is_old_line(&one, text, SLICE("Answer: 401 to GET /me (packet 102), after 30 µs")));
	assert_false(is_old_line(&one, text, SLICE("Answer: 200 to GET /me (packet 102), after 31 µs")));
	assert_false(is_old_line(&one, text, SLICE("Answer: 200 to GET /me (packet 102")));
	assert_false(is_old_line(&one, text, SLICE("Answer: 200 to GET /me (packet ")));
	assert_true(is_old_line(&one, SLICE("packet 1"), SLICE("packet 22")));
}

/* Of two captures every line that is a note's comes from one of them. */
static void notes_are_known_by_their_layer(void **state)
{
	assert_true(is_old_line(&two, SLICE("x"), SLICE("[L4 transport] Handshake")));
	assert_true(is_old_line(&two, SLICE("x"), SLICE("[L7 application] ")));
	assert_true(is_old_line(&two, SLICE("x"), SLICE("x")));
	assert_false(is_old_line(&one, SLICE("x"), SLICE("[L4 transport] Handshake")));
	assert_false(is_old_line(&two, SLICE("x"), SLICE("[L4 transpor] Handshake")));
	assert_false(is_old_line(&two, SLICE("x"), SLICE("(L4 transport] Handshake")));
	assert_false(is_old_line(&two, SLICE("x"), SLICE("[L4")));
	assert_false(is_old_line(&two, SLICE("x"), SLICE("]")));
	assert_false(is_old_line(&two, SLICE("x"), SLICE("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_whole_lines_only),
		cmocka_unit_test(numbers_of_packets_do_not_count),
		cmocka_unit_test(notes_are_known_by_their_layer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

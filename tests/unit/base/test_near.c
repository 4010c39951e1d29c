/* near: distances, and when a word is near enough to be meant. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/near.h"

static void test_distance(void **state)
{
	assert_int_equal(near_distance("", ""), 0);
	assert_int_equal(near_distance("", "abc"), 3);
	assert_int_equal(near_distance("trace", "trace"), 0);
	assert_int_equal(near_distance("trace", "tarce"), 1); /* neighbours swapped */
	assert_int_equal(near_distance("trace", "trce"), 1);
	assert_int_equal(near_distance("trace", "traces"), 1);
	assert_int_equal(near_distance("trace", "trade"), 1);
	assert_int_equal(near_distance("serve", "trace"), 4);
}

/* Only the first 31 bytes count, whatever comes behind. */
static void test_long_words(void **state)
{
	const char *a = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	const char *b = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

	assert_int_equal(near_distance(a, a), 0);
	assert_int_equal(near_distance(a, b), 31);
	assert_null(near_word(b, a, NULL));
}

static void test_word(void **state)
{
	const char *words[] = { "echo", "serve", "trace", "ca", "doctor" };
	const struct {
		const char *typed, *meant;
	} cases[] = {
		{ "ehco", "echo" },
		{ "server", "serve" },
		{ "trcae", "trace" },
		{ "docter", "doctor" },
		{ "c", "ca" },
		{ "quux", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *best = NULL;

		for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
			best = near_word(cases[i].typed, words[w], best);
		if (cases[i].meant)
			assert_string_equal(best, cases[i].meant);
		else
			assert_null(best);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

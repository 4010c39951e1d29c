/* Does the time of a refused login tell whether there is such a user?
 *
 * Pairs of tries, one for each kind, in turn; of a pair it counts which took more processor time of this thread
 * (time, and other work on the machine, do not count).  When both kinds cost the same, either wins by a toss of a
 * coin: of 80 tosses fewer than 17 or more than 63 fall the same way with a probability of 6e-8 (binomial, both
 * sides).  That the test sees a difference where there is one is tested too. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/users.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { PAIRS = 80, FEWEST = 17, LOG2_N = 10 };

static char path[64];

static int setup(void **state)
{
	struct users *u;

	snprintf(path, sizeof(path), "/tmp/osilab-timing-XXXXXX");
	close(mkstemp(path));
	u = users_open(path, USERS_CREATE, NULL);
	assert_non_null(u);
	users_set_cost(u, LOG2_N);
	assert_int_equal(users_add(u, SLICE("alice"), SLICE("correct horse"), NULL), 0);
	assert_int_equal(users_add(u, SLICE("mallory"), SLICE("correct horse"), NULL), 0);
	assert_int_equal(users_disable(u, SLICE("mallory"), true, NULL), 0);
	*state = u;
	return 0;
}

static int teardown(void **state)
{
	users_close(*state);
	unlink(path);
	return 0;
}

static int64_t cost(struct users *u, const char *name, const char *password)
{
	struct timespec from, to;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	assert_int_equal(users_verify(u, slice_str(name), slice_str(password), NULL), 0);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	return (to.tv_sec - from.tv_sec) * CLOCK_SEC + to.tv_nsec - from.tv_nsec;
}

/* How often of PAIRS a try for `a` cost more; who is first changes. */
static int dearer(struct users *u, const char *a, const char *b)
{
	int n = 0;

	for (int i = 0; i < PAIRS; i++) {
		int64_t first = cost(u, i % 2 ? a : b, "wrong horse"),
		        second = cost(u, i % 2 ? b : a, "wrong horse");

		n += i % 2 ? first > second : second > first;
	}
	return n;
}

static void alike(struct users *u, const char *a, const char *b)
{
	int n = dearer(u, a, b);

	if (n < FEWEST || n > PAIRS - FEWEST)
		fail_msg("%s cost more than %s in %d of %d pairs", a, b, n, PAIRS);
}

static void test_an_unknown_user(void **state)
{
	alike(*state, "alice", "nobody");
}

static void test_a_disabled_user(void **state)
{
	alike(*state, "alice", "mallory");
}

static void test_a_name_that_cannot_be(void **state)
{
	alike(*state, "alice", "no body");
}

/* The decoy gets cheaper by half: it must be seen. */
static void test_that_a_difference_is_seen(void **state)
{
	users_set_cost(*state, LOG2_N - 1);
	assert_true(dearer(*state, "alice", "nobody") > PAIRS - FEWEST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_unknown_user),
		TEST(test_a_disabled_user),
		TEST(test_a_name_that_cannot_be),
		TEST(test_that_a_difference_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Failed logins per address and per account. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "web/limit.h"

#include <stdio.h>
#include <stdlib.h>

static struct addr at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text, 1, NULL), 0);
	return a;
}

static int setup(void **state)
{
	struct limit *l = malloc(sizeof(*l));

	limit_init(l, 3);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void test_a_window(void **state)
{
	struct addr a = at("192.0.2.1:1"), b = at("192.0.2.1:2");

	assert_int_equal(limit_take(*state, limit_address(&a), 0), 0);
	assert_int_equal(
	    limit_take(*state, limit_address(&b), 10 * CLOCK_SEC), 0); /* the port does not matter */
	assert_int_equal(limit_take(*state, limit_address(&a), 20 * CLOCK_SEC), 0);
	assert_int_equal(limit_take(*state, limit_address(&a), 30 * CLOCK_SEC), 31);
	assert_int_equal(limit_take(*state, limit_address(&b), 59 * CLOCK_SEC), 2);
	assert_int_equal(limit_take(*state, limit_address(&a), 60 * CLOCK_SEC), 0);
}

static void test_success_does_not_count(void **state)
{
	struct addr a = at("192.0.2.1:1");

	for (int i = 0; i < 100; i++) {
		assert_int_equal(limit_take(*state, limit_address(&a), i * CLOCK_SEC / 10), 0);
		limit_give_back(*state, limit_address(&a));
	}
	limit_give_back(*state, limit_address(&a)); /* one too many makes no credit */
	for (int i = 0; i < 3; i++)
		assert_int_equal(limit_take(*state, limit_address(&a), 10 * CLOCK_SEC), 0);
	assert_int_not_equal(limit_take(*state, limit_address(&a), 10 * CLOCK_SEC), 0);
}

/* Of many other addresses nearly all are free to try, though a few may share the bucket. */
static void test_others_are_not_held_up(void **state)
{
	struct addr a = at("192.0.2.1:1");
	int held = 0;

	for (int i = 0; i < 4; i++)
		limit_take(*state, limit_address(&a), 0);
	for (int i = 0; i < 200; i++) {
		char text[32];
		struct addr other;

		snprintf(text, sizeof(text), "198.51.100.%d:1", i);
		other = at(text);
		held += limit_take(*state, limit_address(&other), 0) != 0;
	}
	assert_true(held < 5);
}

static void test_ipv6_counts_per_64(void **state)
{
	struct addr a = at("[2001:db8::1]:1"), b = at("[2001:db8::ffff:2]:1");

	assert_int_equal(limit_take(*state, limit_address(&a), 0), 0);
	assert_int_equal(limit_take(*state, limit_address(&b), 0), 0);
	assert_int_equal(limit_take(*state, limit_address(&a), 0), 0);
	assert_int_not_equal(limit_take(*state, limit_address(&b), 0), 0);
}

static void test_zero_is_no_limit(void **state)
{
	struct addr a = at("192.0.2.1:1");

	limit_init(*state, 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(limit_take(*state, limit_address(&a), 0), 0);
}

static void test_an_account_knows_its_addresses(void **state)
{
	struct addr a = at("192.0.2.1:1"), b = at("192.0.2.2:1");

	assert_false(limit_knows(*state, SLICE("alice"), &a));
	limit_remember(*state, SLICE("alice"), &a);
	assert_true(limit_knows(*state, SLICE("alice"), &a));
	assert_false(limit_knows(*state, SLICE("alice"), &b));
	assert_false(limit_knows(*state, SLICE("bob"), &a));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_window),
		TEST(test_success_does_not_count),
		TEST(test_others_are_not_held_up),
		TEST(test_ipv6_counts_per_64),
		TEST(test_zero_is_no_limit),
		TEST(test_an_account_knows_its_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

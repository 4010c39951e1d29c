/* Ticket keys: they turn with time, and relatives agree. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tls/ticket.h"

#include <string.h>

enum { NOW = 1700000000 };

static void test_turning(void **state)
{
	struct ticket_key first, second, found;
	struct ticket_keys t;

	assert_int_equal(ticket_keys_init(&t, NOW, TICKET_PERIOD), 0);
	assert_int_equal(ticket_key_make(&t, NOW, &first), 0);
	assert_int_equal(ticket_key_find(&t, NOW, first.name, &found), 1);
	assert_memory_equal(&found, &first, sizeof(first));

	assert_int_equal(ticket_key_find(&t, NOW + TICKET_PERIOD, first.name, &found), 2);
	assert_memory_equal(&found, &first, sizeof(first));
	assert_int_equal(ticket_key_make(&t, NOW + TICKET_PERIOD, &second), 0);
	assert_memory_not_equal(second.name, first.name, TICKET_NAME_SIZE);
	assert_memory_not_equal(second.aes, first.aes, TICKET_KEY_SIZE);
	assert_memory_not_equal(second.mac, first.mac, TICKET_KEY_SIZE);
	/* A clock that goes back does not bring an old key back. */
	assert_int_equal(ticket_key_find(&t, NOW, second.name, &found), 1);

	assert_int_equal(ticket_key_find(&t, NOW + 2 * TICKET_PERIOD, first.name, &found), 0);
	assert_int_equal(ticket_key_find(&t, NOW + 2 * TICKET_PERIOD, second.name, &found), 2);
	ticket_keys_fini(&t);
}

/* Two workers that started as copies agree after any number of turns, however they got there. */
static void test_copies_agree(void **state)
{
	struct ticket_key a, b;
	struct ticket_keys t, copy;

	assert_int_equal(ticket_keys_init(&t, NOW, TICKET_PERIOD), 0);
	copy = t;
	for (int i = 1; i <= 5; i++)
		assert_int_equal(ticket_key_make(&t, NOW + i * TICKET_PERIOD, &a), 0);
	assert_int_equal(ticket_key_make(&copy, NOW + 5 * TICKET_PERIOD, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_memory_equal(&t.before, &copy.before, sizeof(t.before));
	ticket_keys_fini(&t);
}

/* Renewed in two processes: alike, and nothing of before is opened. */
static void test_renewal(void **state)
{
	struct ticket_keys t, copy, fresh[2];
	struct ticket_key old, a, b;

	assert_int_equal(ticket_keys_init(&t, NOW, TICKET_PERIOD), 0);
	assert_int_equal(ticket_key_make(&t, NOW, &old), 0);
	assert_int_equal(ticket_keys_copy(&copy, &t), 0);
	assert_int_equal(ticket_key_find(&copy, NOW, old.name, &a), 1);
	assert_int_equal(ticket_keys_renew(&fresh[0], &t, NOW + TICKET_PERIOD), 0);
	assert_int_equal(ticket_keys_renew(&fresh[1], &copy, NOW + TICKET_PERIOD), 0);
	assert_int_equal(ticket_key_find(&fresh[0], NOW + TICKET_PERIOD, old.name, &a), 0);
	assert_int_equal(ticket_key_make(&fresh[0], NOW + TICKET_PERIOD, &a), 0);
	assert_int_equal(ticket_key_make(&fresh[1], NOW + TICKET_PERIOD, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	ticket_keys_fini(&t);
	ticket_keys_fini(&copy);
	ticket_keys_fini(&fresh[0]);
	ticket_keys_fini(&fresh[1]);
}

static void test_strangers_differ(void **state)
{
	struct ticket_key a, found;
	struct ticket_keys t, other;

	assert_int_equal(ticket_keys_init(&t, NOW, TICKET_PERIOD), 0);
	assert_int_equal(ticket_keys_init(&other, NOW, TICKET_PERIOD), 0);
	assert_int_equal(ticket_key_make(&t, NOW, &a), 0);
	assert_int_equal(ticket_key_find(&other, NOW, a.name, &found), 0);
	ticket_keys_fini(&t);
	ticket_keys_fini(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turning),
		cmocka_unit_test(test_copies_agree),
		cmocka_unit_test(test_renewal),
		cmocka_unit_test(test_strangers_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

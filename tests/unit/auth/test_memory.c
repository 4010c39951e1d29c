/* The store in memory: its bounds, and that processes may share it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/store.h"
#include "base/clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 300000 }; /* more than one shard's */

static struct store_call call_for(uint32_t key, const char *user)
{
	struct store_call c = { .value = { .csrf = "secret" }, .expires = clock_real() + 60 * CLOCK_SEC };
	uint32_t mixed = key * 2654435761u; /* keys are hashes: any bytes of them tell them apart */

	memcpy(c.key, &mixed, sizeof(mixed));
	memcpy(c.key + 4, &mixed, sizeof(mixed));
	c.key[31] = 1;
	snprintf(c.value.user, sizeof(c.value.user), "%s", user);
	return c;
}

static enum store_result put(struct store *s, uint32_t key, const char *user)
{
	struct store_call c = call_for(key, user);

	s->ops->put(s->state, &c);
	return c.result;
}

static enum store_result get(struct store *s, uint32_t key)
{
	struct store_call c = call_for(key, "");

	s->ops->get(s->state, &c);
	return c.result;
}

static void test_the_one_unused_longest_goes(void **state)
{
	struct store s;

	assert_int_equal(store_memory_open(&s, 3, NULL), 0);
	for (uint32_t i = 0; i < 3; i++)
		put(&s, i, "alice");
	assert_int_equal(get(&s, 0), STORE_OK); /* now 1 is */
	put(&s, 3, "alice");
	assert_int_equal(get(&s, 1), STORE_MISSING);
	put(&s, 4, "bob");
	assert_int_equal(get(&s, 2), STORE_MISSING);
	assert_int_equal(get(&s, 0), STORE_OK);
	assert_int_equal(get(&s, 3), STORE_OK);
	assert_int_equal(get(&s, 4), STORE_OK);
	assert_int_equal(store_memory_count(&s), 3);
	store_close(&s);
}

/* A model of what must be there, under a long row of random operations. */
static void test_random_operations(void **state)
{
	enum { KEYS = 400 };
	static const char *const users[] = { "alice", "bob", "carol" };
	int owner[KEYS], left[3] = { 0 };
	struct store_item items[KEYS];
	struct store s;

	assert_int_equal(store_memory_open(&s, KEYS, NULL), 0);
	for (int i = 0; i < KEYS; i++)
		owner[i] = -1;
	srand(1);
	for (int n = 0; n < 60000; n++) {
		uint32_t key = (uint32_t)(rand() % KEYS);
		int user = rand() % 3;
		struct store_call c = call_for(key, users[user]);

		switch (rand() % 16) {
		case 0: /* ends those of a user but one */
			s.ops->del_others(s.state, &c);
			for (uint32_t i = 0; i < KEYS; i++)
				if (owner[i] == user && i != key)
					owner[i] = -1;
			break;
		case 1:
		case 2:
		case 3:
			s.ops->del(s.state, &c);
			owner[key] = -1;
			break;
		case 4:
		case 5:
			c.expires = clock_real() + (rand() % 100 + 1) * CLOCK_SEC;
			s.ops->replace(s.state, &c);
			assert_int_equal(c.result, owner[key] == user ? STORE_OK : STORE_MISSING);
			break;
		case 6: assert_int_equal(get(&s, key), owner[key] < 0 ? STORE_MISSING : STORE_OK); break;
		default:
			c.expires = clock_real() + (rand() % 100 + 1) * CLOCK_SEC;
			s.ops->put(s.state, &c);
			assert_int_equal(c.result, STORE_OK);
			owner[key] = user;
		}
	}
	for (int i = 0; i < KEYS; i++)
		if (owner[i] >= 0)
			left[owner[i]]++;
	assert_int_equal(store_memory_count(&s), left[0] + left[1] + left[2]);
	for (int u = 0; u < 3; u++) {
		struct store_call c = call_for(0, users[u]);

		c.items = items;
		c.items_max = KEYS;
		s.ops->list(s.state, &c);
		assert_int_equal(c.n_items, left[u]);
	}
	clock_advance(101);
	for (uint32_t i = 0; i < KEYS; i++)
		assert_int_equal(get(&s, i), STORE_MISSING);
	assert_int_equal(store_memory_count(&s), 0); /* what has expired went with the looking */
	store_close(&s);
}

/* A session that is used lives on, and goes when its time has come all the same. */
static void test_use_puts_expiry_off(void **state)
{
	struct store_call c = call_for(1, "alice");
	struct store s;

	assert_int_equal(store_memory_open(&s, 8, NULL), 0);
	put(&s, 1, "alice");
	put(&s, 2, "alice");
	c.expires += 60 * CLOCK_SEC;
	s.ops->replace(s.state, &c);
	clock_advance(61);
	assert_int_equal(get(&s, 1), STORE_OK);
	assert_int_equal(get(&s, 2), STORE_MISSING);
	assert_int_equal(store_memory_count(&s), 1);
	clock_advance(60);
	assert_int_equal(get(&s, 1), STORE_MISSING);
	assert_int_equal(store_memory_count(&s), 0);
	store_close(&s);
}

static void test_many_shards_are_bounded_together(void **state)
{
	uint32_t found = 0;
	struct store s;

	assert_int_equal(store_memory_open(&s, MANY, NULL), 0);
	for (uint32_t i = 0; i < MANY + 1000; i++)
		assert_int_equal(put(&s, i, "alice"), STORE_OK);
	assert_int_equal(store_memory_count(&s), MANY);
	for (uint32_t i = 0; i < MANY + 1000; i++)
		found += get(&s, i) == STORE_OK;
	assert_int_equal(found, MANY);
	assert_int_equal(get(&s, MANY + 999), STORE_OK);
	store_close(&s);
}

static void work(struct store *s, uint32_t from, int n)
{
	for (int i = 0; i < n; i++)
		if (put(s, from + (uint32_t)i % 100, "alice") != STORE_OK)
			_exit(1);
}

static void test_processes_share_it(void **state)
{
	struct store s;
	int status;
	pid_t pid[2];

	assert_int_equal(store_memory_share(&s, 1000, NULL), 0);
	put(&s, 500, "bob");
	for (uint32_t k = 0; k < 2; k++) {
		pid[k] = fork();
		if (pid[k] == 0) {
			if (get(&s, 500) != STORE_OK)
				_exit(1);
			work(&s, 100 * k, 20000);
			_exit(0);
		}
	}
	for (int k = 0; k < 2; k++) {
		waitpid(pid[k], &status, 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(store_memory_count(&s), 201);
	for (uint32_t i = 0; i < 200; i++)
		assert_int_equal(get(&s, i), STORE_OK);
	store_close(&s);
}

/* One that is killed in the midst of it takes at most a shard along; the others go on. */
static void test_a_process_is_killed(void **state)
{
	struct store s;
	pid_t pid;
	char go;
	int ends[2];

	assert_int_equal(store_memory_share(&s, 1000, NULL), 0);
	for (int round = 0; round < 20; round++) {
		assert_int_equal(pipe(ends), 0);
		pid = fork();
		if (pid == 0) {
			work(&s, 0, 100);
			if (write(ends[1], "x", 1) != 1)
				_exit(1);
			work(&s, 0, 1 << 30);
		}
		assert_int_equal(read(ends[0], &go, 1), 1);
		for (uint32_t i = 0; i < 300; i++)
			put(&s, i, "alice");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(ends[0]);
		close(ends[1]);
		assert_int_equal(put(&s, 400, "bob"), STORE_OK);
		assert_int_equal(get(&s, 400), STORE_OK);
	}
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_one_unused_longest_goes),
		cmocka_unit_test(test_random_operations),
		cmocka_unit_test(test_use_puts_expiry_off),
		cmocka_unit_test(test_many_shards_are_bounded_together),
		cmocka_unit_test(test_processes_share_it),
		cmocka_unit_test(test_a_process_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

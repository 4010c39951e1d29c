/* Users whose sessions end by the users' file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/ended.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];
static struct store store;
static struct sessions sessions;
static struct users *users;
static struct ended *ended;

static int setup(void **state)
{
	snprintf(path, sizeof(path), "/tmp/osilab-ended-XXXXXX");
	close(mkstemp(path));
	users = users_open(path, USERS_CREATE, NULL);
	assert_non_null(users);
	users_set_cost(users, 4);
	users_add(users, SLICE("alice"), SLICE("correct horse"), NULL);
	users_add(users, SLICE("bob"), SLICE("correct horse"), NULL);
	assert_int_equal(store_memory_open(&store, 1000, NULL), 0);
	sessions_init(&sessions, &store);
	ended = ended_open(path, &sessions, NULL);
	assert_non_null(ended);
	return 0;
}

static int teardown(void **state)
{
	store_close(&store);
	ended_close(ended);
	users_close(users);
	unlink(path);
	return 0;
}

static void login(const char *user, char id[SESSIONS_ID + 1])
{
	struct sessions_call c = { 0 };

	sessions_start(&sessions, &c, SLICE(""), slice_str(user), false);
	assert_int_equal(c.outcome, SESSIONS_FOUND);
	strcpy(id, c.id);
}

static enum sessions_outcome look_up(const char *id)
{
	struct sessions_call c = { 0 };

	poll(NULL, 0, ENDED_GRAIN / CLOCK_MS + 1);
	ended_check(ended);
	sessions_find(&sessions, &c, slice_str(id), false);
	return c.outcome;
}

static void test_all_of_one_user(void **state)
{
	char one[SESSIONS_ID + 1], two[SESSIONS_ID + 1], bob[SESSIONS_ID + 1];

	login("alice", one);
	login("alice", two);
	login("bob", bob);
	assert_int_equal(look_up(one), SESSIONS_FOUND);
	assert_int_equal(users_disable(users, SLICE("alice"), true, NULL), 0);
	assert_int_equal(look_up(one), SESSIONS_NONE);
	assert_int_equal(look_up(two), SESSIONS_NONE);
	assert_int_equal(look_up(bob), SESSIONS_FOUND);
	assert_int_equal(users_disable(users, SLICE("alice"), false, NULL), 0);
	login("alice", two);
	assert_int_equal(look_up(two), SESSIONS_FOUND);
	assert_int_equal(look_up(one), SESSIONS_NONE);
	assert_int_equal(users_end_sessions(users, SLICE("alice"), NULL), 0);
	assert_int_equal(look_up(two), SESSIONS_NONE);
}

/* More than are seen to at a time: all of them all the same. */
static void test_a_long_list(void **state)
{
	char name[16], ids[150][SESSIONS_ID + 1];

	for (int i = 0; i < 150; i++) {
		snprintf(name, sizeof(name), "user%d", i);
		login(name, ids[i]);
		assert_int_equal(users_end_sessions(users, slice_str(name), NULL), 0);
	}
	assert_int_equal(look_up(ids[149]), SESSIONS_NONE);
	assert_int_equal(store_memory_count(&store), 0);
}

static void test_nobody_of_that_name(void **state)
{
	struct err e = { 0 };

	assert_int_equal(users_disable(users, SLICE("carol"), true, &e), -1);
	assert_non_null(strstr(e.msg, "there is no user carol"));
	assert_int_equal(users_disable(users, SLICE("bob"), true, NULL), 0);
}

/* --- A store that cannot be asked just now --- */

static struct store_ops lame;
static unsigned refusals;

static enum store_when refuse(void *state, struct store_call *c)
{
	refusals++;
	c->result = STORE_FAILED;
	return STORE_DONE;
}

static void test_what_failed_is_done_later(void **state)
{
	const struct store_ops *sound = store.ops;
	char id[SESSIONS_ID + 1];

	login("alice", id);
	lame = *sound;
	lame.del_others = refuse;
	store.ops = &lame;
	refusals = 0;
	users_disable(users, SLICE("alice"), true, NULL);
	look_up(id);
	look_up(id);
	assert_int_equal(refusals, 2);
	store.ops = sound;
	assert_int_equal(look_up(id), SESSIONS_NONE);
}

static struct store_call *waiting;

static enum store_when wait(void *state, struct store_call *c)
{
	waiting = c;
	return STORE_LATER;
}

/* The store is closed before it has answered. */
static void test_closing_in_the_middle(void **state)
{
	const struct store_ops *sound = store.ops;
	char id[SESSIONS_ID + 1];

	login("alice", id);
	lame = *sound;
	lame.del_others = wait;
	store.ops = &lame;
	users_disable(users, SLICE("alice"), true, NULL);
	assert_int_equal(look_up(id), SESSIONS_FOUND);
	assert_non_null(waiting);
	waiting->result = STORE_FAILED;
	waiting->done(waiting);
	store.ops = sound;
	assert_int_equal(look_up(id), SESSIONS_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_all_of_one_user),
		TEST(test_a_long_list),
		TEST(test_nobody_of_that_name),
		TEST(test_what_failed_is_done_later),
		TEST(test_closing_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

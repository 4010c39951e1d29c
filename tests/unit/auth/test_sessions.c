/* Sessions over the memory store: ids, expiry, rotation, and a store that answers later. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/sessions.h"

#include <stdio.h>
#include <string.h>

enum { START = 1900000000 };

struct fixture {
	struct store store;
	struct sessions sessions;
	struct sessions_call call;
};

static int setup(void **state)
{
	static struct fixture f;

	clock_fix(START);
	memset(&f, 0, sizeof(f));
	assert_int_equal(store_memory_open(&f.store, 8, NULL), 0);
	sessions_init(&f.sessions, &f.store);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_close(&f->store);
	return 0;
}

static void login(struct fixture *f, const char *old, const char *user, char id[SESSIONS_ID + 1])
{
	assert_int_equal(
	    sessions_start(&f->sessions, &f->call, slice_str(old), slice_str(user), false), STORE_DONE);
	assert_int_equal(f->call.outcome, SESSIONS_FOUND);
	memcpy(id, f->call.id, SESSIONS_ID + 1);
}

static enum sessions_outcome find(struct fixture *f, const char *id)
{
	assert_int_equal(sessions_find(&f->sessions, &f->call, slice_str(id), false), STORE_DONE);
	return f->call.outcome;
}

static void test_an_issued_id_is_found(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];

	login(f, NULL, "alice", id);
	assert_int_equal(strlen(id), SESSIONS_ID);
	assert_int_equal(find(f, id), SESSIONS_FOUND);
	assert_string_equal(f->call.session.user, "alice");
	assert_int_equal(f->call.session.created / CLOCK_SEC, START);
	assert_int_equal(strlen(f->call.session.csrf), STORE_CSRF);
}

static void test_ids_differ(void **state)
{
	struct fixture *f = *state;
	char one[SESSIONS_ID + 1], two[SESSIONS_ID + 1];

	login(f, NULL, "alice", one);
	login(f, NULL, "alice", two);
	assert_string_not_equal(one, two);
	assert_int_equal(find(f, one), SESSIONS_FOUND);
}

static void test_foreign_ids_are_refused(void **state)
{
	static const char *const forged[] = { "", "x", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB",
		"AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAA//" };
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];

	login(f, NULL, "alice", id);
	for (size_t i = 0; i < sizeof(forged) / sizeof(*forged); i++) {
		assert_int_equal(find(f, forged[i]), SESSIONS_NONE);
		/* and asking for it does not make it known (fixation) */
		assert_int_equal(find(f, forged[i]), SESSIONS_NONE);
	}
	assert_int_equal(store_memory_count(&f->store), 1);
}

/* The last character of an id carries two unused bits: only one spelling may open the session. */
static void test_one_spelling_per_id(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];

	login(f, NULL, "alice", id);
	id[SESSIONS_ID - 1]++;
	assert_int_equal(find(f, id), SESSIONS_NONE);
}

static void test_idle_expiry(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];

	login(f, NULL, "alice", id);
	clock_advance(1799);
	assert_int_equal(find(f, id), SESSIONS_FOUND);
	clock_advance(1799); /* use moved the end */
	assert_int_equal(find(f, id), SESSIONS_FOUND);
	clock_advance(1801);
	assert_int_equal(find(f, id), SESSIONS_NONE);
	assert_int_equal(store_memory_count(&f->store), 0);
}

static void test_absolute_expiry(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];
	int hours;

	login(f, NULL, "alice", id);
	for (hours = 0; hours < 31; hours++) {
		clock_advance(15 * 60);
		assert_int_equal(find(f, id), SESSIONS_FOUND);
	}
	clock_advance(15 * 60 + 1);
	assert_int_equal(find(f, id), SESSIONS_NONE);
}

static void test_login_rotates(void **state)
{
	struct fixture *f = *state;
	char old[SESSIONS_ID + 1], new[SESSIONS_ID + 1];

	login(f, NULL, "alice", old);
	login(f, old, "alice", new);
	assert_string_not_equal(old, new);
	assert_int_equal(find(f, old), SESSIONS_NONE);
	assert_int_equal(find(f, new), SESSIONS_FOUND);
	assert_int_equal(store_memory_count(&f->store), 1);
}

static void test_logout_deletes(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];

	login(f, NULL, "alice", id);
	assert_int_equal(sessions_end(&f->sessions, &f->call, slice_str(id)), STORE_DONE);
	assert_int_equal(f->call.outcome, SESSIONS_NONE);
	assert_int_equal(find(f, id), SESSIONS_NONE);
	assert_int_equal(store_memory_count(&f->store), 0);
}

static void test_plain_id_is_no_good_over_tls(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];

	login(f, NULL, "alice", id);
	sessions_find(&f->sessions, &f->call, slice_str(id), true);
	assert_int_equal(f->call.outcome, SESSIONS_NONE);
	assert_int_equal(find(f, id), SESSIONS_FOUND);
}

static void test_csrf(void **state)
{
	struct fixture *f = *state;
	char id[SESSIONS_ID + 1];

	login(f, NULL, "alice", id);
	assert_true(sessions_csrf_ok(&f->call.session, slice_str(f->call.session.csrf)));
	assert_false(sessions_csrf_ok(&f->call.session, slice_str(id)));
	assert_false(sessions_csrf_ok(&f->call.session, slice_of(NULL, 0)));
}

static void test_store_is_bounded(void **state)
{
	struct fixture *f = *state;
	char id[9][SESSIONS_ID + 1], user[8];

	for (int i = 0; i < 8; i++) {
		snprintf(user, sizeof(user), "u%d", i);
		login(f, NULL, user, id[i]);
	}
	assert_int_equal(find(f, id[0]), SESSIONS_FOUND); /* now number 1 is unused longest */
	login(f, NULL, "late", id[8]);
	assert_int_equal(store_memory_count(&f->store), 8);
	assert_int_equal(find(f, id[1]), SESSIONS_NONE);
	assert_int_equal(find(f, id[0]), SESSIONS_FOUND);
	assert_int_equal(find(f, id[8]), SESSIONS_FOUND);
}

/* --- A store that answers later, and one that is down --- */

struct slow {
	struct store inner;
	struct store_call *pending;
	enum store_when (*op)(void *state, struct store_call *c);
	bool down;
};

static enum store_when hold(
    struct slow *s, struct store_call *c, enum store_when (*op)(void *state, struct store_call *c))
{
	assert_null(s->pending);
	s->pending = c;
	s->op = op;
	return STORE_LATER;
}

static enum store_when slow_get(void *state, struct store_call *c)
{
	struct slow *s = state;

	return hold(s, c, s->inner.ops->get);
}

static enum store_when slow_put(void *state, struct store_call *c)
{
	struct slow *s = state;

	return hold(s, c, s->inner.ops->put);
}

static enum store_when slow_del(void *state, struct store_call *c)
{
	struct slow *s = state;

	return hold(s, c, s->inner.ops->del);
}

static enum store_when slow_replace(void *state, struct store_call *c)
{
	struct slow *s = state;

	return hold(s, c, s->inner.ops->replace);
}

static const struct store_ops slow_ops = {
	.name = "slow", .get = slow_get, .put = slow_put, .replace = slow_replace, .del = slow_del
};

/* What the event loop would do: completes one operation after the other; returns how many. */
static int turn(struct slow *s)
{
	int n = 0;

	while (s->pending) {
		struct store_call *c = s->pending;

		s->pending = NULL;
		assert_int_equal(s->op(s->inner.state, c), STORE_DONE);
		if (s->down)
			c->result = STORE_FAILED;
		c->done(c);
		n++;
	}
	return n;
}

static int finished;

static void on_finished(struct sessions_call *c)
{
	finished++;
}

static void test_operations_may_finish_later(void **state)
{
	struct fixture *f = *state;
	struct slow slow = { .inner = f->store };
	struct store store = { &slow_ops, &slow };
	struct sessions s;
	char id[SESSIONS_ID + 1];

	sessions_init(&s, &store);
	finished = 0;
	f->call.done = on_finished;
	assert_int_equal(sessions_start(&s, &f->call, slice_of(NULL, 0), SLICE("bob"), true), STORE_LATER);
	assert_int_equal(finished, 0);
	assert_int_equal(turn(&slow), 1);
	assert_int_equal(finished, 1);
	assert_int_equal(f->call.outcome, SESSIONS_FOUND);
	memcpy(id, f->call.id, sizeof(id));

	assert_int_equal(sessions_find(&s, &f->call, slice_str(id), true), STORE_LATER);
	assert_int_equal(turn(&slow), 2); /* get, and replace for the use */
	assert_int_equal(finished, 2);
	assert_string_equal(f->call.session.user, "bob");

	assert_int_equal(sessions_start(&s, &f->call, slice_str(id), SLICE("bob"), true), STORE_LATER);
	assert_int_equal(turn(&slow), 2); /* del, put */
	assert_int_equal(f->call.outcome, SESSIONS_FOUND);
	assert_int_equal(store_memory_count(&f->store), 1);
}

static void test_a_store_that_is_down_is_no_logout(void **state)
{
	struct fixture *f = *state;
	struct slow slow = { .inner = f->store };
	struct store store = { &slow_ops, &slow };
	struct sessions s;
	char id[SESSIONS_ID + 1];

	login(f, NULL, "alice", id);
	sessions_init(&s, &store);
	slow.down = true;
	f->call.done = on_finished;
	sessions_find(&s, &f->call, slice_str(id), false);
	turn(&slow);
	assert_int_equal(f->call.outcome, SESSIONS_FAILED);
	sessions_start(&s, &f->call, slice_of(NULL, 0), SLICE("bob"), true);
	turn(&slow);
	assert_int_equal(f->call.outcome, SESSIONS_FAILED);
	sessions_end(&s, &f->call, slice_str(id));
	turn(&slow);
	assert_int_equal(f->call.outcome, SESSIONS_FAILED);
}

/* A request looks its session up; before it can say that it was used, the session is ended elsewhere. */
static void test_what_was_ended_does_not_come_back(void **state)
{
	struct fixture *f = *state;
	struct slow slow = { .inner = f->store };
	struct store store = { &slow_ops, &slow };
	struct sessions_call other = { 0 };
	struct store_call *get;
	struct sessions s;
	char id[SESSIONS_ID + 1];

	login(f, NULL, "alice", id);
	sessions_init(&s, &store);
	f->call.done = on_finished;
	sessions_find(&s, &f->call, slice_str(id), false);
	get = slow.pending;
	slow.pending = NULL;
	slow.op(f->store.state, get);
	assert_int_equal(sessions_end(&f->sessions, &other, slice_str(id)), STORE_DONE);
	get->done(get);
	turn(&slow);
	assert_int_equal(f->call.outcome, SESSIONS_NONE);
	assert_int_equal(store_memory_count(&f->store), 0);
}

static void test_the_others_end(void **state)
{
	struct fixture *f = *state;
	char mine[3][SESSIONS_ID + 1], bob[SESSIONS_ID + 1];
	struct store_item items[8];

	for (int i = 0; i < 3; i++) {
		clock_advance(1);
		login(f, NULL, "alice", mine[i]);
	}
	login(f, NULL, "bob", bob);
	clock_advance(1);
	assert_int_equal(find(f, mine[1]), SESSIONS_FOUND);
	assert_int_equal(sessions_list(&f->sessions, &f->call, items, 8), STORE_DONE);
	assert_int_equal(f->call.store.n_items, 3);
	assert_true(sessions_is(slice_str(mine[1]), items[0].key)); /* used last */
	assert_true(sessions_is(slice_str(mine[0]), items[2].key));
	assert_false(sessions_is(slice_str(bob), items[1].key));
	sessions_list(&f->sessions, &f->call, items, 2);
	assert_int_equal(f->call.store.n_items, 2);

	assert_int_equal(sessions_end_others(&f->sessions, &f->call, slice_str(mine[1])), STORE_DONE);
	assert_int_equal(f->call.outcome, SESSIONS_FOUND);
	assert_int_equal(find(f, mine[0]), SESSIONS_NONE);
	assert_int_equal(find(f, mine[2]), SESSIONS_NONE);
	assert_int_equal(find(f, mine[1]), SESSIONS_FOUND);
	assert_int_equal(find(f, bob), SESSIONS_FOUND);
	sessions_list(&f->sessions, &f->call, items, 8);
	assert_int_equal(sessions_end_one(&f->sessions, &f->call, items[0].key), STORE_DONE);
	assert_int_equal(find(f, bob), SESSIONS_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_issued_id_is_found),
		TEST(test_ids_differ),
		TEST(test_foreign_ids_are_refused),
		TEST(test_one_spelling_per_id),
		TEST(test_idle_expiry),
		TEST(test_absolute_expiry),
		TEST(test_login_rotates),
		TEST(test_logout_deletes),
		TEST(test_plain_id_is_no_good_over_tls),
		TEST(test_csrf),
		TEST(test_store_is_bounded),
		TEST(test_operations_may_finish_later),
		TEST(test_a_store_that_is_down_is_no_logout),
		TEST(test_what_was_ended_does_not_come_back),
		TEST(test_the_others_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

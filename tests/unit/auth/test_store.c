/* What every store must do, asked of each of them through its functions; and what those of SQLite and Redis
 * promise besides.  Redis is the real one, started here on a Unix socket; where it is not installed its cases are
 * skipped. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/store.h"
#include "base/clock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum store_when (*store_fn)(void *state, struct store_call *c);

static struct loop *loop;
static struct store store;
static char dir[32], path[64], name[96];

static int open_as(const char *format)
{
	snprintf(name, sizeof(name), format, path);
	loop = loop_new(NULL, NULL);
	assert_non_null(loop);
	return store_open(&store, loop, name, 100, NULL);
}

static int setup_memory(void **state)
{
	return open_as("memory");
}

static int setup_sqlite(void **state)
{
	strcpy(dir, "/tmp/osilab-store.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sessions.db", dir);
	return open_as("sqlite:%s?sync=normal");
}

/* --- A Redis of our own --- */

static pid_t redis;

/* Waits until it says that it is ready. */
static bool redis_ready(int from)
{
	FILE *f = fdopen(from, "r");
	char line[512];
	bool ready = false;

	while (!ready && fgets(line, sizeof(line), f))
		ready = strstr(line, "eady to accept connections") != NULL;
	fclose(f);
	return ready;
}

/* It keeps every change in a file before it answers, and wants a password. */
static int start_redis(void)
{
	int out[2];

	assert_int_equal(pipe(out), 0);
	redis = fork();
	if (redis == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		if (chdir(dir) == 0)
			execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path, "--save",
			    "", "--appendonly", "yes", "--appendfsync", "always", "--requirepass",
			    "open sesame", "--unixsocketperm", "700", NULL);
		_exit(127);
	}
	close(out[1]);
	if (redis_ready(out[0]))
		return 0;
	waitpid(redis, NULL, 0);
	redis = 0;
	return -1;
}

static void stop_redis(int signo)
{
	if (redis <= 0)
		return;
	kill(redis, signo);
	waitpid(redis, NULL, 0);
	redis = 0;
}

static int setup_redis(void **state)
{
	strcpy(dir, "/tmp/osilab-store.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/redis.sock", dir);
	setenv("OSILAB_REDIS_PASSWORD", "open sesame", 1);
	if (start_redis())
		printf("SKIPPED: redis-server is not installed\n");
	return open_as("redis+unix://%s");
}

static int teardown_redis(void **state)
{
	static const char *const names[] = { "redis.sock", "appendonlydir/appendonly.aof.1.base.rdb",
		"appendonlydir/appendonly.aof.1.incr.aof", "appendonlydir/appendonly.aof.manifest",
		"appendonlydir", "appendonly.aof" };
	char file[96];

	store_close(&store);
	loop_free(loop);
	stop_redis(SIGKILL);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(file, sizeof(file), "%s/%s", dir, names[i]);
		remove(file);
	}
	assert_int_equal(rmdir(dir), 0);
	dir[0] = path[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char file[80];

	store_close(&store);
	loop_free(loop);
	for (size_t i = 0; path[0] && i < sizeof(ends) / sizeof(*ends); i++) {
		snprintf(file, sizeof(file), "%s%s", path, ends[i]);
		unlink(file);
	}
	if (dir[0])
		rmdir(dir);
	dir[0] = path[0] = '\0';
	return 0;
}

static void on_done(struct store_call *c)
{
	loop_stop(loop);
}

/* Now or later, the result. */
static enum store_result run(store_fn fn, struct store_call *c)
{
	c->done = on_done;
	if (fn(store.state, c) == STORE_LATER)
		assert_int_equal(loop_run(loop, NULL), 0);
	return c->result;
}

static struct store_call call_for(uint8_t key, const char *user, int64_t seen)
{
	struct store_call c = { .value = { .csrf = "secret", .created = 7, .seen = seen, .secure = true },
		.expires = clock_real() + 60 * CLOCK_SEC };

	memset(c.key, key, sizeof(c.key));
	snprintf(c.value.user, sizeof(c.value.user), "%s", user);
	return c;
}

static enum store_result put(uint8_t key, const char *user, int64_t seen)
{
	struct store_call c = call_for(key, user, seen);

	return run(store.ops->put, &c);
}

static enum store_result get(uint8_t key, struct session *out)
{
	struct store_call c = call_for(key, "", 0);
	enum store_result r = run(store.ops->get, &c);

	*out = c.value;
	return r;
}

/* Skips a case about Redis where there is none. */
static void needs_server(void)
{
	if (!strcmp(store.ops->name, "redis") && !redis)
		skip();
}

static void test_puts_gets_deletes(void **state)
{
	struct session v;
	struct store_call c = call_for(1, "", 0);

	needs_server();
	assert_int_equal(get(1, &v), STORE_MISSING);
	assert_int_equal(put(1, "Jos\xc3\xa9", 9), STORE_OK);
	assert_int_equal(get(1, &v), STORE_OK);
	assert_string_equal(v.user, "Jos\xc3\xa9");
	assert_string_equal(v.csrf, "secret");
	assert_true(v.created == 7 && v.seen == 9 && v.secure);
	assert_int_equal(put(1, "bob", 10), STORE_OK);
	assert_int_equal(get(1, &v), STORE_OK);
	assert_string_equal(v.user, "bob");
	assert_int_equal(run(store.ops->del, &c), STORE_OK);
	assert_int_equal(get(1, &v), STORE_MISSING);
	assert_int_equal(run(store.ops->del, &c), STORE_OK);
}

static void test_replaces_only_what_is_there(void **state)
{
	struct store_call c = call_for(1, "alice", 20);
	struct session v;

	needs_server();
	assert_int_equal(run(store.ops->replace, &c), STORE_MISSING);
	assert_int_equal(get(1, &v), STORE_MISSING);
	put(1, "alice", 10);
	assert_int_equal(run(store.ops->replace, &c), STORE_OK);
	get(1, &v);
	assert_int_equal(v.seen, 20);
	c = call_for(1, "alice", 30);
	strcpy(c.value.csrf, "another");
	assert_int_equal(run(store.ops->replace, &c), STORE_MISSING);
	get(1, &v);
	assert_int_equal(v.seen, 20);
}

static size_t count(const char *user, struct store_item *items)
{
	struct store_call c = call_for(0, user, 0);

	c.items = items;
	c.items_max = 8;
	assert_int_equal(run(store.ops->list, &c), STORE_OK);
	return c.n_items;
}

static void test_lists_and_ends_those_of_a_user(void **state)
{
	struct store_call c = call_for(3, "alice", 0);
	struct store_item items[8];

	needs_server();
	for (uint8_t i = 1; i <= 5; i++)
		put(i, "alice", i);
	put(9, "bob", 1);
	assert_int_equal(count("alice", items), 5);
	assert_int_equal(items[0].key[0], 5);
	assert_int_equal(items[4].key[0], 1);
	assert_int_equal(items[4].value.seen, 1);
	assert_int_equal(count("nobody", items), 0);
	assert_int_equal(run(store.ops->del_others, &c), STORE_OK);
	assert_int_equal(count("alice", items), 1);
	assert_int_equal(items[0].key[0], 3);
	assert_int_equal(count("bob", items), 1);
}

static void test_forgets_what_expired(void **state)
{
	struct store_call c = call_for(1, "alice", 1);
	struct store_item items[8];
	struct session v;

	needs_server();
	c.expires = clock_real() - 1;
	assert_int_equal(run(store.ops->put, &c), STORE_OK);
	assert_int_equal(count("alice", items), 0);
	clock_advance(2);
	put(2, "bob", 1);
	assert_int_equal(get(1, &v), STORE_MISSING);
}

/* --- Stores that answer later --- */

static int finished;

static void on_many(struct store_call *c)
{
	assert_int_equal(c->result, STORE_OK);
	if (--finished == 0)
		loop_stop(loop);
}

static void test_many_at_once(void **state)
{
	static struct store_call calls[200];
	struct session v;

	needs_server();
	finished = 200;
	for (int i = 0; i < 200; i++) {
		calls[i] = call_for((uint8_t)i, "alice", i);
		calls[i].done = on_many;
		assert_int_equal(store.ops->put(store.state, &calls[i]), STORE_LATER);
	}
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(finished, 0);
	assert_int_equal(get(199, &v), STORE_OK);
}

/* Closing finishes what is under way: nobody is left waiting. */
static void test_closing_answers_all(void **state)
{
	static struct store_call calls[20];

	finished = 20;
	for (int i = 0; i < 20; i++) {
		calls[i] = call_for((uint8_t)i, "alice", i);
		calls[i].done = on_many;
		store.ops->put(store.state, &calls[i]);
	}
	store_close(&store);
	assert_int_equal(finished, 0);
}

/* A child puts sessions and says so of each; it is killed in the middle.  What it said must be there. */
static void child(int out)
{
	store_close(&store);
	loop_free(loop);
	if (open_as("sqlite:%s?sync=full"))
		_exit(1);
	for (uint8_t i = 0; i < 250; i++)
		if (put(i, "alice", i) != STORE_OK || write(out, &i, 1) != 1)
			_exit(1);
	pause();
	_exit(0);
}

static void test_a_kill_loses_nothing(void **state)
{
	struct session v;
	int ends[2], status;
	uint8_t last = 0;
	pid_t pid;

	store_close(&store); /* no thread, no handle across fork */
	assert_int_equal(store_open(&store, loop, "memory", 1, NULL), 0);
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0)
		child(ends[1]);
	close(ends[1]);
	while (last < 50 && read(ends[0], &last, 1) == 1)
		;
	kill(pid, SIGKILL);
	while (read(ends[0], &last, 1) == 1)
		;
	waitpid(pid, &status, 0);
	close(ends[0]);
	assert_true(WIFSIGNALED(status));
	assert_true(last >= 50);
	store_close(&store);
	loop_free(loop);
	assert_int_equal(open_as("sqlite:%s?sync=full"), 0);
	for (uint8_t i = 0; i <= last; i++)
		assert_int_equal(get(i, &v), STORE_OK);
}

static void test_the_file_is_private(void **state)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* --- Redis alone --- */

static struct loop_timer again;

static void on_again(struct loop_timer *t)
{
	loop_stop(loop);
}

/* Asks again and again until the store can be asked. */
static enum store_result get_in_the_end(uint8_t key)
{
	struct session v;
	enum store_result r = STORE_FAILED;

	for (int i = 0; i < 1000 && (r = get(key, &v)) == STORE_FAILED; i++) {
		again.fn = on_again;
		loop_timer_set(loop, &again, 10 * CLOCK_MS);
		loop_run(loop, NULL);
	}
	return r;
}

static void test_comes_back_after_a_kill(void **state)
{
	struct session v;

	needs_server();
	for (uint8_t i = 0; i < 50; i++)
		assert_int_equal(put(i, "alice", i), STORE_OK);
	stop_redis(SIGKILL);
	assert_int_equal(get(1, &v), STORE_FAILED);
	assert_int_equal(get(1, &v), STORE_FAILED);
	assert_int_equal(start_redis(), 0);
	assert_int_equal(get_in_the_end(1), STORE_OK);
	for (uint8_t i = 0; i < 50; i++) /* nothing that was acknowledged is lost */
		assert_int_equal(get(i, &v), STORE_OK);
}

static int failed;

static void on_failed(struct store_call *c)
{
	failed += c->result == STORE_FAILED;
	if (--finished == 0)
		loop_stop(loop);
}

/* What waits for an answer that never comes ends too. */
static void test_a_server_that_is_silent(void **state)
{
	static struct store_call calls[20];
	struct session v;

	needs_server();
	assert_int_equal(get(1, &v), STORE_MISSING);
	kill(redis, SIGSTOP);
	finished = 20;
	failed = 0;
	for (int i = 0; i < 20; i++) {
		calls[i] = call_for((uint8_t)i, "alice", i);
		calls[i].done = on_failed;
		assert_int_equal(store.ops->put(store.state, &calls[i]), STORE_LATER);
	}
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(failed, 20);
	kill(redis, SIGCONT);
	assert_int_not_equal(get_in_the_end(99), STORE_FAILED);
}

static void test_the_wrong_password(void **state)
{
	struct session v;

	needs_server();
	store_close(&store);
	setenv("OSILAB_REDIS_PASSWORD", "close sesame", 1);
	assert_int_equal(store_open(&store, loop, name, 1, NULL), 0);
	assert_int_equal(get(1, &v), STORE_FAILED);
	assert_int_equal(get(1, &v), STORE_FAILED);
}

static void test_closing_answers_all_of_redis(void **state)
{
	static struct store_call calls[20];

	needs_server();
	finished = 20;
	failed = 0;
	for (int i = 0; i < 20; i++) {
		calls[i] = call_for((uint8_t)i, "alice", i);
		calls[i].done = on_failed;
		store.ops->put(store.state, &calls[i]);
	}
	store_close(&store);
	assert_int_equal(finished, 0);
	assert_int_equal(failed, 20);
}

static void test_names(void **state)
{
	static const char *const wrong[] = { "", "memory:", "memories", "sqlite",
		"sqlite:", "sqlite:x?sync=off", "sqlite:?sync=full", "http://x", "redis:", "redis://",
		"redis://127.0.0.1:0", "redis://127.0.0.1/x", "redis+unix://" };
	struct store s;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct err e = { 0 };

		assert_int_equal(store_open(&s, NULL, wrong[i], 1, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
	}
}

#define EACH(name)                                                                                           \
	cmocka_unit_test_setup_teardown(name, setup_memory, teardown),                                       \
	    cmocka_unit_test_setup_teardown(name, setup_sqlite, teardown),                                   \
	    cmocka_unit_test_setup_teardown(name, setup_redis, teardown_redis)
#define REDIS(name)  cmocka_unit_test_setup_teardown(name, setup_redis, teardown_redis)
#define SQLITE(name) cmocka_unit_test_setup_teardown(name, setup_sqlite, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_puts_gets_deletes),
		EACH(test_replaces_only_what_is_there),
		EACH(test_lists_and_ends_those_of_a_user),
		EACH(test_forgets_what_expired),
		SQLITE(test_many_at_once),
		SQLITE(test_closing_answers_all),
		SQLITE(test_a_kill_loses_nothing),
		SQLITE(test_the_file_is_private),
		REDIS(test_many_at_once),
		REDIS(test_comes_back_after_a_kill),
		REDIS(test_a_server_that_is_silent),
		REDIS(test_the_wrong_password),
		REDIS(test_closing_answers_all_of_redis),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

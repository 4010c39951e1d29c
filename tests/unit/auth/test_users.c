/* The users' file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/users.h"
#include "tls/password.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHEAP = 4 }; /* log2 N: what is tested here is not the cost */

static char path[64];

static int setup(void **state)
{
	int fd;

	snprintf(path, sizeof(path), "/tmp/osilab-users-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	*state = users_open(path, USERS_CREATE, NULL);
	assert_non_null(*state);
	users_set_cost(*state, CHEAP);
	return 0;
}

static int teardown(void **state)
{
	users_close(*state);
	unlink(path);
	return 0;
}

static int verify(struct users *u, const char *name, const char *password)
{
	struct err e = { 0 };

	return users_verify(u, slice_str(name), slice_str(password), &e);
}

static int add(struct users *u, const char *name, const char *password, struct err *e)
{
	return users_add(u, slice_str(name), slice_str(password), e);
}

static void test_the_right_password(void **state)
{
	assert_int_equal(add(*state, "alice", "correct horse", NULL), 0);
	assert_int_equal(verify(*state, "alice", "correct horse"), 1);
	assert_int_equal(verify(*state, "alice", "correct hors"), 0);
	assert_int_equal(verify(*state, "alice", "correct horse "), 0);
	assert_int_equal(verify(*state, "alice", ""), 0);
	assert_int_equal(verify(*state, "Alice", "correct horse"), 0);
	assert_int_equal(verify(*state, "nobody", "correct horse"), 0);
	assert_int_equal(verify(*state, "", ""), 0);
}

static void test_names_and_passwords_that_cannot_be(void **state)
{
	struct err e;
	char long_name[USERS_NAME_MAX + 2], long_password[PASSWORD_MAX + 2];

	memset(long_name, 'a', sizeof(long_name));
	long_name[USERS_NAME_MAX + 1] = '\0';
	memset(long_password, 'a', sizeof(long_password));
	long_password[PASSWORD_MAX + 1] = '\0';
	assert_int_equal(add(*state, long_name, "correct horse", &e), -1);
	assert_int_equal(add(*state, "", "correct horse", &e), -1);
	assert_int_equal(add(*state, "a:b", "correct horse", &e), -1);
	assert_int_equal(add(*state, "a b", "correct horse", &e), -1);
	assert_int_equal(add(*state, "a\x1b[31m", "correct horse", &e), -1);
	assert_int_equal(add(*state, "a\xff", "correct horse", &e), -1);
	assert_int_equal(e.kind, ERR_DATA);
	assert_int_equal(add(*state, "alice", "short", &e), -1);
	assert_int_equal(add(*state, "alice", long_password, &e), -1);
	assert_int_equal(add(*state, "김철수", "correct horse", &e), 0);
	assert_int_equal(verify(*state, "김철수", "correct horse"), 1);
	assert_int_equal(verify(*state, "alice", long_password), 0);
}

static void test_a_name_is_taken_once(void **state)
{
	struct err e = { 0 };

	assert_int_equal(add(*state, "alice", "correct horse", &e), 0);
	assert_int_equal(add(*state, "alice", "another horse", &e), -1);
	assert_string_equal(e.msg, "there is a user alice already");
	assert_int_equal(verify(*state, "alice", "correct horse"), 1);
}

static void test_sql_is_only_text(void **state)
{
	const char *name = "x';DROP/**/TABLE/**/users;--";

	assert_int_equal(add(*state, name, "correct horse", NULL), 0);
	assert_int_equal(verify(*state, name, "correct horse"), 1);
	assert_int_equal(verify(*state, "'OR'1'='1", "'OR'1'='1"), 0);
}

static void test_changes(void **state)
{
	struct err e;

	assert_int_equal(add(*state, "alice", "correct horse", NULL), 0);
	assert_int_equal(users_set_password(*state, SLICE("alice"), SLICE("another horse"), &e), 0);
	assert_int_equal(verify(*state, "alice", "correct horse"), 0);
	assert_int_equal(verify(*state, "alice", "another horse"), 1);
	assert_int_equal(users_disable(*state, SLICE("alice"), true, &e), 0);
	assert_int_equal(verify(*state, "alice", "another horse"), 0);
	assert_int_equal(users_disable(*state, SLICE("alice"), false, &e), 0);
	assert_int_equal(verify(*state, "alice", "another horse"), 1);
	assert_int_equal(users_set_password(*state, SLICE("bob"), SLICE("another horse"), &e), -1);
	assert_string_equal(e.msg, "there is no user bob");
	assert_int_equal(users_disable(*state, SLICE("bob"), true, &e), -1);
}

static void gather(const struct users_row *row, void *arg)
{
	char *at = arg;

	sprintf(at + strlen(at), "%s%s ", row->name, row->disabled ? "!" : "");
	assert_true(row->created > 0);
}

static void test_list(void **state)
{
	char seen[64] = "";

	add(*state, "bob", "correct horse", NULL);
	add(*state, "alice", "correct horse", NULL);
	users_disable(*state, SLICE("bob"), true, NULL);
	assert_int_equal(users_list(*state, gather, seen, NULL), 0);
	assert_string_equal(seen, "alice bob! ");
}

static void test_the_file_is_private_and_lasts(void **state)
{
	struct users *again;
	struct stat st;

	add(*state, "alice", "correct horse", NULL);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	again = users_open(path, USERS_READ, NULL);
	assert_non_null(again);
	assert_int_equal(verify(again, "alice", "correct horse"), 1);
	/* A user made while the reader has the file open can log in at once. */
	add(*state, "bob", "correct horse", NULL);
	assert_int_equal(verify(again, "bob", "correct horse"), 1);
	users_close(again);
}

static void test_other_files_are_refused(void **state)
{
	struct err e;
	int fd;

	assert_null(users_open("/nonexistent/users.db", USERS_READ, &e));
	assert_int_equal(e.kind, ERR_ENV);
	users_close(*state);
	*state = NULL;
	fd = open(path, O_WRONLY | O_TRUNC);
	assert_int_equal(write(fd, "this is no database, it is a line of text\n", 42), 42);
	close(fd);
	assert_null(users_open(path, USERS_READ, &e));
	assert_int_equal(e.kind, ERR_DATA);
	assert_null(users_open(path, USERS_CREATE, &e));
	assert_int_equal(truncate(path, 0), 0);
	assert_null(users_open(path, USERS_READ, &e));
	assert_non_null(strstr(e.msg, "has no table of users"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_right_password),
		TEST(test_names_and_passwords_that_cannot_be),
		TEST(test_a_name_is_taken_once),
		TEST(test_sql_is_only_text),
		TEST(test_changes),
		TEST(test_list),
		TEST(test_the_file_is_private_and_lasts),
		TEST(test_other_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

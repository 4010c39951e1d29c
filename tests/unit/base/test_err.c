/* Errors as values: one line, the right kind, errno kept. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"

#include <errno.h>
#include <string.h>

static void test_set(void **state)
{
	struct err e = { .sys = 5 };

	assert_int_equal(err_set(&e, ERR_DATA, "packet %d", 7), -1);
	assert_int_equal(e.kind, ERR_DATA);
	assert_int_equal(e.sys, 0);
	assert_string_equal(e.msg, "packet 7");
	assert_int_equal(err_set(NULL, ERR_DATA, "x"), -1);
}

static void test_sys(void **state)
{
	struct err e = { 0 };

	errno = ENOENT;
	assert_int_equal(err_sys(&e, "open %s", "f"), -1);
	assert_int_equal(e.kind, ERR_ENV);
	assert_int_equal(e.sys, ENOENT);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(e.msg, "open f: No such file or directory");
	assert_int_equal(err_sys(NULL, "x"), -1);
}

static void test_in(void **state)
{
	struct err e = { 0 };

	errno = EACCES;
	err_sys(&e, "key");
	assert_int_equal(err_in(&e, "line %d", 3), -1);
	assert_string_equal(e.msg, "line 3: key: Permission denied");
	assert_int_equal(e.kind, ERR_ENV); /* the kind and errno stay */
	assert_int_equal(e.sys, EACCES);
	assert_int_equal(err_in(NULL, "x"), -1);
}

/* Longer than there is room: cut, never past the end. */
static void test_long(void **state)
{
	char text[1000];
	struct err e = { 0 };

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, ERR_DATA, "%s", text);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	err_in(&e, "front");
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	assert_int_equal(strncmp(e.msg, "front: xxx", 10), 0);
	err_in(&e, "%s", text);
	errno = EIO;
	err_sys(&e, "%s", text);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_sys),
		cmocka_unit_test(test_in),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The list of routes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/router.h"

static enum web_progress one(struct exchange *x)
{
	return WEB_ANSWERED;
}

static enum web_progress two(struct exchange *x)
{
	return WEB_LATER;
}

static const struct route rows[] = {
	{ "/", HTTP_GET, 0, one },
	{ "/login", HTTP_GET, 0, one },
	{ "/login", HTTP_POST, ROUTE_PRIVATE, two },
	{ "/out", HTTP_POST, 0, two },
	{ "/below/", HTTP_GET, ROUTE_PREFIX, one },
	{ 0 },
};

static const struct route *find(const char *path, enum http_method m, unsigned *allowed)
{
	return router_find(rows, path, m, allowed);
}

static void test_rows_are_found(void **state)
{
	unsigned allowed;

	assert_ptr_equal(find("/", HTTP_GET, &allowed), &rows[0]);
	assert_ptr_equal(find("/login", HTTP_GET, &allowed), &rows[1]);
	assert_ptr_equal(find("/login", HTTP_HEAD, &allowed), &rows[1]);
	assert_ptr_equal(find("/login", HTTP_POST, &allowed), &rows[2]);
}

static void test_no_such_path(void **state)
{
	unsigned allowed = 1;

	assert_null(find("/logi", HTTP_GET, &allowed));
	assert_int_equal(allowed, 0);
	assert_null(find("/login/", HTTP_GET, &allowed));
	assert_int_equal(allowed, 0);
	assert_null(find("", HTTP_GET, &allowed));
	assert_int_equal(allowed, 0);
}

static void test_a_prefix_needs_something_behind_it(void **state)
{
	unsigned allowed;

	assert_ptr_equal(find("/below/x", HTTP_GET, &allowed), &rows[4]);
	assert_ptr_equal(find("/below/x/y", HTTP_HEAD, &allowed), &rows[4]);
	assert_null(find("/below/", HTTP_GET, &allowed));
	assert_int_equal(allowed, 0);
	assert_null(find("/belowx", HTTP_GET, &allowed));
	assert_int_equal(allowed, 0);
	assert_null(find("/below/x", HTTP_POST, &allowed));
	assert_int_equal(allowed, 1u << HTTP_GET);
}

static void says_allow(const char *path, enum http_method m, const char *allow)
{
	struct buf text = { 0 };
	unsigned allowed;

	assert_null(find(path, m, &allowed));
	assert_int_not_equal(allowed, 0);
	router_allow(allowed, &text);
	assert_string_equal(buf_cstr(&text), allow);
	buf_fini(&text);
}

static void test_no_such_method(void **state)
{
	says_allow("/", HTTP_POST, "GET, HEAD, OPTIONS");
	says_allow("/login", HTTP_DELETE, "GET, HEAD, POST, OPTIONS");
	says_allow("/out", HTTP_GET, "POST, OPTIONS");
	says_allow("/out", HTTP_HEAD, "POST, OPTIONS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_found),
		cmocka_unit_test(test_no_such_path),
		cmocka_unit_test(test_a_prefix_needs_something_behind_it),
		cmocka_unit_test(test_no_such_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

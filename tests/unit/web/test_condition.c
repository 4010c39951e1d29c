/* Conditional requests.  RFC 9110 13. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/parse.h"
#include "web/condition.h"

#include <stdio.h>

#define OLD  "Sun, 17 Mar 2030 17:46:39 GMT"
#define THEN "Sun, 17 Mar 2030 17:46:40 GMT"

enum { CHANGED = 1900000000 };

static struct http_msg m;

static const struct validators here = { { (const uint8_t *)"\"a\"", 3 }, CHANGED };

static void request(const char *method, const char *fields)
{
	static char head[512];

	snprintf(head, sizeof(head), "%s / HTTP/1.1\r\nHost: lab\r\n%s\r\n", method, fields);
	assert_true(http_parse_request(slice_str(head), 0, NULL, 0, &m) > 0);
}

static unsigned verdict(const char *method, const char *fields)
{
	request(method, fields);
	return condition_verdict(&m, &here);
}

static void test_tags(void **state)
{
	assert_int_equal(verdict("GET", ""), 0);
	assert_int_equal(verdict("GET", "If-None-Match: \"a\"\r\n"), 304);
	assert_int_equal(verdict("HEAD", "If-None-Match: \"b\", W/\"a\"\r\n"), 304);
	assert_int_equal(verdict("GET", "If-None-Match: \"b\"\r\nIf-None-Match: *\r\n"), 304);
	assert_int_equal(verdict("GET", "If-None-Match: \"b\"\r\n"), 0);
	assert_int_equal(verdict("PUT", "If-None-Match: *\r\n"), 412);
	assert_int_equal(verdict("PUT", "If-Match: \"a\"\r\n"), 0);
	assert_int_equal(verdict("PUT", "If-Match: W/\"a\"\r\n"), 412);
	assert_int_equal(verdict("PUT", "If-Match: *\r\n"), 0);
	assert_int_equal(verdict("PUT", "If-Match: \"b\"\r\n"), 412);
}

static void test_times(void **state)
{
	assert_int_equal(verdict("GET", "If-Modified-Since: " THEN "\r\n"), 304);
	assert_int_equal(verdict("GET", "If-Modified-Since: " OLD "\r\n"), 0);
	assert_int_equal(verdict("PUT", "If-Modified-Since: " THEN "\r\n"), 0);
	assert_int_equal(verdict("GET", "If-Modified-Since: yesterday\r\n"), 0);
	assert_int_equal(verdict("PUT", "If-Unmodified-Since: " OLD "\r\n"), 412);
	assert_int_equal(verdict("PUT", "If-Unmodified-Since: " THEN "\r\n"), 0);
}

static void test_tags_before_times(void **state)
{
	assert_int_equal(verdict("GET", "If-None-Match: \"b\"\r\nIf-Modified-Since: " THEN "\r\n"), 0);
	assert_int_equal(verdict("PUT", "If-Match: \"a\"\r\nIf-Unmodified-Since: " OLD "\r\n"), 0);
	assert_int_equal(verdict("GET", "If-Match: \"b\"\r\nIf-None-Match: \"a\"\r\n"), 412);
}

/* Nothing is there: * means nothing, and times cannot be compared. */
static void test_nothing_there(void **state)
{
	static const struct validators nothing = { { NULL, 0 }, -1 };

	request("PUT", "If-None-Match: *\r\nIf-Unmodified-Since: " OLD "\r\n");
	assert_int_equal(condition_verdict(&m, &nothing), 0);
	request("PUT", "If-Match: *\r\n");
	assert_int_equal(condition_verdict(&m, &nothing), 412);
}

static bool range(const char *fields, int64_t now)
{
	request("GET", fields);
	return condition_range(&m, &here, now);
}

static void test_ranges(void **state)
{
	assert_true(range("", CHANGED));
	assert_true(range("If-Range: \"a\"\r\n", CHANGED));
	assert_false(range("If-Range: W/\"a\"\r\n", CHANGED));
	assert_false(range("If-Range: \"b\"\r\n", CHANGED));
	assert_false(range("If-Range: \"a\"\r\nIf-Range: \"a\"\r\n", CHANGED));
	assert_true(range("If-Range: " THEN "\r\n", CHANGED + 1));
	assert_false(range("If-Range: " THEN "\r\n", CHANGED)); /* it may change again within this second */
	assert_false(range("If-Range: " OLD "\r\n", CHANGED + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_tags_before_times),
		cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

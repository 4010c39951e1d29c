/* Where a request comes from. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/parse.h"
#include "web/origin.h"

#include <stdio.h>
#include <string.h>

static enum origin origin(const char *host, const char *fields, bool secure)
{
	char text[512];
	struct http_msg req;

	snprintf(text, sizeof(text), "POST /login HTTP/1.1\r\nHost: %s\r\n%s\r\n", host, fields);
	assert_true(http_parse_request(slice_str(text), 0, NULL, 0, &req) > 0);
	return origin_of(&req, secure);
}

static void test_neither_field(void **state)
{
	assert_int_equal(origin("lab", "", false), ORIGIN_UNKNOWN);
}

static void test_origin_is_compared_whole(void **state)
{
	assert_int_equal(origin("lab", "Origin: http://lab\r\n", false), ORIGIN_SAME);
	assert_int_equal(origin("LAB", "Origin: http://lab\r\n", false), ORIGIN_SAME);
	assert_int_equal(origin("lab:80", "Origin: http://lab\r\n", false), ORIGIN_SAME);
	assert_int_equal(origin("lab:8080", "Origin: http://lab:8080\r\n", false), ORIGIN_SAME);
	assert_int_equal(origin("[::1]:8080", "Origin: http://[::1]:8080\r\n", false), ORIGIN_SAME);
	assert_int_equal(origin("lab", "Origin: https://lab:443\r\n", true), ORIGIN_SAME);
	assert_int_equal(origin("lab", "Origin: https://lab\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Origin: http://lab\r\n", true), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Origin: http://lab:8080\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Origin: http://lab.evil.example\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Origin: http://evil.example\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Origin: http://lab@evil.example\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Origin: http://lab/x\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Origin: null\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Origin:\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Origin: http://lab\r\nOrigin: http://lab\r\n", false), ORIGIN_CROSS);
}

static void test_fetch_metadata(void **state)
{
	assert_int_equal(origin("lab", "Sec-Fetch-Site: same-origin\r\n", false), ORIGIN_SAME);
	assert_int_equal(origin("lab", "Sec-Fetch-Site: none\r\n", false), ORIGIN_SAME);
	assert_int_equal(origin("lab", "Sec-Fetch-Site: same-site\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Sec-Fetch-Site: cross-site\r\n", false), ORIGIN_CROSS);
	assert_int_equal(origin("lab", "Sec-Fetch-Site: what\r\n", false), ORIGIN_CROSS);
	assert_int_equal(
	    origin("lab", "Origin: http://lab\r\nSec-Fetch-Site: cross-site\r\n", false), ORIGIN_CROSS);
	assert_int_equal(
	    origin("lab", "Origin: http://evil\r\nSec-Fetch-Site: same-origin\r\n", false), ORIGIN_CROSS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_neither_field),
		cmocka_unit_test(test_origin_is_compared_whole),
		cmocka_unit_test(test_fetch_metadata),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

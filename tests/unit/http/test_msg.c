/* Names, look-ups, lists and how bodies are framed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/parse.h"

static void test_reasons(void **state)
{
	int i, k;

	for (i = 0; i < HTTP_REASON_COUNT; i++) {
		const struct http_reason_row *row = http_reason_row((enum http_reason)i);

		assert_non_null(row->id);
		assert_non_null(row->text);
		assert_true(i == HTTP_FINE || (row->status >= 400 && row->status <= 505));
		assert_true(i == HTTP_FINE || *row->rfc);
		assert_true(*http_status_phrase(row->status));
		assert_true(row->text[strlen(row->text) - 1] != '.');
		for (k = 0; k < i; k++)
			assert_string_not_equal(row->id, http_reason_row((enum http_reason)k)->id);
	}
	assert_int_equal(http_reason_row(HTTP_LINE_TOO_LONG)->status, 414);
	assert_int_equal(http_reason_row(HTTP_EXPECT_UNKNOWN)->status, 417);
	assert_int_equal(http_reason_row(HTTP_TOO_MANY_FIELDS)->status, 431);
	assert_int_equal(http_reason_row(HTTP_CODING_UNKNOWN)->status, 501);
	assert_int_equal(http_reason_row(HTTP_OTHER_MAJOR)->status, 505);
	assert_ptr_equal(http_reason_row(HTTP_REASON_COUNT), http_reason_row(HTTP_FINE));
	assert_ptr_equal(http_reason_row((enum http_reason) - 3), http_reason_row(HTTP_FINE));
	assert_true(HTTP_REASON_COUNT <= 64); /* http_msg.tolerated has a bit for each */
}

static void test_methods(void **state)
{
	int i;

	for (i = HTTP_GET; i <= HTTP_PATCH; i++)
		assert_int_equal(http_method_of(slice_str(http_method_name((enum http_method)i))), i);
	assert_string_equal(http_method_name(HTTP_OTHER), "");
	assert_string_equal(http_method_name((enum http_method)77), "");
	assert_int_equal(http_method_of(SLICE("")), HTTP_OTHER);
	assert_int_equal(http_method_of(SLICE("get")), HTTP_OTHER);
	assert_int_equal(http_method_of(SLICE("GOT")), HTTP_OTHER);
	assert_int_equal(http_method_of(SLICE("HEAT")), HTTP_OTHER);
	assert_int_equal(http_method_of(SLICE("OPTION")), HTTP_OTHER);
	assert_int_equal(http_method_of(SLICE("BREW")), HTTP_OTHER);
}

static void test_phrases(void **state)
{
	assert_string_equal(http_status_phrase(100), "Continue");
	assert_string_equal(http_status_phrase(200), "OK");
	assert_string_equal(http_status_phrase(404), "Not Found");
	assert_string_equal(http_status_phrase(511), "Network Authentication Required");
	assert_string_equal(http_status_phrase(0), "");
	assert_string_equal(http_status_phrase(299), "");
	assert_string_equal(http_status_phrase(999), "");
}

static void test_find(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nx-b: 2\r\nX-a: "
	                           "3\r\n\r\n";
	const struct http_field *f;
	struct http_msg m;

	assert_true(http_parse_request(slice_str(text), 0, NULL, 0, &m) > 0);
	assert_true(slice_eq_str(http_value(&m, SLICE("X-B")), "2"));
	assert_null(http_value(&m, SLICE("X-C")).p);
	f = http_find(&m, SLICE("x-a"));
	assert_true(slice_eq_str(f->value, "1"));
	f = http_find_next(&m, f, SLICE("x-a"));
	assert_true(slice_eq_str(f->value, "3"));
	assert_null(http_find_next(&m, f, SLICE("x-a")));
}

static void test_lists(void **state)
{
	struct slice rest = SLICE(" , a ,, \"b,\\\",c\"; q=1 ,d,"), member;

	assert_true(http_list_next(&rest, &member));
	assert_true(slice_eq_str(member, "a"));
	assert_true(http_list_next(&rest, &member));
	assert_true(slice_eq_str(member, "\"b,\\\",c\"; q=1"));
	assert_true(http_list_next(&rest, &member));
	assert_true(slice_eq_str(member, "d"));
	assert_false(http_list_next(&rest, &member));
	rest = SLICE("\"never closed, x\\");
	assert_true(http_list_next(&rest, &member));
	assert_false(http_list_next(&rest, &member));
	assert_true(http_list_has(SLICE("gzip, BR"), SLICE("br")));
	assert_false(http_list_has(SLICE("gzip, \"br\""), SLICE("br")));
	assert_false(http_list_has(SLICE(""), SLICE("br")));
}

static void test_request_framing(void **state)
{
	struct http_msg m = { .request = true, .content_length = -1 };

	assert_int_equal(http_request_framing(&m), HTTP_NO_BODY);
	m.content_length = 0;
	assert_int_equal(http_request_framing(&m), HTTP_LENGTH);
	m.chunked = m.coded = true;
	assert_int_equal(http_request_framing(&m), HTTP_CHUNKED);
}

static void test_response_framing(void **state)
{
	struct http_msg m = { .status = 200, .content_length = -1 };

	assert_int_equal(http_response_framing(&m, HTTP_GET), HTTP_UNTIL_CLOSE);
	m.content_length = 5;
	assert_int_equal(http_response_framing(&m, HTTP_GET), HTTP_LENGTH);
	assert_int_equal(http_response_framing(&m, HTTP_HEAD), HTTP_NO_BODY);
	assert_int_equal(http_response_framing(&m, HTTP_CONNECT), HTTP_TUNNEL);
	m.status = 407;
	assert_int_equal(http_response_framing(&m, HTTP_CONNECT), HTTP_LENGTH);
	m.status = 304;
	assert_int_equal(http_response_framing(&m, HTTP_GET), HTTP_NO_BODY);
	m.status = 204;
	assert_int_equal(http_response_framing(&m, HTTP_GET), HTTP_NO_BODY);
	m.status = 103;
	assert_int_equal(http_response_framing(&m, HTTP_GET), HTTP_NO_BODY);
	m.status = 101;
	assert_int_equal(http_response_framing(&m, HTTP_GET), HTTP_TUNNEL);
	m.status = 200;
	m.content_length = -1;
	m.coded = true;
	assert_int_equal(http_response_framing(&m, HTTP_GET), HTTP_UNTIL_CLOSE);
	m.chunked = true;
	assert_int_equal(http_response_framing(&m, HTTP_GET), HTTP_CHUNKED);
	assert_int_equal(http_response_framing(&m, HTTP_HEAD), HTTP_NO_BODY);
}

static void test_persistent(void **state)
{
	struct http_msg m = { .major = 1, .minor = 1 };

	assert_true(http_persistent(&m));
	m.close = m.keep_alive = true;
	assert_false(http_persistent(&m));
	m.close = false;
	m.minor = 0;
	assert_true(http_persistent(&m));
	m.keep_alive = false;
	assert_false(http_persistent(&m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_phrases),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_request_framing),
		cmocka_unit_test(test_response_framing),
		cmocka_unit_test(test_persistent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Building heads: what is written, what is refused, and that our own parser reads it back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "http/chunk.h"
#include "http/parse.h"
#include "http/write.h"

static void test_head(void **state)
{
	struct buf b = { 0 };
	struct http_msg m;

	assert_int_equal(http_write_head(&b, 200, 784111777 * CLOCK_SEC, "text/plain", 42, true), 0);
	assert_int_equal(http_write_text(&b, "X-A", "b c"), 0);
	assert_int_equal(http_write_end(&b), 0);
	assert_string_equal(buf_cstr(&b), "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 "
	                                  "GMT\r\n"
	                                  "Content-Type: text/plain\r\nContent-Length: 42\r\n"
	                                  "Connection: close\r\nX-A: b c\r\n\r\n");
	assert_int_equal(http_parse_response(buf_view(&b), 0, NULL, 0, &m), b.n);
	assert_int_equal(m.content_length, 42);
	assert_true(m.close);
	buf_fini(&b);
}

static void test_no_length(void **state)
{
	static const unsigned bare[] = { 101, 204, 304 };
	size_t i;

	for (i = 0; i < 3; i++) {
		struct buf b = { 0 };

		assert_int_equal(http_write_head(&b, bare[i], 0, NULL, 5, false), 0);
		assert_true(slice_find(buf_view(&b), SLICE("Content-Length")) < 0);
		assert_true(slice_find(buf_view(&b), SLICE("Connection")) < 0);
		buf_fini(&b);
	}
}

static void test_request(void **state)
{
	struct buf b = { 0 };
	struct http_msg m;

	assert_int_equal(http_write_request(&b, SLICE("GET"), SLICE("/a?b")), 0);
	assert_int_equal(http_write_text(&b, "Host", "a.example"), 0);
	assert_int_equal(http_write_number(&b, "Content-Length", UINT64_C(9223372036854775807)), 0);
	assert_int_equal(http_write_end(&b), 0);
	assert_int_equal(http_parse_request(buf_view(&b), 0, NULL, 0, &m), b.n);
	assert_true(m.content_length == INT64_MAX);
	buf_fini(&b);
}

static void test_status(void **state)
{
	struct buf b = { 0 };

	assert_int_equal(http_write_status(&b, 299), 0);
	assert_string_equal(buf_cstr(&b), "HTTP/1.1 299 \r\n");
	assert_int_equal(http_write_status(&b, 99), -1);
	assert_int_equal(http_write_status(&b, 1000), -1);
	assert_string_equal(buf_cstr(&b), "HTTP/1.1 299 \r\n");
	buf_fini(&b);
}

/* Every octet in a value, a name and a target: refused, or read back as it was written. */
static void test_no_splitting(void **state)
{
	int octet;

	for (octet = 0; octet < 256; octet++) {
		const uint8_t value[3] = { 'a', (uint8_t)octet, 'b' };
		struct slice v = slice_of(value, 3);
		struct buf b = { 0 };
		struct http_msg m;
		int r;

		http_write_request(&b, SLICE("GET"), SLICE("/"));
		r = http_write_field(&b, SLICE("Host"), SLICE("a"));
		r |= http_write_field(&b, SLICE("V"), v);
		if (octet != '\t' && (octet < 0x20 || octet == 0x7f)) {
			assert_int_equal(r, -1);
			assert_true(b.failed);
			assert_int_equal(b.n, strlen("GET / HTTP/1.1\r\nHost: a\r\n"));
		} else {
			assert_int_equal(r, 0);
			http_write_end(&b);
			assert_int_equal(http_parse_request(buf_view(&b), 0, NULL, 0, &m), b.n);
			assert_true(slice_eq(m.fields[1].value, v));
		}
		buf_clear(&b);
		r = http_write_field(&b, v, SLICE("x"));
		assert_int_equal(r == 0, octet && octet < 0x7f &&
		                             strchr("!#$%&'*+-.^_`|~0123456789"
		                                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
		                                    "UVWXYZ",
		                                 octet) != NULL);
		buf_clear(&b);
		r = http_write_request(&b, SLICE("GET"), v);
		assert_int_equal(r == 0, octet > ' ' && octet < 0x7f);
		assert_int_equal(http_write_request(&b, slice_of(value + 1, 1), SLICE("/")) == 0,
		    octet && octet < 0x7f && octet > ' ' && !strchr("\"(),/:;<=>?@[\\]{}", octet));
		buf_fini(&b);
	}
}

static void test_empty_names(void **state)
{
	struct buf b = { 0 };

	assert_int_equal(http_write_field(&b, SLICE(""), SLICE("x")), -1);
	assert_int_equal(http_write_request(&b, SLICE(""), SLICE("/")), -1);
	assert_int_equal(http_write_request(&b, SLICE("GET"), SLICE("")), -1);
	assert_int_equal(b.n, 0);
	buf_clear(&b);
	assert_int_equal(http_write_field(&b, SLICE("A"), SLICE("")), 0);
	assert_string_equal(buf_cstr(&b), "A: \r\n");
	buf_fini(&b);
}

static void test_full(void **state)
{
	struct buf b;

	buf_init(&b, 20);
	assert_int_equal(http_write_status(&b, 200), 0);
	assert_int_equal(http_write_text(&b, "A", "b"), -1);
	assert_true(b.failed);
	assert_string_equal(buf_cstr(&b), "HTTP/1.1 200 OK\r\n");
	assert_int_equal(http_write_chunk(&b, SLICE("abc")), -1);
	buf_fini(&b);
}

static void test_chunks(void **state)
{
	static const uint8_t many[300];
	struct buf b = { 0 };
	struct http_chunk c;
	struct slice data;

	assert_int_equal(http_write_chunk(&b, SLICE("")), 0);
	assert_int_equal(b.n, 0);
	http_write_chunk(&b, SLICE("abc"));
	assert_string_equal(buf_cstr(&b), "3\r\nabc\r\n");
	buf_clear(&b);
	http_write_chunk(&b, slice_of(many, sizeof(many)));
	http_write_last_chunk(&b);
	assert_true(slice_starts(buf_view(&b), SLICE("12c\r\n")));
	http_chunk_init(&c, 0, 0);
	assert_int_equal(http_chunk_feed(&c, buf_view(&b), &data), 5 + 300);
	assert_true(slice_eq(data, slice_of(many, sizeof(many))));
	assert_int_equal(http_chunk_feed(&c, slice_skip(buf_view(&b), 305), &data), 7);
	assert_true(http_chunk_done(&c));
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_no_length),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_no_splitting),
		cmocka_unit_test(test_empty_names),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_chunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Who takes gzip, and what it is.  RFC 9110 12.5.3. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/parse.h"
#include "web/gzip.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

static bool accepted(const char *fields)
{
	static struct http_msg m;
	static char head[512];

	snprintf(head, sizeof(head), "GET / HTTP/1.1\r\nHost: lab\r\n%s\r\n", fields);
	assert_true(http_parse_request(slice_str(head), 0, NULL, 0, &m) > 0);
	return gzip_accepted(&m);
}

static void test_who_takes_it(void **state)
{
	assert_false(accepted(""));
	assert_true(accepted("Accept-Encoding: gzip\r\n"));
	assert_true(accepted("Accept-Encoding: br, GZIP;q=0.001\r\n"));
	assert_true(accepted("Accept-Encoding: br\r\nAccept-Encoding: x-gzip\r\n"));
	assert_true(accepted("Accept-Encoding: *\r\n"));
	assert_true(accepted("Accept-Encoding: *;q=0, gzip\r\n"));
	assert_false(accepted("Accept-Encoding: gzip;q=0, *\r\n"));
	assert_false(accepted("Accept-Encoding: gzip; q=0.000\r\n"));
	assert_false(accepted("Accept-Encoding: *;q=0\r\n"));
	assert_false(accepted("Accept-Encoding: identity, gzipp\r\n"));
	assert_false(accepted("Accept-Encoding:\r\n"));
}

static void test_it_can_be_undone(void **state)
{
	uint8_t text[1000], back[1000];
	z_stream z = { .next_out = back, .avail_out = sizeof(back) };
	struct buf out = { 0 };

	memset(text, 'x', sizeof(text));
	buf_puts(&out, "before");
	assert_int_equal(gzip_pack(&out, slice_of(text, sizeof(text))), 0);
	assert_true(out.n < 100);
	z.next_in = out.p + 6;
	z.avail_in = (uInt)out.n - 6;
	assert_int_equal(inflateInit2(&z, 31), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	inflateEnd(&z);
	assert_int_equal(z.total_out, sizeof(text));
	assert_memory_equal(back, text, sizeof(text));
	buf_fini(&out);
}

static void test_what_does_not_shrink_stays(void **state)
{
	struct buf out = { 0 }, small = { .max = 10 };

	assert_int_equal(gzip_pack(&out, SLICE("short")), -1);
	assert_int_equal(gzip_pack(&out, SLICE("")), -1);
	assert_int_equal(out.n, 0);
	assert_int_equal(gzip_pack(&small, SLICE("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")), -1);
	assert_int_equal(small.n, 0);
	buf_fini(&out);
	buf_fini(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_takes_it),
		cmocka_unit_test(test_it_can_be_undone),
		cmocka_unit_test(test_what_does_not_shrink_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

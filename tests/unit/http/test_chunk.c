/* The chunked coding: data, verdicts and limits, for every way to cut the input. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "exact.h"
#include "http/chunk.h"
#include "http/parse.h"

/* Feeds `in` as two pieces, cut at `cut`, or octet by octet for cut == in.n + 1.  Returns the
 * octets consumed when done, 0 when not, -reason when refused. */
static ssize_t decode(struct http_chunk *c, struct slice in, size_t cut, struct buf *body)
{
	size_t most = cut > in.n ? 1 : in.n, used = 0;
	struct slice data;

	while (used < in.n && !http_chunk_done(c)) {
		size_t end = used < cut && cut <= in.n ? cut : in.n;
		struct slice piece = exact(slice_sub(slice_sub(in, 0, end), used, most));
		ssize_t n = http_chunk_feed(c, piece, &data);

		if (n > 0)
			buf_slice(body, data);
		exact_free(piece);
		if (n < 0) {
			assert_int_equal(http_chunk_feed(c, in, &data), n);
			return n;
		}
		assert_true(n > 0);
		used += (size_t)n;
	}
	assert_int_equal(c->body, body->n);
	return http_chunk_done(c) ? (ssize_t)used : 0;
}

static ssize_t every_cut(struct slice in, int flags, const char *want)
{
	ssize_t whole = 0;
	size_t cut;

	for (cut = 0; cut <= in.n + 1; cut++) {
		struct buf body = { 0 };
		struct http_chunk c;
		ssize_t r;

		http_chunk_init(&c, 0, flags);
		r = decode(&c, in, cut, &body);
		if (cut == 0)
			whole = r;
		assert_int_equal(r, whole);
		if (want)
			assert_true(slice_eq_str(buf_view(&body), want));
		buf_fini(&body);
	}
	return whole;
}

static void test_good(void **state)
{
	static const struct {
		const char *text, *data;
	} rows[] = {
		{ "0\r\n\r\n", "" },
		{ "3\r\nabc\r\n0\r\n\r\n", "abc" },
		{ "00000003\r\nabc\r\n000\r\n\r\n", "abc" },
		{ "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789" },
		{ "2\r\n\r\n\r\n0\r\n\r\n", "\r\n" },
		{ "1;a\r\nx\r\n0;b=c;d=\"e;\\\"f\"\r\n\r\n", "x" },
		{ "1 ; a = b\t;\tc\r\nx\r\n0\r\n\r\n", "x" },
		{ "1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n", "x" },
		{ "1\r\nx\r\n0\r\nContent-Lengthy: 5\r\nHosts: a\r\n\r\n", "x" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(every_cut(slice_str(rows[i].text), 0, rows[i].data), strlen(rows[i].text));
	assert_int_equal(every_cut(SLICE("1\r\nx\r\n0\r\n\r\nGET /"), 0, "x"), 11);
}

static void test_prefixes(void **state)
{
	static const char text[] = "3;a=\"b\"\r\nabc\r\n0\r\nA: b\r\n\r\n";
	size_t n;

	for (n = 0; n < sizeof(text) - 1; n++)
		assert_int_equal(every_cut(slice_of(text, n), 0, NULL), 0);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text;
		enum http_reason reason;
	} rows[] = {
		{ "\r\n", HTTP_CHUNK_SIZE },
		{ "x\r\n", HTTP_CHUNK_SIZE },
		{ "-1\r\n", HTTP_CHUNK_SIZE },
		{ "+1\r\n", HTTP_CHUNK_SIZE },
		{ " 1\r\n", HTTP_CHUNK_SIZE },
		{ "0x1\r\n", HTTP_CHUNK_SIZE },
		{ "1_0\r\n", HTTP_CHUNK_SIZE },
		{ ";a\r\n", HTTP_CHUNK_SIZE },
		{ "11112222333344445\r\n", HTTP_CHUNK_OVERFLOW },
		{ "00000000000000001\r\nx", HTTP_CHUNK_OVERFLOW },
		{ "1\nx", HTTP_BARE_LF },
		{ "1\rx", HTTP_BARE_CR },
		{ "1 \r\nx", HTTP_CHUNK_EXTENSION },
		{ "1 a\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;a=\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;=b\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;a b\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;a=b c\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;a \r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;a=\"b\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;a=\"\\\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;a=\"b\"c\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1;a\nx", HTTP_BARE_LF },
		{ "1;a=\x01\r\nx", HTTP_CHUNK_EXTENSION },
		{ "1\r\nxy\r\n", HTTP_CHUNK_END },
		{ "1\r\nx\n", HTTP_CHUNK_END },
		{ "1\r\nx\rA", HTTP_CHUNK_END },
		{ "1\r\nx0\r\n", HTTP_CHUNK_END },
		{ "0\r\n\n", HTTP_BARE_LF },
		{ "0\r\n\rA", HTTP_BARE_CR },
		{ "0\r\n A: b\r\n", HTTP_OBS_FOLD },
		{ "0\r\nA: b\r\n c\r\n", HTTP_OBS_FOLD },
		{ "0\r\n: b\r\n", HTTP_BAD_NAME },
		{ "0\r\nA(: b\r\n", HTTP_BAD_NAME },
		{ "0\r\nA\r\n", HTTP_NO_COLON },
		{ "0\r\nA : b\r\n", HTTP_SPACE_BEFORE_COLON },
		{ "0\r\nA: b\n", HTTP_BARE_LF },
		{ "0\r\nA: b\rc", HTTP_BARE_CR },
		{ "0\r\nA: \x7f\r\n", HTTP_CONTROL },
		{ "0\r\nContent-Length: 1\r\n", HTTP_TRAILER_FORBIDDEN },
		{ "0\r\nA: b\r\ntransfer-ENCODING: chunked\r\n", HTTP_TRAILER_FORBIDDEN },
		{ "0\r\nHost: a\r\n", HTTP_TRAILER_FORBIDDEN },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ssize_t r = every_cut(slice_str(rows[i].text), 0, NULL);

		if (r != -(ssize_t)rows[i].reason)
			fail_msg("row %zu: %zd", i, r);
		(void)every_cut(slice_str(rows[i].text), HTTP_LENIENT, NULL);
	}
}

static void test_largest_size(void **state)
{
	struct http_chunk c;
	struct slice data;

	http_chunk_init(&c, 0, 0);
	assert_int_equal(http_chunk_feed(&c, SLICE("FFFFFFFFFFFFFFFF\r\nabc"), &data), 21);
	assert_true(slice_eq_str(data, "abc"));
	assert_true(c.left == UINT64_MAX - 3);
}

static void test_overhead(void **state)
{
	struct http_chunk c;
	struct slice data;
	int i;

	/* Sizes do not count, extensions do, and over all chunks together. */
	http_chunk_init(&c, 10, 0);
	for (i = 0; i < 100; i++)
		assert_int_equal(
		    http_chunk_feed(&c, SLICE("1\r\nx"), &data) + http_chunk_feed(&c, SLICE("\r\n"), &data),
		    6);
	assert_int_equal(c.overhead, 0);
	assert_int_equal(http_chunk_feed(&c, SLICE("1;abcd"), &data), 6);
	assert_int_equal(http_chunk_feed(&c, SLICE("\r\nx"), &data), 3);
	assert_true(c.overhead > 4 && c.overhead < 8);
	assert_int_equal(http_chunk_feed(&c, SLICE("\r\n0;abcdefgh\r\n"), &data), -HTTP_CHUNK_OVERHEAD);
	http_chunk_init(&c, 10, 0);
	assert_int_equal(http_chunk_feed(&c, SLICE("0\r\nA: bcde\r\n\r\n"), &data), -HTTP_CHUNK_OVERHEAD);
	http_chunk_init(&c, 10, 0);
	assert_int_equal(http_chunk_feed(&c, SLICE("0\r\nA: bcd\r\n\r\n"), &data), 13);
	assert_true(http_chunk_done(&c));
}

static void test_trailer_is_found(void **state)
{
	static const char text[] = "1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n";
	struct http_chunk c;
	struct http_msg m;
	struct buf body = { 0 };

	http_chunk_init(&c, 0, 0);
	assert_int_equal(decode(&c, slice_str(text), 7, &body), sizeof(text) - 1);
	assert_int_equal(c.chunks, 2);
	assert_int_equal(c.trailer, 14);
	assert_int_equal(
	    http_parse_fields(slice_skip(slice_str(text), sizeof(text) - 1 - c.trailer), NULL, 0, &m),
	    c.trailer);
	assert_int_equal(m.nfields, 2);
	buf_fini(&body);
}

static void test_lenient(void **state)
{
	static const struct {
		const char *text;
		enum http_reason noted;
	} rows[] = {
		{ "1\nx\r\n0\r\n\r\n", HTTP_BARE_LF },
		{ "1  \r\nx\r\n0\r\n\r\n", HTTP_CHUNK_EXTENSION },
		{ "1;\r\nx\r\n0\r\n\r\n", HTTP_CHUNK_EXTENSION },
		{ "1\r\nx\n0\r\n\r\n", HTTP_CHUNK_END },
		{ "1\r\nx\r\n0\r\nHost: a\r\n\r\n", HTTP_TRAILER_FORBIDDEN },
		{ "1\r\nx\r\n0\r\nA: \x01\r\n\r\n", HTTP_CONTROL },
		{ "1\r\nx\r\n0\r\n\n", HTTP_BARE_LF },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct slice in = slice_str(rows[i].text);
		struct buf body = { 0 };
		struct http_chunk c;

		assert_true(every_cut(in, 0, NULL) < 0);
		assert_int_equal(every_cut(in, HTTP_LENIENT, "x"), in.n);
		http_chunk_init(&c, 0, HTTP_LENIENT);
		(void)decode(&c, in, 0, &body);
		assert_true(c.tolerated == UINT64_C(1) << rows[i].noted);
		buf_fini(&body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_largest_size),
		cmocka_unit_test(test_overhead),
		cmocka_unit_test(test_trailer_is_found),
		cmocka_unit_test(test_lenient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

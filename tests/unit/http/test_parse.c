/* Message heads: what is accepted, what is refused and why, and that it never depends on the cuts.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exact.h"
#include "same.h"

#include <stdio.h>

static ssize_t parse(bool request, struct slice in, size_t seen, int flags, struct http_msg *m)
{
	return parse_same(request ? http_parse_request : http_parse_response, in, seen, NULL, flags, m);
}

static ssize_t parse_exact(bool request, struct slice in, size_t seen, int flags)
{
	struct slice copy = exact(in);
	struct http_msg m;
	ssize_t r;

	memset(&m, 0xa5, sizeof(m));
	r = parse(request, copy, seen, flags, &m);
	exact_free(copy);
	return r;
}

/* Parses every prefix of `in`: the verdict of the whole must come up at one octet and stay, and be
 * the same whatever part an earlier call has seen.  Returns it. */
static ssize_t every_way(bool request, struct slice in, int flags)
{
	ssize_t whole = parse_exact(request, in, 0, flags), r;
	size_t n, decided = in.n + 1;

	for (n = 0; n <= in.n; n++) {
		struct slice prefix = slice_sub(in, 0, n);

		r = parse_exact(request, prefix, 0, flags);
		if (r == 0) {
			/* Still open: the next octet and the whole must not mind what was seen. */
			assert_true(decided > in.n);
			assert_int_equal(parse_exact(request, in, n, flags), whole);
			if (n < in.n)
				assert_int_equal(parse_exact(request, slice_sub(in, 0, n + 1), n, flags),
				    parse_exact(request, slice_sub(in, 0, n + 1), 0, flags));
		} else {
			if (decided > in.n)
				decided = n;
			assert_int_equal(r, whole);
		}
	}
	return whole;
}

struct row {
	const char *text;
	size_t n; /* 0: strlen(text) */
	enum http_reason reason;
};

#define WITH_NUL(text, reason)                                                                               \
	{                                                                                                    \
		text, sizeof(text) - 1, reason                                                               \
	}

static struct slice row_input(const struct row *row)
{
	return slice_of(row->text, row->n ? row->n : strlen(row->text));
}

static void check_rows(bool request, const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct slice in = row_input(&rows[i]);
		ssize_t r = every_way(request, in, 0);
		ssize_t want = rows[i].reason ? -(ssize_t)rows[i].reason : (ssize_t)in.n;

		if (r != want)
			fail_msg("row %zu %s: got %zd (%s), wanted %zd", i, rows[i].text, r,
			    r < 0 ? http_reason_row((enum http_reason) - r)->id : "", want);
		(void)every_way(request, in, HTTP_LENIENT);
	}
}

#define H          "Host: a.example\r\n"
#define ROWS(rows) rows, sizeof(rows) / sizeof(*(rows))

static void test_request_lines(void **state)
{
	static const struct row rows[] = {
		{ "GET / HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ "\r\nGET / HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ "\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", 0, HTTP_BLANK_LINES },
		{ "\nGET / HTTP/1.1\r\n" H "\r\n", 0, HTTP_BARE_LF },
		{ "\rGET / HTTP/1.1\r\n" H "\r\n", 0, HTTP_BARE_CR },
		{ "get-it!#$%&'*+.^_`|~ / HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ " GET / HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_METHOD },
		{ "G@T / HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_METHOD },
		{ "GET\t/ HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_METHOD },
		{ "GET\r\n", 0, HTTP_BAD_METHOD },
		{ "GET  / HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_REQUEST_LINE },
		{ "GET /  HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_VERSION },
		{ "GET / HTTP/1.1 \r\n" H "\r\n", 0, HTTP_BAD_VERSION },
		{ "GET /\r\n", 0, HTTP_NO_VERSION },
		{ "GET /\n", 0, HTTP_NO_VERSION },
		{ "GET / http/1.1\r\n" H "\r\n", 0, HTTP_BAD_VERSION },
		{ "GET / HTTP/1.\r\n", 0, HTTP_BAD_VERSION },
		{ "GET / HTTP/1.10\r\n", 0, HTTP_BAD_VERSION },
		{ "GET / HTTP/01.1\r\n", 0, HTTP_OTHER_MAJOR },
		{ "GET / HTTP/11.1\r\n", 0, HTTP_BAD_VERSION },
		{ "GET / HTTP/1,1\r\n", 0, HTTP_BAD_VERSION },
		{ "GET / HTTP/2.0\r\n", 0, HTTP_OTHER_MAJOR },
		{ "GET / HTTP/0.9\r\n", 0, HTTP_OTHER_MAJOR },
		{ "GET / HTTP/1.7\r\n" H "\r\n", 0, 0 },
		{ "GET / HTTP/1.1\n" H "\r\n", 0, HTTP_BARE_LF },
		{ "GET / HTTP/1.1\r" H "\r\n", 0, HTTP_BARE_CR },
		{ "GET / HTTP/1.0\r\n\r\n", 0, 0 },
	};

	check_rows(true, ROWS(rows));
}

static void test_targets(void **state)
{
	static const struct row rows[] = {
		{ "GET /a;b=c/d,e?f=g&h?i HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ "GET /?a[]={b}|^` HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ "GET /%41%fF HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ "GET /% HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		{ "GET /%4 HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		{ "GET /%4g HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		{ "GET /a#b HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		{ "GET /\"a\" HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		{ "GET /<a> HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		{ "GET /\xc3\xa9 HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		{ "GET /\x7f HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		{ "GET /\x01 HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		{ "GET /\ta HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET },
		WITH_NUL("GET /\0 HTTP/1.1\r\n" H "\r\n", HTTP_BAD_TARGET),
		{ "GET a/b HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET_FORM },
		{ "GET ?a HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET_FORM },
		{ "GET * HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET_FORM },
		{ "OPTIONS * HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ "OPTIONS ** HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET_FORM },
		{ "CONNECT b.example:443 HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ "CONNECT [::1]:443 HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ "CONNECT b.example HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_AUTHORITY },
		{ "CONNECT / HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_AUTHORITY },
		{ "CONNECT u@b.example:443 HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_AUTHORITY },
		{ "GET b.example:443 HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_TARGET_FORM },
		{ "GET http://b.example:81/x?y HTTP/1.1\r\n" H "\r\n", 0, 0 },
		{ "GET http:///x HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_AUTHORITY },
		{ "GET http://u:p@b.example/x HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_AUTHORITY },
		{ "GET http://b.example:99999/ HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_AUTHORITY },
		{ "GET http://b.example:8x/ HTTP/1.1\r\n" H "\r\n", 0, HTTP_BAD_AUTHORITY },
		{ "GET http://b.example/ HTTP/1.1\r\n\r\n", 0, HTTP_HOST_MISSING },
	};

	check_rows(true, ROWS(rows));
}

static void test_hosts(void **state)
{
	static const struct row rows[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 0, HTTP_HOST_MISSING },
		{ "GET / HTTP/1.1\r\nHosts: a\r\n\r\n", 0, HTTP_HOST_MISSING },
		{ "GET / HTTP/1.1\r\n" H "hOST: b\r\n\r\n", 0, HTTP_HOST_TWICE },
		{ "GET / HTTP/1.1\r\n" H H "\r\n", 0, HTTP_HOST_TWICE },
		{ "GET / HTTP/1.0\r\n" H H "\r\n", 0, HTTP_HOST_TWICE },
		{ "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: \t \r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: a:-1\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: [::g]\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: [1:2]\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: []\r\n\r\n", 0, HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\nHost: [v1.a:b]\r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\nHost: 127.0.0.1:65535\r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\nHost: a_b-c.%41:\r\n\r\n", 0, 0 },
	};

	check_rows(true, ROWS(rows));
}

static void test_fields(void **state)
{
	static const struct row rows[] = {
		{ "GET / HTTP/1.1\r\n" H "A:\r\nB:x\r\nC: \t x y\t \r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\n" H "A: \x80\xff\r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\n " H "\r\n", 0, HTTP_LEADING_SPACE },
		{ "GET / HTTP/1.1\r\n" H " folded\r\n\r\n", 0, HTTP_OBS_FOLD },
		{ "GET / HTTP/1.1\r\n" H "\tfolded\r\n\r\n", 0, HTTP_OBS_FOLD },
		{ "GET / HTTP/1.1\r\n" H ": x\r\n\r\n", 0, HTTP_BAD_NAME },
		{ "GET / HTTP/1.1\r\n" H "A(b): x\r\n\r\n", 0, HTTP_BAD_NAME },
		{ "GET / HTTP/1.1\r\n" H "\xc3\xa9: x\r\n\r\n", 0, HTTP_BAD_NAME },
		WITH_NUL("GET / HTTP/1.1\r\n" H "A\0b: x\r\n\r\n", HTTP_BAD_NAME),
		{ "GET / HTTP/1.1\r\n" H "A : x\r\n\r\n", 0, HTTP_SPACE_BEFORE_COLON },
		{ "GET / HTTP/1.1\r\n" H "A\t: x\r\n\r\n", 0, HTTP_SPACE_BEFORE_COLON },
		{ "GET / HTTP/1.1\r\n" H "A\r\n\r\n", 0, HTTP_NO_COLON },
		{ "GET / HTTP/1.1\r\n" H "A\n\r\n", 0, HTTP_NO_COLON },
		{ "GET / HTTP/1.1\r\n" H "A: x\n\r\n", 0, HTTP_BARE_LF },
		{ "GET / HTTP/1.1\r\n" H "A: x\ry\r\n\r\n", 0, HTTP_BARE_CR },
		{ "GET / HTTP/1.1\r\n" H "A: x\r\r\n\r\n", 0, HTTP_BARE_CR },
		{ "GET / HTTP/1.1\r\n" H "\n", 0, HTTP_BARE_LF },
		{ "GET / HTTP/1.1\r\n" H "\rA: x\r\n\r\n", 0, HTTP_BARE_CR },
		WITH_NUL("GET / HTTP/1.1\r\n" H "A: x\0y\r\n\r\n", HTTP_CONTROL),
		{ "GET / HTTP/1.1\r\n" H "A: 12345678\x1f\r\n\r\n", 0, HTTP_CONTROL },
		{ "GET / HTTP/1.1\r\n" H "A: 1234567\x7f\r\n\r\n", 0, HTTP_CONTROL },
		{ "GET / HTTP/1.1\r\n" H "A: 1\t2\t3\t4\t5\t6\t7\x0b\r\n\r\n", 0, HTTP_CONTROL },
	};

	check_rows(true, ROWS(rows));
}

static void test_framing(void **state)
{
#define CL "Content-Length: "
#define TE "Transfer-Encoding: "
	static const struct row rows[] = {
		{ "GET / HTTP/1.1\r\n" H CL "0\r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\n" H CL " 9223372036854775807 \r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\n" H CL "0000000000000000000007\r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\n" H CL "9223372036854775808\r\n\r\n", 0, HTTP_LENGTH_OVERFLOW },
		{ "GET / HTTP/1.1\r\n" H CL "99999999999999999999\r\n\r\n", 0, HTTP_LENGTH_OVERFLOW },
		{ "GET / HTTP/1.1\r\n" H CL "\r\n\r\n", 0, HTTP_LENGTH_INVALID },
		{ "GET / HTTP/1.1\r\n" H CL "+1\r\n\r\n", 0, HTTP_LENGTH_INVALID },
		{ "GET / HTTP/1.1\r\n" H CL "-1\r\n\r\n", 0, HTTP_LENGTH_INVALID },
		{ "GET / HTTP/1.1\r\n" H CL "1 1\r\n\r\n", 0, HTTP_LENGTH_INVALID },
		{ "GET / HTTP/1.1\r\n" H CL "1,1\r\n\r\n", 0, HTTP_LENGTH_INVALID },
		{ "GET / HTTP/1.1\r\n" H CL "0x1\r\n\r\n", 0, HTTP_LENGTH_INVALID },
		{ "GET / HTTP/1.1\r\n" H CL "1_0\r\n\r\n", 0, HTTP_LENGTH_INVALID },
		{ "GET / HTTP/1.1\r\n" H CL "1\r\n" CL "1\r\n\r\n", 0, HTTP_LENGTH_TWICE },
		{ "GET / HTTP/1.1\r\n" H CL "1\r\ncontent-length: 2\r\n\r\n", 0, HTTP_LENGTH_TWICE },
		{ "GET / HTTP/1.1\r\n" H "Content_Length: x\r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\n" H TE "chunked\r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\n" H TE "CHUNKED\r\n\r\n", 0, 0 },
		{ "GET / HTTP/1.1\r\n" H TE "\r\n\r\n", 0, HTTP_CODING_UNKNOWN },
		{ "GET / HTTP/1.1\r\n" H TE ",\r\n\r\n", 0, HTTP_CODING_UNKNOWN },
		{ "GET / HTTP/1.1\r\n" H TE "xchunked\r\n\r\n", 0, HTTP_CODING_UNKNOWN },
		{ "GET / HTTP/1.1\r\n" H TE "gzip, chunked\r\n\r\n", 0, HTTP_CODING_UNKNOWN },
		{ "GET / HTTP/1.1\r\n" H TE "identity\r\n\r\n", 0, HTTP_CODING_UNKNOWN },
		{ "GET / HTTP/1.1\r\n" H TE "\"chunked\"\r\n\r\n", 0, HTTP_CODING_UNKNOWN },
		{ "GET / HTTP/1.1\r\n" H TE "chunked;a=b\r\n\r\n", 0, HTTP_CODING_UNKNOWN },
		{ "GET / HTTP/1.1\r\n" H TE ",chunked\r\n\r\n", 0, HTTP_CODING_UNKNOWN },
		{ "GET / HTTP/1.1\r\n" H TE "chunked, gzip\r\n\r\n", 0, HTTP_CODING_ORDER },
		{ "GET / HTTP/1.1\r\n" H TE "chunked\r\n" TE "gzip\r\n\r\n", 0, HTTP_CODING_ORDER },
		{ "GET / HTTP/1.1\r\n" H TE "chunked, chunked\r\n\r\n", 0, HTTP_CODING_TWICE },
		{ "GET / HTTP/1.1\r\n" H TE "chunked\r\n" TE "chunked\r\n\r\n", 0, HTTP_CODING_TWICE },
		{ "GET / HTTP/1.0\r\n" H TE "chunked\r\n\r\n", 0, HTTP_CODING_IN_10 },
		{ "GET / HTTP/1.1\r\n" H TE "chunked\r\n" CL "1\r\n\r\n", 0, HTTP_CODING_AND_LENGTH },
		{ "GET / HTTP/1.1\r\n" H CL "1\r\n" TE "chunked\r\n\r\n", 0, HTTP_CODING_AND_LENGTH },
	};

	check_rows(true, ROWS(rows));
}

static void test_status_lines(void **state)
{
	static const struct row rows[] = {
		{ "HTTP/1.1 200 OK\r\n\r\n", 0, 0 },
		{ "HTTP/1.0 404 Not \xe9 \tthere\r\nA: b\r\n\r\n", 0, 0 },
		{ "HTTP/1.1 999 \r\n\r\n", 0, 0 },
		{ "HTTP/1.1 200\r\n\r\n", 0, 0 },
		{ "HTTP/1.1 099 No\r\n\r\n", 0, HTTP_BAD_STATUS },
		{ "HTTP/1.1 20 OK\r\n\r\n", 0, HTTP_BAD_STATUS },
		{ "HTTP/1.1 2000 OK\r\n\r\n", 0, HTTP_BAD_STATUS },
		{ "HTTP/1.1  200 OK\r\n\r\n", 0, HTTP_BAD_STATUS },
		{ "HTTP/1.1 200\tOK\r\n\r\n", 0, HTTP_BAD_STATUS },
		{ "HTTP/1.1 2x0 OK\r\n\r\n", 0, HTTP_BAD_STATUS },
		{ "HTTP/1.1\t200 OK\r\n\r\n", 0, HTTP_BAD_VERSION },
		{ "HTTP/1.1200 OK\r\n\r\n", 0, HTTP_BAD_VERSION },
		{ "HTTP/2.0 200 OK\r\n\r\n", 0, HTTP_OTHER_MAJOR },
		{ "HTP/1.1 200 OK\r\n\r\n", 0, HTTP_BAD_VERSION },
		{ "\r\nHTTP/1.1 200 OK\r\n\r\n", 0, HTTP_BLANK_LINES },
		{ "HTTP/1.1 200 O\x01K\r\n\r\n", 0, HTTP_CONTROL },
		{ "HTTP/1.1 200 OK\n\r\n", 0, HTTP_BARE_LF },
		{ "HTTP/1.1 200 OK\rA: b\r\n\r\n", 0, HTTP_BARE_CR },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 0, HTTP_LENGTH_TWICE },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 0,
		    HTTP_CODING_AND_LENGTH },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 0, 0 },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 0, HTTP_CODING_TWICE },
		{ "HTTP/1.1 200 OK\r\nHost: a b\r\nHost: c\r\n\r\n", 0, 0 },
	};

	check_rows(false, ROWS(rows));
}

static void request(struct http_msg *m, const char *text, int flags)
{
	memset(m, 0xa5, sizeof(*m));
	assert_int_equal(http_parse_request(slice_str(text), 0, NULL, flags, m), strlen(text));
	assert_int_equal(m->head_len, strlen(text));
}

static void test_what_is_read(void **state)
{
	struct http_msg m;

	request(&m,
	    "POST /a%20b/c?d=e?f HTTP/1.1\r\nHost: a.example:81\r\nX:  y z \r\n"
	    "Content-Length: 12\r\nConnection: Close , x\r\nExpect: 100-Continue\r\n\r\n",
	    0);
	assert_true(m.request);
	assert_int_equal(m.major, 1);
	assert_int_equal(m.minor, 1);
	assert_int_equal(m.method, HTTP_POST);
	assert_true(slice_eq_str(m.method_text, "POST"));
	assert_int_equal(m.form, HTTP_ORIGIN);
	assert_true(slice_eq_str(m.target, "/a%20b/c?d=e?f"));
	assert_true(slice_eq_str(m.path, "/a%20b/c"));
	assert_true(slice_eq_str(m.query, "d=e?f"));
	assert_true(slice_eq_str(m.host, "a.example:81"));
	assert_true(slice_eq_str(m.host_field, "a.example:81"));
	assert_int_equal(m.content_length, 12);
	assert_false(m.chunked);
	assert_false(m.coded);
	assert_true(m.close);
	assert_false(m.keep_alive);
	assert_false(m.upgrade);
	assert_int_equal(m.expect, HTTP_EXPECT_CONTINUE);
	assert_int_equal(m.tolerated, 0);
	assert_int_equal(m.nfields, 5);
	assert_true(slice_eq_str(m.fields[1].name, "X"));
	assert_true(slice_eq_str(m.fields[1].value, "y z"));
}

static void test_facts(void **state)
{
	struct http_msg m;

	request(&m, "GET / HTTP/1.1\r\n" H "\r\n", 0);
	assert_int_equal(m.content_length, -1);
	assert_null(m.query.p);
	assert_false(m.close || m.keep_alive || m.upgrade || m.chunked || m.coded);
	assert_int_equal(m.expect, HTTP_EXPECT_NONE);

	request(&m, "GET /? HTTP/1.1\r\n" H "Connection: keep-alive, Upgrade\r\nUpgrade: h2c\r\n\r\n", 0);
	assert_non_null(m.query.p);
	assert_int_equal(m.query.n, 0);
	assert_true(m.keep_alive);
	assert_true(m.upgrade);

	request(&m, "GET / HTTP/1.1\r\n" H "Upgrade: h2c\r\n\r\n", 0);
	assert_false(m.upgrade);
	request(&m, "GET / HTTP/1.1\r\n" H "Expect: 100-continue\r\nExpect: x\r\n\r\n", 0);
	assert_int_equal(m.expect, HTTP_EXPECT_OTHER);
	request(&m, "GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n", 0);
	assert_int_equal(m.expect, HTTP_EXPECT_NONE);
	assert_int_equal(m.host.n, 0);

	request(&m, "GET http://b.example:81?q HTTP/1.1\r\n" H "\r\n", 0);
	assert_int_equal(m.form, HTTP_ABSOLUTE);
	assert_true(slice_eq_str(m.host, "b.example:81"));
	assert_true(slice_eq_str(m.host_field, "a.example"));
	assert_true(slice_eq_str(m.path, "/"));
	assert_true(slice_eq_str(m.query, "q"));

	request(&m, "CONNECT [::1]:443 HTTP/1.1\r\n" H "\r\n", 0);
	assert_int_equal(m.form, HTTP_AUTHORITY);
	assert_true(slice_eq_str(m.host, "[::1]:443"));
	assert_int_equal(m.path.n, 0);

	request(&m, "OPTIONS * HTTP/1.1\r\n" H "\r\n", 0);
	assert_int_equal(m.form, HTTP_ASTERISK);
	assert_true(slice_eq_str(m.path, "*"));
	assert_true(slice_eq_str(m.host, "a.example"));
}

static void test_response(void **state)
{
	static const char text[] = "HTTP/1.0 404 Not there \r\nContent-Length: 3\r\n"
	                           "Connection: keep-alive\r\n\r\nabc";
	struct http_msg m;

	memset(&m, 0xa5, sizeof(m));
	assert_int_equal(http_parse_response(slice_str(text), 0, NULL, 0, &m), sizeof(text) - 1 - 3);
	assert_false(m.request);
	assert_int_equal(m.minor, 0);
	assert_int_equal(m.status, 404);
	assert_true(slice_eq_str(m.reason, "Not there "));
	assert_int_equal(m.content_length, 3);
	assert_true(m.keep_alive);
}

/* A head of exactly the size of a limit passes, one octet more does not. */
static void test_limits(void **state)
{
	const struct http_limits limits = { .line = 20, .head = 60, .fields = 2 };
	struct http_msg m;
	char text[128];
	int i;

	for (i = -1; i <= 1; i++) {
		int n = snprintf(text, sizeof(text), "GET /%0*d HTTP/1.1\r\n" H "\r\n", 4 + i, 0);
		ssize_t r = http_parse_request(slice_of(text, (size_t)n), 0, &limits, 0, &m);

		assert_int_equal(r, i == 1 ? -HTTP_LINE_TOO_LONG : n);
	}
	for (i = -1; i <= 1; i++) {
		int n = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\n" H "A: %0*d\r\n\r\n", 20 + i, 0);
		ssize_t r = http_parse_request(slice_of(text, (size_t)n), 0, &limits, 0, &m);

		assert_int_equal(r, i == 1 ? -HTTP_HEAD_TOO_LARGE : n);
	}
	snprintf(text, sizeof(text), "GET / HTTP/1.1\r\n" H "A:\r\nB:\r\n\r\n");
	assert_int_equal(http_parse_request(slice_str(text), 0, &limits, 0, &m), -HTTP_TOO_MANY_FIELDS);
}

/* The limits fail a head as soon as it has reached them, complete or not, and not before. */
static void test_limits_every_prefix(void **state)
{
	static char text[HTTP_HEAD_MAX + 100];
	struct http_msg m;
	size_t n;

	memset(text, 'a', sizeof(text));
	memcpy(text, "GET /", 5);
	assert_int_equal(http_parse_request(slice_of(text, HTTP_LINE_MAX - 1), 0, NULL, 0, &m), 0);
	for (n = HTTP_LINE_MAX; n < HTTP_LINE_MAX + 50; n++)
		assert_int_equal(
		    http_parse_request(slice_of(text, n), n - 1, NULL, 0, &m), -HTTP_LINE_TOO_LONG);
	memcpy(text, "GET / HTTP/1.1\r\nA: ", 19);
	for (n = HTTP_HEAD_MAX - 3; n < HTTP_HEAD_MAX + 3; n++)
		assert_int_equal(http_parse_request(slice_of(text, n), n - 1, NULL, 0, &m),
		    n < HTTP_HEAD_MAX ? 0 : -HTTP_HEAD_TOO_LARGE);
}

static void test_fields_limit(void **state)
{
	static char text[4096];
	struct http_msg m;
	size_t n = (size_t)snprintf(text, sizeof(text), "GET / HTTP/1.1\r\n" H);
	int i;

	for (i = 1; i < HTTP_FIELDS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "A: %d\r\n", i);
	memcpy(text + n, "\r\n", 3);
	assert_int_equal(http_parse_request(slice_of(text, n + 2), 0, NULL, 0, &m), n + 2);
	assert_int_equal(m.nfields, HTTP_FIELDS_MAX);
	memcpy(text + n, "A: b\r\n\r\n", 9);
	assert_int_equal(http_parse_request(slice_of(text, n + 8), 0, NULL, 0, &m), -HTTP_TOO_MANY_FIELDS);
	assert_int_equal(http_parse_request(slice_of(text, n + 1), n, NULL, 0, &m), -HTTP_TOO_MANY_FIELDS);
}

struct lenient_row {
	const char *text;
	enum http_reason noted;
};

static void test_lenient(void **state)
{
	static const struct lenient_row rows[] = {
		{ "\r\n\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", HTTP_BLANK_LINES },
		{ "GET / HTTP/1.1\n" H "\r\n", HTTP_BARE_LF },
		{ "GET / HTTP/1.1\r\nHost: a\n\n", HTTP_BARE_LF },
		{ "GET / HTTP/1.1\r\n " H "\r\n", HTTP_LEADING_SPACE },
		{ "GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n\td\r\n\r\n", HTTP_OBS_FOLD },
		{ "GET / HTTP/1.1\r\n" H "A : b\r\n\r\n", HTTP_SPACE_BEFORE_COLON },
		{ "GET / HTTP/1.1\r\n" H "A\r\n\r\n", HTTP_NO_COLON },
		{ "GET / HTTP/1.1\r\n" H ": b\r\n\r\n", HTTP_BAD_NAME },
		{ "GET / HTTP/1.1\r\n" H "A: b\rc\r\n\r\n", HTTP_BARE_CR },
		{ "GET / HTTP/1.1\r\n" H "A: b\x01\x02\r\n\r\n", HTTP_CONTROL },
		{ "GET /\xc3\xa9# HTTP/1.1\r\n" H "\r\n", HTTP_BAD_TARGET },
		{ "GET * HTTP/1.1\r\n" H "\r\n", HTTP_BAD_TARGET_FORM },
		{ "GET http://u@b/ HTTP/1.1\r\n" H "\r\n", HTTP_BAD_AUTHORITY },
		{ "GET / HTTP/1.1\r\n\r\n", HTTP_HOST_MISSING },
		{ "GET / HTTP/1.1\r\n" H H "\r\n", HTTP_HOST_TWICE },
		{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", HTTP_HOST_INVALID },
		{ "GET / HTTP/1.1\r\n" H CL "x\r\n\r\n", HTTP_LENGTH_INVALID },
		{ "GET / HTTP/1.1\r\n" H CL "99999999999999999999\r\n\r\n", HTTP_LENGTH_OVERFLOW },
		{ "GET / HTTP/1.1\r\n" H CL "1\r\n" CL "2\r\n\r\n", HTTP_LENGTH_TWICE },
		{ "GET / HTTP/1.1\r\n" H TE "gzip\r\n\r\n", HTTP_CODING_UNKNOWN },
		{ "GET / HTTP/1.1\r\n" H TE "chunked, gzip\r\n\r\n", HTTP_CODING_ORDER },
		{ "GET / HTTP/1.1\r\n" H TE "chunked, chunked\r\n\r\n", HTTP_CODING_TWICE },
		{ "GET / HTTP/1.0\r\n" H TE "chunked\r\n\r\n", HTTP_CODING_IN_10 },
		{ "GET / HTTP/1.1\r\n" H TE "chunked\r\n" CL "1\r\n\r\n", HTTP_CODING_AND_LENGTH },
	};
	struct http_msg m;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(
		    every_way(true, slice_str(rows[i].text), HTTP_LENIENT), strlen(rows[i].text));
		assert_int_equal(
		    http_parse_request(slice_str(rows[i].text), 0, NULL, 0, &m), -(int)rows[i].noted);
		request(&m, rows[i].text, HTTP_LENIENT);
		if (m.tolerated != UINT64_C(1) << rows[i].noted)
			fail_msg("row %zu noted %llx", i, (unsigned long long)m.tolerated);
		assert_true(http_tolerated(&m, rows[i].noted));
	}
}

static void test_lenient_values(void **state)
{
	struct http_msg m;

	request(&m, "GET / HTTP/1.1\r\n" H "A : b \r\n c \r\nno colon \n: x\r\n" CL "1\r\n" CL "2\r\n\r\n",
	    HTTP_LENIENT);
	assert_int_equal(m.nfields, 6);
	assert_true(slice_eq_str(m.fields[1].name, "A"));
	assert_true(slice_eq_str(m.fields[1].value, "b \r\n c"));
	assert_int_equal(m.fields[2].name.n, 0);
	assert_true(slice_eq_str(m.fields[2].value, "no colon"));
	assert_int_equal(m.fields[3].name.n, 0);
	assert_true(slice_eq_str(m.fields[3].value, "x"));
	assert_int_equal(m.content_length, 1);
}

static void test_nothing(void **state)
{
	struct slice none = { NULL, 0 };
	struct http_msg m;

	assert_int_equal(http_parse_request(none, 0, NULL, 0, &m), 0);
	assert_int_equal(http_parse_response(none, 0, NULL, HTTP_LENIENT, &m), 0);
	assert_int_equal(http_parse_fields(none, NULL, 0, &m), 0);
	assert_int_equal(http_message_looks_like(none), HTTP_GUESS_MORE);
}

static void test_section(void **state)
{
	static const char text[] = "A: b\r\nHost: c d\r\nContent-Length: x\r\n\r\nmore";
	struct http_msg m;
	size_t n;

	assert_int_equal(http_parse_fields(slice_str(text), NULL, 0, &m), sizeof(text) - 1 - 4);
	assert_int_equal(m.nfields, 3);
	for (n = 0; n < sizeof(text) - 1 - 4; n++) {
		struct slice in = exact(slice_of(text, n));

		assert_int_equal(http_parse_fields(in, NULL, 0, &m), 0);
		exact_free(in);
	}
	assert_int_equal(http_parse_fields(SLICE("A : b\r\n"), NULL, 0, &m), -HTTP_SPACE_BEFORE_COLON);
}

/* Every octet in every place of a small head: strict verdicts never depend on the cuts. */
static void test_every_octet(void **state)
{
	static const char good[] = "PUT /a?b HTTP/1.1\r\nHost:a\r\nA: b\r\n\r\n";
	char text[sizeof(good)];
	size_t at;
	int octet;

	for (at = 0; at < sizeof(good) - 1; at++) {
		for (octet = 0; octet < 256; octet++) {
			memcpy(text, good, sizeof(good));
			text[at] = (char)octet;
			(void)every_way(true, slice_of(text, sizeof(good) - 1), 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_lines),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_framing),
		cmocka_unit_test(test_status_lines),
		cmocka_unit_test(test_what_is_read),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_response),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_every_prefix),
		cmocka_unit_test(test_fields_limit),
		cmocka_unit_test(test_lenient),
		cmocka_unit_test(test_lenient_values),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_section),
		cmocka_unit_test(test_every_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

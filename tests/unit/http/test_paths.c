/* The two paths of the parser, plain C and vector instructions: every octet in every place of heads long enough for
 * both, every length of them, and every way that blocks of 64 octets can lie over their lines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exact.h"
#include "same.h"

#include <stdio.h>

static const char request_head[] = "PUT /a%20b/c?d=0123456789012345678901234567890123456789abcdef "
                                   "HTTP/1.1\r\nHost: a.example\r\nAccept: "
                                   "*/*\r\nX:\r\nCookie: a=b; c=d\te=\"f\" \t \r\n"
                                   "A-name-of-more-than-thirty-two-octets-: "
                                   "value\r\nConnection:\tclose\r\nContent-Length: 12\r\n\r\n";
static const char response_head[] = "HTTP/1.1 200 Fine\r\nServer: b\r\nDate: Sun, 06 Nov 1994 08:49:37 "
                                    "GMT\r\nSet-Cookie: a=b\r\n"
                                    "Transfer-Encoding: chunked\r\nX-Empty:\r\n\r\n";

/* The verdict on a copy of `in`, read in one go after `seen` octets; both paths must agree. */
static ssize_t verdict(parse_head *parse, struct slice in, size_t seen, int flags)
{
	struct slice copy = exact(in);
	struct http_msg m;
	ssize_t r;

	memset(&m, 0xa5, sizeof(m));
	r = parse_same(parse, copy, seen, NULL, flags, &m);
	exact_free(copy);
	return r;
}

/* Cut anywhere, a head has the verdict of the whole or is open. */
static void check_cuts(parse_head *parse, struct slice in, int flags)
{
	ssize_t whole = verdict(parse, in, 0, flags), r;
	size_t n;

	for (n = 0; n < in.n; n++) {
		r = verdict(parse, slice_sub(in, 0, n), 0, flags);
		assert_true(r == 0 || r == whole);
		if (r == 0)
			assert_int_equal(verdict(parse, in, n, flags), whole);
	}
}

static void check_octets(parse_head *parse, const char *good, int flags)
{
	size_t n = strlen(good), at;
	char text[512];
	int octet;

	assert_true(n < sizeof(text));
	for (at = 0; at < n; at++) {
		for (octet = 0; octet < 256; octet++) {
			memcpy(text, good, n);
			text[at] = (char)octet;
			(void)verdict(parse, slice_of(text, n), 0, flags);
		}
	}
}

static void test_every_octet(void **state)
{
	check_octets(http_parse_request, request_head, 0);
	check_octets(http_parse_request, request_head, HTTP_LENIENT);
	check_octets(http_parse_response, response_head, 0);
	check_octets(http_parse_response, response_head, HTTP_LENIENT);
}

static void test_every_cut(void **state)
{
	check_cuts(http_parse_request, slice_str(request_head), 0);
	check_cuts(http_parse_request, slice_str(request_head), HTTP_LENIENT);
	check_cuts(http_parse_response, slice_str(response_head), 0);
	check_cuts(http_parse_response, slice_str(response_head), HTTP_LENIENT);
}

/* Breaches behind enough of a head that blocks are in use, moved octet by octet through two of them. */
static void test_every_place(void **state)
{
	static const struct {
		const char *line;
		enum http_reason reason;
	} rows[] = {
		{ "A: b\r\n", 0 },
		{ "A: b\n", HTTP_BARE_LF },
		{ "A: b\rc\r\n", HTTP_BARE_CR },
		{ "A: b\r\r\n", HTTP_BARE_CR },
		{ "A: b\x7f\r\n", HTTP_CONTROL },
		{ "A: b\r\n c\r\n", HTTP_OBS_FOLD },
		{ "A : b\r\n", HTTP_SPACE_BEFORE_COLON },
		{ "A\r\n", HTTP_NO_COLON },
		{ ": b\r\n", HTTP_BAD_NAME },
		{ "A(b): c\r\n", HTTP_BAD_NAME },
		{ "Host: b\r\n", HTTP_HOST_TWICE },
		{ "Content-Length: 1\r\nContent-Length: 1\r\n", HTTP_LENGTH_TWICE },
		{ "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", HTTP_CODING_AND_LENGTH },
	};
	char text[512];
	size_t i;
	int pad;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (pad = 1; pad < 130; pad++) {
			int n = snprintf(text, sizeof(text),
			    "GET / HTTP/1.1\r\nHost: a\r\nPad: %0*d\r\n%sB: c\r\n\r\n", pad, 0, rows[i].line);
			struct slice in = slice_of(text, (size_t)n);

			assert_int_equal(verdict(http_parse_request, in, 0, 0),
			    rows[i].reason ? -(ssize_t)rows[i].reason : (ssize_t)n);
			(void)verdict(http_parse_request, in, 0, HTTP_LENIENT);
			if (pad % 16 == 1)
				check_cuts(http_parse_request, in, 0);
		}
	}
}

/* A limit that falls anywhere on a head says the same on both paths. */
static void test_every_limit(void **state)
{
	struct slice in = slice_str(request_head);
	struct http_msg m;
	uint32_t n;

	for (n = 1; n <= in.n + 1; n++) {
		const struct http_limits limits = { .line = 100, .head = n, .fields = (uint16_t)(n % 16) };
		struct slice copy = exact(in);
		ssize_t r = parse_same(http_parse_request, copy, 0, &limits, 0, &m);

		assert_true(limits.fields >= 7 && n >= in.n ? r == (ssize_t)in.n : r < 0);
		exact_free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_octet),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_every_place),
		cmocka_unit_test(test_every_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

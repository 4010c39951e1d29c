/* Requests as bytes, from parts and from files. */
#include "load/requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static struct opt_list headers;

static struct request_parts parts(const char *body, bool close)
{
	return (struct request_parts){ SLICE("a.test"), &headers, slice_str(body), close };
}

static void is_at(const struct requests *r, uint64_t i, const char *bytes)
{
	if (!slice_eq_str(requests_at(r, i)->bytes, bytes))
		fail_msg("%.*s\nis not\n%s", SLICE_ARG(requests_at(r, i)->bytes), bytes);
}

static void makes(const char *method, const struct request_parts *p, const char *bytes)
{
	struct requests r = { 0 };
	struct err e = { 0 };

	if (requests_add(&r, slice_str(method), SLICE("/x?y"), p, &e))
		fail_msg("%s", e.msg);
	requests_settle(&r);
	is_at(&r, 0, bytes);
	requests_fini(&r);
}

static void test_parts(void **state)
{
	struct request_parts p = parts(NULL, false);

	headers.n = 0;
	makes("GET", &p, "GET /x?y HTTP/1.1\r\nHost: a.test\r\n\r\n");
	makes("POST", &p, "POST /x?y HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n");
	p = parts("body", true);
	makes("PUT", &p,
	    "PUT /x?y HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody");
	headers = (struct opt_list){ { "host: b.test", "X-A:1" }, 2 };
	p = parts(NULL, false);
	makes("GET", &p, "GET /x?y HTTP/1.1\r\nhost: b.test\r\nX-A: 1\r\n\r\n");
	headers.n = 0;
}

static void refuses_header(const char *text)
{
	struct requests r = { 0 };
	struct request_parts p = parts(NULL, false);
	struct err e = { 0 };

	headers = (struct opt_list){ { text }, 1 };
	assert_int_equal(requests_add(&r, SLICE("GET"), SLICE("/"), &p, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	headers.n = 0;
	requests_fini(&r);
}

static void test_what_is_no_header(void **state)
{
	refuses_header("no colon");
	refuses_header(": empty");
	refuses_header("Two words: x");
	refuses_header("X: a\r\nY: b");
}

static int parse(struct requests *r, const char *text, struct err *e)
{
	struct request_parts p = parts(NULL, false);
	int rc = requests_parse(r, slice_str(text), "file", &p, e);

	requests_settle(r);
	return rc;
}

static void test_file(void **state)
{
	struct requests r = { 0 };
	struct err e = { 0 };

	if (parse(&r,
	        "# both kinds\r\nGET /1\r\n\n  HEAD   /2  \n\"POST / HTTP/1.1\\r\\n\\x41\\\\\\\"\\t\"\nGET "
	        "/3",
	        &e))
		fail_msg("%s", e.msg);
	assert_int_equal(r.n, 4);
	is_at(&r, 0, "GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\n");
	is_at(&r, 1, "HEAD /2 HTTP/1.1\r\nHost: a.test\r\n\r\n");
	is_at(&r, 2, "POST / HTTP/1.1\r\nA\\\"\t");
	is_at(&r, 7, "GET /3 HTTP/1.1\r\nHost: a.test\r\n\r\n");
	assert_int_equal(requests_at(&r, 1)->method, HTTP_HEAD);
	assert_int_equal(requests_at(&r, 2)->method, HTTP_POST);
	requests_fini(&r);
}

static void refuses(const char *text, const char *words)
{
	struct requests r = { 0 };
	struct err e = { 0 };

	assert_int_equal(parse(&r, text, &e), -1);
	if (!strstr(e.msg, words))
		fail_msg("'%s' does not say '%s'", e.msg, words);
	requests_fini(&r);
}

static void test_bad_files(void **state)
{
	refuses("", "file: no request");
	refuses("# nothing\n\n", "no request");
	refuses("GET /\nGET\n", "file:2: write METHOD TARGET");
	refuses("GET /a b\n", "file:1: ");
	refuses("G\x01T /\n", "file:1: ");
	refuses("\"GET /\n", "begins and ends with a quote");
	refuses("\"\"\n", "not empty");
	refuses("\"a\" b\n", "begins and ends with a quote");
	refuses("\"a\\", "escape");
	refuses("\"a\\q\"", "escape");
	refuses("\"a\\x4\"", "escape");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_what_is_no_header),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_bad_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Recognising HTTP/1 by content. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exact.h"
#include "http/parse.h"

/* Every prefix must give MORE until the verdict, which then stays. */
static enum http_guess guess_every_prefix(struct slice in)
{
	enum http_guess whole = http_message_looks_like(in), g = HTTP_GUESS_MORE;
	size_t n;

	for (n = 0; n <= in.n; n++) {
		struct slice prefix = exact(slice_sub(in, 0, n));
		enum http_guess before = g;

		g = http_message_looks_like(prefix);
		exact_free(prefix);
		assert_true(g == HTTP_GUESS_MORE || g == whole);
		assert_true(before == HTTP_GUESS_MORE || g == before);
	}
	return whole;
}

static void test_guesses(void **state)
{
	static const struct {
		const char *text;
		enum http_guess want;
	} rows[] = {
		{ "GET / HTTP/1.1\r\n", HTTP_GUESS_REQUEST },
		{ "M-SEARCH * HTTP/1.1\r\n", HTTP_GUESS_REQUEST },
		{ "GET /\xc3\xa9 HTTP/1.0\r\n", HTTP_GUESS_REQUEST },
		{ "HTTP/1.1 200 OK\r\n", HTTP_GUESS_RESPONSE },
		{ "HTTP/1.", HTTP_GUESS_RESPONSE },
		{ "", HTTP_GUESS_MORE },
		{ "HTTP/1", HTTP_GUESS_MORE },
		{ "GET /index.html", HTTP_GUESS_MORE },
		{ "GET / HTTP/", HTTP_GUESS_MORE },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_GUESS_NO },
		{ "SSH-2.0-x\r\n", HTTP_GUESS_NO },
		{ "EHLO a.example\r\n", HTTP_GUESS_NO },
		{ "220 a.example ESMTP\r\n", HTTP_GUESS_NO },
		{ "GET  / HTTP/1.1\r\n", HTTP_GUESS_NO },
		{ "\x16\x03\x01\x02", HTTP_GUESS_NO },
		{ "AVERYLONGWORDTHATNOMETHODIS", HTTP_GUESS_NO },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(guess_every_prefix(slice_str(rows[i].text)), rows[i].want);
}

static void test_guess_gives_up(void **state)
{
	static char text[HTTP_LINE_MAX];

	memset(text, 'a', sizeof(text));
	memcpy(text, "GET /", 5);
	assert_int_equal(http_message_looks_like(slice_of(text, sizeof(text) - 1)), HTTP_GUESS_MORE);
	assert_int_equal(http_message_looks_like(slice_of(text, sizeof(text))), HTTP_GUESS_NO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guesses),
		cmocka_unit_test(test_guess_gives_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

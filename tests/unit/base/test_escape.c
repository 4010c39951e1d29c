/* What a peer sent is harmless in a terminal, in JSON and in HTML. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/escape.h"

#include <stdlib.h>

typedef void escape_fn(struct buf *out, struct slice s);

static void expect(escape_fn *escape, struct slice in, const char *out)
{
	uint8_t *exact = malloc(in.n + !in.n);
	struct buf b = { 0 };

	if (in.n)
		memcpy(exact, in.p, in.n);
	escape(&b, slice_of(exact, in.n));
	assert_string_equal(buf_cstr(&b), out);
	buf_fini(&b);
	free(exact);
}

static void test_text(void **state)
{
	expect(escape_text, SLICE(""), "");
	expect(escape_text, SLICE("plain 'text' <&> \"q\""), "plain 'text' <&> \"q\"");
	expect(escape_text, SLICE("a\\b"), "a\\x5cb");
	expect(escape_text, SLICE("\x1b[2J\r\n\t\0\x7f"), "\\x1b[2J\\x0d\\x0a\\x09\\x00\\x7f");
	expect(escape_text, SLICE("h\xc3\xa9 \xed\x95\x9c \xf0\x9f\x94\x91"), "hé 한 🔑");
	expect(escape_text, SLICE("\xc2\x9b"), "\\xc2\\x9b"); /* CSI as a C1 control */
	expect(escape_text,
	    SLICE("\xe2\x80\xae"
	          "a"),
	    "\\xe2\\x80\\xae"
	    "a"); /* right-to-left override */
	expect(
	    escape_text, SLICE("\xe2\x80\x8b\xef\xbb\xbf"), "\\xe2\\x80\\x8b\\xef\\xbb\\xbf"); /* invisible */
	expect(escape_text, SLICE("\xff\xc3"), "\\xff\\xc3");
}

static void test_json(void **state)
{
	expect(escape_json, SLICE("a\"b\\c/"), "a\\u0022b\\u005cc/");
	expect(escape_json, SLICE("\n\0\x1f"), "\\u000a\\u0000\\u001f");
	expect(escape_json, SLICE("\xed\x95\x9c"), "한");
	expect(escape_json, SLICE("\xe2\x80\xa8"), "\\u2028"); /* a line end to JavaScript */
	expect(escape_json, SLICE("\xf3\xa0\x80\x81"), "\\udb40\\udc01");
	expect(escape_json,
	    SLICE("a\xff"
	          "b\xc3"),
	    "a\xef\xbf\xbd"
	    "b\xef\xbf\xbd");
	expect(escape_json, SLICE("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* half a pair */
}

static void test_html(void **state)
{
	expect(
	    escape_html, SLICE("<a href='x'>&\"</a>"), "&#60;a href=&#39;x&#39;&#62;&#38;&#34;&#60;/a&#62;");
	expect(escape_html, SLICE("a\tb\nc"), "a\tb\nc");
	expect(escape_html, SLICE("\0\x1b\xff"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	expect(escape_html, SLICE("한\\"), "한\\");
	expect(escape_html, SLICE("\xe2\x80\xae"), "\xef\xbf\xbd");
}

/* RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF, nothing cut. */
static void test_utf8(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t rune; /* 0: not well formed */
	} rows[] = {
		{ "a", 'a' },
		{ "\x7f", 0x7f },
		{ "\xc2\x80", 0x80 },
		{ "\xdf\xbf", 0x7ff },
		{ "\xe0\xa0\x80", 0x800 },
		{ "\xed\x9f\xbf", 0xd7ff },
		{ "\xee\x80\x80", 0xe000 },
		{ "\xef\xbf\xbf", 0xffff },
		{ "\xf0\x90\x80\x80", 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 0x10ffff },
		{ "\x80", 0 },
		{ "\xbf", 0 },
		{ "\xc0\x80", 0 },
		{ "\xc1\xbf", 0 },
		{ "\xe0\x9f\xbf", 0 },
		{ "\xed\xa0\x80", 0 },
		{ "\xed\xbf\xbf", 0 },
		{ "\xf0\x8f\xbf\xbf", 0 },
		{ "\xf4\x90\x80\x80", 0 },
		{ "\xf8\x88\x80\x80\x80", 0 },
		{ "\xff", 0 },
		{ "\xc3", 0 },
		{ "\xe2\x82", 0 },
		{ "\xf0\x9f\x94", 0 },
		{ "\xc3(", 0 },
		{ "\xe2(\xa1", 0 },
		{ "\xe2\x82(", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct slice s = slice_str(rows[i].bytes);
		uint32_t rune = 0;

		assert_int_equal(escape_utf8(s, &rune), rows[i].rune ? s.n : 0);
		if (rows[i].rune)
			assert_int_equal(rune, rows[i].rune);
	}
	assert_int_equal(escape_utf8(slice_of(NULL, 0), &(uint32_t){ 0 }), 0);
}

static bool well_formed(struct slice s)
{
	uint32_t rune;
	size_t n;

	while (s.n && (n = escape_utf8(s, &rune)))
		s = slice_skip(s, n);
	return s.n == 0;
}

/* Any bytes: what comes out is UTF-8 without controls, whichever the escape. */
static void test_any_bytes(void **state)
{
	static escape_fn *const all[] = { escape_text, escape_json, escape_html };
	uint32_t random = 3;

	for (int round = 0; round < 3000; round++) {
		uint8_t in[12];

		for (size_t i = 0; i < sizeof(in); i++)
			in[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 20);
		for (int k = 0; k < 3; k++) {
			struct buf out = { 0 };

			all[k](&out, slice_of(in, (size_t)round % sizeof(in)));
			assert_true(well_formed(buf_view(&out)));
			for (size_t i = 0; i < out.n; i++)
				assert_true(
				    out.p[i] >= 0x20 || (k == 2 && (out.p[i] == '\n' || out.p[i] == '\t')));
			buf_fini(&out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

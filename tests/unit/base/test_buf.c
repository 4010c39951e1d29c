/* Growable buffers with a limit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"

#include <stdlib.h>

static void test_append(void **state)
{
	struct buf b = { 0 };

	assert_string_equal(buf_cstr(&b), "");
	assert_int_equal(buf_put(&b, "ab", 2), 0);
	assert_int_equal(buf_putc(&b, 'c'), 0);
	assert_int_equal(buf_puts(&b, "de"), 0);
	assert_int_equal(buf_slice(&b, SLICE("f")), 0);
	assert_int_equal(buf_slice(&b, slice_of(NULL, 0)), 0);
	assert_int_equal(buf_printf(&b, "%d-%s", 7, "x"), 0);
	assert_string_equal(buf_cstr(&b), "abcdef7-x");
	assert_int_equal(b.n, 9); /* the NUL does not count */
	assert_true(slice_eq_str(buf_view(&b), "abcdef7-x"));
	buf_fini(&b);
	assert_null(b.p);
}

static void test_limit(void **state)
{
	struct buf b;

	buf_init(&b, 10);
	assert_int_equal(buf_puts(&b, "0123456"), 0);
	assert_int_equal(buf_puts(&b, "789x"), -1);
	assert_true(b.failed);
	assert_string_equal(buf_cstr(&b), "0123456"); /* all or nothing */
	assert_int_equal(buf_puts(&b, "789"), 0);
	assert_true(b.failed); /* until it is cleared */
	assert_int_equal(buf_putc(&b, 'x'), -1);
	assert_int_equal(b.n, 10);
	buf_clear(&b);
	assert_false(b.failed);
	assert_int_equal(buf_printf(&b, "%s", "01234567890"), -1);
	assert_int_equal(b.n, 0);
	buf_fini(&b);
	assert_int_equal(buf_puts(&b, "01234567890"), -1); /* the limit stays */
	buf_fini(&b);
}

/* Asking for the content as a string makes room behind it, which is not room for more content. */
static void test_limit_after_cstr(void **state)
{
	struct buf b;

	buf_init(&b, 10);
	assert_string_equal(buf_cstr(&b), "");
	assert_int_equal(buf_puts(&b, "01234567890"), -1);
	assert_int_equal(buf_puts(&b, "0123456789"), 0);
	assert_string_equal(buf_cstr(&b), "0123456789");
	assert_int_equal(buf_putc(&b, 'x'), -1);
	buf_fini(&b);
}

static void test_reserve(void **state)
{
	struct buf b = { 0 };

	assert_int_equal(buf_reserve(&b, 100), 0);
	assert_true(b.cap >= 100);
	memset(b.p, 'x', 100);
	b.n += 100;
	assert_int_equal(buf_reserve(&b, SIZE_MAX - 50), -1); /* the sum would overflow */
	assert_true(b.failed);
	assert_int_equal(b.n, 100);
	buf_fini(&b);
}

static void test_printf_long(void **state)
{
	struct buf b = { 0 };
	char text[5000];

	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(buf_printf(&b, "<%s>", text), 0);
	assert_int_equal(b.n, sizeof(text) + 1);
	assert_int_equal(b.p[0], '<');
	assert_int_equal(b.p[b.n - 1], '>');
	buf_fini(&b);
	for (size_t n = 250; n < 260; n++) { /* around the small buffer it tries first */
		buf_printf(&b, "%.*s", (int)n, text);
		assert_int_equal(b.n, n);
		buf_clear(&b);
	}
	buf_fini(&b);
}

static void test_consume(void **state)
{
	struct buf b = { 0 };

	buf_puts(&b, "abcdef");
	buf_consume(&b, 0);
	assert_string_equal(buf_cstr(&b), "abcdef");
	buf_consume(&b, 4);
	assert_string_equal(buf_cstr(&b), "ef");
	buf_consume(&b, 2);
	assert_int_equal(b.n, 0);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_limit_after_cstr),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_printf_long),
		cmocka_unit_test(test_consume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What printf says, format_text says too. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/format.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static int ours(char *dst, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = format_text(dst, size, fmt, ap);
	va_end(ap);
	return n;
}

/* Into room of every size, the last byte of which must not be passed. */
#define SAME(...)                                                                                            \
	do {                                                                                                 \
		for (size_t size = 0; size < 100; size++) {                                                  \
			char a[101], b[101];                                                                 \
                                                                                                             \
			memset(a, '#', sizeof(a));                                                           \
			memset(b, '#', sizeof(b));                                                           \
			assert_int_equal(ours(a, size, __VA_ARGS__), snprintf(b, size, __VA_ARGS__));        \
			assert_memory_equal(a, b, sizeof(a));                                                \
		}                                                                                            \
	} while (0)

static void test_common(void **state)
{
	SAME("%s", "");
	SAME("plain");
	SAME("GET %s HTTP/%d.%d%%", "/a/path", 1, 1);
	SAME("%u %d %i %x", UINT_MAX, INT_MIN, -1, 0xbeefu);
	SAME("%lu %ld %lx", ULONG_MAX, LONG_MIN, 0x1234567890abcdefUL);
	SAME("%llu %lld %llx", ULLONG_MAX, LLONG_MIN, 0ULL);
	SAME("%zu|%c|%.*s|%.*s", (size_t)0, 'x', 3, "abcdef", 0, "gone");
	SAME("%.*s", -1, "a negative precision is none");
}

static void test_others_go_to_printf(void **state)
{
	SAME("%s then %5u", "first", 7u);
	SAME("%-8s|%08x|%.2f|%p", "left", 0xabcu, 1.25, (void *)0);
	SAME("%.3s", "precision");
	SAME("%.*d", 5, 12);
}

static void test_missing_string(void **state)
{
	char text[20];
	const char *volatile none = NULL;

	assert_int_equal(ours(text, sizeof(text), "%s", none), 6);
	assert_string_equal(text, "(null)");
}

static void test_groups(void **state)
{
	char text[27];

	assert_string_equal(format_grouped(0, text, sizeof(text)), "0");
	assert_string_equal(format_grouped(999, text, sizeof(text)), "999");
	assert_string_equal(format_grouped(1000, text, sizeof(text)), "1,000");
	assert_string_equal(format_grouped(12345678, text, sizeof(text)), "12,345,678");
	assert_string_equal(format_grouped(UINT64_MAX, text, sizeof(text)), "18,446,744,073,709,551,615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_common),
		cmocka_unit_test(test_others_go_to_printf),
		cmocka_unit_test(test_missing_string),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Formatted text, fast for the common conversions; see format.h. */
#include "base/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Text of which only what fits is written, and all is counted. */
struct text {
	char *dst;
	size_t size, n;
};

static void put(struct text *t, const char *s, size_t n)
{
	if (t->n < t->size)
		memcpy(t->dst + t->n, s, n < t->size - t->n ? n : t->size - t->n);
	t->n += n;
}

/* Both digits of 0 to 99. */
static const char pairs[201] = "00010203040506070809101112131415161718192021222324252627282930313233343536373"
                               "839404142434445464748"
                               "49505152535455565758596061626364656667686970717273747576777879808182838485868"
                               "7888990919293949596979899";

void format_digits(char *dst, uint32_t v, size_t n)
{
	for (; n >= 2; v /= 100)
		memcpy(dst + (n -= 2), pairs + v % 100 * 2, 2);
	if (n)
		dst[0] = (char)('0' + v % 10);
}

/* A number of b bits has b * log10(2) digits, or one more. */
static size_t count_digits(uint32_t v)
{
	static const uint32_t power10[] = { 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
		1000000000 };
	unsigned n = (unsigned)(32 - __builtin_clz(v | 1)) * 1233 >> 12;

	return n + (v >= power10[n]);
}

size_t format_u64(char dst[FORMAT_U64], uint64_t v)
{
	size_t n;

	if (v < 10) {
		dst[0] = (char)('0' + v);
		return 1;
	}
	if (v <= UINT32_MAX) {
		n = count_digits((uint32_t)v);
		format_digits(dst, (uint32_t)v, n);
		return n;
	}
	n = format_u64(dst, v / 1000000000);
	format_digits(dst + n, (uint32_t)(v % 1000000000), 9);
	return n + 9;
}

static void put_hex(struct text *t, uint64_t v)
{
	char digits[16];
	size_t at = sizeof(digits);

	do
		digits[--at] = "0123456789abcdef"[v & 15];
	while (v >>= 4);
	put(t, digits + at, sizeof(digits) - at);
}

static void put_number(struct text *t, uint64_t v, bool minus)
{
	char digits[FORMAT_U64];

	if (minus)
		put(t, "-", 1);
	put(t, digits, format_u64(digits, v));
}

static int64_t next_signed(va_list *ap, unsigned length)
{
	return length == 0 ? va_arg(*ap, int) : length == 1 ? va_arg(*ap, long) : va_arg(*ap, long long);
}

static uint64_t next_unsigned(va_list *ap, unsigned length)
{
	return length == 0   ? va_arg(*ap, unsigned)
	       : length == 1 ? va_arg(*ap, unsigned long)
	                     : va_arg(*ap, unsigned long long);
}

static void put_string(struct text *t, const char *s, int most)
{
	s = s ? s : "(null)";
	put(t, s, most < 0 ? strlen(s) : strnlen(s, (size_t)most));
}

/* One conversion behind its '%'.  What follows it, or NULL when it is not one of ours. */
static const char *convert(struct text *t, const char *fmt, va_list *ap)
{
	unsigned length = 0; /* 0 int, 1 long and size_t, 2 long long */
	int most = -1;
	int64_t v;

	if (fmt[0] == '.' && fmt[1] == '*') {
		most = va_arg(*ap, int);
		return fmt[2] == 's' ? (put_string(t, va_arg(*ap, const char *), most), fmt + 3) : NULL;
	}
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		length++;
	switch (*fmt) {
	case '%': put(t, "%", 1); break;
	case 'c': put(t, (char[]){ (char)va_arg(*ap, int) }, 1); break;
	case 's': put_string(t, va_arg(*ap, const char *), -1); break;
	case 'u': put_number(t, next_unsigned(ap, length), false); break;
	case 'x': put_hex(t, next_unsigned(ap, length)); break;
	case 'd':
	case 'i':
		v = next_signed(ap, length);
		put_number(t, v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0);
		break;
	default: return NULL;
	}
	return fmt + 1;
}

int format_text(char *dst, size_t size, const char *fmt, va_list ap)
{
	struct text t = { dst, size, 0 };
	const char *at = fmt, *mark;
	va_list mine;

	va_copy(mine, ap);
	while (at && *(mark = strchrnul(at, '%'))) {
		put(&t, at, (size_t)(mark - at));
		at = convert(&t, mark + 1, &mine);
	}
	va_end(mine);
	if (!at)
		return vsnprintf(dst, size, fmt, ap);
	put(&t, at, strlen(at));
	if (size)
		dst[t.n < size ? t.n : size - 1] = '\0';
	return (int)t.n;
}

const char *format_grouped(uint64_t v, char *dst, size_t size)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)v);
	size_t at = 0;

	for (int i = 0; i < n && at + 1 < size; i++) {
		dst[at++] = digits[i];
		if (i + 1 < n && (n - i - 1) % 3 == 0 && at + 1 < size)
			dst[at++] = ',';
	}
	dst[at] = '\0';
	return dst;
}

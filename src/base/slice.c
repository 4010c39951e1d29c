/* Borrowed runs of bytes; see slice.h. */
#include "base/slice.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool ieq(const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool slice_ieq(struct slice a, struct slice b)
{
	return a.n == b.n && ieq(a.p, b.p, a.n);
}

bool slice_ieq_str(struct slice a, const char *b)
{
	if (a.n && ((a.p[0] ^ (uint8_t)b[0]) & 0xdf)) /* most words differ at once */
		return false;
	return slice_ieq(a, slice_str(b));
}

bool slice_starts(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && slice_eq(slice_sub(s, 0, prefix.n), prefix);
}

bool slice_istarts(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && ieq(s.p, prefix.p, prefix.n);
}

ssize_t slice_chr(struct slice s, uint8_t c)
{
	const uint8_t *hit = s.n ? memchr(s.p, c, s.n) : NULL;

	return hit ? hit - s.p : -1;
}

ssize_t slice_rchr(struct slice s, uint8_t c)
{
	const uint8_t *hit = s.n ? memrchr(s.p, c, s.n) : NULL;

	return hit ? hit - s.p : -1;
}

ssize_t slice_find(struct slice s, struct slice needle)
{
	const uint8_t *hit;

	if (needle.n == 0)
		return 0;
	hit = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return hit ? hit - s.p : -1;
}

struct slice slice_trim(struct slice s)
{
	while (s.n && (*s.p == ' ' || *s.p == '\t'))
		s = slice_skip(s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

struct slice slice_cut(struct slice *rest, uint8_t sep)
{
	struct slice field = *rest;
	ssize_t at = slice_chr(*rest, sep);

	if (at < 0) {
		*rest = (struct slice){ NULL, 0 };
		return field;
	}
	field.n = (size_t)at;
	*rest = slice_skip(*rest, field.n + 1);
	return field;
}

int slice_u64(struct slice s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		if (__builtin_mul_overflow(v, (uint64_t)10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return -1;
	}
	*out = v;
	return 0;
}

int slice_hex64(struct slice s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = lower(s.p[i]);
		uint8_t digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;

		if (digit > 15 || v >> 60)
			return -1;
		v = v << 4 | digit;
	}
	*out = v;
	return 0;
}

char *slice_cstr(struct slice s, char *dst, size_t size)
{
	size_t n = s.n < size ? s.n : size - 1;

	if (n)
		memcpy(dst, s.p, n);
	dst[n] = '\0';
	return dst;
}

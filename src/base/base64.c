/* Base64 and base64url, strict; see base64.h.  RFC 4648. */
#include "base/base64.h"

static const char digits_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char digits_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t base64_encoded_size(size_t n, int flags)
{
	if (flags & BASE64_UNPADDED)
		return n / 3 * 4 + (n % 3 ? n % 3 + 1 : 0);
	return (n + 2) / 3 * 4;
}

void base64_encode(struct slice in, int flags, char *out)
{
	const char *digits = flags & BASE64_URL ? digits_url : digits_std;
	size_t i, k, left;
	uint32_t v;

	for (i = 0; i < in.n; i += 3) {
		left = in.n - i;
		v = (uint32_t)in.p[i] << 16;
		if (left > 1)
			v |= (uint32_t)in.p[i + 1] << 8;
		if (left > 2)
			v |= in.p[i + 2];
		for (k = 0; k < 4; k++) {
			if (k <= left)
				*out++ = digits[v >> (18 - 6 * k) & 63];
			else if (!(flags & BASE64_UNPADDED))
				*out++ = '=';
		}
	}
}

int base64_put(struct buf *out, struct slice in, int flags)
{
	size_t n = base64_encoded_size(in.n, flags);

	if (n == 0)
		return 0;
	if (buf_reserve(out, n) < 0)
		return -1;
	base64_encode(in, flags, (char *)out->p + out->n);
	out->n += n;
	return 0;
}

#define LETTERS_AND_NUMBERS                                                                                  \
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8, ['I'] = 9,   \
	['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17,      \
	['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25,      \
	['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33,      \
	['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41,      \
	['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,      \
	['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56, ['4'] = 57,      \
	['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62

/* The value of each digit and one more, so that what is none is 0.  A table, because digits of random bytes are
 * what no processor guesses: with comparisons an id would cost a dozen wrong guesses. */
static const uint8_t values_std[256] = { LETTERS_AND_NUMBERS, ['+'] = 63, ['/'] = 64 };
static const uint8_t values_url[256] = { LETTERS_AND_NUMBERS, ['-'] = 63, ['_'] = 64 };

static int digit_value(uint8_t c, int flags)
{
	return (flags & BASE64_URL ? values_url : values_std)[c] - 1;
}

/* Cuts the padding off `in`: 0, or -1 when there is padding where there may be none, or none where
 * there must be. */
static int strip_padding(struct slice *in, int flags)
{
	size_t pad = 0;

	while (pad < 2 && pad < in->n && in->p[in->n - 1 - pad] == '=')
		pad++;
	if (pad ? (flags & BASE64_UNPADDED) || in->n % 4 != 0
	        : !(flags & (BASE64_UNPADDED | BASE64_ANY_PADDING)) && in->n % 4 != 0)
		return -1;
	in->n -= pad;
	return in->n % 4 == 1 ? -1 : 0;
}

ssize_t base64_decode(struct slice in, int flags, uint8_t *out, size_t size)
{
	uint32_t bits = 0; /* the low `have` bits wait to be written */
	unsigned have = 0;
	size_t i, n = 0;

	if (strip_padding(&in, flags) < 0)
		return -1;
	if (size < in.n / 4 * 3 + (in.n % 4 ? in.n % 4 - 1 : 0))
		return -1;
	for (i = 0; i < in.n; i++) {
		int v = digit_value(in.p[i], flags);

		if (v < 0)
			return -1;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
	if (bits & ((1U << have) - 1))
		return -1;
	return (ssize_t)n;
}

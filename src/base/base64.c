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

static int digit_value(uint8_t c, int flags)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == (flags & BASE64_URL ? '-' : '+'))
		return 62;
	if (c == (flags & BASE64_URL ? '_' : '/'))
		return 63;
	return -1;
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

/* The SubjectPublicKeyInfo of a PEM public key.  RFC 7468, RFC 5280 4.1.2.7, RFC 3279 2.3.1, RFC
 * 5480. Only as much DER as that needs. */
#include "token/key.h"
#include "base/base64.h"
#include "base/bytes.h"

enum {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SIZE_MAX = 4096,
};

/* 1.2.840.113549.1.1.1, 1.2.840.10045.2.1, 1.2.840.10045.3.1.7 */
static const uint8_t oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
static const uint8_t oid_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };
static const uint8_t oid_p256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };

/* The content of the next element, which must have that tag; r->bad otherwise. */
static struct slice take(struct rd *r, uint8_t tag)
{
	uint8_t got = rd_u8(r), first = rd_u8(r);
	size_t n = first;

	if (first == 0x81)
		n = rd_u8(r);
	else if (first == 0x82)
		n = rd_be16(r);
	else if (first > 0x7f)
		r->bad = true;
	if (got != tag)
		r->bad = true;
	return rd_take(r, n);
}

static size_t bits_of(struct slice integer)
{
	size_t bits;

	while (integer.n && integer.p[0] == 0)
		integer = slice_skip(integer, 1);
	if (integer.n == 0)
		return 0;
	bits = integer.n * 8;
	for (uint8_t top = integer.p[0]; !(top & 0x80); top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static enum key_kind look_der(struct slice der, size_t *bits)
{
	struct rd r = rd_of(der), info, alg, key, rsa;
	struct slice oid, curve;

	info = rd_of(take(&r, DER_SEQUENCE));
	alg = rd_of(take(&info, DER_SEQUENCE));
	key = rd_of(take(&info, DER_BIT_STRING));
	oid = take(&alg, DER_OID);
	if (r.bad || info.bad || alg.bad || rd_u8(&key) != 0)
		return KEY_UNKNOWN;
	if (slice_eq(oid, slice_of(oid_rsa, sizeof(oid_rsa)))) {
		rsa = rd_of(take(&key, DER_SEQUENCE));
		*bits = bits_of(take(&rsa, DER_INTEGER));
		return *bits ? KEY_RSA : KEY_UNKNOWN;
	}
	curve = take(&alg, DER_OID);
	if (slice_eq(oid, slice_of(oid_ec, sizeof(oid_ec))) &&
	    slice_eq(curve, slice_of(oid_p256, sizeof(oid_p256))))
		return KEY_P256;
	return KEY_UNKNOWN;
}

/* The digits between the two lines, without the ends of lines. */
static size_t squeeze(struct slice text, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' || text.p[i] == '\r' || text.p[i] == ' ')
			continue;
		if (n == size)
			return 0;
		out[n++] = (char)text.p[i];
	}
	return n;
}

enum key_kind key_look(struct slice text, size_t *bits)
{
	const struct slice begin = SLICE("-----BEGIN PUBLIC KEY-----"), end = SLICE("-----END "
	                                                                            "PUBLIC "
	                                                                            "KEY-----");
	char digits[DER_SIZE_MAX];
	uint8_t der[DER_SIZE_MAX];
	ssize_t at, stop, n;

	*bits = 0;
	if (slice_find(text, SLICE("-----BEGIN")) < 0)
		return KEY_NOT_PEM;
	if (slice_find(text, SLICE("PRIVATE KEY-----")) >= 0)
		return KEY_PRIVATE;
	at = slice_find(text, begin);
	if (at < 0)
		return KEY_UNKNOWN;
	text = slice_skip(text, (size_t)at + begin.n);
	stop = slice_find(text, end);
	if (stop < 0)
		return KEY_UNKNOWN;
	n = (ssize_t)squeeze(slice_sub(text, 0, (size_t)stop), digits, sizeof(digits));
	n = base64_decode(slice_of(digits, (size_t)n), BASE64_STD, der, sizeof(der));
	return n > 0 ? look_der(slice_of(der, (size_t)n), bits) : KEY_UNKNOWN;
}

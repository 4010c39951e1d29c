/* Digests as hexadecimal text; see hexdigest.h.  RFC 1321 (MD5), FIPS 180-4 (SHA-256). */
#include "tls/hexdigest.h"

#include <openssl/err.h>
#include <openssl/evp.h>

static void digest_hex(const char *name, struct slice s, char *out, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t md[EVP_MAX_MD_SIZE];
	size_t n = 0;

	out[0] = '\0';
	if (!EVP_Q_digest(NULL, name, NULL, s.n ? s.p : (const uint8_t *)"", s.n, md, &n) ||
	    2 * n + 1 != size) {
		ERR_clear_error();
		return;
	}
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[md[i] >> 4];
		out[2 * i + 1] = digits[md[i] & 15];
	}
	out[2 * n] = '\0';
}

void digest_md5_hex(struct slice s, char out[DIGEST_MD5_HEX])
{
	digest_hex("MD5", s, out, DIGEST_MD5_HEX);
}

void digest_sha256_hex(struct slice s, char out[DIGEST_SHA256_HEX])
{
	digest_hex("SHA256", s, out, DIGEST_SHA256_HEX);
}

/* SHA-256 and comparing secrets; see digest.h. */
#include "tls/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

int digest_sha256(struct slice in, uint8_t out[DIGEST_SHA256])
{
	return EVP_Digest(in.p, in.n, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : -1;
}

bool digest_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}

void digest_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

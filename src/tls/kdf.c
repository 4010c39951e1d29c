/* Key derivation of TLS.  RFC 8446 7.1, RFC 5869 2.3, RFC 5246 5, RFC 2246 5. */
#include "tls/kdf.h"
#include "base/bytes.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

enum {
	/* length, "tls13 " and a label with its length byte, a context with its length byte,
	   counter */
	INFO_MAX = 2 + 256 + 256 + 1,
	HASH_MAX = 48,
};

size_t kdf_hash_size(enum kdf_hash hash)
{
	switch (hash) {
	case KDF_SHA256: return 32;
	case KDF_SHA384: return 48;
	case KDF_MD5_SHA1: return 36;
	}
	return 0;
}

/* HKDF-Expand: T(i) = HMAC(secret, T(i-1) | info | i).  `info` has room for the counter behind it.
 */
static int hkdf_expand(
    const EVP_MD *md, size_t size, struct slice secret, struct wr *info, uint8_t *out, size_t n)
{
	uint8_t block[HASH_MAX + INFO_MAX], t[HASH_MAX];
	size_t t_n = 0;
	int rc = 0;

	for (unsigned i = 1; n > 0 && rc == 0; i++) {
		struct wr w = wr_of(block, sizeof(block));
		size_t take = n < size ? n : size;

		wr_put(&w, slice_of(t, t_n));
		wr_put(&w, slice_of(info->p, info->n));
		wr_u8(&w, (uint8_t)i);
		if (i > 255 || w.bad || !HMAC(md, secret.p, (int)secret.n, block, w.n, t, NULL)) {
			rc = -1;
			break;
		}
		t_n = size;
		memcpy(out, t, take);
		out += take;
		n -= take;
	}
	OPENSSL_cleanse(block, sizeof(block));
	OPENSSL_cleanse(t, sizeof(t));
	return rc;
}

int kdf_expand_label(
    enum kdf_hash hash, struct slice secret, const char *label, struct slice context, uint8_t *out, size_t n)
{
	uint8_t bytes[INFO_MAX];
	struct wr info = wr_of(bytes, sizeof(bytes));
	size_t label_n = strlen(label) + 6;

	if (hash == KDF_MD5_SHA1 || label_n > 255 || context.n > 255 || n > 0xffff || secret.n > HASH_MAX)
		return -1;
	wr_be16(&info, (uint16_t)n);
	wr_u8(&info, (uint8_t)label_n);
	wr_put(&info, SLICE("tls13 "));
	wr_put(&info, slice_str(label));
	wr_u8(&info, (uint8_t)context.n);
	wr_put(&info, context);
	return hkdf_expand(
	    hash == KDF_SHA384 ? EVP_sha384() : EVP_sha256(), kdf_hash_size(hash), secret, &info, out, n);
}

static const char *prf_digest(enum kdf_hash hash)
{
	switch (hash) {
	case KDF_SHA256: return "SHA256";
	case KDF_SHA384: return "SHA384";
	case KDF_MD5_SHA1: return "MD5-SHA1";
	}
	return "";
}

int kdf_prf(
    enum kdf_hash hash, struct slice secret, const char *label, struct slice seed, uint8_t *out, size_t n)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	/* The library reads through these pointers and wants them without const. */
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)prf_digest(hash), 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, (void *)secret.p, secret.n),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, (void *)label, strlen(label)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, (void *)seed.p, seed.n),
		OSSL_PARAM_construct_end(),
	};
	int ok = ctx && EVP_KDF_derive(ctx, out, n, params) > 0;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	ERR_clear_error();
	return ok ? 0 : -1;
}

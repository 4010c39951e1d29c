/* Key pairs in PEM; see pkey.h. */
#include "tls/pkey.h"

#include "base/base64.h"
#include "tls/ossl.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

enum { P256_BYTES = 32, NUMBER_MAX = 2048 /* bytes of a number: RSA up to 16384 bits */ };

/* --- Reading --- */

/* Nobody is there to ask for a passphrase. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	return -1;
}

static EVP_PKEY *read_pem(struct slice pem, bool private)
{
	BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *k = NULL;

	if (b && private)
		k = PEM_read_bio_PrivateKey(b, NULL, no_passphrase, NULL);
	else if (b)
		k = PEM_read_bio_PUBKEY(b, NULL, no_passphrase, NULL);
	BIO_free(b);
	return k;
}

static enum pkey_kind kind_of(const EVP_PKEY *k)
{
	char group[32] = "";

	if (EVP_PKEY_is_a(k, "RSA"))
		return PKEY_RSA;
	if (!EVP_PKEY_is_a(k, "EC") || !EVP_PKEY_get_group_name(k, group, sizeof(group), NULL))
		return PKEY_OTHER;
	return slice_eq_str(slice_str(group), "prime256v1") ? PKEY_P256 : PKEY_OTHER;
}

int pkey_init(struct pkey *k, struct slice pem, struct err *e)
{
	bool private = slice_find(pem, SLICE("PRIVATE KEY-----")) >= 0;

	*k = (struct pkey){ .private = private };
	if (pem.n > INT32_MAX)
		return err_set(e, ERR_DATA, "the key is too long");
	k->lib = read_pem(pem, private);
	if (!k->lib)
		return ossl_fail(
		    e, ERR_DATA, "no PEM %s key that can be read", private ? "private" : "public");
	k->kind = kind_of(k->lib);
	k->bits = (unsigned)EVP_PKEY_get_bits(k->lib);
	return 0;
}

void pkey_fini(struct pkey *k)
{
	EVP_PKEY_free(k->lib);
	*k = (struct pkey){ 0 };
}

/* --- Writing --- */

int pkey_public_pem(const struct pkey *k, struct buf *out)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *text = NULL;
	int rc = -1;

	if (b && PEM_write_bio_PUBKEY(b, k->lib)) {
		long n = BIO_get_mem_data(b, &text);

		rc = buf_put(out, text, (size_t)n);
	}
	BIO_free(b);
	return rc;
}

/* ,"name":"number as big-endian bytes in base64url", of `size` bytes (0: as few as it takes). */
static int put_number(const struct pkey *k, const char *name, const char *param, int size, struct buf *out)
{
	uint8_t raw[NUMBER_MAX];
	BIGNUM *n = NULL;
	int rc = -1;

	if (!EVP_PKEY_get_bn_param(k->lib, param, &n))
		return -1;
	if (size == 0)
		size = BN_num_bytes(n);
	if (size <= NUMBER_MAX && BN_bn2binpad(n, raw, size) == size) {
		buf_printf(out, "%s\"%s\":\"", out->p[out->n - 1] == '{' ? "" : ",", name);
		base64_put(out, slice_of(raw, (size_t)size), BASE64_URL | BASE64_UNPADDED);
		rc = buf_putc(out, '"');
	}
	OPENSSL_cleanse(raw, sizeof(raw));
	BN_clear_free(n);
	return rc;
}

static int put_rsa(const struct pkey *k, bool private, struct buf *out)
{
	static const char *const secret[][2] = {
		{ "d", OSSL_PKEY_PARAM_RSA_D },
		{ "p", OSSL_PKEY_PARAM_RSA_FACTOR1 },
		{ "q", OSSL_PKEY_PARAM_RSA_FACTOR2 },
		{ "dp", OSSL_PKEY_PARAM_RSA_EXPONENT1 },
		{ "dq", OSSL_PKEY_PARAM_RSA_EXPONENT2 },
		{ "qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
	};
	int rc = put_number(k, "e", OSSL_PKEY_PARAM_RSA_E, 0, out);

	buf_puts(out, ",\"kty\":\"RSA\"");
	if (rc == 0)
		rc = put_number(k, "n", OSSL_PKEY_PARAM_RSA_N, 0, out);
	for (size_t i = 0; private && rc == 0 && i < sizeof(secret) / sizeof(*secret); i++)
		rc = put_number(k, secret[i][0], secret[i][1], 0, out);
	return rc;
}

static int put_p256(const struct pkey *k, bool private, struct buf *out)
{
	buf_puts(out, "\"crv\":\"P-256\",\"kty\":\"EC\"");
	if (put_number(k, "x", OSSL_PKEY_PARAM_EC_PUB_X, P256_BYTES, out) ||
	    put_number(k, "y", OSSL_PKEY_PARAM_EC_PUB_Y, P256_BYTES, out))
		return -1;
	return private ? put_number(k, "d", OSSL_PKEY_PARAM_PRIV_KEY, P256_BYTES, out) : 0;
}

int pkey_jwk(const struct pkey *k, bool private, struct buf *out)
{
	int rc = -1;

	buf_putc(out, '{');
	if (out->failed)
		return -1;
	if (k->kind == PKEY_RSA)
		rc = put_rsa(k, private, out);
	else if (k->kind == PKEY_P256)
		rc = put_p256(k, private, out);
	buf_putc(out, '}');
	ERR_clear_error();
	return rc == 0 && !out->failed ? 0 : -1;
}

/* --- RSASSA-PSS --- */

/* SHA-256, MGF1 with SHA-256, a salt as long as the hash; a verifier insists on that length. */
static bool set_pss(EVP_PKEY_CTX *c)
{
	return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) > 0 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md(c, EVP_sha256()) > 0;
}

int pkey_ps256_sign(const struct pkey *k, struct slice text, struct buf *out)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c = NULL;
	size_t n = 0;
	int rc = -1;

	if (m && k->private && EVP_DigestSignInit(m, &c, EVP_sha256(), NULL, k->lib) > 0 && set_pss(c) &&
	    EVP_DigestSign(m, NULL, &n, text.p, text.n) > 0 && buf_reserve(out, n) == 0 &&
	    EVP_DigestSign(m, out->p + out->n, &n, text.p, text.n) > 0) {
		out->n += n;
		rc = 0;
	}
	EVP_MD_CTX_free(m);
	ERR_clear_error();
	return rc;
}

int pkey_ps256_verify(const struct pkey *k, struct slice text, struct slice signature)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c = NULL;
	int rc = -1;

	if (m && EVP_DigestVerifyInit(m, &c, EVP_sha256(), NULL, k->lib) > 0 && set_pss(c))
		rc = EVP_DigestVerify(m, signature.p, signature.n, text.p, text.n) == 1;
	EVP_MD_CTX_free(m);
	ERR_clear_error();
	return rc;
}

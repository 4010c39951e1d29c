/* SHA-256 and comparing secrets; see digest.h. */
#include "tls/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>

/* Finding the algorithm and making a context each time would cost three times what one block costs: each thread has
 * a context that knows it. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t kept;
static bool keeps;

static void forget(void *ctx)
{
	EVP_MD_CTX_free(ctx);
}

static void prepare(void)
{
	keeps = pthread_key_create(&kept, forget) == 0;
}

static EVP_MD_CTX *context(void)
{
	EVP_MD_CTX *ctx;

	pthread_once(&once, prepare);
	ctx = keeps ? pthread_getspecific(kept) : NULL;
	if (ctx || !keeps || !(ctx = EVP_MD_CTX_new()))
		return ctx;
	if (EVP_DigestInit_ex2(ctx, EVP_sha256(), NULL) == 1 && pthread_setspecific(kept, ctx) == 0)
		return ctx;
	EVP_MD_CTX_free(ctx);
	return NULL;
}

int digest_sha256(struct slice in, uint8_t out[DIGEST_SHA256])
{
	EVP_MD_CTX *ctx = context();

	if (!ctx || EVP_DigestInit_ex2(ctx, NULL, NULL) != 1 || EVP_DigestUpdate(ctx, in.p, in.n) != 1)
		return -1;
	return EVP_DigestFinal_ex(ctx, out, NULL) == 1 ? 0 : -1;
}

bool digest_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}

void digest_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

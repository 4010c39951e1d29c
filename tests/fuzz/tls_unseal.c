/* Exercises opening records in every mode: the bytes as they are must not authenticate; sealed by the right
 * key they must come back (TLS 1.3), or reach the padding and MAC checks and fail there (CBC). */
#include "tls/kdf.h"
#include "tls/unseal.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct mode {
	uint16_t suite, version;
	bool etm;
};

static const struct mode modes[] = {
	{ 0x1301, 0x0304, false },
	{ 0x1303, 0x0304, false },
	{ 0x1305, 0x0304, false },
	{ 0xc030, 0x0303, false },
	{ 0xcca8, 0x0303, false },
	{ 0xc0ac, 0x0303, false },
	{ 0xc013, 0x0303, false },
	{ 0xc028, 0x0303, true },
	{ 0xc013, 0x0301, false },
};

static const uint8_t secret[48] = "a secret of forty-eight bytes for every session";

static void start(struct unseal *u, const struct mode *m)
{
	struct slice random = slice_of(secret, 32), master = slice_of(secret, 48);

	if (m->version == 0x0304)
		assert(unseal_tls13_init(u, m->suite, random) == 0);
	else
		assert(unseal_tls12_init(u, m->suite, m->version, master, random, random, true, m->etm) == 0);
}

/* An exact-size copy, so that an over-read is seen; the result is never more than went in. */
static ssize_t open_copy(struct unseal *u, uint8_t type, struct slice body, uint8_t *out, uint8_t *inner)
{
	uint8_t *copy = malloc(body.n + !body.n);
	uint64_t seq = u->seq;
	ssize_t n;

	if (body.n)
		memcpy(copy, body.p, body.n);
	n = unseal_record(u, type, 0x0303, slice_of(copy, body.n), out, inner);
	assert(n >= 0 ? u->seq == seq + 1 && (size_t)n <= body.n : n == UNSEAL_FORGED && u->seq == seq);
	free(copy);
	return n;
}

/* data as the inside of a TLS 1.3 record of AES-128-GCM, number 0. */
static void seal13(const uint8_t *data, size_t size, uint8_t *out)
{
	const uint8_t aad[5] = { 23, 3, 3, (uint8_t)((size + 16) >> 8), (uint8_t)(size + 16) };
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	struct slice s = slice_of(secret, 32), none = { NULL, 0 };
	uint8_t key[16], iv[12];
	int n;

	kdf_expand_label(KDF_SHA256, s, "key", none, key, 16);
	kdf_expand_label(KDF_SHA256, s, "iv", none, iv, 12);
	EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, iv);
	EVP_EncryptUpdate(ctx, NULL, &n, aad, 5);
	EVP_EncryptUpdate(ctx, out, &n, data, (int)size);
	EVP_EncryptFinal_ex(ctx, out + n, &n);
	EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, out + size);
	EVP_CIPHER_CTX_free(ctx);
}

static void check13(const uint8_t *data, size_t size)
{
	uint8_t *sealed = malloc(size + 16), *out = malloc(size + 16), inner;
	struct unseal u = { 0 };
	size_t end = size;
	ssize_t n;

	start(&u, &modes[0]);
	seal13(data, size, sealed);
	n = open_copy(&u, 23, slice_of(sealed, size + 16), out, &inner);
	while (end && data[end - 1] == 0)
		end--;
	if (end == 0)
		assert(n == UNSEAL_FORGED); /* no content type anywhere */
	else
		assert(n == (ssize_t)end - 1 && inner == data[end - 1] && memcmp(out, data, end - 1) == 0);
	unseal_fini(&u);
	free(sealed);
	free(out);
}

/* data as what a CBC record decrypts to: any padding, any MAC. */
static void check_cbc(const uint8_t *data, size_t size)
{
	uint8_t block[72], *sealed = calloc(1, 16 + size), *out = malloc(16 + size), inner;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	struct unseal u = { 0 };
	uint8_t seed[64];
	int n = 0;

	size -= size % 16;
	memcpy(seed, secret, 32);
	memcpy(seed + 32, secret, 32);
	kdf_prf(KDF_SHA256, slice_of(secret, 48), "key expansion", slice_of(seed, 64), block, sizeof(block));
	EVP_EncryptInit_ex(ctx, EVP_aes_128_cbc(), NULL, block + 40, sealed); /* two MAC keys, our key */
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	EVP_EncryptUpdate(ctx, sealed + 16, &n, data, (int)size);
	start(&u, &modes[6]);
	assert(open_copy(&u, 23, slice_of(sealed, 16 + size), out, &inner) == UNSEAL_FORGED);
	assert(size == 0 || memcmp(out, data, size) == 0); /* it was the right key */
	EVP_CIPHER_CTX_free(ctx);
	unseal_fini(&u);
	free(sealed);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *out = malloc(size + 1), inner;
	struct unseal u = { 0 };

	if (size == 0 || size > 20000) {
		free(out);
		return 0;
	}
	start(&u, &modes[data[0] % (sizeof(modes) / sizeof(modes[0]))]);
	assert(open_copy(&u, 23, slice_of(data + 1, size - 1), out, &inner) == UNSEAL_FORGED);
	assert(open_copy(&u, data[0], slice_of(data + 1, size - 1), out, &inner) == UNSEAL_FORGED);
	unseal_fini(&u);
	free(out);
	check13(data + 1, size - 1);
	check_cbc(data + 1, size - 1);
	return 0;
}

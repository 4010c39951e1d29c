/* Opening TLS records with known secrets.  RFC 8446 5.2 and 7, RFC 5246 6.2.3 and 6.3, RFC 5288,
 * RFC 6655, RFC 7366, RFC 7905.  Keys are set once; each record only gives its nonce, so that a
 * record costs little more than its bytes. */
#include "tls/unseal.h"
#include "base/bytes.h"
#include "tls/kdf.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>

enum {
	TLS10 = 0x0301,
	TLS11 = 0x0302,
	TLS12 = 0x0303,
	TLS13 = 0x0304,
	BODY_MAX = 0xffff, /* what the length field of a record can say */
	SECRET_MAX = 48,
	MASTER_SIZE = 48,
	RANDOM_SIZE = 32,
	NONCE_SIZE = 12,
	SALT_SIZE = 4,     /* implicit part of the nonce, TLS 1.2 GCM and CCM */
	EXPLICIT_SIZE = 8, /* the part that each record carries */
	BLOCK_MAX = 16,
	MAC_MAX = 48,
};

enum mode { MODE_GCM, MODE_CCM, MODE_CHACHA, MODE_CBC };

struct cipher {
	enum mode mode;
	const EVP_CIPHER *(*evp)(void);
	uint8_t key;        /* bytes */
	uint8_t tag;        /* AEAD: bytes of tag; CBC: of MAC */
	const char *mac;    /* CBC: digest of the HMAC */
	enum kdf_hash hash; /* of the PRF or HKDF */
};

static const struct cipher aes128_gcm = { MODE_GCM, EVP_aes_128_gcm, 16, 16, NULL, KDF_SHA256 };
static const struct cipher aes256_gcm = { MODE_GCM, EVP_aes_256_gcm, 32, 16, NULL, KDF_SHA384 };
static const struct cipher aes128_ccm = { MODE_CCM, EVP_aes_128_ccm, 16, 16, NULL, KDF_SHA256 };
static const struct cipher aes256_ccm = { MODE_CCM, EVP_aes_256_ccm, 32, 16, NULL, KDF_SHA256 };
static const struct cipher aes128_ccm8 = { MODE_CCM, EVP_aes_128_ccm, 16, 8, NULL, KDF_SHA256 };
static const struct cipher aes256_ccm8 = { MODE_CCM, EVP_aes_256_ccm, 32, 8, NULL, KDF_SHA256 };
static const struct cipher chacha = { MODE_CHACHA, EVP_chacha20_poly1305, 32, 16, NULL, KDF_SHA256 };
static const struct cipher aes128_sha1 = { MODE_CBC, EVP_aes_128_cbc, 16, 20, "SHA1", KDF_SHA256 };
static const struct cipher aes256_sha1 = { MODE_CBC, EVP_aes_256_cbc, 32, 20, "SHA1", KDF_SHA256 };
static const struct cipher aes128_sha256 = { MODE_CBC, EVP_aes_128_cbc, 16, 32, "SHA256", KDF_SHA256 };
static const struct cipher aes256_sha256 = { MODE_CBC, EVP_aes_256_cbc, 32, 32, "SHA256", KDF_SHA256 };
static const struct cipher aes256_sha384 = { MODE_CBC, EVP_aes_256_cbc, 32, 48, "SHA384", KDF_SHA384 };

struct suite {
	uint16_t id;
	const struct cipher *cipher;
};

/* Key exchange and authentication do not matter here, so every suite of a cipher is one row. */
static const struct suite suites[] = {
	{ 0x1301, &aes128_gcm },
	{ 0x1302, &aes256_gcm },
	{ 0x1303, &chacha },
	{ 0x1304, &aes128_ccm },
	{ 0x1305, &aes128_ccm8 },
	/* RSA, DHE_RSA, DHE_DSS, PSK, DHE_PSK, ECDHE_ECDSA, ECDHE_RSA, ECDHE_PSK */
	{ 0x009c, &aes128_gcm },
	{ 0x009e, &aes128_gcm },
	{ 0x00a2, &aes128_gcm },
	{ 0x00a8, &aes128_gcm },
	{ 0x00aa, &aes128_gcm },
	{ 0xc02b, &aes128_gcm },
	{ 0xc02f, &aes128_gcm },
	{ 0xd001, &aes128_gcm },
	{ 0x009d, &aes256_gcm },
	{ 0x009f, &aes256_gcm },
	{ 0x00a3, &aes256_gcm },
	{ 0x00a9, &aes256_gcm },
	{ 0x00ab, &aes256_gcm },
	{ 0xc02c, &aes256_gcm },
	{ 0xc030, &aes256_gcm },
	{ 0xd002, &aes256_gcm },
	/* ECDHE_RSA, ECDHE_ECDSA, DHE_RSA, PSK, ECDHE_PSK, DHE_PSK */
	{ 0xcca8, &chacha },
	{ 0xcca9, &chacha },
	{ 0xccaa, &chacha },
	{ 0xccab, &chacha },
	{ 0xccac, &chacha },
	{ 0xccad, &chacha },
	/* RSA, DHE_RSA, ECDHE_ECDSA */
	{ 0xc09c, &aes128_ccm },
	{ 0xc09e, &aes128_ccm },
	{ 0xc0ac, &aes128_ccm },
	{ 0xc09d, &aes256_ccm },
	{ 0xc09f, &aes256_ccm },
	{ 0xc0ad, &aes256_ccm },
	{ 0xc0a0, &aes128_ccm8 },
	{ 0xc0a2, &aes128_ccm8 },
	{ 0xc0ae, &aes128_ccm8 },
	{ 0xc0a1, &aes256_ccm8 },
	{ 0xc0a3, &aes256_ccm8 },
	{ 0xc0af, &aes256_ccm8 },
	/* RSA, DHE_DSS, DHE_RSA, PSK, ECDHE_ECDSA, ECDHE_RSA, ECDHE_PSK */
	{ 0x002f, &aes128_sha1 },
	{ 0x0032, &aes128_sha1 },
	{ 0x0033, &aes128_sha1 },
	{ 0x008c, &aes128_sha1 },
	{ 0xc009, &aes128_sha1 },
	{ 0xc013, &aes128_sha1 },
	{ 0xc035, &aes128_sha1 },
	{ 0x0035, &aes256_sha1 },
	{ 0x0038, &aes256_sha1 },
	{ 0x0039, &aes256_sha1 },
	{ 0x008d, &aes256_sha1 },
	{ 0xc00a, &aes256_sha1 },
	{ 0xc014, &aes256_sha1 },
	{ 0xc036, &aes256_sha1 },
	{ 0x003c, &aes128_sha256 },
	{ 0x0040, &aes128_sha256 },
	{ 0x0067, &aes128_sha256 },
	{ 0x00ae, &aes128_sha256 },
	{ 0xc023, &aes128_sha256 },
	{ 0xc027, &aes128_sha256 },
	{ 0xc037, &aes128_sha256 },
	{ 0x003d, &aes256_sha256 },
	{ 0x006a, &aes256_sha256 },
	{ 0x006b, &aes256_sha256 },
	{ 0x00af, &aes256_sha384 },
	{ 0xc024, &aes256_sha384 },
	{ 0xc028, &aes256_sha384 },
	{ 0xc038, &aes256_sha384 },
};

struct unseal_keys {
	const struct cipher *cipher;
	EVP_CIPHER_CTX *ctx;
	EVP_MAC_CTX *mac; /* CBC */
	bool etm;         /* CBC: the MAC is over the ciphertext */
	uint8_t block;    /* CBC: bytes of a block */
	/* AEAD: the nonce's fixed part.  CBC in TLS 1.0: the last block of the record before. */
	uint8_t iv[BLOCK_MAX];
	uint8_t secret[SECRET_MAX]; /* TLS 1.3: for the next generation */
};

static const struct cipher *cipher_of(uint16_t suite, uint16_t version)
{
	bool new = suite >> 8 == 0x13;

	if (version < TLS10 || version > TLS13 || new != (version == TLS13))
		return NULL;
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		if (suites[i].id != suite)
			continue;
		/* AEAD and the SHA-2 MACs came with TLS 1.2. */
		if (version < TLS12 && (suites[i].cipher->mode != MODE_CBC || suites[i].cipher->tag != 20))
			return NULL;
		return suites[i].cipher;
	}
	return NULL;
}

bool unseal_knows(uint16_t suite, uint16_t version)
{
	return cipher_of(suite, version) != NULL;
}

static void keys_free(struct unseal_keys *k)
{
	if (!k)
		return;
	EVP_CIPHER_CTX_free(k->ctx);
	EVP_MAC_CTX_free(k->mac);
	OPENSSL_cleanse(k, sizeof(*k));
	free(k);
}

static bool cipher_start(struct unseal_keys *k, const uint8_t *key)
{
	const struct cipher *c = k->cipher;

	k->ctx = EVP_CIPHER_CTX_new();
	if (!k->ctx || !EVP_DecryptInit_ex(k->ctx, c->evp(), NULL, NULL, NULL))
		return false;
	if (c->mode == MODE_CBC) {
		EVP_CIPHER_CTX_set_padding(k->ctx, 0);
		k->block = (uint8_t)EVP_CIPHER_CTX_get_block_size(k->ctx);
	} else if (!EVP_CIPHER_CTX_ctrl(k->ctx, EVP_CTRL_AEAD_SET_IVLEN, NONCE_SIZE, NULL)) {
		return false;
	}
	if (c->mode == MODE_CCM && !EVP_CIPHER_CTX_ctrl(k->ctx, EVP_CTRL_AEAD_SET_TAG, c->tag, NULL))
		return false;
	return EVP_DecryptInit_ex(k->ctx, NULL, NULL, key, NULL) > 0;
}

static bool mac_start(struct unseal_keys *k, const uint8_t *key)
{
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)k->cipher->mac, 0),
		OSSL_PARAM_construct_end(),
	};
	bool ok;

	k->mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	ok = k->mac && EVP_MAC_init(k->mac, key, k->cipher->tag, params);
	EVP_MAC_free(hmac);
	return ok;
}

static struct unseal_keys *keys_new(const struct cipher *c, const uint8_t *key, const uint8_t *mac_key)
{
	struct unseal_keys *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->cipher = c;
	if (cipher_start(k, key) && (c->mode != MODE_CBC || mac_start(k, mac_key)))
		return k;
	ERR_clear_error();
	keys_free(k);
	return NULL;
}

void unseal_fini(struct unseal *u)
{
	keys_free(u->keys);
	*u = (struct unseal){ 0 };
}

/* --- TLS 1.3 --------------------------------------------------------------------------------- */

int unseal_tls13_init(struct unseal *u, uint16_t suite, struct slice traffic_secret)
{
	const struct cipher *c = cipher_of(suite, TLS13);
	struct slice none = { NULL, 0 };
	uint8_t key[32], iv[NONCE_SIZE];
	struct unseal_keys *k = NULL;

	if (!c)
		return UNSEAL_SUITE;
	if (traffic_secret.n != kdf_hash_size(c->hash))
		return UNSEAL_SECRET;
	if (kdf_expand_label(c->hash, traffic_secret, "key", none, key, c->key) == 0 &&
	    kdf_expand_label(c->hash, traffic_secret, "iv", none, iv, sizeof(iv)) == 0)
		k = keys_new(c, key, NULL);
	OPENSSL_cleanse(key, sizeof(key));
	if (!k)
		return UNSEAL_FAILED;
	memcpy(k->iv, iv, sizeof(iv));
	memcpy(k->secret, traffic_secret.p, traffic_secret.n);
	keys_free(u->keys);
	*u = (struct unseal){ .keys = k, .suite = suite, .version = TLS13 };
	return 0;
}

int unseal_next_secret(struct unseal *u)
{
	struct slice none = { NULL, 0 };
	uint8_t next[SECRET_MAX];
	unsigned generation = u->generation + 1;
	size_t n;
	int rc = UNSEAL_FAILED;

	if (!u->keys || u->version != TLS13)
		return UNSEAL_FAILED;
	n = kdf_hash_size(u->keys->cipher->hash);
	if (kdf_expand_label(
	        u->keys->cipher->hash, slice_of(u->keys->secret, n), "traffic upd", none, next, n) == 0)
		rc = unseal_tls13_init(u, u->suite, slice_of(next, n));
	if (rc == 0)
		u->generation = generation;
	OPENSSL_cleanse(next, sizeof(next));
	return rc;
}

/* --- TLS 1.0 to 1.2 -------------------------------------------------------------------------- */

static size_t iv_size(const struct cipher *c, uint16_t version)
{
	switch (c->mode) {
	case MODE_GCM:
	case MODE_CCM: return SALT_SIZE;
	case MODE_CHACHA: return NONCE_SIZE;
	case MODE_CBC: return version == TLS10 ? (size_t)EVP_CIPHER_get_block_size(c->evp()) : 0;
	}
	return 0;
}

/* key_block (RFC 5246 6.3): MAC keys, keys, fixed IVs, each of the client and then of the server.
 */
static struct unseal_keys *keys_of_master(const struct cipher *c, enum kdf_hash hash, uint16_t version,
    struct slice master, const uint8_t seed[2 * RANDOM_SIZE], bool is_client)
{
	size_t mac = c->mode == MODE_CBC ? c->tag : 0, iv = iv_size(c, version);
	uint8_t block[2 * (MAC_MAX + 32 + BLOCK_MAX)];
	size_t side = is_client ? 0 : 1;
	struct unseal_keys *k = NULL;

	if (kdf_prf(hash, master, "key expansion", slice_of(seed, 2 * RANDOM_SIZE), block,
	        2 * (mac + c->key + iv)) == 0)
		k = keys_new(c, block + 2 * mac + side * c->key, block + side * mac);
	if (k)
		memcpy(k->iv, block + 2 * (mac + c->key) + side * iv, iv);
	OPENSSL_cleanse(block, sizeof(block));
	return k;
}

/* The hash of the transcript: by the PRF's digest, or MD5 and SHA-1 side by side before TLS 1.2. */
static size_t hash_transcript(enum kdf_hash hash, struct slice s, uint8_t out[EVP_MAX_MD_SIZE])
{
	const char *name = hash == KDF_SHA384 ? "SHA384" : hash == KDF_SHA256 ? "SHA256" : "MD5-SHA1";
	size_t n = 0;

	return EVP_Q_digest(NULL, name, NULL, s.p, s.n, out, &n) ? n : 0;
}

int unseal_tls12_master(uint16_t suite, uint16_t version, struct slice premaster, struct slice client_random,
    struct slice server_random, struct slice transcript, uint8_t master[UNSEAL_MASTER])
{
	const struct cipher *c = version < TLS13 ? cipher_of(suite, version) : NULL;
	enum kdf_hash hash = c && version == TLS12 ? c->hash : KDF_MD5_SHA1;
	uint8_t seed[EVP_MAX_MD_SIZE];
	size_t n = 2 * RANDOM_SIZE;

	if (!c)
		return UNSEAL_SUITE;
	if (premaster.n != UNSEAL_MASTER || client_random.n != RANDOM_SIZE || server_random.n != RANDOM_SIZE)
		return UNSEAL_SECRET;
	memcpy(seed, client_random.p, RANDOM_SIZE);
	memcpy(seed + RANDOM_SIZE, server_random.p, RANDOM_SIZE);
	if (transcript.n && !(n = hash_transcript(hash, transcript, seed)))
		return UNSEAL_FAILED;
	return kdf_prf(hash, premaster, transcript.n ? "extended master secret" : "master secret",
	           slice_of(seed, n), master, UNSEAL_MASTER) == 0
	           ? 0
	           : UNSEAL_FAILED;
}

int unseal_tls12_init(struct unseal *u, uint16_t suite, uint16_t version, struct slice master_secret,
    struct slice client_random, struct slice server_random, bool is_client, bool etm)
{
	const struct cipher *c = version < TLS13 ? cipher_of(suite, version) : NULL;
	uint8_t seed[2 * RANDOM_SIZE];
	struct unseal_keys *k;

	if (!c)
		return UNSEAL_SUITE;
	if (master_secret.n != MASTER_SIZE || client_random.n != RANDOM_SIZE ||
	    server_random.n != RANDOM_SIZE)
		return UNSEAL_SECRET;
	memcpy(seed, server_random.p, RANDOM_SIZE);
	memcpy(seed + RANDOM_SIZE, client_random.p, RANDOM_SIZE);
	k = keys_of_master(
	    c, version == TLS12 ? c->hash : KDF_MD5_SHA1, version, master_secret, seed, is_client);
	if (!k)
		return UNSEAL_FAILED;
	k->etm = etm;
	keys_free(u->keys);
	*u = (struct unseal){ .keys = k, .suite = suite, .version = version };
	return 0;
}

/* --- Records --------------------------------------------------------------------------------- */

struct record {
	uint8_t type;
	uint16_t version;
	struct slice body;
	uint8_t *out;
};

/* seq, type, version, length: what TLS 1.2 and older authenticate besides the text. */
static size_t put_aad12(uint8_t aad[13], uint64_t seq, const struct record *r, size_t len)
{
	struct wr w = wr_of(aad, 13);

	wr_be64(&w, seq);
	wr_u8(&w, r->type);
	wr_be16(&w, r->version);
	wr_be16(&w, (uint16_t)len);
	return w.n;
}

/* TLS 1.3 authenticates the record header itself. */
static size_t put_aad13(uint8_t aad[13], const struct record *r)
{
	struct wr w = wr_of(aad, 13);

	wr_u8(&w, r->type);
	wr_be16(&w, r->version);
	wr_be16(&w, (uint16_t)r->body.n);
	return w.n;
}

/* The fixed part, exclusive-or the record's number (RFC 8446 5.3, RFC 7905 2). */
static void put_nonce(uint8_t nonce[NONCE_SIZE], const uint8_t *iv, uint64_t seq)
{
	memcpy(nonce, iv, NONCE_SIZE);
	for (int i = 0; i < 8; i++)
		nonce[NONCE_SIZE - 1 - i] ^= (uint8_t)(seq >> (8 * i));
}

static ssize_t aead_open(const struct unseal_keys *k, const uint8_t *nonce, const uint8_t *aad, size_t aad_n,
    struct slice text, uint8_t *out)
{
	int n = 0, last = 0, len = (int)(text.n - k->cipher->tag);
	bool ccm = k->cipher->mode == MODE_CCM;
	const uint8_t *tag = text.p + len;
	bool ok;

	ok = EVP_CIPHER_CTX_ctrl(k->ctx, EVP_CTRL_AEAD_SET_TAG, k->cipher->tag, (void *)tag) > 0 &&
	     EVP_DecryptInit_ex(k->ctx, NULL, NULL, NULL, nonce) > 0 &&
	     (!ccm || EVP_DecryptUpdate(k->ctx, NULL, &n, NULL, len) > 0) &&
	     EVP_DecryptUpdate(k->ctx, NULL, &n, aad, (int)aad_n) > 0 &&
	     EVP_DecryptUpdate(k->ctx, out, &n, text.p, len) > 0 &&
	     (ccm || EVP_DecryptFinal_ex(k->ctx, out + n, &last) > 0);
	if (ok)
		return len;
	ERR_clear_error();
	return UNSEAL_FORGED;
}

/* Behind the text stand its true type and any number of zeros (RFC 8446 5.4). */
static ssize_t open13(const struct unseal *u, const struct record *r, uint8_t *inner_type)
{
	const struct unseal_keys *k = u->keys;
	uint8_t nonce[NONCE_SIZE], aad[13];
	ssize_t n;

	if (r->body.n < k->cipher->tag)
		return UNSEAL_FORGED;
	put_nonce(nonce, k->iv, u->seq);
	n = aead_open(k, nonce, aad, put_aad13(aad, r), r->body, r->out);
	while (n > 0 && r->out[n - 1] == 0)
		n--;
	if (n <= 0)
		return UNSEAL_FORGED;
	*inner_type = r->out[n - 1];
	return n - 1;
}

static ssize_t open12_aead(const struct unseal *u, const struct record *r)
{
	const struct unseal_keys *k = u->keys;
	size_t carried = k->cipher->mode == MODE_CHACHA ? 0 : EXPLICIT_SIZE;
	uint8_t nonce[NONCE_SIZE], aad[13];
	size_t aad_n;

	if (r->body.n < carried + k->cipher->tag)
		return UNSEAL_FORGED;
	if (carried) {
		memcpy(nonce, k->iv, SALT_SIZE);
		memcpy(nonce + SALT_SIZE, r->body.p, EXPLICIT_SIZE);
	} else {
		put_nonce(nonce, k->iv, u->seq);
	}
	aad_n = put_aad12(aad, u->seq, r, r->body.n - carried - k->cipher->tag);
	return aead_open(k, nonce, aad, aad_n, slice_skip(r->body, carried), r->out);
}

/* Is `mac` the HMAC over the header fields and `text`? */
static bool mac_right(const struct unseal *u, const struct record *r, struct slice text, const uint8_t *mac)
{
	uint8_t aad[13], want[MAC_MAX];
	size_t n = 0;

	put_aad12(aad, u->seq, r, text.n);
	if (!EVP_MAC_init(u->keys->mac, NULL, 0, NULL) || !EVP_MAC_update(u->keys->mac, aad, sizeof(aad)) ||
	    !EVP_MAC_update(u->keys->mac, text.p, text.n) ||
	    !EVP_MAC_final(u->keys->mac, want, &n, sizeof(want)) || n != u->keys->cipher->tag) {
		ERR_clear_error();
		return false;
	}
	return CRYPTO_memcmp(want, mac, n) == 0;
}

/* Decrypts whole blocks; returns the bytes before the padding, or UNSEAL_FORGED. */
static ssize_t cbc_decrypt(const struct unseal_keys *k, const uint8_t *iv, struct slice text, uint8_t *out)
{
	int n = 0, pad;

	if (text.n == 0 || text.n % k->block)
		return UNSEAL_FORGED;
	if (EVP_DecryptInit_ex(k->ctx, NULL, NULL, NULL, iv) <= 0 ||
	    EVP_DecryptUpdate(k->ctx, out, &n, text.p, (int)text.n) <= 0 || n != (int)text.n) {
		ERR_clear_error();
		return UNSEAL_FORGED;
	}
	pad = out[n - 1];
	if (pad + 1 > n)
		return UNSEAL_FORGED;
	for (int i = n - 1 - pad; i < n; i++)
		if (out[i] != pad)
			return UNSEAL_FORGED;
	return n - 1 - pad;
}

static ssize_t open_cbc(const struct unseal *u, const struct record *r)
{
	const struct unseal_keys *k = u->keys;
	size_t carried = u->version == TLS10 ? 0 : k->block, mac = k->cipher->tag;
	struct slice text = r->body;
	const uint8_t *iv;
	ssize_t n;

	if (k->etm) {
		if (text.n < mac)
			return UNSEAL_FORGED;
		text.n -= mac;
		if (!mac_right(u, r, text, text.p + text.n))
			return UNSEAL_FORGED;
	}
	if (text.n <= carried)
		return UNSEAL_FORGED;
	iv = carried ? text.p : k->iv;
	n = cbc_decrypt(k, iv, slice_skip(text, carried), r->out);
	if (n < 0 || k->etm)
		return n;
	n -= (ssize_t)mac;
	return n >= 0 && mac_right(u, r, slice_of(r->out, (size_t)n), r->out + n) ? n : UNSEAL_FORGED;
}

/* TLS 1.0 chains: the next record's IV is the last block of this one. */
static void keep_last_block(struct unseal *u, struct slice body)
{
	struct unseal_keys *k = u->keys;
	size_t end = body.n - (k->etm ? k->cipher->tag : 0);

	memcpy(k->iv, body.p + end - k->block, k->block);
}

static ssize_t open_any(struct unseal *u, const struct record *r, uint8_t *inner_type)
{
	*inner_type = r->type;
	if (!u->keys)
		return UNSEAL_FAILED;
	if (r->body.n > BODY_MAX)
		return UNSEAL_FORGED;
	if (u->version == TLS13)
		return open13(u, r, inner_type);
	return u->keys->cipher->mode == MODE_CBC ? open_cbc(u, r) : open12_aead(u, r);
}

ssize_t unseal_record(
    struct unseal *u, uint8_t type, uint16_t version, struct slice body, uint8_t *out, uint8_t *inner_type)
{
	const struct record r = { type, version, body, out };
	ssize_t n = open_any(u, &r, inner_type);

	if (n < 0)
		return n;
	if (u->version == TLS10)
		keep_last_block(u, body);
	u->seq++;
	return n;
}

bool unseal_opens(
    struct unseal *u, uint64_t seq, uint8_t type, uint16_t version, struct slice body, uint8_t *out)
{
	const struct record r = { type, version, body, out };
	uint64_t was = u->seq;
	uint8_t inner;
	bool opens;

	u->seq = seq;
	opens = open_any(u, &r, &inner) >= 0;
	if (!opens)
		u->seq = was;
	return opens;
}

bool unseal_in_blocks(const struct unseal *u)
{
	return u->keys && u->keys->cipher->mode == MODE_CBC;
}

void unseal_pass(struct unseal *u, struct slice body)
{
	if (u->keys && u->version == TLS10 && u->keys->cipher->mode == MODE_CBC &&
	    body.n >= (size_t)u->keys->block + (u->keys->etm ? u->keys->cipher->tag : 0))
		keep_last_block(u, body);
	u->seq++;
}

void unseal_skip(struct unseal *u, uint64_t n)
{
	u->seq += n;
}

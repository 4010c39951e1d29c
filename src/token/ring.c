/* A ring of keys; see ring.h. */
#include "token/ring.h"

#include "base/base64.h"
#include "tls/digest.h"
#include "tls/pkey.h"

#include <stdlib.h>
#include <sys/random.h>

enum { RANDOM = 32, RANDOM_KID = 6 /* bytes: eight characters */ };

static bool kid_ok(struct slice kid)
{
	for (size_t i = 0; i < kid.n; i++) {
		uint8_t c = kid.p[i], letter = c | 0x20;

		if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return kid.n > 0 && kid.n <= RING_KID;
}

static void free_key(struct ring_key *k)
{
	if (k->secret.p)
		digest_wipe(k->secret.p, k->secret.cap);
	buf_fini(&k->secret);
	buf_fini(&k->public);
	free(k);
}

void ring_fini(struct ring *r)
{
	while (r->n)
		free_key(r->keys[--r->n]);
}

/* --- Adding --- */

static int make_public(struct ring_key *k, struct err *e)
{
	struct pkey pair;
	int rc = pkey_init(&pair, buf_view(&k->secret), e);

	if (rc == 0 && pkey_public_pem(&pair, &k->public))
		rc = err_set(e, ERR_ENV, "its public half cannot be made");
	pkey_fini(&pair);
	return rc;
}

/* What is needed of a private key for its algorithm shows in its public half. */
static int fill(struct ring_key *k, enum token_alg alg, struct err *e)
{
	if (token_key_init(&k->sign, alg, buf_view(&k->secret), e))
		return -1;
	k->verify = k->sign;
	if (!k->sign.can_sign || alg <= TOKEN_HS512)
		return 0;
	return make_public(k, e) ? -1 : token_key_init(&k->verify, alg, buf_view(&k->public), e);
}

int ring_add(struct ring *r, struct slice kid, enum token_alg alg, struct buf *bytes, struct err *e)
{
	struct ring_key *k = calloc(1, sizeof(*k));
	int rc = -1;

	if (!k) {
		buf_fini(bytes);
		return err_set(e, ERR_ENV, "out of memory");
	}
	k->secret = *bytes;
	*bytes = (struct buf){ 0 };
	if (!kid_ok(kid))
		err_set(e, ERR_DATA, "the name of a key has 1 to %d letters, digits, '-' and '_'", RING_KID);
	else if (ring_find(r, kid))
		err_set(e, ERR_DATA, "there are two keys named %.*s", SLICE_ARG(kid));
	else if (r->n == RING_KEYS)
		err_set(e, ERR_DATA, "there are more than %d keys", RING_KEYS);
	else
		rc = fill(k, alg, e);
	if (rc) {
		free_key(k);
		return -1;
	}
	slice_cstr(kid, k->kid, sizeof(k->kid));
	r->keys[r->n++] = k;
	return 0;
}

int ring_random(struct ring *r, struct err *e)
{
	struct buf secret = { 0 };
	uint8_t raw[RANDOM_KID];
	char kid[12];

	*r = (struct ring){ 0 };
	if (buf_reserve(&secret, RANDOM) || getrandom(secret.p, RANDOM, 0) != RANDOM ||
	    getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw)) {
		buf_fini(&secret);
		return err_sys(e, "cannot make a key");
	}
	secret.n = RANDOM;
	base64_encode(slice_of(raw, sizeof(raw)), BASE64_URL | BASE64_UNPADDED, kid);
	return ring_add(r, slice_of(kid, 8), TOKEN_HS256, &secret, e);
}

/* --- Finding --- */

const struct ring_key *ring_signer(const struct ring *r)
{
	size_t i = r->n;

	while (i > 0 && !r->keys[i - 1]->sign.can_sign)
		i--;
	return i > 0 ? r->keys[i - 1] : NULL;
}

const struct ring_key *ring_find(const struct ring *r, struct slice kid)
{
	for (size_t i = 0; i < r->n; i++)
		if (slice_eq_str(kid, r->keys[i]->kid))
			return r->keys[i];
	return NULL;
}

const struct ring_key *ring_only(const struct ring *r, enum token_alg alg, size_t *n)
{
	const struct ring_key *found = NULL;

	*n = 0;
	for (size_t i = 0; i < r->n; i++)
		if (r->keys[i]->verify.alg == alg && (*n)++ == 0)
			found = r->keys[i];
	return *n == 1 ? found : NULL;
}

/* --- Publishing --- */

static int put_jwk(const struct ring_key *k, struct buf *out)
{
	struct pkey public;
	int rc = pkey_init(&public, slice_of(k->verify.bytes, k->verify.n), NULL);

	if (rc == 0)
		rc = pkey_jwk(&public, false, out);
	pkey_fini(&public);
	if (rc)
		return -1;
	out->n--; /* the brace: there is more to say */
	return buf_printf(
	    out, ",\"alg\":\"%s\",\"kid\":\"%s\",\"use\":\"sig\"}", token_alg_name(k->verify.alg), k->kid);
}

int ring_jwks(const struct ring *r, struct buf *out)
{
	bool first = true;

	buf_puts(out, "{\"keys\":[");
	for (size_t i = 0; i < r->n; i++) {
		if (r->keys[i]->verify.alg <= TOKEN_HS512)
			continue;
		buf_puts(out, first ? "" : ",");
		first = false;
		if (put_jwk(r->keys[i], out))
			return -1;
	}
	return buf_puts(out, "]}");
}

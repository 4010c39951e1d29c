/* Signing and verifying through libjwt 1.10 to 1.17.  RFC 7515 5, RFC 7519 7.2, RFC 8725 3.
 *
 * That library takes the algorithm from the token, looks at no claim, and reads duplicate members
 * its own way; so everything is checked here before, and only the signature is left to it. */
#include "base/base64.h"
#include "token/jwt.h"
#include "token/key.h"
#include "token/parts.h"

#include <errno.h>
#include <jwt.h>
#include <stdlib.h>
#include <string.h>

enum {
	RSA_BITS_MIN = 2048, /* RFC 7518 3.3 */
};

struct alg {
	jwt_alg_t lib;
	uint8_t secret_min; /* HMAC: bytes of key, as many as the hash has (RFC 7518 3.2); else 0 */
	enum key_kind kind; /* of the public key */
};

static const struct alg algs[TOKEN_ALGS] = {
	[TOKEN_HS256] = { JWT_ALG_HS256, TOKEN_SECRET_MIN, KEY_NOT_PEM },
	[TOKEN_HS384] = { JWT_ALG_HS384, 48, KEY_NOT_PEM },
	[TOKEN_HS512] = { JWT_ALG_HS512, 64, KEY_NOT_PEM },
	[TOKEN_RS256] = { JWT_ALG_RS256, 0, KEY_RSA },
	[TOKEN_ES256] = { JWT_ALG_ES256, 0, KEY_P256 },
};

/* --- Keys ------------------------------------------------------------------------------------ */

static int check_secret(const struct token_key *k, enum key_kind kind, struct err *e)
{
	const char *name = token_alg_name(k->alg);

	/* A public key as the secret is how algorithm confusion works (RFC 8725 2.1). */
	if (kind != KEY_NOT_PEM)
		return err_set(e, ERR_ENV, "the %s key is a PEM file; it must be a random secret", name);
	if (k->n < algs[k->alg].secret_min)
		return err_set(e, ERR_ENV, "the %s key has %zu bytes; %u random ones are needed", name, k->n,
		    algs[k->alg].secret_min);
	return 0;
}

static int check_public(const struct token_key *k, enum key_kind kind, size_t bits, struct err *e)
{
	if (kind != algs[k->alg].kind)
		return err_set(e, ERR_ENV, "%s needs a PEM public key %s", token_alg_name(k->alg),
		    algs[k->alg].kind == KEY_RSA ? "of RSA" : "on curve P-256");
	if (kind == KEY_RSA && bits < RSA_BITS_MIN)
		return err_set(e, ERR_ENV, "the RSA key has %zu bits; %d are needed", bits, RSA_BITS_MIN);
	return 0;
}

int token_key_init(struct token_key *k, enum token_alg alg, struct slice bytes, struct err *e)
{
	bool secret = algs[alg].secret_min > 0;
	size_t bits;
	enum key_kind kind = key_look(bytes, &bits);

	*k = (struct token_key){ .alg = alg, .bytes = bytes.p, .n = bytes.n };
	if (bytes.n > INT32_MAX)
		return err_set(e, ERR_ENV, "the key is too long");
	k->can_sign = secret || kind == KEY_PRIVATE;
	if (secret)
		return check_secret(k, kind, e);
	return kind == KEY_PRIVATE ? 0 : check_public(k, kind, bits, e);
}

/* --- Signing --------------------------------------------------------------------------------- */

static int add_text(jwt_t *j, const char *name, const char *value)
{
	return value ? jwt_add_grant(j, name, value) : 0;
}

static int add_time(jwt_t *j, const char *name, int64_t value)
{
	return value ? jwt_add_grant_int(j, name, (long)value) : 0;
}

/* 0, or an errno value. */
static int fill(jwt_t *j, const struct token_key *k, const struct token_new *t)
{
	int rc = t->more ? jwt_add_grants_json(j, t->more) : 0;

	if (rc == 0)
		rc = add_text(j, "iss", t->iss);
	if (rc == 0)
		rc = add_text(j, "sub", t->sub);
	if (rc == 0)
		rc = add_text(j, "aud", t->aud);
	if (rc == 0)
		rc = add_text(j, "jti", t->jti);
	if (rc == 0)
		rc = add_time(j, "iat", t->iat);
	if (rc == 0)
		rc = add_time(j, "nbf", t->nbf);
	if (rc == 0)
		rc = add_time(j, "exp", t->exp);
	if (rc == 0 && t->kid)
		rc = jwt_add_header(j, "kid", t->kid);
	return rc ? rc : jwt_set_alg(j, algs[k->alg].lib, k->bytes, (int)k->n);
}

int token_sign(const struct token_key *k, const struct token_new *t, struct buf *out, struct err *e)
{
	jwt_t *j = NULL;
	char *text = NULL;
	int rc;

	if (!k->can_sign)
		return err_set(e, ERR_ENV, "the %s key can only verify", token_alg_name(k->alg));
	rc = jwt_new(&j);
	if (rc == 0)
		rc = fill(j, k, t);
	if (rc == 0)
		text = jwt_encode_str(j);
	if (text)
		rc = buf_puts(out, text) == 0 ? 0 : ENOMEM;
	else if (rc == 0)
		rc = EINVAL;
	free(text);
	jwt_free(j);
	return rc == 0 ? 0 : err_set(e, ERR_ENV, "sign a token: %s", strerror(rc));
}

/* --- Verifying ------------------------------------------------------------------------------- */

/* Only the signature: the token is already known to be three strict parts with our algorithm. */
static int signature_right(struct slice token, const struct token_key *k, struct arena *a)
{
	struct slice text = arena_dup(a, token);
	jwt_t *j = NULL;
	int rc;

	/* Without a key the library checks nothing and says yes. */
	if (!k->bytes || !k->n)
		return -TOKEN_SIGNATURE;
	if (!text.p)
		return -TOKEN_NO_MEMORY;
	rc = jwt_decode(&j, (const char *)text.p, k->bytes, (int)k->n);
	if (rc == 0 && jwt_get_alg(j) != algs[k->alg].lib)
		rc = EINVAL;
	jwt_free(j);
	return rc == 0 ? 0 : rc == ENOMEM ? -TOKEN_NO_MEMORY : -TOKEN_SIGNATURE;
}

/* The header before anything else: one algorithm, spelled exactly, and no extension.  jku, jwk, x5u
 * and x5c would let the token bring its own key: they are not even looked at. */
static int check_header(const json_t *header, enum token_alg alg)
{
	const json_t *name = json_object_get(header, "alg"), *typ = json_object_get(header, "typ");

	if (!header || !json_is_string(name))
		return -TOKEN_BAD_FORM;
	if (strcmp(json_string_value(name), token_alg_name(alg)) != 0)
		return -TOKEN_ALG;
	if (json_object_get(header, "crit") || json_object_get(header, "b64"))
		return -TOKEN_CRIT;
	/* Media types compare without case (RFC 7519 5.1). */
	if (typ && (!json_is_string(typ) || !slice_ieq_str(slice_str(json_string_value(typ)), "jw"
	                                                                                      "t")))
		return -TOKEN_TYPE;
	return 0;
}

/* 1: there; 0: absent; -TOKEN_BAD_CLAIM: there, and not a whole number. */
static int whole_seconds(const json_t *claims, const char *member, int64_t *out)
{
	const json_t *v = json_object_get(claims, member);

	if (!v)
		return 0;
	if (!json_is_integer(v))
		return -TOKEN_BAD_CLAIM;
	*out = json_integer_value(v);
	return 1;
}

static int check_times(const json_t *claims, const struct token_policy *p)
{
	int64_t leeway = p->leeway < 0 ? 0 : p->leeway > TOKEN_LEEWAY_MAX ? TOKEN_LEEWAY_MAX : p->leeway;
	int64_t exp = 0, nbf = 0, iat = 0;
	int has_nbf = whole_seconds(claims, "nbf", &nbf), has_iat = whole_seconds(claims, "iat", &iat);

	if (whole_seconds(claims, "exp", &exp) != 1 || has_nbf < 0 || has_iat < 0)
		return -TOKEN_BAD_CLAIM;
	/* "on or after which" it must not be accepted (RFC 7519 4.1.4). */
	if (p->now - leeway >= exp)
		return -TOKEN_EXPIRED;
	if ((has_nbf && nbf > p->now + leeway) || (has_iat && iat > p->now + leeway))
		return -TOKEN_NOT_YET;
	return 0;
}

/* 0: ours is among them; 1: it is not; -TOKEN_BAD_CLAIM: aud is neither a string nor an array of
 * such. */
static int find_audience(const json_t *aud, const char *ours)
{
	const json_t *v;
	int rc = 1;
	size_t i;

	if (json_is_string(aud))
		return ours && strcmp(json_string_value(aud), ours) == 0 ? 0 : 1;
	if (!json_is_array(aud))
		return -TOKEN_BAD_CLAIM;
	json_array_foreach(aud, i, v)
	{
		if (!json_is_string(v))
			return -TOKEN_BAD_CLAIM;
		if (ours && strcmp(json_string_value(v), ours) == 0)
			rc = 0;
	}
	return rc;
}

static int check_names(const json_t *claims, const struct token_policy *p)
{
	const json_t *iss = json_object_get(claims, "iss"), *sub = json_object_get(claims, "sub");
	const json_t *aud = json_object_get(claims, "aud");
	int found = aud ? find_audience(aud, p->aud) : 1;

	if (found < 0 || (iss && !json_is_string(iss)))
		return found < 0 ? found : -TOKEN_BAD_CLAIM;
	if (!json_is_string(sub) || json_string_length(sub) == 0)
		return -TOKEN_BAD_CLAIM;
	if (p->iss && (!iss || strcmp(json_string_value(iss), p->iss) != 0))
		return -TOKEN_ISSUER;
	return p->aud && found != 0 ? -TOKEN_AUDIENCE : 0;
}

int token_verify(const struct token_policy *p, struct slice token, struct arena *a, struct token_claims *out)
{
	json_t *header = NULL, *claims = NULL;
	struct parts parts;
	int rc;

	*out = (struct token_claims){ 0 };
	rc = parts_split(token, a, &parts);
	if (rc < 0)
		return rc;
	header = parts_object(parts.header);
	claims = parts_object(parts.payload);
	rc = claims ? check_header(header, p->key->alg) : -TOKEN_BAD_FORM;
	if (rc == 0)
		rc = signature_right(token, p->key, a);
	if (rc == 0)
		rc = check_times(claims, p);
	if (rc == 0)
		rc = check_names(claims, p);
	if (rc == 0)
		parts_claims(claims, parts.payload, a, out);
	json_decref(header);
	json_decref(claims);
	return rc;
}

/* The algorithm the header names, when this kind of key is for it; TOKEN_ALGS when not.  A public key is never
 * taken for a secret (RFC 8725 2.1). */
static enum token_alg alg_for(struct slice key, const json_t *header)
{
	const json_t *name = json_object_get(header, "alg");
	enum token_alg alg = TOKEN_ALGS;
	size_t bits;

	if (json_is_string(name))
		alg = token_alg_of(slice_str(json_string_value(name)));
	return alg < TOKEN_ALGS && algs[alg].kind == key_look(key, &bits) ? alg : TOKEN_ALGS;
}

static int look_at_signature(struct slice key, struct slice token, struct parts *parts, struct arena *a)
{
	json_t *header = parts_object(parts->header), *claims = parts_object(parts->payload);
	struct token_key k = { .alg = alg_for(key, header), .bytes = key.p, .n = key.n };
	int rc = -TOKEN_BAD_FORM;

	if (header && claims && json_is_string(json_object_get(header, "alg")))
		rc = k.alg == TOKEN_ALGS ? -TOKEN_ALG : check_header(header, k.alg);
	/* What else the header demands does not change what was signed, and how. */
	if (rc == 0 || rc == -TOKEN_TYPE || rc == -TOKEN_CRIT)
		rc = signature_right(token, &k, a);
	json_decref(header);
	json_decref(claims);
	return rc;
}

int token_signature_ok(struct slice key, struct slice token)
{
	struct parts parts;
	struct arena a;
	int rc;

	arena_init(&a, 4 * TOKEN_SIZE_MAX);
	rc = parts_split(token, &a, &parts);
	if (rc == 0)
		rc = look_at_signature(key, token, &parts, &a);
	arena_fini(&a);
	return rc == 0 ? 1 : rc == -TOKEN_SIGNATURE ? 0 : rc;
}

/* Signing and verifying.  RFC 7515 5, RFC 7519 7.2, RFC 8725 3.
 *
 * libjwt 1 takes the algorithm from the token, looks at no claim, and reads duplicate members its own way; so
 * everything is checked here before, and only the signature is left to it.  PS256 is OpenSSL's. */
#include "base/base64.h"
#include "tls/pkey.h"
#include "token/jwt.h"
#include "token/key.h"
#include "token/lib.h"
#include "token/parts.h"
#include "token/ring.h"

#include <stdlib.h>
#include <string.h>

enum {
	RSA_BITS_MIN = 2048, /* RFC 7518 3.3 */
};

struct alg {
	uint8_t secret_min; /* HMAC: bytes of key, as many as the hash has (RFC 7518 3.2); else 0 */
	enum key_kind kind; /* of the public key */
};

static const struct alg algs[TOKEN_ALGS] = {
	[TOKEN_HS256] = { TOKEN_SECRET_MIN, KEY_NOT_PEM },
	[TOKEN_HS384] = { 48, KEY_NOT_PEM },
	[TOKEN_HS512] = { 64, KEY_NOT_PEM },
	[TOKEN_RS256] = { 0, KEY_RSA },
	[TOKEN_PS256] = { 0, KEY_RSA },
	[TOKEN_ES256] = { 0, KEY_P256 },
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

static int add_text(json_t *claims, const char *name, const char *value)
{
	return value ? json_object_set_new(claims, name, json_string(value)) : 0;
}

static int add_time(json_t *claims, const char *name, int64_t value)
{
	return value ? json_object_set_new(claims, name, json_integer(value)) : 0;
}

/* The payload, to be freed; NULL when `more` is no JSON object or a text no UTF-8. */
static char *payload_of(const struct token_new *t)
{
	json_t *claims = t->more ? parts_object(slice_str(t->more)) : json_object();
	char *text = NULL;

	if (claims && add_text(claims, "iss", t->iss) == 0 && add_text(claims, "sub", t->sub) == 0 &&
	    add_text(claims, "aud", t->aud) == 0 && add_text(claims, "jti", t->jti) == 0 &&
	    add_time(claims, "iat", t->iat) == 0 && add_time(claims, "nbf", t->nbf) == 0 &&
	    add_time(claims, "exp", t->exp) == 0)
		text = json_dumps(claims, JSON_COMPACT);
	json_decref(claims);
	return text;
}

static int put_part(struct buf *out, struct slice part)
{
	return base64_put(out, part, BASE64_URL | BASE64_UNPADDED);
}

static int put_header(struct buf *out, enum token_alg alg, const char *kid)
{
	json_t *header = json_pack("{s:s,s:s}", "alg", token_alg_name(alg), "typ", "JWT");
	char *text = NULL;
	int rc = -1;

	if (header && add_text(header, "kid", kid) == 0)
		text = json_dumps(header, JSON_COMPACT);
	if (text)
		rc = put_part(out, slice_str(text));
	free(text);
	json_decref(header);
	return rc;
}

/* What the library would do, for the one algorithm that it is not asked for. */
static int put_ps256(const struct token_key *k, const char *kid, const char *payload, struct buf *out)
{
	struct buf signature = { 0 };
	size_t from = out->n;
	struct pkey key;
	int rc = pkey_init(&key, slice_of(k->bytes, k->n), NULL);

	if (rc == 0)
		rc = put_header(out, k->alg, kid);
	buf_putc(out, '.');
	if (rc == 0 && put_part(out, slice_str(payload)) == 0)
		rc = pkey_ps256_sign(&key, slice_skip(buf_view(out), from), &signature);
	buf_putc(out, '.');
	if (rc == 0)
		rc = put_part(out, buf_view(&signature));
	if (rc || out->failed)
		out->n = from;
	pkey_fini(&key);
	buf_fini(&signature);
	return rc || out->failed ? -1 : 0;
}

static int put_by_library(const struct token_key *k, const char *kid, const char *payload, struct buf *out)
{
	char *text = lib_encode(k->alg, slice_of(k->bytes, k->n), kid, payload);
	int rc = text ? buf_puts(out, text) : -1;

	free(text);
	return rc;
}

int token_sign(const struct token_key *k, const struct token_new *t, struct buf *out, struct err *e)
{
	char *payload;
	int rc = -1;

	if (!k->can_sign)
		return err_set(e, ERR_ENV, "the %s key can only verify", token_alg_name(k->alg));
	payload = payload_of(t);
	if (payload)
		rc = (k->alg == TOKEN_PS256 ? put_ps256 : put_by_library)(k, t->kid, payload, out);
	free(payload);
	return rc == 0 ? 0
	               : err_set(e, ERR_ENV, "cannot sign: the claims are no JSON, or the %s key is damaged",
	                     token_alg_name(k->alg));
}

/* --- Verifying ------------------------------------------------------------------------------- */

static int ps256_right(const struct token_key *k, const struct parts *p)
{
	struct pkey key;
	int rc = pkey_init(&key, slice_of(k->bytes, k->n), NULL);

	if (rc == 0)
		rc = pkey_ps256_verify(&key, p->signing_input, p->signature);
	pkey_fini(&key);
	return rc == 1 ? 0 : -TOKEN_SIGNATURE;
}

/* Only the signature: the token is already known to be three strict parts with our algorithm. */
static int signature_right(
    struct slice token, const struct parts *p, const struct token_key *k, struct arena *a)
{
	struct slice text;

	/* Without a key libjwt 1 checks nothing and says yes; a private key is for signing alone. */
	if (!k->bytes || !k->n || (k->can_sign && !algs[k->alg].secret_min))
		return -TOKEN_SIGNATURE;
	if (k->alg == TOKEN_PS256)
		return ps256_right(k, p);
	text = arena_dup(a, token);
	if (!text.p)
		return -TOKEN_NO_MEMORY;
	return lib_check(k->alg, slice_of(k->bytes, k->n), (const char *)text.p);
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

int parts_times(const struct token_claims *c, const struct token_policy *p)
{
	int64_t leeway = p->leeway < 0 ? 0 : p->leeway > TOKEN_LEEWAY_MAX ? TOKEN_LEEWAY_MAX : p->leeway;

	/* "on or after which" it must not be accepted (RFC 7519 4.1.4). */
	if (p->now - leeway >= c->exp)
		return -TOKEN_EXPIRED;
	if ((c->has_nbf && c->nbf > p->now + leeway) || (c->has_iat && c->iat > p->now + leeway))
		return -TOKEN_NOT_YET;
	return 0;
}

static int check_times(const json_t *claims, const struct token_policy *p)
{
	struct token_claims c = { 0 };
	int has_exp = whole_seconds(claims, "exp", &c.exp), has_nbf = whole_seconds(claims, "nbf", &c.nbf);
	int has_iat = whole_seconds(claims, "iat", &c.iat);

	if (has_exp != 1 || has_nbf < 0 || has_iat < 0)
		return -TOKEN_BAD_CLAIM;
	c.has_nbf = has_nbf;
	c.has_iat = has_iat;
	return parts_times(&c, p);
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

/* The key is chosen by what the header names and nothing else; what the header says of the algorithm must then
 * be what the key is for (check_header). */
static int choose_key(const struct token_policy *p, const json_t *header, const struct token_key **out)
{
	const json_t *kid = json_object_get(header, "kid"), *alg = json_object_get(header, "alg");
	const struct ring_key *k = NULL;
	enum token_alg named = TOKEN_ALGS;
	size_t n = 1;

	*out = p->key;
	if (p->key)
		return 0;
	if (!header || !json_is_string(alg))
		return -TOKEN_BAD_FORM;
	named = token_alg_of(slice_str(json_string_value(alg)));
	if (json_is_string(kid))
		k = ring_find(p->ring, slice_of(json_string_value(kid), json_string_length(kid)));
	else if (!kid)
		k = ring_only(p->ring, named, &n);
	if (!k)
		return n == 0 ? -TOKEN_ALG : -TOKEN_KEY;
	*out = &k->verify;
	return 0;
}

static int check_parts(const struct token_policy *p, struct slice token, const struct parts *parts,
    const json_t *header, const json_t *claims, struct arena *a)
{
	const struct token_key *key;
	int rc = claims ? choose_key(p, header, &key) : -TOKEN_BAD_FORM;

	if (rc == 0)
		rc = check_header(header, key->alg);
	if (rc == 0)
		rc = signature_right(token, parts, key, a);
	if (rc == 0)
		rc = check_times(claims, p);
	return rc == 0 ? check_names(claims, p) : rc;
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
	rc = check_parts(p, token, &parts, header, claims, a);
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
		rc = signature_right(token, parts, &k, a);
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

/* JSON Web Tokens: taking apart, and the words for what is wrong.  RFC 7515 7.1, RFC 7519 4.1. */
#include "token/jwt.h"
#include "base/base64.h"
#include "token/parts.h"

#include <string.h>

struct fault {
	const char *id, *text;
};

static const struct fault faults[TOKEN_FAULTS] = {
	[TOKEN_OK] = { "token_ok", "The token is valid." },
	[TOKEN_TOO_BIG] = { "token_too_big", "The token is longer than 8192 bytes." },
	[TOKEN_BAD_FORM] = { "token_bad_form", "The token is not three base64url parts with JSON "
	                                       "objects inside." },
	[TOKEN_ALG] = { "token_alg", "The header names another algorithm than the one this server "
	                             "accepts." },
	[TOKEN_KEY] = { "token_key", "The header names no key of this server (kid)." },
	[TOKEN_CRIT] = { "token_crit", "The header demands an extension (crit or b64) this server "
	                               "lacks." },
	[TOKEN_TYPE] = { "token_type", "The header's typ says that this is no JWT." },
	[TOKEN_SIGNATURE] = { "token_signature", "The signature does not match the token and the "
	                                         "key." },
	[TOKEN_BAD_CLAIM] = { "token_bad_claim", "A claim is missing or has the wrong type." },
	[TOKEN_EXPIRED] = { "token_expired", "The token has expired (exp)." },
	[TOKEN_NOT_YET] = { "token_not_yet", "The token is not valid yet (nbf or iat lies "
	                                     "ahead)." },
	[TOKEN_ISSUER] = { "token_issuer", "The token was issued by somebody else (iss)." },
	[TOKEN_AUDIENCE] = { "token_audience", "The token is meant for somebody else (aud)." },
	[TOKEN_NO_MEMORY] = { "token_no_memory", "There was no memory to look at the token." },
};

static const struct fault *fault_of(int fault)
{
	if (fault < 0)
		fault = -fault;
	return &faults[fault >= 0 && fault < TOKEN_FAULTS ? fault : TOKEN_BAD_FORM];
}

const char *token_fault_id(int fault)
{
	return fault_of(fault)->id;
}

const char *token_fault_text(int fault)
{
	return fault_of(fault)->text;
}

static const char *const alg_names[TOKEN_ALGS] = {
	[TOKEN_HS256] = "HS256",
	[TOKEN_HS384] = "HS384",
	[TOKEN_HS512] = "HS512",
	[TOKEN_RS256] = "RS256",
	[TOKEN_PS256] = "PS256",
	[TOKEN_ES256] = "ES256",
};

const char *token_alg_name(enum token_alg alg)
{
	return alg_names[alg];
}

enum token_alg token_alg_of(struct slice name)
{
	int alg = 0;

	while (alg < TOKEN_ALGS && !slice_eq_str(name, alg_names[alg]))
		alg++;
	return (enum token_alg)alg;
}

/* --- Three parts (RFC 7515 7.1) -------------------------------------------------------------- */

static int decode(struct slice text, struct arena *a, struct slice *out)
{
	uint8_t *p = arena_alloc(a, base64_decoded_room(text.n) + 1);
	ssize_t n;

	if (!p)
		return -TOKEN_NO_MEMORY;
	n = base64_decode(text, BASE64_URL | BASE64_UNPADDED, p, base64_decoded_room(text.n));
	if (n < 0)
		return -TOKEN_BAD_FORM;
	p[n] = '\0';
	*out = slice_of(p, (size_t)n);
	return 0;
}

int parts_split(struct slice token, struct arena *a, struct parts *out)
{
	ssize_t first, last;
	int rc;

	if (token.n > TOKEN_SIZE_MAX)
		return -TOKEN_TOO_BIG;
	first = slice_chr(token, '.');
	last = slice_rchr(token, '.');
	/* Exactly two dots: five parts would be an encrypted token (RFC 7516). */
	if (first <= 0 || last <= first ||
	    slice_chr(slice_skip(token, (size_t)first + 1), '.') != last - first - 1)
		return -TOKEN_BAD_FORM;
	*out = (struct parts){ .signing_input = slice_sub(token, 0, (size_t)last) };
	rc = decode(slice_sub(token, 0, (size_t)first), a, &out->header);
	if (rc == 0)
		rc =
		    decode(slice_sub(token, (size_t)first + 1, (size_t)(last - first - 1)), a, &out->payload);
	if (rc == 0)
		rc = decode(slice_skip(token, (size_t)last + 1), a, &out->signature);
	return rc;
}

/* --- JSON ------------------------------------------------------------------------------------ */

json_t *parts_object(struct slice text)
{
	json_t *j = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(j))
		return j;
	json_decref(j);
	return NULL;
}

struct slice parts_text(const json_t *object, const char *member, struct arena *a)
{
	const json_t *v = json_object_get(object, member);

	if (!json_is_string(v))
		return slice_of(NULL, 0);
	return arena_dup(a, slice_of(json_string_value(v), json_string_length(v)));
}

/* aud is a string or an array of strings (RFC 7519 4.1.3). */
static struct slice audience_text(const json_t *claims, struct arena *a)
{
	const json_t *aud = json_object_get(claims, "aud"), *v;
	struct slice out;
	struct buf b;
	size_t i;

	if (!json_is_array(aud))
		return parts_text(claims, "aud", a);
	buf_init(&b, TOKEN_SIZE_MAX * 2);
	json_array_foreach(aud, i, v)
	{
		if (!json_is_string(v))
			continue;
		if (b.n)
			buf_puts(&b, ", ");
		buf_put(&b, json_string_value(v), json_string_length(v));
	}
	out = arena_dup(a, buf_view(&b));
	buf_fini(&b);
	return out;
}

/* NumericDate may have a fraction (RFC 7519 2); whole seconds are enough for showing. */
static bool seconds(const json_t *claims, const char *member, int64_t *out)
{
	const json_t *v = json_object_get(claims, member);
	double d;

	if (json_is_integer(v)) {
		*out = json_integer_value(v);
		return true;
	}
	d = json_is_real(v) ? json_real_value(v) : 1e300;
	if (!(d > -9e18 && d < 9e18))
		return false;
	*out = (int64_t)d;
	return true;
}

void parts_claims(const json_t *claims, struct slice text, struct arena *a, struct token_claims *out)
{
	out->iss = parts_text(claims, "iss", a);
	out->sub = parts_text(claims, "sub", a);
	out->jti = parts_text(claims, "jti", a);
	out->aud = audience_text(claims, a);
	out->has_exp = seconds(claims, "exp", &out->exp);
	out->has_nbf = seconds(claims, "nbf", &out->nbf);
	out->has_iat = seconds(claims, "iat", &out->iat);
	out->json = text;
}

/* --- Showing --------------------------------------------------------------------------------- */

/* RFC 7515 4.1.2 to 4.1.6: a verifier that believes these trusts whoever wrote the token. */
static const char *key_source(const json_t *header)
{
	static const char *const names[] = { "jku", "jwk", "x5u", "x5c" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (json_object_get(header, names[i]))
			return names[i];
	return NULL;
}

int token_view(struct slice token, struct arena *a, struct token_view *out)
{
	json_t *header, *claims;
	struct parts parts;
	int rc;

	*out = (struct token_view){ 0 };
	rc = parts_split(token, a, &parts);
	if (rc < 0)
		return rc;
	header = parts_object(parts.header);
	if (!json_is_string(json_object_get(header, "alg"))) {
		json_decref(header);
		return -TOKEN_BAD_FORM;
	}
	out->header = parts.header;
	out->alg = parts_text(header, "alg", a);
	out->typ = parts_text(header, "typ", a);
	out->kid = parts_text(header, "kid", a);
	out->has_crit = json_object_get(header, "crit") != NULL;
	out->key_source = key_source(header);
	out->signing_input = parts.signing_input;
	out->signature_size = parts.signature.n;
	out->claims.json = parts.payload;
	claims = parts_object(parts.payload);
	out->payload_object = claims != NULL;
	if (claims)
		parts_claims(claims, parts.payload, a, &out->claims);
	json_decref(header);
	json_decref(claims);
	return 0;
}

/* libjwt 3 under this room; see lib.h.  It takes keys as JSON Web Keys, and looks at times unless told not
 * to: here they are looked at once, by verify.c's rules. */
#include "token/lib.h"

#if __has_include(<jwt_export.h>)

#include "base/base64.h"
#include "tls/digest.h"
#include "tls/pkey.h"

#include <jwt.h>

enum {
	SECRET_MIN = 64,     /* bytes: the library takes no shorter key for HS512 */
	JWK_MAX = 16 * 1024, /* a private RSA key of 16384 bits has less */
};

static const jwt_alg_t algs[TOKEN_ALGS] = {
	[TOKEN_HS256] = JWT_ALG_HS256,
	[TOKEN_HS384] = JWT_ALG_HS384,
	[TOKEN_HS512] = JWT_ALG_HS512,
	[TOKEN_RS256] = JWT_ALG_RS256,
	[TOKEN_ES256] = JWT_ALG_ES256,
};

/* How long a secret must be is this room's business (sign.c), and a tracer looks at weak ones too.  To HMAC a
 * key shorter than a block and the same with zeros behind it are one (RFC 2104 2). */
static int put_secret(struct slice key, struct buf *out)
{
	static const uint8_t zeros[SECRET_MIN];
	struct buf padded = { .max = JWK_MAX };

	buf_slice(&padded, key);
	if (key.n < SECRET_MIN)
		buf_put(&padded, zeros, SECRET_MIN - key.n);
	buf_puts(out, "{\"kty\":\"oct\",\"k\":\"");
	base64_put(out, buf_view(&padded), BASE64_URL | BASE64_UNPADDED);
	buf_puts(out, "\"}");
	if (padded.p)
		digest_wipe(padded.p, padded.n);
	buf_fini(&padded);
	return padded.failed || out->failed ? -1 : 0;
}

static int put_pair(struct slice key, bool private, struct buf *out)
{
	struct pkey k;
	int rc = pkey_init(&k, key, NULL);

	if (rc == 0)
		rc = pkey_jwk(&k, private, out);
	pkey_fini(&k);
	return rc;
}

/* The key as the library wants it; NULL when it is none. */
static jwk_set_t *load(enum token_alg alg, struct slice key, bool private)
{
	struct buf text = { .max = JWK_MAX };
	jwk_set_t *set = NULL;
	int rc = alg <= TOKEN_HS512 ? put_secret(key, &text) : put_pair(key, private, &text);

	if (rc == 0)
		set = jwks_create_strn((const char *)text.p, text.n);
	if (text.p)
		digest_wipe(text.p, text.cap);
	buf_fini(&text);
	if (set && jwks_error_any(set)) {
		jwks_free(set);
		set = NULL;
	}
	return set;
}

static int add_header(jwt_builder_t *b, const char *name, const char *value)
{
	jwt_value_t v;

	return value ? jwt_builder_header_set(b, jwt_set_SET_STR(&v, name, value)) : 0;
}

static int add_claims(jwt_builder_t *b, const char *claims)
{
	jwt_value_t v;

	return jwt_builder_claim_set(b, jwt_set_SET_JSON(&v, NULL, (char *)(uintptr_t)claims));
}

char *lib_encode(enum token_alg alg, struct slice key, const char *kid, const char *claims)
{
	jwk_set_t *set = load(alg, key, true);
	jwt_builder_t *b = jwt_builder_new();
	char *text = NULL;

	if (b && set && jwt_builder_setkey(b, algs[alg], jwks_item_get(set, 0)) == 0) {
		jwt_builder_enable_iat(b, 0);
		if (add_header(b, "typ", "JWT") == 0 && add_header(b, "kid", kid) == 0 &&
		    add_claims(b, claims) == 0)
			text = jwt_builder_generate(b);
	}
	jwt_builder_free(b);
	jwks_free(set);
	return text;
}

int lib_check(enum token_alg alg, struct slice key, const char *token)
{
	jwk_set_t *set = load(alg, key, false);
	jwt_checker_t *c = jwt_checker_new();
	int rc = -TOKEN_SIGNATURE;

	if (!c)
		rc = -TOKEN_NO_MEMORY;
	else if (set && jwt_checker_setkey(c, algs[alg], jwks_item_get(set, 0)) == 0 &&
	         jwt_checker_time_leeway(c, JWT_CLAIM_EXP, -1) == 0 &&
	         jwt_checker_time_leeway(c, JWT_CLAIM_NBF, -1) == 0 && jwt_checker_verify(c, token) == 0)
		rc = 0;
	jwt_checker_free(c);
	jwks_free(set);
	return rc;
}

#endif

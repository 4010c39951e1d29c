/* Tokens; see api.h. */
#include "web/api.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/credentials.h"
#include "tls/digest.h"
#include "web/exchange.h"
#include "web/page.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define BASIC  "Basic realm=\"osilab\", charset=\"UTF-8\""
#define BEARER "Bearer realm=\"osilab\""

/* The one Authorization field, taken apart.  1 it is there, 0 not, -1 damaged or there twice. */
static int authorization(const struct exchange *x, struct http_credentials *out)
{
	const struct http_field *f = http_find(&x->req, SLICE("Authorization"));

	if (!f)
		return 0;
	if (http_find_next(&x->req, f, SLICE("Authorization")) || http_credentials_split(f->value, out))
		return -1;
	return 1;
}

static enum web_progress unauthorized(struct exchange *x, const char *text, const char *challenge)
{
	exchange_error(x, 401, text);
	exchange_field(x, "WWW-Authenticate", challenge);
	return WEB_ANSWERED;
}

/* --- POST /token --- */

static int random_id(char out[23])
{
	uint8_t raw[16];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return -1;
	base64_encode(slice_of(raw, sizeof(raw)), BASE64_URL | BASE64_UNPADDED, out);
	out[22] = '\0';
	return 0;
}

static enum web_progress issue(struct exchange *x, const char *user)
{
	int64_t now = clock_real() / CLOCK_SEC;
	char id[23];
	struct token_new t = {
		.iss = x->site->issuer,
		.aud = x->site->audience,
		.sub = user,
		.jti = id,
		.iat = now,
		.nbf = now,
		.exp = now + SITE_TOKEN_SECONDS,
	};
	const struct ring_key *key = ring_signer(&x->site->keys);
	struct err e = { .msg = "no random numbers" };
	struct buf *out;

	if (!key)
		return exchange_error(x, 404, "This server only verifies tokens: it has no key to sign with");
	t.kid = key->kid;
	out = exchange_begin(x, 200, PAGE_JSON);
	buf_puts(out, "{\"access_token\":\"");
	if (random_id(id) || token_sign(&key->sign, &t, out, &e)) {
		log_errorx("token: %s", e.msg);
		return exchange_error(x, 500, "The token could not be made");
	}
	buf_printf(out, "\",\"token_type\":\"Bearer\",\"expires_in\":%d}\n", SITE_TOKEN_SECONDS);
	exchange_field(x, "Pragma", "no-cache"); /* RFC 6749 5.1 */
	return WEB_ANSWERED;
}

static enum web_progress checked(struct exchange *x)
{
	int verdict = verify_verdict(x);

	if (verdict < 0)
		return WEB_ANSWERED;
	if (verdict == 0)
		return unauthorized(x, "The name or the password is wrong", BASIC);
	return issue(x, x->user);
}

static enum web_progress by_password(struct exchange *x, struct slice basic)
{
	char room[USERS_NAME_MAX + PASSWORD_MAX + 2];
	struct verify *v = &x->verify;
	struct slice name, password;
	bool fits = http_basic_decode(basic, room, sizeof(room), &name, &password) == 0 &&
	            name.n <= USERS_NAME_MAX && password.n <= PASSWORD_MAX;

	if (fits) {
		slice_cstr(name, v->name, sizeof(v->name));
		slice_cstr(password, v->password, sizeof(v->password));
		v->name_len = name.n;
		v->password_len = password.n;
	}
	digest_wipe(room, sizeof(room));
	if (!fits)
		return unauthorized(x, "The Basic credentials are damaged", BASIC);
	return verify_start(x, checked);
}

enum web_progress api_token(struct exchange *x)
{
	struct http_credentials c;
	int got = authorization(x, &c);

	if (got > 0 && c.scheme == HTTP_SCHEME_BASIC)
		return by_password(x, c.rest);
	if (got == 0 && x->signed_in)
		return issue(x, x->user);
	return unauthorized(x, "A token needs Basic credentials or a session", BASIC);
}

/* --- GET /api/me --- */

static enum web_progress bad_token(struct exchange *x, int fault)
{
	struct buf challenge = { 0 };

	if (fault == -TOKEN_NO_MEMORY)
		return exchange_busy(x, "There is no memory to check the token");
	buf_printf(&challenge, BEARER ", error=\"invalid_token\", error_description=\"%s\"",
	    token_fault_text(fault));
	unauthorized(x, token_fault_text(fault), buf_cstr(&challenge));
	buf_fini(&challenge);
	return WEB_ANSWERED;
}

enum web_progress api_me(struct exchange *x)
{
	struct token_policy policy = {
		.ring = &x->site->keys,
		.iss = x->site->issuer,
		.aud = x->site->audience,
		.now = clock_real() / CLOCK_SEC,
		.leeway = x->site->leeway,
	};
	struct http_credentials c;
	struct token_claims claims;
	struct slice token;
	int got = authorization(x, &c), fault;

	if (got == 0 || (got > 0 && c.scheme != HTTP_SCHEME_BEARER))
		return unauthorized(x, "This needs a Bearer token from /token", BEARER);
	if (got < 0 || http_bearer(c.rest, &token)) {
		exchange_error(x, 400, "The Authorization field is damaged");
		exchange_field(x, "WWW-Authenticate", BEARER ", error=\"invalid_request\"");
		return WEB_ANSWERED;
	}
	fault = token_verify(&policy, token, &x->arena, &claims);
	if (fault)
		return bad_token(x, fault);
	x->user = (const char *)arena_dup(&x->arena, claims.sub).p;
	buf_slice(exchange_begin(x, 200, PAGE_JSON), claims.json);
	buf_putc(&x->content, '\n');
	return WEB_ANSWERED;
}

/* --- GET /.well-known/jwks.json --- */

enum web_progress api_jwks(struct exchange *x)
{
	struct buf *out = exchange_begin(x, 200, "application/jwk-set+json");

	if (ring_jwks(&x->site->keys, out))
		return exchange_error(x, 500, "The keys cannot be shown");
	buf_putc(out, '\n');
	exchange_field(x, "Cache-Control", "public, max-age=300");
	return WEB_ANSWERED;
}

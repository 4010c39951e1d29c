/* The token endpoint; see token.h. */
#include "web/token.h"

#include "auth/refresh.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "http/url.h"
#include "tls/digest.h"
#include "web/bearer.h"
#include "web/exchange.h"
#include "web/page.h"
#include "web/signin.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define BASIC "Basic realm=\"osilab\", charset=\"UTF-8\""

/* A grant that waits for the store. */
struct issuing {
	struct refresh_call refresh; /* first */
	struct exchange *x;
	struct token_grant grant;
};

enum web_progress token_error(struct exchange *x, unsigned status, const char *code, const char *text)
{
	struct buf *out = exchange_begin(x, status, PAGE_JSON);

	buf_putc(out, '{');
	page_json_text(out, "error", slice_str(code));
	buf_putc(out, ',');
	page_json_text(out, "error_description", slice_str(text));
	buf_puts(out, "}\n");
	return WEB_ANSWERED;
}

static enum web_progress unauthorized(struct exchange *x, const char *text)
{
	exchange_error(x, 401, text);
	exchange_field(x, "WWW-Authenticate", BASIC);
	return WEB_ANSWERED;
}

/* --- Making tokens --- */

static int random_id(char out[23])
{
	uint8_t raw[16];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return -1;
	base64_encode(slice_of(raw, sizeof(raw)), BASE64_URL | BASE64_UNPADDED, out);
	out[22] = '\0';
	return 0;
}

/* RFC 9068 2.2: who the token was made for stands in it. */
static const char *client_claim(struct exchange *x, const char *client)
{
	struct buf b = { 0 };
	const char *text;

	if (!*client)
		return NULL;
	buf_putc(&b, '{');
	page_json_text(&b, "client_id", slice_str(client));
	buf_putc(&b, '}');
	text = (const char *)arena_dup(&x->arena, buf_view(&b)).p;
	buf_fini(&b);
	return text;
}

static int sign(struct exchange *x, const struct token_grant *g, struct buf *out, struct err *e)
{
	const struct ring_key *key = ring_signer(&x->site->keys);
	int64_t now = clock_real() / CLOCK_SEC;
	char id[23];
	struct token_new t = {
		.iss = x->site->issuer,
		.aud = x->site->audience,
		.sub = g->user,
		.jti = id,
		.kid = key->kid,
		.iat = now,
		.nbf = now,
		.exp = now + x->site->token_life,
		.more = client_claim(x, g->client),
	};

	if (random_id(id))
		return err_set(e, ERR_ENV, "no random numbers");
	return token_sign(&key->sign, &t, out, e);
}

static enum web_progress answer(struct exchange *x, const struct token_grant *g, const char *refresh)
{
	struct buf *out = exchange_begin(x, 200, PAGE_JSON);
	struct err e = { 0 };

	buf_puts(out, "{\"access_token\":\"");
	if (sign(x, g, out, &e)) {
		log_errorx("token: %s", e.msg);
		return exchange_error(x, 500, "The token could not be made");
	}
	buf_printf(out, "\",\"token_type\":\"Bearer\",\"expires_in\":%lld", (long long)x->site->token_life);
	if (refresh)
		buf_printf(out, ",\"refresh_token\":\"%s\"", refresh);
	buf_puts(out, "}\n");
	exchange_field(x, "Pragma", "no-cache"); /* RFC 6749 5.1 */
	return WEB_ANSWERED;
}

/* --- Refresh tokens --- */

static void on_refresh(struct refresh_call *c)
{
	exchange_resume(((struct issuing *)c)->x);
}

static enum web_progress refreshed(struct exchange *x)
{
	struct issuing *n = x->work;

	switch (n->refresh.outcome) {
	case REFRESH_OK: break;
	case REFRESH_NONE:
		return token_error(x, 400, "invalid_grant", "There is no such refresh token (any more)");
	case REFRESH_REUSED:
		log_warnx("a refresh token came twice: all that came of it are revoked");
		return token_error(x, 400, "invalid_grant",
		    "The refresh token was used before: all of its family are revoked");
	case REFRESH_FAILED: return signin_failed(x);
	}
	n->grant.user = n->refresh.user;
	x->user = n->refresh.user;
	return answer(x, &n->grant, n->refresh.token);
}

static struct issuing *issuing_new(struct exchange *x, const struct token_grant *g)
{
	struct issuing *n = arena_alloc(&x->arena, sizeof(*n));

	if (n) {
		*n = (struct issuing){ .x = x, .grant = *g };
		n->refresh.done = on_refresh;
		x->work = n;
		x->then = refreshed;
	}
	return n;
}

enum web_progress token_issue(struct exchange *x, const struct token_grant *g)
{
	struct issuing *n;

	if (!ring_signer(&x->site->keys))
		return exchange_error(x, 404, "This server only verifies tokens: it has no key to sign with");
	if (!g->offline || !x->site->sessions.store->ops)
		return answer(x, g, NULL);
	n = issuing_new(x, g);
	if (!n)
		return exchange_busy(x, "There is no memory for the token");
	if (refresh_start(&x->site->refresh, &n->refresh, slice_str(g->user), slice_str(g->client)) ==
	    STORE_LATER)
		return WEB_LATER;
	return refreshed(x);
}

/* A field of the form, in the arena; NULL when it is not there, or cannot be. */
static char *form_text(struct exchange *x, const char *name, size_t max)
{
	char *text = arena_alloc(&x->arena, max + 1);

	if (!text || http_form_get(buf_view(&x->body), name, text, max + 1) < 0)
		return NULL;
	return text;
}

static enum web_progress by_refresh(struct exchange *x)
{
	const char *client = form_text(x, "client_id", TOKEN_CLIENT), *token;
	struct token_grant g = { .client = client ? client : "", .offline = true };
	struct issuing *n = issuing_new(x, &g);

	token = form_text(x, "refresh_token", REFRESH_TEXT);
	if (!token)
		return token_error(
		    x, 400, "invalid_request", "The form needs refresh_token, once and as long as it was");
	if (!x->site->sessions.store->ops || !ring_signer(&x->site->keys))
		return token_error(x, 400, "unsupported_grant_type", "This server gives no refresh tokens");
	if (!n)
		return exchange_busy(x, "There is no memory for the token");
	if (refresh_use(&x->site->refresh, &n->refresh, slice_str(token), slice_str(g.client)) == STORE_LATER)
		return WEB_LATER;
	return refreshed(x);
}

/* --- By password or session --- */

static bool wants_offline(const struct exchange *x)
{
	char scope[256];
	struct slice rest;

	if (!signin_is_form(x) || http_form_get(buf_view(&x->body), "scope", scope, sizeof(scope)) < 0)
		return false;
	rest = slice_str(scope);
	while (rest.p)
		if (slice_eq_str(slice_cut(&rest, ' '), "offline_access"))
			return true;
	return false;
}

static enum web_progress issue_own(struct exchange *x)
{
	return token_issue(
	    x, &(struct token_grant){ .user = x->user, .client = "", .offline = wants_offline(x) });
}

static enum web_progress checked(struct exchange *x)
{
	int verdict = verify_verdict(x);

	if (verdict < 0)
		return WEB_ANSWERED;
	if (verdict == 0)
		return unauthorized(x, "The name or the password is wrong");
	return issue_own(x);
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
		return unauthorized(x, "The Basic credentials are damaged");
	return verify_start(x, checked);
}

static enum web_progress by_credentials(struct exchange *x)
{
	struct http_credentials c;
	int got = bearer_authorization(x, &c);

	if (got > 0 && c.scheme == HTTP_SCHEME_BASIC)
		return by_password(x, c.rest);
	if (got == 0 && x->signed_in)
		return issue_own(x);
	return unauthorized(x, "A token needs Basic credentials or a session");
}

enum web_progress token_post(struct exchange *x)
{
	char grant[64];
	ssize_t n =
	    signin_is_form(x) ? http_form_get(buf_view(&x->body), "grant_type", grant, sizeof(grant)) : -1;

	if (n == -1)
		return by_credentials(x);
	if (n > 0 && !strcmp(grant, "refresh_token"))
		return by_refresh(x);
	return token_error(
	    x, 400, "unsupported_grant_type", "grant_type is refresh_token; or none, with credentials");
}

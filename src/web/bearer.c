/* Bearer tokens; see bearer.h. */
#include "web/bearer.h"

#include "auth/denied.h"
#include "auth/refresh.h"
#include "base/clock.h"
#include "http/url.h"
#include "token/cache.h"
#include "web/exchange.h"
#include "web/page.h"
#include "web/signin.h"

#define BEARER "Bearer realm=\"osilab\""

struct bearer {
	struct token_claims claims;
	web_step then;
};

int bearer_authorization(const struct exchange *x, struct http_credentials *out)
{
	const struct http_field *f = http_find(&x->req, SLICE("Authorization"));

	if (!f)
		return 0;
	if (http_find_next(&x->req, f, SLICE("Authorization")) || http_credentials_split(f->value, out))
		return -1;
	return 1;
}

int bearer_verify(struct exchange *x, struct slice token, struct token_claims *out)
{
	const struct token_policy policy = {
		.ring = &x->site->keys,
		.iss = x->site->issuer,
		.aud = x->site->audience,
		.now = clock_real() / CLOCK_SEC,
		.leeway = x->site->leeway,
	};

	return cache_verify(x->site->verified, &policy, token, &x->arena, out);
}

const struct token_claims *bearer_claims(const struct exchange *x)
{
	return &((const struct bearer *)x->work)->claims;
}

/* --- Refusing --- */

static enum web_progress no_token(struct exchange *x)
{
	exchange_error(x, 401, "This needs a Bearer token from /token");
	exchange_field(x, "WWW-Authenticate", BEARER);
	return WEB_ANSWERED;
}

static enum web_progress damaged(struct exchange *x)
{
	exchange_error(x, 400, "The Authorization field is damaged");
	exchange_field(x, "WWW-Authenticate", BEARER ", error=\"invalid_request\"");
	return WEB_ANSWERED;
}

static enum web_progress invalid(struct exchange *x, const char *text)
{
	struct buf challenge = { 0 };

	buf_printf(&challenge, BEARER ", error=\"invalid_token\", error_description=\"%s\"", text);
	exchange_error(x, 401, text);
	exchange_field(x, "WWW-Authenticate", buf_cstr(&challenge));
	buf_fini(&challenge);
	return WEB_ANSWERED;
}

/* --- Asking --- */

static void on_store(struct store_call *c)
{
	exchange_resume(LOOP_OF(c, struct exchange, session.store));
}

static enum web_progress go_on(struct exchange *x, enum store_when when, web_step then)
{
	x->then = then;
	return when == STORE_LATER ? WEB_LATER : then(x);
}

static enum web_progress looked_up(struct exchange *x)
{
	struct bearer *b = x->work;

	if (x->session.store.result == STORE_FAILED)
		return signin_failed(x);
	if (x->session.store.result == STORE_OK)
		return invalid(x, "The token was revoked");
	return b->then(x);
}

/* Is it on the list?  Without a jti it could not be, so that it is not taken. */
static enum web_progress look_up(struct exchange *x, struct slice jti)
{
	if (!x->site->deny)
		return ((struct bearer *)x->work)->then(x);
	if (!jti.n)
		return invalid(x, "The token has no jti, by which it could be revoked");
	x->session.store.done = on_store;
	return go_on(x, denied_find(x->site->sessions.store, &x->session.store, jti), looked_up);
}

enum web_progress bearer_required(struct exchange *x, web_step then)
{
	struct bearer *b = arena_alloc(&x->arena, sizeof(*b));
	struct http_credentials c;
	struct slice token;
	int got = bearer_authorization(x, &c), fault;

	if (got == 0 || (got > 0 && c.scheme != HTTP_SCHEME_BEARER))
		return no_token(x);
	if (got < 0 || http_bearer(c.rest, &token))
		return damaged(x);
	fault = b ? bearer_verify(x, token, &b->claims) : -TOKEN_NO_MEMORY;
	if (fault == -TOKEN_NO_MEMORY)
		return exchange_busy(x, "There is no memory to check the token");
	if (fault)
		return invalid(x, token_fault_text(fault));
	x->work = b;
	b->then = then;
	x->user = (const char *)arena_dup(&x->arena, b->claims.sub).p;
	return look_up(x, b->claims.jti);
}

/* --- Revoking --- */

static enum web_progress done(struct exchange *x)
{
	buf_puts(exchange_begin(x, 200, PAGE_JSON), "{}\n");
	return WEB_ANSWERED;
}

static enum web_progress added(struct exchange *x)
{
	return x->session.store.result == STORE_OK ? done(x) : signin_failed(x);
}

static enum web_progress deny(struct exchange *x, const struct token_claims *claims)
{
	int64_t last = INT64_MAX / CLOCK_SEC - TOKEN_LEEWAY_MAX;
	int64_t until = (claims->exp < last ? claims->exp + TOKEN_LEEWAY_MAX : last) * CLOCK_SEC;

	if (!x->site->deny || !claims->jti.n)
		return exchange_error(x, 400,
		    "An access token is good until it expires: this server keeps no list of those that were "
		    "revoked (--jwt-deny), or it has no jti");
	x->session.store.done = on_store;
	return go_on(x, denied_add(x->site->sessions.store, &x->session.store, claims->jti, until), added);
}

struct ending {
	struct refresh_call call; /* first */
	struct exchange *x;
};

static void on_refresh(struct refresh_call *c)
{
	exchange_resume(((struct ending *)c)->x);
}

static enum web_progress family_ended(struct exchange *x)
{
	const struct ending *n = x->work;

	return n->call.outcome == REFRESH_OK ? done(x) : signin_failed(x);
}

static enum web_progress end_family(struct exchange *x, struct slice token)
{
	struct ending *n = arena_alloc(&x->arena, sizeof(*n));

	if (!n)
		return exchange_busy(x, "There is no memory to revoke the token");
	n->x = x;
	n->call.done = on_refresh;
	x->work = n;
	return go_on(x, refresh_end(&x->site->refresh, &n->call, token), family_ended);
}

enum web_progress bearer_revoke(struct exchange *x)
{
	char *text = arena_alloc(&x->arena, TOKEN_SIZE_MAX + 1);
	struct token_claims claims;
	ssize_t n = -1;

	if (text && signin_is_form(x))
		n = http_form_get(buf_view(&x->body), "token", text, TOKEN_SIZE_MAX + 1);
	if (n < 0)
		return exchange_error(x, 400, "The form needs token, once and not too long");
	if (n == REFRESH_TEXT && x->site->sessions.store->ops)
		return end_family(x, slice_of(text, (size_t)n));
	if (bearer_verify(x, slice_of(text, (size_t)n), &claims))
		return done(x);
	return deny(x, &claims);
}

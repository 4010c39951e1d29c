/* Credentials: Basic, Digest, Bearer, JSON Web Tokens, passwords in forms; see identity.h.  RFC 7617,
 * RFC 7616, RFC 6750, RFC 7519, RFC 8725. */
#include "trace/identity.h"

#include "base/clock.h"
#include "http/credentials.h"
#include "http/url.h"
#include "token/jwt.h"

#include <stdio.h>
#include <strings.h>

/* --- JSON Web Tokens ------------------------------------------------------------------------------------ */

static void add_claim(struct buf *out, const char *label, struct slice value)
{
	if (!value.n)
		return;
	buf_printf(out, "%s%s ", out->n ? ", " : "", label);
	buf_slice(out, value);
}

static void note_claims(struct trace *t, const struct token_view *v)
{
	struct buf text;

	buf_init(&text, 4096);
	add_claim(&text, "subject", v->claims.sub);
	add_claim(&text, "issuer", v->claims.iss);
	add_claim(&text, "audience", v->claims.aud);
	add_claim(&text, "id", v->claims.jti);
	if (!text.n)
		buf_slice(&text, v->claims.json);
	NOTE(t, JWT_CLAIMS, F_TEXT("osilab.jwt.summary", buf_view(&text)),
	    F_TEXT("osilab.jwt.claims", v->claims.json));
	buf_fini(&text);
}

/* Whole seconds of a token in nanoseconds; what does not fit becomes the first or last instant there is. */
static int64_t to_ns(int64_t seconds)
{
	int64_t ns;

	if (__builtin_mul_overflow(seconds, CLOCK_SEC, &ns))
		return seconds < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

static int64_t span(int64_t from, int64_t to)
{
	int64_t ns;

	if (__builtin_sub_overflow(to, from, &ns))
		return to < from ? -INT64_MAX : INT64_MAX;
	return ns;
}

static void note_times(struct trace *t, const struct token_claims *c)
{
	int64_t exp = to_ns(c->exp);

	if (!c->has_exp) {
		NOTE0(t, JWT_NO_EXP);
	} else if (exp <= t->frame.ts) {
		NOTE(t, JWT_EXPIRED, F_TIME("osilab.jwt.exp", exp),
		    F_SPAN("osilab.jwt.left", span(exp, t->frame.ts)));
	} else {
		struct field life = F_SPAN("osilab.jwt.lifetime", span(to_ns(c->iat), exp));

		if (!c->has_iat)
			life = (struct field)F_STR("osilab.jwt.lifetime", "unknown length (no iat)");
		NOTE(t, JWT_TIMES, F_TIME("osilab.jwt.exp", exp),
		    F_SPAN("osilab.jwt.left", span(t->frame.ts, exp)), life);
	}
}

static void note_signature(struct trace *t, const struct token_view *v, struct slice token)
{
	int ok;

	if (slice_ieq_str(v->alg, "none") || v->signature_size == 0) {
		NOTE(t, JWT_NONE, F_TEXT("osilab.jwt.alg", v->alg));
		return;
	}
	if (!t->config.jwt_key.n)
		return;
	ok = token_signature_ok(t->config.jwt_key, token);
	if (ok == 1)
		NOTE0(t, JWT_SIGNED);
	else if (ok == 0)
		NOTE0(t, JWT_FORGED);
}

/* Takes a token apart when it is a JSON Web Token; false when it is not. */
static bool note_jwt(struct trace *t, struct slice token, const char *where)
{
	struct token_view v;
	const char *kid = "";

	if (token_view(token, &t->arena, &v) < 0)
		return false;
	if (v.kid.n)
		kid = arena_printf(&t->arena, " (key id %s)", trace_text(t, v.kid, 64));
	trace_where(t,
	    NOTE(t, JWT_HEADER, F_STR("osilab.jwt.where", where), F_TEXT("osilab.jwt.alg", v.alg),
	        F_STR("osilab.jwt.kid", kid), F_TEXT("osilab.jwt.header", v.header)),
	    token);
	note_claims(t, &v);
	note_times(t, &v.claims);
	note_signature(t, &v, token);
	return true;
}

/* --- Authorization --------------------------------------------------------------------------------------- */

static void note_basic(struct trace *t, struct slice rest)
{
	struct slice user, password;
	char text[1024];

	if (http_basic_decode(rest, text, sizeof(text), &user, &password) < 0)
		NOTE(t, AUTH_OTHER, F_STR("osilab.auth.scheme", "Basic (damaged)"));
	else
		trace_where(t,
		    NOTE(t, AUTH_BASIC, F_TEXT("osilab.auth.user", user),
		        F_STR("osilab.auth.password", trace_mask(t, password))),
		    rest);
	explicit_bzero(text, sizeof(text));
}

static void note_digest(struct trace *t, struct slice rest)
{
	struct slice name, value, user = SLICE("?");
	bool escaped;

	while (http_param_next(&rest, &name, &value, &escaped) == 1)
		if (slice_ieq_str(name, "username"))
			user = value;
	NOTE(t, AUTH_DIGEST, F_TEXT("osilab.auth.user", user));
}

static void note_bearer(struct trace *t, struct slice rest)
{
	struct slice token;

	if (http_bearer(rest, &token) < 0)
		token = rest;
	if (!note_jwt(t, token, "Authorization: Bearer"))
		NOTE(t, AUTH_BEARER, F_UINT("osilab.auth.bytes", token.n));
}

void identity_authorization(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked)
{
	const struct http_field *field = http_find(m, SLICE("Authorization"));
	struct http_credentials c;

	if (!field)
		return;
	t->stats.authorization_headers++;
	if (http_credentials_split(field->value, &c) < 0)
		return;
	stats_count(&t->stats.authorization_schemes, c.scheme_text);
	asked->brought = c.scheme == HTTP_SCHEME_BEARER ? "token" : "password";
	switch (c.scheme) {
	case HTTP_SCHEME_BASIC: note_basic(t, c.rest); break;
	case HTTP_SCHEME_DIGEST: note_digest(t, c.rest); break;
	case HTTP_SCHEME_BEARER: note_bearer(t, c.rest); break;
	case HTTP_SCHEME_OTHER: NOTE(t, AUTH_OTHER, F_TEXT("osilab.auth.scheme", c.scheme_text)); break;
	}
	if (!secure && c.scheme != HTTP_SCHEME_DIGEST)
		trace_where(t, NOTE0(t, AUTH_IN_CLEAR), field->value);
}

void identity_verdict(struct trace *t, const struct http_msg *m, const struct asked *asked)
{
	struct slice challenge = http_value(m, SLICE("WWW-Authenticate"));
	struct http_credentials c;

	if (challenge.p && http_credentials_split(challenge, &c) == 0)
		trace_where(t, NOTE(t, AUTH_CHALLENGE, F_TEXT("osilab.auth.scheme", challenge)), challenge);
	if ((m->status == 401 || m->status == 403) && asked && asked->brought)
		NOTE(t, AUTH_REFUSED, F_UINT("http.response.code", m->status),
		    F_STR("osilab.auth.what", asked->brought), F_UINT("osilab.ref", asked->frame))
		    ->ref = asked->frame;
}

/* --- Bodies ------------------------------------------------------------------------------------------------ */

static void note_form(struct trace *t, struct slice form, bool secure)
{
	static const char *const names[][2] = { { "password", "user" }, { "passwd", "username" },
		{ "pass", "login" }, { "pwd", "email" } };
	char password[256], user[128];
	ssize_t n = -1, u = -1;

	for (size_t i = 0; i < 4 && n < 0; i++)
		n = http_form_get(form, names[i][0], password, sizeof(password));
	for (size_t i = 0; i < 4 && u < 0; i++)
		u = http_form_get(form, names[i][1], user, sizeof(user));
	if (n > 0) {
		trace_where(t,
		    trace_note(t, secure ? NOTE_PASSWORD_SEALED : NOTE_PASSWORD_IN_CLEAR,
		        (struct field[]){
		            F_TEXT("osilab.auth.user", u > 0 ? slice_of(user, (size_t)u) : SLICE("?")),
		            F_STR("osilab.auth.password", trace_mask(t, slice_of(password, (size_t)n))) },
		        2),
		    form);
	}
	explicit_bzero(password, sizeof(password));
}

static bool token_octet(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
	       c == '_' || c == '.';
}

/* Every JSON Web Token starts with the base64url of '{"', which is "eyJ". */
static void note_tokens(struct trace *t, struct slice body)
{
	for (unsigned found = 0; found < 4 && body.n;) {
		ssize_t at = slice_find(body, SLICE("eyJ"));
		size_t n = 0;

		if (at < 0)
			return;
		body = slice_skip(body, (size_t)at);
		while (n < body.n && token_octet(body.p[n]))
			n++;
		found += note_jwt(t, slice_sub(body, 0, n), "In the body");
		body = slice_skip(body, n);
	}
}

void identity_body(struct trace *t, struct slice type, struct slice body, bool secure)
{
	if (slice_istarts(type, SLICE("application/x-www-form-urlencoded")))
		note_form(t, body, secure);
	else if (slice_istarts(type, SLICE("application/json")))
		note_tokens(t, body);
}

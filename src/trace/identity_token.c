/* Tokens: JSON Web Tokens taken apart and judged, and every token followed from the packet that gave it; see
 * identity.h.  RFC 7519, RFC 7515, RFC 8725, RFC 6750. */
#include "trace/identity.h"

#include "base/clock.h"
#include "token/jwt.h"
#include "trace/jar.h"

enum {
	TOKEN_GIVEN = 1,       /* flags of struct recalled: a server handed it out */
	TOKEN_OPENED = 2,      /* it is a JSON Web Token, and was shown */
	TOKEN_USED = 4,        /* ... in a request */
	LIFE_LONG = 24 * 3600, /* seconds from which a token's life is called long */
};

/* --- Memory --------------------------------------------------------------------------------------------------- */

static uint64_t hash_of(const struct trace *t, struct slice token)
{
	return jar_hash(t->jar, token.p, token.n);
}

struct recalled *identity_token(struct trace *t, struct slice token, struct asked *asked)
{
	uint64_t hash = hash_of(t, token);
	struct recalled *r = recall_get(&t->jar->tokens, hash);

	if (!r && (r = recall_put(&t->jar->tokens, hash, t->frame.number)))
		r->when = INT64_MAX;
	if (!r)
		return NULL;
	if (!asked && t->frame.side == FLOW_SERVER)
		r->flags |= TOKEN_GIVEN;
	if (asked) {
		asked->token = hash;
		asked->ended = r->ended;
		asked->stale = r->when <= t->frame.ts;
		if (!asked->brought || !strcmp(asked->brought, "cookie"))
			asked->brought = "token";
	}
	return r;
}

/* --- Claims ---------------------------------------------------------------------------------------------------- */

static void add_claim(struct buf *out, const char *name, struct slice value)
{
	if (!value.n)
		return;
	buf_printf(out, "%s%s=", out->n ? ", " : "", name);
	buf_slice(out, value);
}

static void note_claims(struct trace *t, const struct token_view *v)
{
	struct buf text;

	buf_init(&text, 4096);
	add_claim(&text, "sub", v->claims.sub);
	add_claim(&text, "iss", v->claims.iss);
	add_claim(&text, "aud", v->claims.aud);
	add_claim(&text, "jti", v->claims.jti);
	if (!text.n)
		buf_slice(&text, v->claims.json);
	NOTE(t, JWT_CLAIMS, F_TEXT("osilab.jwt.summary", buf_view(&text)),
	    F_TEXT("osilab.jwt.claims", v->claims.json));
	buf_fini(&text);
}

/* Members that say more of a person than a name, by their names between quotes (OpenID Connect Core 5.1). */
static void note_sensitive(struct trace *t, struct slice json)
{
	static const char *const names[] = { "\"email\"", "\"phone_number\"", "\"phone\"", "\"address\"",
		"\"birthdate\"", "\"password\"", "\"ssn\"", "\"card\"", "\"credit_card\"" };
	struct buf found;

	buf_init(&found, 256);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (slice_find(json, slice_str(names[i])) >= 0)
			buf_printf(
			    &found, "%s%.*s", found.n ? ", " : "", (int)strlen(names[i]) - 2, names[i] + 1);
	if (found.n)
		NOTE(t, JWT_SENSITIVE, F_TEXT("osilab.jwt.sensitive", buf_view(&found)));
	buf_fini(&found);
}

/* --- Times ------------------------------------------------------------------------------------------------------ */

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

static void note_expired(struct trace *t, int64_t exp)
{
	NOTE(
	    t, JWT_EXPIRED, F_TIME("osilab.jwt.exp", exp), F_SPAN("osilab.jwt.left", span(exp, t->frame.ts)));
}

static void note_life(struct trace *t, const struct token_claims *c, int64_t exp)
{
	struct field left = F_SPAN("osilab.jwt.left", span(t->frame.ts, exp)),
	             when = F_TIME("osilab.jwt.exp", exp);
	int64_t life = span(to_ns(c->iat), exp);
	struct field all = F_SPAN("osilab.jwt.lifetime", life);

	if (!c->has_iat) {
		all = (struct field)F_STR("osilab.jwt.lifetime", "unknown length (no iat)");
		life = left.u > INT64_MAX ? 0 : (int64_t)left.u;
	}
	trace_note(t, NOTE_JWT_TIMES, (struct field[]){ when, left, all }, 3);
	if (life > LIFE_LONG * CLOCK_SEC)
		NOTE(t, JWT_LONG_LIVED, F_SPAN("osilab.jwt.lifetime", life));
}

static void note_times(struct trace *t, const struct token_claims *c)
{
	int64_t exp = to_ns(c->exp), nbf = to_ns(c->nbf);

	if (!c->has_exp)
		NOTE0(t, JWT_NO_EXP);
	else if (exp <= t->frame.ts)
		note_expired(t, exp);
	else
		note_life(t, c, exp);
	if (c->has_nbf && nbf > t->frame.ts)
		NOTE(t, JWT_NOT_YET, F_TIME("osilab.jwt.nbf", nbf),
		    F_SPAN("osilab.jwt.left", span(t->frame.ts, nbf)));
}

/* --- The header and the signature ----------------------------------------------------------------------------- */

/* A key id goes into a file name or a query on the server, if that is careless (RFC 8725 3.10). */
static bool kid_suspicious(struct slice kid)
{
	static const char *const parts[] = { "..", "/", "\\", "'", "\"", ";", "--", "|", "`", "$(" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (slice_find(kid, slice_str(parts[i])) >= 0)
			return true;
	return memchr(kid.p, '\0', kid.n) != NULL;
}

static void note_header(struct trace *t, const struct token_view *v, struct slice token, const char *where)
{
	const struct field place = F_STR("osilab.jwt.where", where), alg = F_TEXT("osilab.jwt.alg", v->alg),
	                   header = F_TEXT("osilab.jwt.header", v->header),
	                   kid = F_TEXT("osilab.jwt.kid", trace_brief(t, v->kid, 64));

	if (v->kid.n)
		trace_where(t,
		    trace_note(t, NOTE_JWT_HEADER_KID, (struct field[]){ place, alg, header, kid }, 4),
		    token);
	else
		trace_where(
		    t, trace_note(t, NOTE_JWT_HEADER, (struct field[]){ place, alg, header }, 3), token);
	if (v->kid.n && kid_suspicious(v->kid))
		trace_note(t, NOTE_JWT_KID, &kid, 1);
	if (v->key_source)
		NOTE(t, JWT_BRINGS_KEY, F_STR("osilab.jwt.key_source", v->key_source));
	if (v->has_crit)
		NOTE0(t, JWT_CRIT);
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
	else if (ok == -TOKEN_ALG)
		NOTE(t, JWT_OTHER_KEY, F_TEXT("osilab.jwt.alg", v->alg));
}

/* --- A token in its place --------------------------------------------------------------------------------------- */

/* It was seen in an earlier packet. */
static void note_known(
    struct trace *t, const struct recalled *r, enum note_id id, struct slice token, const char *where)
{
	struct note *n = trace_note(
	    t, id, (struct field[]){ F_STR("osilab.jwt.where", where), F_UINT("osilab.ref", r->frame) }, 2);

	n->ref = r->frame;
	trace_where(t, n, token);
}

/* What was opened where it was given is opened once more at its first use; from then on only named. */
static bool known_enough(
    struct trace *t, const struct recalled *r, struct slice token, const char *where, bool request)
{
	if (!r || !(r->flags & TOKEN_OPENED))
		return false;
	if (request && !(r->flags & TOKEN_USED)) {
		note_known(t, r, NOTE_JWT_RETURNED, token, where);
		return false;
	}
	note_known(t, r, NOTE_JWT_AGAIN, token, where);
	if (r->when <= t->frame.ts)
		note_expired(t, r->when);
	return true;
}

bool identity_jwt(struct trace *t, struct slice token, const char *where, struct asked *asked)
{
	struct recalled *r = recall_get(&t->jar->tokens, hash_of(t, token));
	struct token_view v;

	if (known_enough(t, r, token, where, asked != NULL)) {
		identity_token(t, token, asked);
		return true;
	}
	if (token_view(token, &t->arena, &v) < 0)
		return false;
	note_header(t, &v, token, where);
	note_claims(t, &v);
	note_sensitive(t, v.claims.json);
	note_times(t, &v.claims);
	note_signature(t, &v, token);
	if (!(r = identity_token(t, token, NULL)))
		return true;
	r->flags |= TOKEN_OPENED | (asked ? TOKEN_USED : 0);
	r->when = v.claims.has_exp ? to_ns(v.claims.exp) : INT64_MAX;
	if (asked)
		identity_token(t, token, asked); /* now that its end is known */
	return true;
}

/* --- Answers ----------------------------------------------------------------------------------------------------- */

void identity_token_verdict(struct trace *t, const struct http_msg *m, const struct asked *asked)
{
	struct recalled *r;

	if (!asked || !asked->token || m->status < 200 || m->status >= 400)
		return;
	if (asked->logout && (r = recall_get(&t->jar->tokens, asked->token)))
		r->ended = asked->frame;
	if (m->status >= 300)
		return;
	if (asked->stale)
		NOTE(t, JWT_EXPIRED_ACCEPTED, F_UINT("osilab.ref", asked->frame))->ref = asked->frame;
	if (asked->ended)
		NOTE(t, TOKEN_AFTER_LOGOUT, F_UINT("osilab.ref", asked->ended))->ref = asked->ended;
}

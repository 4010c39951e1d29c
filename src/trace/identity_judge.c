/* What the attributes of a Set-Cookie are worth; see identity.h.  RFC 6265bis 4.1, 5.6, 5.7 and 8. */
#include "trace/identity.h"

#include "base/clock.h"

enum { LIFETIME_MAX = 400 * 24 * 3600 }; /* seconds; longer ones are cut to it (RFC 6265bis 5.5) */

static void judge_samesite(struct trace *t, const struct http_setcookie *c)
{
	bool strict = c->samesite == HTTP_SAMESITE_STRICT;

	switch (c->samesite) {
	case HTTP_SAMESITE_STRICT:
	case HTTP_SAMESITE_LAX:
		NOTE(t, COOKIE_SAMESITE, F_STR("osilab.cookie.samesite", strict ? "Strict" : "Lax"),
		    F_STR("osilab.cookie.samesite_words", strict ? "never sent with requests that another "
		                                                   "site causes"
		                                                 : "another site can cause it to be sent "
		                                                   "only by a link one follows, not by a "
		                                                   "form or script"));
		break;
	case HTTP_SAMESITE_NONE: NOTE(t, COOKIE_SAMESITE_NONE, F_TEXT("osilab.cookie.name", c->name)); break;
	case HTTP_SAMESITE_DEFAULT: NOTE0(t, COOKIE_SAMESITE_DEFAULT); break;
	}
}

static void judge_reach(struct trace *t, const struct http_setcookie *c, struct slice host, struct field name)
{
	if (c->domain.n && host.n && !slice_ieq(c->domain, host) && http_domain_match(host, c->domain))
		NOTE(t, COOKIE_DOMAIN_BROADER, name, F_TEXT("osilab.cookie.domain", c->domain),
		    F_TEXT("osilab.cookie.host", host));
	else if (c->domain.n)
		NOTE(t, COOKIE_DOMAIN, name, F_TEXT("osilab.cookie.domain", c->domain));
	else if (slice_istarts(c->name, SLICE("__Host-")))
		trace_note(t, NOTE_COOKIE_HOST_PREFIX, &name, 1);
	else
		trace_note(t, NOTE_COOKIE_HOST_ONLY, &name, 1);
	if (c->path.n)
		NOTE(t, COOKIE_PATH, F_TEXT("osilab.cookie.path", c->path));
	if (slice_istarts(c->name, SLICE("__Secure-")) && c->secure)
		trace_note(t, NOTE_COOKIE_SECURE_PREFIX, &name, 1);
	if (c->partitioned && c->secure)
		trace_note(t, NOTE_COOKIE_PARTITIONED, &name, 1);
}

int64_t identity_lifetime(const struct trace *t, const struct http_setcookie *c)
{
	if (c->has_max_age)
		return c->max_age;
	if (c->has_expires)
		return c->expires - t->frame.ts / CLOCK_SEC;
	return INT64_MAX;
}

static void judge_lifetime(struct trace *t, const struct http_setcookie *c)
{
	int64_t left = identity_lifetime(t, c);
	const struct field life =
	    F_SPAN("osilab.cookie.lifetime", left > INT64_MAX / CLOCK_SEC ? INT64_MAX : left * CLOCK_SEC);

	if (!c->has_max_age && !c->has_expires)
		NOTE0(t, COOKIE_SESSION);
	else
		trace_note(
		    t, left > LIFETIME_MAX ? NOTE_COOKIE_LIFETIME_LONG : NOTE_COOKIE_LIFETIME, &life, 1);
}

/* name = token, value = cookie-octets, perhaps quoted (RFC 6265bis 4.1.1): the reader for the other direction
 * says whether they are. */
static bool clean(const struct http_setcookie *c)
{
	struct slice pair = slice_of(c->name.p, (size_t)(c->value.p + c->value.n - c->name.p));
	struct http_cookie one;

	return !c->name.n || !c->value.p || c->value.p < c->name.p ||
	       (http_cookie_next(&pair, &one) && one.clean);
}

void identity_judge(struct trace *t, const struct http_setcookie *c, struct slice host, bool secure)
{
	const struct field name = F_TEXT("osilab.cookie.name", c->name);
	enum http_cookie_flaw flaw = http_setcookie_check(c, host, secure);

	trace_note(t, c->secure ? NOTE_COOKIE_SECURE : NOTE_COOKIE_NOT_SECURE, &name, 1);
	trace_note(t, c->http_only ? NOTE_COOKIE_HTTP_ONLY : NOTE_COOKIE_NOT_HTTP_ONLY, &name, 1);
	judge_samesite(t, c);
	judge_reach(t, c, host, name);
	judge_lifetime(t, c);
	if (!clean(c))
		trace_note(t, NOTE_COOKIE_OCTETS, &name, 1);
	if (c->unknown)
		NOTE(t, COOKIE_UNKNOWN_ATTRIBUTES, F_UINT("osilab.cookie.unknown_attributes", c->unknown));
	if (flaw != HTTP_COOKIE_FINE)
		NOTE(t, COOKIE_FLAW, F_STR("osilab.cookie.flaw", http_cookie_flaw_text(flaw)));
	if (!secure)
		trace_note(t, NOTE_COOKIE_IN_CLEAR, &name, 1);
}

/* Cookies: who set them, who sends them back, and what their attributes are worth; see identity.h.
 * RFC 6265bis (draft-ietf-httpbis-rfc6265bis). */
#include "trace/identity.h"

#include "base/clock.h"
#include "http/cookie.h"
#include "http/url.h"

#include <stdio.h>
#include <stdlib.h>

/* One value that one host gave one cookie. */
struct jar_entry {
	uint64_t value_hash; /* of host, name, value */
	uint64_t name_hash;  /* of host, name */
	uint64_t frame;      /* packet that set it */
	uint64_t deleted;    /* packet that deleted it; 0: none */
	struct jar_entry *newer;
};

struct jar {
	struct table by_value; /* every entry */
	struct table latest;   /* the newest entry of each host and name */
	struct jar_entry *oldest, *newest;
	size_t n;
};

struct jar *jar_new(void)
{
	struct jar *jar = calloc(1, sizeof(*jar));

	if (jar) {
		table_init(&jar->by_value);
		table_init(&jar->latest);
	}
	return jar;
}

static void drop_oldest(struct jar *jar)
{
	struct jar_entry *e = jar->oldest;

	jar->oldest = e->newer;
	if (!jar->oldest)
		jar->newest = NULL;
	table_del(&jar->by_value, e->value_hash, e);
	table_del(&jar->latest, e->name_hash, e);
	jar->n--;
	free(e);
}

void jar_free(struct jar *jar)
{
	if (!jar)
		return;
	while (jar->oldest)
		drop_oldest(jar);
	table_fini(&jar->by_value);
	table_fini(&jar->latest);
	free(jar);
}

/* Host names compare without case (RFC 9110 4.2.3), so the hash is taken over lower case. */
static uint64_t hash_of(const struct jar *jar, struct slice host, struct slice name, struct slice value)
{
	uint64_t part[3];
	char lower[256];
	size_t n = host.n < sizeof(lower) ? host.n : sizeof(lower);

	for (size_t i = 0; i < n; i++)
		lower[i] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z' ? host.p[i] | 0x20 : host.p[i]);
	part[0] = table_hash(&jar->by_value, lower, n);
	part[1] = table_hash(&jar->by_value, name.p, name.n);
	part[2] = table_hash(&jar->by_value, value.p, value.n);
	return table_hash(&jar->by_value, part, sizeof(part));
}

static struct jar_entry *find(const struct table *table, uint64_t hash)
{
	struct table_walk w;

	return table_first(table, hash, &w);
}

static struct jar_entry *latest_of(const struct jar *jar, struct slice host, struct slice name)
{
	return find(&jar->latest, hash_of(jar, host, name, slice_of(NULL, 0)));
}

static void remember(
    struct jar *jar, struct slice host, struct slice name, struct slice value, uint64_t frame)
{
	struct jar_entry *e = find(&jar->by_value, hash_of(jar, host, name, value));
	struct jar_entry *before = latest_of(jar, host, name);

	if (e && e == before) { /* the same again: from now on this packet is the one that set it */
		e->frame = frame;
		e->deleted = 0;
		return;
	}
	if (e)
		table_del(&jar->by_value, e->value_hash, e);
	e = calloc(1, sizeof(*e));
	if (!e)
		return;
	*e = (struct jar_entry){ .value_hash = hash_of(jar, host, name, value),
		.name_hash = hash_of(jar, host, name, slice_of(NULL, 0)),
		.frame = frame };
	if (before)
		table_del(&jar->latest, before->name_hash, before);
	if (table_put(&jar->by_value, e->value_hash, e) < 0 || table_put(&jar->latest, e->name_hash, e) < 0) {
		table_del(&jar->by_value, e->value_hash, e);
		free(e);
		return;
	}
	*(jar->newest ? &jar->newest->newer : &jar->oldest) = e;
	jar->newest = e;
	if (++jar->n > JAR_MAX)
		drop_oldest(jar);
}

/* The entry a request to `host` sends back: set by this host or, with Domain, by a parent of it. */
static struct jar_entry *find_sent(
    const struct jar *jar, struct slice host, struct slice name, struct slice value)
{
	for (;;) {
		struct jar_entry *e = find(&jar->by_value, hash_of(jar, host, name, value));
		ssize_t dot = slice_chr(host, '.');

		if (e || !host.n)
			return e;
		host =
		    dot < 0 ? SLICE("") : slice_skip(host, (size_t)dot + 1); /* "": set by a host not known */
	}
}

/* --- Requests ------------------------------------------------------------------------------------------ */

static void note_sent(struct trace *t, const struct http_cookie *c, struct slice host, bool secure)
{
	struct jar_entry *e = find_sent(t->jar, host, c->name, c->value);
	const struct field name = F_TEXT("osilab.cookie.name", c->name);
	const struct field value = F_TEXT("osilab.cookie.value", trace_brief(t, c->value, 12));
	const struct field ref = F_UINT("osilab.ref", e ? (e->deleted ? e->deleted : e->frame) : 0);
	struct note *n;

	if (e)
		n = trace_note(t, e->deleted ? NOTE_COOKIE_AFTER_DELETE : NOTE_COOKIE_RETURNED,
		    (struct field[]){ name, value, ref }, 3);
	else
		n = trace_note(t, NOTE_COOKIE_UNKNOWN, (struct field[]){ name, value }, 2);
	n->ref = ref.u;
	trace_where(t, n, slice_of(c->name.p, c->name.n + 1 + c->value.n));
	if (!secure)
		trace_where(t, trace_note(t, NOTE_COOKIE_IN_CLEAR, &name, 1), c->value);
}

void identity_cookies(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked)
{
	const struct http_field *field = http_find(m, SLICE("Cookie"));
	struct slice host = slice_str(asked->host);

	for (; field; field = http_find_next(m, field, SLICE("Cookie"))) {
		struct slice rest = field->value;
		struct http_cookie c;

		t->stats.cookie_headers++;
		while (http_cookie_next(&rest, &c)) {
			note_sent(t, &c, host, secure);
			asked->brought = "cookie";
			if (asked->ncookies == ASKED_COOKIES)
				continue;
			asked->cookies[asked->ncookies].name =
			    table_hash(&t->jar->by_value, c.name.p, c.name.n);
			asked->cookies[asked->ncookies++].value =
			    table_hash(&t->jar->by_value, c.value.p, c.value.n);
		}
	}
}

/* --- Responses ------------------------------------------------------------------------------------------ */

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

static void judge_reach(struct trace *t, const struct http_setcookie *c, struct field name)
{
	if (c->domain.n)
		NOTE(t, COOKIE_DOMAIN, name, F_TEXT("osilab.cookie.domain", c->domain));
	else if (slice_istarts(c->name, SLICE("__Host-")))
		trace_note(t, NOTE_COOKIE_HOST_PREFIX, &name, 1);
	else
		trace_note(t, NOTE_COOKIE_HOST_ONLY, &name, 1);
	if (c->path.n)
		NOTE(t, COOKIE_PATH, F_TEXT("osilab.cookie.path", c->path));
}

/* Seconds the cookie lives from this packet on; INT64_MAX: until the browser ends. */
static int64_t lifetime(const struct trace *t, const struct http_setcookie *c)
{
	if (c->has_max_age)
		return c->max_age;
	if (c->has_expires)
		return c->expires - t->frame.ts / CLOCK_SEC;
	return INT64_MAX;
}

static void judge(struct trace *t, const struct http_setcookie *c, struct slice host, bool secure)
{
	const struct field name = F_TEXT("osilab.cookie.name", c->name);
	enum http_cookie_flaw flaw = http_setcookie_check(c, host, secure);
	int64_t left = lifetime(t, c);

	trace_note(t, c->secure ? NOTE_COOKIE_SECURE : NOTE_COOKIE_NOT_SECURE, &name, 1);
	trace_note(t, c->http_only ? NOTE_COOKIE_HTTP_ONLY : NOTE_COOKIE_NOT_HTTP_ONLY, &name, 1);
	judge_samesite(t, c);
	judge_reach(t, c, name);
	if (left == INT64_MAX)
		NOTE0(t, COOKIE_SESSION);
	else
		NOTE(t, COOKIE_LIFETIME,
		    F_SPAN("osilab.cookie.lifetime",
		        left > INT64_MAX / CLOCK_SEC ? INT64_MAX : left * CLOCK_SEC));
	if (flaw != HTTP_COOKIE_FINE)
		NOTE(t, COOKIE_FLAW, F_STR("osilab.cookie.flaw", http_cookie_flaw_text(flaw)));
	if (!secure)
		trace_note(t, NOTE_COOKIE_IN_CLEAR, &name, 1);
}

/* Did the request bring a cookie of this name with another value? */
static bool brought_other(const struct jar *jar, const struct asked *asked, const struct http_setcookie *c)
{
	uint64_t name = table_hash(&jar->by_value, c->name.p, c->name.n);
	uint64_t value = table_hash(&jar->by_value, c->value.p, c->value.n);

	for (unsigned i = 0; asked && i < asked->ncookies; i++)
		if (asked->cookies[i].name == name && asked->cookies[i].value != value)
			return true;
	return false;
}

static void one_set_cookie(struct trace *t, const struct http_setcookie *c, struct slice line, bool secure,
    const struct asked *asked)
{
	struct slice host = c->domain.n ? c->domain : slice_str(asked ? asked->host : "");
	struct jar_entry *before = latest_of(t->jar, host, c->name);
	const struct field name = F_TEXT("osilab.cookie.name", c->name);
	const struct field value = F_TEXT("osilab.cookie.value", trace_brief(t, c->value, 12));
	const struct field whole = F_TEXT("http.set_cookie", line);
	struct note *n;

	if (lifetime(t, c) <= 0) {
		trace_where(t, trace_note(t, NOTE_COOKIE_DELETED, (struct field[]){ name, whole }, 2), line);
		if (before)
			before->deleted = t->frame.number;
		return;
	}
	trace_where(t, trace_note(t, NOTE_COOKIE_SET, (struct field[]){ name, value, whole }, 3), line);
	if (brought_other(t->jar, asked, c)) {
		n = trace_note(t, NOTE_COOKIE_ROTATED,
		    (struct field[]){ name, F_UINT("osilab.ref", before ? before->frame : asked->frame) }, 2);
		n->ref = before ? before->frame : asked->frame;
	}
	judge(t, c, slice_str(asked ? asked->host : ""), secure);
	remember(t->jar, host, c->name, c->value, t->frame.number);
}

void identity_set_cookies(struct trace *t, const struct http_msg *m, bool secure, const struct asked *asked)
{
	const struct http_field *field = http_find(m, SLICE("Set-Cookie"));

	for (; field; field = http_find_next(m, field, SLICE("Set-Cookie"))) {
		struct http_setcookie c;

		t->stats.set_cookie_headers++;
		if (http_setcookie_parse(field->value, &c) == 0)
			one_set_cookie(t, &c, field->value, secure, asked);
	}
}

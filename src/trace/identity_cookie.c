/* Cookies: who set them, who sends them back, what became of them; see identity.h.  RFC 6265bis
 * (draft-ietf-httpbis-rfc6265bis). */
#include "trace/identity.h"

#include "base/clock.h"
#include "http/cookie.h"
#include "trace/jar.h"

uint64_t identity_client(const struct trace *t)
{
	const struct pkt_addr *a = t->frame.flow ? &t->frame.flow->end[FLOW_CLIENT].addr : NULL;

	return a ? jar_hash(t->jar, a->b, sizeof(a->b)) | 1 : 0;
}

/* Most likely nobody else has this value: long, and of letters and digits mixed. */
static bool unique_value(struct slice value)
{
	unsigned digits = 0, letters = 0;

	for (size_t i = 0; i < value.n; i++) {
		digits += value.p[i] >= '0' && value.p[i] <= '9';
		letters += (value.p[i] | 0x20) >= 'a' && (value.p[i] | 0x20) <= 'z';
	}
	return value.n >= 16 && letters && digits;
}

/* --- Requests ------------------------------------------------------------------------------------------ */

/* What the cookie's story says of this return: the kind of note, and the packet it refers to. */
static enum note_id kind_of_return(const struct trace *t, const struct cookie_value *v, uint64_t *ref)
{
	const struct cookie *c = v->cookie;

	*ref = v->frame;
	if (!v->given)
		return NOTE_COOKIE_AGAIN;
	if (c->deleted) {
		*ref = c->deleted;
		return NOTE_COOKIE_AFTER_DELETE;
	}
	if (c->expires < t->frame.ts - CLOCK_SEC)
		return NOTE_COOKIE_EXPIRED;
	if (c->latest && c->latest != v && c->latest->given) {
		*ref = c->latest->frame;
		return NOTE_COOKIE_OLD_VALUE;
	}
	return NOTE_COOKIE_RETURNED;
}

/* The same value from two addresses: only of values that are one client's alone. */
static void note_client(
    struct trace *t, struct cookie_value *v, uint64_t client, struct slice value, struct field name)
{
	struct note *n;

	if (v->client && v->client != client && !v->two_said && unique_value(value)) {
		v->two_said = true;
		n = trace_note(t, NOTE_COOKIE_TWO_CLIENTS,
		    (struct field[]){ name, F_UINT("osilab.ref", v->client_frame) }, 2);
		n->ref = v->client_frame;
	}
	v->client = client;
	v->client_frame = t->frame.number;
}

/* Who sends the cookies of a message to whom, hashed. */
struct sending {
	uint64_t client;
	const struct jar_domains *domains;
	struct slice host;
	bool secure;
};

static struct cookie_value *note_sent(
    struct trace *t, const struct http_cookie *c, uint64_t name_hash, const struct sending *s)
{
	struct cookie_value *v = jar_find(t->jar, s->domains, name_hash, c->value);
	const struct field name = F_TEXT("osilab.cookie.name", c->name);
	const struct field value = F_TEXT("osilab.cookie.value", trace_brief(t, c->value, 12));
	uint64_t ref = 0;
	enum note_id id = v ? kind_of_return(t, v, &ref) : NOTE_COOKIE_UNKNOWN;
	uint32_t flow = t->frame.flow->number + 1;
	struct note *n;

	n = trace_note(t, id, (struct field[]){ name, value, F_UINT("osilab.ref", ref) }, ref ? 3 : 2);
	n->ref = ref;
	trace_where(t, n, slice_of(c->name.p, c->name.n + 1 + c->value.n));
	if (!s->secure && !(v && v->clear_said == flow)) /* once on a connection is enough to be warned */
		trace_where(t,
		    trace_note(t, v && v->sealed ? NOTE_COOKIE_OVER_PLAIN : NOTE_COOKIE_IN_CLEAR, &name, 1),
		    c->value);
	if (!c->clean)
		trace_note(t, NOTE_COOKIE_OCTETS, &name, 1);
	if (!v)
		v = jar_put(t->jar, s->client, s->host, c->name, c->value, t->frame.number);
	if (!v)
		return NULL;
	note_client(t, v, s->client, c->value, name);
	v->clear_said = s->secure ? v->clear_said : flow;
	v->cookie->nsent++;
	v->cookie->clear |= !s->secure;
	v->cookie->sent_last = t->frame.number;
	if (!v->cookie->sent)
		v->cookie->sent = t->frame.number;
	return v;
}

/* Names already seen in the head in hand; a second one of a name is said. */
struct names {
	uint64_t hash[COOKIES_SHOWN];
	unsigned n;
};

static bool seen_before(struct names *names, uint64_t hash)
{
	for (unsigned i = 0; i < names->n; i++)
		if (names->hash[i] == hash)
			return true;
	if (names->n < COOKIES_SHOWN)
		names->hash[names->n++] = hash;
	return false;
}

static void one_cookie(struct trace *t, const struct http_cookie *c, const struct sending *s,
    struct asked *asked, struct names *names)
{
	uint64_t name = jar_hash(t->jar, c->name.p, c->name.n);
	struct cookie_value *v = note_sent(t, c, name, s);

	if (seen_before(names, name))
		NOTE(t, COOKIE_TWICE, F_TEXT("osilab.cookie.name", c->name));
	/* Whether the server looks at it, as at one in Authorization, its answer does not tell. */
	if (slice_starts(c->value, SLICE("eyJ")))
		identity_jwt(t, c->value, "In a cookie", &(struct asked){ 0 });
	asked->brought = "cookie";
	if (!v || asked->ncookies == ASKED_COOKIES)
		return;
	asked->cookies[asked->ncookies].name = name;
	asked->cookies[asked->ncookies++].key = v->hash;
}

void identity_cookies(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked)
{
	const struct http_field *field = http_find(m, SLICE("Cookie"));
	struct sending sending = { .host = slice_str(asked->host), .secure = secure };
	struct names names;
	uint64_t shown = 0, more = 0;

	if (!field)
		return;
	names.n = 0;
	sending.client = identity_client(t);
	sending.domains = jar_domains(t->jar, sending.host);
	for (; field; field = http_find_next(m, field, SLICE("Cookie"))) {
		struct slice rest = field->value;
		struct http_cookie c;

		t->stats.cookie_headers++;
		while (http_cookie_next(&rest, &c))
			if (shown++ < COOKIES_SHOWN)
				one_cookie(t, &c, &sending, asked, &names);
			else
				more++;
	}
	if (more)
		NOTE(t, COOKIE_MORE, F_UINT("osilab.cookie.more", more));
}

/* --- Responses ------------------------------------------------------------------------------------------ */

/* Did the request bring a cookie of this name with another value?  Or, 1, the very same? */
static int brought(
    const struct trace *t, const struct asked *asked, const struct http_setcookie *c, uint64_t key)
{
	uint64_t name = jar_hash(t->jar, c->name.p, c->name.n);

	for (unsigned i = 0; asked && i < asked->ncookies; i++)
		if (asked->cookies[i].name == name)
			return asked->cookies[i].key == key ? 1 : -1;
	return 0;
}

static void note_rotated(struct trace *t, const struct asked *asked, struct field name, uint64_t before)
{
	struct note *n;

	if (!before)
		before = asked->frame;
	n = trace_note(t, asked->login ? NOTE_COOKIE_ROTATED_AT_LOGIN : NOTE_COOKIE_ROTATED,
	    (struct field[]){ name, F_UINT("osilab.ref", before) }, 2);
	n->ref = before;
}

static void note_deleted(
    struct trace *t, const struct http_setcookie *c, struct slice line, struct cookie *before)
{
	trace_where(t,
	    NOTE(t, COOKIE_DELETED, F_TEXT("osilab.cookie.name", c->name), F_TEXT("http.set_cookie", line)),
	    line);
	if (before)
		before->deleted = t->frame.number;
}

/* The value is the cookie's from now on, and this packet the one that set it. */
static void live_on(const struct trace *t, struct cookie_value *v, int64_t life, bool secure)
{
	struct cookie *c = v->cookie;

	v->frame = t->frame.number;
	v->given = true;
	v->sealed = secure;
	c->clear |= !secure;
	c->deleted = 0;
	c->nset++;
	if (!c->set)
		c->set = t->frame.number;
	if (life > (INT64_MAX - t->frame.ts) / CLOCK_SEC)
		c->expires = INT64_MAX;
	else
		c->expires = t->frame.ts + life * CLOCK_SEC;
}

/* True when it is a session's id, and another one than the request brought.  The address a value is first given
 * to counts as its client. */
static bool one_set_cookie(struct trace *t, const struct http_setcookie *c, struct slice line, bool secure,
    const struct asked *asked)
{
	struct slice host = c->domain.n ? c->domain : slice_str(asked ? asked->host : "");
	struct cookie *before = jar_cookie(t->jar, identity_client(t), host, c->name);
	uint64_t before_frame = before && before->latest ? before->latest->frame : 0;
	const struct field name = F_TEXT("osilab.cookie.name", c->name);
	const struct field value = F_TEXT("osilab.cookie.value", trace_brief(t, c->value, 12));
	int64_t life = identity_lifetime(t, c);
	struct cookie_value *v;

	if (life <= 0) {
		note_deleted(t, c, line, before);
		return false;
	}
	trace_where(t,
	    trace_note(
	        t, NOTE_COOKIE_SET, (struct field[]){ name, value, F_TEXT("http.set_cookie", line) }, 3),
	    line);
	v = jar_put(t->jar, identity_client(t), host, c->name, c->value, t->frame.number);
	if (brought(t, asked, c, v ? v->hash : 0) < 0)
		note_rotated(t, asked, name, before_frame);
	identity_judge(t, c, slice_str(asked ? asked->host : ""), secure);
	if (slice_starts(c->value, SLICE("eyJ")))
		identity_jwt(t, c->value, "In a cookie", NULL);
	if (!v)
		return false;
	live_on(t, v, life, secure);
	v->client = identity_client(t);
	v->client_frame = t->frame.number;
	return brought(t, asked, c, v->hash) != 1 && identity_session_name(c->name);
}

static void note_ignored(struct trace *t, struct slice line)
{
	bool large = line.n > HTTP_COOKIE_PAIR_MAX;

	trace_where(t,
	    NOTE(t, COOKIE_IGNORED, F_TEXT("http.set_cookie", slice_sub(line, 0, 256)),
	        F_STR("osilab.cookie.flaw", large ? "name and value have more than 4096 bytes"
	                                          : "a control octet, or neither name nor value")),
	    line);
}

/* A login that succeeded, and the session id it came with lives on: whoever planted it is logged in too. */
static void note_fixation(struct trace *t, const struct http_msg *m, const struct asked *asked)
{
	struct table_walk w;

	if (!asked || !asked->login || m->status < 200 || m->status >= 400)
		return;
	for (unsigned i = 0; i < asked->ncookies; i++) {
		struct cookie_value *v = table_first(&t->jar->values, asked->cookies[i].key, &w);

		if (v && v->cookie->latest == v && !v->cookie->deleted &&
		    identity_session_name(cookie_name(v->cookie)))
			NOTE(t, COOKIE_FIXATION, F_TEXT("osilab.cookie.name", cookie_name(v->cookie)),
			    F_UINT("osilab.ref", v->frame), F_UINT("osilab.cookie.login", asked->frame))
			    ->ref = asked->frame;
	}
}

void identity_set_cookies(struct trace *t, const struct http_msg *m, bool secure, const struct asked *asked)
{
	const struct http_field *field = http_find(m, SLICE("Set-Cookie"));
	struct names names;
	bool fresh = false;

	names.n = 0;
	for (; field; field = http_find_next(m, field, SLICE("Set-Cookie"))) {
		struct http_setcookie c;

		t->stats.set_cookie_headers++;
		if (http_setcookie_parse(field->value, &c) < 0) {
			note_ignored(t, field->value);
			continue;
		}
		fresh |= one_set_cookie(t, &c, field->value, secure, asked);
		if (seen_before(&names, jar_hash(t->jar, c.name.p, c.name.n)))
			NOTE(t, COOKIE_TWICE, F_TEXT("osilab.cookie.name", c.name));
	}
	if (!fresh)
		note_fixation(t, m, asked);
}

/* --- At the end ------------------------------------------------------------------------------------------- */

enum { LIVES_SHOWN = 40 };

static void note_life(struct trace *t, const struct cookie *c)
{
	const struct field name = F_TEXT("osilab.cookie.name", cookie_name(c));
	const struct field host = c->host_len ? (struct field)F_TEXT("osilab.cookie.host", cookie_host(c))
	                                      : (struct field)F_STR("osilab.cookie.host", "an unnamed host");
	const struct field nsent = F_UINT("osilab.cookie.sent_count", c->nsent);
	const struct field nset = F_UINT("osilab.cookie.set_count", c->nset);
	const struct field values = F_UINT("osilab.cookie.values", c->nvalues);
	const struct field set = F_UINT("osilab.cookie.set", c->set);
	const struct field last = F_UINT("osilab.cookie.sent_last", c->sent_last);
	enum note_id id = c->deleted ? NOTE_COOKIE_LIFE_DELETED : NOTE_COOKIE_LIFE;

	if (!c->set)
		note_add(&t->tail, &t->tail_arena, NOTE_COOKIE_LIFE_OLDER,
		    (struct field[]){
		        name, host, nsent, F_UINT("osilab.cookie.sent_first", c->sent), last, values },
		    6);
	else if (!c->nsent)
		note_add(&t->tail, &t->tail_arena,
		    c->deleted ? NOTE_COOKIE_LIFE_DELETED_UNUSED : NOTE_COOKIE_LIFE_UNUSED,
		    (struct field[]){
		        name, host, set, nset, values, F_UINT("osilab.cookie.deleted", c->deleted) },
		    6);
	else
		note_add(&t->tail, &t->tail_arena, id,
		    (struct field[]){ name, host, set, nset, values, nsent, last,
		        F_UINT("osilab.cookie.deleted", c->deleted) },
		    8);
}

void identity_summary(struct trace *t)
{
	uint64_t more = t->jar->forgotten, n = 0;

	for (const struct cookie *c = t->jar->first; c; c = c->next)
		if (n++ < LIVES_SHOWN)
			note_life(t, c);
		else
			more++;
	if (more)
		note_add(&t->tail, &t->tail_arena, NOTE_COOKIE_LIFE_MORE,
		    (struct field[]){ F_UINT("osilab.cookie.more", more) }, 1);
}

/* What the fields of a head mean, in words: redirects, conditions, parts, caches, errors; see httphalf.h.
 * RFC 9110 10.1.1, 13, 14, 15, RFC 9111, RFC 8297. */
#include "trace/httphalf.h"

#include "base/clock.h"
#include "http/url.h"
#include "trace/jar.h"

#include <stdio.h>
#include <strings.h>

/* --- Finding fields -------------------------------------------------------------------------------------------- */

/* By length, so that a name is compared with the few of its size. */
static const struct {
	const char *name;
	uint8_t which;
} names[] = {
	{ "Age", HEAD_AGE },
	{ "ETag", HEAD_ETAG },
	{ "Link", HEAD_LINK },
	{ "Range", HEAD_RANGE },
	{ "Cookie", HEAD_COOKIE },
	{ "Server", HEAD_SERVER },
	{ "Upgrade", HEAD_UPGRADE },
	{ "Location", HEAD_LOCATION },
	{ "If-Match", HEAD_IF_MATCH },
	{ "If-Range", HEAD_IF_RANGE },
	{ "Connection", HEAD_CONNECTION },
	{ "User-Agent", HEAD_USER_AGENT },
	{ "Retry-After", HEAD_RETRY_AFTER },
	{ "Content-Type", HEAD_CONTENT_TYPE },
	{ "Authorization", HEAD_AUTHORIZATION },
	{ "Cache-Control", HEAD_CACHE_CONTROL },
	{ "Content-Range", HEAD_CONTENT_RANGE },
	{ "If-None-Match", HEAD_IF_NONE_MATCH },
	{ "Content-Length", HEAD_CONTENT_LENGTH },
	{ "Content-Encoding", HEAD_CONTENT_ENCODING },
	{ "If-Modified-Since", HEAD_IF_MODIFIED_SINCE },
	{ "Sec-WebSocket-Key", HEAD_WS_KEY },
	{ "If-Unmodified-Since", HEAD_IF_UNMODIFIED_SINCE },
	{ "Sec-WebSocket-Accept", HEAD_WS_ACCEPT },
	{ "Sec-WebSocket-Protocol", HEAD_WS_PROTOCOL },
	{ "Sec-WebSocket-Extensions", HEAD_WS_EXTENSIONS },
};

enum { NAMES = sizeof(names) / sizeof(*names), NAME_MAX_LEN = 24 };

/* names[first[n]] is the first of n characters; from there to first[n + 1]. */
static const uint8_t first[NAME_MAX_LEN + 2] = { 0, 0, 0, 0, 1, 3, 4, 6, 7, 10, 10, 12, 13, 14, 18, 19, 19,
	20, 22, 22, 23, 24, 24, 25, 25, 26 };

void heads_find(struct heads *h, const struct http_msg *m)
{
	h->m = m;
	memset(h->at, 0, sizeof(h->at));
	for (unsigned i = 0; i < m->nfields; i++) {
		struct slice name = m->fields[i].name;

		if (name.n > NAME_MAX_LEN)
			continue;
		for (unsigned k = first[name.n]; k < first[name.n + 1]; k++)
			if ((name.p[0] | 0x20) == (names[k].name[0] | 0x20) &&
			    strncasecmp((const char *)name.p, names[k].name, name.n) == 0) {
				if (!h->at[names[k].which])
					h->at[names[k].which] = (uint8_t)(i + 1);
				break;
			}
	}
}

/* --- Places, to be found again -------------------------------------------------------------------------------- */

struct place {
	size_t n;
	uint8_t text[512];
};

static void add(struct place *p, struct slice s, bool lower)
{
	for (size_t i = 0; i < s.n && p->n < sizeof(p->text); i++) {
		uint8_t c = s.p[i];

		p->text[p->n++] = lower && c >= 'A' && c <= 'Z' ? c | 0x20 : c;
	}
	if (p->n < sizeof(p->text))
		p->text[p->n++] = '\n';
}

/* One client's request for a path on a host.  A fragment stays with the client (RFC 9110 17.11). */
static uint64_t resource_key(const struct trace *t, struct slice host, struct slice target)
{
	uint64_t client = identity_client(t);
	struct slice rest = target;
	struct place p = { .n = sizeof(client) };

	memcpy(p.text, &client, sizeof(client));
	add(&p, host, true);
	add(&p, target.n ? slice_cut(&rest, '#') : SLICE("/"), false);
	return jar_hash(t->jar, p.text, p.n);
}

static uint64_t etag_key(const struct trace *t, const struct asked *asked, struct slice etag)
{
	struct place p = { .n = 0 };

	add(&p, slice_str(asked->host), true);
	add(&p, slice_skip(slice_str(asked->line), (size_t)(slice_chr(slice_str(asked->line), ' ') + 1)),
	    false);
	add(&p, slice_istarts(etag, SLICE("W/")) ? slice_skip(etag, 2) : etag, false);
	return jar_hash(t->jar, p.text, p.n);
}

/* An absolute URL's host and what follows it; the target itself when it has the form of a path. */
static void split_target(struct slice target, struct slice *host, struct slice *path)
{
	struct slice rest = target;
	int32_t port;
	ssize_t slashes = slice_find(target, SLICE("://"));
	ssize_t slash;

	*path = target;
	if (slashes <= 0 || slashes > 5)
		return;
	rest = slice_skip(target, (size_t)slashes + 3);
	slash = slice_chr(rest, '/');
	*path = slash < 0 ? SLICE("/") : slice_skip(rest, (size_t)slash);
	if (http_authority_split(slice_sub(rest, 0, slash < 0 ? rest.n : (size_t)slash), host, &port) < 0)
		*host = slice_of(NULL, 0);
}

/* --- Redirects --------------------------------------------------------------------------------------------------- */

/* Where a Location leads from the request's target (RFC 3986 5.2, as far as servers use it); false when that cannot be
 * said. */
static bool resolve(const struct asked *asked, struct slice location, char *room, size_t size,
    struct slice *host, struct slice *path)
{
	struct slice line = slice_str(asked->line), base;
	ssize_t slash;
	int n;

	*host = slice_str(asked->host);
	split_target(location, host, path);
	if (path->n && path->p[0] == '/')
		return !slice_starts(*path, SLICE("//"));
	base = slice_skip(line, (size_t)(slice_chr(line, ' ') + 1));
	base = slice_cut(&base, '?');
	slash = slice_rchr(base, '/');
	if (slash < 0 || slice_find(base, SLICE("…")) >= 0 || slice_starts(*path, SLICE(".")))
		return false;
	n = snprintf(room, size, "%.*s%.*s", (int)slash + 1, (const char *)base.p,
	    (int)(path->n < 300 ? path->n : 300), (const char *)path->p);
	*path = slice_of(room, (size_t)n < size ? (size_t)n : size - 1);
	return true;
}

/* What becomes of the method (RFC 9110 15.4). */
static const char *redirect_words(unsigned status)
{
	switch (status) {
	case 301: return "for good; a POST may become a GET";
	case 302: return "for now; a POST may become a GET";
	case 303: return "to be fetched with GET, whatever was asked with";
	case 307: return "for now, with the same method and body";
	case 308: return "for good, with the same method and body";
	default: return "";
	}
}

static void note_redirect(struct trace *t, const struct heads *h, const struct asked *asked)
{
	struct slice location = heads_value(h, HEAD_LOCATION), host, path;
	const char *words = redirect_words(h->m->status);
	char room[512];

	if (!location.n || !*words)
		return;
	trace_where(t,
	    NOTE(t, HTTP_REDIRECT, F_TEXT("osilab.http.location", trace_brief(t, location, 200)),
	        F_STR("osilab.http.redirect", words)),
	    location);
	if (asked && resolve(asked, location, room, sizeof(room), &host, &path))
		recall_put(&t->jar->redirects, resource_key(t, host, path), t->frame.number);
}

static void note_follows(struct trace *t, const struct http_msg *m, const struct asked *asked)
{
	struct slice host = slice_str(asked->host), path = m->target;
	struct recalled *r;

	if (!t->jar->redirects.used)
		return;
	split_target(m->target, &host, &path);
	r = recall_get(&t->jar->redirects, resource_key(t, host, path));
	if (!r)
		return;
	NOTE(t, HTTP_FOLLOWS, F_UINT("osilab.ref", r->frame))->ref = r->frame;
	recall_drop(&t->jar->redirects, r);
}

/* --- Conditions and parts ------------------------------------------------------------------------------------------ */

static void note_conditional(struct trace *t, const struct heads *h, struct asked *asked)
{
	struct slice etag = heads_value(h, HEAD_IF_NONE_MATCH),
	             since = heads_value(h, HEAD_IF_MODIFIED_SINCE);
	struct slice match = heads_value(h, HEAD_IF_MATCH),
	             unmodified = heads_value(h, HEAD_IF_UNMODIFIED_SINCE);
	const struct recalled *r;

	if (match.p || unmodified.p)
		NOTE(t, HTTP_IF_MATCH, F_TEXT("osilab.http.condition", match.p ? match : unmodified));
	if (!etag.p && !since.p)
		return;
	asked->conditional = true;
	r = etag.p ? recall_get(&t->jar->etags, etag_key(t, asked, etag)) : NULL;
	if (r)
		NOTE(t, HTTP_CONDITIONAL_KNOWN, F_TEXT("osilab.http.condition", trace_brief(t, etag, 80)),
		    F_UINT("osilab.ref", r->frame))
		    ->ref = r->frame;
	else
		NOTE(t, HTTP_CONDITIONAL,
		    F_TEXT("osilab.http.condition", trace_brief(t, etag.p ? etag : since, 80)));
}

void httpwords_request(struct trace *t, const struct heads *h, struct asked *asked)
{
	struct slice range = heads_value(h, HEAD_RANGE);

	note_follows(t, h->m, asked);
	if (h->at[HEAD_IF_NONE_MATCH] | h->at[HEAD_IF_MODIFIED_SINCE] | h->at[HEAD_IF_MATCH] |
	    h->at[HEAD_IF_UNMODIFIED_SINCE])
		note_conditional(t, h, asked);
	if (range.p)
		NOTE(t, HTTP_RANGE, F_TEXT("osilab.http.range", trace_brief(t, range, 80)));
	if (h->m->expect == HTTP_EXPECT_CONTINUE)
		NOTE0(t, HTTP_EXPECT);
}

/* --- Caches -------------------------------------------------------------------------------------------------------- */

/* One directive's value in seconds, -1 when it is not there (RFC 9111 5.2). */
static int64_t seconds_of(struct slice list, const char *directive)
{
	struct slice member, rest = list;
	size_t n = strlen(directive);
	uint64_t value;

	while (http_list_next(&rest, &member))
		if (member.n > n && slice_istarts(member, slice_str(directive)) && member.p[n] == '=' &&
		    slice_u64(slice_skip(member, n + 1), &value) == 0)
			return value > INT32_MAX ? INT32_MAX : (int64_t)value;
	return -1;
}

static void note_cache(struct trace *t, const struct heads *h, struct slice control, uint64_t *said)
{
	const struct field field = F_TEXT("osilab.http.cache_control", trace_brief(t, control, 120));
	bool private = http_list_has(control, SLICE("private"));
	int64_t age = seconds_of(control, "max-age");
	bool personal = http_find(h->m, SLICE("Set-Cookie")) != NULL;
	uint64_t hash = jar_hash(t->jar, control.p, control.n);

	if (hash == *said)
		;
	else if (http_list_has(control, SLICE("no-store")))
		trace_note(t, NOTE_HTTP_NO_STORE, &field, 1);
	else if (http_list_has(control, SLICE("no-cache")) || age == 0)
		trace_note(t, NOTE_HTTP_NO_CACHE, &field, 1);
	else if (age > 0)
		NOTE(t, HTTP_FRESH, field, F_SPAN("osilab.http.fresh", age * CLOCK_SEC),
		    F_STR("osilab.http.cache", private ? "the browser alone" : "every cache on the way"));
	*said = hash;
	if (personal && !private && http_list_has(control, SLICE("public")))
		trace_note(t, NOTE_HTTP_CACHE_SHARED, &field, 1);
}

static void note_age(struct trace *t, struct slice age)
{
	uint64_t seconds;

	if (slice_u64(age, &seconds) == 0 && seconds && seconds < INT32_MAX)
		NOTE(t, HTTP_FROM_CACHE, F_SPAN("osilab.http.age", (int64_t)seconds * CLOCK_SEC));
}

/* --- Errors -------------------------------------------------------------------------------------------------------- */

/* What a status of 400 or more means (RFC 9110 15.5, 15.6, RFC 6585, RFC 7725); phrases of phrases.h. */
static const struct {
	uint16_t status;
	const char *words;
} errors[] = {
	{ 400, "the server cannot make sense of the request" },
	{ 401, "it wants to know who is asking, or does not believe it" },
	{ 403, "it knows who is asking, and refuses" },
	{ 404, "there is nothing under this name" },
	{ 405, "this thing does not know that method" },
	{ 406, "it has no form of it that the client accepts" },
	{ 407, "the proxy wants to know who is asking" },
	{ 408, "the client took too long" },
	{ 409, "it does not fit the present state of the thing" },
	{ 410, "it was here once and is gone for good" },
	{ 411, "it wants a Content-Length" },
	{ 412, "the condition of the request does not hold" },
	{ 413, "the request is larger than it takes" },
	{ 414, "the URL is longer than it takes" },
	{ 415, "it does not take content of this type" },
	{ 416, "the part asked for does not exist" },
	{ 417, "it cannot do what Expect asks" },
	{ 421, "this server does not answer for that host" },
	{ 422, "it understands the content and cannot do it" },
	{ 425, "it will not risk early data that may be a replay" },
	{ 426, "it wants another protocol" },
	{ 428, "it wants a condition, so that no change is lost" },
	{ 429, "too many requests in too short a time" },
	{ 431, "the header fields are larger than it takes" },
	{ 451, "a law forbids it" },
	{ 500, "the server failed at it" },
	{ 501, "the server cannot do this at all" },
	{ 502, "the server behind this gateway gave a wrong answer" },
	{ 503, "it is overloaded or down for now" },
	{ 504, "the server behind this gateway did not answer in time" },
	{ 505, "it does not speak this version of HTTP" },
	{ 507, "it has no room to store it" },
	{ 508, "it found itself going in circles" },
	{ 511, "the network wants a login first" },
};

static void note_error(struct trace *t, const struct heads *h)
{
	unsigned status = h->m->status;
	const char *words = status < 500 ? "the request is at fault" : "the server failed at it";
	struct slice retry = heads_value(h, HEAD_RETRY_AFTER);

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].status == status)
			words = errors[i].words;
	trace_note(t, status < 500 ? NOTE_HTTP_CLIENT_ERROR : NOTE_HTTP_SERVER_ERROR,
	    (struct field[]){ F_UINT("http.response.code", status), F_STR("osilab.http.error", words) }, 2);
	if (retry.n)
		NOTE(t, HTTP_RETRY_AFTER, F_TEXT("osilab.http.retry_after", trace_brief(t, retry, 40)));
}

/* --- Answers ------------------------------------------------------------------------------------------------------- */

static void note_interim(struct trace *t, const struct heads *h)
{
	struct slice link = heads_value(h, HEAD_LINK);

	if (h->m->status == 100)
		NOTE0(t, HTTP_CONTINUE);
	else if (h->m->status == 103)
		NOTE(t, HTTP_EARLY_HINTS, F_TEXT("osilab.http.link", trace_brief(t, link, 120)));
}

static void note_copy(struct trace *t, const struct heads *h, const struct asked *asked, uint64_t *cache_said)
{
	struct slice etag = heads_value(h, HEAD_ETAG), control = heads_value(h, HEAD_CACHE_CONTROL);

	if (asked && etag.n && h->m->status == 200)
		recall_put(&t->jar->etags, etag_key(t, asked, etag), t->frame.number);
	if (control.n)
		note_cache(t, h, control, cache_said);
	if (h->at[HEAD_AGE])
		note_age(t, heads_value(h, HEAD_AGE));
}

void httpwords_response(
    struct trace *t, const struct heads *h, const struct asked *asked, uint64_t *cache_said)
{
	unsigned status = h->m->status;
	struct slice range = heads_value(h, HEAD_CONTENT_RANGE);

	if (status < 200)
		note_interim(t, h);
	else if (status == 304)
		NOTE0(t, HTTP_NOT_MODIFIED);
	else if (status == 206)
		NOTE(t, HTTP_PARTIAL,
		    F_TEXT("osilab.http.content_range",
		        range.n ? trace_brief(t, range, 80) : SLICE("multipart")));
	else if (status >= 300 && status < 400)
		note_redirect(t, h, asked);
	else if (status >= 400)
		note_error(t, h);
	if (h->at[HEAD_ETAG] | h->at[HEAD_CACHE_CONTROL] | h->at[HEAD_AGE])
		note_copy(t, h, asked, cache_said);
}

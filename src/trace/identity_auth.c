/* Authorization and its challenges: Basic, Digest, Bearer, Negotiate, NTLM; see identity.h.  RFC 9110 11, RFC 7617,
 * RFC 7616, RFC 6750, RFC 4559. */
#include "trace/identity.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "http/credentials.h"
#include "trace/jar.h"

#include <stdio.h>

/* --- What a request brings ---------------------------------------------------------------------------------- */

/* The head field in hand, as every note of it says: "Authorization" or "Proxy-Authorization". */
static const struct field *field_name(struct slice name, struct field *out)
{
	*out = (struct field)F_STR("osilab.auth.field",
	    slice_istarts(name, SLICE("Proxy")) ? "Proxy-Authorization" : "Authorization");
	return out;
}

static void note_basic(struct trace *t, const struct field *in, struct slice rest)
{
	struct slice user, password;
	char text[1024];

	if (http_basic_decode(rest, text, sizeof(text), &user, &password) < 0)
		NOTE(t, AUTH_OTHER, *in, F_STR("osilab.auth.scheme", "Basic (damaged)"));
	else
		trace_where(t,
		    NOTE(t, AUTH_BASIC, *in, F_TEXT("osilab.auth.user", user),
		        F_STR("osilab.auth.password", trace_mask(t, password))),
		    rest);
	explicit_bzero(text, sizeof(text));
}

/* The parameters of Digest that are shown; the response is not: it is as good as a password to a guesser. */
static void note_digest(struct trace *t, const struct field *in, struct slice rest)
{
	struct slice name, value, user = SLICE("?"), realm = SLICE("?"), qop = { 0 }, nc = SLICE("?"),
	                          algorithm = SLICE("MD5");
	bool escaped;

	while (http_param_next(&rest, &name, &value, &escaped) == 1) {
		if (slice_ieq_str(name, "username"))
			user = value;
		else if (slice_ieq_str(name, "realm"))
			realm = value;
		else if (slice_ieq_str(name, "qop"))
			qop = value;
		else if (slice_ieq_str(name, "nc"))
			nc = value;
		else if (slice_ieq_str(name, "algorithm"))
			algorithm = value;
	}
	NOTE(t, AUTH_DIGEST, *in, F_TEXT("osilab.auth.user", user), F_TEXT("osilab.auth.realm", realm),
	    F_TEXT("osilab.auth.algorithm", algorithm));
	if (slice_istarts(algorithm, SLICE("MD5")))
		NOTE(t, AUTH_DIGEST_MD5, F_TEXT("osilab.auth.algorithm", algorithm));
	if (qop.n)
		NOTE(t, AUTH_DIGEST_QOP, F_TEXT("osilab.auth.qop", qop), F_TEXT("osilab.auth.nc", nc),
		    F_STR("osilab.auth.covers",
		        slice_ieq_str(qop, "auth-int") ? "method, URL and body" : "method and URL"));
	else
		NOTE0(t, AUTH_DIGEST_NO_QOP);
}

static void note_opaque(struct trace *t, const struct field *in, struct slice token, struct asked *asked)
{
	const struct recalled *r = identity_token(t, token, asked);
	const struct field bytes = F_UINT("osilab.auth.bytes", token.n);

	if (r && r->frame != t->frame.number)
		trace_note(t, NOTE_AUTH_BEARER_AGAIN,
		    (struct field[]){ *in, bytes, F_UINT("osilab.ref", r->frame) }, 3)
		    ->ref = r->frame;
	else
		trace_note(t, NOTE_AUTH_BEARER, (struct field[]){ *in, bytes }, 2);
}

static void note_bearer(struct trace *t, const struct field *in, struct slice rest, struct asked *asked)
{
	struct slice token;

	if (http_bearer(rest, &token) < 0)
		token = rest;
	if (!identity_jwt(t, token, "Authorization: Bearer", asked))
		note_opaque(t, in, token, asked);
}

/* The number of the message of NTLM (MS-NLMP 2.2) that the token is; 0: it is none. */
static unsigned ntlm_message(struct slice token)
{
	uint8_t start[12];
	struct rd r;

	if (token.n < 16 || base64_decode(slice_sub(token, 0, 16), BASE64_STD, start, sizeof(start)) != 12 ||
	    memcmp(start, "NTLMSSP", 8) != 0)
		return 0;
	r = rd_of(slice_of(start + 8, 4));
	return rd_le32(&r);
}

static void note_negotiate(struct trace *t, const struct field *in, struct slice scheme, struct slice rest)
{
	static const char *const what[] = { "", "the client says what it can", "the server's challenge",
		"the proof of the password" };
	unsigned ntlm = ntlm_message(rest);

	if (ntlm >= 1 && ntlm <= 3)
		NOTE(t, AUTH_NTLM, *in, F_TEXT("osilab.auth.scheme", scheme),
		    F_UINT("osilab.auth.ntlm", ntlm), F_STR("osilab.auth.ntlm_what", what[ntlm]));
	else
		NOTE(t, AUTH_NEGOTIATE, *in, F_TEXT("osilab.auth.scheme", scheme));
}

static bool is_negotiate(struct slice scheme)
{
	return slice_ieq_str(scheme, "Negotiate") || slice_ieq_str(scheme, "NTLM");
}

/* --- Challenges and what answers them ------------------------------------------------------------------------- */

static uint64_t challenge_key(const struct trace *t, const struct asked *asked, struct slice scheme)
{
	struct {
		uint64_t client;
		char host[128], scheme[16];
	} key;

	memset(&key, 0, sizeof(key));
	key.client = identity_client(t);
	memcpy(key.host, asked->host, sizeof(key.host));
	for (size_t i = 0; i < scheme.n && i < sizeof(key.scheme); i++)
		key.scheme[i] = (char)(scheme.p[i] | 0x20);
	return jar_hash(t->jar, &key, sizeof(key));
}

static void note_answers(struct trace *t, struct slice scheme, const struct asked *asked)
{
	struct recalled *r;

	if (!t->jar->challenges.used)
		return;
	r = recall_get(&t->jar->challenges, challenge_key(t, asked, scheme));
	if (!r)
		return;
	NOTE(t, AUTH_ANSWERS, F_UINT("osilab.ref", r->frame), F_TEXT("osilab.auth.scheme", scheme))->ref =
	    r->frame;
	recall_drop(&t->jar->challenges, r);
}

static void one_authorization(
    struct trace *t, const struct http_field *field, bool secure, struct asked *asked)
{
	struct field in;
	struct http_credentials c;

	if (http_credentials_split(field->value, &c) < 0)
		return;
	field_name(field->name, &in);
	if (slice_ieq_str(field->name, "Authorization"))
		stats_count(&t->stats.authorization_schemes, c.scheme_text);
	asked->brought = c.scheme == HTTP_SCHEME_BEARER ? "token" : "password";
	switch (c.scheme) {
	case HTTP_SCHEME_BASIC: note_basic(t, &in, c.rest); break;
	case HTTP_SCHEME_DIGEST: note_digest(t, &in, c.rest); break;
	case HTTP_SCHEME_BEARER: note_bearer(t, &in, c.rest, asked); break;
	case HTTP_SCHEME_OTHER:
		if (is_negotiate(c.scheme_text))
			note_negotiate(t, &in, c.scheme_text, c.rest);
		else
			NOTE(t, AUTH_OTHER, in, F_TEXT("osilab.auth.scheme", c.scheme_text));
		break;
	}
	note_answers(t, c.scheme_text, asked);
	if (!secure && c.scheme != HTTP_SCHEME_DIGEST && !is_negotiate(c.scheme_text))
		trace_where(t, NOTE0(t, AUTH_IN_CLEAR), field->value);
}

void identity_authorization(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked)
{
	const struct http_field *field = http_find(m, SLICE("Authorization"));
	const struct http_field *proxy = http_find(m, SLICE("Proxy-Authorization"));

	identity_url(t, m, secure, asked);
	if (field) {
		t->stats.authorization_headers++;
		one_authorization(t, field, secure, asked);
	}
	if (proxy)
		one_authorization(t, proxy, secure, asked);
}

/* What a scheme asks of the client, a phrase; "" for one that is not known here. */
static const char *scheme_words(struct slice scheme)
{
	static const char *const rows[][2] = {
		{ "Basic", "user and password in base64, with every request" },
		{ "Digest", "a hash over the password and a fresh number from here" },
		{ "Bearer", "a token, which an authorization server hands out" },
		{ "Negotiate", "a ticket of Kerberos, or NTLM" },
		{ "NTLM", "three messages on one connection, with a hash of the password" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (slice_ieq_str(scheme, rows[i][0]))
			return rows[i][1];
	return "";
}

enum { CHALLENGES_MAX = 8 }; /* of one response */

static void one_challenge(struct trace *t, const struct http_field *field, const struct asked *asked)
{
	struct http_credentials c;
	const char *words;
	struct field whole = F_TEXT("osilab.auth.scheme", field->value);
	struct field in = F_STR("osilab.auth.field",
	    slice_istarts(field->name, SLICE("Proxy")) ? "Proxy-Authenticate" : "WWW-Authenticate");

	if (http_credentials_split(field->value, &c) < 0)
		return;
	words = scheme_words(c.scheme_text);
	if (*words)
		trace_where(
		    t, NOTE(t, AUTH_CHALLENGE, in, whole, F_STR("osilab.auth.wants", words)), field->value);
	else
		trace_where(t, NOTE(t, AUTH_CHALLENGE_OTHER, in, whole), field->value);
	if (asked)
		recall_put(&t->jar->challenges, challenge_key(t, asked, c.scheme_text), t->frame.number);
}

static void challenges(
    struct trace *t, const struct http_msg *m, struct slice name, const struct asked *asked)
{
	const struct http_field *field = http_find(m, name);

	for (int i = 0; field && i < CHALLENGES_MAX; i++, field = http_find_next(m, field, name))
		one_challenge(t, field, asked);
}

void identity_verdict(struct trace *t, const struct http_msg *m, const struct asked *asked)
{
	if (m->status == 401)
		challenges(t, m, SLICE("WWW-Authenticate"), asked);
	else if (m->status == 407)
		challenges(t, m, SLICE("Proxy-Authenticate"), asked);
	if ((m->status == 401 || m->status == 403) && asked && asked->brought)
		NOTE(t, AUTH_REFUSED, F_UINT("http.response.code", m->status),
		    F_STR("osilab.auth.what", asked->brought), F_UINT("osilab.ref", asked->frame))
		    ->ref = asked->frame;
	identity_token_verdict(t, m, asked);
}

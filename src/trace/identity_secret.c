/* Secrets where they should not stand, and passwords in forms and JSON; see identity.h.  RFC 3986 3.2.1, RFC 6750 2.3,
 * RFC 9110 17.9. */
#include "trace/identity.h"

#include "http/url.h"
#include "trace/jar.h"

#include <stdio.h>
#include <strings.h>

/* --- Words -------------------------------------------------------------------------------------------------- */

static inline bool holds(struct slice text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= text.n; i++)
		if (!((text.p[i] ^ word[0]) & 0xdf) && strncasecmp((const char *)text.p + i, word, n) == 0)
			return true;
	return false;
}

static bool is_one_of(struct slice name, const char *const *words)
{
	for (; *words; words++)
		if (name.n && !((name.p[0] ^ (*words)[0]) & 0xdf) && slice_ieq_str(name, *words))
			return true;
	return false;
}

static const char *const password_names[] = { "password", "passwd", "pass", "pwd", "passphrase", NULL };
static const char *const user_names[] = { "user", "username", "login", "email", "userid", NULL };
static const char *const token_names[] = { "token", "access_token", "id_token", "refresh_token", "auth_token",
	"jwt", "bearer", NULL };
static const char *const key_names[] = { "api_key", "apikey", "api-key", "client_secret", "secret", "auth",
	"authorization", "x-api-key", "key", NULL };

bool identity_session_name(struct slice name)
{
	static const char *const exact[] = { "sid", "sso", "connect.sid", "id", NULL };

	return is_one_of(name, exact) || holds(name, "sess") || holds(name, "auth") || holds(name, "token") ||
	       holds(name, "login") || holds(name, "-sid") || holds(name, "_sid");
}

/* Does a value follow, as in "password": "x", password=x, token : x? */
static bool value_follows(struct slice text)
{
	for (size_t i = 0; i < text.n && i < 16; i++) {
		uint8_t c = text.p[i];

		if (c == ':' || c == '=')
			return true;
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !strchr("_-\"' ", c))
			return false;
	}
	return text.n < 16; /* the text ends before that shows */
}

size_t identity_safe(struct slice text)
{
	static const char *const words[] = { "passw", "pwd", "secret", "token", "api_key", "apikey",
		"authori", "session", NULL };

	static const bool begins[256] = { ['P'] = true,
		['p'] = true,
		['S'] = true,
		['s'] = true,
		['T'] = true,
		['t'] = true,
		['A'] = true,
		['a'] = true,
		['e'] = true };

	for (size_t i = 0; i < text.n; i++) {
		if (!begins[text.p[i]]) /* none of the words */
			continue;
		if (slice_starts(slice_skip(text, i), SLICE("eyJ")))
			return i + 3;
		for (const char *const *w = words; *w; w++) {
			size_t n;

			if ((text.p[i] ^ (*w)[0]) & 0xdf)
				continue;
			n = strlen(*w);
			if (n <= text.n - i && strncasecmp((const char *)text.p + i, *w, n) == 0 &&
			    value_follows(slice_skip(text, i + n)))
				return i + n;
		}
	}
	return text.n;
}

/* --- URLs --------------------------------------------------------------------------------------------------- */

static void note_parameter(
    struct trace *t, enum note_id id, struct slice name, struct slice value, struct slice where)
{
	trace_where(t,
	    trace_note(t, id,
	        (struct field[]){
	            F_TEXT("osilab.url.parameter", name), F_STR("osilab.url.value", trace_mask(t, value)) },
	        2),
	    where);
}

static void one_parameter(struct trace *t, struct slice name, struct slice value, struct asked *asked)
{
	struct slice where = slice_of(name.p, name.n + 1 + value.n);

	if (is_one_of(name, password_names)) {
		asked->login = true;
		note_parameter(t, NOTE_URL_PASSWORD, name, value, where);
	} else if (is_one_of(name, token_names)) {
		note_parameter(t, NOTE_URL_TOKEN, name, value, where);
		if (!identity_jwt(t, value, "In the URL", asked))
			identity_token(t, value, asked);
	} else if (is_one_of(name, key_names) && value.n >= 8) {
		note_parameter(t, NOTE_URL_TOKEN, name, value, where);
	} else if (value.n >= 8 &&
	           ((holds(name, "sess") &&
	                (holds(name, "sessionid") || holds(name, "sessid") || holds(name, "session_id"))) ||
	               slice_ieq_str(name, "sid"))) {
		note_parameter(t, NOTE_URL_SESSION, name, value, where);
	} else if (slice_starts(value, SLICE("eyJ"))) {
		identity_jwt(t, value, "In the URL", asked);
	}
}

/* ";jsessionid=..." within the path, as old Java servers write it when there are no cookies. */
static void path_parameters(struct trace *t, struct slice path)
{
	ssize_t at = slice_chr(path, ';');
	struct slice piece, rest;

	if (at < 0)
		return;
	rest = slice_skip(path, (size_t)at + 1);
	for (int i = 0; i < 8 && rest.p; i++) {
		ssize_t eq;

		piece = slice_cut(&rest, ';');
		eq = slice_chr(piece, '=');
		if (eq > 0 && holds(slice_sub(piece, 0, (size_t)eq), "sess"))
			note_parameter(t, NOTE_URL_SESSION, slice_sub(piece, 0, (size_t)eq),
			    slice_skip(piece, (size_t)eq + 1), piece);
	}
}

/* "http://user:password@host/" as a proxy gets it (RFC 3986 3.2.1). */
static void userinfo(struct trace *t, struct slice target)
{
	struct http_url url;
	ssize_t colon;
	struct slice password;

	if (!slice_istarts(target, SLICE("http")) || http_url_parse(target, &url) < 0 || !url.userinfo.n)
		return;
	colon = slice_chr(url.userinfo, ':');
	password = colon < 0 ? slice_of(NULL, 0) : slice_skip(url.userinfo, (size_t)colon + 1);
	trace_where(t,
	    NOTE(t, URL_USERINFO,
	        F_TEXT("osilab.auth.user",
	            slice_sub(url.userinfo, 0, colon < 0 ? url.userinfo.n : (size_t)colon)),
	        F_STR("osilab.auth.password", trace_mask(t, password))),
	    url.userinfo);
}

static bool ends_session(struct slice path)
{
	return (holds(path, "out") && (holds(path, "logout") || holds(path, "signout") ||
	                                  holds(path, "log-out") || holds(path, "sign-out"))) ||
	       holds(path, "/revoke");
}

enum { PARAMETERS_MAX = 64 }; /* of one URL that are looked at */

void identity_url(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked)
{
	struct slice path, query, name, value;

	http_url_split(m->target, &path, &query);
	if (m->target.n && m->target.p[0] != '/')
		userinfo(t, m->target);
	path_parameters(t, path);
	asked->logout = path.n < 256 && ends_session(path);
	for (int i = 0; i < PARAMETERS_MAX && query.n && http_form_next(&query, &name, &value); i++)
		if (value.n)
			one_parameter(t, name, value, asked);
}

/* --- Forms -------------------------------------------------------------------------------------------------- */

static void note_password(
    struct trace *t, struct slice user, struct slice password, struct slice where, bool secure)
{
	trace_where(t,
	    trace_note(t, secure ? NOTE_PASSWORD_SEALED : NOTE_PASSWORD_IN_CLEAR,
	        (struct field[]){ F_TEXT("osilab.auth.user", user.n ? user : SLICE("?")),
	            F_STR("osilab.auth.password", trace_mask(t, password)) },
	        2),
	    where);
}

static ssize_t form_value(struct slice form, const char *const *names, char *out, size_t size)
{
	ssize_t n = -1;

	for (; *names && n < 0; names++)
		n = http_form_get(form, *names, out, size);
	return n;
}

static unsigned form(struct trace *t, struct slice body, bool secure)
{
	char password[256], user[128];
	ssize_t n = form_value(body, password_names, password, sizeof(password));
	ssize_t u = form_value(body, user_names, user, sizeof(user));

	if (n > 0)
		note_password(
		    t, slice_of(user, u > 0 ? (size_t)u : 0), slice_of(password, (size_t)n), body, secure);
	explicit_bzero(password, sizeof(password));
	return n > 0 ? IDENTITY_PASSWORD : 0;
}

/* --- JSON --------------------------------------------------------------------------------------------------- */

/* A string at the start of s: its inside, backslashes and all; p NULL when there is none that ends. */
static struct slice json_string(struct slice s)
{
	if (!s.n || s.p[0] != '"')
		return slice_of(NULL, 0);
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return slice_sub(s, 1, i - 1);
		if (s.p[i] == '\\')
			i++;
	}
	return slice_of(NULL, 0);
}

static struct slice json_space(struct slice s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\n' || s.p[0] == '\t' || s.p[0] == '\r'))
		s = slice_skip(s, 1);
	return s;
}

/* The next member whose value is a string, at whatever depth; every byte is looked at once. */
static bool json_next(struct slice *rest, struct slice *name, struct slice *value)
{
	while (rest->n) {
		ssize_t at = slice_chr(*rest, '"');
		struct slice s, v;

		if (at < 0)
			break;
		s = json_string(slice_skip(*rest, (size_t)at));
		if (!s.p)
			break;
		*rest = json_space(slice_skip(*rest, (size_t)at + s.n + 2));
		if (!rest->n || rest->p[0] != ':')
			continue;
		*rest = json_space(slice_skip(*rest, 1));
		v = json_string(*rest);
		if (!v.p)
			continue;
		*rest = slice_skip(*rest, v.n + 2);
		*name = s;
		*value = v;
		return true;
	}
	*rest = slice_of(NULL, 0);
	return false;
}

enum { JSON_TOKENS = 4 }; /* of one body that are shown */

static unsigned json(struct trace *t, struct slice body, bool secure)
{
	struct slice rest = body, name, value, user = { 0 }, password = { 0 };
	unsigned found = 0, tokens = 0;

	while (json_next(&rest, &name, &value)) {
		if (is_one_of(name, user_names) && value.n)
			user = value;
		else if (is_one_of(name, password_names) && value.n)
			password = value;
		else if (tokens < JSON_TOKENS && value.n >= 8 && slice_starts(value, SLICE("eyJ")))
			tokens += identity_jwt(t, value, "In the body", NULL);
		else if (tokens < JSON_TOKENS && value.n >= 8 && is_one_of(name, token_names)) {
			tokens++;
			if (identity_token(t, value, NULL))
				NOTE(t, TOKEN_GIVEN, F_TEXT("osilab.auth.member", name),
				    F_UINT("osilab.auth.bytes", value.n));
		}
	}
	if (tokens)
		found |= IDENTITY_TOKEN;
	if (password.n) {
		note_password(t, user, password, password, secure);
		found |= IDENTITY_PASSWORD;
	}
	return found;
}

unsigned identity_body(struct trace *t, struct slice type, struct slice body, bool secure)
{
	if (slice_istarts(type, SLICE("application/x-www-form-urlencoded")))
		return form(t, body, secure);
	if (slice_istarts(type, SLICE("application/")))
		return json(t, body, secure);
	return 0;
}

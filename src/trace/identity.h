/* Who is asking: cookies with their life story, credentials, tokens and passwords, as HTTP messages of any version
 * show them.  RFC 6265bis, RFC 9110 11, RFC 7519.
 *
 *	identity_cookie.c  Cookie and Set-Cookie: each value from its birth to its end
 *	identity_judge.c   what the attributes of a Set-Cookie are worth
 *	identity_auth.c    Authorization and its challenges
 *	identity_token.c   tokens, wherever they stand
 *	identity_secret.c  secrets in URLs, forms and JSON */
#ifndef TRACE_IDENTITY_H
#define TRACE_IDENTITY_H

#include "http/cookie.h"
#include "http/msg.h"
#include "trace/context.h"

enum {
	ASKED_COOKIES = 8,
	COOKIES_SHOWN = 100, /* of one head, one by one; browsers keep 50 to 180 per host */
};

/* What is remembered of a request until its answer comes. */
struct asked {
	uint64_t frame; /* the packet that completed its head */
	uint64_t nth;   /* on its connection, from 1 */
	int64_t ts;
	enum http_method method;
	char line[96];       /* "GET /me", cut, printable */
	char host[128];      /* without port; empty when unknown */
	const char *brought; /* "cookie", "password" or "token" it came with, or NULL; static */
	struct {
		uint64_t name; /* hash */
		uint64_t key;  /* of the value in the jar */
	} cookies[ASKED_COOKIES];
	unsigned ncookies;
	bool login;       /* it brought a password in a form, JSON or URL (Basic comes with every request) */
	bool logout;      /* its path says that it ends a session */
	bool upgrades;    /* it asks for another protocol */
	bool conditional; /* it asks only for what is new */
	bool stale;       /* its token had expired */
	uint64_t token;   /* hash of the token it brought; 0: none */
	uint64_t ended;   /* the packet of the logout that should have ended that token; 0: none */
	char ws_key[32];  /* Sec-WebSocket-Key */
};

/* --- The memory ---------------------------------------------------------------------------------------- */

/* Cookies, tokens, redirects and entity tags seen so far; bounded, see jar.h. */
struct jar *jar_new(void);
void jar_free(struct jar *jar); /* NULL: no-op */

/* Which client this is, by its address: for telling two of them apart. */
uint64_t identity_client(const struct trace *t);

/* --- Requests and responses ---------------------------------------------------------------------------- */

/* The Cookie fields of a request: each pair tied to the packet that set it. */
void identity_cookies(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked);
/* The Set-Cookie fields of a response: each attribute judged; and what became of a login. */
void identity_set_cookies(struct trace *t, const struct http_msg *m, bool secure, const struct asked *asked);
/* Attributes of one Set-Cookie of `host`, judged. */
void identity_judge(struct trace *t, const struct http_setcookie *c, struct slice host, bool secure);
/* Seconds the cookie lives from this packet on; INT64_MAX: until the browser ends. */
int64_t identity_lifetime(const struct trace *t, const struct http_setcookie *c);

/* Authorization and Proxy-Authorization of a request, and secrets in its URL. */
void identity_authorization(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked);
/* What a response says of the credentials of its request: challenges, refusals, tokens that should be dead. */
void identity_verdict(struct trace *t, const struct http_msg *m, const struct asked *asked);

/* What was found in a body: bits. */
enum identity_found {
	IDENTITY_PASSWORD = 1,
	IDENTITY_TOKEN = 2,
};

/* A whole body that may hold a password (form, JSON) or a token (JSON); type is the Content-Type's value.  Bits of
 * enum identity_found. */
unsigned identity_body(struct trace *t, struct slice type, struct slice body, bool secure);

/* The cookies of the capture, each with its life in one sentence: notes for the end. */
void identity_summary(struct trace *t);

/* --- Parts, for the files of this group ------------------------------------------------------------------ */

/* Secrets in the URL of a request. */
void identity_url(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked);
/* How much of the text may be shown: up to the first word that announces a secret, the word included. */
size_t identity_safe(struct slice text);
/* Is a cookie or parameter of that name most likely a session's id? */
bool identity_session_name(struct slice name);

/* Takes a token apart when it is a JSON Web Token; false when it is not.  `where` is a phrase.  asked is the
 * request it stands in, NULL when a server gives it. */
bool identity_jwt(struct trace *t, struct slice token, const char *where, struct asked *asked);
/* A token of any kind in a request, or (asked NULL) given by a server; its memory, which says whether it was seen
 * before: frame is then another packet.  NULL when out of memory. */
struct recalled *identity_token(struct trace *t, struct slice token, struct asked *asked);
/* The answer to a request with a token. */
void identity_token_verdict(struct trace *t, const struct http_msg *m, const struct asked *asked);

#endif

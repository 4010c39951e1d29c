/* Who is asking: cookies with their life story, credentials, tokens and passwords, as HTTP messages show
 * them.  RFC 6265bis, RFC 9110 11, RFC 7519.  identity_cookie.c and identity_auth.c. */
#ifndef TRACE_IDENTITY_H
#define TRACE_IDENTITY_H

#include "http/msg.h"
#include "trace/context.h"

enum { ASKED_COOKIES = 8 };

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
		uint64_t name, value; /* hashes */
	} cookies[ASKED_COOKIES];
	unsigned ncookies;
};

/* --- Cookies ------------------------------------------------------------------------------------------ */

/* All cookies seen in Set-Cookie fields, at most JAR_MAX of them: the oldest give way. */
enum { JAR_MAX = 65536 };
struct jar *jar_new(void);
void jar_free(struct jar *jar); /* NULL: no-op */

/* The Cookie fields of a request: each pair tied to the packet that set it. */
void identity_cookies(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked);
/* The Set-Cookie fields of a response: each attribute judged. */
void identity_set_cookies(struct trace *t, const struct http_msg *m, bool secure, const struct asked *asked);

/* --- Credentials --------------------------------------------------------------------------------------- */

/* The Authorization field of a request. */
void identity_authorization(struct trace *t, const struct http_msg *m, bool secure, struct asked *asked);
/* What a response says of the credentials of its request: challenges, refusals. */
void identity_verdict(struct trace *t, const struct http_msg *m, const struct asked *asked);
/* A whole body that may hold a password (form) or a token (JSON); type is the Content-Type's value. */
void identity_body(struct trace *t, struct slice type, struct slice body, bool secure);

#endif

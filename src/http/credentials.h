/* The Authorization and WWW-Authenticate fields.  RFC 9110 11, RFC 7617 (Basic), RFC 6750 (Bearer),
 * RFC 7616 (Digest). */
#ifndef HTTP_CREDENTIALS_H
#define HTTP_CREDENTIALS_H

#include "http/msg.h"

enum http_scheme {
	HTTP_SCHEME_OTHER,
	HTTP_SCHEME_BASIC,
	HTTP_SCHEME_BEARER,
	HTTP_SCHEME_DIGEST,
};

struct http_credentials {
	enum http_scheme scheme;
	struct slice scheme_text; /* as sent */
	struct slice rest;        /* behind the scheme: a token68 or a list of parameters; may be empty */
};

/* Takes the value of an Authorization (or WWW-Authenticate: its first challenge) field apart.  0,
 * or -1 when it does not start with a token. */
int http_credentials_split(struct slice value, struct http_credentials *out);

/* Basic: decodes rest into buf; *user and *password then lie in buf.  buf needs rest.n bytes at
 * most.  0, or -1 when it is not strict base64, does not fit, has no colon, or holds a control
 * octet (RFC 7617 2). */
int http_basic_decode(struct slice rest, char *buf, size_t size, struct slice *user, struct slice *password);

/* Bearer: *token is the b68 token.  0, or -1 when rest is no token68 (RFC 6750 2.1). */
int http_bearer(struct slice rest, struct slice *token);

/* Cuts the next name=value off a comma-separated parameter list (Digest, challenges).  The value
 * comes without its quotes; *escaped says that it still has backslashes to undo with http_unquote.
 * 1, 0 at the end, -1 at something that is no parameter. */
int http_param_next(struct slice *rest, struct slice *name, struct slice *value, bool *escaped);
/* Undoes the quoted pairs of a quoted string's inside into out (RFC 9110 5.6.4).  The length, or -1
 * when it does not fit. */
ssize_t http_unquote(struct slice inside, char *out, size_t size);

#endif

/* Tokens instead of cookies: being known by one, and the keys they are verified with.  RFC 6750, RFC 7519. */
#ifndef WEB_API_H
#define WEB_API_H

#include "web/router.h"

/* GET /api/me with Authorization: Bearer: the claims of the token as JSON; else 401 that says what
 * is wrong with it (RFC 6750 3). */
enum web_progress api_me(struct exchange *x);
/* GET /.well-known/jwks.json: the public keys (RFC 7517 5); a server whose key is a secret publishes none. */
enum web_progress api_jwks(struct exchange *x);

#endif

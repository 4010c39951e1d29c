/* Tokens instead of cookies: getting one, and being known by it.  RFC 6750, RFC 7519, RFC 7617. */
#ifndef WEB_API_H
#define WEB_API_H

#include "web/router.h"

/* POST /token: {"access_token", "token_type", "expires_in"} for the user of the Basic credentials
 * (Authorization) or, without such, of the session; else 401. */
enum web_progress api_token(struct exchange *x);
/* GET /api/me with Authorization: Bearer: the claims of the token as JSON; else 401 that says what
 * is wrong with it (RFC 6750 3). */
enum web_progress api_me(struct exchange *x);
/* GET /.well-known/jwks.json: the public keys (RFC 7517 5); a server whose key is a secret publishes none. */
enum web_progress api_jwks(struct exchange *x);

#endif

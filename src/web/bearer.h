/* Who asks, by the token in Authorization: Bearer.  RFC 6750, RFC 7519. */
#ifndef WEB_BEARER_H
#define WEB_BEARER_H

#include "http/credentials.h"
#include "token/jwt.h"
#include "web/router.h"

/* The one Authorization field, taken apart.  1 it is there, 0 not, -1 damaged or there twice. */
int bearer_authorization(const struct exchange *x, struct http_credentials *out);

/* Verifies a token against the server's keys, issuer and audience.  0 with *out in x's arena, or a negative enum
 * token_fault.  Whether it was revoked is not asked. */
int bearer_verify(struct exchange *x, struct slice token, struct token_claims *out);

/* Calls `then` when the request has a token that is right and not revoked: its claims are bearer_claims(x), x->user
 * is its sub.  Else answers with 400, 401 with what is wrong (RFC 6750 3), or 503. */
enum web_progress bearer_required(struct exchange *x, web_step then);
const struct token_claims *bearer_claims(const struct exchange *x);

/* POST /token/revoke with token= (RFC 7009): an access token, when there is a deny list, or a refresh token, whose
 * whole family ends.  200 also for one that is none; 400 for an access token without a list. */
enum web_progress bearer_revoke(struct exchange *x);

#endif

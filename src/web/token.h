/* The token endpoint.  RFC 6749 3.2 (as narrowed by OAuth 2.1), RFC 7617. */
#ifndef WEB_TOKEN_H
#define WEB_TOKEN_H

#include "web/router.h"

/* POST /token: {"access_token", "token_type", "expires_in"} for
 *
 * - the user of the Basic credentials (Authorization) or, without such, of the session: the site's own client;
 *   with scope=offline_access in a form a "refresh_token" too, when there is a store;
 * - grant_type=refresh_token and refresh_token=: both anew.
 *
 * Errors are as RFC 6749 5.2 has them, or 401, 429, 503. */
enum web_progress token_post(struct exchange *x);

/* --- For the grants --- */

enum { TOKEN_CLIENT = 64 /* bytes of a client's id */ };

struct token_grant {
	const char *user, *client; /* client: "" for the site's own */
	bool offline;              /* with a refresh token */
};

/* The answer with the token (or, when one has been asked for, after the store has kept it). */
enum web_progress token_issue(struct exchange *x, const struct token_grant *g);
/* {"error":code,"error_description":text} */
enum web_progress token_error(struct exchange *x, unsigned status, const char *code, const char *text);

#endif

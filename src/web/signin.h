/* The session cookie: finding the session it names, setting it, taking it back.  RFC 6265bis.
 *
 * Over TLS its name is __Host-sid, which browsers accept only when it is Secure and for this host
 * alone; over plain HTTP, which can be neither, it is sid. */
#ifndef WEB_SIGNIN_H
#define WEB_SIGNIN_H

#include "auth/store.h"
#include "web/router.h"

/* Does this server keep no sessions (--store none)?  Then the answer is 404, which says so. */
bool signin_none(struct exchange *x);

/* Looks the session up, then calls the route's handler with x->signed_in said and, if so,
 * x->session.session filled in.  No cookie, several cookies of that name, or an id that is not
 * known, or a server without sessions: not signed in.  503 when the store cannot be asked. */
enum web_progress signin_find(struct exchange *x);

/* Starts a session for the user under a new id, after deleting the one the request came with; then
 * calls `then`, which looks at x->session.outcome and calls signin_set_cookie for its answer. */
enum web_progress signin_start(struct exchange *x, struct slice user, web_step then);
/* Deletes the session the request came with, if any; `then` calls signin_clear_cookie. */
enum web_progress signin_end(struct exchange *x, web_step then);

/* The user's sessions, the latest used first, into items; `then` looks at x->session.outcome and, of what was
 * found, at x->session.store.n_items. */
enum web_progress signin_list(struct exchange *x, struct store_item *items, size_t max, web_step then);
/* Ends the user's sessions but the one of this id; or one that signin_list found. */
enum web_progress signin_end_others(struct exchange *x, struct slice id, web_step then);
enum web_progress signin_end_one(struct exchange *x, const uint8_t key[STORE_KEY], web_step then);
/* The id the request came with; empty when there is none to trust. */
struct slice signin_id(const struct exchange *x);

/* Is the content a form; and does its csrf= carry this session's token? */
bool signin_is_form(const struct exchange *x);
bool signin_csrf_ok(const struct exchange *x);

/* Adds the Set-Cookie line for the session just started. */
void signin_set_cookie(struct exchange *x);
/* Adds the line that makes a browser forget it. */
void signin_clear_cookie(struct exchange *x);

/* The answer when the store could not be asked: 503. */
enum web_progress signin_failed(struct exchange *x);
/* The answer that asks to log in first: 401, as page or JSON. */
enum web_progress signin_required(struct exchange *x);

#endif

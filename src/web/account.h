/* What a user can do about the own account: see the sessions and end them, change the password. */
#ifndef WEB_ACCOUNT_H
#define WEB_ACCOUNT_H

#include "web/router.h"

/* GET /sessions: the user's sessions, as page or JSON. */
enum web_progress account_sessions(struct exchange *x);
/* POST /sessions with csrf= and end=: the name of one in that list, or "others"; 303 to /sessions. */
enum web_progress account_end(struct exchange *x);
/* GET /password: the form. */
enum web_progress account_password_form(struct exchange *x);
/* POST /password with csrf=, old= and new=: all other sessions of the user end, this one gets a new id; 303
 * to /me.  400, 401 when the old password is wrong, 403, 429, 503. */
enum web_progress account_password(struct exchange *x);

#endif

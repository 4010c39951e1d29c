/* Logging in with a form, logging out, and the page that says who you are. */
#ifndef WEB_LOGIN_H
#define WEB_LOGIN_H

#include "web/router.h"

/* GET /login: the form. */
enum web_progress login_form(struct exchange *x);
/* POST /login with user= and password= (application/x-www-form-urlencoded): 303 to /me with the
 * session cookie; 401 with one text for unknown user and wrong password; 400, 415, 429, 503. */
enum web_progress login_post(struct exchange *x);
/* POST /logout: the session ends on the server, the cookie in the browser; 303 to /.  When the
 * browser says where the request comes from, that decides; else a csrf= field, if sent, must be the
 * session's. */
enum web_progress logout_post(struct exchange *x);
/* GET /me: as page or, on Accept: application/json, as JSON. */
enum web_progress login_me(struct exchange *x);

#endif

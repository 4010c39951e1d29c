/* Checking a password off the loop: the one thing here that blocks. */
#ifndef WEB_VERIFY_H
#define WEB_VERIFY_H

#include "auth/users.h"
#include "net/loop.h"
#include "tls/password.h"
#include "web/router.h"

struct verify {
	struct loop_job job;
	struct users *users;
	char name[USERS_NAME_MAX + 1];
	char password[PASSWORD_MAX + 1]; /* wiped as soon as it was checked */
	char changed[PASSWORD_MAX + 1];  /* the password to be set when that one is right; likewise */
	size_t name_len, password_len, changed_len; /* changed_len 0: none */
	bool counted;                               /* as a try of the account, see limit.h */
	int verdict;                                /* as users_verify */
	struct err err;
};

/* Has x->verify.name and .password (with their lengths) checked, and .changed made the password if they are
 * right; then calls `then` with the verdict.  WEB_LATER; or WEB_ANSWERED with 429 (too many failed tries from
 * there or of that name) or 503 (too many logins at once). */
enum web_progress verify_start(struct exchange *x, web_step then);
/* For `then`: the verdict.  1 yes, and x->user is the name; 0 no; -1 could not be checked, answered
 * with 500. */
int verify_verdict(struct exchange *x);

#endif

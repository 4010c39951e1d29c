/* Who may log in: names and password hashes in one SQLite file (mode 0600), table `users`.  The
 * handle may be used from several threads at once; the hashing itself runs outside SQLite's lock.
 */
#ifndef AUTH_USERS_H
#define AUTH_USERS_H

#include "base/err.h"
#include "base/slice.h"

enum { USERS_NAME_MAX = 64 }; /* bytes of a name */

struct users;

enum users_mode {
	USERS_READ,   /* the file must exist */
	USERS_CHANGE, /* likewise, to write to it */
	USERS_CREATE, /* made when it does not exist, to write to it */
};

/* NULL with *e when the file cannot be opened or is not such a file.  Free with users_close. */
struct users *users_open(const char *path, enum users_mode mode, struct err *e);
void users_close(struct users *u);
/* The cost of hashes made from now on; PASSWORD_LOG2_N unless a test lowers it. */
void users_set_cost(struct users *u, int log2_n);

/* May this be a name?  1 to USERS_NAME_MAX bytes of UTF-8 without white space, controls or ':'
 * (RFC 7617 2). */
bool users_name_ok(struct slice name);

/* Each 0, or -1 with *e: the name is taken / is no name / is not there, the password is too short
 * or too long, the file refused.  BLOCKS for the hashing. */
int users_add(struct users *u, struct slice name, struct slice password, struct err *e);
int users_set_password(struct users *u, struct slice name, struct slice password, struct err *e);
/* Has the servers that use this file end the user's sessions; see ended.h. */
int users_end_sessions(struct users *u, struct slice name, struct err *e);
/* A disabled user keeps the name, cannot log in, and has no sessions any more. */
int users_disable(struct users *u, struct slice name, bool disabled, struct err *e);

/* Is this the password of an enabled user of this name?  1 yes; 0 no, after the same time and with
 * the same words whether or not there is such a user; -1 with *e: could not be found out.  BLOCKS:
 * for a worker. */
int users_verify(struct users *u, struct slice name, struct slice password, struct err *e);

struct users_row {
	const char *name;
	int64_t created; /* seconds since 1970 */
	bool disabled;
};
/* Calls fn for each user in the order of names.  0 or -1. */
int users_list(struct users *u, void (*fn)(const struct users_row *row, void *arg), void *arg, struct err *e);

#endif

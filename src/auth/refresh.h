/* Refresh tokens: what a client shows to get its next access token, without the user.  RFC 6749 6, RFC 9700
 * 4.14.2.  They are opaque, "FAMILY.SECRET" with 128 random bits in each, and good once: each use gives the next
 * one of the family.  One that comes a second time was stolen, from whom nobody can tell: so the family ends.
 *
 * A family is one record in the session store, among the user's sessions, and ends with them (a new password, "end
 * all others"): its key is a hash of FAMILY; its csrf, a ':' and a hash of the client, cannot be a session's; its
 * seen holds 60 bits of a hash of the present SECRET, and so lies before any time there was.
 *
 * Two servers on one store that get one token in the same instant may both take it; whichever of the two next
 * tokens is not the one stored ends the family when it is used. */
#ifndef AUTH_REFRESH_H
#define AUTH_REFRESH_H

#include "auth/store.h"

enum { REFRESH_PART = 22, REFRESH_TEXT = 2 * REFRESH_PART + 1 /* characters of a token */ };

enum refresh_outcome {
	REFRESH_OK,     /* c->user, and c->token is the next one */
	REFRESH_NONE,   /* no such token: wrong, expired, another client's, or its family ended */
	REFRESH_REUSED, /* it was used before, or is in use: its family has ended */
	REFRESH_FAILED, /* the store could not be asked */
};

struct refresh {
	struct store *store;       /* borrowed */
	int64_t life;              /* ns, of a family */
	struct refresh_call *busy; /* those under way */
};

struct refresh_call {
	struct store_call store; /* first: its done leads back here */
	struct refresh *refresh;
	struct refresh_call *next;
	enum store_when (*step)(struct refresh_call *c);
	int64_t secret;              /* hash of the one that was shown */
	char client[STORE_CSRF + 1]; /* hash of who shows it */

	enum refresh_outcome outcome;
	char token[REFRESH_TEXT + 1];
	char user[USERS_NAME_MAX + 1];
	void (*done)(struct refresh_call *c); /* set by the caller; only after STORE_LATER */
};

/* Each as the operations of sessions.h: STORE_DONE, or STORE_LATER and then c->done.  `client` binds a family to who
 * may use it. */
enum store_when refresh_start(
    struct refresh *r, struct refresh_call *c, struct slice user, struct slice client);
enum store_when refresh_use(
    struct refresh *r, struct refresh_call *c, struct slice token, struct slice client);
/* Ends the family; c->outcome is REFRESH_OK also when there was none. */
enum store_when refresh_end(struct refresh *r, struct refresh_call *c, struct slice token);

/* Is this record of the store a family of refresh tokens, no session? */
static inline bool refresh_is(const struct session *v)
{
	return v->csrf[0] == ':';
}

#endif

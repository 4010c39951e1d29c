/* Sessions: the server's memory of who a browser is, found by a random id that travels in a cookie.
 * RFC 6265bis for the cookie (web/login.c), OWASP Session Management for the rules kept here:
 *
 * - an id has 128 bits from the kernel, says nothing, and only its SHA-256 is stored;
 * - an id the server did not make is never accepted, whatever it looks like;
 * - a new id at every login, and the old one is dead at once (fixation);
 * - a session ends after `idle` without use and `absolute` after its start, whichever is first (a store with a
 *   grain does not hear of every use, and may end it that much earlier);
 * - what was ended stays so, also when a request that used it was under way.
 *
 * All operations may finish later, as the store does (see store.h): they return STORE_DONE
 * with the outcome in the call, or STORE_LATER and then call c->done once.  The call must stay in
 * place until then. */
#ifndef AUTH_SESSIONS_H
#define AUTH_SESSIONS_H

#include "auth/store.h"
#include "base/clock.h"

#define SESSIONS_IDLE     (30 * 60 * CLOCK_SEC)
#define SESSIONS_ABSOLUTE (8 * 3600 * CLOCK_SEC)

enum { SESSIONS_ID = 22 }; /* characters of an id: 128 bits in base64url without padding */

struct sessions {
	struct store *store;    /* borrowed */
	int64_t idle, absolute; /* ns */
};

enum sessions_outcome {
	SESSIONS_NONE,   /* no such session, or it has expired and is deleted now */
	SESSIONS_FOUND,  /* c->session is it */
	SESSIONS_FAILED, /* the store could not be asked: answer 503, not "logged out" */
};

struct sessions_call {
	struct store_call store; /* first: its done leads back here */
	struct sessions *sessions;
	enum store_when (*next)(struct sessions_call *c); /* the step behind the store's */

	enum sessions_outcome outcome;
	struct session session;
	char id[SESSIONS_ID + 1];              /* after sessions_start: the new id, to go into the cookie */
	void (*done)(struct sessions_call *c); /* set by the caller; only after STORE_LATER */
};

void sessions_init(struct sessions *s, struct store *store);

/* The live session of this id, as the cookie gave it; counts as use. */
enum store_when sessions_find(struct sessions *s, struct sessions_call *c, struct slice id, bool secure);
/* A new session for `user` (at most USERS_NAME_MAX bytes); the one of old_id, if any, is deleted
 * first.  c->outcome is SESSIONS_FOUND, c->id the new id; or SESSIONS_FAILED. */
enum store_when sessions_start(
    struct sessions *s, struct sessions_call *c, struct slice old_id, struct slice user, bool secure);
/* Deletes it.  c->outcome is SESSIONS_NONE, or SESSIONS_FAILED. */
enum store_when sessions_end(struct sessions *s, struct sessions_call *c, struct slice id);

/* The sessions of the user of c->session, the latest used first: c->store.n_items of them are in items, at
 * most max.  c->outcome is SESSIONS_FOUND, or SESSIONS_FAILED; so with the next three. */
enum store_when sessions_list(
    struct sessions *s, struct sessions_call *c, struct store_item *items, size_t max);
/* Deletes the sessions of the user of c->session, but the one of this id. */
enum store_when sessions_end_others(struct sessions *s, struct sessions_call *c, struct slice id);
/* Deletes all of them. */
enum store_when sessions_end_all(struct sessions *s, struct sessions_call *c);
/* Deletes one that sessions_list found. */
enum store_when sessions_end_one(struct sessions *s, struct sessions_call *c, const uint8_t key[STORE_KEY]);
/* Is the one of that list the session of this id? */
bool sessions_is(struct slice id, const uint8_t key[STORE_KEY]);

/* Does the form carry this session's CSRF token?  Compared in constant time. */
bool sessions_csrf_ok(const struct session *s, struct slice token);

#endif

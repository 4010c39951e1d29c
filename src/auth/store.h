/* Where sessions are kept.  One row of functions per kind of store; sessions.c calls it and never
 * asks which row it is.
 *
 * An operation may be done at once or later.  It returns STORE_DONE with the result in the call; or
 * STORE_LATER, and then calls c->done exactly once, on the loop's thread, when the result is there
 * (a store across a network watches its own descriptor in the loop, one that blocks goes through
 * loop_work).  Until then the call stays where it is and nobody touches it.  A done call may be
 * used for the next operation, also within c->done. */
#ifndef AUTH_STORE_H
#define AUTH_STORE_H

#include "auth/users.h"
#include "base/err.h"

enum {
	STORE_KEY = 32,  /* bytes: SHA-256 of the session id, so that a stolen store opens no session */
	STORE_CSRF = 22, /* characters of a CSRF token: 128 bits in base64url */
};

/* What is known about a session; plain bytes, so that every store can keep it. */
struct session {
	char user[USERS_NAME_MAX + 1];
	char csrf[STORE_CSRF + 1]; /* the form's secret, see web/login.c */
	int64_t created, seen;     /* clock_real, ns */
	bool secure;               /* made over TLS, and good over TLS only */
};

enum store_when { STORE_DONE, STORE_LATER };

enum store_result {
	STORE_OK,
	STORE_MISSING, /* get: there is no such session (any more) */
	STORE_FAILED,  /* the store could not be asked; says nothing about the session */
};

struct store_call {
	uint8_t key[STORE_KEY];
	struct session value; /* put: what to keep; get: what was found */
	int64_t expires;      /* put: forget it then; clock_real, ns */
	enum store_result result;
	void (*done)(struct store_call *c);
};

struct store_ops {
	const char *name;
	enum store_when (*get)(void *state, struct store_call *c);
	/* Adds, or replaces what has that key. */
	enum store_when (*put)(void *state, struct store_call *c);
	/* STORE_OK also when there was none. */
	enum store_when (*del)(void *state, struct store_call *c);
	void (*close)(void *state);
};

struct store {
	const struct store_ops *ops;
	void *state;
};

/* In this process's memory: gone when it ends, known to no other.  At most `max` sessions; past
 * that the one unused for longest is dropped, with a warning.  0 or -1. */
int store_memory_open(struct store *s, size_t max, struct err *e);
/* How many it holds now, those that have expired but were not looked at included. */
size_t store_memory_count(const struct store *s);

static inline void store_close(struct store *s)
{
	if (s->ops)
		s->ops->close(s->state);
	*s = (struct store){ NULL, NULL };
}

#endif

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
#include "net/loop.h"

enum {
	STORE_KEY = 32,    /* bytes: SHA-256 of the session id, so that a stolen store opens no session */
	STORE_CSRF = 22,   /* characters of a CSRF token: 128 bits in base64url */
	STORE_QUEUE = 4096 /* operations that may be under way in a store that answers later */
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

/* A session with its key, of a list. */
struct store_item {
	uint8_t key[STORE_KEY];
	struct session value;
};

struct store_call {
	uint8_t key[STORE_KEY];
	struct session value;      /* put, replace: what to keep; get: what was found */
	int64_t expires;           /* put, replace: forget it then; clock_real, ns */
	struct store_item *items;  /* list: room for items_max of them, the caller's */
	size_t items_max, n_items; /* list: how many were found */
	enum store_result result;
	void (*done)(struct store_call *c);

	/* The store's, until done is called. */
	struct store_call *next;
	int op;
};

struct store_ops {
	const char *name;
	int64_t grain; /* ns: a use this soon after the last one that was kept need not be kept; 0: each is */
	enum store_when (*get)(void *state, struct store_call *c);
	/* Adds, or replaces what has that key. */
	enum store_when (*put)(void *state, struct store_call *c);
	/* Replaces what has that key and the same csrf, as one step; STORE_MISSING when there is none: what was
	 * deleted meanwhile does not come back. */
	enum store_when (*replace)(void *state, struct store_call *c);
	/* STORE_OK also when there was none. */
	enum store_when (*del)(void *state, struct store_call *c);
	/* The sessions of value.user, into items, the latest used first. */
	enum store_when (*list)(void *state, struct store_call *c);
	/* Deletes the sessions of value.user, but the one with that key. */
	enum store_when (*del_others)(void *state, struct store_call *c);
	void (*close)(void *state);
};

struct store {
	const struct store_ops *ops;
	void *state;
};

/* In memory: gone with the process, known to no other.  At most `max` sessions; past that those unused for longest
 * (of a share of them, where max is above 131072) are dropped, with a warning.  Each takes about 230 bytes, once it
 * is there.  Any threads may use it.  0 or -1. */
int store_memory_open(struct store *s, size_t max, struct err *e);
/* The same, for the processes forked after this call: they share it. */
int store_memory_share(struct store *s, size_t max, struct err *e);
/* How many it holds now, those that have expired but were not looked at included. */
size_t store_memory_count(const struct store *s);

/* In an SQLite file (mode 0600, made when it does not exist), which other processes may have open too.  A
 * thread of its own works on it; what comes in meanwhile is committed together.  What was answered STORE_OK
 * outlives the process, however that ends; with `durable` the machine too.  0 or -1. */
int store_sqlite_open(struct store *s, struct loop *l, const char *path, bool durable, struct err *e);

/* The store of this name: "none" (then s->ops is NULL: there are no sessions), "memory",
 * "sqlite:PATH[?sync=full|normal]", "redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]", "redis+unix://PATH" (see
 * store_redis.h); `max` is memory's.  A Redis need not be there yet.  0 or -1. */
int store_open(struct store *s, struct loop *l, const char *name, size_t max, struct err *e);

/* Before the loop is freed: what is under way is finished or ends as STORE_FAILED, and done is called. */
static inline void store_close(struct store *s)
{
	if (s->ops)
		s->ops->close(s->state);
	*s = (struct store){ NULL, NULL };
}

#endif

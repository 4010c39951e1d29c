/* Keys of session tickets that change by themselves.  RFC 5077 4, RFC 8446 4.6.1; RFC 9325 3.4 on
 * why they must change. */
#ifndef TLS_TICKET_H
#define TLS_TICKET_H

#include <pthread.h>
#include <stdint.h>

enum {
	TICKET_SECRET_SIZE = 32,
	TICKET_NAME_SIZE = 16,
	TICKET_KEY_SIZE = 32,
	TICKET_PERIOD = 3600, /* seconds that new tickets are made with one key, unless told otherwise */
};

struct ticket_key {
	uint8_t name[TICKET_NAME_SIZE]; /* stands in the ticket in clear */
	uint8_t aes[TICKET_KEY_SIZE];
	uint8_t mac[TICKET_KEY_SIZE];
};

/* Each period's keys come from a secret, and the next period's secret from this one by a one-way
 * function; the old secret is forgotten.  So processes forked from one parent agree without
 * talking, and what is in memory opens no ticket older than two periods. */
struct ticket_keys {
	pthread_mutex_t lock;
	uint8_t secret[TICKET_SECRET_SIZE];
	int64_t seconds;               /* how long a period is */
	int64_t period;                /* number of the current one: seconds since 1970 / seconds */
	struct ticket_key now, before; /* made with `now`; `before` still opens */
};

/* `now` in seconds since 1970, here and below; a period in seconds, > 0.  0, or -1: no randomness. */
int ticket_keys_init(struct ticket_keys *t, int64_t now, int64_t period);
/* The keys of `from`, so that both open each other's tickets from now on.  0, or -1. */
int ticket_keys_copy(struct ticket_keys *t, struct ticket_keys *from);
/* Keys that open no ticket of `from`, and yet are the same in all processes that renew the same keys. */
int ticket_keys_renew(struct ticket_keys *t, struct ticket_keys *from, int64_t now);
void ticket_keys_fini(struct ticket_keys *t);

/* The key that new tickets are made with at that time. */
int ticket_key_make(struct ticket_keys *t, int64_t now, struct ticket_key *out);
/* The key of that name: 1 the current one, 2 the one before (so make a new ticket), 0 unknown or
 * too old, -1 the library refused. */
int ticket_key_find(struct ticket_keys *t, int64_t now, const uint8_t *name, struct ticket_key *out);

#endif

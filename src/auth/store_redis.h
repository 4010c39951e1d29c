/* Sessions in Redis: where it is.  Only for this room. */
#ifndef AUTH_STORE_REDIS_H
#define AUTH_STORE_REDIS_H

#include "auth/store.h"

struct store_redis_at {
	char host[256]; /* a numeric address; without a port the path of a Unix socket */
	uint16_t port;
	unsigned db;
	char user[64], password[256]; /* empty: none */
};

/* In a Redis, which need not be there yet: until it is, operations fail at once.  0 or -1. */
int store_redis_open(struct store *s, struct loop *l, const struct store_redis_at *at, struct err *e);

/* What stands behind redis://, "[[USER]:PASSWORD@]HOST[:PORT][/DB]" (a name is looked up, which BLOCKS), and
 * behind redis+unix://, "PATH".  A password that is not there is the environment's OSILAB_REDIS_PASSWORD, which
 * no list of processes shows.  0 or -1. */
int store_redis_host(const char *text, struct store_redis_at *at, struct err *e);
int store_redis_path(const char *text, struct store_redis_at *at, struct err *e);

#endif

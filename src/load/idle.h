/* Idle clients: TCP connections that do nothing, as most of a server's connections do most of the time.  More of
 * them than one process may have descriptors for are held by several; from 127.0.0.0/8 they come from many
 * addresses, since one has 28,000 ports. */
#ifndef LOAD_IDLE_H
#define LOAD_IDLE_H

#include "net/addr.h"

struct idle_count {
	uint64_t held;   /* connections that came about and still stand */
	uint64_t failed; /* that never did */
	uint64_t lost;   /* that the server ended */
	int error;       /* errno of a failed one; 0: it took too long */
};

struct idle;

/* Opens n connections to the target and returns when they stand, have failed, or nothing has moved for ten
 * seconds.  `each` is how many one process may hold.  Forks: to be called before threads are started.  NULL
 * with *e. */
struct idle *idle_start(const struct addr *target, unsigned n, unsigned each, struct err *e);
/* How they are now. */
struct idle_count idle_look(struct idle *i);
/* Ends them and tells how they were at the end; NULL: no-op, all zero. */
struct idle_count idle_stop(struct idle *i);

#endif

/* How many failed logins an address or an account may make: `tries` per minute, counted in a fixed number
 * of buckets, so that the memory does not depend on how many come.  Two that share a bucket share its tries;
 * which ones do is secret and random.
 * All of it may be in memory that several processes share.
 *
 * An account that is out of tries must not lock its owner out, or anybody could do that to anybody.  So where
 * an account has logged in from is remembered, in as fixed a number of places: there its tries do not count. */
#ifndef WEB_LIMIT_H
#define WEB_LIMIT_H

#include "net/addr.h"

#include <stdatomic.h>

enum { LIMIT_BUCKETS = 4096, LIMIT_WINDOW = 60 /* seconds */ };

struct limit {
	unsigned tries; /* per LIMIT_WINDOW; 0: no limit */
	uint64_t key[2];
	_Atomic uint64_t buckets[LIMIT_BUCKETS];
	_Atomic uint64_t known[LIMIT_BUCKETS]; /* hashes of who succeeded from where */
};

void limit_init(struct limit *l, unsigned tries);

/* What an address is counted by: IPv6 per /64, which is what one customer holds. */
struct slice limit_address(const struct addr *who);

/* Counts one try.  0: go ahead; else the seconds to wait before the next one.  `now` is
 * clock_mono. */
unsigned limit_take(struct limit *l, struct slice who, int64_t now);
/* That try was none to count (the login succeeded). */
void limit_give_back(struct limit *l, struct slice who);

/* `who` succeeded from there. */
void limit_remember(struct limit *l, struct slice who, const struct addr *from);
bool limit_knows(const struct limit *l, struct slice who, const struct addr *from);

#endif

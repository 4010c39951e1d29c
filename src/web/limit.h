/* How many failed logins an address may make: `tries` per minute, counted in a fixed number of
 * buckets, so that the memory does not depend on how many addresses come.  IPv6 counts per /64,
 * which is what one customer holds.  Two addresses in one bucket share it; which ones do is secret
 * and random. */
#ifndef WEB_LIMIT_H
#define WEB_LIMIT_H

#include "net/addr.h"

#include <stdint.h>

enum { LIMIT_BUCKETS = 4096, LIMIT_WINDOW = 60 /* seconds */ };

struct limit {
	unsigned tries; /* per LIMIT_WINDOW; 0: no limit */
	uint64_t key[2];
	struct limit_bucket {
		int64_t start; /* clock_mono of the first try of this window, ns */
		unsigned used;
	} buckets[LIMIT_BUCKETS];
};

void limit_init(struct limit *l, unsigned tries);

/* Counts one try.  0: go ahead; else the seconds to wait before the next one.  `now` is
 * clock_mono. */
unsigned limit_take(struct limit *l, const struct addr *who, int64_t now);
/* That try was none to count (the login succeeded). */
void limit_give_back(struct limit *l, const struct addr *who);

#endif

/* How many requests an address may make: N a second, and at first, or after a rest, BURST at once.  Counted by the
 * generic cell rate algorithm (ITU-T I.371, A.2): all that is kept of an address is when it will have used up nothing
 * again.  A fixed number of places, so that the memory does not depend on how many come; two addresses that share one
 * share its rate, and which ones do is secret and random.  May be in memory that several processes share. */
#ifndef WEB_RATE_H
#define WEB_RATE_H

#include "base/err.h"
#include "base/slice.h"

#include <stdatomic.h>
#include <stdint.h>

enum { RATE_PLACES = 64 * 1024, RATE_MAX = 1000000 };

struct rate {
	int64_t interval; /* ns for each request; 0: no limit */
	int64_t burst;    /* how far ahead of time one may be, ns */
	uint64_t key[2];
	_Atomic int64_t free_at[RATE_PLACES]; /* clock_mono */
};

/* "N", "N/s", or either with ",BURST" (N: as many as a second's), each from 1 to RATE_MAX; NULL: no limit.  0, or -1
 * (ERR_USAGE). */
int rate_parse(const char *text, int64_t *per_second, int64_t *burst, struct err *e);

/* per_second 0: no limit. */
void rate_init(struct rate *r, int64_t per_second, int64_t burst);

/* Counts a request of `who` (limit_address).  0: go ahead; else the seconds to wait, and it does not count.  `now` is
 * clock_mono. */
unsigned rate_take(struct rate *r, struct slice who, int64_t now);

#endif

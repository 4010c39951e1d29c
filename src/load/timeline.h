/* What happened in each second of a run: the threads bring their second when it is over, and the last few stay
 * open for those who come late.  Its functions may be called by several threads. */
#ifndef LOAD_TIMELINE_H
#define LOAD_TIMELINE_H

#include "load/hist.h"

#include <stddef.h>

struct timeline_row {
	uint64_t messages, errors;
	uint64_t p50, p99, max; /* ns, of the latency in the report */
};

struct timeline;

/* NULL when out of memory.  Holds 100,000 seconds at most; what comes after is not kept. */
struct timeline *timeline_new(void);
void timeline_free(struct timeline *t);

/* Adds to second number `at` (from 0). */
void timeline_add(struct timeline *t, size_t at, const struct hist *latency, uint64_t errors);
/* Closes what is open: to be called when no thread adds any more.  Seconds at the end
 * in which nothing happened are dropped. */
void timeline_finish(struct timeline *t);
size_t timeline_rows(struct timeline *t);
/* Row number i as far as it is known; all zero when it is not there. */
struct timeline_row timeline_row(struct timeline *t, size_t i);

#endif

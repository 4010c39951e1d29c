/* When the messages of an open-loop run are due: at a constant rate, from a moment on that does not depend on
 * how fast the answers come.  Latency measured from here knows of the messages that a stalled server kept
 * from being sent ("coordinated omission").  Pure arithmetic: no clock, no memory. */
#ifndef LOAD_SCHEDULE_H
#define LOAD_SCHEDULE_H

#include <stdint.h>

struct schedule {
	int64_t start; /* ns: when the first message of all threads is due, but for the ramp */
	double rate;   /* messages a second of all threads; 0: as fast as possible */
	double ramp;   /* seconds in which the rate rises from 0, linearly */
	uint32_t
	    stride; /* threads that share the schedule: this one has messages first, first + stride ... */
	uint32_t first;
	uint64_t next; /* of this thread's messages, the one to come */
};

/* When this thread's message number i is due, ns. */
int64_t schedule_at(const struct schedule *s, uint64_t i);
/* How many of this thread's messages are due at `now`, taken or not. */
uint64_t schedule_due(const struct schedule *s, int64_t now);

#endif

/* Slow clients: connections that write and read one byte at a time, four times a second, and so hold what a
 * server has for each of them.  They are in no figure; what they do to the others is. */
#ifndef LOAD_SLOW_H
#define LOAD_SLOW_H

#include "load/plan.h"

struct slow;

/* Connects n of them, waits until they are (or have taken two seconds), and keeps them going from a thread of
 * their own.  NULL with *e. */
struct slow *slow_start(const struct plan *p, unsigned n, struct err *e);
/* Ends them; NULL: no-op.  *held: those connected before the run; *lost: connections that ended and were made
 * anew. */
void slow_stop(struct slow *s, uint64_t *held, uint64_t *lost);

#endif

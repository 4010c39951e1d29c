/* The table of loop backends: how a loop asks the kernel what is ready.  Only for this room; a new
 * one is a file loop_NAME.c plus a row in loop.c. */
#ifndef NET_LOOP_BACKEND_H
#define NET_LOOP_BACKEND_H

#include "net/loop.h"

/* Most descriptors that are reported per turn; more stay ready for the next. */
#define LOOP_BATCH 64

struct loop_ready {
	struct loop_file *file; /* NULL: deleted since it was reported */
	unsigned events;
};

struct loop_backend {
	const char *name;
	/* Makes the state.  NULL with *e when the kernel has none to give. */
	void *(*open)(struct err *e);
	void (*close)(void *state);
	/* f goes from waiting for `was` to waiting for `want`; 0 on either side: not in the set. 0,
	 * or -1 with errno. */
	int (*update)(void *state, struct loop_file *f, unsigned was, unsigned want);
	/* Sleeps until something is ready or `timeout` ns have gone (negative: for ever, 0: not at
	 * all).  Fills ready[LOOP_BATCH]; returns how many, or -1 with errno (EINTR counts as 0).
	 */
	int (*wait)(void *state, struct loop_ready *ready, int64_t timeout);
};

extern const struct loop_backend loop_epoll, loop_uring, loop_thread;

#endif

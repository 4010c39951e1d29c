/* The programs that a comparison runs: each in a process of its own that dies with us. */
#ifndef COMPARE_PROGRAM_H
#define COMPARE_PROGRAM_H

#include "base/buf.h"
#include "base/err.h"

#include <sys/types.h>

struct program {
	pid_t pid; /* 0: not running */
	int out;   /* its stdout, to be read; -1 */
};

/* Starts the sibling of this program with that name on processor `cpu` (-1: any).  0 or -1. */
int program_start(struct program *p, const char *const argv[], int cpu, struct err *e);
/* Is there such a sibling? */
bool program_exists(const char *name);
/* Reads its stdout to the end, or up to the first line's end, or until `ms` have passed: what came is appended.
 * 1: there is an end (a line's, the stream's); 0: time is over; -1: we were told to stop, or out of memory. */
int program_read(struct program *p, struct buf *to, bool line, int ms);
/* SIGTERM, then after three seconds SIGKILL; waits for it and closes its stdout.  No-op when it is not running.  Its exit
 * code, -1 when a signal ended it.  Output that it prints meanwhile is appended to `rest`, if that is not NULL. */
int program_stop(struct program *p, struct buf *rest);
/* Waits for one that ends by itself. */
int program_wait(struct program *p);

/* A process with its children and theirs. */
struct family {
	uint64_t switches; /* context switches of all threads that live */
	/* Bytes of user memory: anonymous pages, those swapped out included.  Of one that n processes share, as after a
	 * fork, each counts an nth part, so that it counts once. */
	uint64_t memory;
	unsigned threads;
};
struct family family_of(pid_t pid);

#endif

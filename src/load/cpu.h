/* CPU time of this process, and of another with its threads and children. */
#ifndef LOAD_CPU_H
#define LOAD_CPU_H

#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

struct cpu {
	int64_t total;        /* ns: user and system together, as exactly as the kernel keeps it */
	int64_t user, system; /* ns, in steps of `tick` */
	int64_t tick;         /* ns: the resolution of user and system, and of children that have ended */
	unsigned processes;   /* that are alive */
};

/* Of process `pid`, of its children and theirs, and of those children that have ended and were waited for
 * (/proc/PID/stat, proc(5); clock_getcpuclockid(3)).  A child that ended and whose parent does not wait for it
 * is missed.  0, or -1 (ERR_ENV): no such process. */
int cpu_of(pid_t pid, struct cpu *out, struct err *e);
/* Of this process; children are not counted. */
void cpu_own(struct cpu *out);
/* What was used between two readings; never less than 0 (a process that ended takes its time along). */
struct cpu cpu_between(const struct cpu *before, const struct cpu *after);

#endif

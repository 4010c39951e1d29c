/* A sandbox for a program that has opened all it needs and now reads what strangers made: from here on no socket, no
 * new program, no file but those of a few folders, and no memory that can be both written and run (seccomp(2) with
 * an allow-list, landlock(7) where the kernel has it). */
#ifndef NET_SANDBOX_H
#define NET_SANDBOX_H

#include "base/err.h"

#include <fcntl.h>
#include <stdbool.h>

enum {
	SANDBOX_DIRS = 4,
	/* The one way in which a file may be opened: new or over an old one, for writing, and through no link. */
	SANDBOX_OPEN = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
};

struct sandbox {
	/* Folders, opened with O_PATH | O_DIRECTORY, in which files may be made: openat(dir, name, SANDBOX_OPEN, mode).
	 * Without landlock (before Linux 5.13) `name` could also be a path that leads elsewhere. */
	int dirs[SANDBOX_DIRS];
	unsigned ndirs;
};

/* Enters it for good; to be called with one thread only, after privileges were dropped.  A system call that is not
 * allowed then fails with EPERM.  0; or -1 with *e (ERR_ENV) when the kernel refuses: then the program may go
 * on with a warning.  Where it is not possible it stays outside and says 0. */
int sandbox_enter(const struct sandbox *s, struct err *e);

/* False in a build with sanitizers and under valgrind: they need what is forbidden here, valgrind to make code. */
bool sandbox_possible(void);

#endif

/* `osilab link`: two interfaces joined by a wire until the user ends it, and what it did, on stdout. */
#ifndef LINK_JOIN_H
#define LINK_JOIN_H

#include "base/opts.h"
#include "link/wire.h"

/* What the command line says, as text; NULL: not said. */
struct join_options {
	struct link_options wire;          /* what is a number there: rate, queue, seed */
	const char *delay, *jitter, *loss; /* times; percent */
	const char *names;                 /* "client,server"; else the interfaces' own */
	struct opt_list rules;
	bool all; /* tell of frames that just pass, too */
};

/* Gives up privileges once both interfaces are open.  0 when SIGINT, SIGTERM or SIGHUP ended it; -1 with *e. */
int join_run(struct join_options *o, const char *const interfaces[2], struct err *e);

#endif

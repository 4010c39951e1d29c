/* `osilab demo`: one guided run of everything.  A private network, our server in it, real curl as its client,
 * captures at both ends, and the tracer's explanation of what went over the wire. */
#ifndef LAB_DEMO_H
#define LAB_DEMO_H

#include "base/err.h"

#include <stdbool.h>

struct demo_options {
	const char *out; /* directory for the results; made when it is not there */
	bool color;      /* of progress on stderr */
};

/* Shows progress on stderr and the trace on stdout.  Changes the working directory to o->out.
 * 0; -1 with *e; or the number of a signal that ended it early.  No process, interface or file outside
 * o->out is left behind, whichever way it ends. */
int demo_run(const struct demo_options *o, struct err *e);

#endif

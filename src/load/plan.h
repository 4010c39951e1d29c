/* What the threads of a run share.  Made before they start and not changed after, but for `stop`. */
#ifndef LOAD_PLAN_H
#define LOAD_PLAN_H

#include "load/load.h"
#include "load/requests.h"
#include "load/target.h"
#include "load/timeline.h"

struct tls_client_options;

struct plan {
	struct target target;
	unsigned connections, threads, window; /* window: messages under way on a connection */
	uint64_t count;                        /* messages in all; 0: no limit */
	int64_t start, end;                    /* clock_mono; end INT64_MAX: by count alone */
	double rate;                           /* messages a second of all threads; 0: closed loop */
	int64_t ramp, think, timeout;          /* ns */
	bool close;
	size_t size;                          /* of an echo message */
	struct requests requests;             /* TARGET_HTTP */
	const struct tls_client_options *tls; /* NULL: in clear */
	struct timeline *timeline;
	int stop; /* atomic: 1 ends the run now */
};

#endif

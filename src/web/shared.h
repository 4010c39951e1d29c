/* What the processes of one server have in common although each has memory of its own: figures, which are added up,
 * and counts of tries and requests, which must not start anew in every worker. */
#ifndef WEB_SHARED_H
#define WEB_SHARED_H

#include "web/site.h"

struct shared; /* memory that the processes forked from here on share */

struct shared_limits {
	unsigned login_tries;      /* see limit_init */
	int64_t per_second, burst; /* see rate_init */
};

/* For n processes.  NULL with *e. */
struct shared *shared_new(unsigned n, const struct shared_limits *l, struct err *e);
void shared_free(struct shared *s);

/* This process is number i from now on: site gets to see what there is. */
void shared_join(struct shared *s, int i, struct site *site);
/* Process i has ended, and with it its connections; what it has counted stays. */
void shared_leave(struct shared *s, int i);

#endif

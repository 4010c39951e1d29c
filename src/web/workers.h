/* Several processes that serve together, and the one that has made them: it serves nobody, hands on signals, and puts
 * a new one in the place of one that has ended.
 *
 * The supervisor heeds SIGTERM and SIGINT (the first: all are to drain; the second: to end now) and SIGHUP.  A worker
 * is told by SIGTERM to drain, by SIGUSR1 to end now, by SIGHUP to reload; SIGINT, which a terminal sends to all, is
 * the supervisor's alone, so that nobody takes one wish for two. */
#ifndef WEB_WORKERS_H
#define WEB_WORKERS_H

#include "base/err.h"

enum { WORKERS_MAX = 64 };

struct workers; /* the supervisor's, and what a worker tells it through */

struct workers_plan {
	int n; /* at most WORKERS_MAX */
	void *ctx;
	/* In worker number i, a process of its own: gets ready, says so with workers_ready, serves until told to
	 * drain.  The signals above are blocked.  0; -1 with *e: whoever starts it is told that. */
	int (*serve)(void *ctx, struct workers *w, int i, struct err *e);
	/* In the supervisor: all are about to be told to drain; nothing must go on listening here. */
	void (*closing)(void *ctx);
	/* In the supervisor: all are about to be told to reload, and those to come start from what is here. */
	void (*reload)(void *ctx);
	/* In the supervisor: worker number i is gone. */
	void (*gone)(void *ctx, int i);
};

/* Starts n workers and waits until all are ready.  NULL with *e, in the words of the one that failed: then none is
 * left. */
struct workers *workers_start(const struct workers_plan *plan, struct err *e);
/* A worker is ready to serve. */
void workers_ready(struct workers *w, int i);
/* Watches over them until all have drained.  One that ends before is replaced: at once if it has served for a while,
 * else after a pause that doubles up to half a minute.  0; -1 when one did not end well. */
int workers_watch(struct workers *w, struct err *e);
/* Ends and forgets what is left. */
void workers_free(struct workers *w);

#endif

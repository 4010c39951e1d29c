/* Several processes that serve together, and the one that has made them: it serves nobody, tells them when to stop,
 * and puts a new one in the place of one that was killed.  What they share is the address; each has its own
 * descriptors, and so its own limit of them. */
#ifndef ECHO_WORKERS_H
#define ECHO_WORKERS_H

#include "echo/echo.h"

/* Runs the model: alone, or in s->workers processes where the row says ECHO_COPIES.  0 or -1. */
int echo_serve(const struct echo_model *m, struct echo_server *s, struct err *e);

/* Has n processes do the work, each on an echo_server of its own, until all have drained; their counters are added to
 * s's.  `apart`: each listens on a socket of its own (s->fd was opened with SO_REUSEPORT), among which the kernel
 * shares the clients out; else all accept from s->fd.  The echo_stop_init of the caller holds for all.  0, or -1 when
 * they could not be started or one of them gave up. */
int echo_workers_run(struct echo_server *s, int n, bool apart,
    int (*work)(struct echo_server *s, struct err *e), struct err *e);

#endif

/* The threads behind loop_work: a bounded queue in, a list of finished jobs out, and an eventfd
 * that says so.  Only for this room. */
#ifndef NET_LOOP_POOL_H
#define NET_LOOP_POOL_H

#include "net/loop.h"

struct loop_pool;

/* NULL with *e when a thread or the descriptor cannot be had. */
struct loop_pool *loop_pool_new(unsigned threads, unsigned queue, struct err *e);
/* Waits for the jobs that run, then calls done for all that are left, with ran == false where run
 * was not called.  NULL: no-op. */
void loop_pool_free(struct loop_pool *p);

/* 0, or -1 when the queue is full. */
int loop_pool_put(struct loop_pool *p, struct loop_job *j);
/* Readable when a job is finished. */
int loop_pool_fd(const struct loop_pool *p);
/* Calls done for every job that is finished now. */
void loop_pool_reap(struct loop_pool *p);

#endif

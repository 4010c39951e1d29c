/* The event loop: one thread waits for descriptors, deadlines, signals and finished work, and calls
 * back.  Everything but the `run` half of a job happens on the thread that called loop_run.  The
 * structs below are embedded in the caller's own and stay the caller's; recover yours with LOOP_OF.
 *
 *	static void on_readable(struct loop_file *f, unsigned ready)
 *	{
 *		struct client *c = LOOP_OF(f, struct client, file);
 *		...
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/err.h"
#include "base/heap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The struct of this type whose `member` p points to. */
#define LOOP_OF(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))

struct loop; /* one per thread */

enum loop_event { LOOP_READ = 1, LOOP_WRITE = 2 };

/* --- Descriptors --- */

struct loop_file {
	int fd;
	unsigned want; /* loop_event bits waited for; change with loop_want only */
	/* Called with the wanted bits that are ready.  An error or a hang-up shows as all wanted
	 * bits: the next read or write tells what it is.  May call anything here, also loop_del and
	 * free for itself or for any other file. */
	void (*fn)(struct loop_file *f, unsigned ready);
};

/* Watches fd; level-triggered: what is not consumed is reported again.  0 or -1. */
int loop_add(struct loop *l, struct loop_file *f, int fd, unsigned want,
    void (*fn)(struct loop_file *f, unsigned ready), struct err *e);
/* Waits for these events from now on; 0 means none, not even errors, until wanted again (this is
 * how back-pressure is made).  0, or -1 with errno when the kernel has no memory for it. */
int loop_want(struct loop *l, struct loop_file *f, unsigned want);
/* Forgets the file; no callback comes any more.  To be called before close(fd).  No-op when not
 * added. */
void loop_del(struct loop *l, struct loop_file *f);

/* --- Deadlines --- */

struct loop_timer {
	struct heap_node node; /* zeroed: not running */
	void (*fn)(struct loop_timer *t);
};

/* Calls t->fn once, no earlier than `after` nanoseconds from this call; moves the deadline when it
 * is running already.  `after` 0: on the next turn (how to leave a deep call before freeing what it
 * stands on).  0, or -1 when out of memory, never when it was running. */
int loop_timer_set(struct loop *l, struct loop_timer *t, int64_t after);
/* No-op when not running. */
void loop_timer_stop(struct loop *l, struct loop_timer *t);
bool loop_timer_running(const struct loop_timer *t);

/* Monotonic time at the start of this turn, nanoseconds (see base/clock.h). */
int64_t loop_now(const struct loop *l);

/* --- Signals --- */

struct loop_signal {
	int signo;
	void (*fn)(struct loop_signal *s);
	struct loop_signal *next; /* the loop's list */
};

/* From now on signal signo is blocked in this thread and shows as a call of fn from the loop.
 * Before other threads are made by anyone else, since a signal that one of them leaves open is
 * lost.  loop_free unblocks it.  0 or -1. */
int loop_signal(
    struct loop *l, struct loop_signal *s, int signo, void (*fn)(struct loop_signal *s), struct err *e);

/* --- Blocking work: the one door out of the loop and the one back --- */

struct loop_job {
	/* On another thread: may block, touches only what belongs to the job. */
	void (*run)(struct loop_job *j);
	/* Back on the loop's thread, exactly once for every job accepted.  The job may be freed
	 * here. */
	void (*done)(struct loop_job *j);
	bool ran;              /* false in done: the loop was freed before run was called */
	struct loop_job *next; /* the loop's lists */
};

/* Starts `threads` workers that share a queue of at most `queue` waiting jobs.  Once per loop,
 * before loop_work.  0 or -1. */
int loop_pool(struct loop *l, unsigned threads, unsigned queue, struct err *e);
/* Hands the job over; it must stay where it is until done is called, also when the connection that
 * asked for it is gone by then (let done find that out).  0, or -1 when the queue is full or there
 * is no pool: answer "busy" rather than wait. */
int loop_work(struct loop *l, struct loop_job *j);

/* --- The loop itself --- */

/* A loop over the named backend (NULL: the first of the table).  NULL with *e when that fails. */
struct loop *loop_new(const char *backend, struct err *e);
/* Waits for the jobs that are running, calls done for all, forgets files, timers and signals (their
 * descriptors stay open, their structs the caller's).  Not from a callback.  NULL: no-op. */
void loop_free(struct loop *l);

/* Turns until loop_stop.  0, or -1 when waiting itself failed. */
int loop_run(struct loop *l, struct err *e);
/* loop_run returns when the present callback has returned. */
void loop_stop(struct loop *l);

/* The names of the backends, best first; NULL after the last. */
const char *loop_backend_name(size_t i);

#endif

/* Programs that a lab runs: started in a node, as the owner, waited for with a deadline. */
#ifndef LAB_CHILD_H
#define LAB_CHILD_H

#include "base/buf.h"
#include "lab/ns.h"

struct child {
	const char *name; /* what it is called in messages; argv[0]'s last part */
	pid_t pid;        /* 0: not running */
	int pidfd;        /* readable when it has ended */
};

struct child_options {
	const struct lab_node *node; /* NULL: where we are */
	struct slice input;          /* its stdin, up to 4096 bytes; empty: /dev/null */
	int out, err;                /* its stdout and stderr; -1: /dev/null; stay the caller's */
	bool join;                   /* stderr goes where stdout goes */
	bool admin;                  /* it may configure the network and see its packets */
	char *const *env;            /* NULL: ours */
};

/* Starts argv[0] (looked for in PATH unless it has a slash) without privileges, as the lab's owner, with the
 * default signal mask.  It is killed when this process ends.  0, or -1 with *e: no such program, and how to
 * get it. */
int child_start(struct child *c, const char *const argv[], const struct child_options *o, struct err *e);

/* Waits for its end, until `deadline` on clock_mono.  0 with *status its exit code (128 + signal
 * when one killed it); -1 with *e when the time is over: it goes on running. */
int child_wait(struct child *c, int64_t deadline, int *status, struct err *e);

/* True when it has ended; does not wait. */
bool child_ended(const struct child *c);

/* Asks it to end (SIGTERM), waits until `deadline`, then kills it.  0 with *status; -1 with *e when
 * it had to be killed.  No-op (0) when it is not running. */
int child_stop(struct child *c, int64_t deadline, int *status, struct err *e);

/* Runs a program to its end and appends what it prints to `out` (o->out is not looked at).  0 with
 * *status its exit code; -1 with *e when it does not start, or had to be killed at the deadline. */
int child_output(const char *const argv[], const struct child_options *o, int64_t deadline, struct buf *out,
    int *status, struct err *e);

/* The path of a program of osilab ("serve"): it lies beside the one that is running.  0, or -1 with
 * *e when it is not there. */
int child_sibling(const char *name, char *path, size_t size, struct err *e);

enum { CHILD_UDP = 0x10000 }; /* added to a port: of UDP */

/* Waits until something in the node listens on all of the TCP ports given (0 ends the list), on
 * IPv4 or IPv6, and has bound those of UDP.  -1 with *e when the child ends before, or the deadline passes. */
int child_listens(struct child *c, struct lab *lab, const struct lab_node *node, const uint32_t *ports,
    int64_t deadline, struct err *e);

#endif

/* How SIGTERM and SIGINT reach a model, without a race between looking and waiting.  The first
 * signal asks the model to drain: take no new clients, finish with those it has; the second, or the
 * deadline, asks it to return now.  The state belongs to the process, as signals do.
 *
 * There are two ways to wait without missing the signal that comes just before the wait:
 *  - a call that takes a signal mask (ppoll, pselect, epoll_pwait) opens the signals for exactly as long
 *    as it waits: pass it echo_stop_mask();
 *  - accept, recv and send take none: after echo_stop_interrupt() the signals are always open, and after
 *    the first one a timer goes on interrupting (EINTR) until the model has noticed. */
#ifndef ECHO_STOP_H
#define ECHO_STOP_H

#include "base/err.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Installs the handlers and blocks both signals, so that none is lost before the model waits.
 * `drain`: nanoseconds from the first signal to the deadline.  0 or -1. */
int echo_stop_init(int64_t drain, struct err *e);

/* The mask to wait under. */
const sigset_t *echo_stop_mask(void);
/* Opens the signals for good and makes the ticking timer of this process.  0 or -1. */
int echo_stop_interrupt(struct err *e);

/* --- Servers of several processes --- */

/* Ctrl-C goes to every process of a terminal at once, and some supervisors send SIGTERM to all that a server has made;
 * a worker must not take that for two signals.  So it heeds what its parent says: SIGTERM, however often, is the
 * first, and SIGUSR1 the second; SIGINT is the parent's. */

/* In a worker, after the fork: the above.  Its parent has the signals blocked meanwhile.  0 or -1. */
int echo_stop_worker(struct err *e);
/* Tells a worker what this process knows. */
void echo_stop_tell(pid_t worker);
/* In the parent: from now on SIGCHLD too is open only while it waits under echo_stop_mask().  0 or -1. */
int echo_stop_children(struct err *e);
/* After echo_stop_interrupt: holds all these signals back, or opens them again. */
void echo_stop_hold(bool hold);

/* True from the first signal on. */
bool echo_stop_asked(void);
/* True from the second signal, or the deadline, on. */
bool echo_stop_now(void);
/* Milliseconds until the deadline, for the timeout of a wait; -1 (for ever) before the first
 * signal. */
int echo_stop_ms(void);

#endif

/* SIGTERM and SIGINT for the models: see stop.h. */
#include "echo/stop.h"

#include "base/clock.h"

#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#define TICK (50 * CLOCK_MS)

/* Written by the handler, which can be told nothing but the signal's number; hence not in a struct
 * of the caller's.  Lock-free atomics are what a handler may touch (signal-safety(7)). */
static atomic_int asked;       /* signals so far */
static _Atomic int64_t limit;  /* the deadline, monotonic; valid once asked > 0 */
static int64_t drain_time;     /* set before the handlers are */
static atomic_bool has_ticker; /* ticker may be armed */
static timer_t ticker;
static sigset_t held; /* the signals all this is about */
static sigset_t waiting_mask;

static void tick(void)
{
	const struct itimerspec every = { { 0, TICK }, { 0, TICK } };

	if (has_ticker)
		timer_settime(ticker, 0, &every, NULL);
}

static void on_stop(int signo)
{
	if (asked == 0)
		limit = clock_mono() + drain_time;
	asked++;
	tick();
}

/* In a worker: the first signal, however often it comes, and the second. */
static void on_drain(int signo)
{
	if (asked == 0)
		on_stop(signo);
}

static void on_now(int signo)
{
	on_drain(signo);
	asked = 2;
	tick();
}

/* Its arrival is all that is needed: the call it interrupts returns EINTR. */
static void on_tick(int signo)
{
}

/* Without SA_RESTART, or accept would go on sleeping after the handler. */
static int handle(int signo, void (*fn)(int))
{
	struct sigaction sa = { .sa_handler = fn };

	sigemptyset(&sa.sa_mask);
	return sigaction(signo, &sa, NULL);
}

int echo_stop_init(int64_t drain, struct err *e)
{
	drain_time = drain;
	asked = 0;
	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &held, &waiting_mask) || handle(SIGTERM, on_stop) ||
	    handle(SIGINT, on_stop) || handle(SIGALRM, on_tick))
		return err_sys(e, "cannot set up the signals");
	sigdelset(&waiting_mask, SIGTERM);
	sigdelset(&waiting_mask, SIGINT);
	sigdelset(&waiting_mask, SIGUSR1);
	sigdelset(&waiting_mask, SIGCHLD);
	return 0;
}

const sigset_t *echo_stop_mask(void)
{
	return &waiting_mask;
}

int echo_stop_interrupt(struct err *e)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };

	if (timer_create(CLOCK_MONOTONIC, &ev, &ticker))
		return err_sys(e, "cannot make a timer");
	has_ticker = true;
	if (sigprocmask(SIG_SETMASK, &waiting_mask, NULL))
		return err_sys(e, "cannot open the signals");
	return 0;
}

int echo_stop_worker(struct err *e)
{
	has_ticker = false; /* a child inherits no timers */
	if (handle(SIGTERM, on_drain) || handle(SIGUSR1, on_now) || handle(SIGINT, SIG_IGN) ||
	    handle(SIGCHLD, SIG_DFL))
		return err_sys(e, "cannot set up the signals");
	return 0;
}

void echo_stop_tell(pid_t worker)
{
	kill(worker, echo_stop_now() ? SIGUSR1 : SIGTERM);
}

int echo_stop_children(struct err *e)
{
	sigaddset(&held, SIGCHLD);
	if (handle(SIGCHLD, on_tick) || sigprocmask(SIG_BLOCK, &held, NULL))
		return err_sys(e, "cannot set up the signals");
	return 0;
}

void echo_stop_hold(bool hold)
{
	sigaddset(&held, SIGCHLD);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &held, NULL);
}

bool echo_stop_asked(void)
{
	return asked > 0;
}

bool echo_stop_now(void)
{
	return asked > 1 || (asked == 1 && clock_mono() >= limit);
}

int echo_stop_ms(void)
{
	int64_t left;

	if (!echo_stop_asked())
		return -1;
	left = limit - clock_mono();
	return left > 0 ? (int)(left / CLOCK_MS) + 1 : 0;
}

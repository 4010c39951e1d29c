/* TCP echo, a loop per core: what tcp_epoll.c does in one thread, in as many as there are processors, each with
 * a listener of its own on the same port (SO_REUSEPORT, socket(7)). The kernel shares the clients out by a hash of
 * their addresses; from then on a client belongs to one loop, and the loops share nothing but the stop.
 *
 *	epoll_pwait  sleeps until something is ready, whoever of its clients it is
 *	accept4      never sleeps: EAGAIN when nobody is waiting
 *	recv, send   never sleep: EAGAIN, or fewer bytes than asked, and the client's place is remembered
 *
 * A signal wakes one thread only, whichever the kernel chooses; that one wakes the others, through a descriptor that
 * all of them watch, edge-triggered: each hears of a change once, and nobody has to read it.
 */
#include "echo/echo.h"

#include "echo/client.h"
#include "echo/stop.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* Clients accepted, and events taken, per turn: the others get their turn in between. */
#define BATCH 64

/* One loop, with its thread. */
struct loop {
	struct echo_server own; /* its listener and counters */
	pthread_t thread;
	bool runs; /* the thread has to be waited for */
	int error; /* errno of what ended it, or 0 */
	int poke;  /* all loops': an event of it says that there was a signal */
	int epoll;
	int reserve;                 /* see sock_shed */
	bool paused;                 /* the listener is not watched for a while */
	bool draining;               /* the listener is closed */
	struct echo_clients clients; /* their events: what epoll watches for */
	uint8_t bytes[ECHO_BUFFER];  /* on the way through */
};

/* Tells epoll what to watch a descriptor for; data is NULL for the listener. */
static int watch(struct loop *l, int op, int fd, uint32_t events, struct echo_client *data)
{
	struct epoll_event ev = { .events = events, .data.ptr = data };

	return epoll_ctl(l->epoll, op, fd, &ev);
}

/* Takes the descriptor. */
static void client_new(struct loop *l, int fd)
{
	struct echo_client *c = echo_client_new(&l->clients, fd, sizeof(*c));

	if (!c || watch(l, EPOLL_CTL_ADD, fd, EPOLLIN, c)) {
		l->own.stats.refused++;
		if (c)
			echo_client_free(&l->clients, c);
		return;
	}
	l->own.stats.clients++;
	c->events = EPOLLIN;
}

static bool again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Sends what was kept.  The event to wait for next, or 0 when the client is finished. */
static uint32_t client_send(struct loop *l, struct echo_client *c)
{
	ssize_t put = send(c->fd, c->unsent + c->from, c->to - c->from, MSG_NOSIGNAL);

	if (put < 0)
		return again() ? EPOLLOUT : 0;
	l->own.stats.bytes += (uint64_t)put;
	echo_client_sent(c, (size_t)put);
	return c->unsent ? EPOLLOUT : EPOLLIN;
}

/* One read and one write; what could not be written is kept.  Returns as above. */
static uint32_t client_receive(struct loop *l, struct echo_client *c)
{
	ssize_t n = recv(c->fd, l->bytes, sizeof(l->bytes), 0), put;

	if (n < 0)
		return again() ? EPOLLIN : 0;
	if (n == 0)
		return 0;
	l->own.stats.messages++;
	put = send(c->fd, l->bytes, (size_t)n, MSG_NOSIGNAL);
	if (put < 0 && !again())
		return 0;
	put = put < 0 ? 0 : put;
	l->own.stats.bytes += (uint64_t)put;
	if (put == n)
		return EPOLLIN;
	return echo_client_keep(c, l->bytes + put, (size_t)(n - put)) ? 0 : EPOLLOUT;
}

/* Reads only when everything read before has been sent back: that is the back-pressure, and it is why end of
 * stream means that the client has got everything. */
static void client_turn(struct loop *l, struct echo_client *c)
{
	uint32_t events = c->unsent ? client_send(l, c) : client_receive(l, c);

	if (events && events != c->events && watch(l, EPOLL_CTL_MOD, c->fd, events, c))
		events = 0;
	c->events = events;
	if (!events)
		echo_client_free(&l->clients, c);
}

/* Up to max clients.  0, or -1 with errno when the listener is broken. */
static int accept_clients(struct loop *l, int max)
{
	enum sock_verdict verdict = SOCK_NEXT;

	while (verdict == SOCK_NEXT && max-- > 0) {
		int fd = accept4(l->own.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0)
			client_new(l, fd);
		else
			verdict = echo_accept_failed(&l->own, &l->reserve);
	}
	/* A listener that stays readable would make every wait return at once. */
	if (verdict == SOCK_FULL)
		l->paused = watch(l, EPOLL_CTL_MOD, l->own.fd, 0, NULL) == 0;
	return verdict == SOCK_BROKEN ? -1 : 0;
}

/* Draining: clients the kernel has connected already are served, but not waited for. */
static int drain(struct loop *l)
{
	l->draining = true;
	if (accept_clients(l, SOMAXCONN))
		return -1;
	echo_close(&l->own);
	return 0;
}

static int timeout(const struct loop *l)
{
	int ms = echo_stop_ms();

	return l->paused && (ms < 0 || ms > ECHO_PAUSE) ? ECHO_PAUSE : ms;
}

/* One sleep, and a turn for everybody who is ready.  0, or -1 with errno. */
static int turn(struct loop *l)
{
	struct epoll_event ready[BATCH];
	int n = epoll_pwait(l->epoll, ready, BATCH, timeout(l), echo_stop_mask());

	if (n < 0 && errno != EINTR)
		return -1;
	if (n < 0)
		eventfd_write(l->poke, 1);
	if (l->paused && !l->draining)
		l->paused = watch(l, EPOLL_CTL_MOD, l->own.fd, EPOLLIN, NULL) != 0;
	for (int i = 0; i < n; i++) {
		if (ready[i].data.ptr == l)
			continue; /* poked: looks at what is asked for below, as after every sleep */
		if (ready[i].data.ptr)
			client_turn(l, ready[i].data.ptr);
		else if (accept_clients(l, BATCH))
			return -1;
	}
	return echo_stop_asked() && !l->draining ? drain(l) : 0;
}

static int loop_open(struct loop *l, int poke)
{
	struct epoll_event poked = { .events = EPOLLIN | EPOLLET, .data.ptr = l };

	l->poke = poke;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->reserve = sock_reserve();
	if (l->epoll < 0 || sock_nonblock(l->own.fd, true) ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, poke, &poked) ||
	    watch(l, EPOLL_CTL_ADD, l->own.fd, EPOLLIN, NULL))
		return -1;
	return 0;
}

/* The thread's, with all signals closed but while it sleeps.  When one loop fails, all are asked to end. */
static void *loop_run(void *arg)
{
	struct loop *l = arg;
	int rc = 0;

	while (rc == 0 && !echo_stop_now() && !(l->draining && !l->clients.first))
		rc = turn(l);
	if (rc) {
		l->error = errno;
		kill(getpid(), SIGTERM);
	}
	return NULL;
}

static void loop_close(struct loop *l)
{
	echo_clients_free(&l->clients);
	echo_close(&l->own);
	if (l->reserve >= 0)
		close(l->reserve);
	if (l->epoll >= 0)
		close(l->epoll);
}

/* Every loop is ready before the first begins, which is the calling thread's.  0 or -1. */
static int loops_run(struct loop *loops, int n, struct err *e)
{
	int failed = 0;

	for (int i = 1; i < n && !failed; i++) {
		failed = pthread_create(&loops[i].thread, NULL, loop_run, &loops[i]);
		loops[i].runs = !failed;
	}
	if (failed)
		kill(getpid(), SIGTERM); /* those that run already */
	loop_run(&loops[0]);
	for (int i = 1; i < n; i++)
		if (loops[i].runs)
			pthread_join(loops[i].thread, NULL);
	for (int i = 0; i < n && !failed; i++)
		failed = loops[i].error;
	errno = failed;
	return failed ? err_sys(e, "cannot go on serving") : 0;
}

/* As many as there are processors to run on. */
static int cores(void)
{
	cpu_set_t mine;

	return sched_getaffinity(0, sizeof(mine), &mine) ? 1 : CPU_COUNT(&mine);
}

static int loops_open(struct loop *loops, int n, struct echo_server *pub, int poke, struct err *e)
{
	for (int i = 0; i < n; i++)
		loops[i].own.fd = loops[i].epoll = loops[i].reserve = -1;
	for (int i = 0; i < n; i++) {
		if (i > 0 && echo_open_beside(&loops[i].own, pub, e))
			return -1;
		if (i == 0)
			loops[i].own = (struct echo_server){ .fd = pub->fd, .at = pub->at };
		if (loop_open(&loops[i], poke))
			return err_sys(e, "cannot make a loop");
	}
	return 0;
}

int echo_tcp_epoll_mt(struct echo_server *pub, struct err *e)
{
	int n = pub->workers ? pub->workers : cores(), poke = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), rc;
	struct loop *loops = calloc((size_t)n, sizeof(*loops));

	if (!loops || poke < 0) {
		rc = err_sys(e, "cannot make loops");
	} else {
		rc = loops_open(loops, n, pub, poke, e);
		if (rc == 0)
			rc = loops_run(loops, n, e);
		for (int i = 0; i < n; i++) {
			echo_stats_add(&pub->stats, &loops[i].own.stats);
			loop_close(&loops[i]);
		}
		pub->fd = -1; /* the first loop's, and closed */
	}
	free(loops);
	if (poke >= 0)
		close(poke);
	return rc;
}

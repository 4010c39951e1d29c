/* Idle clients; see idle.h.  A child holds its part of the connections, tells how they are over a pipe, and
 * ends when its other pipe does: also when we die. */
#include "load/idle.h"

#include "base/clock.h"
#include "load/source.h"
#include "net/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	UNDER_WAY = 256,    /* connections begun and not yet answered: a server's backlog takes 4,096 */
	PER_ADDRESS = 5000, /* of 28,232 ports: the search for a free one takes long when most are taken */
	TELL_MS = 100,
	PATIENCE_MS = 10000,
	EVENTS = 256,
	PROCESSES_MAX = 256,
};

struct holder {
	pid_t pid;
	int report;  /* struct idle_count in, whenever it has changed */
	int command; /* closed: end */
	struct idle_count count;
	unsigned n;
};

struct idle {
	struct holder v[PROCESSES_MAX];
	unsigned n;
};

/* --- In the child ---------------------------------------------------------------------------------- */

struct child {
	const struct addr *target;
	unsigned first, n; /* connections first .. first + n of all */
	int epoll, report;
	unsigned begun, under_way;
	struct idle_count count, told;
};

static void begin_some(struct child *c)
{
	for (; c->begun < c->n && c->under_way < UNDER_WAY; c->begun++) {
		struct epoll_event ev = { .events = EPOLLOUT };
		struct err e = { 0 };
		int fd = source_open(c->target, SOCK_STREAM, 1 + (c->first + c->begun) / PER_ADDRESS, &e);

		ev.data.fd = fd;
		if (fd >= 0 && epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &ev) == 0) {
			c->under_way++;
			continue;
		}
		c->count.failed++;
		c->count.error = fd < 0 ? e.sys : errno;
		if (fd >= 0)
			close(fd);
	}
}

/* The answer to a SYN. */
static void connected(struct child *c, int fd)
{
	struct epoll_event ev = { .events = EPOLLRDHUP, .data.fd = fd };
	int error = sock_error(fd);

	c->under_way--;
	if (error == 0 && epoll_ctl(c->epoll, EPOLL_CTL_MOD, fd, &ev) == 0) {
		c->count.held++;
		return;
	}
	c->count.failed++;
	c->count.error = error;
	close(fd);
}

static void ended(struct child *c, int fd)
{
	c->count.held--;
	c->count.lost++;
	close(fd);
}

static void tell(struct child *c)
{
	if (memcmp(&c->count, &c->told, sizeof(c->count)) == 0)
		return;
	if (write(c->report, &c->count, sizeof(c->count)) ==
	    sizeof(c->count)) /* atomic: far below PIPE_BUF */
		c->told = c->count;
}

static void hold(struct child *c, int command)
{
	struct epoll_event ev[EVENTS], end = { .events = EPOLLIN, .data.fd = command };
	int64_t told = 0;

	epoll_ctl(c->epoll, EPOLL_CTL_ADD, command, &end);
	for (;;) {
		int n;

		begin_some(c);
		n = epoll_wait(c->epoll, ev, EVENTS, TELL_MS);
		for (int i = 0; i < n; i++) {
			if (ev[i].data.fd == command)
				return;
			if (ev[i].events & EPOLLOUT)
				connected(c, ev[i].data.fd);
			else
				ended(c, ev[i].data.fd);
		}
		if (clock_mono() - told >= TELL_MS * CLOCK_MS || n == 0) {
			tell(c);
			told = clock_mono();
		}
	}
}

static void child_run(const struct addr *target, unsigned first, unsigned n, int report, int command)
{
	struct child c = { .target = target, .first = first, .n = n, .report = report };

	signal(SIGINT, SIG_IGN); /* our parent decides when it ends */
	signal(SIGTERM, SIG_IGN);
	c.epoll = epoll_create1(EPOLL_CLOEXEC);
	hold(&c, command);
	tell(&c);
	_exit(0);
}

/* --- In the parent --------------------------------------------------------------------------------- */

/* One more process.  The children before it must not keep its pipes open, so they are made one by one and each
 * child closes those of the ones before. */
static int add_holder(struct idle *all, const struct addr *target, unsigned first, unsigned n, struct err *e)
{
	struct holder *h = &all->v[all->n];
	int up[2], down[2];

	if (pipe2(up, O_CLOEXEC | O_NONBLOCK))
		return err_sys(e, "cannot make a pipe");
	if (pipe2(down, O_CLOEXEC)) {
		close(up[0]);
		close(up[1]);
		return err_sys(e, "cannot make a pipe");
	}
	*h = (struct holder){ .pid = fork(), .report = up[0], .command = down[1], .n = n };
	if (h->pid == 0) {
		for (unsigned i = 0; i <= all->n; i++) {
			close(all->v[i].command);
			close(all->v[i].report);
		}
		child_run(target, first, n, up[1], down[0]);
	}
	close(up[1]);
	close(down[0]);
	if (h->pid > 0) {
		all->n++;
		return 0;
	}
	close(up[0]);
	close(down[1]);
	return err_sys(e, "cannot start a process");
}

/* Reads what has been told.  Returns true when something was. */
static bool listen_to(struct holder *h)
{
	struct idle_count count;
	bool heard = false;

	while (read(h->report, &count, sizeof(count)) == sizeof(count)) {
		h->count = count;
		heard = true;
	}
	return heard;
}

static bool settled(const struct idle *all)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->v[i].count.held + all->v[i].count.failed + all->v[i].count.lost < all->v[i].n)
			return false;
	return true;
}

static void await(struct idle *all)
{
	struct pollfd wait[PROCESSES_MAX];
	int64_t moved = clock_mono();

	while (!settled(all) && clock_mono() - moved < PATIENCE_MS * CLOCK_MS) {
		for (unsigned i = 0; i < all->n; i++)
			wait[i] = (struct pollfd){ .fd = all->v[i].report, .events = POLLIN };
		poll(wait, all->n, TELL_MS);
		for (unsigned i = 0; i < all->n; i++) {
			if (listen_to(&all->v[i]))
				moved = clock_mono();
			else if (wait[i].revents & POLLHUP) /* it died */
				return;
		}
	}
}

struct idle *idle_start(const struct addr *target, unsigned n, unsigned each, struct err *e)
{
	struct idle *all = calloc(1, sizeof(*all));
	unsigned first = 0;

	if (!all || each == 0 || n / each >= PROCESSES_MAX) {
		free(all);
		err_set(e, ERR_ENV, "%u idle connections are too many at %u in a process", n, each);
		return NULL;
	}
	while (first < n) {
		unsigned part = n - first < each ? n - first : each;

		if (add_holder(all, target, first, part, e)) {
			idle_stop(all);
			return NULL;
		}
		first += part;
	}
	await(all);
	return all;
}

struct idle_count idle_look(struct idle *all)
{
	struct idle_count sum = { 0 };

	for (unsigned i = 0; all && i < all->n; i++) {
		struct holder *h = &all->v[i];

		listen_to(h);
		sum.held += h->count.held;
		sum.lost += h->count.lost;
		sum.failed += h->n - h->count.held - h->count.lost; /* those still under way as well */
		sum.error = h->count.error ? h->count.error : sum.error;
	}
	return sum;
}

struct idle_count idle_stop(struct idle *all)
{
	struct idle_count sum;

	for (unsigned i = 0; all && i < all->n; i++)
		close(all->v[i].command);
	for (unsigned i = 0; all && i < all->n; i++)
		while (waitpid(all->v[i].pid, NULL, 0) < 0 && errno == EINTR)
			;
	sum = idle_look(all);
	for (unsigned i = 0; all && i < all->n; i++)
		close(all->v[i].report);
	free(all);
	return sum;
}

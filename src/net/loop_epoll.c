/* The epoll row of the backend table (epoll(7)): the kernel keeps the set, a turn costs what is
 * ready, not what is watched.  Level-triggered: forgetting to read is a repeated call, never a lost
 * one. */
#include "net/loop_backend.h"

#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct epoll_state {
	int fd;
	struct epoll_event events[LOOP_BATCH];
};

static void *epoll_state_open(struct err *e)
{
	struct epoll_state *s = malloc(sizeof(*s));

	if (!s) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	s->fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->fd < 0) {
		err_sys(e, "cannot make an epoll set");
		free(s);
		return NULL;
	}
	return s;
}

static void epoll_state_close(void *state)
{
	struct epoll_state *s = state;

	close(s->fd);
	free(s);
}

static int epoll_update(void *state, struct loop_file *f, unsigned was, unsigned want)
{
	struct epoll_state *s = state;
	struct epoll_event ev = { .data.ptr = f };

	if (want & LOOP_READ)
		ev.events |= EPOLLIN;
	if (want & LOOP_WRITE)
		ev.events |= EPOLLOUT;
	/* epoll reports errors and hang-ups also for an empty mask, again and again; a file that
	 * waits for nothing therefore leaves the set. */
	if (want == 0)
		return epoll_ctl(s->fd, EPOLL_CTL_DEL, f->fd, NULL);
	return epoll_ctl(s->fd, was ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, f->fd, &ev);
}

/* Rounded up: waking a little early would only mean turning once more. */
static int to_ms(int64_t ns)
{
	int64_t ms = ns / CLOCK_MS + (ns % CLOCK_MS != 0);

	if (ns < 0)
		return -1;
	return ms > 3600 * 1000 ? 3600 * 1000 : (int)ms;
}

static unsigned from_epoll(uint32_t events)
{
	unsigned ready = 0;

	if (events & (EPOLLERR | EPOLLHUP))
		return LOOP_READ | LOOP_WRITE;
	if (events & EPOLLIN)
		ready |= LOOP_READ;
	if (events & EPOLLOUT)
		ready |= LOOP_WRITE;
	return ready;
}

static int epoll_state_wait(void *state, struct loop_ready *ready, int64_t timeout)
{
	struct epoll_state *s = state;
	int n = epoll_wait(s->fd, s->events, LOOP_BATCH, to_ms(timeout));

	if (n < 0)
		return errno == EINTR ? 0 : -1;
	for (int i = 0; i < n; i++) {
		ready[i].file = s->events[i].data.ptr;
		ready[i].events = from_epoll(s->events[i].events);
	}
	return n;
}

const struct loop_backend loop_epoll = {
	.name = "epoll",
	.open = epoll_state_open,
	.close = epoll_state_close,
	.update = epoll_update,
	.wait = epoll_state_wait,
};

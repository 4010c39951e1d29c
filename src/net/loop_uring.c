/* The uring row of the backend table (io_uring(7)): what is to be watched is handed over in a ring of memory, what is
 * ready comes back in another, and one system call per turn does both.  Every watch is a poll that reports once
 * (IORING_OP_POLL_ADD); it is asked for again on the next turn, which makes it level-triggered: what was not consumed
 * is reported at once.
 *
 * A watch that was given up may still report.  So each carries, beside its descriptor, the number of its watch: a report
 * with an old number is dropped, and no file is touched that is gone. */
#include "net/loop_backend.h"

#include "base/clock.h"

#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 256 };

#define NOBODY UINT64_MAX /* what a removal reports to */

struct slot {
	struct loop_file *file; /* NULL: not watched */
	uint32_t number;        /* of the watch */
	uint16_t events;        /* POLLIN, POLLOUT */
	bool armed;             /* the kernel has it */
};

struct uring_state {
	struct io_uring ring;
	struct slot *slots; /* by descriptor */
	size_t n;
	int reported[LOOP_BATCH]; /* the last turn's, to be armed again */
	int n_reported;
};

static int ring_open(struct io_uring *ring)
{
	static const unsigned flags[] = { IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
		IORING_SETUP_COOP_TASKRUN, 0 };
	int rc = -EINVAL;

	for (size_t i = 0; rc == -EINVAL && i < sizeof(flags) / sizeof(*flags); i++) {
		struct io_uring_params p = { .flags = flags[i] | IORING_SETUP_CQSIZE,
			.cq_entries = 4 * ENTRIES };

		rc = io_uring_queue_init_params(ENTRIES, ring, &p);
	}
	if (rc == 0 && !(ring->features & IORING_FEAT_EXT_ARG)) {
		io_uring_queue_exit(ring);
		return -ENOSYS;
	}
	return rc;
}

static void *uring_open(struct err *e)
{
	struct uring_state *s = calloc(1, sizeof(*s));
	int rc;

	if (!s) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	rc = ring_open(&s->ring);
	if (rc == 0)
		return s;
	free(s);
	errno = -rc;
	err_sys(e, "this kernel or sandbox does not let us use io_uring (see sysctl "
	           "kernel.io_uring_disabled): "
	           "choose another model, such as epoll");
	return NULL;
}

/* --- Asking --- */

/* NULL when the kernel takes nothing more. */
static struct io_uring_sqe *entry(struct uring_state *s)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&s->ring);

	if (sqe)
		return sqe;
	io_uring_submit(&s->ring);
	return io_uring_get_sqe(&s->ring);
}

static uint64_t name_of(const struct slot *slot, int fd)
{
	return (uint64_t)slot->number << 32 | (uint32_t)fd;
}

static int arm(struct uring_state *s, int fd)
{
	struct slot *slot = &s->slots[fd];
	struct io_uring_sqe *sqe = entry(s);

	if (!sqe) {
		errno = EBUSY;
		return -1;
	}
	slot->number++;
	io_uring_prep_poll_add(sqe, fd, slot->events);
	io_uring_sqe_set_data64(sqe, name_of(slot, fd));
	slot->armed = true;
	return 0;
}

/* Until it is removed the poll holds the descriptor open, whatever close() says. */
static int disarm(struct uring_state *s, int fd)
{
	struct slot *slot = &s->slots[fd];
	struct io_uring_sqe *sqe = slot->armed ? entry(s) : NULL;

	if (slot->armed && !sqe) {
		errno = EBUSY;
		return -1;
	}
	if (sqe) {
		io_uring_prep_poll_remove(sqe, name_of(slot, fd));
		io_uring_sqe_set_data64(sqe, NOBODY);
	}
	slot->armed = false;
	return 0;
}

static int make_slot(struct uring_state *s, int fd)
{
	size_t n = s->n ? s->n : 64;
	struct slot *bigger;

	if ((size_t)fd < s->n)
		return 0;
	while (n <= (size_t)fd)
		n *= 2;
	bigger = realloc(s->slots, n * sizeof(*bigger));
	if (!bigger)
		return -1;
	memset(bigger + s->n, 0, (n - s->n) * sizeof(*bigger));
	s->slots = bigger;
	s->n = n;
	return 0;
}

static int uring_update(void *state, struct loop_file *f, unsigned was, unsigned want)
{
	struct uring_state *s = state;
	struct slot *slot;

	errno = EBADF;
	if (f->fd < 0 || make_slot(s, f->fd) || disarm(s, f->fd))
		return -1;
	slot = &s->slots[f->fd];
	slot->file = want ? f : NULL;
	slot->events = (want & LOOP_READ ? POLLIN : 0) | (want & LOOP_WRITE ? POLLOUT : 0);
	return want ? arm(s, f->fd) : 0;
}

/* --- Waiting --- */

static unsigned from_poll(int events)
{
	if (events < 0 || events & (POLLERR | POLLHUP | POLLNVAL))
		return LOOP_READ | LOOP_WRITE;
	return (events & POLLIN ? LOOP_READ : 0) | (events & POLLOUT ? LOOP_WRITE : 0);
}

static int arm_again(struct uring_state *s)
{
	for (; s->n_reported; s->n_reported--) {
		int fd = s->reported[s->n_reported - 1];
		const struct slot *slot = &s->slots[fd];

		if (slot->file && !slot->armed && arm(s, fd))
			return -1;
	}
	return 0;
}

/* What one completion says: a file, unless it speaks of a watch that is over. */
static struct loop_file *take(struct uring_state *s, const struct io_uring_cqe *cqe)
{
	uint64_t name = io_uring_cqe_get_data64(cqe);
	int fd = (int)(uint32_t)name;
	struct slot *slot;

	if (name == NOBODY)
		return NULL;
	slot = &s->slots[fd];
	if (!slot->armed || name_of(slot, fd) != name)
		return NULL;
	slot->armed = false;
	s->reported[s->n_reported++] = fd;
	return slot->file;
}

static int reap(struct uring_state *s, struct loop_ready *ready)
{
	struct io_uring_cqe *cqe;
	unsigned head, seen = 0;
	int n = 0;

	io_uring_for_each_cqe(&s->ring, head, cqe)
	{
		struct loop_file *f = take(s, cqe);

		seen++;
		if (f)
			ready[n++] = (struct loop_ready){ f, from_poll(cqe->res) };
		if (n == LOOP_BATCH)
			break;
	}
	io_uring_cq_advance(&s->ring, seen);
	return n;
}

static int uring_wait(void *state, struct loop_ready *ready, int64_t timeout)
{
	struct uring_state *s = state;
	struct __kernel_timespec ts = { timeout / CLOCK_SEC, timeout % CLOCK_SEC };
	struct io_uring_cqe *cqe;
	int rc;

	if (arm_again(s))
		return -1;
	rc = io_uring_submit_and_wait_timeout(&s->ring, &cqe, 1, timeout < 0 ? NULL : &ts, NULL);
	if (rc < 0 && rc != -ETIME && rc != -EINTR && rc != -EAGAIN && rc != -EBUSY) {
		errno = -rc;
		return -1;
	}
	return reap(s, ready);
}

/* The removals that are asked for come about first: a port is free once its server has ended. */
static void uring_close(void *state)
{
	struct uring_state *s = state;
	struct __kernel_timespec none = { 0, 0 };
	struct io_uring_cqe *cqe;

	(void)io_uring_submit_and_wait_timeout(&s->ring, &cqe, 1, &none, NULL);
	io_uring_queue_exit(&s->ring);
	free(s->slots);
	free(s);
}

const struct loop_backend loop_uring = {
	.name = "uring",
	.open = uring_open,
	.close = uring_close,
	.update = uring_update,
	.wait = uring_wait,
};

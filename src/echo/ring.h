/* Setting up io_uring for the models that are built on it; the only third-party library of this room.  What a
 * model asks of the kernel afterwards is on view in its file. */
#ifndef ECHO_RING_H
#define ECHO_RING_H

#include "base/err.h"

#include <liburing.h>

/* A ring of this many entries, for one thread: completions are prepared when that thread asks for them, and
 * not in between (IORING_SETUP_DEFER_TASKRUN, Linux 6.1, or what comes nearest).  Give it back with
 * io_uring_queue_exit.  0, or -1 (ERR_ENV) when the kernel is too old (6.0) or does not let us. */
int echo_ring_open(struct io_uring *ring, unsigned entries, struct err *e);
/* Whether this machine has io_uring for us: 0, or -1 as above. */
int echo_ring_usable(struct err *e);

/* A free entry; submits those that wait when there is none. */
struct io_uring_sqe *echo_ring_entry(struct io_uring *ring);

/* Buffers lent to the kernel, which chooses one for each receive: a client needs none while it says nothing
 * (io_uring_register_buf_ring(3), group 0). */
struct echo_ring_buffers {
	struct io_uring_buf_ring *ring;
	uint8_t *bytes;
	unsigned count; /* a power of two */
	unsigned size;  /* of each */
};

int echo_ring_lend(
    struct io_uring *ring, struct echo_ring_buffers *b, unsigned count, unsigned size, struct err *e);
void echo_ring_buffers_fini(struct echo_ring_buffers *b);
uint8_t *echo_ring_buffer(const struct echo_ring_buffers *b, unsigned id);
/* Lends it again. */
void echo_ring_return(struct echo_ring_buffers *b, unsigned id);

#endif

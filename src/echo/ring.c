/* Setting up io_uring: see ring.h. */
#include "echo/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

static int refused(int error, struct err *e)
{
	errno = error;
	return err_sys(e, "this kernel or sandbox does not let us use io_uring (see sysctl "
	                  "kernel.io_uring_disabled): choose "
	                  "another model, such as epoll-et");
}

/* Multishot receive came with 6.0, and so did the operation asked for here; itself it cannot be asked for. */
static int check_kernel(struct io_uring *ring, struct err *e)
{
	struct io_uring_probe *probe = io_uring_get_probe_ring(ring);
	bool good = probe && io_uring_opcode_supported(probe, IORING_OP_SEND_ZC);

	io_uring_free_probe(probe);
	if (good)
		return 0;
	return err_set(e, ERR_ENV,
	    "io_uring of this kernel has no multishot receive (Linux 6.0): choose another model, such as "
	    "epoll-et");
}

int echo_ring_open(struct io_uring *ring, unsigned entries, struct err *e)
{
	static const unsigned flags[] = { IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
		IORING_SETUP_COOP_TASKRUN, 0 };
	int rc = -EINVAL;

	for (size_t i = 0; rc == -EINVAL && i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct io_uring_params p = { .flags = flags[i] | IORING_SETUP_CQSIZE,
			.cq_entries = 4 * entries };

		rc = io_uring_queue_init_params(entries, ring, &p);
	}
	if (rc < 0)
		return refused(-rc, e);
	if (check_kernel(ring, e) == 0)
		return 0;
	io_uring_queue_exit(ring);
	return -1;
}

int echo_ring_usable(struct err *e)
{
	struct io_uring ring;

	if (echo_ring_open(&ring, 8, e))
		return -1;
	io_uring_queue_exit(&ring);
	return 0;
}

struct io_uring_sqe *echo_ring_entry(struct io_uring *ring)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	while (!sqe) {
		io_uring_submit(ring);
		sqe = io_uring_get_sqe(ring);
	}
	return sqe;
}

int echo_ring_lend(
    struct io_uring *ring, struct echo_ring_buffers *b, unsigned count, unsigned size, struct err *e)
{
	struct io_uring_buf_reg reg = { .ring_entries = count };
	int rc;

	*b = (struct echo_ring_buffers){ .count = count, .size = size };
	b->ring = mmap(NULL, count * sizeof(struct io_uring_buf), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	b->bytes = malloc((size_t)count * size);
	if (b->ring == MAP_FAILED || !b->bytes) {
		b->ring = b->ring == MAP_FAILED ? NULL : b->ring;
		return err_sys(e, "cannot make buffers");
	}
	reg.ring_addr = (uintptr_t)b->ring;
	rc = io_uring_register_buf_ring(ring, &reg, 0);
	if (rc)
		return refused(-rc, e);
	io_uring_buf_ring_init(b->ring);
	for (unsigned i = 0; i < count; i++)
		echo_ring_return(b, i);
	return 0;
}

void echo_ring_buffers_fini(struct echo_ring_buffers *b)
{
	if (b->ring)
		munmap(b->ring, b->count * sizeof(struct io_uring_buf));
	free(b->bytes);
}

uint8_t *echo_ring_buffer(const struct echo_ring_buffers *b, unsigned id)
{
	return b->bytes + (size_t)id * b->size;
}

void echo_ring_return(struct echo_ring_buffers *b, unsigned id)
{
	int mask = io_uring_buf_ring_mask(b->count);

	io_uring_buf_ring_add(b->ring, echo_ring_buffer(b, id), b->size, (unsigned short)id, mask, 0);
	io_uring_buf_ring_advance(b->ring, 1);
}

/* UDP echo, io_uring: one thread, one socket, asynchronous.  What the other models do with a call that returns
 * when it is done is here a request that completes some time later, and many of them are handed over, and
 * reported, by one call (io_uring(7)).
 *
 *	recvmsg      asked for once; completes for each datagram (multishot), in a buffer that the kernel took
 *	             from those lent to it (ring.h), with sender and control data in front of the bytes
 *	sendmsg      asked for with each datagram, from the buffer it came in, which is lent again when it has left;
 *	             when the network takes no more, buffers run out, and nothing more is received
 *	io_uring_enter  the one system call: hands over all that was asked for in a turn, and sleeps
 */
#include "echo/echo.h"

#include "echo/ring.h"
#include "echo/stop.h"
#include "echo/udp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define ENTRIES 512 /* requests in a turn */
#define BUFFERS 128
/* Of a buffer: a header, the sender, the control data, and the datagram. */
#define ROOM                                                                                                 \
	(sizeof(struct io_uring_recvmsg_out) + sizeof(struct sockaddr_storage) + ECHO_UDP_CONTROL +          \
	    ECHO_UDP_ROOM)

/* What a completion is about: a number below BUFFERS is that buffer's answer. */
#define RECEIVE BUFFERS

/* The datagram of a buffer as it is sent back. */
struct datagram {
	struct msghdr msg;
	struct iovec iov;
	struct addr peer;
};

struct server {
	struct echo_server *pub;
	struct io_uring ring;
	struct echo_ring_buffers buffers;
	struct msghdr shape; /* how much room a buffer has for sender and control data */
	bool receiving;      /* the receive is under way */
	unsigned sending;    /* answers under way, each in its buffer */
	unsigned asked;      /* answers not yet handed over */
	unsigned came;       /* datagrams in this turn */
	struct datagram d[BUFFERS];
};

static void ask_receive(struct server *s)
{
	struct io_uring_sqe *sqe = echo_ring_entry(&s->ring);

	s->shape = (struct msghdr){ .msg_namelen = sizeof(struct sockaddr_storage),
		.msg_controllen = ECHO_UDP_CONTROL };
	io_uring_prep_recvmsg_multishot(sqe, s->pub->fd, &s->shape, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT; /* from group 0 */
	sqe->user_data = RECEIVE;
	s->receiving = true;
}

static void ask_send(struct server *s, unsigned id)
{
	struct io_uring_sqe *sqe = echo_ring_entry(&s->ring);

	io_uring_prep_sendmsg(sqe, s->pub->fd, &s->d[id].msg, MSG_NOSIGNAL);
	sqe->user_data = id;
	s->sending++;
	s->asked++;
}

/* Finds the parts of a datagram in its buffer, n bytes of which were filled.  False: it is not whole. */
static bool unpack(struct server *s, unsigned id, int n)
{
	struct io_uring_recvmsg_out *o =
	    io_uring_recvmsg_validate(echo_ring_buffer(&s->buffers, id), n, &s->shape);
	struct datagram *d = &s->d[id];

	if (!o || o->namelen > sizeof(d->peer.ss) || o->flags & MSG_TRUNC)
		return false;
	memcpy(&d->peer.ss, io_uring_recvmsg_name(o), o->namelen);
	d->peer.len = o->namelen;
	d->iov.iov_base = io_uring_recvmsg_payload(o, &s->shape);
	d->iov.iov_len = io_uring_recvmsg_payload_length(o, n, &s->shape);
	d->msg = (struct msghdr){
		.msg_name = &d->peer.ss,
		.msg_namelen = o->namelen,
		.msg_iov = &d->iov,
		.msg_iovlen = 1,
		.msg_control = (uint8_t *)io_uring_recvmsg_name(o) + s->shape.msg_namelen,
		.msg_controllen = o->controllen,
	};
	return true;
}

/* 0, or -1 with errno when there is no going on. */
static int received(struct server *s, const struct io_uring_cqe *cqe)
{
	unsigned id = cqe->flags >> IORING_CQE_BUFFER_SHIFT;

	s->receiving = cqe->flags & IORING_CQE_F_MORE;
	if (cqe->res < 0) {
		errno = -cqe->res;
		return echo_udp_broken() ? -1 : 0;
	}
	s->came++;
	if (unpack(s, id, cqe->res) && !echo_udp_unanswerable(s->pub, &s->d[id].peer)) {
		echo_udp_reply_from(&s->d[id].msg);
		ask_send(s, id);
		return 0;
	}
	s->pub->stats.dropped++;
	echo_ring_return(&s->buffers, id);
	return 0;
}

/* An answer the network refuses (EMSGSIZE, EHOSTUNREACH, EPERM from a firewall, ...) concerns that one datagram
 * only; UDP promises nothing. */
static void sent(struct server *s, const struct io_uring_cqe *cqe)
{
	s->sending--;
	s->pub->stats.packets += cqe->res >= 0;
	s->pub->stats.dropped += cqe->res < 0;
	s->pub->stats.bytes += cqe->res > 0 ? (uint64_t)cqe->res : 0;
	echo_ring_return(&s->buffers, (unsigned)cqe->user_data);
}

/* Hands over what was asked for and sleeps until something is completed.  Signals are always open, and after the
 * first a ticker goes on interrupting (echo_stop_interrupt): a signal that comes while requests are taken over does
 * not cut the sleep short that follows.  Answers are on their way as soon as they are handed over, and to hear of
 * that is not worth a waking: it sleeps until they are and something has come besides.  Draining: what has arrived
 * already is answered, but not waited for; answers under way are. */
static int submit(struct server *s)
{
	struct __kernel_timespec at_once = { 0 };
	bool stopping = echo_stop_asked(), waits = !stopping || s->sending;
	unsigned n = s->asked + (s->receiving && !stopping);
	struct io_uring_cqe *cqe;

	s->asked = 0;
	return io_uring_submit_and_wait_timeout(&s->ring, &cqe, n ? n : 1, waits ? NULL : &at_once, NULL);
}

/* One sleep, and all that was completed.  0, or -1 with errno. */
static int turn(struct server *s)
{
	struct io_uring_cqe *cqe;
	int rc;

	if (!s->receiving && s->sending < BUFFERS)
		ask_receive(s);
	rc = submit(s);
	if (rc < 0 && rc != -EINTR && rc != -ETIME && rc != -EAGAIN && rc != -EBUSY) {
		errno = -rc;
		return -1;
	}
	s->came = 0;
	while (io_uring_peek_cqe(&s->ring, &cqe) == 0) {
		rc = 0;
		if (cqe->user_data == RECEIVE)
			rc = received(s, cqe);
		else
			sent(s, cqe);
		io_uring_cqe_seen(&s->ring, cqe);
		if (rc)
			return -1;
	}
	return 0;
}

static int serve(struct server *s, struct err *e)
{
	bool drained = false;
	int rc = 0;

	while (rc == 0 && !drained && !echo_stop_now()) {
		bool draining = echo_stop_asked();

		rc = turn(s);
		drained = draining && s->came == 0 && s->sending == 0;
	}
	return rc ? err_sys(e, "cannot go on serving") : 0;
}

int echo_udp_uring(struct echo_server *pub, struct err *e)
{
	struct server *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return err_sys(e, "cannot make room for datagrams");
	s->pub = pub;
	rc = echo_stop_interrupt(e) ? -1 : echo_ring_open(&s->ring, ENTRIES, e);
	if (rc == 0) {
		rc = echo_ring_lend(&s->ring, &s->buffers, BUFFERS, ROOM, e);
		if (rc == 0)
			rc = serve(s, e);
		io_uring_queue_exit(&s->ring);
		echo_ring_buffers_fini(&s->buffers);
	}
	free(s);
	return rc;
}

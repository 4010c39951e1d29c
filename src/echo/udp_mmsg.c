/* UDP echo, blocking, many datagrams a call: what the blocking model does, but a call brings all that has
 * come, and a call answers all of it.  The price of entering the kernel is paid once for a batch; the price
 * of a datagram in the network stack is not, which is why this saves less than one would think.
 *
 *	recvmmsg     sleeps until a datagram has come (MSG_WAITFORONE), then takes those that are there
 *	             besides, without waiting for more
 *	sendmmsg     sleeps until the kernel has taken the answers; how many it took is its result
 */
#include "echo/echo.h"

#include "echo/stop.h"
#include "echo/udp.h"
#include "net/sock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Datagrams a call may take.  Memory a batch never reached is never touched. */
#define BATCH 64

/* A datagram as it came; sent back unchanged, control data included. */
struct datagram {
	struct iovec iov;
	struct addr peer;
	_Alignas(struct cmsghdr) uint8_t control[ECHO_UDP_CONTROL]; /* see echo_udp_reply_from */
	uint8_t bytes[ECHO_UDP_ROOM];
};

struct batch {
	struct mmsghdr in[BATCH];  /* what came: in[i] is about d[i] */
	struct mmsghdr out[BATCH]; /* what is to be answered, in the same order */
	struct datagram d[BATCH];
};

static void make_room(struct msghdr *msg, struct datagram *d)
{
	d->iov = (struct iovec){ d->bytes, sizeof(d->bytes) };
	*msg = (struct msghdr){
		.msg_name = &d->peer.ss,
		.msg_namelen = sizeof(d->peer.ss),
		.msg_iov = &d->iov,
		.msg_iovlen = 1,
		.msg_control = d->control,
		.msg_controllen = sizeof(d->control),
	};
}

/* How many came; 0: none, with the reason in errno.  `used`: of the batch before, whose room is made again. */
static int receive(const struct echo_server *s, struct batch *b, int used)
{
	int n;

	for (int i = 0; i < used; i++)
		make_room(&b->in[i].msg_hdr, &b->d[i]);
	n = recvmmsg(s->fd, b->in, BATCH, MSG_WAITFORONE, NULL);
	return n < 0 ? 0 : n;
}

/* Puts those of the n that came and can be answered into b->out; returns how many. */
static int choose(struct echo_server *s, struct batch *b, int n)
{
	int chosen = 0;

	for (int i = 0; i < n; i++) {
		struct msghdr *msg = &b->in[i].msg_hdr;

		b->d[i].peer.len = msg->msg_namelen;
		b->d[i].iov.iov_len = b->in[i].msg_len;
		echo_udp_reply_from(msg);
		if (msg->msg_flags & MSG_TRUNC || echo_udp_unanswerable(s, &b->d[i].peer))
			s->stats.dropped++;
		else
			b->out[chosen++] = b->in[i];
	}
	return chosen;
}

/* Sends n back, or counts them as dropped.  A call that fails has failed at its first answer: an answer the
 * network refuses (EMSGSIZE, EHOSTUNREACH, EPERM from a firewall, ...) concerns that one datagram only. */
static void answer(struct echo_server *s, struct batch *b, int n)
{
	int at = 0;

	while (at < n) {
		int put = sendmmsg(s->fd, b->out + at, (unsigned)(n - at), MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR && !echo_stop_now())
			continue;
		if (put <= 0) {
			s->stats.dropped++;
			at++;
			continue;
		}
		for (int i = at; i < at + put; i++)
			s->stats.bytes += b->out[i].msg_len;
		s->stats.packets += (uint64_t)put;
		at += put;
	}
}

static int serve(struct echo_server *s, struct batch *b, struct err *e)
{
	int n = BATCH;

	while (!echo_stop_now()) {
		/* Draining: what has arrived already is answered, but not waited for. */
		if (echo_stop_asked())
			sock_nonblock(s->fd, true);
		n = receive(s, b, n);
		if (n > 0)
			answer(s, b, choose(s, b, n));
		else if (errno == EAGAIN && echo_stop_asked())
			return 0;
		else if (echo_udp_broken())
			return err_sys(e, "cannot go on receiving");
	}
	return 0;
}

int echo_udp_mmsg(struct echo_server *s, struct err *e)
{
	struct batch *b;
	int rc;

	if (sock_nonblock(s->fd, false))
		return err_sys(e, "cannot make the socket blocking");
	if (echo_stop_interrupt(e))
		return -1;
	b = malloc(sizeof(*b));
	if (!b)
		return err_sys(e, "cannot make room for datagrams");
	rc = serve(s, b, e);
	free(b);
	return rc;
}

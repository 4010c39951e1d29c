/* UDP echo, blocking: one thread, one socket, two calls.  There are no connections to keep apart, so the
 * simplest loop already serves everybody.
 *
 *	recvmsg      sleeps until a datagram has come; brings its bytes, its sender, and which of our
 *	             addresses it was sent to
 *	sendmsg      sleeps until the kernel has taken the answer, which leaves from that same address
 */
#include "echo/echo.h"

#include "echo/stop.h"
#include "echo/udp.h"
#include "net/sock.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* A datagram as it came; sent back unchanged, control data included. */
struct datagram {
	struct msghdr msg;
	struct iovec iov;
	struct addr peer;
	_Alignas(struct cmsghdr) uint8_t control[ECHO_UDP_CONTROL]; /* see echo_udp_reply_from */
	uint8_t bytes[ECHO_UDP_ROOM];
};

/* 1: one came; 0: none, with the reason in errno. */
static int receive(const struct echo_server *s, struct datagram *d)
{
	ssize_t n;

	d->iov = (struct iovec){ d->bytes, sizeof(d->bytes) };
	d->msg = (struct msghdr){
		.msg_name = &d->peer.ss,
		.msg_namelen = sizeof(d->peer.ss),
		.msg_iov = &d->iov,
		.msg_iovlen = 1,
		.msg_control = d->control,
		.msg_controllen = sizeof(d->control),
	};
	n = recvmsg(s->fd, &d->msg, 0);
	if (n < 0)
		return 0;
	d->peer.len = d->msg.msg_namelen;
	d->iov.iov_len = (size_t)n;
	echo_udp_reply_from(&d->msg);
	return 1;
}

/* Sends it back, or counts it as dropped.  An answer the network refuses (EMSGSIZE, EHOSTUNREACH,
 * EPERM from a firewall, ...) concerns that one datagram only; UDP promises nothing. */
static void answer(struct echo_server *s, struct datagram *d)
{
	ssize_t n = -1;

	if (!(d->msg.msg_flags & MSG_TRUNC) && !echo_udp_unanswerable(s, &d->peer)) {
		do
			n = sendmsg(s->fd, &d->msg, MSG_NOSIGNAL);
		while (n < 0 && errno == EINTR && !echo_stop_now());
	}
	if (n < 0) {
		s->stats.dropped++;
		return;
	}
	s->stats.packets++;
	s->stats.bytes += (uint64_t)n;
}

int echo_udp_blocking(struct echo_server *s, struct err *e)
{
	struct datagram d;

	if (sock_nonblock(s->fd, false))
		return err_sys(e, "cannot make the socket blocking");
	if (echo_stop_interrupt(e))
		return -1;
	while (!echo_stop_now()) {
		/* Draining: what has arrived already is answered, but not waited for. */
		if (echo_stop_asked())
			sock_nonblock(s->fd, true);
		if (receive(s, &d))
			answer(s, &d);
		else if (errno == EAGAIN && echo_stop_asked())
			return 0;
		else if (echo_udp_broken())
			return err_sys(e, "cannot go on receiving");
	}
	return 0;
}

/* UDP echo, blocking, datagrams in trains: the kernel couples datagrams of one sender that came together and
 * have one length (UDP_GRO, Linux 5.0), and a train is sent back by one call that says where to part it
 * (UDP_SEGMENT, Linux 4.18).  It travels the network stack once, not datagram by datagram: that is where the
 * time goes, and why this gains what many datagrams in one call (udp_mmsg.c) do not.
 *
 *	recvmsg      sleeps until a datagram has come; brings a train of them, and in the control data
 *	             (UDP_GRO) the length of each but the last, which may be shorter
 *	sendmsg      sleeps until the kernel has taken the train; UDP_SEGMENT in the control data has it
 *	             parted again, by the network card where that can
 */
#include "echo/echo.h"

#include "echo/stop.h"
#include "echo/udp.h"
#include "net/sock.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

/* A train as it came; sent back unchanged but for the control data. */
struct train {
	struct msghdr msg;
	struct iovec iov;
	struct addr peer;
	struct cmsghdr *coupling; /* of a train: the control data with its segment length; else NULL */
	size_t total, segment;    /* bytes of all, and of each datagram but the last */
	_Alignas(struct cmsghdr) uint8_t control[ECHO_UDP_CONTROL + CMSG_SPACE(sizeof(int))];
	uint8_t bytes[ECHO_UDP_ROOM];
};

static uint64_t datagrams(const struct train *t)
{
	return t->coupling ? (t->total + t->segment - 1) / t->segment : 1;
}

/* Says to sendmsg where to part what it gets; 0: nowhere. */
static void part_at(struct train *t, uint16_t segment)
{
	t->coupling->cmsg_type = UDP_SEGMENT;
	t->coupling->cmsg_len =
	    CMSG_LEN(sizeof(segment)); /* takes the same space as the int that was there */
	memcpy(CMSG_DATA(t->coupling), &segment, sizeof(segment));
}

/* Looks for the control data of a train, and turns it into that of the answer. */
static void find_coupling(struct train *t)
{
	int segment;

	t->coupling = NULL;
	t->segment = t->total;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&t->msg); c; c = CMSG_NXTHDR(&t->msg, c)) {
		if (c->cmsg_level != SOL_UDP || c->cmsg_type != UDP_GRO)
			continue;
		memcpy(&segment, CMSG_DATA(c), sizeof(segment));
		t->coupling = c;
		/* The length of a datagram, so it fits 16 bits; 0 would be no length. */
		t->segment = segment > 0 && segment < ECHO_UDP_ROOM ? (size_t)segment : t->total + !t->total;
		part_at(t, t->segment < t->total ? (uint16_t)t->segment : 0);
		return;
	}
}

/* 1: one came; 0: none, with the reason in errno. */
static int receive(const struct echo_server *s, struct train *t)
{
	ssize_t n;

	t->iov = (struct iovec){ t->bytes, sizeof(t->bytes) };
	t->msg = (struct msghdr){
		.msg_name = &t->peer.ss,
		.msg_namelen = sizeof(t->peer.ss),
		.msg_iov = &t->iov,
		.msg_iovlen = 1,
		.msg_control = t->control,
		.msg_controllen = sizeof(t->control),
	};
	n = recvmsg(s->fd, &t->msg, 0);
	if (n < 0)
		return 0;
	t->peer.len = t->msg.msg_namelen;
	t->total = t->iov.iov_len = (size_t)n;
	find_coupling(t);
	echo_udp_reply_from(&t->msg);
	return 1;
}

static ssize_t send_train(const struct echo_server *s, const struct train *t)
{
	ssize_t n;

	do
		n = sendmsg(s->fd, &t->msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR && !echo_stop_now());
	return n;
}

/* One datagram after the other, where a train cannot be sent: the way back takes shorter packets or computes
 * no checksums, or the train was coupled by a kernel that allows longer ones. */
static void answer_singly(struct echo_server *s, struct train *t)
{
	ssize_t n;

	part_at(t, 0);
	for (size_t at = 0; at < t->total; at += t->segment) {
		t->iov.iov_base = t->bytes + at;
		t->iov.iov_len = t->total - at < t->segment ? t->total - at : t->segment;
		n = send_train(s, t);
		s->stats.packets += n >= 0;
		s->stats.dropped += n < 0;
		s->stats.bytes += n > 0 ? (uint64_t)n : 0;
	}
}

/* Sends it back, or counts it as dropped.  An answer the network refuses (EHOSTUNREACH, EPERM from a firewall,
 * ...) concerns that one train only; UDP promises nothing. */
static void answer(struct echo_server *s, struct train *t)
{
	ssize_t n = -1;

	if (!(t->msg.msg_flags & MSG_TRUNC) && !echo_udp_unanswerable(s, &t->peer)) {
		n = send_train(s, t);
		if (n < 0 && t->segment < t->total &&
		    (errno == EINVAL || errno == EMSGSIZE || errno == EIO)) {
			answer_singly(s, t);
			return;
		}
	}
	if (n < 0) {
		s->stats.dropped += datagrams(t);
		return;
	}
	s->stats.packets += datagrams(t);
	s->stats.bytes += (uint64_t)n;
}

int echo_udp_gro(struct echo_server *s, struct err *e)
{
	struct train t;
	int on = 1;

	if (setsockopt(s->fd, SOL_UDP, UDP_GRO, &on, sizeof(on)))
		return err_sys(e, "cannot ask for coupled datagrams (UDP_GRO, Linux 5.0)");
	if (sock_nonblock(s->fd, false))
		return err_sys(e, "cannot make the socket blocking");
	if (echo_stop_interrupt(e))
		return -1;
	while (!echo_stop_now()) {
		/* Draining: what has arrived already is answered, but not waited for. */
		if (echo_stop_asked())
			sock_nonblock(s->fd, true);
		if (receive(s, &t))
			answer(s, &t);
		else if (errno == EAGAIN && echo_stop_asked())
			return 0;
		else if (echo_udp_broken())
			return err_sys(e, "cannot go on receiving");
	}
	return 0;
}

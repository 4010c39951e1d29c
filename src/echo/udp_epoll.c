/* UDP echo, epoll, level-triggered: one thread, one socket, no call that sleeps but epoll_pwait.  For one
 * socket alone that buys nothing over the blocking model, and costs a call; it pays as soon as the same
 * thread has a second descriptor to watch.
 *
 *	epoll_pwait  sleeps until a datagram has come, or until there is room again for an answer
 *	recvmsg      never sleeps: EAGAIN when there is none
 *	sendmsg      never sleeps: EAGAIN when the socket's queue is full; the answer is kept, and nothing
 *	             more is received until it has left
 */
#include "echo/echo.h"

#include "echo/stop.h"
#include "echo/udp.h"
#include "net/sock.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Datagrams per turn, before the signals are looked at again. */
#define BATCH 64

/* A datagram as it came; sent back unchanged, control data included. */
struct datagram {
	struct msghdr msg;
	struct iovec iov;
	struct addr peer;
	_Alignas(struct cmsghdr) uint8_t control[ECHO_UDP_CONTROL]; /* see echo_udp_reply_from */
	uint8_t bytes[ECHO_UDP_ROOM];
};

struct server {
	struct echo_server *pub;
	int epoll;
	uint32_t events; /* what epoll watches for */
	bool kept;       /* d waits for room to be sent */
	struct datagram d;
};

static int watch(struct server *s, int op, uint32_t events)
{
	struct epoll_event ev = { .events = events };

	s->events = events;
	return epoll_ctl(s->epoll, op, s->pub->fd, &ev);
}

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
 * EPERM from a firewall, ...) concerns that one datagram only; UDP promises nothing.  False: no
 * room, to be tried again. */
static bool answer(struct echo_server *s, struct datagram *d)
{
	ssize_t n = -1;

	if (!(d->msg.msg_flags & MSG_TRUNC) && !echo_udp_unanswerable(s, &d->peer)) {
		do
			n = sendmsg(s->fd, &d->msg, MSG_NOSIGNAL);
		while (n < 0 && errno == EINTR);
		if (n < 0 && errno == EAGAIN)
			return false;
	}
	if (n < 0) {
		s->stats.dropped++;
		return true;
	}
	s->stats.packets++;
	s->stats.bytes += (uint64_t)n;
	return true;
}

/* Answers what is there.  1: there may be more; 0: drained for now, or waiting for room; -1:
 * broken. */
static int answer_batch(struct server *s)
{
	for (int i = 0; i < BATCH; i++) {
		if (!s->kept && !receive(s->pub, &s->d))
			return echo_udp_broken() ? -1 : errno != EAGAIN;
		s->kept = !answer(s->pub, &s->d);
		if (s->kept)
			return 0;
	}
	return 1;
}

/* Draining: what has arrived already is answered, but not waited for; room to send is. */
static int timeout(const struct server *s)
{
	if (echo_stop_asked() && !s->kept)
		return 0;
	return echo_stop_ms();
}

/* One sleep and one batch.  1, 0 or -1 as above. */
static int turn(struct server *s)
{
	uint32_t events = s->kept ? EPOLLOUT : EPOLLIN;
	struct epoll_event ready;

	if (events != s->events && watch(s, EPOLL_CTL_MOD, events))
		return -1;
	if (epoll_pwait(s->epoll, &ready, 1, timeout(s), echo_stop_mask()) < 0 && errno != EINTR)
		return -1;
	return answer_batch(s);
}

int echo_udp_epoll(struct echo_server *pub, struct err *e)
{
	struct server s;
	bool drained = false;
	int rc = 0;

	s.pub = pub;
	s.kept = false;
	s.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s.epoll < 0 || sock_nonblock(pub->fd, true) || watch(&s, EPOLL_CTL_ADD, EPOLLIN))
		rc = -1;
	while (rc >= 0 && !drained && !echo_stop_now()) {
		bool draining = echo_stop_asked();

		rc = turn(&s);
		drained = draining && rc == 0 && !s.kept;
	}
	if (rc < 0)
		err_sys(e, "cannot go on serving");
	if (s.epoll >= 0)
		close(s.epoll);
	return rc < 0 ? -1 : 0;
}

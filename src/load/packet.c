/* Echo messages as datagrams; see packet.h. */
#include "load/packet.h"

#include "base/clock.h"
#include "load/echo.h"
#include "load/source.h"
#include "load/worker.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum {
	AT_ONCE = 16,     /* receptions in one call */
	SEGMENTS = 64,    /* datagrams sent with one call: UDP_MAX_SEGMENTS of older kernels */
	BATCH = 65000,    /* bytes of them together: a datagram's limit before it is parted */
	ROOM = 64 * 1024, /* bytes of a reception */
	RETRY_MS = 1,     /* until a full send buffer is tried again */
	PAUSE_MS = 100,   /* after "port unreachable" */
	BUFFER = 4 << 20, /* of the socket, if the kernel grants so much */
};

union control {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

struct packet_room {
	struct mmsghdr v[AT_ONCE];
	struct iovec iov[AT_ONCE];
	union control control[AT_ONCE];
	uint8_t bytes[AT_ONCE][ROOM];
};

struct packet_room *packet_room_new(void)
{
	struct packet_room *r = calloc(1, sizeof(*r));

	for (int i = 0; r && i < AT_ONCE; i++) {
		r->iov[i] = (struct iovec){ r->bytes[i], ROOM };
		r->v[i].msg_hdr.msg_iov = &r->iov[i];
		r->v[i].msg_hdr.msg_iovlen = 1;
		r->v[i].msg_hdr.msg_control = r->control[i].room;
	}
	return r;
}

void packet_room_free(struct packet_room *r)
{
	free(r);
}

/* --- Opening --------------------------------------------------------------------------------------- */

static void refill(struct worker *w, struct client *c);

/* The kernel said no: what was under way is lost, and the socket rests. */
static void fail(struct worker *w, struct client *c, enum tally_error kind, const char *why)
{
	uint32_t lost = c->pending;

	for (uint32_t k = 0; k < w->plan->window; k++)
		c->stamps[k].sent = 0;
	c->pending = c->unsent = 0;
	c->out = c->in;
	worker_failed(w, kind, lost, why);
	worker_not_ready(w, c);
	worker_wake(w, c, w->now + PAUSE_MS * CLOCK_MS);
}

static void start(struct worker *w, struct client *c)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	int on = 1, room = BUFFER;
	struct err e = { 0 };
	int fd = source_open(&w->plan->target.addr, SOCK_DGRAM, 0, &e);

	if (fd < 0 || epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &ev)) {
		fail(w, c, TALLY_PORTS, fd < 0 ? e.msg : "cannot wait for a socket");
		return;
	}
	(void)setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	conn_tcp_init(&c->io, fd, &w->plan->target.addr);
	c->state = CLIENT_OPEN;
	refill(w, c);
}

/* --- Sending --------------------------------------------------------------------------------------- */

/* Takes a message and gives it the next number whose place is free; unsent ones are in the order of `out`:
 * their stamps come behind those of the ones before. */
static bool take(struct worker *w, struct client *c)
{
	uint32_t window = w->plan->window;
	struct stamp s;

	if (c->pending == window || !worker_take(w, &s))
		return false;
	while (c->stamps[c->in % window].sent)
		c->in++;
	c->stamps[c->in % window] = s;
	c->numbers[c->in % window] = c->in;
	c->in++;
	c->pending++;
	c->unsent++;
	return true;
}

/* Writes unsent messages into w->out, from number c->out on; returns how many, at most `most`; *next is where
 * to go on. */
static uint32_t gather(struct worker *w, const struct client *c, uint32_t most, uint64_t *next)
{
	uint32_t window = w->plan->window, n = 0;
	uint64_t i;

	for (i = c->out; i < c->in && n < most; i++) {
		uint8_t *p = w->out + n * w->plan->size;

		if (!c->stamps[i % window].sent || c->numbers[i % window] != i)
			continue;
		echo_bytes(p, c->number, i, 0, w->plan->size);
		memcpy(p, &i, sizeof(i));
		n++;
	}
	*next = i;
	return n;
}

static ssize_t send_batch(struct worker *w, const struct client *c, uint32_t n)
{
	struct iovec iov = { w->out, n * w->plan->size };
	union control control = { 0 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	uint16_t size = (uint16_t)w->plan->size;
	struct cmsghdr *h = &control.align;

	if (n > 1) {
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(sizeof(size));
		h->cmsg_level = IPPROTO_UDP;
		h->cmsg_type = UDP_SEGMENT;
		h->cmsg_len = CMSG_LEN(sizeof(size));
		memcpy(CMSG_DATA(h), &size, sizeof(size));
	}
	return sendmsg(c->io.fd, &m, MSG_NOSIGNAL);
}

static void refused(struct worker *w, struct client *c)
{
	w->now = clock_mono();
	fail(w, c, errno == ECONNREFUSED ? TALLY_REFUSED : TALLY_OTHER, strerror(errno));
}

static void flush(struct worker *w, struct client *c)
{
	uint32_t most = (uint32_t)(BATCH / w->plan->size), n;
	uint64_t next;

	most = w->whole ? 1 : most < 1 ? 1 : most > SEGMENTS ? SEGMENTS : most;
	while (c->unsent) {
		n = gather(w, c, most, &next);
		if (n == 0) { /* all timed out before they could leave */
			c->unsent = 0;
			c->out = c->in;
		} else if (send_batch(w, c, n) < 0) {
			if (n > 1 && (errno == EINVAL || errno == EIO || errno == EMSGSIZE)) {
				w->whole = true; /* no UDP_SEGMENT here, or more than the path takes */
				most = 1;
			} else if (errno == EAGAIN || errno == ENOBUFS) {
				worker_wake(w, c, w->now + RETRY_MS * CLOCK_MS);
				return;
			} else if (errno != EINTR) {
				refused(w, c);
				return;
			}
		} else {
			c->out = next;
			c->unsent -= n;
			w->tally.bytes_out += n * w->plan->size;
		}
	}
}

static void refill(struct worker *w, struct client *c)
{
	if (w->plan->think && c->timer.at)
		return;
	if (w->plan->rate > 0) {
		if (c->pending < w->plan->window)
			worker_ready(w, c);
	} else {
		while (take(w, c))
			;
	}
	flush(w, c);
}

void packet_send(struct worker *w, struct client *c)
{
	while (take(w, c)) /* what is due together leaves together */
		;
	flush(w, c);
	if (c->state == CLIENT_OPEN && c->pending < w->plan->window && !c->timer.at)
		worker_ready(w, c);
}

/* --- Receiving ------------------------------------------------------------------------------------- */

/* One datagram that came back. */
static void came(struct worker *w, struct client *c, const uint8_t *p, size_t n)
{
	uint32_t window = w->plan->window;
	uint64_t number = UINT64_MAX;
	struct stamp *s;

	w->tally.bytes_in += n;
	w->reached = true;
	if (n >= sizeof(number))
		memcpy(&number, p, sizeof(number));
	s = &c->stamps[number % window];
	if (n < sizeof(number) || number >= c->in) {
		worker_failed(w, TALLY_WRONG, 0, "a datagram that was never sent");
		return;
	}
	if (!s->sent || c->numbers[number % window] != number) {
		w->tally.stray++;
		return;
	}
	if (n == w->plan->size && echo_matches(p + PACKET_MIN, c->number, number, PACKET_MIN, n - PACKET_MIN))
		worker_answered(w, s);
	else
		worker_failed(w, TALLY_WRONG, 1, NULL);
	s->sent = 0;
	c->pending--;
	c->served = true;
}

/* How long each datagram of a reception is: all but the last. */
static size_t segment(struct msghdr *m, size_t n)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level == IPPROTO_UDP && h->cmsg_type == UDP_GRO) {
			int size;

			memcpy(&size, CMSG_DATA(h), sizeof(size));
			return size > 0 ? (size_t)size : n;
		}
	}
	return n;
}

static void reception(struct worker *w, struct client *c, const uint8_t *p, struct mmsghdr *m)
{
	size_t size = segment(&m->msg_hdr, m->msg_len), left = m->msg_len, part;

	do {
		part = left < size ? left : size;
		came(w, c, p, part);
		p += part;
		left -= part;
	} while (left);
}

void packet_event(struct worker *w, struct client *c, uint32_t events)
{
	struct packet_room *r = w->packets;
	unsigned most = w->plan->window < AT_ONCE ? w->plan->window : AT_ONCE;
	int n;

	for (unsigned i = 0; i < most; i++)
		r->v[i].msg_hdr.msg_controllen = sizeof(r->control[0]);
	n = recvmmsg(c->io.fd, r->v, most, 0, NULL);
	w->now = clock_mono();
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			refused(w, c);
		return;
	}
	for (int i = 0; i < n; i++)
		reception(w, c, r->bytes[i], &r->v[i]);
	if (c->pending == 0 && w->plan->think)
		worker_wake(w, c, w->now + w->plan->think);
	refill(w, c);
}

void packet_wake(struct worker *w, struct client *c)
{
	if (c->state == CLIENT_OFF)
		start(w, c);
	else
		refill(w, c);
}

/* A datagram that is not answered in time is lost, alone. */
void packet_check(struct worker *w, struct client *c)
{
	uint32_t lost = 0;

	for (uint32_t k = 0; k < w->plan->window && c->pending; k++) {
		if (!c->stamps[k].sent || w->now - c->stamps[k].sent <= w->plan->timeout)
			continue;
		c->stamps[k].sent = 0;
		lost++;
	}
	if (!lost)
		return;
	c->pending -= lost;
	worker_failed(w, TALLY_TIMEOUT, lost, NULL);
	refill(w, c);
}

/* Datagrams: each line of stdin is one (RFC 768). */
#include "talk/talk.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LINE = 65507,     /* the longest datagram over IPv4; a longer line becomes several */
	ROOM = 64 * 1024, /* for one that comes */
};

struct lines {
	bool ended;    /* end of stdin */
	size_t n;      /* bytes that were read and not sent */
	int64_t due;   /* with --slow: when the next may leave */
	int64_t quiet; /* since when nobody has said anything */
	uint8_t bytes[LINE], in[ROOM];
};

static int take_input(struct lines *l, struct err *e)
{
	ssize_t n = read(STDIN_FILENO, l->bytes + l->n, sizeof(l->bytes) - l->n);

	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return err_sys(e, "cannot read from stdin");
	l->ended = n == 0;
	l->n += n > 0 ? (size_t)n : 0;
	return 0;
}

/* Bytes of the first line, 0 while it is not whole. */
static size_t line_length(const struct lines *l)
{
	const uint8_t *end = memchr(l->bytes, '\n', l->n);

	if (end)
		return (size_t)(end - l->bytes) + 1;
	return l->ended || l->n == sizeof(l->bytes) ? l->n : 0;
}

static int send_line(
    const struct talk_options *o, int fd, struct lines *l, struct talk_out *out, struct err *e)
{
	size_t n = line_length(l);

	if (send(fd, l->bytes, n, MSG_NOSIGNAL) < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : err_sys(e, "cannot send to %s", o->target);
	if (talk_out_put(out, '>', slice_of(l->bytes, n), e))
		return -1;
	memmove(l->bytes, l->bytes + n, l->n - n);
	l->n -= n;
	l->quiet = clock_mono();
	if (o->slow)
		l->due = l->quiet + (int64_t)n * CLOCK_SEC / o->slow;
	return 0;
}

static int receive(const struct talk_options *o, int fd, struct lines *l, struct talk_out *out, struct err *e)
{
	ssize_t n = recv(fd, l->in, sizeof(l->in), 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : err_sys(e, "no answer from %s", o->target);
	l->quiet = clock_mono();
	return talk_out_put(out, '<', slice_of(l->in, (size_t)n), e);
}

static int ms_until(int64_t when)
{
	int64_t left = when - clock_mono();

	return left <= 0 ? 0 : (int)(left / CLOCK_MS) + 1;
}

/* 1: go on; 0: it is over; -1. */
static int turn(const struct talk_options *o, int fd, struct lines *l, struct talk_out *out, struct err *e)
{
	bool room = talk_out_empty(out), line = line_length(l) > 0, due = clock_mono() >= l->due;
	struct pollfd p[] = {
		{ l->ended || line ? -1 : STDIN_FILENO, POLLIN, 0 },
		{ fd, (short)((room ? POLLIN : 0) | (room && line && due ? POLLOUT : 0)), 0 },
		{ room ? -1 : STDOUT_FILENO, POLLOUT, 0 },
	};
	bool waits = l->ended && !line && room;
	int64_t end = l->quiet + o->wait * CLOCK_SEC;

	if (waits && clock_mono() >= end)
		return 0;
	if (poll(p, 3, waits ? ms_until(end) : line && !due ? ms_until(l->due) : -1) < 0)
		return errno == EINTR ? 1 : err_sys(e, "cannot wait");
	if ((p[0].revents && take_input(l, e)) || (p[2].revents && talk_out_flush(out, e)))
		return -1;
	/* An ICMP error shows as POLLERR, and receive tells which. */
	if (p[1].revents & ~POLLOUT && room && receive(o, fd, l, out, e))
		return -1;
	if (p[1].revents & POLLOUT && talk_out_empty(out) && send_line(o, fd, l, out, e))
		return -1;
	return 1;
}

int talk_datagrams(const struct talk_options *o, int fd, struct talk_out *out, struct err *e)
{
	struct lines *l = calloc(1, sizeof(*l));
	int rc = 1;

	if (!l)
		return err_sys(e, "cannot make room for datagrams");
	l->quiet = clock_mono();
	while (rc > 0)
		rc = turn(o, fd, l, out, e);
	free(l);
	return rc;
}

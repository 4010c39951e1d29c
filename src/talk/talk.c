/* Both ways over a stream, with TLS or without; see talk.h. */
#include "talk/talk.h"

#include "base/clock.h"
#include "net/sock.h"
#include "tls/client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	ROOM = 16 * 1024, /* bytes of one read, either way */
	ADDRESSES = 8,    /* of a name that are tried */
};

/* A direction is held to a pace: no more than `piece` bytes before `due`. */
struct pace {
	size_t piece;
	int64_t due;
};

struct talk {
	const struct talk_options *o;
	struct conn c;
	struct talk_out out;
	struct pace up, down;
	short to_read, to_write;      /* what to poll for before trying again: TLS may want the other */
	size_t from, to;              /* bytes[from..to) came on stdin and are still to be sent */
	bool input_ended, shut, over; /* stdin; our half; the peer's */
	bool dry; /* the last read had to wait: what is pending inside is no whole record */
	uint8_t bytes[ROOM], in[ROOM];
};

/* A tenth of a second's worth at once. */
static struct pace pace_of(int64_t slow)
{
	size_t piece = slow ? (size_t)(slow + 9) / 10 : ROOM;

	return (struct pace){ piece < ROOM ? piece : ROOM, 0 };
}

static void pace_used(struct pace *p, const struct talk_options *o, size_t n)
{
	if (o->slow)
		p->due = clock_mono() + (int64_t)n * CLOCK_SEC / o->slow;
}

/* 1: done; 0: to be tried again when *wait is ready; -1. */
static int outcome(struct talk *t, ssize_t rc, short *wait, struct err *e)
{
	if (rc == CONN_ERROR)
		return -1; /* *e has it: talk_stream */
	*wait = rc == CONN_AGAIN_READ ? POLLIN : POLLOUT;
	return rc >= 0;
}

static int take_input(struct talk *t, struct err *e)
{
	ssize_t n = read(STDIN_FILENO, t->bytes, sizeof(t->bytes));

	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return err_sys(e, "cannot read from stdin");
	t->input_ended = n == 0;
	t->from = 0;
	t->to = n > 0 ? (size_t)n : 0;
	return 0;
}

/* Sends, or ends our half when there is nothing left to send. */
static int send_some(struct talk *t, struct err *e)
{
	size_t n = t->to - t->from;
	ssize_t put;
	int rc;

	if (n == 0) {
		rc = outcome(t, conn_shutdown(&t->c), &t->to_write, e);
		t->shut = rc > 0;
		return rc < 0 ? -1 : 0;
	}
	put = conn_write(&t->c, t->bytes + t->from, n < t->up.piece ? n : t->up.piece);
	rc = outcome(t, put, &t->to_write, e);
	if (rc <= 0)
		return rc;
	pace_used(&t->up, t->o, (size_t)put);
	t->from += (size_t)put;
	return talk_out_put(&t->out, '>', slice_of(t->bytes + t->from - put, (size_t)put), e);
}

static int receive(struct talk *t, struct err *e)
{
	ssize_t got = conn_read(&t->c, t->in, t->down.piece);
	int rc = outcome(t, got, &t->to_read, e);

	t->dry = rc == 0;
	if (rc <= 0)
		return rc;
	t->to_read = POLLIN;
	t->over = got == 0;
	pace_used(&t->down, t->o, (size_t)got);
	return talk_out_put(&t->out, '<', slice_of(t->in, (size_t)got), e);
}

/* Until the sooner of the times that somebody waits for; -1: nobody does. */
static int patience(const struct talk *t, bool up, bool down, int64_t now)
{
	int64_t when = up && t->up.due > now ? t->up.due : INT64_MAX;

	if (down && t->down.due > now && t->down.due < when)
		when = t->down.due;
	return when == INT64_MAX ? -1 : (int)((when - now) / CLOCK_MS) + 1;
}

static int turn(struct talk *t, struct err *e)
{
	int64_t now = clock_mono();
	bool room = talk_out_empty(&t->out), unsent = t->from < t->to;
	bool ends = t->input_ended && !t->shut && !t->o->stay;
	bool up = room && (unsent || ends), down = room && !t->over;
	bool sends = up && now >= t->up.due, reads = down && now >= t->down.due;
	bool ready = reads && !t->dry && conn_pending(&t->c) > 0;
	struct pollfd p[] = {
		{ unsent || t->input_ended ? -1 : STDIN_FILENO, POLLIN, 0 },
		{ sends || reads ? t->c.fd : -1,
		    (short)((sends ? t->to_write : 0) | (reads ? t->to_read : 0)), 0 },
		{ room ? -1 : STDOUT_FILENO, POLLOUT, 0 },
	};

	if (poll(p, 3, ready ? 0 : patience(t, up, down, now)) < 0)
		return errno == EINTR ? 0 : err_sys(e, "cannot wait");
	if ((p[0].revents && take_input(t, e)) || (p[2].revents && talk_out_flush(&t->out, e)))
		return -1;
	if (reads && (ready || p[1].revents & (t->to_read | POLLERR | POLLHUP)) && receive(t, e))
		return -1;
	if (sends && !t->over && p[1].revents & (t->to_write | POLLERR | POLLHUP) &&
	    talk_out_empty(&t->out) && send_some(t, e))
		return -1;
	return 0;
}

/* Waits until the connection, and TLS over it, stands.  0 or -1. */
static int establish(struct talk *t, struct err *e)
{
	int64_t end = clock_mono() + t->o->timeout * CLOCK_SEC;
	struct pollfd p = { t->c.fd, POLLOUT, 0 };
	bool connected = false;
	int rc = 0, error;

	while (rc == 0) {
		int64_t left = (end - clock_mono()) / CLOCK_MS;
		int n = poll(&p, 1, left > 0 ? (int)left : 0);

		if (n == 0)
			return err_set(e, ERR_ENV, "no answer from %s within %lld s", t->o->target,
			    (long long)t->o->timeout);
		if (n < 0 && errno == EINTR)
			continue;
		error = connected ? 0 : sock_error(t->c.fd);
		if (error) {
			errno = error;
			return err_sys(e, "cannot connect to %s", t->o->target);
		}
		connected = true;
		rc = outcome(t, conn_handshake(&t->c), &p.events, e);
	}
	return rc < 0 ? -1 : 0;
}

static int talk_stream(struct talk *t, struct err *e)
{
	int rc;

	t->c.err = e;
	rc = establish(t, e);
	t->up = t->down = pace_of(t->o->slow);
	t->to_read = POLLIN;
	t->to_write = POLLOUT;
	while (rc == 0 && !(t->over && talk_out_empty(&t->out)))
		rc = turn(t, e);
	conn_close(&t->c);
	return rc;
}

static int talk_tls(struct talk *t, int fd, const struct addr *to, const char *host, struct err *e)
{
	struct tls_client_options o = { .ca_file = t->o->ca, .name = host, .insecure = t->o->insecure };
	struct tls_ctx *ctx = tls_client_new(&o, e);
	int rc;

	if (!ctx || tls_client_init(&t->c, ctx, fd, to)) {
		if (ctx)
			err_set(e, ERR_ENV, "no memory for a TLS connection");
		tls_ctx_free(ctx);
		close(fd);
		return -1;
	}
	rc = talk_stream(t, e);
	tls_ctx_free(ctx);
	return rc;
}

static int open_datagrams(const struct addr *to, struct err *e)
{
	char text[ADDR_TEXT];
	int fd = socket(to->ss.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, addr_csa(to), to->len) == 0)
		return fd;
	err_sys(e, "cannot send to %s", addr_format(to, text, sizeof(text)));
	if (fd >= 0)
		close(fd);
	return -1;
}

static int talk_over(struct talk *t, int fd, const struct addr *to, const char *host, struct err *e)
{
	int rc;

	if (t->o->udp) {
		rc = talk_datagrams(t->o, fd, &t->out, e);
		close(fd);
		return rc;
	}
	sock_nodelay(fd);
	if (t->o->tls)
		return talk_tls(t, fd, to, host, e);
	conn_tcp_init(&t->c, fd, to);
	return talk_stream(t, e);
}

int talk_run(const struct talk_options *o, struct err *e)
{
	struct slice name;
	struct addr list[ADDRESSES], to;
	struct talk *t;
	uint16_t port = 0;
	char host[256];
	int fd, rc, n;

	if (addr_split(slice_str(o->target), &name, &port, e))
		return -1;
	if (port == 0 || name.n == 0 || name.n >= sizeof(host))
		return err_set(
		    e, ERR_USAGE, "'%.80s': a host and a port are needed, as in [::1]:7007", o->target);
	snprintf(host, sizeof(host), "%.*s", (int)name.n, (const char *)name.p);
	n = addr_resolve_all(list, ADDRESSES, o->target, port, e);
	if (n < 0)
		return -1;
	to = list[o->udp ? 0 : sock_first_open(list, n, (int)(o->timeout * 1000))];
	signal(SIGPIPE, SIG_IGN);
	fd = o->udp ? open_datagrams(&to, e) : sock_connect(&to, SOCK_OPT_NONBLOCK, e);
	if (fd < 0)
		return -1;
	t = calloc(1, sizeof(*t));
	if (!t) {
		close(fd);
		return err_sys(e, "cannot make room");
	}
	t->o = o;
	t->out.hex = o->hex;
	rc = talk_over(t, fd, &to, host, e);
	buf_fini(&t->out.text);
	free(t);
	return rc;
}

/* TCP echo, pre-forked: as many iterative servers as there are processes, made before the first client comes,
 * and all of them accept from one listener.  Every call sleeps until it is done; the kernel wakes one of those that
 * sleep in accept for each client, so that there is no herd.
 *
 *	fork         once for each process, at the beginning (workers.c, with what the parent does)
 *	accept4      sleeps until a client is connected and it is this process' turn
 *	recv         sleeps until it has sent something
 *	send         sleeps until the kernel has taken something
 *
 * What tcp_fork.c does for each client is done once here; the price is that there are as many clients at a time as
 * processes, and the others wait in the accept queue.
 */
#include "echo/echo.h"

#include "echo/stop.h"
#include "echo/workers.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct server {
	struct echo_server *pub;
	int reserve; /* see sock_shed */
	uint8_t bytes[ECHO_BUFFER];
};

/* 0, or -1 when the client is gone or time is up. */
static int send_all(struct server *s, int fd, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t put = send(fd, s->bytes + at, n - at, MSG_NOSIGNAL);

		if (put < 0 && (errno != EINTR || echo_stop_now()))
			return -1;
		if (put > 0) {
			at += (size_t)put;
			s->pub->stats.bytes += (uint64_t)put;
		}
	}
	return 0;
}

/* One client from its first byte to its end.  By the time end of stream is read, everything before
 * it has been sent back: a client that has closed only its sending half misses nothing. */
static void client_serve(struct server *s, int fd)
{
	ssize_t got;

	for (;;) {
		got = recv(fd, s->bytes, sizeof(s->bytes), 0);
		if (got < 0 && errno == EINTR && !echo_stop_now())
			continue;
		if (got <= 0)
			return;
		s->pub->stats.messages++;
		if (send_all(s, fd, (size_t)got))
			return;
	}
}

static int accept_loop(struct server *s, struct err *e)
{
	enum sock_verdict verdict = SOCK_NEXT;
	int fd;

	while (verdict != SOCK_NONE && verdict != SOCK_BROKEN && !echo_stop_now()) {
		/* Draining: clients the kernel has connected already are served, but not waited
		 * for. */
		if (echo_stop_asked())
			sock_nonblock(s->pub->fd, true);
		fd = accept4(s->pub->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0) {
			s->pub->stats.clients++;
			client_serve(s, fd);
			close(fd);
		} else {
			verdict = echo_accept_failed(s->pub, &s->reserve);
			if (verdict == SOCK_FULL)
				poll(NULL, 0, ECHO_PAUSE);
		}
	}
	return verdict == SOCK_BROKEN ? err_sys(e, "cannot accept clients") : 0;
}

/* One of the processes. */
static int serve(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub };
	int rc;

	if (echo_stop_interrupt(e))
		return -1;
	s.reserve = sock_reserve();
	rc = accept_loop(&s, e);
	if (s.reserve >= 0)
		close(s.reserve);
	return rc;
}

int echo_tcp_prefork(struct echo_server *pub, struct err *e)
{
	if (sock_nonblock(pub->fd, false))
		return err_sys(e, "cannot make the listener blocking");
	return echo_workers_run(pub, pub->workers ? pub->workers : ECHO_WORKERS, false, serve, e);
}

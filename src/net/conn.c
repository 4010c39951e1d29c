/* The plain TCP row of the connection table, and what all rows share. */
#include "net/conn.h"

#include <errno.h>
#include <sys/sendfile.h>
#include <unistd.h>

int conn_fail(struct conn *c, const char *what)
{
	char peer[ADDR_TEXT];

	if (c->err)
		err_sys(c->err, "%s %s", what, addr_format(&c->peer, peer, sizeof(peer)));
	return CONN_ERROR;
}

static ssize_t tcp_read(struct conn *c, void *p, size_t n)
{
	ssize_t got;

	do
		got = recv(c->fd, p, n, 0);
	while (got < 0 && errno == EINTR);
	if (got >= 0)
		return got;
	return errno == EAGAIN ? CONN_AGAIN_READ : conn_fail(c, "read from");
}

static ssize_t tcp_write(struct conn *c, const void *p, size_t n)
{
	ssize_t put;

	do
		put = send(c->fd, p, n, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	if (put >= 0)
		return put;
	return errno == EAGAIN ? CONN_AGAIN_WRITE : conn_fail(c, "write to");
}

static ssize_t tcp_sendfile(struct conn *c, int file, uint64_t at, size_t n)
{
	off_t from = (off_t)at;
	ssize_t put;

	do
		put = sendfile(c->fd, file, &from, n);
	while (put < 0 && errno == EINTR);
	if (put >= 0)
		return put;
	return errno == EAGAIN ? CONN_AGAIN_WRITE : conn_fail(c, "write to");
}

static int tcp_handshake(struct conn *c)
{
	return 0; /* the kernel has done it before accept, or before the descriptor was writable */
}

static size_t tcp_pending(const struct conn *c)
{
	return 0;
}

static int tcp_shutdown(struct conn *c)
{
	if (shutdown(c->fd, SHUT_WR) == 0)
		return 0;
	return conn_fail(c, "end the stream to");
}

static void tcp_close(struct conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static const struct conn_ops tcp_ops = {
	.name = "tcp",
	.read = tcp_read,
	.write = tcp_write,
	.sendfile = tcp_sendfile,
	.handshake = tcp_handshake,
	.pending = tcp_pending,
	.shutdown = tcp_shutdown,
	.close = tcp_close,
};

void conn_tcp_init(struct conn *c, int fd, const struct addr *peer)
{
	*c = (struct conn){ .ops = &tcp_ops, .fd = fd };
	if (peer)
		c->peer = *peer;
}

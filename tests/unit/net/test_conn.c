/* conn: the plain TCP row over a real connection. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/conn.h"
#include "net/sock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct pair {
	struct conn ours;
	int theirs; /* blocking */
};

static struct err said; /* by whichever connection of a test failed */

static struct pair open_pair(void)
{
	struct pair p;
	struct addr a, peer = { .len = sizeof(peer.ss) };
	int l, fd;

	assert_int_equal(addr_parse(&a, "127.0.0.1", 0, NULL), 0);
	l = sock_listen(&a, 0, NULL);
	assert_int_equal(sock_local(l, &a), 0);
	p.theirs = sock_connect(&a, 0, NULL);
	fd = accept4(l, addr_sa(&peer), &peer.len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	assert_true(p.theirs >= 0 && fd >= 0);
	conn_tcp_init(&p.ours, fd, &peer);
	p.ours.err = &said;
	close(l);
	return p;
}

static void close_pair(struct pair *p)
{
	conn_close(&p->ours);
	close(p->theirs);
}

static void wait_for(const struct conn *c, short events)
{
	struct pollfd pfd = { .fd = c->fd, .events = events };

	assert_int_equal(poll(&pfd, 1, 5000), 1);
}

static void test_read(void **state)
{
	struct pair p = open_pair();
	char b[8];

	assert_string_equal(p.ours.ops->name, "tcp");
	assert_int_equal(conn_handshake(&p.ours), 0);
	assert_int_equal(conn_read(&p.ours, b, sizeof(b)), CONN_AGAIN_READ);
	assert_int_equal(write(p.theirs, "hello", 5), 5);
	wait_for(&p.ours, POLLIN);
	assert_int_equal(conn_read(&p.ours, b, 3), 3);
	assert_memory_equal(b, "hel", 3);
	assert_int_equal(conn_pending(&p.ours), 0);
	assert_int_equal(conn_read(&p.ours, b, sizeof(b)), 2);
	shutdown(p.theirs, SHUT_WR);
	wait_for(&p.ours, POLLIN);
	assert_int_equal(conn_read(&p.ours, b, sizeof(b)), 0);
	/* half-closed: our direction still works */
	assert_int_equal(conn_write(&p.ours, "bye", 3), 3);
	assert_int_equal(read(p.theirs, b, sizeof(b)), 3);
	close_pair(&p);
}

static void test_write_until_full(void **state)
{
	static char block[65536];
	struct pair p = open_pair();
	ssize_t n;
	size_t sent = 0, got = 0;

	while ((n = conn_write(&p.ours, block, sizeof(block))) > 0)
		sent += (size_t)n;
	assert_int_equal(n, CONN_AGAIN_WRITE);
	assert_int_equal(conn_shutdown(&p.ours), 0);
	while ((n = read(p.theirs, block, sizeof(block))) > 0)
		got += (size_t)n;
	assert_int_equal(n, 0);
	assert_int_equal(got, sent);
	close_pair(&p);
}

/* The peer resets: an error in words, no SIGPIPE, and close is safe to repeat. */
static void test_reset(void **state)
{
	struct pair p = open_pair();
	char b[8];

	sock_reset_on_close(p.theirs);
	close(p.theirs);
	wait_for(&p.ours, POLLIN);
	assert_int_equal(conn_read(&p.ours, b, sizeof(b)), CONN_ERROR);
	assert_int_equal(p.ours.err->sys, ECONNRESET);
	assert_int_equal(p.ours.err->kind, ERR_ENV);
	assert_non_null(strstr(p.ours.err->msg, "127.0.0.1:"));
	assert_int_equal(conn_write(&p.ours, "x", 1), CONN_ERROR);
	assert_int_equal(p.ours.err->sys, EPIPE);
	conn_close(&p.ours);
	assert_int_equal(p.ours.fd, -1);
	conn_close(&p.ours);
}

static void test_no_peer(void **state)
{
	struct conn c;

	conn_tcp_init(&c, -1, NULL);
	assert_int_equal(conn_shutdown(&c), CONN_ERROR); /* and nobody is told why */
	c.err = &said;
	assert_int_equal(c.peer.len, 0);
	assert_int_equal(conn_shutdown(&c), CONN_ERROR);
	assert_int_equal(c.err->sys, EBADF);
	conn_close(&c);
}

static void test_sendfile(void **state)
{
	struct pair p = open_pair();
	int file = memfd_create("file", MFD_CLOEXEC);
	char b[8];

	assert_true(conn_sends_files(&p.ours));
	assert_int_equal(write(file, "0123456789", 10), 10);
	assert_int_equal(conn_sendfile(&p.ours, file, 3, 4), 4);
	assert_int_equal(read(p.theirs, b, sizeof(b)), 4);
	assert_memory_equal(b, "3456", 4);
	assert_int_equal(conn_sendfile(&p.ours, file, 8, 100), 2);
	assert_int_equal(conn_sendfile(&p.ours, file, 10, 4), 0);
	while (conn_sendfile(&p.ours, file, 0, 10) > 0)
		;
	assert_int_equal(conn_sendfile(&p.ours, file, 0, 10), CONN_AGAIN_WRITE);
	assert_int_equal(conn_sendfile(&p.ours, -1, 0, 10), CONN_ERROR);
	close(file);
	close_pair(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write_until_full),
		cmocka_unit_test(test_sendfile),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_no_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

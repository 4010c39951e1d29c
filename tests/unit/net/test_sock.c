/* sock: listeners, their error messages, the accept verdicts and the reserve descriptor, on real
 * sockets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct addr at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text, 0, NULL), 0);
	return a;
}

static int must_listen(const char *text, unsigned opts, struct addr *bound)
{
	struct addr a = at(text);
	struct err e;
	int fd = sock_listen(&a, opts, &e);

	if (fd < 0)
		fail_msg("%s: %s", text, e.msg);
	assert_int_equal(sock_local(fd, bound), 0);
	assert_int_not_equal(addr_port(bound), 0);
	return fd;
}

static int must_connect(const struct addr *to)
{
	struct err e;
	int fd = sock_connect(to, 0, &e);

	if (fd < 0)
		fail_msg("%s", e.msg);
	return fd;
}

static void test_listen_connect(void **state)
{
	static const char *const texts[] = { "127.0.0.1", "::1" };

	for (int i = 0; i < 2; i++) {
		struct addr bound, peer;
		int l = must_listen(texts[i], 0, &bound);
		int c = must_connect(&bound);
		int s = accept(l, NULL, NULL);

		assert_true(s >= 0);
		assert_true(fcntl(l, F_GETFD) & FD_CLOEXEC);
		assert_false(fcntl(l, F_GETFL) & O_NONBLOCK);
		assert_int_equal(sock_local(c, &peer), 0);
		assert_int_equal(write(c, "x", 1), 1);
		assert_int_equal(sock_error(s), 0);
		close(s);
		close(c);
		close(l);
	}
}

static void test_port_in_use(void **state)
{
	struct addr bound;
	struct err e = { 0 };
	char expected[64];
	int u, l = must_listen("127.0.0.1", 0, &bound);

	assert_int_equal(sock_listen(&bound, 0, &e), -1);
	assert_int_equal(e.kind, ERR_ENV);
	assert_int_equal(e.sys, EADDRINUSE);
	snprintf(expected, sizeof(expected), "port %u is in use by another program", addr_port(&bound));
	assert_non_null(strstr(e.msg, expected));
	u = sock_udp(&bound, 0, &e); /* UDP has ports of its own */
	assert_true(u >= 0);
	assert_int_equal(sock_udp(&bound, 0, &e), -1);
	assert_int_equal(e.sys, EADDRINUSE);
	close(u);
	close(l);
}

static void test_not_ours(void **state)
{
	struct addr a = at("192.0.2.77");
	struct err e = { 0 };

	assert_int_equal(sock_listen(&a, 0, &e), -1);
	assert_non_null(strstr(e.msg, "not an address of this machine"));
}

/* A user without the capability: tried in a child, since there is no way back. */
static void test_low_port(void **state)
{
	struct addr a = at("127.0.0.1:81");
	struct err e = { 0 };
	int status, floor = 1024;
	FILE *f = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "r");
	pid_t pid;

	if (f && fscanf(f, "%d", &floor) != 1)
		floor = 1024;
	if (f)
		fclose(f);
	if (floor <= 81)
		skip();
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && setuid(65534))
			_exit(2);
		_exit(sock_listen(&a, 0, &e) == -1 && strstr(e.msg, "ports below 1024 need") ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_reuseport(void **state)
{
	struct addr bound;
	int l = must_listen("127.0.0.1", SOCK_OPT_REUSEPORT | SOCK_OPT_NONBLOCK, &bound);
	int second = sock_listen(&bound, SOCK_OPT_REUSEPORT, NULL);

	assert_true(second >= 0);
	assert_true(fcntl(l, F_GETFL) & O_NONBLOCK);
	close(second);
	close(l);
}

/* Without DUAL an IPv6 wildcard leaves the IPv4 port alone, whatever the sysctl says. */
static void test_v6_only(void **state)
{
	struct addr bound, v4 = at("127.0.0.1");
	int l = must_listen("::", 0, &bound);

	addr_set_port(&v4, addr_port(&bound));
	assert_int_equal(sock_connect(&v4, 0, NULL), -1);
	close(l);
	l = must_listen("::", SOCK_OPT_DUAL, &bound);
	addr_set_port(&v4, addr_port(&bound));
	close(must_connect(&v4));
	close(l);
}

static void test_connect_refused(void **state)
{
	struct addr bound;
	struct err e = { 0 };
	struct pollfd p = { .events = POLLOUT };
	int l = must_listen("127.0.0.1", 0, &bound);

	close(l);
	assert_int_equal(sock_connect(&bound, 0, &e), -1);
	assert_int_equal(e.sys, ECONNREFUSED);
	p.fd = sock_connect(&bound, SOCK_OPT_NONBLOCK, &e);
	if (p.fd >= 0) { /* the kernel may also know at once */
		assert_int_equal(poll(&p, 1, 5000), 1);
		assert_int_equal(sock_error(p.fd), ECONNREFUSED);
		close(p.fd);
	}
}

static void test_reset_on_close(void **state)
{
	struct addr bound;
	int l = must_listen("127.0.0.1", 0, &bound);
	int c = must_connect(&bound);
	int s = accept(l, NULL, NULL);
	char b;

	assert_int_equal(sock_reset_on_close(s), 0);
	close(s);
	assert_int_equal(recv(c, &b, 1, 0), -1);
	assert_int_equal(errno, ECONNRESET);
	close(c);
	close(l);
}

static void test_flags(void **state)
{
	struct addr bound;
	int l = must_listen("127.0.0.1", 0, &bound);
	int c = must_connect(&bound);

	assert_int_equal(sock_nonblock(c, true), 0);
	assert_true(fcntl(c, F_GETFL) & O_NONBLOCK);
	assert_int_equal(sock_nonblock(c, false), 0);
	assert_false(fcntl(c, F_GETFL) & O_NONBLOCK);
	assert_int_equal(sock_nodelay(c), 0);
	close(c);
	close(l);
}

static void test_verdicts(void **state)
{
	assert_int_equal(sock_accept_verdict(EAGAIN), SOCK_NONE);
	assert_int_equal(sock_accept_verdict(EINTR), SOCK_NEXT);
	assert_int_equal(sock_accept_verdict(ECONNABORTED), SOCK_NEXT);
	assert_int_equal(sock_accept_verdict(EMFILE), SOCK_FULL);
	assert_int_equal(sock_accept_verdict(ENFILE), SOCK_FULL);
	assert_int_equal(sock_accept_verdict(ENOBUFS), SOCK_FULL);
	assert_int_equal(sock_accept_verdict(ENOMEM), SOCK_FULL);
	assert_int_equal(sock_accept_verdict(EBADF), SOCK_BROKEN);
	assert_int_equal(sock_accept_verdict(EINVAL), SOCK_BROKEN);
}

/* With the table full, the waiting client is told at once instead of never. */
static void test_shed(void **state)
{
	struct addr bound;
	struct rlimit before, low;
	int l = must_listen("127.0.0.1", SOCK_OPT_NONBLOCK, &bound);
	int c = must_connect(&bound);
	int reserve = sock_reserve();
	char b;

	assert_true(reserve >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = before;
	low.rlim_cur = (rlim_t)reserve + 1; /* everything below is in use */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(accept(l, NULL, NULL), -1);
	assert_int_equal(sock_accept_verdict(errno), SOCK_FULL);
	assert_int_equal(sock_shed(l, &reserve), SOCK_NEXT);
	assert_true(reserve >= 0);
	assert_int_equal(recv(c, &b, 1, 0), 0);
	assert_int_equal(sock_shed(l, &reserve), SOCK_NONE);
	low.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(sock_shed(l, &reserve), SOCK_FULL);
	assert_int_equal(reserve, -1);
	assert_int_equal(sock_shed(l, &reserve), SOCK_FULL);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(sock_shed(l, &reserve), SOCK_NONE); /* and it is back */
	assert_true(reserve >= 0);
	close(reserve);
	close(c);
	close(l);
}

static void test_udp(void **state)
{
	struct addr a = at("127.0.0.1"), bound, from = { .len = sizeof(from.ss) };
	int s = sock_udp(&a, 0, NULL), c = sock_udp(&a, 0, NULL);
	char b[4];

	assert_true(s >= 0 && c >= 0);
	assert_int_equal(sock_local(s, &bound), 0);
	assert_int_equal(sendto(c, "hi", 2, 0, addr_csa(&bound), bound.len), 2);
	assert_int_equal(recvfrom(s, b, sizeof(b), 0, addr_sa(&from), &from.len), 2);
	sock_local(c, &bound);
	assert_true(addr_eq(&from, &bound));
	close(s);
	close(c);
}

static void test_raise_nofile(void **state)
{
	struct rlimit lim;
	uint64_t n = sock_raise_nofile();

	getrlimit(RLIMIT_NOFILE, &lim);
	assert_int_equal(n, lim.rlim_cur);
	assert_int_equal(lim.rlim_cur, lim.rlim_max);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listen_connect),
		cmocka_unit_test(test_port_in_use),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_low_port),
		cmocka_unit_test(test_reuseport),
		cmocka_unit_test(test_v6_only),
		cmocka_unit_test(test_connect_refused),
		cmocka_unit_test(test_reset_on_close),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_shed),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_raise_nofile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

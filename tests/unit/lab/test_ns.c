/* Namespaces, interfaces, programs and their end, on networks made by the test itself.  Where the
 * kernel gives no namespaces the cases are skipped, with its reason. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "lab/child.h"
#include "net/addr.h"
#include "net/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 4000, PATIENCE_MS = 5000 };

/* Cases run inside the lab, in another process: they answer with 0 or an error, and assert nothing.
 */
static void run(int (*inside)(struct lab *lab, void *arg, struct err *e), void *arg)
{
	struct err e = { 0 };
	int rc = lab_run(inside, arg, &e);

	if (rc < 0 && e.sys == EPERM && strstr(e.msg, "refuses")) {
		print_message("%s\n", e.msg);
		skip();
	}
	if (rc < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(rc, 0);
}

#define NEED(condition)                                                                                      \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			return err_set(e, ERR_DATA, "line %d: not so: %s", __LINE__, #condition);            \
	} while (0)

/* client - router - server, both families. */
static int raise_network(struct lab *lab, struct err *e)
{
	struct lab_node *c = lab_node_new(lab, "client", e), *r, *s;

	r = c ? lab_node_new(lab, "router", e) : NULL;
	s = r ? lab_node_new(lab, "server", e) : NULL;
	if (!s || lab_link(c, "c0", r, "r0", e) || lab_link(r, "r1", s, "s0", e))
		return -1;
	if (rtnl_address(&c->rtnl, "c0", "10.9.1.2/24", e) ||
	    rtnl_address(&r->rtnl, "r0", "10.9.1.1/24", e) ||
	    rtnl_address(&r->rtnl, "r1", "10.9.2.1/24", e) ||
	    rtnl_address(&s->rtnl, "s0", "10.9.2.2/24", e) ||
	    rtnl_route(&c->rtnl, "0.0.0.0/0", "10.9.1.1", e) ||
	    rtnl_route(&s->rtnl, "10.9.1.0/24", "10.9.2.1", e) ||
	    lab_sysctl(lab, r, "ipv4/ip_forward", "1", e))
		return -1;
	if (!lab->ip6)
		return 0;
	if (rtnl_address(&c->rtnl, "c0", "fd09:1::2/64", e) ||
	    rtnl_address(&r->rtnl, "r0", "fd09:1::1/64", e) ||
	    rtnl_address(&r->rtnl, "r1", "fd09:2::1/64", e) ||
	    rtnl_address(&s->rtnl, "s0", "fd09:2::2/64", e) || rtnl_route(&c->rtnl, "::/0", "fd09:1::1", e) ||
	    rtnl_route(&s->rtnl, "fd09:1::/64", "fd09:2::1", e) ||
	    lab_sysctl(lab, r, "ipv6/conf/all/forwarding", "1", e))
		return -1;
	return 0;
}

/* A datagram goes from client to server by way of the router. */
static int datagram(struct lab *lab, int family, const char *to, struct err *e)
{
	int from = lab_udp(lab, &lab->nodes[0], family, PORT, e);
	int at = lab_udp(lab, &lab->nodes[2], family, PORT, e);
	struct pollfd p = { .fd = at, .events = POLLIN };
	struct addr a;
	char text[8];

	NEED(from >= 0 && at >= 0);
	if (addr_parse(&a, to, PORT, e))
		return -1;
	NEED(sendto(from, "hello", 5, 0, addr_csa(&a), a.len) == 5);
	NEED(poll(&p, 1, PATIENCE_MS) == 1);
	NEED(recv(at, text, sizeof(text), 0) == 5 && !memcmp(text, "hello", 5));
	return 0;
}

static int inside_routes(struct lab *lab, void *arg, struct err *e)
{
	if (raise_network(lab, e) || datagram(lab, AF_INET, "10.9.2.2", e))
		return -1;
	return lab->ip6 ? datagram(lab, AF_INET6, "fd09:2::2", e) : 0;
}

static void routes_both_families(void **state)
{
	run(inside_routes, NULL);
}

static int inside_refused(struct lab *lab, void *arg, struct err *e)
{
	struct lab_node *n = lab_node_new(lab, "alone", e);
	struct err why;

	NEED(n);
	NEED(rtnl_up(&n->rtnl, "x0", &why) == -1 && strstr(why.msg, "x0"));
	NEED(rtnl_address(&n->rtnl, "lo", "10.0.0.1/33", &why) == -1 && strstr(why.msg, "10.0.0.1/"
	                                                                                "33"));
	NEED(why.kind == ERR_USAGE);
	NEED(rtnl_address(&n->rtnl, "lo", "10.0.0.1/8", e) == 0);
	NEED(rtnl_address(&n->rtnl, "lo", "10.0.0.1/8", &why) == -1 && why.sys == EEXIST);
	/* The kernel's own sentence comes along. */
	NEED(rtnl_route(&n->rtnl, "10.1.0.0/16", "192.0.2.1", &why) == -1 && strchr(why.msg, '('));
	NEED(rtnl_route(&n->rtnl, "10.1.0.0/16", "fd09::1", &why) == -1 && why.kind == ERR_USAGE);
	NEED(rtnl_route(&n->rtnl, "10.1.0.0/16", "router", &why) == -1 && why.kind == ERR_USAGE);
	NEED(lab_sysctl(lab, n, "ipv4/no_such_thing", "1", &why) == -1 && strstr(why.msg, "no_such_"
	                                                                                  "thing"));
	return 0;
}

static void says_what_was_refused(void **state)
{
	run(inside_refused, NULL);
}

/* What a program prints, at most n - 1 bytes. */
static int output(struct lab *lab, const struct lab_node *node, const char *const argv[], char *to,
    size_t size, struct err *e)
{
	struct child_options o = { .node = node, .err = -1 };
	struct child c;
	int fd[2], status;
	size_t n = 0;
	ssize_t got;

	NEED(pipe2(fd, O_CLOEXEC) == 0);
	o.out = fd[1];
	if (child_start(&c, argv, &o, e))
		return -1;
	close(fd[1]);
	while ((got = read(fd[0], to + n, size - 1 - n)) > 0)
		n += (size_t)got;
	to[n] = '\0';
	close(fd[0]);
	if (child_wait(&c, clock_mono() + PATIENCE_MS * CLOCK_MS, &status, e))
		return -1;
	NEED(status == 0);
	return 0;
}

static int inside_programs(struct lab *lab, void *arg, struct err *e)
{
	char text[4096];

	if (raise_network(lab, e))
		return -1;
	if (output(
	        lab, &lab->nodes[1], (const char *[]){ "cat", "/proc/net/dev", NULL }, text, sizeof(text), e))
		return -1;
	NEED(strstr(text, "r0:") && strstr(text, "r1:") && strstr(text, "lo:") && !strstr(text, "c0:"));
	if (output(lab, NULL, (const char *[]){ "cat", "/proc/self/status", NULL }, text, sizeof(text), e))
		return -1;
	NEED(strstr(text, "CapAmb:\t0000000000000000"));
	if (geteuid() != 0)
		NEED(strstr(text, "CapEff:\t0000000000000000"));
	return 0;
}

static void programs_run_in_a_node_without_privileges(void **state)
{
	run(inside_programs, NULL);
}

static int inside_child(struct lab *lab, void *arg, struct err *e)
{
	struct child_options o = { .out = -1, .err = -1 };
	int64_t soon = clock_mono() + 20 * CLOCK_MS, later = clock_mono() + PATIENCE_MS * CLOCK_MS;
	struct child c;
	struct err why;
	int status;

	NEED(child_start(&c, (const char *[]){ "no-such-program", NULL }, &o, &why) == -1);
	NEED(strstr(why.msg, "no-such-program") && child_ended(&c));
	NEED(child_start(&c, (const char *[]){ "sh", "-c", "exit 7", NULL }, &o, e) == 0);
	NEED(child_wait(&c, later, &status, e) == 0 && status == 7);
	NEED(child_start(&c, (const char *[]){ "sleep", "100", NULL }, &o, e) == 0);
	NEED(child_wait(&c, soon, &status, &why) == -1 && !child_ended(&c));
	NEED(child_stop(&c, later, &status, e) == 0 && status == 128 + SIGTERM && child_ended(&c));
	NEED(child_stop(&c, later, &status, e) == 0);
	/* One that will not listen to reason is killed. */
	NEED(
	    child_start(&c, (const char *[]){ "sh", "-c", "trap '' TERM; kill -STOP $$", NULL }, &o, e) == 0);
	NEED(waitpid(c.pid, &status, WUNTRACED) == c.pid && WIFSTOPPED(status));
	NEED(child_stop(&c, clock_mono() + 20 * CLOCK_MS, &status, &why) == -1);
	NEED(status == 128 + SIGKILL);
	return 0;
}

static void children_end_when_told(void **state)
{
	run(inside_child, NULL);
}

static int inside_listens(struct lab *lab, void *arg, struct err *e)
{
	static const uint32_t both[] = { 80, 443, 0 }, one[] = { 80, 0 };
	struct child_options o = { .out = -1, .err = -1 };
	int64_t later = clock_mono() + PATIENCE_MS * CLOCK_MS;
	struct lab_node *n = lab_node_new(lab, "server", e);
	struct child c;
	struct addr a;
	struct err why;
	int fd;

	NEED(n && addr_parse(&a, "0.0.0.0", 80, e) == 0 && lab_node_enter(n, e) == 0);
	fd = sock_listen(&a, 0, e);
	NEED(fd >= 0 && lab_home(lab, e) == 0);
	NEED(child_start(&c, (const char *[]){ "sleep", "100", NULL }, &o, e) == 0);
	NEED(child_listens(&c, lab, n, one, later, e) == 0);
	NEED(child_listens(&c, lab, n, both, clock_mono(), &why) == -1);
	NEED(kill(c.pid, SIGKILL) == 0);
	NEED(child_listens(&c, lab, n, both, later, &why) == -1 && strstr(why.msg, "exit code "
	                                                                           "137"));
	return 0;
}

static void waits_for_listeners(void **state)
{
	run(inside_listens, NULL);
}

static int inside_hosts(struct lab *lab, void *arg, struct err *e)
{
	char text[512];

	if (lab_hosts(arg, e))
		return -1;
	return output(lab, NULL, (const char *[]){ "cat", "/etc/hosts", NULL }, text, sizeof(text), e) ||
	               !strstr(text, "192.0.2.80")
	           ? err_set(e, ERR_DATA, "hosts: %s", text)
	           : 0;
}

static void has_hosts_of_its_own(void **state)
{
	char path[] = "/tmp/osilab-hosts-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(dprintf(fd, "192.0.2.80 www.lab.test\n"), 24);
	assert_int_equal(fchmod(fd, 0644), 0);
	close(fd);
	run(inside_hosts, path);
	unlink(path);
}

/* Starts a program that will not end, says so, and waits for it. */
static int inside_forever(struct lab *lab, void *arg, struct err *e)
{
	struct child_options o = { .out = -1, .err = -1 };
	struct child c;
	int status;

	if (raise_network(lab, e) || child_start(&c, (const char *[]){ "sleep", "1000", NULL }, &o, e))
		return -1;
	if (write(*(int *)arg, "!", 1) != 1)
		return -1;
	return child_wait(&c, INT64_MAX, &status, e);
}

/* Ends a lab in full swing by a signal to the process that called lab_run.  Every process of it,
 * the programs included, holds the write end of a pipe: the end of file says that all are gone. */
static int end_by(int signal)
{
	struct pollfd p = { .events = POLLIN };
	struct err e = { 0 };
	int fd[2], status;
	pid_t pid;
	char c;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		_exit(lab_run(inside_forever, &fd[1], &e) & 0xff);
	}
	close(fd[1]);
	p.fd = fd[0];
	if (read(fd[0], &c, 1) != 1) { /* no namespaces here */
		waitpid(pid, &status, 0);
		close(fd[0]);
		skip();
	}
	kill(pid, signal);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	assert_int_equal(read(fd[0], &c, 1), 0);
	close(fd[0]);
	return status;
}

static void nothing_is_left_after_a_signal(void **state)
{
	int status = end_by(SIGINT);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), SIGINT);
	status = end_by(SIGTERM);
	assert_int_equal(WEXITSTATUS(status), SIGTERM);
}

static void nothing_is_left_after_kill_9(void **state)
{
	int status = end_by(SIGKILL);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_both_families),
		cmocka_unit_test(says_what_was_refused),
		cmocka_unit_test(programs_run_in_a_node_without_privileges),
		cmocka_unit_test(children_end_when_told),
		cmocka_unit_test(waits_for_listeners),
		cmocka_unit_test(has_hosts_of_its_own),
		cmocka_unit_test(nothing_is_left_after_a_signal),
		cmocka_unit_test(nothing_is_left_after_kill_9),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

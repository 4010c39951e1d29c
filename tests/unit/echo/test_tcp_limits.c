/* The limits that single models meet: FD_SETSIZE, and the queue of signals. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "server.h"

#include <sys/select.h>

static struct server start(const char *name, struct how how)
{
	const struct echo_model *m;

	assert_int_equal(echo_find(&m, "tcp", name, NULL), 0);
	return server_start(m, how);
}

static int client_of(const struct server *s)
{
	struct err e;
	int fd = sock_connect(&s->at, 0, &e);

	if (fd < 0)
		fail_msg("%s", e.msg);
	patience(fd);
	return fd;
}

/* One byte there and back.  False: the server has ended the connection. */
static bool echoes(int fd)
{
	char b = 0;

	if (send(fd, "x", 1, MSG_NOSIGNAL) != 1)
		return false;
	return recv(fd, &b, 1, 0) == 1 && b == 'x';
}

/* Descriptors the server has before the set of select is full. */
#define LEFT 8

/* The set has no bit for the descriptor: the client is turned away, once in words, and nobody else suffers. */
static void test_select_is_full(void **state)
{
	struct how how = { .nofile = FD_SETSIZE + 64, .taken = FD_SETSIZE - LEFT };
	int fd[2 * LEFT], served = 0;
	struct echo_stats stats;
	struct rlimit lim;
	FILE *said = tmpfile();
	char text[1024];
	struct server s;
	size_t n;

	getrlimit(RLIMIT_NOFILE, &lim);
	if (lim.rlim_max < how.nofile) {
		fclose(said);
		skip();
	}
	how.err = fileno(said);
	s = start("select", how);
	for (int i = 0; i < 2 * LEFT; i++) {
		fd[i] = client_of(&s);
		served += echoes(fd[i]);
		assert_int_equal(served, i < served ? i + 1 : served); /* once full, it stays so */
	}
	assert_in_range(served, 1, LEFT);
	assert_true(echoes(fd[0]));
	close(fd[0]); /* its bit is free again */
	for (int i = 0; i < 100 && !echoes(fd[0] = client_of(&s)); i++)
		close(fd[0]);
	assert_true(echoes(fd[0]));
	for (int i = 0; i < 2 * LEFT; i++)
		close(fd[i]);
	stats = server_stop(&s);
	assert_true(stats.refused >= (uint64_t)(2 * LEFT - served));
	rewind(said);
	n = fread(text, 1, sizeof(text) - 1, said);
	text[n] = '\0';
	assert_non_null(strstr(text, "client turned away: select can watch descriptors below 1024 only"));
	fclose(said);
}

/* A listener that is beyond the set already is said, not served. */
static void test_select_cannot_begin(void **state)
{
	const struct echo_model *m;
	struct echo_server s = { .fd = FD_SETSIZE };
	struct err e = { 0 };

	assert_int_equal(echo_find(&m, "tcp", "select", NULL), 0);
	assert_int_equal(m->run(&s, &e), -1);
	assert_non_null(strstr(e.msg, "select cannot watch descriptor 1024"));
}

#define QUEUED 100 /* signals that can be pending */
#define CROWD  300

/* All send while the server stands still: most of their signals find no place in the queue, and only the SIGIO in
 * their place says that there is something. */
static void test_signals_overflow(void **state)
{
	struct server s = start("signal", (struct how){ .sigpending = QUEUED });
	int fd[CROWD], status;
	struct echo_stats stats;
	char b;

	for (int i = 0; i < CROWD; i++) {
		fd[i] = client_of(&s);
		assert_true(echoes(fd[i]));
	}
	kill(s.pid, SIGSTOP);
	assert_int_equal(waitpid(s.pid, &status, WUNTRACED), s.pid);
	assert_true(WIFSTOPPED(status));
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(send(fd[i], "y", 1, MSG_NOSIGNAL), 1);
		if (i % 2)
			shutdown(fd[i], SHUT_WR);
	}
	kill(s.pid, SIGCONT);
	for (int i = 0; i < CROWD; i++) {
		must_read(fd[i], &b, 1);
		assert_int_equal(b, 'y');
		if (i % 2)
			assert_int_equal(recv(fd[i], &b, 1, 0), 0);
		close(fd[i]);
	}
	stats = server_stop(&s);
	assert_int_equal(stats.clients, CROWD);
	assert_int_equal(stats.bytes, 2 * CROWD);
}

/* Every model with more workers than the others are tested with, single loops as copies. */
static void workers(const struct echo_model *m)
{
	struct server s;
	struct echo_stats stats;
	int fd[32];

	if (m->workers == ECHO_ALONE)
		return;
	s = server_start(m, (struct how){ .workers = 8 });
	for (int i = 0; i < 32; i++) {
		fd[i] = client_of(&s);
		assert_true(m->at_once || echoes(fd[i]));
	}
	for (int i = 0; i < 32; i++) {
		assert_true(echoes(fd[i]));
		close(fd[i]);
	}
	stats = server_stop(&s);
	assert_int_equal(stats.clients, 32);
	assert_int_equal(stats.bytes, m->at_once ? 32 : 64);
}

static void test_workers(void **state)
{
	each_model("tcp", workers);
}

static void test_no_workers(void **state)
{
	struct echo_server s = { .workers = 2 };
	const struct echo_model *m;
	struct addr at;
	struct err e = { 0 };

	assert_int_equal(echo_find(&m, "tcp", "thread", NULL), 0);
	assert_int_equal(addr_parse(&at, "127.0.0.1", 0, NULL), 0);
	assert_int_equal(echo_open(&s, m, &at, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_select_is_full),
		cmocka_unit_test(test_select_cannot_begin),
		cmocka_unit_test(test_signals_overflow),
		cmocka_unit_test(test_workers),
		cmocka_unit_test(test_no_workers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

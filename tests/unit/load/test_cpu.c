/* CPU time of processes, of their children, and of children that have ended. */
#include "load/cpu.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int64_t share = 60 * CLOCK_MS;

/* Uses so much CPU time in this process, however long that takes. */
static void burn(int64_t ns)
{
	struct timespec t;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	while (t.tv_sec * CLOCK_SEC + t.tv_nsec < ns);
}

/* A child that burns its share, says so, and lives until it is killed. */
static pid_t busy_child(bool with_child, bool that_ends)
{
	int pipe_fds[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(pipe_fds), 0);
	pid = fork();
	if (pid == 0) {
		pid_t inner = with_child ? fork() : -1;

		prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody stays behind */
		burn(share);
		if (inner == 0 && that_ends)
			_exit(0);
		if (inner > 0 && that_ends)
			waitpid(inner, NULL, 0);
		(void)!write(pipe_fds[1], "x", 1);
		for (;;)
			pause();
	}
	for (int i = 0; i < (with_child && !that_ends ? 2 : 1); i++)
		assert_int_equal(read(pipe_fds[0], &byte, 1), 1);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	return pid;
}

static struct cpu look_and_kill(pid_t pid)
{
	struct cpu c;

	assert_int_equal(cpu_of(pid, &c, NULL), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return c;
}

static void test_a_process(void **state)
{
	struct cpu c = look_and_kill(busy_child(false, false));

	assert_true(c.total >= share);
	assert_true(c.user + c.system <= c.total + 2 * c.tick);
	assert_int_equal(c.processes, 1);
}

static void test_with_a_child(void **state)
{
	struct cpu c = look_and_kill(busy_child(true, false));

	assert_true(c.total >= 2 * share);
	assert_int_equal(c.processes, 2);
}

/* The time of a child that was waited for is its parent's, in whole ticks. */
static void test_with_a_child_that_ended(void **state)
{
	struct cpu c = look_and_kill(busy_child(true, true));

	assert_true(c.total >= 2 * share - 2 * c.tick);
	assert_int_equal(c.processes, 1);
}

static void test_nobody(void **state)
{
	struct err e = { 0 };
	struct cpu c;

	assert_int_equal(cpu_of(999999999, &c, &e), -1);
	assert_int_equal(e.kind, ERR_ENV);
}

static void test_own(void **state)
{
	struct cpu before, after, used;
	struct timespec t;

	cpu_own(&before);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	burn(t.tv_sec * CLOCK_SEC + t.tv_nsec + share);
	cpu_own(&after);
	used = cpu_between(&before, &after);
	assert_true(used.total >= share / 2);
	used = cpu_between(&after, &before);
	assert_int_equal(used.total, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_process),
		cmocka_unit_test(test_with_a_child),
		cmocka_unit_test(test_with_a_child_that_ended),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* For the tests of the echo models: a server in a child process, and clients that never wait for
 * ever.  The socket is bound to port 0 and open before the child is forked, so that nobody has to
 * wait for it. */
#ifndef TESTS_UNIT_ECHO_SERVER_H
#define TESTS_UNIT_ECHO_SERVER_H

#include "base/clock.h"
#include "echo/echo.h"
#include "echo/stop.h"
#include "echo/workers.h"
#include "net/sock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long any single wait may take before the test fails, ms. */
#define PATIENCE 10000

/* Of the models that make them themselves: few, so that a case is quick. */
#define WORKERS 2

struct server {
	const struct echo_model *model;
	pid_t pid;
	struct addr at;
	struct echo_server *pub; /* shared with the child, for the counters; whole once it has exited */
};

struct how {
	const char *bind;  /* NULL: 127.0.0.1 */
	int64_t drain;     /* ns; 0: a minute */
	rlim_t nofile;     /* 0: as it is */
	rlim_t sigpending; /* 0: as it is */
	int taken;         /* descriptors below this one are taken; 0: those that are */
	int err;           /* stderr goes there; 0: where it goes */
	int workers;       /* 0: WORKERS of those that make them, else 1 */
};

static void limit(int what, rlim_t to)
{
	struct rlimit lim;

	getrlimit(what, &lim);
	if (to)
		lim.rlim_cur = to;
	if (setrlimit(what, &lim))
		_exit(77);
}

/* In the child. */
static void server_limits(struct how how)
{
	limit(RLIMIT_NOFILE, how.nofile);
	limit(RLIMIT_SIGPENDING, how.sigpending);
	if (how.err)
		dup2(how.err, STDERR_FILENO);
	while (how.taken && dup(STDERR_FILENO) < how.taken - 1)
		;
}

static struct server server_start(const struct echo_model *m, struct how how)
{
	struct server s = { .model = m };
	sigset_t both, before;
	struct addr at;
	struct err e = { 0 };
	int fd;

	s.pub = mmap(NULL, sizeof(*s.pub), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(s.pub, MAP_FAILED);
	s.pub->workers = m->workers == ECHO_SHARED || m->workers == ECHO_APART ? WORKERS : 0;
	if (how.workers)
		s.pub->workers = how.workers;
	assert_int_equal(addr_parse(&at, how.bind ? how.bind : "127.0.0.1", 0, &e), 0);
	if (echo_open(s.pub, m, &at, &e))
		fail_msg("%s", e.msg);
	s.at = s.pub->at;
	fd = s.pub->fd; /* shared memory: the child may give its up before we look */
	/* Blocked across the fork: a signal sent before the child has its handlers waits for them.
	 */
	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGINT);
	sigprocmask(SIG_BLOCK, &both, &before);
	s.pid = fork();
	assert_true(s.pid >= 0);
	if (s.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves no server behind */
		server_limits(how);
		if (echo_stop_init(how.drain ? how.drain : 60 * CLOCK_SEC, &e) || echo_serve(m, s.pub, &e)) {
			fprintf(stderr, "%s: %s\n", m->file, e.msg);
			_exit(1);
		}
		_exit(0);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fd);
	return s;
}

/* Waits for the child to end by itself, and well. */
static struct echo_stats server_join(struct server *s)
{
	struct echo_stats stats;
	int status;

	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	if (status)
		fail_msg("%s %s ended with status 0x%x", s->model->transport, s->model->name, status);
	stats = s->pub->stats;
	munmap(s->pub, sizeof(*s->pub));
	return stats;
}

static struct echo_stats server_stop(struct server *s)
{
	kill(s->pid, SIGTERM);
	return server_join(s);
}

/* `make check` asks for whole loads, by this variable; `make test` has less time. */
__attribute__((unused)) static bool full(void)
{
	const char *v = getenv("OSILAB_FULL");

	return v && *v;
}

/* The server and the processes it has made: up to max of them into v; returns how many. */
__attribute__((unused)) static size_t server_family(const struct server *s, pid_t *v, size_t max)
{
	char path[64];
	size_t n = 1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)s->pid, (int)s->pid);
	f = fopen(path, "re");
	v[0] = s->pid;
	while (f && n < max && fscanf(f, "%d", &v[n]) == 1)
		n++;
	if (f)
		fclose(f);
	return n;
}

/* The byte that belongs at offset i of a test stream: a sequence that does not repeat at buffer
 * sizes. */
__attribute__((unused)) static uint8_t pattern(size_t i)
{
	return (uint8_t)((i * 2654435761u) >> 13);
}

static void patience(int fd)
{
	struct timeval tv = { .tv_sec = PATIENCE / 1000 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

/* Exactly n bytes, or the test fails. */
__attribute__((unused)) static void must_read(int fd, void *p, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = recv(fd, (char *)p + got, n - got, 0);

		if (r <= 0)
			fail_msg("got %zu of %zu bytes: %s", got, n, r ? strerror(errno) : "end of stream");
		got += (size_t)r;
	}
}

/* Says it when this machine cannot run a model, and leaves it out.  Asked in a child: a ring that is given up
 * goes on interrupting the calls of its process for a while. */
static bool usable(const struct echo_model *m)
{
	struct err e;
	int status;
	pid_t pid;

	if (!m->usable)
		return true;
	pid = fork();
	if (pid == 0)
		_exit(m->usable(&e) ? printf("SKIPPED %s: %s\n", m->name, e.msg) < 0 || fflush(stdout) || 1
		                    : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

/* Runs the case on every model of the transport that this machine can run. */
static void each_model(const char *transport, void (*fn)(const struct echo_model *m))
{
	for (size_t i = 0; i < echo_n_models; i++)
		if (!strcmp(echo_models[i].transport, transport) && usable(&echo_models[i]))
			fn(&echo_models[i]);
}

#endif

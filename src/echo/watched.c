/* Each system call of the models, led through here by the linker (`--wrap`) in osilab-echo-watched only: see
 * watch.h.  The Makefile takes the names to wrap from the lines that begin with WATCH. */
#include "echo/watch.h"

#include "base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <liburing.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Lines about EAGAIN that a thread may write in a second: a server that spins has no end of them. */
#define PER_SECOND 20

enum call {
	ACCEPT4,
	RECVFROM,
	SENDTO,
	RECVMSG,
	SENDMSG,
	RECVMMSG,
	SENDMMSG,
	POLL,
	PPOLL,
	PSELECT6,
	EPOLL_PWAIT,
	EPOLL_CTL,
	RT_SIGTIMEDWAIT,
	IO_URING_ENTER,
	RT_SIGSUSPEND,
	CLONE,
	WAIT4,
	SHUTDOWN,
	CLOSE,
	N_CALLS,
};

/* How each is called by strace, and what it was waiting for. */
static const struct word {
	const char *name, *what, *until;
} words[N_CALLS] = {
	[ACCEPT4] = { "accept4", NULL, "a client had connected" },
	[RECVFROM] = { "recvfrom", "bytes", "had come" },
	[SENDTO] = { "sendto", "bytes", "had found room" },
	[RECVMSG] = { "recvmsg", "bytes", "had come" },
	[SENDMSG] = { "sendmsg", "bytes", "had found room" },
	[RECVMMSG] = { "recvmmsg", "datagrams", "had come" },
	[SENDMMSG] = { "sendmmsg", "datagrams", "had found room" },
	[POLL] = { "poll", "descriptors", "were ready" },
	[PPOLL] = { "ppoll", "descriptors", "were ready" },
	[PSELECT6] = { "pselect6", "descriptors", "were ready" },
	[EPOLL_PWAIT] = { "epoll_pwait", "descriptors", "were ready" },
	[EPOLL_CTL] = { "epoll_ctl", NULL, "it was done" },
	[RT_SIGTIMEDWAIT] = { "rt_sigtimedwait", NULL, "a descriptor had sent its signal" },
	[IO_URING_ENTER] = { "io_uring_enter", NULL, "something was completed" },
	[RT_SIGSUSPEND] = { "rt_sigsuspend", NULL, "a signal had come" },
	[CLONE] = { "clone", NULL, "there was a process" },
	[WAIT4] = { "wait4", NULL, "a process had ended" },
	[SHUTDOWN] = { "shutdown", NULL, "it was done" },
	[CLOSE] = { "close", NULL, "it was done" },
};

/* In memory that all processes of the server share. */
static struct shared {
	atomic_ullong calls[N_CALLS];
	atomic_ullong eagain;
} * shared;

static bool explaining;
static bool counting;
static int64_t started;

/* Of each thread: lines about EAGAIN in the second that is running, and those left out of it. */
static _Thread_local int64_t second;
static _Thread_local unsigned said, unsaid;

struct before {
	int64_t time;
	long sleeps;
};

static long sleeps(void)
{
	struct rusage u;

	return getrusage(RUSAGE_THREAD, &u) ? 0 : u.ru_nvcsw;
}

static struct before before(void)
{
	struct before b = { 0 };

	if (explaining) {
		b.sleeps = sleeps();
		b.time = clock_mono();
	}
	return b;
}

/* One write, so that lines of several threads do not mix. */
static void say(enum call c, int fd, const char *text)
{
	int64_t t = clock_mono() - started;
	char line[240], where[16] = "";
	int n;

	if (fd >= 0)
		snprintf(where, sizeof(where), "%d", fd);
	n = snprintf(line, sizeof(line), "%3" PRId64 ".%06" PRId64 " %d %s(%s): %s\n", t / CLOCK_SEC,
	    t % CLOCK_SEC / 1000, gettid(), words[c].name, where, text);
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nobody reads */
}

/* What ended the sleep. */
static const char *woken(enum call c, long rc, int error, char *dst, size_t size)
{
	const struct word *w = &words[c];

	if (error == EINTR)
		return "a signal interrupted it";
	if (error == EAGAIN || error == ETIME || (rc == 0 && c >= POLL && c <= EPOLL_PWAIT))
		return "its time was up";
	if (error)
		return strerror(error);
	if (rc == 0 && c == RECVFROM)
		return "the client had ended";
	if (!w->what)
		return w->until;
	snprintf(dst, size, "%ld %s %s", rc, w->what, w->until);
	return dst;
}

static void say_slept(enum call c, int fd, long rc, int error, int64_t ns)
{
	char text[160], span[32], what[64];

	snprintf(text, sizeof(text), "slept %s, until %s", clock_span(ns, span, sizeof(span)),
	    woken(c, rc, error, what, sizeof(what)));
	say(c, fd, text);
}

static void say_again(enum call c, int fd)
{
	const struct word *w = &words[c];
	int64_t now = clock_mono() / CLOCK_SEC;
	char text[160], more[48] = "";

	if (now != second) {
		if (unsaid)
			snprintf(more, sizeof(more), " (and %u times more in between)", unsaid);
		second = now;
		said = unsaid = 0;
	}
	if (said++ >= PER_SECOND) {
		unsaid++;
		return;
	}
	if (w->what)
		snprintf(text, sizeof(text), "EAGAIN at once: no %s %s%s", w->what, w->until, more);
	else
		snprintf(text, sizeof(text), "EAGAIN at once: it would sleep until %s%s", w->until, more);
	say(c, fd, text);
}

/* Keeps errno, which the model is about to look at. */
static void after(enum call c, int fd, long rc, int error, const struct before *b)
{
	int saved = errno;

	if (c == CLONE && rc == 0)
		return; /* the child: its parent counts the call */
	if (counting) {
		atomic_fetch_add_explicit(&shared->calls[c], 1, memory_order_relaxed);
		if (error == EAGAIN)
			atomic_fetch_add_explicit(&shared->eagain, 1, memory_order_relaxed);
	}
	if (explaining && sleeps() != b->sleeps)
		say_slept(c, fd, rc, error, clock_mono() - b->time);
	else if (explaining && error == EAGAIN)
		say_again(c, fd);
	errno = saved;
}

/* A call that says -1 and errno. */
#define WATCH(fn, call, type, params, args, fd)                                                              \
	type __real_##fn params;                                                                             \
	type __wrap_##fn params;                                                                             \
	type __wrap_##fn params                                                                              \
	{                                                                                                    \
		struct before b = before();                                                                  \
		type rc = __real_##fn args;                                                                  \
                                                                                                             \
		after(call, fd, (long)rc, rc < 0 ? errno : 0, &b);                                           \
		return rc;                                                                                   \
	}
/* A call of liburing, which says -errno. */
#define WATCH_RING(fn, params, args)                                                                         \
	int __real_##fn params;                                                                              \
	int __wrap_##fn params;                                                                              \
	int __wrap_##fn params                                                                               \
	{                                                                                                    \
		struct before b = before();                                                                  \
		int rc = __real_##fn args;                                                                   \
                                                                                                             \
		after(IO_URING_ENTER, -1, rc, rc < 0 ? -rc : 0, &b);                                         \
		return rc;                                                                                   \
	}

/* clang-format off */
WATCH(accept4, ACCEPT4, int, (int fd, struct sockaddr *a, socklen_t *n, int flags), (fd, a, n, flags), fd)
WATCH(recv, RECVFROM, ssize_t, (int fd, void *p, size_t n, int flags), (fd, p, n, flags), fd)
WATCH(send, SENDTO, ssize_t, (int fd, const void *p, size_t n, int flags), (fd, p, n, flags), fd)
WATCH(recvmsg, RECVMSG, ssize_t, (int fd, struct msghdr *m, int flags), (fd, m, flags), fd)
WATCH(sendmsg, SENDMSG, ssize_t, (int fd, const struct msghdr *m, int flags), (fd, m, flags), fd)
WATCH(recvmmsg, RECVMMSG, int, (int fd, struct mmsghdr *m, unsigned n, int flags, struct timespec *t), (fd, m, n, flags, t), fd)
WATCH(sendmmsg, SENDMMSG, int, (int fd, struct mmsghdr *m, unsigned n, int flags), (fd, m, n, flags), fd)
WATCH(poll, POLL, int, (struct pollfd *p, nfds_t n, int ms), (p, n, ms), -1)
WATCH(ppoll, PPOLL, int, (struct pollfd *p, nfds_t n, const struct timespec *t, const sigset_t *s), (p, n, t, s), -1)
WATCH(pselect, PSELECT6, int, (int n, fd_set *r, fd_set *w, fd_set *x, const struct timespec *t, const sigset_t *s), (n, r, w, x, t, s), -1)
WATCH(epoll_pwait, EPOLL_PWAIT, int, (int fd, struct epoll_event *v, int n, int ms, const sigset_t *s), (fd, v, n, ms, s), fd)
WATCH(epoll_ctl, EPOLL_CTL, int, (int set, int op, int fd, struct epoll_event *v), (set, op, fd, v), fd)
WATCH(sigtimedwait, RT_SIGTIMEDWAIT, int, (const sigset_t *s, siginfo_t *i, const struct timespec *t), (s, i, t), -1)
WATCH(sigsuspend, RT_SIGSUSPEND, int, (const sigset_t *s), (s), -1)
WATCH(fork, CLONE, pid_t, (void), (), -1)
WATCH(waitpid, WAIT4, pid_t, (pid_t pid, int *status, int how), (pid, status, how), -1)
WATCH(shutdown, SHUTDOWN, int, (int fd, int how), (fd, how), fd)
WATCH(close, CLOSE, int, (int fd), (fd), fd)
WATCH_RING(io_uring_submit, (struct io_uring *r), (r))
WATCH_RING(io_uring_submit_and_wait, (struct io_uring *r, unsigned n), (r, n))
WATCH_RING(io_uring_submit_and_wait_timeout, (struct io_uring *r, struct io_uring_cqe **c, unsigned n, struct __kernel_timespec *t, sigset_t *s), (r, c, n, t, s))
/* clang-format on */

void echo_watched_begin(bool explain, bool count)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	started = clock_mono();
	explaining = explain;
	counting = count && shared != MAP_FAILED;
}

void echo_watched_end(const struct echo_model *m, const struct echo_stats *stats)
{
	uint64_t messages = stats->messages + stats->packets, sum = 0;
	const char *comma = "";

	if (!counting)
		return;
	for (size_t i = 0; i < N_CALLS; i++)
		sum += shared->calls[i];
	printf("{\"model\":\"%s\",\"transport\":\"%s\",\"messages\":%" PRIu64 ",\"bytes\":%" PRIu64
	       ",\"system_calls\":%" PRIu64 ",\"per_message\":",
	    m->name, m->transport, messages, stats->bytes, sum);
	if (messages)
		printf("%.3f", (double)sum / (double)messages);
	else
		printf("null");
	printf(",\"eagain\":%" PRIu64 ",\"calls\":{", (uint64_t)shared->eagain);
	for (size_t i = 0; i < N_CALLS; i++)
		if (shared->calls[i]) {
			printf("%s\"%s\":%" PRIu64, comma, words[i].name, (uint64_t)shared->calls[i]);
			comma = ",";
		}
	printf("}}\n");
}

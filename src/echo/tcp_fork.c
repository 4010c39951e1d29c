/* TCP echo, a process for each client: what the iterative server does, as often at once as there are clients.
 * Every call sleeps until it is done, and holds up nobody but its own client; nothing is shared that one client
 * could spoil for another.
 *
 *	accept4         sleeps until a client is connected
 *	fork            gives it a process: the memory and the descriptors, copied when written to (clone)
 *	recv            sleeps until it has sent something
 *	send            sleeps until the kernel has taken something
 *	waitpid         takes note of a process that has ended, which is a zombie until then (wait4)
 *
 * accept4 takes no signal mask, so a server that looked for ended children before it would miss those that end just
 * before it sleeps.  Hence the handler of SIGCHLD reaps them itself, whatever the server is doing; and the signals
 * are held back from before a fork until the child stands in the list, or it could be reaped before it is in there.
 * One signal can stand for several ends, because they do not queue: the handler waits until there are no more.
 */
#include "echo/echo.h"

#include "echo/stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct server {
	struct echo_server *pub;
	int reserve;                /* see sock_shed */
	struct echo_stats *all;     /* of the children, in memory they share */
	uint8_t bytes[ECHO_BUFFER]; /* a child's own, from the moment it writes to it */
};

/* The children there are.  The handler's too, which can be told nothing; hence not in the struct. */
static pid_t children[ECHO_PROCESSES];
static volatile sig_atomic_t n_children;

static void on_child(int signo)
{
	int saved = errno, i;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		for (i = 0; i < n_children && children[i] != pid;)
			i++;
		if (i < n_children)
			children[i] = children[--n_children];
	}
	errno = saved;
}

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

/* The child's whole life.  It counts for itself, and adds that to the others' at its end.  Of a server that dies
 * before it, it hears by SIGTERM, and finishes with its client. */
static void __attribute__((noreturn)) child_run(struct server *s, int fd, pid_t parent)
{
	struct echo_server mine = { .fd = -1 };
	struct err e;

	close(s->pub->fd);
	if (s->reserve >= 0)
		close(s->reserve);
	s->pub = &mine;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent && echo_stop_worker(&e) == 0 && echo_stop_interrupt(&e) == 0)
		client_serve(s, fd);
	close(fd);
	echo_stats_add(s->all, &s->pub->stats);
	_exit(0);
}

/* Takes the descriptor.  A client for whom there is no process is turned away.  When there are as many as
 * there may be, the others wait in the accept queue until one has ended. */
static void client_new(struct server *s, int fd)
{
	pid_t parent = getpid(), pid;

	echo_stop_hold(true);
	pid = fork();
	if (pid == 0)
		child_run(s, fd, parent);
	if (pid > 0)
		children[n_children++] = pid;
	s->pub->stats.clients += pid > 0;
	s->pub->stats.refused += pid < 0;
	close(fd);
	while (n_children == ECHO_PROCESSES && !echo_stop_now())
		sigsuspend(echo_stop_mask());
	echo_stop_hold(false);
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
			client_new(s, fd);
		} else {
			verdict = echo_accept_failed(s->pub, &s->reserve);
			if (verdict == SOCK_FULL)
				poll(NULL, 0, ECHO_PAUSE);
		}
	}
	return verdict == SOCK_BROKEN ? err_sys(e, "cannot accept clients") : 0;
}

/* Waits until the last child has gone, and passes on how urgent it is. */
static void drain(void)
{
	echo_stop_hold(true);
	while (n_children > 0) {
		for (int i = 0; i < n_children; i++)
			echo_stop_tell(children[i]);
		sigsuspend(echo_stop_mask());
	}
	echo_stop_hold(false);
}

int echo_tcp_fork(struct echo_server *pub, struct err *e)
{
	struct server s = { .pub = pub };
	struct sigaction reap = { .sa_handler = on_child, .sa_flags = SA_NOCLDSTOP };
	int rc;

	if (sock_nonblock(pub->fd, false))
		return err_sys(e, "cannot make the listener blocking");
	s.all = mmap(NULL, sizeof(*s.all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s.all == MAP_FAILED)
		return err_sys(e, "cannot make room for counters");
	if (sigaction(SIGCHLD, &reap, NULL))
		return err_sys(e, "cannot set up the signals");
	if (echo_stop_interrupt(e))
		return -1;
	s.reserve = sock_reserve();
	rc = accept_loop(&s, e);
	echo_close(pub);
	drain();
	echo_stats_add(&pub->stats, s.all);
	munmap(s.all, sizeof(*s.all));
	if (s.reserve >= 0)
		close(s.reserve);
	return rc;
}

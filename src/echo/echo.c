/* The table of echo models, and what all of them share; see echo.h. */
#include "echo/echo.h"

#include "base/log.h"
#include "base/near.h"
#include "echo/ring.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const struct echo_model echo_models[] = {
	{
	    .name = "iterative",
	    .transport = "tcp",
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in accept, recv or send, for the one client it has",
	    .limit = "one client at a time: a slow one stops all others, who wait in the accept queue",
	    .calls = "recvfrom=1 sendto=1",
	    .at_once = 1,
	    .file = "src/echo/tcp_iterative.c",
	    .run = echo_tcp_iterative,
	},
	{
	    .name = "fork",
	    .transport = "tcp",
	    .concurrent = true,
	    .at_once = ECHO_PROCESSES,
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in recv or send, for its one client; another process sleeps in accept",
	    .limit = "processes: one is made for each client, and every message wakes one",
	    .calls = "recvfrom=1 sendto=1",
	    .file = "src/echo/tcp_fork.c",
	    .run = echo_tcp_fork,
	},
	{
	    .name = "prefork",
	    .transport = "tcp",
	    .concurrent = true,
	    .at_once = ECHO_WORKERS,
	    .workers = ECHO_SHARED,
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in accept, recv or send, for the one client that its process has",
	    .limit = "as many clients at a time as processes (64): the others wait in the accept queue",
	    .calls = "recvfrom=1 sendto=1",
	    .file = "src/echo/tcp_prefork.c",
	    .run = echo_tcp_prefork,
	},
	{
	    .name = "thread",
	    .transport = "tcp",
	    .concurrent = true,
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in recv or send, for its one client; another thread sleeps in accept",
	    .limit = "threads: each has a stack and a place in the scheduler, and every message wakes one",
	    .calls = "recvfrom=1 sendto=1",
	    .file = "src/echo/tcp_thread.c",
	    .run = echo_tcp_thread,
	},
	{
	    .name = "pool",
	    .transport = "tcp",
	    .concurrent = true,
	    .at_once = ECHO_WORKERS,
	    .workers = ECHO_SHARED,
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in recv or send, for its one client, or until there is one in the queue",
	    .limit = "as many clients at a time as threads (64): the others wait in a queue, then in the "
	             "kernel's",
	    .calls = "recvfrom=1 sendto=1",
	    .file = "src/echo/tcp_pool.c",
	    .run = echo_tcp_pool,
	},
	{
	    .name = "busy",
	    .transport = "tcp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "never waits: it asks every client in turn, and nearly always hears EAGAIN",
	    .limit = "one whole CPU, also when nobody says a word; a turn asks all that are connected",
	    .calls = "recvfrom=any sendto=1 accept4=any",
	    .file = "src/echo/tcp_busy.c",
	    .run = echo_tcp_busy,
	},
	{
	    .name = "select",
	    .transport = "tcp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in select, for all clients at once",
	    .limit = "FD_SETSIZE: no descriptor from 1,024 on; a turn costs what is connected, not what is "
	             "ready",
	    .calls = "recvfrom=1 sendto=1 pselect6<=1",
	    .file = "src/echo/tcp_select.c",
	    .run = echo_tcp_select,
	},
	{
	    .name = "poll",
	    .transport = "tcp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in poll, for all clients at once",
	    .limit = "one CPU: a turn costs what is connected, not what is ready",
	    .calls = "recvfrom=1 sendto=1 ppoll<=1",
	    .file = "src/echo/tcp_poll.c",
	    .run = echo_tcp_poll,
	},
	{
	    .name = "epoll",
	    .transport = "tcp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in epoll_wait, for all clients at once (level-triggered)",
	    .limit = "one CPU: a turn costs what is ready, not what is connected; then descriptors",
	    .calls = "recvfrom=1 sendto=1 epoll_pwait<=1",
	    .file = "src/echo/tcp_epoll.c",
	    .run = echo_tcp_epoll,
	},
	{
	    .name = "epoll-et",
	    .transport = "tcp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in epoll_wait, which says only what has changed (edge-triggered)",
	    .limit = "one CPU; and what is not drained at once must be remembered, or it is never seen again",
	    .calls = "recvfrom=1 sendto=1 epoll_pwait<=1",
	    .file = "src/echo/tcp_epoll_et.c",
	    .run = echo_tcp_epoll_et,
	},
	{
	    .name = "epoll-mt",
	    .transport = "tcp",
	    .concurrent = true,
	    .workers = ECHO_APART,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in epoll_wait, for the clients of its core; other threads do so for theirs",
	    .limit = "all CPUs; a client stays with the loop that a hash gave it, busy or not",
	    .calls = "recvfrom=1 sendto=1 epoll_pwait<=1",
	    .file = "src/echo/tcp_epoll_mt.c",
	    .run = echo_tcp_epoll_mt,
	},
	{
	    .name = "signal",
	    .transport = "tcp",
	    .concurrent = true,
	    .workers = ECHO_COPIES,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in sigtimedwait, until a descriptor has sent its signal",
	    .limit = "one signal for each change, each taken by a call; the queue of them, and then all are "
	             "asked",
	    .calls = "recvfrom<=2 sendto=1 rt_sigtimedwait<=1",
	    .file = "src/echo/tcp_signal.c",
	    .run = echo_tcp_signal,
	},
	{
	    .name = "uring",
	    .transport = "tcp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "asynchronous",
	    .waits = "sleeps in io_uring_enter, until something it asked for has been done",
	    .limit = "one CPU; a turn hands over everything in one system call, so that more clients cost "
	             "fewer",
	    .calls = "io_uring_enter<=1",
	    .file = "src/echo/tcp_uring.c",
	    .run = echo_tcp_uring,
	    .usable = echo_ring_usable,
	},
	{
	    .name = "blocking",
	    .transport = "udp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in recvmsg; one socket hears everybody, so nobody waits for another",
	    .limit = "one system call per datagram each way; it cannot wait for anything else "
	             "besides",
	    .calls = "recvmsg=1 sendmsg=1",
	    .file = "src/echo/udp_blocking.c",
	    .run = echo_udp_blocking,
	},
	{
	    .name = "epoll",
	    .transport = "udp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in epoll_wait; could watch other descriptors in the same wait",
	    .limit = "one system call per datagram each way, and one more per turn",
	    .calls = "recvmsg<=2 sendmsg=1 epoll_pwait<=1",
	    .file = "src/echo/udp_epoll.c",
	    .run = echo_udp_epoll,
	},
	{
	    .name = "mmsg",
	    .transport = "udp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in recvmmsg, until there is one datagram; takes all that are there",
	    .limit = "the network stack, which each datagram passes by itself; calls are shared by a batch",
	    .calls = "recvmmsg<=1 sendmmsg<=1",
	    .file = "src/echo/udp_mmsg.c",
	    .run = echo_udp_mmsg,
	},
	{
	    .name = "gro",
	    .transport = "udp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in recvmsg, which brings a train of datagrams of one sender (UDP_GRO)",
	    .limit = "senders that send one datagram at a time, or of many lengths: no trains, no gain",
	    .calls = "recvmsg<=1 sendmsg<=1",
	    .file = "src/echo/udp_gro.c",
	    .run = echo_udp_gro,
	},
	{
	    .name = "uring",
	    .transport = "udp",
	    .workers = ECHO_COPIES,
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "asynchronous",
	    .waits = "sleeps in io_uring_enter, until something it asked for has been done",
	    .limit = "the network stack, which each datagram passes by itself; one call is a turn of both "
	             "ways",
	    .calls = "io_uring_enter<=1",
	    .file = "src/echo/udp_uring.c",
	    .run = echo_udp_uring,
	    .usable = echo_ring_usable,
	},
};

const size_t echo_n_models = sizeof(echo_models) / sizeof(echo_models[0]);

static void add_word(char *words, size_t size, const char *word)
{
	size_t n = strlen(words);

	snprintf(words + n, size - n, "%s%s", n ? ", " : "", word);
}

int echo_find(const struct echo_model **m, const char *transport, const char *name, struct err *e)
{
	const char *nearest = NULL, *other = NULL;
	char words[200] = "";

	for (size_t i = 0; i < echo_n_models; i++) {
		const struct echo_model *row = &echo_models[i];

		if (strcmp(row->transport, transport) != 0) {
			other = strcmp(row->name, name) == 0 ? row->transport : other;
			continue;
		}
		if (strcmp(row->name, name) == 0) {
			*m = row;
			return 0;
		}
		nearest = near_word(name, row->name, nearest);
		add_word(words, sizeof(words), row->name);
	}
	if (other)
		return err_set(
		    e, ERR_USAGE, "'%s' is a %s model: for %s there are %s", name, other, transport, words);
	return err_set(e, ERR_USAGE, "no %s model is called '%.40s'%s%s%s: there are %s", transport, name,
	    nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "", words);
}

void echo_list(FILE *to)
{
	for (size_t i = 0; i < echo_n_models; i++) {
		const struct echo_model *m = &echo_models[i];

		fprintf(to, "%s %-10s %s, %s%*s%s\n", m->transport, m->name, m->blocking, m->sync,
		    (int)(30 - strlen(m->blocking) - strlen(m->sync)), "", m->file);
		fprintf(to, "    while it waits  the thread %s\n", m->waits);
		fprintf(to, "    what limits it  %s\n", m->limit);
		fprintf(to, "    a message takes %s\n", m->calls);
	}
}

void echo_log(const struct echo_model *m, const struct echo_stats *s)
{
	bool udp = strcmp(m->transport, "udp") == 0;

	log_info("sent back %" PRIu64 " bytes: %" PRIu64 " %s, %" PRIu64 " %s", s->bytes,
	    udp ? s->packets : s->clients, udp ? "datagrams" : "clients", udp ? s->dropped : s->refused,
	    udp ? "dropped" : "turned away");
}

/* Atomic, for memory that several write to. */
static void add(uint64_t *to, uint64_t n)
{
	__atomic_fetch_add(to, n, __ATOMIC_RELAXED);
}

void echo_stats_add(struct echo_stats *to, const struct echo_stats *more)
{
	add(&to->clients, more->clients);
	add(&to->refused, more->refused);
	add(&to->messages, more->messages);
	add(&to->packets, more->packets);
	add(&to->dropped, more->dropped);
	add(&to->bytes, more->bytes);
}

enum sock_verdict echo_accept_failed(struct echo_server *s, int *reserve)
{
	enum sock_verdict verdict = sock_accept_verdict(errno);

	if (verdict != SOCK_FULL)
		return verdict;
	verdict = sock_shed(s->fd, reserve);
	s->stats.refused += verdict == SOCK_NEXT;
	return verdict;
}

static int open_socket(struct echo_server *s, bool tcp, const struct addr *at, unsigned opts, struct err *e)
{
	s->fd = tcp ? sock_listen(at, opts, e) : sock_udp(at, opts | SOCK_OPT_PKTINFO, e);
	if (s->fd < 0)
		return -1;
	if (sock_local(s->fd, &s->at)) {
		err_sys(e, "cannot learn the port");
		echo_close(s);
		return -1;
	}
	return 0;
}

int echo_open(struct echo_server *s, const struct echo_model *m, const struct addr *at, struct err *e)
{
	bool apart = m->workers == ECHO_APART || (m->workers == ECHO_COPIES && s->workers > 1);

	*s = (struct echo_server){ .fd = -1, .workers = s->workers };
	if (m->workers == ECHO_ALONE && s->workers > 1)
		return err_set(
		    e, ERR_USAGE, "the model '%s' takes no workers: prefork, pool and epoll-mt do", m->name);
	return open_socket(s, strcmp(m->transport, "tcp") == 0, at, apart ? SOCK_OPT_REUSEPORT : 0, e);
}

int echo_open_beside(struct echo_server *s, const struct echo_server *other, struct err *e)
{
	int type = 0;
	socklen_t size = sizeof(type);

	*s = (struct echo_server){ .fd = -1 };
	if (getsockopt(other->fd, SOL_SOCKET, SO_TYPE, &type, &size))
		return err_sys(e, "cannot open another socket at the same address");
	return open_socket(s, type == SOCK_STREAM, &other->at, SOCK_OPT_REUSEPORT, e);
}

void echo_close(struct echo_server *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* The table of echo models, and what all of them share; see echo.h. */
#include "echo/echo.h"

#include "base/near.h"
#include "net/sock.h"

#include <string.h>
#include <unistd.h>

const struct echo_model echo_models[] = {
	{
	    .name = "iterative",
	    .transport = "tcp",
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in accept, recv or send, for the one client it has",
	    .limit = "one client at a time: a slow one stops all others, who wait in the accept queue",
	    .file = "src/echo/tcp_iterative.c",
	    .run = echo_tcp_iterative,
	},
	{
	    .name = "epoll",
	    .transport = "tcp",
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in epoll_wait, for all clients at once (level-triggered)",
	    .limit = "one CPU: a turn costs what is ready, not what is connected; then descriptors",
	    .file = "src/echo/tcp_epoll.c",
	    .run = echo_tcp_epoll,
	},
	{
	    .name = "blocking",
	    .transport = "udp",
	    .concurrent = true,
	    .blocking = "blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in recvmsg; one socket hears everybody, so nobody waits for another",
	    .limit = "one system call per datagram each way; it cannot wait for anything else "
	             "besides",
	    .file = "src/echo/udp_blocking.c",
	    .run = echo_udp_blocking,
	},
	{
	    .name = "epoll",
	    .transport = "udp",
	    .concurrent = true,
	    .blocking = "non-blocking",
	    .sync = "synchronous",
	    .waits = "sleeps in epoll_wait; could watch other descriptors in the same wait",
	    .limit = "one system call per datagram each way, and one more per turn",
	    .file = "src/echo/udp_epoll.c",
	    .run = echo_udp_epoll,
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
	}
}

int echo_open(struct echo_server *s, const struct echo_model *m, const struct addr *at, struct err *e)
{
	bool tcp = strcmp(m->transport, "tcp") == 0;

	*s = (struct echo_server){ .fd = tcp ? sock_listen(at, 0, e) : sock_udp(at, SOCK_OPT_PKTINFO, e) };
	if (s->fd < 0)
		return -1;
	if (sock_local(s->fd, &s->at)) {
		err_sys(e, "cannot learn the port");
		echo_close(s);
		return -1;
	}
	return 0;
}

void echo_close(struct echo_server *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

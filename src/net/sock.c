/* Opening sockets: see sock.h. */
#include "net/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

/* Options that must be in place before bind. */
static int prepare(int fd, const struct addr *a, unsigned opts)
{
	/* Said either way: the default is a sysctl (net.ipv6.bindv6only) and would make the program
	 * behave differently from machine to machine. */
	if (a->ss.ss_family == AF_INET6 && set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, !(opts & SOCK_OPT_DUAL)))
		return -1;
	if ((opts & SOCK_OPT_REUSEPORT) && set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1))
		return -1;
	/* Before bind, or the first datagram could come without. */
	if ((opts & SOCK_OPT_PKTINFO) && a->ss.ss_family == AF_INET6)
		return set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	if (opts & SOCK_OPT_PKTINFO)
		return set_int(fd, IPPROTO_IP, IP_PKTINFO, 1);
	return 0;
}

static int bind_failed(const struct addr *a, struct err *e)
{
	char text[ADDR_TEXT];

	if (errno == EADDRINUSE) {
		err_set(e, ERR_ENV,
		    "port %u is in use by another program: choose another port, or stop that one",
		    addr_port(a));
	} else if (errno == EACCES) {
		err_set(e, ERR_ENV,
		    "port %u: ports below 1024 need privileges: choose a higher one, "
		    "or grant CAP_NET_BIND_SERVICE",
		    addr_port(a));
	} else if (errno == EADDRNOTAVAIL) {
		err_set(e, ERR_ENV, "%s is not an address of this machine: see `ip address`",
		    addr_format_host(a, text, sizeof(text)));
	} else {
		return err_sys(e, "cannot bind %s", addr_format(a, text, sizeof(text)));
	}
	if (e)
		e->sys = errno;
	return -1;
}

static int open_socket(const struct addr *a, int type, unsigned opts, struct err *e)
{
	int flags = SOCK_CLOEXEC | (opts & SOCK_OPT_NONBLOCK ? SOCK_NONBLOCK : 0);
	int fd = socket(a->ss.ss_family, type | flags, 0);

	if (fd < 0 && errno == EAFNOSUPPORT && a->ss.ss_family == AF_INET6)
		return err_set(e, ERR_ENV, "this machine has no IPv6: use an IPv4 address");
	if (fd < 0)
		return err_sys(e, "cannot make a socket");
	return fd;
}

/* close() that leaves errno to the message that follows. */
static int close_failed(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

int sock_listen(const struct addr *a, unsigned opts, struct err *e)
{
	int fd = open_socket(a, SOCK_STREAM, opts, e);

	if (fd < 0)
		return -1;
	if (prepare(fd, a, opts) || set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1)) {
		err_sys(e, "cannot set up the listening socket");
		return close_failed(fd);
	}
	/* listen can say EADDRINUSE too: two sockets with SO_REUSEADDR may both bind, one may
	 * listen. */
	if (bind(fd, addr_csa(a), a->len) || listen(fd, SOMAXCONN)) {
		bind_failed(a, e);
		return close_failed(fd);
	}
	return fd;
}

int sock_udp(const struct addr *a, unsigned opts, struct err *e)
{
	int fd = open_socket(a, SOCK_DGRAM, opts, e);

	if (fd < 0)
		return -1;
	if (prepare(fd, a, opts)) {
		err_sys(e, "cannot set up the UDP socket");
		return close_failed(fd);
	}
	if (bind(fd, addr_csa(a), a->len)) {
		bind_failed(a, e);
		return close_failed(fd);
	}
	return fd;
}

/* A connect that a signal interrupted goes on by itself; calling it again would fail (connect(2)).
 */
static int finish_connect(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int error;

	while (poll(&p, 1, -1) < 0)
		if (errno != EINTR)
			return -1;
	error = sock_error(fd);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

int sock_connect(const struct addr *to, unsigned opts, struct err *e)
{
	char text[ADDR_TEXT];
	int fd = open_socket(to, SOCK_STREAM, opts, e);
	int rc;

	if (fd < 0)
		return -1;
	rc = connect(fd, addr_csa(to), to->len);
	if (rc && errno == EINPROGRESS)
		return fd;
	if (rc && errno == EINTR)
		rc = opts & SOCK_OPT_NONBLOCK ? 0 : finish_connect(fd);
	if (rc) {
		err_sys(e, "cannot connect to %s", addr_format(to, text, sizeof(text)));
		return close_failed(fd);
	}
	return fd;
}

static bool is_open(const struct addr *to, int ms)
{
	struct err e;
	int fd = sock_connect(to, SOCK_OPT_NONBLOCK, &e);
	struct pollfd p = { fd, POLLOUT, 0 };
	bool open = fd >= 0 && poll(&p, 1, ms) == 1 && sock_error(fd) == 0;

	if (fd >= 0)
		close(fd);
	return open;
}

int sock_first_open(const struct addr *list, int n, int ms)
{
	for (int i = 0; n > 1 && i < n; i++)
		if (is_open(&list[i], ms))
			return i;
	return 0;
}

int sock_local(int fd, struct addr *a)
{
	*a = (struct addr){ .len = sizeof(a->ss) };
	return getsockname(fd, addr_sa(a), &a->len);
}

int sock_error(int fd)
{
	int error = 0;
	socklen_t n = sizeof(error);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) ? errno : error;
}

int sock_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -1;
	return fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

int sock_nodelay(int fd)
{
	return set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

int sock_reset_on_close(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

enum sock_verdict sock_accept_verdict(int error)
{
	switch (error) {
	case EAGAIN: return SOCK_NONE;
	case EINTR:
	case ECONNABORTED:
	/* Errors of the network that wait on the new connection; accept(2) says: treat like EAGAIN
	 * by retrying.  EPERM is a firewall's verdict. */
	case EPROTO:
	case EPERM:
	case ENETDOWN:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case ENETUNREACH: return SOCK_NEXT;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM: return SOCK_FULL;
	default: return SOCK_BROKEN;
	}
}

int sock_reserve(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

enum sock_verdict sock_shed(int listener, int *reserve)
{
	enum sock_verdict verdict = SOCK_NEXT;
	int fd;

	if (*reserve < 0)
		*reserve = sock_reserve();
	if (*reserve < 0)
		return SOCK_FULL;
	close(*reserve);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		verdict = sock_accept_verdict(errno);
	else
		close(fd);
	*reserve = sock_reserve();
	return *reserve < 0 ? SOCK_FULL : verdict;
}

uint64_t sock_raise_nofile(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim))
		return 1024;
	if (lim.rlim_cur < lim.rlim_max) {
		lim.rlim_cur = lim.rlim_max;
		setrlimit(RLIMIT_NOFILE, &lim);
		getrlimit(RLIMIT_NOFILE, &lim);
	}
	return lim.rlim_cur;
}

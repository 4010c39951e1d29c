/* Where connections start from; see source.h. */
#include "load/source.h"

#include "load/worker.h"
#include "net/sock.h"
#include "tls/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

/* Connections of a run that closes each are spread over so many addresses: a port that was used a moment ago
 * waits for a minute (TIME-WAIT, RFC 9293 3.6.1). */
enum { SPREAD = 64 };

struct addr source_address(const struct addr *target, uint32_t n)
{
	const struct sockaddr_in *to = (const struct sockaddr_in *)&target->ss;
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct addr a = { .len = 0 };

	if (n == 0 || to->sin_family != AF_INET || ntohl(to->sin_addr.s_addr) >> 24 != 127)
		return a;
	/* 127.1.0.1 and on: 254 of each /24, so that none is a network's own or broadcast. */
	n--;
	from.sin_addr.s_addr =
	    htonl(UINT32_C(127) << 24 | (1 + n / 254 / 256 % 254) << 16 | n / 254 % 256 << 8 | (1 + n % 254));
	memcpy(&a.ss, &from, sizeof(from));
	a.len = sizeof(from);
	return a;
}

/* The port is chosen by connect, which knows the target and can give one port to several connections. */
static int bind_to(int fd, const struct addr *from)
{
	int on = 1;

	if (from->len == 0)
		return 0;
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	return bind(fd, addr_csa(from), from->len);
}

int source_open(const struct addr *target, int type, uint32_t n, struct err *e)
{
	struct addr from = source_address(target, n);
	char text[ADDR_TEXT];
	int fd = socket(target->ss.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), saved;

	if (fd < 0)
		return err_sys(e, "cannot make a socket");
	if (type == SOCK_STREAM)
		sock_nodelay(fd);
	if (bind_to(fd, &from) == 0 &&
	    (connect(fd, addr_csa(target), target->len) == 0 || errno == EINPROGRESS))
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return err_sys(e, "cannot connect to %s", addr_format(target, text, sizeof(text)));
}

int source_connect(struct worker *w, struct client *c, struct err *e)
{
	const struct plan *p = w->plan;
	uint32_t n = p->close ? 1 + (uint32_t)((c->number + c->in) % SPREAD) : 0;
	int fd = source_open(&p->target.addr, SOCK_STREAM, n, e);

	if (fd < 0)
		return -1;
	if (!w->tls) {
		conn_tcp_init(&c->io, fd, &p->target.addr);
	} else if (tls_client_init(&c->io, w->tls, fd, &p->target.addr)) {
		close(fd);
		return err_set(e, ERR_ENV, "no memory for a TLS connection");
	}
	c->io.err = &c->err;
	return 0;
}

bool source_resumed(const struct conn *c)
{
	struct tls_info info;

	return tls_info(c, &info) == 0 && info.resumed;
}

/* The sockets a server listens on; see ports.h. */
#include "web/ports.h"

#include "net/sock.h"
#include "web/versions.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(struct err *e)
{
	return err_set(e, ERR_ENV, "out of memory");
}

/* Sockets with SO_REUSEPORT would share a port with those of another server of the same user without a word: one
 * without it finds out first. */
static int check_free(const struct addr *at, struct err *e)
{
	int fd = addr_port(at) ? sock_listen(at, 0, e) : 0;

	if (fd > 0)
		close(fd);
	return fd < 0 ? -1 : 0;
}

static int open_copies(
    struct port *port, const struct addr *at, int copies, struct addr *bound, struct err *e)
{
	unsigned opts = SOCK_OPT_NONBLOCK | (copies > 1 ? SOCK_OPT_REUSEPORT : 0);

	if (copies > 1 && check_free(at, e))
		return -1;
	*bound = *at;
	for (int i = 0; i < copies; i++) {
		port->fds[i] = sock_listen(bound, opts, e);
		if (port->fds[i] < 0)
			return -1;
		if (sock_local(port->fds[i], bound)) /* port 0: the first one chooses for all */
			return err_sys(e, "the address of a listening socket");
	}
	return 0;
}

static int add(struct ports *p, enum port_kind kind, const char *text, uint16_t usual, struct err *e)
{
	static const char *const lines[] = { "listening on http://%s\n", "listening on https://%s\n",
		"metrics at http://%s/metrics\n" };
	struct port *port = &p->v[p->n];
	struct addr at, bound;
	char name[ADDR_TEXT];

	if (addr_resolve(&at, text, usual, e))
		return -1;
	if (kind == PORT_METRICS && !addr_is_loopback(&at))
		return err_set(e, ERR_USAGE,
		    "--metrics must listen on a loopback address: what it tells is for the operator");
	*port = (struct port){ kind, malloc((size_t)p->copies * sizeof(int)) };
	if (!port->fds)
		return fail(e);
	memset(port->fds, 0xff, (size_t)p->copies * sizeof(int)); /* -1 each */
	p->n++;
	if (open_copies(port, &at, p->copies, &bound, e))
		return -1;
	return buf_printf(&p->text, lines[kind], addr_format(&bound, name, sizeof(name))) ? fail(e) : 0;
}

static int add_all(
    struct ports *p, const struct opt_list *list, enum port_kind kind, uint16_t usual, struct err *e)
{
	for (int i = 0; i < list->n; i++)
		if (!(kind == PORT_HTTP && versions_names(list->v[i])) && add(p, kind, list->v[i], usual, e))
			return -1;
	return 0;
}

int ports_open(struct ports *p, const struct opt_list *http, const struct opt_list *https,
    const struct opt_list *metrics, bool tls, int copies, struct err *e)
{
	int named;

	*p = (struct ports){ .copies = copies };
	if (add_all(p, http, PORT_HTTP, 8080, e))
		return -1;
	named = p->n + https->n;
	if (add_all(p, metrics, PORT_METRICS, 9100, e) || add_all(p, https, PORT_HTTPS, 8443, e))
		return -1;
	if (named)
		return 0;
	if (add(p, PORT_HTTP, "127.0.0.1", 8080, e))
		return -1;
	return tls ? add(p, PORT_HTTPS, "127.0.0.1", 8443, e) : 0;
}

int ports_take(struct port *p, int i)
{
	int fd = p->fds[i];

	p->fds[i] = -1;
	return fd;
}

void ports_keep(struct ports *p, int keep)
{
	for (int k = 0; k < p->n; k++)
		for (int i = 0; i < p->copies; i++)
			if (i != keep && p->v[k].fds[i] >= 0)
				close(ports_take(&p->v[k], i));
}

void ports_close(struct ports *p)
{
	ports_keep(p, -1);
	for (int k = 0; k < p->n; k++)
		free(p->v[k].fds);
	p->n = 0;
	buf_fini(&p->text);
}

/* The sockets a server listens on.  With several workers each address has a socket for every one of them
 * (SO_REUSEPORT), among which the kernel shares the clients out.  The supervisor keeps all of them open, so that the
 * clients that wait for a worker which has died are served by the one that takes its place. */
#ifndef WEB_PORTS_H
#define WEB_PORTS_H

#include "base/buf.h"
#include "base/opts.h"
#include "net/addr.h"

enum { PORTS_MAX = 96 };

enum port_kind { PORT_HTTP, PORT_HTTPS, PORT_METRICS };

struct port {
	enum port_kind kind;
	int *fds; /* `copies` of them; -1: closed, or given away */
};

struct ports {
	struct port v[PORTS_MAX];
	int n;
	int copies;      /* of each */
	struct buf text; /* a line for each: "listening on http://127.0.0.1:8080" */
};

/* Listens at the addresses of the lists; at 127.0.0.1:8080, and :8443 when `tls`, when http and https name none.
 * Versions among those of http are no addresses (versions.h).  0; -1 with *e: ports_close it all the same. */
int ports_open(struct ports *p, const struct opt_list *http, const struct opt_list *https,
    const struct opt_list *metrics, bool tls, int copies, struct err *e);
/* Closes what is open but worker i's. */
void ports_keep(struct ports *p, int i);
void ports_close(struct ports *p);
/* The socket of copy i, which is the caller's from now on. */
int ports_take(struct port *p, int i);

#endif

/* The HTTP server, 1.0, 1.1 and 2: listeners, connections, limits, drain.  RFC 9112, RFC 9110.
 *
 * One loop, one thread; what blocks (password hashing) goes through loop_work.  A connection's life
 * is in client.c. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "http/parse.h"
#include "net/addr.h"
#include "net/loop.h"
#include "tls/tls.h"
#include "web/access.h"
#include "web/site.h"

struct server_options {
	/* Deadlines, ns. */
	int64_t handshake; /* TLS handshake, from accept */
	int64_t header;    /* a whole head, from its first byte (the first one: from accept) */
	int64_t body;      /* a whole body, plus a second for every 4 KiB that did come */
	int64_t idle;      /* between requests */
	int64_t stall;     /* no byte of the answer taken by the client */
	int64_t drain;     /* from server_drain until what is left is cut off */
	/* Sizes. */
	struct http_limits limits;
	uint64_t body_max;     /* bytes */
	unsigned requests_max; /* per connection */
	unsigned clients_max;  /* connections at once; more wait in the kernel's queue */
	/* Versions. */
	bool http1, http2;    /* spoken */
	unsigned streams_max; /* HTTP/2: requests at once on a connection */
	uint32_t h2_window;   /* HTTP/2: bytes of content that may be under way, of a request and of all */
};

/* The values in the comments of the rules: 10 s, 30 s, 15 s, 1 MiB, 1000, ... */
struct server_options server_defaults(void);

struct server;

/* site and log are borrowed until server_free; the server counts in site->metrics.  NULL with *e. */
struct server *server_new(
    struct loop *l, struct site *site, struct access *log, const struct server_options *o, struct err *e);

/* Serves who comes to this listening, non-blocking socket, which is the server's from now on, also when this fails;
 * over TLS when tls is not NULL (borrowed).  0, or -1. */
int server_listen(struct server *s, int fd, struct tls_ctx *tls, struct err *e);

/* The same for those who want to know what the server counts: GET /metrics. */
int server_listen_metrics(struct server *s, int fd, struct err *e);
/* Connections from now on use these certificates (borrowed); those there are keep theirs. */
void server_change_tls(struct server *s, struct tls_ctx *tls);

/* Stops accepting (what already waits in the queue is still served), answers what is in flight with
 * `Connection: close`, closes what is idle, and calls loop_stop when the last connection is gone,
 * at the latest after the drain deadline. */
void server_drain(struct server *s);
/* Drops all connections and listeners now and calls loop_stop.  Before loop_free. */
void server_stop(struct server *s);
/* After loop_free: a connection may wait for a job until then. */
void server_free(struct server *s);

/* Connections open now. */
unsigned server_clients(const struct server *s);

#endif

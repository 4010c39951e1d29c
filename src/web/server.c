/* The HTTP server: accepting, limits, drain; see server.h.  Connections: client.c. */
#include "web/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/sock.h"
#include "web/client.h"
#include "web/routes.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { ACCEPT_BATCH = 64 }; /* per wake-up, so that open connections get their turn */

#define ACCEPT_PAUSE (100 * CLOCK_MS) /* when the process is out of descriptors */

struct server_options server_defaults(void)
{
	return (struct server_options){
		.handshake = 10 * CLOCK_SEC,
		.header = 10 * CLOCK_SEC,
		.body = 10 * CLOCK_SEC,
		.idle = 15 * CLOCK_SEC,
		.stall = 30 * CLOCK_SEC,
		.drain = 10 * CLOCK_SEC,
		.limits = { HTTP_LINE_MAX, HTTP_HEAD_MAX, HTTP_FIELDS_MAX },
		.body_max = 1 << 20,
		.requests_max = 1000,
		.clients_max = 1000,
		.http1 = true,
		.http2 = true,
		.streams_max = 100,
		.h2_window = 256 * 1024,
	};
}

/* --- Accepting --- */

static void watch_listeners(struct server *s, bool on)
{
	for (struct listener *n = s->listeners; n; n = n->next)
		if (loop_want(s->loop, &n->file, on ? LOOP_READ : 0))
			log_warn("cannot watch a listening socket");
	s->full = !on;
}

static void on_accept_again(struct loop_timer *t)
{
	struct server *s = LOOP_OF(t, struct server, accept_again);

	if (s->n_clients < s->o.clients_max)
		watch_listeners(s, true);
}

/* Out of descriptors or memory.  The waiting client would wake us again and again, so the listeners
 * rest until a connection ends, or for a while.  If that did not help, the reserve descriptor lets
 * one client see an end instead of a silence. */
static void starve(struct server *s, struct listener *n)
{
	if (!s->starved)
		log_warn("cannot accept a connection");
	else
		sock_shed(n->file.fd, &s->reserve);
	s->starved = true;
	watch_listeners(s, false);
	loop_timer_set(s->loop, &s->accept_again, ACCEPT_PAUSE);
}

/* Accepts one.  False when there is none, or it cannot be. */
static bool accept_one(struct server *s, struct listener *n)
{
	struct addr peer = { .len = sizeof(peer.ss) };
	int fd = accept4(n->file.fd, addr_sa(&peer), &peer.len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		s->starved = false;
		sock_nodelay(fd); /* answers are gathered into one write already */
		client_new(n, fd, &peer);
		return true;
	}
	switch (sock_accept_verdict(errno)) {
	case SOCK_NEXT: return true;
	case SOCK_FULL: starve(s, n); return false;
	case SOCK_BROKEN:
		log_error("a listening socket fails");
		loop_want(s->loop, &n->file, 0);
		return false;
	case SOCK_NONE: break;
	}
	return false;
}

static void accept_batch(struct listener *n, int most)
{
	struct server *s = n->server;

	for (int i = 0; i < most && s->n_clients < s->o.clients_max; i++)
		if (!accept_one(s, n))
			return;
	if (s->n_clients >= s->o.clients_max && !s->full) {
		log_warnx("%u connections are open: more must wait", s->n_clients);
		watch_listeners(s, false);
	}
}

static void on_connection(struct loop_file *f, unsigned ready)
{
	accept_batch(LOOP_OF(f, struct listener, file), ACCEPT_BATCH);
}

void server_gone(struct server *s)
{
	s->n_clients--;
	s->site->metrics->open = s->n_clients;
	if (s->full && s->n_clients < s->o.clients_max) {
		loop_timer_stop(s->loop, &s->accept_again);
		watch_listeners(s, true);
	}
	if (s->draining && s->n_clients == 0)
		loop_stop(s->loop);
}

/* --- Making and ending --- */

static void on_drain_deadline(struct loop_timer *t)
{
	struct server *s = LOOP_OF(t, struct server, drain_deadline);

	log_warnx("%u connections did not end in time and are cut off", s->n_clients);
	server_stop(s);
}

struct server *server_new(
    struct loop *l, struct site *site, struct access *log, const struct server_options *o, struct err *e)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	s->loop = l;
	s->site = site;
	s->log = log;
	s->o = *o;
	s->accept_again.fn = on_accept_again;
	s->drain_deadline.fn = on_drain_deadline;
	s->reserve = sock_reserve();
	return s;
}

static int listen_for(struct server *s, int fd, const struct route *rows, struct tls_ctx *tls, struct err *e)
{
	struct listener *n = calloc(1, sizeof(*n));

	if (!n) {
		close(fd);
		return err_set(e, ERR_ENV, "out of memory");
	}
	*n = (struct listener){ .server = s, .tls = tls, .rows = rows };
	if (loop_add(s->loop, &n->file, fd, LOOP_READ, on_connection, e) == 0) {
		n->next = s->listeners;
		s->listeners = n;
		return 0;
	}
	close(fd);
	free(n);
	return -1;
}

int server_listen(struct server *s, int fd, struct tls_ctx *tls, struct err *e)
{
	return listen_for(s, fd, routes, tls, e);
}

int server_listen_metrics(struct server *s, int fd, struct err *e)
{
	return listen_for(s, fd, routes_metrics, NULL, e);
}

void server_change_tls(struct server *s, struct tls_ctx *tls)
{
	for (struct listener *n = s->listeners; n; n = n->next)
		if (n->tls)
			n->tls = tls;
}

static void close_listeners(struct server *s)
{
	while (s->listeners) {
		struct listener *n = s->listeners;
		int fd = n->file.fd;

		s->listeners = n->next;
		loop_del(s->loop, &n->file);
		close(fd);
		free(n);
	}
	loop_timer_stop(s->loop, &s->accept_again);
}

void server_drain(struct server *s)
{
	struct client *next;

	if (s->draining)
		return;
	/* Whoever is in the queue has been told that the connection stands. */
	for (struct listener *n = s->listeners; n; n = n->next)
		accept_batch(n, (int)s->o.clients_max);
	close_listeners(s);
	s->draining = true;
	loop_timer_set(s->loop, &s->drain_deadline, s->o.drain);
	for (struct client *c = s->clients; c; c = next) {
		next = c->next;
		client_drain(c);
	}
	if (s->n_clients == 0)
		loop_stop(s->loop);
}

void server_stop(struct server *s)
{
	struct client *next;

	close_listeners(s);
	loop_timer_stop(s->loop, &s->drain_deadline);
	for (struct client *c = s->clients; c; c = next) {
		next = c->next;
		client_drop(c);
	}
	loop_stop(s->loop);
}

void server_free(struct server *s)
{
	struct exchange *x;

	if (!s)
		return;
	while ((x = s->spare)) {
		s->spare = x->next;
		exchange_free(x);
	}
	while (s->n_buffers)
		buf_fini(&s->buffers[--s->n_buffers]);
	buf_fini(&s->scratch);
	if (s->reserve >= 0)
		close(s->reserve);
	free(s);
}

unsigned server_clients(const struct server *s)
{
	return s->n_clients;
}

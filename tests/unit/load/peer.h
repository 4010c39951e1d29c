/* Servers that behave as a test wants, and one thread of load against them. */
#ifndef TESTS_LOAD_PEER_H
#define TESTS_LOAD_PEER_H

#include "base/clock.h"
#include "load/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Serves one connection and returns; the descriptor is closed behind it. */
typedef void (*peer_serve)(int fd, void *arg);

struct peer {
	int listener;
	uint16_t port;
	peer_serve serve;
	void *arg;
	pthread_t thread;
};

static int peer_socket(int type, uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

/* One client after the other, until the listener is shut. */
static void *peer_run(void *arg)
{
	struct peer *p = arg;
	struct timeval patience = { .tv_sec = 5 };
	int fd;

	while ((fd = accept(p->listener, NULL, NULL)) >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		p->serve(fd, p->arg);
		close(fd);
	}
	return NULL;
}

static inline void peer_start(struct peer *p, peer_serve serve, void *arg)
{
	*p = (struct peer){ .serve = serve, .arg = arg };
	p->listener = peer_socket(SOCK_STREAM, &p->port);
	assert_int_equal(listen(p->listener, 64), 0);
	assert_int_equal(pthread_create(&p->thread, NULL, peer_run, p), 0);
}

static inline void peer_stop(struct peer *p)
{
	shutdown(p->listener, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->listener);
}

/* A plan against scheme://127.0.0.1:port; one connection and message at a time unless the test says more. */
static void plan_init(struct plan *p, const char *scheme, uint16_t port)
{
	struct opt_list none = { .n = 0 };
	struct request_parts parts = { SLICE("peer.test"), &none, { NULL, 0 }, false };
	static char url[64];

	*p = (struct plan){ .connections = 1, .threads = 1, .window = 1, .size = 64 };
	snprintf(url, sizeof(url), "%s://127.0.0.1:%u", scheme, port);
	assert_int_equal(target_parse(&p->target, url, NULL), 0);
	if (p->target.kind == TARGET_HTTP)
		assert_int_equal(requests_add(&p->requests, SLICE("GET"), SLICE("/"), &parts, NULL), 0);
	requests_settle(&p->requests);
	p->timeline = timeline_new();
	p->timeout = 5 * CLOCK_SEC;
}

/* Carries the plan out in this thread, within `seconds`; what was counted is the caller's to free. */
static struct tally *plan_run(struct plan *p, double seconds)
{
	struct worker *w = calloc(1, sizeof(*w));
	struct tally *t = malloc(sizeof(*t));
	struct err e = { 0 };

	if (worker_init(w, p, 0, 0, p->connections, &e))
		fail_msg("%s", e.msg);
	p->start = clock_mono();
	p->end = p->start + (int64_t)(seconds * 1e9);
	worker_run(w);
	*t = w->tally;
	worker_fini(w);
	free(w);
	timeline_free(p->timeline);
	requests_fini(&p->requests);
	return t;
}

#endif

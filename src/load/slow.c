/* Slow clients; see slow.h. */
#include "load/slow.h"

#include "base/clock.h"
#include "load/source.h"
#include "tls/client.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BYTE_MS = 250, CONNECT_MS = 2000 };

struct slow {
	const struct plan *plan;
	struct tls_ctx *tls; /* NULL: in clear */
	struct conn *v;
	size_t *written; /* bytes of its request, so far */
	unsigned n;
	uint64_t held, lost;
	pthread_t thread;
	sem_t stop;
};

/* Begins connection i; it may fail now or later, and is tried again. */
static int begin(struct slow *s, unsigned i)
{
	const struct addr *to = &s->plan->target.addr;
	int fd = source_open(to, SOCK_STREAM, 0, NULL);

	s->written[i] = 0;
	s->v[i].fd = -1;
	if (fd < 0)
		return -1;
	if (!s->tls)
		conn_tcp_init(&s->v[i], fd, to);
	else if (tls_client_init(&s->v[i], s->tls, fd, to))
		close(fd);
	return 0;
}

/* Waits until all are connected or the time is up; returns how many are. */
static unsigned await(struct slow *s, struct pollfd *wait)
{
	int64_t until = clock_mono() + CONNECT_MS * CLOCK_MS, left;
	unsigned open = 0;

	for (unsigned i = 0; i < s->n; i++)
		wait[i] = (struct pollfd){ .fd = s->v[i].fd, .events = POLLOUT };
	while (open < s->n && (left = until - clock_mono()) > 0) {
		if (poll(wait, s->n, (int)(left / CLOCK_MS) + 1) <= 0)
			continue;
		for (unsigned i = 0; i < s->n; i++) {
			if (wait[i].fd < 0 || !wait[i].revents)
				continue;
			open += !(wait[i].revents & (POLLERR | POLLHUP));
			wait[i].fd = -1; /* poll passes it over from now on */
		}
	}
	return open;
}

/* The byte that comes next: of a request, again and again, or anything. */
static uint8_t next_byte(const struct slow *s, unsigned i)
{
	struct slice bytes;

	if (s->plan->target.kind != TARGET_HTTP)
		return '.';
	bytes = requests_at(&s->plan->requests, i)->bytes;
	return bytes.p[s->written[i] % bytes.n];
}

static bool failed(ssize_t n, bool reading)
{
	return n == CONN_ERROR || (reading && n == 0);
}

static void one_byte(struct slow *s, unsigned i)
{
	struct conn *c = &s->v[i];
	uint8_t byte = next_byte(s, i);
	ssize_t put, got;

	if (c->fd < 0) {
		begin(s, i);
		return;
	}
	put = conn_write(c, &byte, 1);
	got = failed(put, false) ? 0 : conn_read(c, &byte, 1);
	s->written[i] += put > 0;
	if (!failed(got, true))
		return;
	conn_close(c);
	s->lost++;
	begin(s, i);
}

static void *slow_run(void *arg)
{
	struct slow *s = arg;
	struct timespec t;

	for (;;) {
		int64_t next = clock_real() + BYTE_MS * CLOCK_MS;

		for (unsigned i = 0; i < s->n; i++)
			one_byte(s, i);
		t.tv_sec = next / CLOCK_SEC;
		t.tv_nsec = next % CLOCK_SEC;
		if (sem_timedwait(&s->stop, &t) == 0)
			return NULL;
	}
}

static void slow_free(struct slow *s)
{
	for (unsigned i = 0; s->v && i < s->n; i++)
		if (s->v[i].fd >= 0)
			conn_close(&s->v[i]);
	tls_ctx_free(s->tls);
	sem_destroy(&s->stop);
	free(s->written);
	free(s->v);
	free(s);
}

struct slow *slow_start(const struct plan *p, unsigned n, struct err *e)
{
	struct pollfd *wait = calloc(n, sizeof(*wait));
	struct slow *s = calloc(1, sizeof(*s));

	if (!s || !wait || !(s->v = calloc(n, sizeof(*s->v))) ||
	    !(s->written = calloc(n, sizeof(*s->written)))) {
		free(wait);
		if (s)
			free(s->v);
		free(s);
		err_set(e, ERR_ENV, "no memory for %u slow clients", n);
		return NULL;
	}
	s->plan = p;
	sem_init(&s->stop, 0, 0);
	if (p->tls && !(s->tls = tls_client_new(p->tls, e)))
		goto fail;
	for (; s->n < n; s->n++)
		begin(s, s->n);
	s->held = await(s, wait);
	if (pthread_create(&s->thread, NULL, slow_run, s)) {
		err_set(e, ERR_ENV, "cannot start a thread for slow clients");
		goto fail;
	}
	free(wait);
	return s;
fail:
	free(wait);
	slow_free(s);
	return NULL;
}

void slow_stop(struct slow *s, uint64_t *held, uint64_t *lost)
{
	if (!s)
		return;
	sem_post(&s->stop);
	pthread_join(s->thread, NULL);
	*held = s->held;
	*lost = s->lost;
	slow_free(s);
}

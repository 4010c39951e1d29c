/* Every TCP row of the museum through the same cases: what an echo server owes its clients does not
 * depend on how it waits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "server.h"

#include <time.h>

static int client_of(const struct server *s)
{
	struct err e;
	int fd = sock_connect(&s->at, 0, &e);

	if (fd < 0)
		fail_msg("%s", e.msg);
	patience(fd);
	return fd;
}

static void must_echo(int fd, const char *text)
{
	char back[256];

	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	must_read(fd, back, strlen(text));
	assert_memory_equal(back, text, strlen(text));
}

/* A stream of the pattern on its way out and back. */
struct stream {
	int fd; /* non-blocking */
	size_t total, sent, got;
};

static void stream_send(struct stream *st)
{
	uint8_t block[16384];
	size_t n = st->total - st->sent < sizeof(block) ? st->total - st->sent : sizeof(block);
	ssize_t put;

	for (size_t i = 0; i < n; i++)
		block[i] = pattern(st->sent + i);
	put = send(st->fd, block, n, MSG_NOSIGNAL);
	if (put < 0 && errno != EAGAIN)
		fail_msg("send after %zu bytes: %s", st->sent, strerror(errno));
	st->sent += put > 0 ? (size_t)put : 0;
	if (st->sent == st->total)
		shutdown(st->fd, SHUT_WR);
}

/* False at the end of the stream. */
static bool stream_receive(struct stream *st)
{
	uint8_t block[16384];
	ssize_t got = recv(st->fd, block, sizeof(block), 0);

	if (got < 0 && errno != EAGAIN)
		fail_msg("receive after %zu bytes: %s", st->got, strerror(errno));
	for (ssize_t i = 0; i < got; i++)
		if (block[i] != pattern(st->got + (size_t)i))
			fail_msg("byte %zu differs", st->got + (size_t)i);
	st->got += got > 0 ? (size_t)got : 0;
	return got != 0;
}

/* Sends what is left, ends its half, and reads until the other half ends: all of it must have come
 * back. */
static void stream_finish(struct stream *st)
{
	bool open = true;

	while (open) {
		struct pollfd p = { .fd = st->fd, .events = POLLIN };

		if (st->sent < st->total)
			p.events |= POLLOUT;
		if (poll(&p, 1, PATIENCE) != 1)
			fail_msg("stuck: sent %zu, got %zu of %zu", st->sent, st->got, st->total);
		if (p.revents & POLLOUT)
			stream_send(st);
		if (p.revents & ~POLLOUT)
			open = stream_receive(st);
	}
	assert_int_equal(st->got, st->total);
}

static struct stream stream_open(const struct server *s, size_t total)
{
	struct stream st = { .fd = client_of(s), .total = total };

	sock_nonblock(st.fd, true);
	return st;
}

/* --- What is owed --- */

static void order(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	int fd = client_of(&s);
	struct echo_stats stats;
	char b;

	must_echo(fd, "one\n");
	must_echo(fd, "two\n");
	must_echo(fd, "three\n");
	shutdown(fd, SHUT_WR);
	assert_int_equal(recv(fd, &b, 1, 0), 0);
	close(fd);
	stats = server_stop(&s);
	assert_int_equal(stats.clients, 1);
	assert_int_equal(stats.bytes, 14);
	assert_int_equal(stats.refused, 0);
}

/* Far more than fits any buffer, with partial writes both ways. */
static void volume(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	struct stream st = stream_open(&s, full() ? 100 << 20 : 20 << 20);

	stream_finish(&st);
	close(st.fd);
	assert_int_equal(server_stop(&s).bytes, st.total);
}

/* A client that sends, ends its half and only then reads still gets everything. */
static void half_close(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	struct stream st = stream_open(&s, 100000);

	while (st.sent < st.total) {
		struct pollfd p = { .fd = st.fd, .events = POLLOUT };

		assert_int_equal(poll(&p, 1, PATIENCE), 1);
		stream_send(&st);
	}
	stream_finish(&st);
	close(st.fd);
	st = stream_open(&s, 0); /* ends without a byte */
	shutdown(st.fd, SHUT_WR);
	stream_finish(&st);
	close(st.fd);
	server_stop(&s);
}

#define CROWD 500

/* All connected at once, each with a text of its own; a model that serves one at a time takes them
 * in turn. */
static void crowd(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	int fd[CROWD], n = full() ? CROWD : 200;
	char text[32], back[32];
	struct echo_stats stats;

	for (int i = 0; i < n; i++) {
		fd[i] = client_of(&s);
		snprintf(text, sizeof(text), "client number %d", i);
		assert_int_equal(send(fd[i], text, sizeof(text), MSG_NOSIGNAL), sizeof(text));
		shutdown(fd[i], SHUT_WR);
	}
	for (int i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "client number %d", i);
		must_read(fd[i], back, sizeof(back));
		assert_string_equal(back, text);
		assert_int_equal(recv(fd[i], back, 1, 0), 0);
		close(fd[i]);
	}
	stats = server_stop(&s);
	assert_int_equal(stats.clients, n);
	assert_int_equal(stats.bytes, (size_t)n * sizeof(text));
}

/* A client that sends and sends and never reads: the server stops reading from it, so that it comes
 * to a standstill; others are served all the same where the model promises that; and not a byte is
 * lost. */
static void slow_reader(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	struct stream st = stream_open(&s, 1u << 30);
	struct pollfd p = { .fd = st.fd, .events = POLLOUT };
	int other;

	/* Writable again within 200 ms: it was a pause, not a standstill. */
	while (poll(&p, 1, 200) == 1) {
		stream_send(&st);
		if (st.sent > 64u << 20)
			fail_msg("%s took %zu bytes from a client that reads none", m->name, st.sent);
	}
	if (m->concurrent) {
		other = client_of(&s);
		must_echo(other, "am I held up?");
		close(other);
	}
	st.total = st.sent;
	shutdown(st.fd, SHUT_WR);
	stream_finish(&st);
	close(st.fd);
	server_stop(&s);
}

static void reset(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	int fd;

	for (int i = 0; i < 20; i++) {
		fd = client_of(&s);
		if (i % 2)
			must_echo(fd, "x");
		assert_int_equal(send(fd, "never read", 10, MSG_NOSIGNAL), 10);
		sock_reset_on_close(fd);
		close(fd);
	}
	fd = client_of(&s);
	must_echo(fd, "still there?");
	close(fd);
	server_stop(&s);
}

#define WORKERS_MAX 64

/* Twice: what was made while the maker had no limit yet is seen by the second look, what comes later inherits it. */
static void limit_descriptors(const struct server *s, rlim_t n)
{
	for (int look = 0; look < 2; look++) {
		pid_t v[WORKERS_MAX];
		size_t all = server_family(s, v, WORKERS_MAX);

		for (size_t i = 0; i < all; i++) {
			struct rlimit lim;

			if (prlimit(v[i], RLIMIT_NOFILE, NULL, &lim) == 0) {
				lim.rlim_cur = n;
				prlimit(v[i], RLIMIT_NOFILE, &lim, NULL);
			}
		}
	}
}

/* Processor time of the server so far, ns. */
static int64_t cpu_time(const struct server *s)
{
	pid_t v[WORKERS_MAX];
	size_t all = server_family(s, v, WORKERS_MAX);
	int64_t sum = 0;

	for (size_t i = 0; i < all; i++) {
		struct timespec t;
		clockid_t id;

		/* One that has served its client may have gone meanwhile. */
		if (clock_getcpuclockid(v[i], &id) == 0 && clock_gettime(id, &t) == 0)
			sum += t.tv_sec * CLOCK_SEC + t.tv_nsec;
	}
	return sum;
}

/* Nothing is to be done, and nothing is done: with clients at a door that cannot be opened as well. */
static void must_rest(const struct server *s)
{
	int64_t start = clock_mono(), before = cpu_time(s);

	poll(NULL, 0, full() ? 1000 : 150);
	if (strncmp(s->model->waits, "never waits", 11) != 0 &&
	    cpu_time(s) - before > (clock_mono() - start) / 10)
		fail_msg("%s spins", s->model->name);
}

#define HARDLY 40 /* descriptors the server may have: its own, some that it was born with, and most for clients */

/* More clients than descriptors: each is served or turned away, none is left hanging, and
 * afterwards the server is as good as new. */
static void descriptors(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ .nofile = HARDLY });
	int fd[2 * HARDLY], served = 0, tried = 2 * HARDLY;
	struct echo_stats stats;
	char b;

	for (int i = 0; i < 2 * HARDLY; i++) {
		fd[i] = client_of(&s);
		send(fd[i], "x", 1, MSG_NOSIGNAL);
		if (m->at_once)
			shutdown(fd[i], SHUT_WR);
	}
	for (int i = 0; i < 2 * HARDLY; i++) {
		ssize_t n = recv(fd[i], &b, 1, 0);

		if (n < 0 && errno != ECONNRESET)
			fail_msg("client %d was left hanging: %s", i, strerror(errno));
		served += n == 1;
	}
	must_rest(&s);
	for (int i = 0; i < 2 * HARDLY; i++)
		close(fd[i]);
	assert_true(served >= HARDLY / 2);
	for (int i = 0; i < 2 * HARDLY; i++) {
		int again = client_of(&s); /* the closes above may still be under way */
		bool good;

		tried++;
		send(again, "y", 1, MSG_NOSIGNAL);
		good = recv(again, &b, 1, 0) == 1;
		close(again);
		if (good)
			break;
		assert_int_not_equal(i, 2 * HARDLY - 1);
	}
	stats = server_stop(&s);
	assert_int_equal(stats.clients + stats.refused, tried);
	if (m->concurrent && !m->at_once)
		assert_true(stats.refused > 0);
}

/* A client that has said all it will. */
static int brief_client(const struct server *s)
{
	int fd = client_of(s);

	assert_int_equal(send(fd, "x", 1, MSG_NOSIGNAL), 1);
	shutdown(fd, SHUT_WR);
	return fd;
}

/* Waits until every process that serves from the beginning is there: one that is being made has the limit of before. */
static void must_be_whole(const struct server *s)
{
	size_t whole = strcmp(s->model->name, "prefork") == 0 ? 1 + WORKERS : 1;
	pid_t v[WORKERS_MAX];

	for (int i = 0; server_family(s, v, WORKERS_MAX) < whole; i++) {
		assert_true(i < 1000);
		poll(NULL, 0, 10);
	}
}

#define DOOR 4 /* more than accepts that are under way: one that sleeps has its descriptor already */

/* Not even the descriptor in reserve helps: clients stand at the door, and the server does not knock its head
 * against it.  When there are descriptors again they are served. */
static void exhausted(const struct echo_model *m)
{
	struct server s;
	struct pollfd last;
	int fd[DOOR];
	char b;

	if (!strcmp(m->sync, "asynchronous")) /* the kernel keeps the limit of when it was asked to accept */
		return;
	s = server_start(m, (struct how){ 0 });
	fd[0] = brief_client(&s);
	must_read(fd[0], &b, 1);
	close(fd[0]);
	must_be_whole(&s);
	limit_descriptors(&s, 3); /* below what it has open: whatever opens one fails */
	for (int i = 0; i < DOOR; i++)
		fd[i] = brief_client(&s);
	must_rest(&s);
	last = (struct pollfd){ .fd = fd[DOOR - 1], .events = POLLIN };
	if (poll(&last, 1, 0) != 0)
		fail_msg("%s served whom it could not", m->name);
	limit_descriptors(&s, 64);
	for (int i = 0; i < DOOR; i++) {
		must_read(fd[i], &b, 1);
		close(fd[i]);
	}
	server_stop(&s);
}

/* --- How it ends --- */

/* SIGTERM in mid-stream, with a client in service and others waiting to be accepted: all get
 * everything. */
static void drain(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	struct stream st[5];
	struct echo_stats stats;

	for (int i = 0; i < 5; i++)
		st[i] = stream_open(&s, 3 << 20);
	while (st[0].got == 0) {
		struct pollfd p = { .fd = st[0].fd, .events = POLLIN | POLLOUT };

		assert_int_equal(poll(&p, 1, PATIENCE), 1);
		if (st[0].sent < st[0].total)
			stream_send(&st[0]);
		stream_receive(&st[0]);
	}
	kill(s.pid, SIGTERM);
	for (int i = 0; i < 5; i++) {
		stream_finish(&st[i]);
		close(st[i].fd);
	}
	stats = server_join(&s);
	assert_int_equal(stats.clients, 5);
	assert_int_equal(stats.bytes, 5 * (3 << 20));
	assert_int_equal(sock_connect(&s.at, 0, NULL), -1); /* nobody listens any more */
}

/* Two signals: now, although a client is open and the deadline is a minute away. */
static void second_signal(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	int fd = client_of(&s);
	char b;

	must_echo(fd, "x");
	kill(s.pid, SIGTERM);
	kill(s.pid, SIGINT);
	assert_true(recv(fd, &b, 1, 0) <= 0);
	server_join(&s);
	close(fd);
}

/* One signal and a client that never ends: the deadline. */
static void deadline(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ .drain = 120 * CLOCK_MS });
	int64_t start = clock_mono();
	int fd = client_of(&s);
	char b;

	must_echo(fd, "x");
	kill(s.pid, SIGTERM);
	must_echo(fd, "y"); /* still served */
	assert_true(recv(fd, &b, 1, 0) <= 0);
	assert_true(clock_mono() - start >= 120 * CLOCK_MS);
	server_join(&s);
	close(fd);
}

/* With nobody there, one signal ends it at once, also when it comes before the first wait. */
static void idle_stop(const struct echo_model *m)
{
	for (int i = 0; i < 20; i++) {
		struct server s = server_start(m, (struct how){ 0 });

		server_stop(&s);
	}
}

static void ipv6(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ .bind = "::1" });
	int fd = client_of(&s);

	must_echo(fd, "six");
	close(fd);
	server_stop(&s);
}

#define MODEL_TEST(fn)                                                                                       \
	static void test_##fn(void **state)                                                                  \
	{                                                                                                    \
		each_model("tcp", fn);                                                                       \
	}

MODEL_TEST(order)
MODEL_TEST(volume)
MODEL_TEST(half_close)
MODEL_TEST(crowd)
MODEL_TEST(slow_reader)
MODEL_TEST(reset)
MODEL_TEST(descriptors)
MODEL_TEST(exhausted)
MODEL_TEST(drain)
MODEL_TEST(second_signal)
MODEL_TEST(deadline)
MODEL_TEST(idle_stop)
MODEL_TEST(ipv6)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_volume),
		cmocka_unit_test(test_half_close),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_exhausted),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_second_signal),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_idle_stop),
		cmocka_unit_test(test_ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

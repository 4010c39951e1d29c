/* Datagrams against servers that lose, change and repeat them. */
#include "peer.h"

/* A UDP server in a thread: hands each datagram to `serve` until it is told to stop by an empty one. */
struct packet_peer {
	int fd;
	uint16_t port;
	pthread_t thread;
	void (*serve)(int fd, const void *bytes, size_t n, const struct sockaddr_in *from, unsigned count);
};

static void *packet_peer_run(void *arg)
{
	struct packet_peer *p = arg;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char bytes[65536];
	ssize_t n;

	for (unsigned i = 0;; i++, len = sizeof(from)) {
		n = recvfrom(p->fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &len);
		if (n <= 0)
			return NULL;
		p->serve(p->fd, bytes, (size_t)n, &from, i);
	}
}

/* Runs the plan against such a server; what was counted is the caller's to free. */
static struct tally *run_against(
    void (*serve)(int fd, const void *bytes, size_t n, const struct sockaddr_in *from, unsigned count),
    unsigned window, uint64_t count, size_t size)
{
	struct packet_peer peer = { .serve = serve };
	struct sockaddr_in self = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct plan p;
	struct tally *t;

	peer.fd = peer_socket(SOCK_DGRAM, &peer.port);
	self.sin_port = htons(peer.port);
	assert_int_equal(pthread_create(&peer.thread, NULL, packet_peer_run, &peer), 0);
	plan_init(&p, "udp", peer.port);
	p.window = window;
	p.count = count;
	p.size = size;
	p.timeout = 200 * CLOCK_MS;
	t = plan_run(&p, 10);
	sendto(peer.fd, "", 0, 0, (struct sockaddr *)&self, sizeof(self));
	pthread_join(peer.thread, NULL);
	close(peer.fd);
	return t;
}

static void back(int fd, const void *bytes, size_t n, const struct sockaddr_in *to)
{
	sendto(fd, bytes, n, 0, (const struct sockaddr *)to, sizeof(*to));
}

static void serve_well(int fd, const void *bytes, size_t n, const struct sockaddr_in *from, unsigned count)
{
	back(fd, bytes, n, from);
}

static void test_windows_and_sizes(void **state)
{
	static const struct {
		unsigned window;
		size_t size;
	} cases[] = { { 1, 8 }, { 1, 64 }, { 7, 64 }, { 64, 100 }, { 100, 8 }, { 4, 1400 }, { 2, 60000 },
		{ 1, 65507 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tally *t = run_against(serve_well, cases[i].window, 300, cases[i].size);

		assert_int_equal(t->messages + tally_errors(t), 300);
		assert_int_equal(
		    tally_errors(t), t->error[TALLY_TIMEOUT]); /* a small socket buffer may lose some */
		assert_true(t->messages >= 200);
		assert_int_equal(t->bytes_in, t->messages * cases[i].size);
		free(t);
	}
}

static void serve_third_never(
    int fd, const void *bytes, size_t n, const struct sockaddr_in *from, unsigned count)
{
	if (count != 2)
		back(fd, bytes, n, from);
}

static void test_lost(void **state)
{
	struct tally *t = run_against(serve_third_never, 4, 50, 64);

	assert_int_equal(t->messages, 49);
	assert_int_equal(t->error[TALLY_TIMEOUT], 1);
	free(t);
}

static void serve_twice(int fd, const void *bytes, size_t n, const struct sockaddr_in *from, unsigned count)
{
	back(fd, bytes, n, from);
	back(fd, bytes, n, from);
}

static void test_repeated(void **state)
{
	struct tally *t = run_against(serve_twice, 4, 50, 64);

	assert_int_equal(t->messages, 50);
	assert_int_equal(tally_errors(t), 0);
	assert_true(t->stray >= 40);
	free(t);
}

static void serve_changed(int fd, const void *bytes, size_t n, const struct sockaddr_in *from, unsigned count)
{
	char copy[64];

	memcpy(copy, bytes, n);
	copy[63]++;
	back(fd, copy, n, from);
}

static void serve_short(int fd, const void *bytes, size_t n, const struct sockaddr_in *from, unsigned count)
{
	back(fd, bytes, 3, from);
	back(fd, bytes, n, from);
}

static void test_wrong(void **state)
{
	struct tally *t = run_against(serve_changed, 1, 10, 64);

	assert_int_equal(t->error[TALLY_WRONG], 10);
	assert_int_equal(t->messages, 0);
	free(t);
	t = run_against(serve_short, 1, 10, 64);
	assert_true(t->error[TALLY_WRONG] > 0);
	free(t);
}

static void test_nobody_listens(void **state)
{
	uint16_t port;
	int fd = peer_socket(SOCK_DGRAM, &port);
	struct plan p;
	struct tally *t;

	close(fd);
	plan_init(&p, "udp", port);
	t = plan_run(&p, 10);
	assert_int_equal(t->messages, 0);
	assert_int_equal(tally_errors(t), t->error[TALLY_REFUSED]);
	assert_true(t->error[TALLY_REFUSED] > 0);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows_and_sizes),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every UDP row of the museum through the same cases. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "echo/udp.h"
#include "server.h"

/* A socket connected to `to`: it hears answers from exactly that address and port. */
static int client_of(const struct addr *to)
{
	struct addr any;
	int fd;

	assert_int_equal(addr_parse(&any, to->ss.ss_family == AF_INET6 ? "::1" : "127.0.0.1", 0, NULL), 0);
	fd = sock_udp(&any, 0, NULL);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, addr_csa(to), to->len), 0);
	patience(fd);
	return fd;
}

static void test_unanswerable(void **state)
{
	struct echo_server s = { .fd = -1 };
	struct addr from;

	assert_int_equal(addr_parse(&s.at, "127.0.0.1:7007", 0, NULL), 0);
	assert_int_equal(addr_parse(&from, "192.0.2.1:40000", 0, NULL), 0);
	assert_false(echo_udp_unanswerable(&s, &from));
	addr_set_port(&from, 7);
	assert_true(echo_udp_unanswerable(&s, &from));
	addr_set_port(&from, 19);
	assert_true(echo_udp_unanswerable(&s, &from));
	addr_set_port(&from, 0);
	assert_true(echo_udp_unanswerable(&s, &from));
	addr_set_port(&from, 7007);
	assert_true(echo_udp_unanswerable(&s, &from));
}

static void must_echo(int fd, size_t n)
{
	static uint8_t out[ECHO_UDP_ROOM], back[ECHO_UDP_ROOM];
	ssize_t got;

	for (size_t i = 0; i < n; i++)
		out[i] = pattern(i + n);
	memset(back, 0, sizeof(back));
	assert_int_equal(send(fd, out, n, 0), n);
	got = recv(fd, back, sizeof(back), 0);
	if (got < 0)
		fail_msg("a datagram of %zu bytes: %s", n, strerror(errno));
	assert_int_equal(got, n);
	assert_memory_equal(back, out, n);
}

static void too_big(int fd, size_t n)
{
	static uint8_t out[ECHO_UDP_ROOM];

	assert_int_equal(send(fd, out, n, 0), -1);
	assert_int_equal(errno, EMSGSIZE);
}

static void sizes(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	int fd = client_of(&s.at);
	struct echo_stats stats;

	must_echo(fd, 0);
	must_echo(fd, 1);
	must_echo(fd, 1472); /* a full Ethernet frame */
	must_echo(fd, 1473); /* its first fragment and one byte */
	must_echo(fd, ECHO_UDP_MAX_V4);
	too_big(fd, ECHO_UDP_MAX_V4 + 1);
	must_echo(fd, 2);
	close(fd);
	stats = server_stop(&s);
	assert_int_equal(stats.packets, 6);
	assert_int_equal(stats.dropped, 0);
	assert_int_equal(stats.bytes, 1 + 1472 + 1473 + ECHO_UDP_MAX_V4 + 2);
}

static void sizes_v6(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ .bind = "::1" });
	int fd = client_of(&s.at);

	must_echo(fd, 0);
	must_echo(fd, 1452);
	must_echo(fd, ECHO_UDP_MAX_V4 + 1);
	must_echo(fd, ECHO_UDP_MAX_V6);
	too_big(fd, ECHO_UDP_MAX_V6 + 1);
	close(fd);
	server_stop(&s);
}

/* Bound to every address, it answers from the one that was asked. */
static void source_address(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ .bind = "0.0.0.0" });
	struct addr to;
	int fd;

	assert_int_equal(addr_parse(&to, "127.0.0.5", addr_port(&s.at), NULL), 0);
	fd = client_of(&to);
	must_echo(fd, 10);
	close(fd);
	server_stop(&s);
}

/* Clients that are gone before the answer comes: the ICMP errors harm nobody. */
static void gone(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	int fd;

	for (int i = 0; i < 50; i++) {
		fd = client_of(&s.at);
		assert_int_equal(send(fd, "bye", 3, 0), 3);
		close(fd);
	}
	fd = client_of(&s.at);
	must_echo(fd, 100);
	close(fd);
	server_stop(&s);
}

/* From the server's own port number: answering could go on for ever. */
static void no_loop(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	struct echo_stats stats;
	struct addr twin;
	int fd;

	assert_int_equal(addr_parse(&twin, "127.0.0.2", addr_port(&s.at), NULL), 0);
	fd = sock_udp(&twin, 0, NULL);
	assert_true(fd >= 0);
	assert_int_equal(sendto(fd, "ping", 4, 0, addr_csa(&s.at), s.at.len), 4);
	stats = server_stop(&s);
	assert_int_equal(stats.dropped, 1);
	assert_int_equal(stats.packets, 0);
	assert_int_equal(recv(fd, &twin, sizeof(twin), MSG_DONTWAIT), -1);
	close(fd);
}

/* What had arrived when the signal came is still answered. */
static void drain(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	int fd = client_of(&s.at);
	struct echo_stats stats;
	int back = 0;
	char b[2];

	for (int i = 0; i < 100; i++)
		assert_int_equal(send(fd, &i, 1, 0), 1);
	stats = server_stop(&s);
	assert_int_equal(stats.packets, 100);
	while (recv(fd, b, sizeof(b), MSG_DONTWAIT) == 1)
		assert_int_equal(b[0], back++); /* in order */
	assert_int_equal(back, 100);
	close(fd);
}

static void idle_stop(const struct echo_model *m)
{
	for (int i = 0; i < 20; i++) {
		struct server s = server_start(m, (struct how){ 0 });

		if (i % 2)
			kill(s.pid, SIGINT);
		server_stop(&s);
	}
}

#define MODEL_TEST(fn)                                                                                       \
	static void test_##fn(void **state)                                                                  \
	{                                                                                                    \
		each_model("udp", fn);                                                                       \
	}

MODEL_TEST(sizes)
MODEL_TEST(sizes_v6)
MODEL_TEST(source_address)
MODEL_TEST(gone)
MODEL_TEST(no_loop)
MODEL_TEST(drain)
MODEL_TEST(idle_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unanswerable),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_sizes_v6),
		cmocka_unit_test(test_source_address),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_no_loop),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_idle_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

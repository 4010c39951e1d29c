/* Every UDP row of the museum through the same cases. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "echo/udp.h"
#include "server.h"

#include <netinet/udp.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

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

#define SENDERS 64
#define EACH    16

/* Many senders at once, each with datagrams of its own lengths, before anybody reads: each gets its own, in order,
 * and nobody else's. */
static void senders(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	uint8_t out[1500], back[1500];
	int fd[SENDERS];

	for (int i = 0; i < SENDERS; i++)
		fd[i] = client_of(&s.at);
	for (size_t k = 0; k < EACH; k++)
		for (size_t i = 0; i < SENDERS; i++) {
			size_t n = 2 + (i * 37 + k * 101) % 1200;

			memset(out, (int)(i * EACH + k), n);
			out[0] = (uint8_t)i;
			out[1] = (uint8_t)k;
			assert_int_equal(send(fd[i], out, n, 0), n);
			if (i % 8 == 7) /* a queue holds only so many */
				continue;
			assert_int_equal(recv(fd[i], back, sizeof(back), 0), n);
			assert_memory_equal(out, back, n);
		}
	for (size_t i = 7; i < SENDERS; i += 8)
		for (size_t k = 0; k < EACH; k++) {
			assert_int_equal(recv(fd[i], back, sizeof(back), 0), 2 + (i * 37 + k * 101) % 1200);
			assert_int_equal(back[0], i);
			assert_int_equal(back[1], k);
		}
	for (int i = 0; i < SENDERS; i++)
		close(fd[i]);
	assert_int_equal(server_stop(&s).packets, SENDERS * EACH);
}

/* Sends n bytes as datagrams of `segment` bytes with one call, the last perhaps shorter (UDP_SEGMENT). */
static void send_train(int fd, const uint8_t *p, size_t n, uint16_t segment)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(segment))] = { 0 };
	struct iovec iov = { (void *)p, n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control };
	struct cmsghdr *c = (struct cmsghdr *)control;

	msg.msg_controllen = sizeof(control);
	c->cmsg_level = SOL_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof(segment));
	memcpy(CMSG_DATA(c), &segment, sizeof(segment));
	assert_int_equal(sendmsg(fd, &msg, 0), n);
}

/* Datagrams that come coupled are answered with the lengths they had, each to its sender. */
static void trains(const struct echo_model *m)
{
	static const struct {
		size_t total;
		uint16_t segment;
	} train[] = { { 6400, 100 }, { 1001, 100 }, { 64, 1 }, { 2900, 1450 }, { 65000, 1400 },
		{ 1500, 1499 }, { 700, 700 } };
	struct server s = server_start(m, (struct how){ 0 });
	int fd[2] = { client_of(&s.at), client_of(&s.at) };
	static uint8_t out[ECHO_UDP_ROOM], back[ECHO_UDP_ROOM];
	uint64_t packets = 0;

	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = pattern(i);
	for (size_t t = 0; t < sizeof(train) / sizeof(train[0]); t++) {
		size_t segment = train[t].segment, total = train[t].total;

		for (size_t i = 0; i < 2; i++)
			send_train(fd[i], out + i, total, train[t].segment);
		for (size_t i = 0; i < 2; i++)
			for (size_t at = 0; at < total; at += segment, packets++) {
				size_t n = total - at < segment ? total - at : segment;

				assert_int_equal(recv(fd[i], back, sizeof(back), 0), n);
				assert_memory_equal(back, out + i + at, n);
			}
	}
	close(fd[0]);
	close(fd[1]);
	assert_int_equal(server_stop(&s).packets, packets);
}

/* Far more than a queue holds, from one who does not read: what is lost is lost, and afterwards the server is as
 * good as new. */
static void burst(const struct echo_model *m)
{
	struct server s = server_start(m, (struct how){ 0 });
	int fd = client_of(&s.at), other = client_of(&s.at);
	static uint8_t block[1400];

	for (int i = 0; i < 5000; i++)
		assert_int_equal(send(fd, block, sizeof(block), 0), sizeof(block));
	close(fd);
	/* The queue may be full still: a first word may be lost, one of many is not. */
	for (int i = 0; i < 1000; i++) {
		struct pollfd p = { .fd = other, .events = POLLIN };

		assert_int_equal(send(other, "x", 1, 0), 1);
		if (poll(&p, 1, 100) == 1)
			break;
		assert_int_not_equal(i, 999);
	}
	close(other);
	fd = client_of(&s.at);
	must_echo(fd, 3000);
	close(fd);
	server_stop(&s);
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
MODEL_TEST(senders)
MODEL_TEST(trains)
MODEL_TEST(burst)
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
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_trains),
		cmocka_unit_test(test_burst),
		cmocka_unit_test(test_idle_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

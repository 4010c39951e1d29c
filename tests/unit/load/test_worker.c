/* Messages against servers that behave, and against those that do not. */
#include "peer.h"

#include <string.h>

enum { MANY = 1 << 20 }; /* bytes of something endless: enough for the other side to have had its say */

static void send_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;
	ssize_t put = 1;

	for (; n && put > 0; p += put, n -= (size_t)put)
		if ((put = send(fd, p, n, MSG_NOSIGNAL)) < 0)
			return;
}

/* What a case wants of its run; 0: as plan_init has it. */
struct wish {
	const char *scheme; /* "tcp" */
	uint64_t count;
	double seconds; /* 10 */
	double rate;
	int64_t timeout; /* ns */
	size_t size;
	unsigned window;
	bool close;
};

/* A run against such a server; what was counted is the caller's to free. */
static struct tally *run_against(peer_serve serve, const void *arg, struct wish want)
{
	struct peer peer;
	struct plan p;
	struct tally *t;

	peer_start(&peer, serve, (void *)arg);
	plan_init(&p, want.scheme ? want.scheme : "tcp", peer.port);
	p.count = want.count;
	p.rate = want.rate;
	p.close = want.close;
	p.window = want.window ? want.window : p.window;
	p.size = want.size ? want.size : p.size;
	p.timeout = want.timeout ? want.timeout : p.timeout;
	t = plan_run(&p, want.seconds > 0 ? want.seconds : 10);
	peer_stop(&peer);
	return t;
}

/* --- Echo ------------------------------------------------------------------------------------------ */

static void echo(int fd, void *arg)
{
	char bytes[4096];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		send_all(fd, bytes, (size_t)n);
}

/* Every message is one read here, since the next is not sent before the echo is there. */
struct stall {
	unsigned after;
	int64_t ns;
};

static void echo_with_stall(int fd, void *arg)
{
	struct stall *s = arg;
	char bytes[64];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), MSG_WAITALL)) > 0) {
		if (s->after && --s->after == 0)
			nanosleep(&(struct timespec){ .tv_nsec = s->ns }, NULL); /* this is the stall */
		send_all(fd, bytes, (size_t)n);
	}
}

/* The reason for this program: a server that stops for 400 ms delays everybody who comes meanwhile, not the
 * one message that happens to be under way. */
static void test_stall_shows(void **state)
{
	struct stall s = { 200, 400 * CLOCK_MS };
	struct tally *t = run_against(echo_with_stall, &s, (struct wish){ .rate = 1000, .seconds = 0.8 });

	assert_int_equal(t->messages, 800);
	assert_int_equal(tally_errors(t), 0);
	/* Of the 400 due in the stall 300 wait longer than 100 ms; one only was on its way. */
	assert_true(hist_above(&t->latency, 100 * CLOCK_MS) >= 250);
	assert_true(hist_above(&t->uncorrected, 100 * CLOCK_MS) <= 20);
	assert_true(hist_percentile(&t->latency, 99) >= 300 * CLOCK_MS);
	assert_true(hist_percentile(&t->uncorrected, 50) < 100 * CLOCK_MS);
	free(t);
}

/* What was due when time was up is waited for and counted. */
static void test_stall_at_the_end_shows(void **state)
{
	struct stall s = { 100, 300 * CLOCK_MS };
	struct tally *t = run_against(echo_with_stall, &s, (struct wish){ .rate = 1000, .seconds = 0.2 });

	assert_int_equal(t->messages, 200);
	assert_int_equal(t->unanswered, 0);
	assert_true(hist_above(&t->latency, 100 * CLOCK_MS) >= 90);
	free(t);
}

static void test_echo_in_windows(void **state)
{
	static const size_t sizes[] = { 1, 7, 8, 9, 64, 5000, 200000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct tally *t =
		    run_against(echo, NULL, (struct wish){ .size = sizes[i], .window = 5, .count = 103 });

		assert_int_equal(t->messages, 103);
		assert_int_equal(t->bytes_in, 103 * sizes[i]);
		assert_int_equal(t->bytes_out, 103 * sizes[i]);
		assert_int_equal(tally_errors(t), 0);
		assert_int_equal(t->connects, 1);
		free(t);
	}
}

static void test_echo_closing_each(void **state)
{
	struct tally *t = run_against(echo, NULL, (struct wish){ .close = true, .count = 20 });

	assert_int_equal(t->messages, 20);
	assert_int_equal(t->connects, 20);
	assert_int_equal(tally_errors(t), 0);
	free(t);
}

static void echo_changed(int fd, void *arg)
{
	char bytes[64];

	if (recv(fd, bytes, sizeof(bytes), MSG_WAITALL) != sizeof(bytes))
		return;
	bytes[40]++;
	send_all(fd, bytes, sizeof(bytes));
	(void)!recv(fd, bytes, 1, 0);
}

static void echo_twice(int fd, void *arg)
{
	char bytes[128];

	if (recv(fd, bytes, 64, MSG_WAITALL) != 64)
		return;
	memcpy(bytes + 64, bytes, 64);
	send_all(fd, bytes, sizeof(bytes));
	(void)!recv(fd, bytes, 1, 0);
}

static void echo_half(int fd, void *arg)
{
	char bytes[64];

	if (recv(fd, bytes, 64, MSG_WAITALL) == 64)
		send_all(fd, bytes, 32);
}

static void fails_as(const char *scheme, peer_serve serve, const void *arg, enum tally_error kind)
{
	struct tally *t =
	    run_against(serve, arg, (struct wish){ .scheme = scheme, .count = 1, .timeout = 200 * CLOCK_MS });

	for (int i = 0; i < TALLY_ERRORS; i++)
		if (t->error[i] != (i == (int)kind))
			fail_msg("%llu errors of kind %s: %s", (unsigned long long)t->error[i],
			    tally_error_id(i), t->said[i]);
	assert_int_equal(t->unanswered, 0);
	free(t);
}

static void test_wrong_echoes(void **state)
{
	fails_as("tcp", echo_changed, NULL, TALLY_WRONG);
	fails_as("tcp", echo_half, NULL, TALLY_CLOSED);
}

static void test_more_than_was_sent(void **state)
{
	struct tally *t = run_against(echo_twice, NULL, (struct wish){ .count = 5 });

	assert_true(t->error[TALLY_WRONG] >= 1);
	assert_int_equal(tally_errors(t), t->error[TALLY_WRONG]);
	free(t);
}

/* --- HTTP ------------------------------------------------------------------------------------------ */

enum then { THEN_GO_ON, THEN_CLOSE, THEN_RESET, THEN_HANG, THEN_REPEAT };

struct answer {
	const char *bytes;
	enum then then;
	bool slowly; /* a byte a segment */
};

static bool read_request(int fd)
{
	char bytes[4096];
	size_t n = 0;
	ssize_t got;

	while (n < 4 || memcmp(bytes + n - 4, "\r\n\r\n", 4) != 0) {
		got = recv(fd, bytes + n, 1, 0);
		if (got <= 0 || ++n == sizeof(bytes))
			return false;
	}
	return true;
}

static void give(int fd, const struct answer *a)
{
	size_t n = strlen(a->bytes), step = a->slowly ? 1 : n;

	for (size_t i = 0; i < n; i += step)
		send_all(fd, a->bytes + i, step);
}

static void answer(int fd, void *arg)
{
	const struct answer *a = arg;
	struct linger now = { 1, 0 };
	char byte;

	do {
		if (!read_request(fd))
			return;
		give(fd, a);
	} while (a->then == THEN_GO_ON);
	if (a->then == THEN_CLOSE) { /* without a reset for what was not read */
		shutdown(fd, SHUT_WR);
		while (recv(fd, &byte, 1, 0) > 0)
			;
	}
	if (a->then == THEN_RESET)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	if (a->then == THEN_HANG)
		(void)!recv(fd, &byte, 1, 0);
	for (size_t i = 0;
	     a->then == THEN_REPEAT && i < MANY && send(fd, a->bytes, strlen(a->bytes), MSG_NOSIGNAL) > 0;)
		i += strlen(a->bytes);
	if (a->then == THEN_REPEAT)
		(void)!recv(fd, &byte, 1, 0);
}

static void test_answers_that_are_fine(void **state)
{
	static const struct answer fine[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", THEN_GO_ON, false },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", THEN_GO_ON, true },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", THEN_GO_ON, false },
		{ "HTTP/1.1 204 No Content\r\n\r\n", THEN_GO_ON, false },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
		    THEN_GO_ON, true },
		{ "HTTP/1.1 200 OK\r\n\r\nuntil the end", THEN_CLOSE, true },
		{ "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", THEN_CLOSE, false },
		{ "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", THEN_CLOSE, false },
		{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", THEN_GO_ON,
		    false },
	};

	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		struct tally *t =
		    run_against(answer, &fine[i], (struct wish){ .scheme = "http", .count = 5 });

		if (t->messages != 5 || t->status[2] != 5 || tally_errors(t))
			fail_msg("%s: %llu answered", fine[i].bytes, (unsigned long long)t->messages);
		assert_int_equal(t->connects, fine[i].then == THEN_CLOSE ? 5 : 1);
		free(t);
	}
}

static void test_answers_that_fail(void **state)
{
	static const struct {
		struct answer answer;
		enum tally_error kind;
	} bad[] = {
		{ { "hello\r\n\r\n", THEN_HANG, false }, TALLY_GARBAGE },
		{ { "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", THEN_CLOSE, false }, TALLY_CLOSED },
		{ { "HTTP/1.1 200 OK\r\nContent-", THEN_CLOSE, false }, TALLY_CLOSED },
		{ { "", THEN_CLOSE, false }, TALLY_CLOSED },
		{ { "", THEN_RESET, false }, TALLY_RESET },
		{ { "", THEN_HANG, false }, TALLY_TIMEOUT },
		{ { "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", THEN_HANG, false }, TALLY_TIMEOUT },
		{ { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", THEN_HANG, false },
		    TALLY_GARBAGE },
		{ { "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
		      THEN_HANG, false },
		    TALLY_GARBAGE },
		{ { "HTTP/1.1 100 Continue\r\n\r\n", THEN_REPEAT, false }, TALLY_TIMEOUT },
		{ { "HTTP/1.1 200 OK\r\n\r\n", THEN_REPEAT, false }, TALLY_TIMEOUT },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		fails_as("http", answer, &bad[i].answer, bad[i].kind);
}

static void head_without_end(int fd, void *arg)
{
	static const char line[] = "X-Y: 0123456789012345678901234567890123456789\r\n";

	if (!read_request(fd))
		return;
	send_all(fd, "HTTP/1.1 200 OK\r\n", 17);
	for (size_t i = 0; i < MANY && send(fd, line, sizeof(line) - 1, MSG_NOSIGNAL) > 0; i += sizeof(line))
		;
}

static void test_endless_head(void **state)
{
	fails_as("http", head_without_end, NULL, TALLY_GARBAGE);
}

static void test_statuses(void **state)
{
	struct answer a = { "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", THEN_GO_ON, false };
	struct tally *t = run_against(answer, &a, (struct wish){ .scheme = "http", .count = 4 });

	assert_int_equal(t->messages, 4);
	assert_int_equal(t->error[TALLY_STATUS_4XX], 4);
	assert_string_equal(t->said[TALLY_STATUS_4XX], "404 Not Found");
	free(t);
}

/* Requests written behind one whose answer ends the connection are asked again on the next. */
static void test_pipelined_requests_survive_a_close(void **state)
{
	struct answer a = { "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", THEN_CLOSE,
		false };
	struct tally *t =
	    run_against(answer, &a, (struct wish){ .scheme = "http", .count = 12, .window = 4 });

	assert_int_equal(t->messages, 12);
	assert_int_equal(t->connects, 12);
	assert_int_equal(tally_errors(t), 0);
	free(t);
}

static void test_nobody_listens(void **state)
{
	uint16_t port;
	int fd = peer_socket(SOCK_STREAM, &port); /* bound, and not listening */
	struct plan p;
	struct tally *t;

	plan_init(&p, "tcp", port);
	t = plan_run(&p, 10); /* ends early, having no hope */
	close(fd);
	assert_int_equal(t->messages, 0);
	assert_true(t->error[TALLY_REFUSED] > 0 && t->error[TALLY_REFUSED] < 20);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stall_shows),
		cmocka_unit_test(test_stall_at_the_end_shows),
		cmocka_unit_test(test_echo_in_windows),
		cmocka_unit_test(test_echo_closing_each),
		cmocka_unit_test(test_wrong_echoes),
		cmocka_unit_test(test_more_than_was_sent),
		cmocka_unit_test(test_answers_that_are_fine),
		cmocka_unit_test(test_answers_that_fail),
		cmocka_unit_test(test_endless_head),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_pipelined_requests_survive_a_close),
		cmocka_unit_test(test_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

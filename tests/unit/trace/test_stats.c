/* Counting names, and the counters of a small capture. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness.h"

static void test_names(void **state)
{
	struct stats_names s = { 0 };

	stats_count(&s, SLICE("Basic"));
	stats_count(&s, SLICE("Bearer"));
	stats_count(&s, SLICE("Basic"));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.v[0].name, "Basic");
	assert_int_equal(s.v[0].count, 2);
	assert_int_equal(s.v[1].count, 1);
}

static void test_long_names(void **state)
{
	struct stats_names s = { 0 };
	char name[300];

	memset(name, 'x', sizeof(name));
	stats_count(&s, slice_of(name, sizeof(name)));
	stats_count(&s, slice_of(name, sizeof(name)));
	stats_count(&s, slice_of(NULL, 0));
	assert_int_equal(s.n, 2);
	assert_int_equal(s.v[0].count, 2);
	assert_int_equal(strlen(s.v[0].name), STATS_NAME_MAX - 1);
}

static void test_full(void **state)
{
	struct stats_names s = { 0 };

	for (int i = 0; i < 3 * STATS_NAMES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		stats_count(&s, slice_str(name));
		stats_count(&s, SLICE("0"));
	}
	assert_int_equal(s.n, STATS_NAMES);
	assert_int_equal(s.v[0].count, 3 * STATS_NAMES + 1);
}

static void test_capture(void **state)
{
	const struct trace_stats *s;
	struct lab l;
	struct talk t;

	lab_init(&l);
	talk_init(&t, &l, 40000, 80);
	talk_open(&t);
	talk_text(&t, FLOW_CLIENT, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&t, FLOW_SERVER, "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
	talk_close(&t);
	lab_run(&l);
	s = trace_stats(l.trace);
	assert_int_equal(s->packets, 9);
	assert_int_equal(s->tcp_streams, 1);
	assert_int_equal(s->udp_streams, 0);
	assert_int_equal(s->syn, 1);
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->fin, 2);
	assert_int_equal(s->rst, 0);
	assert_int_equal(s->http_requests, 1);
	assert_int_equal(s->http_responses, 1);
	assert_int_equal(s->set_cookie_headers, 1);
	assert_int_equal(s->damaged_packets, 0);
	assert_int_equal(s->first_ts, LAB_START);
	assert_int_equal(s->last_ts, LAB_START + 8 * l.step);
	lab_fini(&l);
}

/* Packets that stand out of order: the capture lasts from the earliest to the latest all the same. */
static void test_out_of_order(void **state)
{
	struct lab l;
	struct talk t;

	lab_init(&l);
	l.step = CLOCK_MS;
	talk_init(&t, &l, 40000, 80);
	talk_send(&t, FLOW_CLIENT, TCP_SYN, SLICE(""));
	l.now -= 3 * CLOCK_MS;
	talk_send(&t, FLOW_SERVER, TCP_SYN | TCP_ACK, SLICE(""));
	talk_send(&t, FLOW_CLIENT, TCP_ACK, SLICE(""));
	lab_run(&l);
	assert_int_equal(trace_stats(l.trace)->first_ts, LAB_START - 2 * CLOCK_MS);
	assert_int_equal(trace_stats(l.trace)->last_ts, LAB_START);
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_out_of_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

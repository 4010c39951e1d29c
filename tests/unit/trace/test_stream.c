/* Streams with holes, contradictions and ends: what is handed on, when, and what is said of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "talks.h"

#define REQUEST "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

static void expect_gap(struct fixture *f, const char *missing, const char *why)
{
	lab_expect(lab_one(&f->lab, NOTE_STREAM_GAP), "osilab.tcp.missing", missing);
	lab_expect(lab_one(&f->lab, NOTE_STREAM_GAP), "osilab.tcp.why", why);
}

/* Bytes behind a hole are read when the capture ends; the note is one for the end. */
static void test_end_of_capture(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_lose(&f.talk, C, 9);
	talk_text(&f.talk, C, REQUEST);
	assert_int_equal(run(&f)->http_requests, 1);
	expect_gap(&f, "9", "the capture ended before they came");
	expect_in(&f.lab, NOTE_STREAM_GAP, 0);
	expect_in(&f.lab, NOTE_HTTP_REQUEST, 0);
	assert_int_equal(trace_stats(f.lab.trace)->open_at_end, 1);
	lab_fini(&f.lab);
}

/* With one direction only nobody says what arrived: after some seconds what waits is read. */
static void test_one_way(void **state)
{
	struct fixture f;

	setup(&f);
	talk_send(&f.talk, C, TCP_SYN, SLICE(""));
	talk_lose(&f.talk, S, 1);
	talk_ack(&f.talk, C);
	talk_lose(&f.talk, C, 9);
	talk_text(&f.talk, C, REQUEST);
	talk_text(&f.talk, C, REQUEST);
	f.lab.now += 6 * CLOCK_SEC;
	talk_text(&f.talk, C, REQUEST);
	assert_int_equal(run(&f)->http_requests, 3);
	expect_in(&f.lab, NOTE_TCP_ONE_WAY, 2);
	lab_expect(lab_one(&f.lab, NOTE_TCP_ONE_WAY), "osilab.side", "client");
	expect_gap(&f, "9", "nobody sent them again for seconds");
	expect_in(&f.lab, NOTE_STREAM_GAP, 5);
	expect_states(&f.lab, 2, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	assert_int_equal(trace_stats(f.lab.trace)->one_way, 1);
	lab_fini(&f.lab);
}

static void test_one_way_server(void **state)
{
	struct fixture f;

	setup(&f);
	talk_lose(&f.talk, C, 1);
	talk_send(&f.talk, S, TCP_SYN | TCP_ACK, SLICE(""));
	talk_lose(&f.talk, C, 30);
	talk_text(&f.talk, S, "HTTP/1.1 204 No Content\r\n\r\n");
	assert_int_equal(run(&f)->http_responses, 1);
	expect_in(&f.lab, NOTE_TCP_ONE_WAY, 2);
	expect_states(&f.lab, 2, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	lab_fini(&f.lab);
}

/* Both directions are there: a capture that begins inside is not said to be one-way. */
static void test_both_ways(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "hello");
	talk_text(&f.talk, S, "world");
	talk_ack(&f.talk, C);
	run(&f);
	lab_none(&f.lab, NOTE_TCP_ONE_WAY);
	lab_fini(&f.lab);
}

/* The last bytes before the FIN were not captured: the stream ends all the same. */
static void test_fin_with_missing_data(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, C, REQUEST);
	talk_text(&f.talk, S, "HTTP/1.0 200 OK\r\n\r\nthe beginn");
	talk_lose(&f.talk, S, 3);
	talk_send(&f.talk, S, TCP_FIN | TCP_ACK, SLICE(""));
	talk_ack(&f.talk, C);
	run(&f);
	expect_gap(&f, "3", "the other end has them: the capture missed them");
	lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY), "osilab.http.body_bytes", "13");
	lab_fini(&f.lab);
}

/* A FIN that overtakes data: the receiver is in CLOSE-WAIT only when it has all before it. */
static void test_fin_too_early(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	f.lab.step = CLOCK_MS;
	seq = f.talk.seq[C];
	f.talk.id = 11;
	talk_at(&f.talk, C, TCP_FIN | TCP_ACK, seq + 5, f.talk.acked[C], SLICE(""));
	f.talk.id = 10;
	talk_at(&f.talk, C, TCP_ACK, seq, f.talk.acked[C], SLICE("hello"));
	talk_at(&f.talk, S, TCP_ACK, f.talk.seq[S], seq + 6, SLICE(""));
	run(&f);
	expect_states(&f.lab, 4, TCP_STATE_FIN_WAIT_1, TCP_STATE_ESTABLISHED);
	expect_states(&f.lab, 6, TCP_STATE_FIN_WAIT_2, TCP_STATE_CLOSE_WAIT);
	lab_one(&f.lab, NOTE_TCP_OUT_OF_ORDER);
	lab_fini(&f.lab);
}

/* A forged answer comes first: it counts, the real one contradicts it. */
static void test_injection(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	f.lab.step = CLOCK_MS;
	talk_text(&f.talk, C, REQUEST);
	seq = f.talk.seq[S];
	talk_text(&f.talk, S, "HTTP/1.1 302 Found\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n");
	talk_at(&f.talk, S, TCP_ACK, seq, f.talk.acked[S],
	    SLICE("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
	assert_int_equal(run(&f)->conflicting_bytes, 1);
	expect_in(&f.lab, NOTE_STREAM_CONFLICT, 6);
	lab_expect(lab_one(&f.lab, NOTE_STREAM_CONFLICT), "osilab.side", "server");
	lab_expect(lab_one(&f.lab, NOTE_HTTP_RESPONSE), "http.response.code", "302");
	lab_fini(&f.lab);
}

/* The same bytes in other cuts contradict nothing; neither before nor behind a hole. */
static void test_no_contradiction(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	seq = f.talk.seq[C];
	talk_text(&f.talk, C, "0123456789abcdefghijklmnopqrstuvwxyz");
	talk_at(&f.talk, C, TCP_ACK, seq + 3, f.talk.acked[C], SLICE("3456789abcdefghijklmnopqrstuv"));
	talk_at(&f.talk, C, TCP_ACK, seq + 40, f.talk.acked[C], SLICE("EFGHIJ"));
	talk_at(&f.talk, C, TCP_ACK, seq + 30, f.talk.acked[C], SLICE("uvwxyzABCDEFGH"));
	run(&f);
	lab_none(&f.lab, NOTE_STREAM_CONFLICT);
	lab_fini(&f.lab);
}

/* Behind a hole as well. */
static void test_waiting_contradicted(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	seq = f.talk.seq[C];
	talk_at(&f.talk, C, TCP_ACK, seq + 10, f.talk.acked[C], SLICE("waiting"));
	talk_at(&f.talk, C, TCP_ACK, seq + 8, f.talk.acked[C], SLICE("??WAITING"));
	run(&f);
	expect_in(&f.lab, NOTE_STREAM_CONFLICT, 5);
	lab_fini(&f.lab);
}

/* Data from the other side, a gap and a swap at once: every request and answer is found. */
static void test_all_at_once(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	f.lab.step = CLOCK_MS;
	talk_text(&f.talk, C, REQUEST);
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
	talk_lose(&f.talk, S, 5);
	seq = f.talk.seq[C];
	talk_at(&f.talk, C, TCP_ACK, seq + 10, f.talk.acked[C], slice_skip(SLICE(REQUEST), 10));
	talk_at(&f.talk, C, TCP_ACK, seq, f.talk.acked[C], slice_sub(SLICE(REQUEST), 0, 10));
	f.talk.seq[C] = seq + sizeof(REQUEST) - 1;
	f.talk.acked[S] = f.talk.seq[C];
	talk_text(&f.talk, S, "HTTP/1.1 204 No Content\r\n\r\n");
	talk_ack(&f.talk, C);
	assert_int_equal(run(&f)->http_requests, 2);
	assert_int_equal(trace_stats(f.lab.trace)->http_responses, 2);
	expect_gap(&f, "5", "the other end has them: the capture missed them");
	lab_fini(&f.lab);
}

static void test_open_at_end(void **state)
{
	struct fixture f;
	struct talk other;

	setup_open(&f);
	talk_send(&f.talk, C, TCP_FIN | TCP_ACK, SLICE(""));
	talk_send(&f.talk, S, TCP_FIN | TCP_ACK, SLICE("")); /* never acknowledged */
	talk_init(&other, &f.lab, 40001, 7);
	talk_open(&other);
	talk_init(&other, &f.lab, 40002, 7);
	talk_send(&other, C, TCP_SYN, SLICE(""));
	talk_init(&other, &f.lab, 40003, 7);
	talk_open(&other);
	talk_close(&other);
	assert_int_equal(run(&f)->open_at_end, 2);
	lab_expect(lab_one(&f.lab, NOTE_TCP_OPEN_AT_END), "osilab.tcp.open", "1");
	lab_expect(lab_one(&f.lab, NOTE_TCP_CLOSING_AT_END), "osilab.tcp.closing", "1");
	lab_expect(lab_one(&f.lab, NOTE_TCP_UNANSWERED), "osilab.tcp.unanswered", "1");
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end_of_capture),
		cmocka_unit_test(test_one_way),
		cmocka_unit_test(test_one_way_server),
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_fin_with_missing_data),
		cmocka_unit_test(test_fin_too_early),
		cmocka_unit_test(test_injection),
		cmocka_unit_test(test_no_contradiction),
		cmocka_unit_test(test_waiting_contradicted),
		cmocka_unit_test(test_all_at_once),
		cmocka_unit_test(test_open_at_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

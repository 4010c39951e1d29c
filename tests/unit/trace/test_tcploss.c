/* What is sent again, and why; what is needless, out of order, a probe. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "talks.h"

/* The timer doubles: said from the second time on. */
static void test_back_off(void **state)
{
	static const int64_t waits[] = { 200, 410, 820, 1650 };
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	seq = f.talk.seq[C];
	talk_text(&f.talk, C, "hello");
	for (int i = 0; i < 4; i++) {
		sent_again(&f, C, waits[i] * CLOCK_MS, seq, "hello");
	}
	assert_int_equal(run(&f)->retransmission, 4);
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_RETRANSMISSION), 4);
	lab_expect(lab_find(&f.lab, NOTE_TCP_RETRANSMISSION, 1), "osilab.tcp.after", "410 ms");
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_BACK_OFF), 3);
	lab_expect(lab_find(&f.lab, NOTE_TCP_BACK_OFF, 0), "osilab.tcp.before", "200 ms");
	lab_expect(lab_find(&f.lab, NOTE_TCP_BACK_OFF, 2), "osilab.tcp.times", "4");
	lab_fini(&f.lab);
}

/* SYNs without an answer: attempts are counted, and the doubling is said. */
static void test_syn_series(void **state)
{
	struct fixture f;

	setup(&f);
	talk_send(&f.talk, C, TCP_SYN, SLICE(""));
	lab_again(&f.lab, 1 * CLOCK_SEC);
	lab_again(&f.lab, 2 * CLOCK_SEC);
	lab_again(&f.lab, 4 * CLOCK_SEC);
	assert_int_equal(run(&f)->syn, 4);
	lab_expect(lab_find(&f.lab, NOTE_TCP_SYN_AGAIN, 2), "osilab.tcp.times", "4");
	lab_expect(lab_find(&f.lab, NOTE_TCP_SYN_AGAIN, 2), "osilab.tcp.after", "4 s");
	lab_expect(lab_find(&f.lab, NOTE_TCP_SYN_AGAIN, 2), "osilab.tcp.since", "7 s");
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_BACK_OFF), 2);
	lab_expect(lab_one(&f.lab, NOTE_TCP_UNANSWERED), "osilab.tcp.unanswered", "1");
	lab_fini(&f.lab);
}

/* One duplicate ACK with a block beyond the hole is enough for a sender that goes by them. */
static void test_by_sack(void **state)
{
	struct fixture f;
	uint32_t hole;

	setup_open(&f);
	hole = f.talk.seq[C];
	talk_text(&f.talk, C, "hole");
	talk_text(&f.talk, C, "beyond");
	sacked(&f, S, hole, hole + 4, hole + 10);
	sent_again(&f, C, 40 * CLOCK_MS, hole, "hole");
	assert_int_equal(run(&f)->retransmission, 1);
	lab_expect(lab_one(&f.lab, NOTE_TCP_SACK_RETRANSMISSION), "osilab.tcp.sack_high", "10");
	lab_none(&f.lab, NOTE_TCP_RETRANSMISSION);
	lab_none(&f.lab, NOTE_TCP_OUT_OF_ORDER);
	lab_fini(&f.lab);
}

/* What was sent again by the blocks is lost once more: then only the timer is left. */
static void test_by_sack_then_by_timer(void **state)
{
	struct fixture f;
	uint32_t hole;

	setup_open(&f);
	hole = f.talk.seq[C];
	talk_text(&f.talk, C, "hole");
	talk_text(&f.talk, C, "beyond");
	sacked(&f, S, hole, hole + 4, hole + 10);
	sent_again(&f, C, 40 * CLOCK_MS, hole, "hole");
	sent_again(&f, C, 207 * CLOCK_MS, hole, "hole");
	assert_int_equal(run(&f)->retransmission, 2);
	expect_in(&f.lab, NOTE_TCP_SACK_RETRANSMISSION, 7);
	expect_in(&f.lab, NOTE_TCP_RETRANSMISSION, 8);
	lab_expect(lab_one(&f.lab, NOTE_TCP_RETRANSMISSION), "osilab.tcp.after", "207 ms");
	lab_fini(&f.lab);
}

static void test_tail_probe(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	talk_text(&f.talk, C, "first");
	talk_ack(&f.talk, S);
	seq = f.talk.seq[C];
	talk_text(&f.talk, C, "last");
	sent_again(&f, C, 60 * CLOCK_MS, seq, "last");
	assert_int_equal(run(&f)->tail_loss_probe, 1);
	assert_int_equal(trace_stats(f.lab.trace)->retransmission, 1);
	expect_in(&f.lab, NOTE_TCP_TAIL_PROBE, 7);
	lab_fini(&f.lab);
}

/* The same times, told apart by the sender's clock: on the way it was overtaken, or it was sent again. */
static void test_clock_tells(void **state)
{
	for (int again = 0; again <= 1; again++) {
		struct fixture f;
		uint32_t seq, ack;

		setup_open(&f);
		seq = f.talk.seq[C], ack = f.talk.acked[C];
		stamped(&f, C, seq, ack, 100, 1, "one..");
		stamped(&f, C, seq + 10, ack, 102, 1, "three");
		wait_for(&f, CLOCK_MS);
		stamped(&f, C, seq + 5, ack, again ? 103 : 101, 1, "two..");
		run(&f);
		assert_int_equal(trace_stats(f.lab.trace)->out_of_order, !again);
		assert_int_equal(trace_stats(f.lab.trace)->retransmission, again);
		lab_none(&f.lab, NOTE_TCP_PAWS);
		lab_fini(&f.lab);
	}
}

/* Without time stamps the sender's count of packets tells; of one that does not count, nothing. */
static void test_count_tells(void **state)
{
	static const struct {
		uint16_t id[3];
		bool again;
	} cases[] = { { { 10, 12, 11 }, false }, { { 10, 11, 12 }, true }, { { 10, 9000, 9001 }, false } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		uint32_t seq, ack;

		setup_open(&f);
		f.lab.step = CLOCK_MS;
		seq = f.talk.seq[C], ack = f.talk.acked[C];
		f.talk.id = cases[i].id[0];
		talk_at(&f.talk, C, TCP_ACK, seq, ack, SLICE("one.."));
		f.talk.id = cases[i].id[1];
		talk_at(&f.talk, C, TCP_ACK, seq + 10, ack, SLICE("three"));
		f.talk.id = cases[i].id[2];
		talk_at(&f.talk, C, TCP_ACK, seq + 5, ack, SLICE("two.."));
		run(&f);
		assert_int_equal(trace_stats(f.lab.trace)->retransmission, cases[i].again);
		assert_int_equal(trace_stats(f.lab.trace)->out_of_order, !cases[i].again);
		lab_fini(&f.lab);
	}
}

/* The receiver says that it had it: RFC 2883; blocks below the acknowledgement, and inside the next block. */
static void test_dsack(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	seq = f.talk.seq[C];
	talk_text(&f.talk, C, "hello");
	talk_ack(&f.talk, S);
	sent_again(&f, C, 300 * CLOCK_MS, seq, "hello");
	sacked(&f, S, seq + 5, seq, seq + 5);
	assert_int_equal(run(&f)->dsack, 1);
	lab_expect(lab_one(&f.lab, NOTE_TCP_DSACK), "tcp.options.sack.dsack_le", "1");
	lab_expect(lab_one(&f.lab, NOTE_TCP_DSACK), "tcp.options.sack.dsack_re", "6");
	lab_none(&f.lab, NOTE_TCP_SACK);
	lab_fini(&f.lab);
}

static void test_dsack_inside(void **state)
{
	struct tcp ack = { .flags = TCP_ACK, .window = 100, .nsack = 2 };
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	seq = f.talk.seq[C];
	talk_lose(&f.talk, C, 5);
	talk_text(&f.talk, C, "beyond");
	ack.seq = f.talk.seq[S];
	ack.ack = seq;
	ack.sack[0] = (struct tcp_sack){ seq + 5, seq + 8 };
	ack.sack[1] = (struct tcp_sack){ seq + 5, seq + 11 };
	talk_raw(&f.talk, S, ack, SLICE(""));
	assert_int_equal(run(&f)->dsack, 1);
	lab_expect(lab_one(&f.lab, NOTE_TCP_SACK), "osilab.tcp.sack", "6–11");
	lab_fini(&f.lab);
}

/* RFC 3522: the answer echoes the first sending, or the second. */
static void test_eifel(void **state)
{
	for (int needless = 0; needless <= 1; needless++) {
		struct fixture f;
		uint32_t seq, ack;

		setup_open(&f);
		seq = f.talk.seq[C], ack = f.talk.acked[C];
		stamped(&f, C, seq, ack, 100, 1, "hello");
		wait_for(&f, 300 * CLOCK_MS);
		stamped(&f, C, seq, ack, 400, 1, "hello");
		stamped(&f, S, ack, seq + 5, 7, needless ? 100 : 400, "");
		run(&f);
		assert_int_equal(lab_count(&f.lab, NOTE_TCP_EIFEL), needless);
		lab_one(&f.lab, NOTE_TCP_RETRANSMISSION);
		lab_fini(&f.lab);
	}
}

static void test_paws(void **state)
{
	struct fixture f;
	uint32_t seq, ack;

	setup_open(&f);
	seq = f.talk.seq[C], ack = f.talk.acked[C];
	stamped(&f, C, seq, ack, 5000, 1, "hello");
	stamped(&f, C, seq + 5, ack, 4000, 1, "world");
	assert_int_equal(run(&f)->paws, 1);
	lab_expect(lab_one(&f.lab, NOTE_TCP_PAWS), "osilab.tcp.tsval_before", "5000");
	lab_fini(&f.lab);
}

/* The byte of a keep-alive may be anything; it is no part of the stream, whether its place is known or not. */
static void test_keep_alive_byte(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, C, "GET / HTTP/1.1\r\nHost: h\r\n");
	talk_lose(&f.talk, C, 2); /* the end of the head: not captured */
	talk_ack(&f.talk, S);
	talk_at(&f.talk, C, TCP_ACK, f.talk.seq[C], f.talk.acked[C], SLICE(""));
	f.lab.now += 60 * CLOCK_SEC;
	talk_at(&f.talk, C, TCP_ACK, f.talk.seq[C] - 1, f.talk.acked[C], SLICE("X"));
	talk_ack(&f.talk, S);
	assert_int_equal(run(&f)->keep_alive, 1);
	assert_int_equal(trace_stats(f.lab.trace)->keep_alive_ack, 1);
	lab_none(&f.lab, NOTE_STREAM_CONFLICT);
	lab_none(&f.lab, NOTE_TCP_SPURIOUS);
	lab_fini(&f.lab);
}

/* One byte that was not acknowledged is no keep-alive: it is sent again, and read. */
static void test_last_byte_again(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	talk_text(&f.talk, C, "hello");
	talk_ack(&f.talk, S);
	seq = f.talk.seq[C];
	talk_text(&f.talk, C, "!");
	sent_again(&f, C, 300 * CLOCK_MS, seq, "!");
	assert_int_equal(run(&f)->keep_alive, 0);
	assert_int_equal(trace_stats(f.lab.trace)->retransmission, 1);
	lab_fini(&f.lab);
}

/* Acknowledged, but never seen: the capture missed it.  Said once for a hole. */
static void test_ack_of_unseen(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, C, "hello");
	talk_lose(&f.talk, C, 7);
	talk_text(&f.talk, C, "world");
	talk_ack(&f.talk, S);
	talk_ack(&f.talk, S);
	talk_lose(&f.talk, C, 3);
	talk_ack(&f.talk, S); /* and at the end of what was sent */
	assert_int_equal(run(&f)->ack_lost_segment, 2);
	assert_int_equal(lab_find(&f.lab, NOTE_TCP_ACK_LOST, 0)->packet, 6);
	lab_expect(lab_find(&f.lab, NOTE_TCP_ACK_LOST, 0), "osilab.tcp.unseen", "6");
	assert_int_equal(lab_find(&f.lab, NOTE_TCP_ACK_LOST, 1)->packet, 8);
	lab_expect(lab_find(&f.lab, NOTE_TCP_ACK_LOST, 1), "osilab.tcp.unseen", "18");
	lab_none(&f.lab, NOTE_TCP_SPURIOUS);
	lab_fini(&f.lab);
}

static void test_window_update(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, C, "hello");
	talk_ack(&f.talk, S);
	f.talk.window[S] = 32000;
	talk_ack(&f.talk, S);
	assert_int_equal(run(&f)->window_update, 1);
	lab_expect(lab_one(&f.lab, NOTE_TCP_WINDOW_UPDATE), "tcp.window_size", "32000");
	lab_none(&f.lab, NOTE_TCP_DUP_ACK);
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_off),
		cmocka_unit_test(test_syn_series),
		cmocka_unit_test(test_by_sack),
		cmocka_unit_test(test_by_sack_then_by_timer),
		cmocka_unit_test(test_tail_probe),
		cmocka_unit_test(test_clock_tells),
		cmocka_unit_test(test_count_tells),
		cmocka_unit_test(test_dsack),
		cmocka_unit_test(test_dsack_inside),
		cmocka_unit_test(test_eifel),
		cmocka_unit_test(test_paws),
		cmocka_unit_test(test_keep_alive_byte),
		cmocka_unit_test(test_last_byte_again),
		cmocka_unit_test(test_ack_of_unseen),
		cmocka_unit_test(test_window_update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

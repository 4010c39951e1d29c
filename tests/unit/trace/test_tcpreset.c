/* Who resets a connection and why, and whether the other end believes it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "talks.h"

static void expect_why(struct fixture *f, const char *why)
{
	lab_expect(lab_one(&f->lab, NOTE_TCP_RESET), "osilab.tcp.why", why);
}

/* RFC 9293 3.5.1: one end crashed; its kernel answers for a connection that it does not know. */
static void test_half_open(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, C, "hello");
	talk_ack(&f.talk, S);
	f.lab.now += 60 * CLOCK_SEC;
	talk_text(&f.talk, C, "still there?");
	talk_at(&f.talk, S, TCP_RST, f.talk.acked[C], 0, SLICE(""));
	run(&f);
	expect_why(&f, "it knows nothing of this connection: it crashed and started anew, or gave it up long "
	               "ago (half-open)");
	expect_states(&f.lab, 7, TCP_STATE_CLOSED, TCP_STATE_CLOSED);
	lab_none(&f.lab, NOTE_TCP_OPEN_AT_END);
	lab_fini(&f.lab);
}

/* RFC 9293 figure 10: the crashed end asks anew, the other still has the old connection. */
static void test_half_open_syn(void **state)
{
	struct fixture f;
	uint32_t old_seq, old_ack;

	setup_open(&f);
	talk_text(&f.talk, C, "hello");
	talk_ack(&f.talk, S);
	old_seq = f.talk.seq[S], old_ack = f.talk.acked[S];
	talk_at(&f.talk, C, TCP_SYN, 77, 0, SLICE(""));
	talk_at(&f.talk, S, TCP_ACK, old_seq, old_ack, SLICE(""));
	talk_at(&f.talk, C, TCP_RST, old_ack, 0, SLICE(""));
	f.lab.now += CLOCK_SEC;
	talk_at(&f.talk, C, TCP_SYN, 77, 0, SLICE(""));
	talk_at(&f.talk, S, TCP_SYN | TCP_ACK, 500, 78, SLICE(""));
	talk_at(&f.talk, C, TCP_ACK, 78, 501, SLICE(""));
	assert_int_equal(run(&f)->challenge_ack, 1);
	expect_in(&f.lab, NOTE_TCP_PORTS_REUSED, 6);
	expect_in(&f.lab, NOTE_TCP_CHALLENGE_OLD, 7);
	expect_in(&f.lab, NOTE_TCP_RESET_OLD, 8);
	lab_none(&f.lab, NOTE_TCP_RESET);
	lab_none(&f.lab, NOTE_TCP_ACK_LOST);
	expect_states(&f.lab, 11, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	assert_int_equal(f.lab.frames[10].rel_ack, 1);
	lab_fini(&f.lab);
}

/* RFC 5961: numbers that do not fit are not believed, and the connection goes on. */
static void test_not_believed(void **state)
{
	for (int inside = 0; inside <= 1; inside++) {
		struct fixture f;
		uint32_t expected;

		setup_open(&f);
		talk_text(&f.talk, C, "hello");
		talk_ack(&f.talk, S);
		expected = f.talk.seq[C];
		talk_at(&f.talk, C, TCP_RST, expected + (inside ? 1000 : 1000000), 0, SLICE(""));
		if (inside)
			talk_ack(&f.talk, S);
		talk_text(&f.talk, C, "more");
		talk_ack(&f.talk, S);
		run(&f);
		assert_int_equal(lab_count(&f.lab, NOTE_TCP_RESET_CHALLENGED), inside);
		assert_int_equal(lab_count(&f.lab, NOTE_TCP_CHALLENGE), inside);
		assert_int_equal(lab_count(&f.lab, NOTE_TCP_RESET_IGNORED), !inside);
		if (inside)
			lab_expect(lab_one(&f.lab, NOTE_TCP_RESET_CHALLENGED), "osilab.tcp.off_by", "1000");
		lab_none(&f.lab, NOTE_TCP_RESET);
		lab_none(&f.lab, NOTE_TCP_LOST);
		expect_states(&f.lab, f.lab.nframes, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
		lab_fini(&f.lab);
	}
}

static void test_keep_alive_unanswered(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, C, "hello");
	talk_ack(&f.talk, S);
	for (int i = 0; i < 3; i++) {
		f.lab.now += 10 * CLOCK_SEC;
		talk_at(&f.talk, C, TCP_ACK, f.talk.seq[C] - 1, f.talk.acked[C], SLICE(""));
	}
	f.lab.now += 10 * CLOCK_SEC;
	talk_send(&f.talk, C, TCP_RST | TCP_ACK, SLICE(""));
	run(&f);
	expect_why(&f, "its keep-alive probes were not answered");
	lab_fini(&f.lab);
}

/* The SYN, ACK is answered by RST: the asker looked only, or never asked. */
static void test_scan(void **state)
{
	struct fixture f;

	setup(&f);
	talk_send(&f.talk, C, TCP_SYN, SLICE(""));
	talk_send(&f.talk, S, TCP_SYN | TCP_ACK, SLICE(""));
	talk_at(&f.talk, C, TCP_RST, f.talk.seq[C], 0, SLICE(""));
	run(&f);
	expect_why(&f, "it does not know of this connection, or only looked who answers");
	expect_states(&f.lab, 3, TCP_STATE_CLOSED, TCP_STATE_CLOSED);
	lab_fini(&f.lab);
}

static void test_nothing_unread(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, C, "hello");
	talk_ack(&f.talk, S);
	talk_send(&f.talk, C, TCP_RST | TCP_ACK, SLICE(""));
	run(&f);
	expect_why(&f, "the program ended it without closing");
	lab_fini(&f.lab);
}

static void test_again(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, S, "data");
	talk_send(&f.talk, C, TCP_RST | TCP_ACK, SLICE(""));
	talk_text(&f.talk, S, "more");
	talk_send(&f.talk, C, TCP_RST, SLICE(""));
	run(&f);
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_RESET), 2);
	lab_expect(lab_find(&f.lab, NOTE_TCP_RESET, 1), "osilab.tcp.why",
	    "again, for what was on its way when it was reset");
	expect_states(&f.lab, 7, TCP_STATE_CLOSED, TCP_STATE_CLOSED);
	lab_fini(&f.lab);
}

/* Forged in between: it comes from nearer than the rest did.  The TTL is byte 22, its checksum 24. */
static void test_hops(void **state)
{
	struct fixture f;
	struct lab_packet *last;

	setup_open(&f);
	talk_text(&f.talk, S, "data");
	talk_send(&f.talk, S, TCP_RST | TCP_ACK, SLICE(""));
	last = &f.lab.packets[f.lab.n - 1];
	last->bytes[22] = 61;
	run(&f);
	lab_expect(lab_one(&f.lab, NOTE_TCP_RESET_HOPS), "osilab.ip.ttl", "61");
	lab_expect(lab_one(&f.lab, NOTE_TCP_RESET_HOPS), "osilab.ip.ttl_before", "64");
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_half_open),
		cmocka_unit_test(test_half_open_syn),
		cmocka_unit_test(test_not_believed),
		cmocka_unit_test(test_keep_alive_unanswered),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_nothing_unread),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_hops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Round trips: which ACKs time what, and what is said of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "talks.h"

static void test_said_at_close(void **state)
{
	struct fixture f;

	setup(&f);
	talk_send(&f.talk, C, TCP_SYN, SLICE(""));
	wait_for(&f, 30 * CLOCK_MS);
	talk_send(&f.talk, S, TCP_SYN | TCP_ACK, SLICE("")); /* 30 ms to the server */
	wait_for(&f, 2 * CLOCK_MS);
	talk_ack(&f.talk, C); /* 2 ms to the client */
	talk_text(&f.talk, C, "hello");
	wait_for(&f, 38 * CLOCK_MS);
	talk_ack(&f.talk, S); /* 38 ms */
	f.lab.step = 20 * CLOCK_MS;
	talk_close(&f.talk); /* 20 ms to the server and to the client */
	run(&f);
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_RTT), 2);
	lab_expect(lab_find(&f.lab, NOTE_TCP_RTT, 0), "osilab.side", "server");
	lab_expect(lab_find(&f.lab, NOTE_TCP_RTT, 0), "osilab.tcp.rtt_min", "20 ms");
	lab_expect(lab_find(&f.lab, NOTE_TCP_RTT, 0), "osilab.tcp.rtt_max", "38 ms");
	lab_expect(lab_find(&f.lab, NOTE_TCP_RTT, 0), "osilab.tcp.rtt_smoothed", "29.6 ms");
	lab_expect(lab_find(&f.lab, NOTE_TCP_RTT, 0), "osilab.tcp.rtt_count", "3");
	lab_expect(lab_find(&f.lab, NOTE_TCP_RTT, 1), "osilab.side", "client");
	lab_expect(lab_find(&f.lab, NOTE_TCP_RTT, 1), "osilab.tcp.rtt_min", "2 ms");
	lab_fini(&f.lab);
}

static const struct flow_rtt *to_server(struct fixture *f)
{
	run(f);
	return &flow_oldest(&f->lab.trace->flows)->end[S].rtt;
}

/* Karn: the answer to what was sent twice may be to either. */
static void test_karn(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	seq = f.talk.seq[C];
	talk_text(&f.talk, C, "hello");
	f.lab.now += CLOCK_SEC;
	talk_at(&f.talk, C, TCP_ACK, seq, f.talk.acked[C], SLICE("hello"));
	talk_ack(&f.talk, S);
	assert_int_equal(to_server(&f)->n, 1); /* the handshake's */
	lab_fini(&f.lab);
}

/* A handshake whose SYN was sent again times nothing either. */
static void test_karn_syn(void **state)
{
	struct fixture f;

	setup(&f);
	talk_send(&f.talk, C, TCP_SYN, SLICE(""));
	lab_again(&f.lab, CLOCK_SEC);
	talk_send(&f.talk, S, TCP_SYN | TCP_ACK, SLICE(""));
	assert_int_equal(to_server(&f)->n, 0);
	lab_fini(&f.lab);
}

/* An ACK of several segments times the last of them only. */
static void test_last_of_several(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, C, "one");
	talk_text(&f.talk, C, "two");
	wait_for(&f, 3 * CLOCK_MS);
	talk_ack(&f.talk, S);
	assert_int_equal(to_server(&f)->n, 2);
	assert_int_equal(to_server(&f)->min, 3 * CLOCK_MS);
	lab_fini(&f.lab);
}

/* More in flight than are timed: some are left out, none is mistaken. */
static void test_many(void **state)
{
	struct fixture f;
	const struct flow_rtt *r;

	setup_open(&f);
	f.lab.step = CLOCK_MS;
	for (int round = 0; round < 5; round++) {
		uint32_t seq = f.talk.seq[C];

		for (int i = 0; i < 20; i++)
			talk_text(&f.talk, C, "0123456789");
		for (uint32_t i = 1; i <= 20; i++)
			talk_at(&f.talk, S, TCP_ACK, f.talk.seq[S], seq + 10 * i, SLICE(""));
	}
	r = to_server(&f);
	assert_in_range(r->n, 20, 21);
	assert_int_equal(r->max, 20 * CLOCK_MS);
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said_at_close),
		cmocka_unit_test(test_karn),
		cmocka_unit_test(test_karn_syn),
		cmocka_unit_test(test_last_of_several),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

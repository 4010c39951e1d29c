/* What the ends agree on: Fast Open, congestion marks, a missing MSS. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "talks.h"

static const uint8_t asks[] = { 34, 2, 1, 1 };
static const uint8_t shows[] = { 34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1 };
static const uint8_t trial[] = { 254, 8, 0xf9, 0x89, 1, 2, 3, 4 };
static const uint8_t other_trial[] = { 254, 4, 0xf9, 0x88 };

static void syn_with(struct fixture *f, enum flow_side side, uint16_t flags, uint32_t ack,
    struct slice options, const char *text)
{
	talk_raw(&f->talk, side,
	    (struct tcp){ .seq = 100, .ack = ack, .flags = flags, .window = 64000, .options = options },
	    slice_str(text));
}

static void test_fast_open_first(void **state)
{
	struct fixture f;

	setup(&f);
	syn_with(&f, C, TCP_SYN, 0, slice_of(asks, sizeof(asks)), "");
	syn_with(&f, S, TCP_SYN | TCP_ACK, 101, slice_of(shows, sizeof(shows)), "");
	run(&f);
	expect_in(&f.lab, NOTE_TCP_FAST_OPEN_ASKED, 1);
	lab_expect(lab_one(&f.lab, NOTE_TCP_FAST_OPEN_GIVEN), "osilab.tcp.cookie_len", "8");
	assert_int_equal(lab_one(&f.lab, NOTE_TCP_FAST_OPEN_ASKED)->off, 54);
	assert_int_equal(lab_one(&f.lab, NOTE_TCP_FAST_OPEN_ASKED)->len, 2);
	lab_none(&f.lab, NOTE_TCP_FAST_OPEN_TAKEN);
	lab_fini(&f.lab);
}

/* The data of the SYN is taken, or has to be sent again; either way it is read once. */
static void test_fast_open_data(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

	for (int taken = 0; taken <= 1; taken++) {
		struct fixture f;
		uint32_t len = sizeof(request) - 1;

		setup(&f);
		syn_with(&f, C, TCP_SYN, 0, slice_of(shows, sizeof(shows)), request);
		syn_with(&f, S, TCP_SYN | TCP_ACK, taken ? 101 + len : 101, SLICE(""), "");
		if (taken)
			talk_at(&f.talk, C, TCP_ACK, 101 + len, 101, SLICE(""));
		else
			talk_at(&f.talk, C, TCP_ACK, 101, 101, slice_str(request));
		assert_int_equal(run(&f)->http_requests, 1);
		assert_int_equal(lab_count(&f.lab, NOTE_TCP_FAST_OPEN_TAKEN), taken);
		assert_int_equal(lab_count(&f.lab, NOTE_TCP_FAST_OPEN_LEFT), !taken);
		lab_expect(lab_one(&f.lab, NOTE_TCP_FAST_OPEN_USED), "tcp.len", "27");
		expect_states(&f.lab, 3, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
		lab_one(&f.lab, NOTE_TCP_ESTABLISHED);
		lab_fini(&f.lab);
	}
}

/* The number used while it was an experiment, with its magic only. */
static void test_fast_open_trial(void **state)
{
	struct fixture f;

	setup(&f);
	syn_with(&f, C, TCP_SYN, 0, slice_of(trial, sizeof(trial)), "");
	run(&f);
	lab_expect(lab_one(&f.lab, NOTE_TCP_FAST_OPEN_USED), "osilab.tcp.cookie_len", "4");
	lab_clear(&f.lab);
	syn_with(&f, C, TCP_SYN, 0, slice_of(other_trial, sizeof(other_trial)), "");
	run(&f);
	lab_none(&f.lab, NOTE_TCP_FAST_OPEN_USED);
	lab_expect(lab_one(&f.lab, NOTE_TCP_OPT_NO_MSS), "osilab.tcp.mss", "536");
	lab_fini(&f.lab);
}

static void test_ecn(void **state)
{
	static const struct {
		uint16_t offer, answer;
		bool offered, accurate, agreed;
	} cases[] = {
		{ TCP_ECE | TCP_CWR, TCP_ECE, true, false, true },
		{ TCP_ECE | TCP_CWR, 0, true, false, false },
		{ TCP_ECE | TCP_CWR | TCP_AE, TCP_CWR, true, true, true },
		{ TCP_ECE | TCP_CWR | TCP_AE, TCP_ECE | TCP_CWR | TCP_AE, true, true, false },
		{ 0, TCP_ECE, false, false, false },
		{ TCP_CWR, TCP_ECE, false, false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;

		setup(&f);
		talk_send(&f.talk, C, TCP_SYN | cases[i].offer, SLICE(""));
		talk_send(&f.talk, S, TCP_SYN | TCP_ACK | cases[i].answer, SLICE(""));
		run(&f);
		assert_int_equal(
		    lab_count(&f.lab, NOTE_TCP_ECN_OFFER), cases[i].offered && !cases[i].accurate);
		assert_int_equal(lab_count(&f.lab, NOTE_TCP_ECN_OFFER_ACCURATE), cases[i].accurate);
		assert_int_equal(lab_count(&f.lab, NOTE_TCP_ECN_AGREED), cases[i].agreed);
		assert_int_equal(
		    lab_count(&f.lab, NOTE_TCP_ECN_DECLINED), cases[i].offered && !cases[i].agreed);
		lab_fini(&f.lab);
	}
}

/* A mark, its echo until the sender says that it slowed down. */
static void test_congestion(void **state)
{
	struct fixture f;

	setup(&f);
	talk_send(&f.talk, C, TCP_SYN | TCP_ECE | TCP_CWR, SLICE(""));
	talk_send(&f.talk, S, TCP_SYN | TCP_ACK | TCP_ECE, SLICE(""));
	talk_ack(&f.talk, C);
	talk_text(&f.talk, C, "one");
	f.lab.packets[f.lab.n - 1].bytes[15] = 3; /* the ECN bits of its IP header */
	talk_send(&f.talk, S, TCP_ACK | TCP_ECE, SLICE(""));
	talk_text(&f.talk, C, "two");
	talk_send(&f.talk, S, TCP_ACK | TCP_ECE, SLICE(""));
	talk_send(&f.talk, C, TCP_ACK | TCP_CWR, SLICE("three"));
	talk_ack(&f.talk, S);
	talk_send(&f.talk, S, TCP_ACK | TCP_ECE, SLICE("x"));
	assert_int_equal(run(&f)->congestion_marks, 1);
	expect_in(&f.lab, NOTE_TCP_CONGESTED, 4);
	lab_expect(lab_one(&f.lab, NOTE_TCP_CONGESTED), "osilab.side", "server");
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_CONGESTION_ECHO), 2);
	assert_int_equal(lab_find(&f.lab, NOTE_TCP_CONGESTION_ECHO, 0)->packet, 5);
	assert_int_equal(lab_find(&f.lab, NOTE_TCP_CONGESTION_ECHO, 1)->packet, 10);
	expect_in(&f.lab, NOTE_TCP_CONGESTION_REDUCED, 8);
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fast_open_first),
		cmocka_unit_test(test_fast_open_data),
		cmocka_unit_test(test_fast_open_trial),
		cmocka_unit_test(test_ecn),
		cmocka_unit_test(test_congestion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

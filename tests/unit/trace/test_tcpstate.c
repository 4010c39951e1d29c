/* What TCP segments mean, and the states of both ends after each of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "talks.h"

/* --- Opening ---------------------------------------------------------------------------------------------- */

static void test_handshake(void **state)
{
	struct fixture f;

	setup_open(&f);
	run(&f);
	expect_states(&f.lab, 1, TCP_STATE_SYN_SENT, TCP_STATE_SYN_RECEIVED);
	expect_states(&f.lab, 2, TCP_STATE_ESTABLISHED, TCP_STATE_SYN_RECEIVED);
	expect_states(&f.lab, 3, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	expect_in(&f.lab, NOTE_TCP_SYN, 1);
	lab_expect(lab_one(&f.lab, NOTE_TCP_SYN), "tcp.seq_raw", "1000000");
	expect_in(&f.lab, NOTE_TCP_SYNACK, 2);
	lab_expect(lab_one(&f.lab, NOTE_TCP_SYNACK), "tcp.ack_raw", "1000001");
	expect_in(&f.lab, NOTE_TCP_ESTABLISHED, 3);
	lab_expect(lab_one(&f.lab, NOTE_TCP_ESTABLISHED), "tcp.analysis.initial_rtt", "20 ms");
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_OPT_MSS), 2);
	lab_expect(lab_find(&f.lab, NOTE_TCP_OPT_MSS, 0), "tcp.options.mss_val", "1460");
	lab_expect(lab_find(&f.lab, NOTE_TCP_OPT_MSS, 0), "osilab.tcp.mtu", "1500");
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_OPT_SACK), 2);
	assert_int_equal(f.lab.frames[0].rel_seq, 0);
	assert_int_equal(f.lab.frames[1].rel_ack, 1);
	assert_int_equal(f.lab.frames[2].rel_seq, 1);
	assert_string_equal(f.lab.frames[0].info, "SYN seq=0 ack=0 len=0 win=64000");
	expect_in(&f.lab, NOTE_TCP_OPEN_AT_END, 0);
	assert_int_equal(f.lab.nnotes, 8);
	lab_fini(&f.lab);
}

/* Each option with a sentence and its bytes. */
static void test_options(void **state)
{
	struct tcp syn = { .seq = 1,
		.flags = TCP_SYN,
		.has_mss = true,
		.mss = 65535,
		.has_wscale = true,
		.wscale = 255,
		.sack_permitted = true,
		.has_ts = true,
		.tsval = 9 };
	struct fixture f;

	setup(&f);
	talk_raw(&f.talk, C, syn, SLICE(""));
	run(&f);
	lab_expect(lab_one(&f.lab, NOTE_TCP_OPT_MSS), "tcp.options.mss_val", "65535");
	lab_expect(lab_one(&f.lab, NOTE_TCP_OPT_WSCALE), "tcp.options.wscale.multiplier", "16384");
	lab_expect(lab_one(&f.lab, NOTE_TCP_OPT_WSCALE), "tcp.options.wscale.shift", "255");
	lab_expect(lab_one(&f.lab, NOTE_TCP_OPT_TIMESTAMPS), "tcp.options.timestamp.tsval", "9");
	lab_one(&f.lab, NOTE_TCP_OPT_SACK);
	assert_int_equal(lab_one(&f.lab, NOTE_TCP_OPT_MSS)->off, 54);
	assert_int_equal(lab_one(&f.lab, NOTE_TCP_OPT_MSS)->len, 4);
	lab_none(&f.lab, NOTE_TCP_OPT_NO_MSS);
	lab_fini(&f.lab);
}

static void test_syn_again(void **state)
{
	struct fixture f;

	setup(&f);
	talk_send(&f.talk, C, TCP_SYN, SLICE(""));
	lab_again(&f.lab, CLOCK_SEC); /* same bytes, one second later */
	talk_send(&f.talk, S, TCP_SYN | TCP_ACK, SLICE(""));
	lab_again(&f.lab, 3 * CLOCK_SEC);
	talk_send(&f.talk, C, TCP_ACK, SLICE(""));
	assert_int_equal(run(&f)->retransmission, 2);
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_SYN_AGAIN), 2);
	lab_expect(lab_find(&f.lab, NOTE_TCP_SYN_AGAIN, 0), "osilab.tcp.after", "1 s");
	lab_expect(lab_find(&f.lab, NOTE_TCP_SYN_AGAIN, 0), "osilab.tcp.what", "SYN");
	lab_expect(lab_find(&f.lab, NOTE_TCP_SYN_AGAIN, 1), "osilab.tcp.what", "SYN, ACK");
	expect_states(&f.lab, 5, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	/* from the SYN that was answered */
	lab_expect(lab_one(&f.lab, NOTE_TCP_ESTABLISHED), "tcp.analysis.initial_rtt", "3.02 s");
	lab_one(&f.lab, NOTE_TCP_SYN);
	lab_fini(&f.lab);
}

/* RFC 9293 figure 7. */
static void test_simultaneous_open(void **state)
{
	struct fixture f;

	setup(&f);
	talk_at(&f.talk, C, TCP_SYN, 100, 0, SLICE(""));
	talk_at(&f.talk, S, TCP_SYN, 300, 0, SLICE(""));
	talk_at(&f.talk, C, TCP_SYN | TCP_ACK, 100, 301, SLICE(""));
	talk_at(&f.talk, S, TCP_SYN | TCP_ACK, 300, 101, SLICE(""));
	talk_at(&f.talk, C, TCP_ACK, 101, 301, SLICE("hi"));
	assert_int_equal(run(&f)->retransmission, 0);
	assert_int_equal(trace_stats(f.lab.trace)->tcp_streams, 1);
	expect_in(&f.lab, NOTE_TCP_SIMULTANEOUS, 2);
	expect_states(&f.lab, 2, TCP_STATE_SYN_RECEIVED, TCP_STATE_SYN_RECEIVED);
	expect_states(&f.lab, 3, TCP_STATE_SYN_RECEIVED, TCP_STATE_ESTABLISHED);
	expect_states(&f.lab, 4, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	expect_states(&f.lab, 5, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	lab_none(&f.lab, NOTE_TCP_SYN_AGAIN);
	lab_none(&f.lab, NOTE_TCP_PORTS_REUSED);
	lab_fini(&f.lab);
}

static void test_refused(void **state)
{
	struct fixture f;

	setup(&f);
	talk_send(&f.talk, C, TCP_SYN, SLICE(""));
	talk_at(&f.talk, S, TCP_RST | TCP_ACK, 0, 1000001, SLICE(""));
	assert_int_equal(run(&f)->rst, 1);
	expect_in(&f.lab, NOTE_TCP_REFUSED, 2);
	lab_expect(lab_one(&f.lab, NOTE_TCP_REFUSED), "tcp.srcport", "7");
	lab_none(&f.lab, NOTE_TCP_RESET);
	expect_states(&f.lab, 2, TCP_STATE_CLOSED, TCP_STATE_CLOSED);
	lab_fini(&f.lab);
}

static void test_midstream(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "hello");
	talk_ack(&f.talk, S);
	talk_text(&f.talk, S, "world!");
	talk_ack(&f.talk, C);
	run(&f);
	expect_in(&f.lab, NOTE_TCP_MIDSTREAM, 1);
	expect_states(&f.lab, 1, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	assert_int_equal(f.lab.frames[0].rel_seq, 1); /* as if the SYN stood right before */
	assert_int_equal(f.lab.frames[0].rel_ack, 1);
	assert_int_equal(f.lab.frames[1].rel_ack, 6);
	assert_int_equal(f.lab.frames[2].rel_seq, 1);
	lab_none(&f.lab, NOTE_TCP_LOST);
	lab_fini(&f.lab);
}

/* The capture begins with the SYN, ACK: no round trip is made up. */
static void test_synack_first(void **state)
{
	struct fixture f;

	setup(&f);
	talk_lose(&f.talk, C, 1);
	talk_send(&f.talk, S, TCP_SYN | TCP_ACK, SLICE(""));
	talk_send(&f.talk, C, TCP_ACK, SLICE(""));
	run(&f);
	assert_int_equal(f.lab.frames[0].side, S);
	expect_states(&f.lab, 2, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	lab_none(&f.lab, NOTE_TCP_ESTABLISHED);
	lab_none(&f.lab, NOTE_TCP_MIDSTREAM);
	assert_int_equal(f.lab.frames[1].rel_seq, 1);
	lab_fini(&f.lab);
}

/* Only what the client sends is captured: nothing is said of the other side's doing but what shows. */
static void test_one_direction(void **state)
{
	struct fixture f;

	setup(&f);
	talk_send(&f.talk, C, TCP_SYN, SLICE(""));
	talk_lose(&f.talk, S, 1);
	talk_ack(&f.talk, C);
	talk_text(&f.talk, C, "hello");
	talk_lose(&f.talk, S, 100);
	talk_ack(&f.talk, C);
	talk_send(&f.talk, C, TCP_FIN | TCP_ACK, SLICE(""));
	run(&f);
	lab_none(&f.lab, NOTE_TCP_LOST);
	lab_none(&f.lab, NOTE_TCP_DUP_ACK);
	lab_none(&f.lab, NOTE_TCP_RETRANSMISSION);
	expect_in(&f.lab, NOTE_TCP_FIN, 5);
	assert_int_equal(f.lab.frames[2].rel_seq, 1);
	assert_int_equal(f.lab.frames[3].rel_ack, 101);
	lab_fini(&f.lab);
}

static void test_ports_reused(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_close(&f.talk);
	f.talk.seq[C] += 100000;
	f.talk.seq[S] += 200000;
	talk_open(&f.talk);
	assert_int_equal(run(&f)->tcp_streams, 2);
	expect_in(&f.lab, NOTE_TCP_PORTS_REUSED, 8);
	assert_int_equal(f.lab.frames[6].flow, 0);
	assert_int_equal(f.lab.frames[7].flow, 1);
	expect_states(&f.lab, 8, TCP_STATE_SYN_SENT, TCP_STATE_SYN_RECEIVED);
	expect_states(&f.lab, 10, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	assert_int_equal(lab_count(&f.lab, NOTE_TCP_ESTABLISHED), 2);
	lab_fini(&f.lab);
}

/* The side that was the server opens the next connection. */
static void test_ports_reused_other_way(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_close(&f.talk);
	talk_at(&f.talk, S, TCP_SYN, 77, 0, SLICE(""));
	assert_int_equal(run(&f)->tcp_streams, 2);
	assert_int_equal(f.lab.frames[7].side, C);
	expect_states(&f.lab, 8, TCP_STATE_SYN_SENT, TCP_STATE_SYN_RECEIVED);
	lab_fini(&f.lab);
}

/* --- Closing ----------------------------------------------------------------------------------------------- */

static void test_four_segments(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_close(&f.talk);
	assert_int_equal(run(&f)->fin, 2);
	expect_states(&f.lab, 4, TCP_STATE_FIN_WAIT_1, TCP_STATE_CLOSE_WAIT);
	expect_states(&f.lab, 5, TCP_STATE_FIN_WAIT_2, TCP_STATE_CLOSE_WAIT);
	expect_states(&f.lab, 6, TCP_STATE_TIME_WAIT, TCP_STATE_LAST_ACK);
	expect_states(&f.lab, 7, TCP_STATE_TIME_WAIT, TCP_STATE_CLOSED);
	expect_in(&f.lab, NOTE_TCP_FIN, 4);
	expect_in(&f.lab, NOTE_TCP_FIN_BOTH, 6);
	expect_in(&f.lab, NOTE_TCP_TIME_WAIT, 7);
	lab_expect(lab_one(&f.lab, NOTE_TCP_TIME_WAIT), "osilab.side", "client");
	lab_expect(lab_one(&f.lab, NOTE_TCP_TIME_WAIT), "osilab.tcp.close_segments", "4");
	lab_fini(&f.lab);
}

/* The server closes first and its FIN is acknowledged by the client's. */
static void test_three_segments(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_send(&f.talk, S, TCP_FIN | TCP_ACK, SLICE(""));
	talk_send(&f.talk, C, TCP_FIN | TCP_ACK, SLICE(""));
	talk_ack(&f.talk, S);
	run(&f);
	expect_states(&f.lab, 4, TCP_STATE_CLOSE_WAIT, TCP_STATE_FIN_WAIT_1);
	expect_states(&f.lab, 5, TCP_STATE_LAST_ACK, TCP_STATE_TIME_WAIT);
	expect_states(&f.lab, 6, TCP_STATE_CLOSED, TCP_STATE_TIME_WAIT);
	lab_expect(lab_one(&f.lab, NOTE_TCP_FIN), "osilab.side", "server");
	lab_expect(lab_one(&f.lab, NOTE_TCP_FIN_BOTH), "osilab.side", "client");
	lab_expect(lab_one(&f.lab, NOTE_TCP_TIME_WAIT), "osilab.side", "server");
	lab_expect(lab_one(&f.lab, NOTE_TCP_TIME_WAIT), "osilab.tcp.close_segments", "3");
	lab_fini(&f.lab);
}

/* After its FIN the client still receives. */
static void test_half_close(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_send(&f.talk, C, TCP_FIN | TCP_ACK, SLICE("question"));
	talk_ack(&f.talk, S);
	talk_text(&f.talk, S, "answer");
	talk_ack(&f.talk, C);
	talk_text(&f.talk, S, "more");
	talk_ack(&f.talk, C);
	talk_send(&f.talk, S, TCP_FIN | TCP_ACK, SLICE(""));
	talk_ack(&f.talk, C);
	run(&f);
	for (size_t i = 5; i <= 9; i++)
		expect_states(&f.lab, i, TCP_STATE_FIN_WAIT_2, TCP_STATE_CLOSE_WAIT);
	expect_states(&f.lab, 11, TCP_STATE_TIME_WAIT, TCP_STATE_CLOSED);
	lab_expect(lab_one(&f.lab, NOTE_TCP_TIME_WAIT), "osilab.tcp.close_segments", "4");
	lab_none(&f.lab, NOTE_TCP_RETRANSMISSION);
	lab_none(&f.lab, NOTE_TCP_KEEP_ALIVE);
	lab_fini(&f.lab);
}

/* RFC 9293 figure 13: both FINs cross, both ends wait. */
static void test_simultaneous_close(void **state)
{
	struct fixture f;
	uint32_t c, s;

	setup_open(&f);
	c = f.talk.seq[C], s = f.talk.seq[S];
	talk_at(&f.talk, C, TCP_FIN | TCP_ACK, c, s, SLICE(""));
	talk_at(&f.talk, S, TCP_FIN | TCP_ACK, s, c, SLICE(""));
	talk_at(&f.talk, C, TCP_ACK, c + 1, s + 1, SLICE(""));
	talk_at(&f.talk, S, TCP_ACK, s + 1, c + 1, SLICE(""));
	run(&f);
	expect_states(&f.lab, 4, TCP_STATE_FIN_WAIT_1, TCP_STATE_CLOSE_WAIT);
	expect_states(&f.lab, 5, TCP_STATE_CLOSING, TCP_STATE_CLOSING);
	expect_states(&f.lab, 6, TCP_STATE_CLOSING, TCP_STATE_TIME_WAIT);
	expect_states(&f.lab, 7, TCP_STATE_TIME_WAIT, TCP_STATE_TIME_WAIT);
	lab_expect(lab_one(&f.lab, NOTE_TCP_TIME_WAIT), "osilab.tcp.close_segments", "4");
	lab_fini(&f.lab);
}

static void test_fin_again(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_send(&f.talk, C, TCP_FIN | TCP_ACK, SLICE(""));
	lab_again(&f.lab, CLOCK_SEC);
	talk_ack(&f.talk, S);
	assert_int_equal(run(&f)->retransmission, 1);
	lab_one(&f.lab, NOTE_TCP_FIN);
	expect_states(&f.lab, 6, TCP_STATE_FIN_WAIT_2, TCP_STATE_CLOSE_WAIT);
	lab_fini(&f.lab);
}

static void test_reset(void **state)
{
	static const char *const why[] = { "the program ended it without closing, or had unread data",
		"data arrived after it had closed", "late, both directions were closed already" };

	for (int closed = 0; closed <= 2; closed++) {
		struct fixture f;

		setup_open(&f);
		talk_text(&f.talk, S, "data");
		if (closed > 0)
			talk_send(&f.talk, C, TCP_FIN | TCP_ACK, SLICE(""));
		if (closed > 1)
			talk_send(&f.talk, S, TCP_FIN | TCP_ACK, SLICE(""));
		talk_send(&f.talk, C, TCP_RST | TCP_ACK, SLICE(""));
		run(&f);
		lab_expect(lab_one(&f.lab, NOTE_TCP_RESET), "osilab.tcp.why", why[closed]);
		lab_expect(lab_one(&f.lab, NOTE_TCP_RESET), "osilab.side", "client");
		expect_states(&f.lab, f.lab.nframes, TCP_STATE_CLOSED, TCP_STATE_CLOSED);
		lab_fini(&f.lab);
	}
}

/* --- Loss and order ------------------------------------------------------------------------------------------ */

static void test_retransmission(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	seq = f.talk.seq[C];
	talk_text(&f.talk, C, "hello");
	sent_again(&f, C, 300 * CLOCK_MS, seq, "hello");
	assert_int_equal(run(&f)->retransmission, 1);
	expect_in(&f.lab, NOTE_TCP_RETRANSMISSION, 5);
	lab_expect(lab_one(&f.lab, NOTE_TCP_RETRANSMISSION), "osilab.tcp.after", "300 ms");
	lab_fini(&f.lab);
}

/* Three duplicate acknowledgements, then the missing segment: fast retransmit, not a time-out. */
static void fast_retransmission(bool v6)
{
	struct fixture f;
	uint32_t hole, ack;

	setup(&f);
	f.talk.v6 = v6;
	talk_open(&f.talk);
	talk_text(&f.talk, C, "first");
	talk_ack(&f.talk, S);
	hole = f.talk.seq[C];
	ack = f.talk.acked[S];
	talk_lose(&f.talk, C, 4);
	for (int i = 0; i < 3; i++) {
		uint32_t left = f.talk.seq[C];

		talk_text(&f.talk, C, "more");
		f.lab.now -= f.lab.step - 100 * 1000; /* at once: the same millisecond, the same time stamp */
		talk_raw(&f.talk, S,
		    (struct tcp){ .seq = f.talk.seq[S],
		        .ack = ack,
		        .flags = TCP_ACK,
		        .window = f.talk.window[S],
		        .has_ts = true,
		        .tsval = 55,
		        .nsack = 1,
		        .sack = { { hole + 4, left + 4 } } },
		    SLICE(""));
		f.lab.now -= f.lab.step - 100 * 1000;
	}
	sent_again(&f, C, CLOCK_MS + f.lab.step, hole, "LOST");
	run(&f);
	assert_int_equal(trace_stats(f.lab.trace)->lost_segment, 1);
	assert_int_equal(trace_stats(f.lab.trace)->duplicate_packet, 0);
	assert_int_equal(trace_stats(f.lab.trace)->duplicate_ack, 3);
	assert_int_equal(trace_stats(f.lab.trace)->fast_retransmission, 1);
	assert_int_equal(trace_stats(f.lab.trace)->retransmission, 1);
	lab_expect(lab_one(&f.lab, NOTE_TCP_LOST), "osilab.tcp.missing", "4");
	lab_expect(lab_find(&f.lab, NOTE_TCP_DUP_ACK, 2), "osilab.tcp.dup_acks", "3");
	lab_expect(lab_find(&f.lab, NOTE_TCP_DUP_ACK, 2), "tcp.ack", "6");
	lab_expect(lab_find(&f.lab, NOTE_TCP_SACK, 0), "osilab.tcp.sack", "10–13");
	lab_expect(lab_find(&f.lab, NOTE_TCP_SACK, 2), "osilab.tcp.sack", "10–21");
	lab_expect(lab_one(&f.lab, NOTE_TCP_FAST_RETRANSMISSION), "osilab.tcp.dup_acks", "3");
	lab_none(&f.lab, NOTE_TCP_RETRANSMISSION);
	lab_none(&f.lab, NOTE_STREAM_GAP);
	lab_fini(&f.lab);
}

static void test_fast_retransmission(void **state)
{
	fast_retransmission(false);
	fast_retransmission(true);
}

/* Four blocks of the largest numbers make one whole sentence. */
static void test_sack_text(void **state)
{
	struct tcp tcp = { .flags = TCP_ACK, .window = 100, .nsack = 4 };
	struct fixture f;

	setup_open(&f);
	tcp.seq = f.talk.seq[S];
	tcp.ack = f.talk.acked[S];
	for (unsigned i = 0; i < 4; i++)
		tcp.sack[i] = (struct tcp_sack){ 1000000 + 1000000000u + i, 1000000 + 2000000001u + i };
	talk_raw(&f.talk, S, tcp, SLICE(""));
	run(&f);
	lab_expect(lab_one(&f.lab, NOTE_TCP_SACK), "osilab.tcp.sack",
	    "1000000000–2000000000, 1000000001–2000000001, 1000000002–2000000002, 1000000003–2000000003");
	lab_fini(&f.lab);
}

static void test_spurious(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	seq = f.talk.seq[C];
	talk_text(&f.talk, C, "hello");
	talk_ack(&f.talk, S);
	sent_again(&f, C, 310 * CLOCK_MS, seq, "hello");
	assert_int_equal(run(&f)->spurious_retransmission, 1);
	expect_in(&f.lab, NOTE_TCP_SPURIOUS, 6);
	lab_none(&f.lab, NOTE_TCP_RETRANSMISSION);
	lab_fini(&f.lab);
}

static void test_out_of_order(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	f.lab.step = CLOCK_MS;
	seq = f.talk.seq[C];
	f.talk.id = 11; /* the sender's count of packets */
	talk_at(&f.talk, C, TCP_ACK, seq + 5, f.talk.acked[C], SLICE("world"));
	f.talk.id = 10;
	talk_at(&f.talk, C, TCP_ACK, seq, f.talk.acked[C], SLICE("hello"));
	assert_int_equal(run(&f)->out_of_order, 1);
	expect_in(&f.lab, NOTE_TCP_LOST, 4);
	expect_in(&f.lab, NOTE_TCP_OUT_OF_ORDER, 5);
	lab_none(&f.lab, NOTE_TCP_RETRANSMISSION);
	lab_fini(&f.lab);
}

static void test_captured_twice(void **state)
{
	struct fixture f;

	setup_open(&f);
	talk_text(&f.talk, C, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	lab_again(&f.lab, 20 * 1000);
	assert_int_equal(run(&f)->duplicate_packet, 1);
	assert_int_equal(trace_stats(f.lab.trace)->retransmission, 0);
	assert_int_equal(trace_stats(f.lab.trace)->http_requests, 1);
	expect_in(&f.lab, NOTE_PACKET_TWICE, 5);
	lab_expect(lab_one(&f.lab, NOTE_PACKET_TWICE), "osilab.tcp.after", "20 µs");
	expect_states(&f.lab, 5, TCP_STATE_ESTABLISHED, TCP_STATE_ESTABLISHED);
	lab_fini(&f.lab);
}

/* Packets that are merely alike are none: 32 bytes each, a millisecond of time stamp between, IPv6 and so
 * without identification. */
static void test_alike_is_not_twice(void **state)
{
	struct fixture f;

	setup(&f);
	f.talk.v6 = true;
	f.lab.step = CLOCK_MS;
	talk_open(&f.talk);
	for (uint32_t i = 0; i < 200; i++) {
		talk_raw(&f.talk, C,
		    (struct tcp){ .seq = f.talk.seq[C] + 32 * i,
		        .ack = f.talk.acked[C],
		        .flags = TCP_ACK,
		        .window = 64000,
		        .has_ts = true,
		        .tsval = 1000 + i },
		    SLICE("0123456789abcdef0123456789abcdef"));
	}
	assert_int_equal(run(&f)->duplicate_packet, 0);
	lab_none(&f.lab, NOTE_TCP_LOST);
	lab_fini(&f.lab);
}

/* Without identification and time stamp it cannot be told: what is said is what tshark says. */
static void test_twice_cannot_be_told(void **state)
{
	struct fixture f;

	setup(&f);
	f.talk.id = 0;
	talk_open(&f.talk);
	talk_text(&f.talk, C, "hello");
	lab_again(&f.lab, 20 * 1000);
	assert_int_equal(run(&f)->duplicate_packet, 0);
	assert_int_equal(trace_stats(f.lab.trace)->retransmission, 1);
	lab_fini(&f.lab);
}

/* Nor when the sender writes one identification into all its packets. */
static void test_same_identification_tells_nothing(void **state)
{
	static const struct {
		enum flow_side side;
		uint16_t flags;
		const char *text;
	} sent[] = { { C, TCP_SYN, "" }, { S, TCP_SYN | TCP_ACK, "" }, { C, TCP_ACK, "" },
		{ C, TCP_ACK, "hello" } };
	struct fixture f;

	setup(&f);
	for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
		f.talk.id = 1;
		talk_send(&f.talk, sent[i].side, sent[i].flags, slice_str(sent[i].text));
	}
	lab_again(&f.lab, CLOCK_MS);
	assert_int_equal(run(&f)->duplicate_packet, 0);
	assert_int_equal(trace_stats(f.lab.trace)->retransmission, 1);
	expect_in(&f.lab, NOTE_TCP_RETRANSMISSION, 5);
	lab_fini(&f.lab);
}

/* --- Windows --------------------------------------------------------------------------------------------------- */

static void test_zero_window(void **state)
{
	struct fixture f;
	uint32_t seq;

	setup_open(&f);
	talk_text(&f.talk, C, "hello");
	f.talk.window[S] = 0;
	talk_ack(&f.talk, S); /* 5: full */
	seq = f.talk.seq[C];
	talk_at(&f.talk, C, TCP_ACK, seq - 1, f.talk.acked[C], SLICE("")); /* 6: as Linux probes */
	talk_ack(&f.talk, S);                                              /* 7: still full */
	talk_at(&f.talk, C, TCP_ACK, seq, f.talk.acked[C], SLICE("m")); /* 8: as others do, one byte ahead */
	talk_ack(&f.talk, S);                                           /* 9: refused */
	f.talk.window[S] = 64000;
	talk_ack(&f.talk, S);                                              /* 10: open */
	talk_at(&f.talk, C, TCP_ACK, seq, f.talk.acked[C], SLICE("more")); /* 11: from that byte on */
	run(&f);
	assert_int_equal(trace_stats(f.lab.trace)->zero_window, 3);
	assert_int_equal(trace_stats(f.lab.trace)->window_probe, 2);
	assert_int_equal(trace_stats(f.lab.trace)->keep_alive, 0);
	assert_int_equal(trace_stats(f.lab.trace)->retransmission, 0);
	assert_int_equal(lab_find(&f.lab, NOTE_TCP_WINDOW_PROBE, 0)->packet, 6);
	assert_int_equal(lab_find(&f.lab, NOTE_TCP_WINDOW_PROBE, 1)->packet, 8);
	expect_in(&f.lab, NOTE_TCP_WINDOW_OPEN, 10);
	lab_expect(lab_one(&f.lab, NOTE_TCP_WINDOW_OPEN), "tcp.window_size", "64000");
	lab_none(&f.lab, NOTE_TCP_DUP_ACK);
	lab_fini(&f.lab);
}

static void test_keep_alive(void **state)
{
	for (unsigned bytes = 0; bytes <= 1; bytes++) {
		struct fixture f;

		setup_open(&f);
		talk_text(&f.talk, C, "hello");
		talk_ack(&f.talk, S);
		f.lab.now += 60 * CLOCK_SEC;
		talk_at(&f.talk, C, TCP_ACK, f.talk.seq[C] - 1, f.talk.acked[C], slice_of("\0", bytes));
		talk_ack(&f.talk, S);
		assert_int_equal(run(&f)->keep_alive, 1);
		expect_in(&f.lab, NOTE_TCP_KEEP_ALIVE, 6);
		lab_none(&f.lab, NOTE_TCP_RETRANSMISSION);
		lab_none(&f.lab, NOTE_TCP_SPURIOUS);
		lab_none(&f.lab, NOTE_TCP_DUP_ACK);
		lab_none(&f.lab, NOTE_TCP_WINDOW_PROBE);
		lab_fini(&f.lab);
	}
}

static void test_window_full(void **state)
{
	struct fixture f;

	setup(&f);
	f.talk.window[S] = 10;
	talk_open(&f.talk);
	talk_text(&f.talk, C, "01234");
	talk_text(&f.talk, C, "56789");
	run(&f);
	expect_in(&f.lab, NOTE_TCP_WINDOW_FULL, 5);
	lab_fini(&f.lab);
}

/* Windows count in the unit that the SYN announced, but in the SYN itself; with one SYN lacking the option
 * nobody scales (RFC 7323 2.2). */
static void test_window_scale(void **state)
{
	for (int both = 0; both <= 1; both++) {
		struct fixture f;
		struct tcp syn = {
			.seq = 1, .flags = TCP_SYN, .window = 100, .has_wscale = true, .wscale = 7
		};
		struct tcp answer = { .seq = 5,
			.ack = 2,
			.flags = TCP_SYN | TCP_ACK,
			.window = 200,
			.has_wscale = both,
			.wscale = 3 };

		setup(&f);
		talk_raw(&f.talk, C, syn, SLICE(""));
		talk_raw(&f.talk, S, answer, SLICE(""));
		f.talk.window[C] = 100;
		f.talk.window[S] = 200;
		talk_at(&f.talk, C, TCP_ACK, 2, 6, SLICE(""));
		talk_at(&f.talk, S, TCP_ACK, 6, 2, SLICE("x"));
		run(&f);
		assert_int_equal(f.lab.frames[0].window, 100);
		assert_int_equal(f.lab.frames[1].window, 200);
		assert_int_equal(f.lab.frames[2].window, both ? 12800 : 100);
		assert_int_equal(f.lab.frames[3].window, both ? 1600 : 200);
		lab_fini(&f.lab);
	}
}

/* A capture of one direction only: the other end will have offered it too. */
static void test_window_scale_one_way(void **state)
{
	struct fixture f;
	struct tcp syn = { .seq = 1, .flags = TCP_SYN, .window = 100, .has_wscale = true, .wscale = 7 };

	setup(&f);
	talk_raw(&f.talk, C, syn, SLICE(""));
	f.talk.window[C] = 100;
	talk_at(&f.talk, C, TCP_ACK, 2, 6, SLICE(""));
	run(&f);
	assert_int_equal(f.lab.frames[0].window, 100);
	assert_int_equal(f.lab.frames[1].window, 12800);
	lab_fini(&f.lab);
}

/* Sequence numbers turn over: nothing unusual is said. */
static void test_wrap(void **state)
{
	struct fixture f;

	setup(&f);
	f.talk.seq[C] = UINT32_MAX - 3;
	f.talk.seq[S] = UINT32_MAX;
	talk_open(&f.talk);
	for (int i = 0; i < 3; i++) {
		talk_text(&f.talk, C, "hello");
		talk_text(&f.talk, S, "world");
	}
	talk_close(&f.talk);
	run(&f);
	assert_int_equal(f.lab.nnotes, 7 + 3 + 2); /* two of them of round trips */
	assert_int_equal(f.lab.frames[7].rel_seq, 11);
	expect_states(&f.lab, 13, TCP_STATE_TIME_WAIT, TCP_STATE_CLOSED);
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshake),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_syn_again),
		cmocka_unit_test(test_simultaneous_open),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_synack_first),
		cmocka_unit_test(test_one_direction),
		cmocka_unit_test(test_ports_reused),
		cmocka_unit_test(test_ports_reused_other_way),
		cmocka_unit_test(test_four_segments),
		cmocka_unit_test(test_three_segments),
		cmocka_unit_test(test_half_close),
		cmocka_unit_test(test_simultaneous_close),
		cmocka_unit_test(test_fin_again),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_retransmission),
		cmocka_unit_test(test_fast_retransmission),
		cmocka_unit_test(test_sack_text),
		cmocka_unit_test(test_spurious),
		cmocka_unit_test(test_out_of_order),
		cmocka_unit_test(test_captured_twice),
		cmocka_unit_test(test_alike_is_not_twice),
		cmocka_unit_test(test_twice_cannot_be_told),
		cmocka_unit_test(test_same_identification_tells_nothing),
		cmocka_unit_test(test_zero_window),
		cmocka_unit_test(test_keep_alive),
		cmocka_unit_test(test_window_full),
		cmocka_unit_test(test_window_scale),
		cmocka_unit_test(test_window_scale_one_way),
		cmocka_unit_test(test_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

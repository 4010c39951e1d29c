/* Conversations for the tests of TCP: talk.h with time stamps, selective acknowledgements and silence. */
#ifndef TESTS_TRACE_TALKS_H
#define TESTS_TRACE_TALKS_H

#include "harness.h"

#define C FLOW_CLIENT
#define S FLOW_SERVER

struct fixture {
	struct lab lab;
	struct talk talk;
};

static inline void setup(struct fixture *f)
{
	lab_init(&f->lab);
	talk_init(&f->talk, &f->lab, 40000, 7);
}

static inline void setup_open(struct fixture *f)
{
	setup(f);
	talk_open(&f->talk);
}

static inline const struct trace_stats *run(struct fixture *f)
{
	lab_run(&f->lab);
	return trace_stats(f->lab.trace);
}

/* The next packet comes `after` the one before. */
static inline void wait_for(struct fixture *f, int64_t after)
{
	f->lab.now += after - f->lab.step;
}

/* `text` from `seq` on once more, `after` the packet before. */
static inline void sent_again(
    struct fixture *f, enum flow_side side, int64_t after, uint32_t seq, const char *text)
{
	wait_for(f, after);
	talk_at(&f->talk, side, TCP_ACK, seq, f->talk.acked[side], slice_str(text));
}

/* A segment with time stamps. */
static inline void stamped(struct fixture *f, enum flow_side side, uint32_t seq, uint32_t ack, uint32_t tsval,
    uint32_t tsecr, const char *text)
{
	talk_raw(&f->talk, side,
	    (struct tcp){ .seq = seq,
	        .ack = ack,
	        .flags = TCP_ACK,
	        .window = f->talk.window[side],
	        .has_ts = true,
	        .tsval = tsval,
	        .tsecr = tsecr },
	    slice_str(text));
}

/* An ACK with one block of what arrived beyond a hole. */
static inline void sacked(struct fixture *f, enum flow_side side, uint32_t ack, uint32_t left, uint32_t right)
{
	talk_raw(&f->talk, side,
	    (struct tcp){ .seq = f->talk.seq[side],
	        .ack = ack,
	        .flags = TCP_ACK,
	        .window = f->talk.window[side],
	        .nsack = 1,
	        .sack = { { left, right } } },
	    SLICE(""));
}

static inline void expect_in(const struct lab *l, enum note_id id, uint64_t packet)
{
	assert_int_equal(lab_one(l, id)->packet, packet);
}

/* The states after packet n (from 1). */
static inline void expect_states(const struct lab *l, size_t n, enum tcp_state client, enum tcp_state server)
{
	assert_in_range(n, 1, l->nframes);
	if (l->frames[n - 1].state[C] != client || l->frames[n - 1].state[S] != server)
		fail_msg("after packet %zu: %s and %s", n, tcp_state_name(l->frames[n - 1].state[C]),
		    tcp_state_name(l->frames[n - 1].state[S]));
}

#endif

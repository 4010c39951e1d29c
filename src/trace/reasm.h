/* One direction of a TCP stream, put back in order.  What the receiver saw first wins: bytes already handed
 * on are never changed by a later overlap.  Segments beyond a hole wait; when the other end acknowledges
 * what lies behind the hole, the bytes existed and this capture missed them: reading goes on behind. */
#ifndef TRACE_REASM_H
#define TRACE_REASM_H

#include "base/slice.h"

struct reasm_segment; /* a segment waiting for the bytes before it */

enum { REASM_SAMPLE = 16, REASM_SAMPLES = 8 };

/* A few bytes as they were handed on, to know a later segment that brings others in their place. */
struct reasm_sample {
	uint32_t seq;
	uint8_t n;
	uint8_t bytes[REASM_SAMPLE];
};

struct reasm {
	bool started;                  /* next is known */
	uint32_t next;                 /* sequence number of the next byte to hand on */
	struct reasm_segment *waiting; /* sorted by sequence number */
	struct reasm_segment *last;    /* of those waiting: where the next one mostly goes */
	uint32_t count;                /* of them */
	size_t held;                   /* bytes they take, their headers included */
	struct reasm_sample sample[REASM_SAMPLES];
	uint8_t next_sample;
	bool differs; /* the last reasm_push brought other bytes where some had come before: all that waits is
	               * compared, and of what was handed on the beginnings and ends of the last segments */
};

void reasm_fini(struct reasm *r);

/* The first byte of the stream has this number, when nothing is known yet. */
void reasm_start(struct reasm *r, uint32_t seq);

/* Takes in a segment's payload.  Returns the part of it that comes next in order (a slice into `bytes`,
 * maybe empty); the rest, if any, is copied and waits.  *dropped counts bytes that found no memory. */
struct slice reasm_push(struct reasm *r, uint32_t seq, struct slice bytes, size_t *dropped);

/* The next run of bytes that waited and is in order now, valid until the next call; empty when there is
 * none.  Call until empty after each push and after each skip. */
struct slice reasm_pop(struct reasm *r);

/* Bytes missing before the first waiting segment; 0 when nothing waits. */
uint32_t reasm_hole(const struct reasm *r);
/* Gives the hole up: the next byte is the first of those waiting. */
void reasm_skip(struct reasm *r);
/* The next `n` bytes will never come: goes on behind them, at most up to what waits.  Bytes passed over. */
uint32_t reasm_pass(struct reasm *r, uint32_t n);
/* Sequence number of the first waiting segment; call when reasm_hole is not 0. */
uint32_t reasm_waiting_seq(const struct reasm *r);

#endif

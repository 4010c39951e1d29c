/* A wire between two ends, without any I/O: frames go in with the time, and come out when they are due.  What it
 * does depends on its options, its seed and the frames of each direction alone, so that a run can be repeated.
 *
 * Each direction by itself is a queue in front of a line: a frame waits until those before it have been clocked
 * out at `rate`, then travels for delay plus jitter.  Frames of one direction overtake each other only by rule. */
#ifndef LINK_WIRE_H
#define LINK_WIRE_H

#include "link/rule.h"

enum {
	LINK_RULES = 32,
	LINK_FRAMES = 65536,    /* inside the wire at once, held ones too; what comes then is dropped */
	LINK_BYTES = 128 << 20, /* likewise */
};

struct link_options {
	const char *names[2];  /* of the ends, for rules and log */
	int64_t delay, jitter; /* nanoseconds; each frame takes delay and from 0 to jitter more */
	int64_t rate;          /* bits a second; 0: no limit */
	int64_t queue;         /* with a rate: bytes that may wait for the line; 0: 65536 */
	int64_t loss;          /* of a million frames, chosen by the seed */
	uint64_t seed;
	const char *rules[LINK_RULES];
	unsigned nrules;
};

/* What became of a frame on its arrival. */
struct link_event {
	uint64_t number; /* of the frame among those of its direction, from 1 */
	int from;        /* 0 or 1 */
	const char *did; /* "passed", "dropped", "held" ...; static */
	const char *why; /* the rule's text, "loss", "the queue is full"; "" when it passed */
	struct pkt pkt;  /* as it arrived; points into the caller's frame */
};

struct link_counts {
	uint64_t in[2], out[2], dropped[2]; /* by the end they came from */
	uint64_t bytes[2];                  /* that came out */
};

struct link_wire;

/* NULL with *e: a rule is wrong (ERR_USAGE), or out of memory. */
struct link_wire *link_wire_new(const struct link_options *o, struct err *e);
void link_wire_free(struct link_wire *w); /* NULL is fine */

/* A frame, an Ethernet one, arrives from end `from` at `now`, on any clock that does not step back.  It is copied.
 * Fills *event. */
void link_wire_push(struct link_wire *w, int from, struct slice frame, int64_t now, struct link_event *event);

/* When the next frame is due; INT64_MAX: none is on its way. */
int64_t link_wire_due(const struct link_wire *w);
/* Takes a frame out that is due by `now`: *to is the end it goes to, *frame is valid until the next call.  False:
 * there is none. */
bool link_wire_pop(struct link_wire *w, int64_t now, int *to, struct slice *frame);

const struct link_counts *link_wire_counts(const struct link_wire *w);
/* Frames that a rule holds still. */
uint64_t link_wire_held(const struct link_wire *w);

#endif

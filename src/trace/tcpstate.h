/* TCP as RFC 9293 tells it: the state of both ends after every segment, and what each segment means.
 *
 * A state is what an end is in once the segment has arrived, as in the figures of RFC 9293 3.5 and 3.6: the
 * capture shows what was sent, and a segment that is lost on the way shows when it is sent again. */
#ifndef TRACE_TCPSTATE_H
#define TRACE_TCPSTATE_H

#include "trace/context.h"

/* Takes the present frame, a segment from `side` of f, into account: states, notes, counters.  False when it
 * is a second sight of a packet already seen: its payload is then not to be read again. */
bool tcpstate_step(struct trace *t, struct flow *f, enum flow_side side);

/* Is this segment the first of a new connection on the ports of f, which is over? */
bool tcpstate_reuses(const struct flow *f, enum flow_side side, const struct tcp *tcp);

/* The capture is over: what waits behind holes is handed on, and notes for the end say what was still open. */
void tcpstate_end(struct trace *t);

#endif

/* UDP: verdicts on length and checksum, and what runs on it handed to its reader.  RFC 768. */
#ifndef TRACE_UDPFLOW_H
#define TRACE_UDPFLOW_H

#include "trace/context.h"

/* The present frame is a datagram from `side` of f. */
void udpflow_step(struct trace *t, struct flow *f, enum flow_side side);

#endif

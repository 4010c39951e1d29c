/* What a wire did to a frame, as a line of text. */
#ifndef LINK_SAID_H
#define LINK_SAID_H

#include "base/buf.h"
#include "link/wire.h"

/* Appends "0.201345 s  server #2 dropped (drop syn,ack #1): TCP 10.9.1.2:80 > ... SYN, ACK seq 1 ack 2 len 0" and a
 * newline; `at` is nanoseconds since the start.  Numbers are those on the wire. */
void link_said(struct buf *out, const struct link_event *event, const char *const names[2], int64_t at);

/* Appends one line per end: what came from it, and what became of that. */
void link_said_counts(struct buf *out, const struct link_wire *w, const char *const names[2]);

#endif

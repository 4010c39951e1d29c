/* What flows inside a TCP connection: both directions put in order, recognised by content (never by port
 * alone; DNS by port and content)
 * and handed to the upper layer. */
#ifndef TRACE_STREAM_H
#define TRACE_STREAM_H

#include "trace/context.h"

/* Makes t ready to hold streams; pool_fini(&t->streams) ends that. */
void stream_init(struct trace *t);

/* The present frame is a segment from `side` of f, new to this flow: its payload joins the stream, and its
 * acknowledgement may show that a hole in the other direction will never be filled. */
void stream_step(struct trace *t, struct flow *f, enum flow_side side);

/* No more segments of f will come: what waits behind holes is read, and the upper layer told. */
void stream_finish(struct trace *t, struct flow *f);

/* The capture is over, the connection may not be: what waits behind holes is read. */
void stream_flush(struct trace *t, struct flow *f);

/* Frees f->stream; no-op when there is none. */
void stream_free(struct trace *t, struct flow *f);

#endif

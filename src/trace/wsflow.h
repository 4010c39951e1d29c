/* A WebSocket: what a connection becomes behind "101 Switching Protocols".  Frames of both directions are joined to
 * messages, counted and judged; compressed ones are decoded.  RFC 6455, RFC 7692. */
#ifndef TRACE_WSFLOW_H
#define TRACE_WSFLOW_H

#include "http/msg.h"
#include "trace/context.h"

struct wsflow;

/* The request for it: what it offers.  Either may be empty. */
void wsflow_asked(struct trace *t, struct slice protocols, struct slice extensions);

/* The response that agrees; `key` is the request's Sec-WebSocket-Key, "" when it was not seen.  NULL when out of
 * memory. */
struct wsflow *wsflow_new(struct trace *t, const struct http_msg *response, const char *key, bool secure);
void wsflow_free(struct trace *t, struct wsflow *ws); /* NULL: no-op */

void wsflow_feed(struct trace *t, struct wsflow *ws, enum flow_side side, struct slice bytes);
void wsflow_gap(struct trace *t, struct wsflow *ws, enum flow_side side, uint32_t missing);
/* One direction has ended. */
void wsflow_end(struct trace *t, struct wsflow *ws, enum flow_side side);

#endif

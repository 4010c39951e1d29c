/* HTTP/1.x over a stream, plain or decrypted: messages of both directions paired, bodies framed, and what
 * they say of who is asking.  RFC 9112.  The lenient parser is used: a tracer shows what a sloppy peer sent. */
#ifndef TRACE_HTTPFLOW_H
#define TRACE_HTTPFLOW_H

#include "http/msg.h"
#include "trace/context.h"

struct httpflow;

/* secure: the bytes come out of TLS.  NULL when out of memory. */
struct httpflow *httpflow_new(struct trace *t, bool secure);
void httpflow_free(struct trace *t, struct httpflow *h); /* NULL: no-op */
/* A proxy has opened a tunnel (CONNECT): bytes fed from now on are not looked at here. */
bool httpflow_proxied(const struct httpflow *h);

void httpflow_feed(
    struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side, struct slice bytes);
void httpflow_gap(struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side, uint32_t missing);
/* The segment just fed went on, but was not captured whole: what is there of a head is shown, then as a gap. */
void httpflow_cut(struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side, uint32_t missing);
void httpflow_end(struct trace *t, struct flow *f, struct httpflow *h, enum flow_side side);

#endif

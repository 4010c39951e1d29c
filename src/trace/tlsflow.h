/* TLS over a stream: records, handshake messages in words, decryption with known secrets.  RFC 8446 (1.3),
 * RFC 5246 (1.2).  The plain text inside goes on to HTTP. */
#ifndef TRACE_TLSFLOW_H
#define TRACE_TLSFLOW_H

#include "trace/context.h"

struct tlsflow;

/* NULL when out of memory. */
struct tlsflow *tlsflow_new(struct trace *t);
void tlsflow_free(struct trace *t, struct tlsflow *tls); /* NULL: no-op */

/* The next bytes of one direction, in order. */
void tlsflow_feed(
    struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, struct slice bytes);
/* `missing` bytes of this direction are not in the capture. */
void tlsflow_gap(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side, uint32_t missing);
/* The direction ended (FIN or RST). */
void tlsflow_end(struct trace *t, struct flow *f, struct tlsflow *tls, enum flow_side side);

#endif

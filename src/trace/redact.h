/* Taking secrets out of everything that is shown and written: cookie values, credentials, tokens, passwords and
 * secrets in URLs.  Each value gets a name, "cookie-1", the same wherever it comes back, so that "the same cookie
 * came back" stays visible; in packets the name is cut or filled to the value's length.
 *
 * Of packets nothing is trusted that nobody has judged: TCP payload goes out as x's but for what an upper layer
 * has shown to be harmless (redact_clear).  That way a segment that comes again, waits behind a hole, holds half a
 * head or a protocol not known here gives nothing away.  Bodies of forms, of JSON and compressed ones stay hidden. */
#ifndef TRACE_REDACT_H
#define TRACE_REDACT_H

#include "http/msg.h"
#include "trace/context.h"

enum redact_kind { REDACT_COOKIE, REDACT_CREDENTIALS, REDACT_URL, REDACT_HEADER, REDACT_FOUND, REDACT_KINDS };

/* NULL when out of memory.  It holds the values seen, at most REDACT_MAX of them; what comes later is "secret". */
struct redact *redact_new(void);
void redact_free(struct redact *r); /* NULL: no-op */

/* All that follows is without effect while t->redact is NULL. */

/* The frame in hand is decoded: its payload is hidden from now on. */
void redact_begin(struct trace *t);
/* These bytes of the frame may be seen; those that do not lie in it are passed over. */
void redact_clear(struct trace *t, struct slice bytes);
/* These may not, although they lie in what may. */
void redact_cover(struct trace *t, struct slice bytes);
/* A head was read: its bytes (when they lie in the frame) may be seen, its secrets not. */
void redact_head(struct trace *t, const struct http_msg *m, struct slice head);
/* A secret that stands by itself. */
void redact_value(struct trace *t, enum redact_kind kind, struct slice value);
/* What the value is called from now on, for as long as the trace lives; the value itself while t->redact is NULL. */
const char *redact_name(struct trace *t, enum redact_kind kind, const char *value);
/* The text with the secrets met in this frame replaced by their names; the text itself when it holds none. */
struct slice redact_text(struct trace *t, struct slice text);
/* Puts the frame's bytes, as they may be seen, in place of those captured; checksums follow. */
void redact_finish(struct trace *t);

/* May the body of a message with this head be shown? */
bool redact_shows_body(const struct http_msg *m);

#endif

/* Writing JSON (RFC 8259) into a buffer: only what the sinks need.  Private to the room. */
#ifndef RENDER_JSON_H
#define RENDER_JSON_H

#include "base/buf.h"
#include "trace/stats.h"
#include "wire/field.h"

/* A string; whatever the bytes, the result is valid JSON. */
void json_string(struct buf *b, struct slice s);
/* ,"name":  with the comma only when the object has a member already.  The name is ours and needs no escape. */
void json_key(struct buf *b, const char *name);
void json_key_u64(struct buf *b, const char *name, uint64_t v);
void json_key_str(struct buf *b, const char *name, const char *text);
/* The value of a field: numbers and booleans as such, the rest as a string; spans are seconds. */
void json_value(struct buf *b, const struct field *f);
/* The members of an object with all counters, the name lists as objects, and the duration in seconds. */
void json_stats(struct buf *b, const struct trace_stats *t);

#endif

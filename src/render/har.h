/* Entries of an HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/): an exchange as JSON, with what
 * docs/formats/har.md says.  Private to the room. */
#ifndef RENDER_HAR_H
#define RENDER_HAR_H

#include "base/buf.h"
#include "trace/exchange.h"

struct har_entry {
	struct buf json;    /* the entry */
	struct buf text;    /* one value of it while it is made */
	struct buf content; /* a body, decoded */
};

/* Makes s->json, which has failed when memory ran out; returns when the entry began, nanoseconds since 1970. */
int64_t har_entry_make(struct har_entry *s, const struct exchange *x);
void har_entry_fini(struct har_entry *s);

#endif

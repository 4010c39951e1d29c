/* The secrets of connections, kept so that each file of a row (rotate.h) gets those of the sessions in it, once, before
 * the packets that need them.  Bounded: the oldest connection's are given up first.  Private to the room. */
#ifndef RENDER_SECRETS_H
#define RENDER_SECRETS_H

#include "base/buf.h"
#include "base/table.h"

enum { SECRETS_KEPT = 4 << 20 }; /* bytes of key log lines */

struct secrets {
	struct table flows;
	struct flow_secrets *oldest, *newest;
	size_t held;
	struct buf now; /* lines that became known for the packet to come */
	bool given;     /* they were given out, and go at the next call */
};

void secrets_init(struct secrets *s);
void secrets_fini(struct secrets *s);

/* Lines for the packet that comes next. */
void secrets_add(struct secrets *s, struct slice lines);
/* What file `file` (a number) must have before a packet of this flow: the new lines, or all of the flow's when it has
 * none of them yet; mostly nothing.  Valid until the next call. */
struct slice secrets_for(struct secrets *s, uint64_t flow, uint64_t file);

#endif

/* The wire between two network interfaces of this machine: what one receives, the other sends, after the wire has
 * had its way (packet(7)).  Needs CAP_NET_RAW over their namespace, which whoever made it has. */
#ifndef LINK_RELAY_H
#define LINK_RELAY_H

#include "link/wire.h"

struct relay;

/* Opens both interfaces of the network namespace the caller is in; frames are seen from now on.  NULL with *e. */
struct relay *relay_new(const char *const interfaces[2], const struct link_options *o, struct err *e);
void relay_free(struct relay *r); /* NULL is fine */

/* How the relay tells what it does. */
struct relay_said {
	/* Hears of each frame that did not just pass; with `all`, of those too.  `at`: nanoseconds since relay_new. */
	void (*event)(void *arg, const struct link_event *event, int64_t at);
	void *arg;
	bool all;
};

/* Relays until `stop`, a descriptor, becomes readable.  0; -1 with *e when an interface is gone. */
int relay_run(struct relay *r, int stop, const struct relay_said *said, struct err *e);

const struct link_wire *relay_wire(const struct relay *r);
/* Frames that an interface did not take: longer than it allows, or its queue was full. */
uint64_t relay_refused(const struct relay *r);
/* Frames that the kernel lost before the relay saw them. */
uint64_t relay_missed(struct relay *r);

#endif

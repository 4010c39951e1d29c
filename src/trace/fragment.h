/* Fragments of IP datagrams as the tracer sees them: what each one is, and, with the last that was missing, the
 * datagram put together in the place of the fragment.  The work is done by defrag.h. */
#ifndef TRACE_FRAGMENT_H
#define TRACE_FRAGMENT_H

#include "trace/context.h"

enum { FRAGMENT_SHARE = 4 }; /* of the memory bound, one part in so many is for unfinished datagrams */

/* Layer l of the present frame is an IP fragment.  What was decoded behind it gives way to the datagram, if that
 * is complete with it, and else to the fragment's bytes: a part of a message must not be taken for all of it. */
void fragment_step(struct trace *t, const struct layer *l);

/* Says of each datagram whose time is over what was missing. */
void fragment_expire(struct trace *t);
/* The same at the end of the capture, of all of them. */
void fragment_end(struct trace *t);

/* Is there something for fragment_expire to do?  Cheap enough for every packet. */
static inline bool fragment_due(const struct trace *t)
{
	return t->frame.ts >= t->defrag.next_expiry;
}

#endif

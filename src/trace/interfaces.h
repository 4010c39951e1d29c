/* The interfaces there are to capture on. */
#ifndef TRACE_INTERFACES_H
#define TRACE_INTERFACES_H

#include "base/buf.h"
#include "base/err.h"

/* A line each, in the order and the form of `tcpdump -D`: "1.eth0 [Up, Running]".  0, or -1 with *e. */
int interfaces_list(struct buf *out, struct err *e);

/* The name of an interface given by its number in that list, as tcpdump takes it; `given` itself when it is no
 * number or the name of an interface.  The caller frees it.  NULL with *e: no such number, out of memory. */
char *interfaces_name(const char *given, struct err *e);

#endif

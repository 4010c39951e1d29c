/* Looking for texts in clear in the bytes on the wire: what anybody on the way could read. */
#ifndef TRACE_SEARCH_H
#define TRACE_SEARCH_H

#include "trace/context.h"

/* Looks at the payload of the present frame. */
void search_frame(struct trace *t);
/* Adds what was found, by server port, to the notes for the end. */
void search_summary(struct trace *t);

#endif

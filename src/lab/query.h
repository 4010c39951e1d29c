/* Questions to a capture: which packets are so, and what a field of theirs is. */
#ifndef LAB_QUERY_H
#define LAB_QUERY_H

#include "base/arena.h"
#include "base/err.h"
#include "script/script.h"

enum { QUERY_MAX = 4096 };

struct query {
	const char *path;       /* of the capture */
	const char *expression; /* which packets (trace/display.h) */
	const char *field;      /* which field of theirs; NULL: their numbers */
	const char *keys;       /* key log, or NULL */
	const char *find;       /* text to look for in payloads, by the note find.hit; or NULL */
};

/* Traces the capture and collects, of each packet that the expression is true of, the first value of the field, packets
 * without it left out.  Gives a list of at most QUERY_MAX values in the arena.  0, or -1 with *e: no such field or name
 * (ERR_USAGE), damaged capture, out of memory. */
int query_values(struct script_value *list, const struct query *q, struct arena *a, struct err *e);

#endif

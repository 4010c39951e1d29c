/* Questions to a capture: which packets are so, and what a field of theirs is. */
#ifndef LAB_QUERY_H
#define LAB_QUERY_H

#include "base/arena.h"
#include "base/err.h"
#include "script/script.h"

enum { QUERY_MAX = 4096 };

/* Traces the capture `path` and collects, of each packet that the expression (trace/display.h) is true of, the first
 * value of the field, packets without it left out; field NULL: its number.  Gives a list of at most QUERY_MAX values
 * in the arena.  0, or -1 with *e: no such field or name (ERR_USAGE), damaged capture, out of memory. */
int query_values(struct script_value *list, const char *path, const char *expression, const char *field,
    struct arena *a, struct err *e);

#endif

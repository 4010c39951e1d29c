/* The names that the text of a script uses and does not make itself, found by its words alone (Lua 5.4 manual,
 * 3.1).  Private to the room. */
#ifndef SCRIPT_NAMES_H
#define SCRIPT_NAMES_H

#include "base/err.h"
#include "base/slice.h"

struct names_visitor {
	/* A name with all that is indexed from it by dots, "tcp" or "tcp.stream"; column from 1. */
	int (*name)(void *to, struct slice path, size_t column, struct err *e);
	/* A name that is called with a first argument that is a text and stands there (escapes not undone). */
	int (*call)(void *to, struct slice name, struct slice text, size_t column, struct err *e);
	void *to;
};

/* Visits them in order.  The text must be one that Lua compiles.  A name that is declared anywhere in it, as
 * a parameter or by local or for, counts as its own everywhere.  0; or -1 with *e, the visitor's, or ERR_USAGE
 * for too many declarations. */
int names_visit(struct slice text, const struct names_visitor *v, struct err *e);

#endif

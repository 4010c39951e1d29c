/* A whole program in Lua 5.4, confined as script.h says but with the library table, select, next, error, assert, and
 * variables of its own: what it defines lasts until it
 * is freed.  Its host lends it functions, and calls those it defines.  Errors carry file and line. */
#ifndef SCRIPT_PROGRAM_H
#define SCRIPT_PROGRAM_H

#include "script/script.h"

enum {
	PROGRAM_STEPS = 10000000, /* instructions of Lua's machine per call */
	PROGRAM_ARGS = 40,
	PROGRAM_RESULTS = 4,
};

/* A function of the host's; it does not call back into the program. */
struct program_function {
	const char *name;
	/* n arguments; what cannot be lent (a table, a function) is SCRIPT_NIL.  Returns how many results it has put
	 * there, at most PROGRAM_RESULTS; text and lists are copied at once.  -1 with *e: the program fails with
	 * that. */
	int (*call)(void *host, const struct script_value *args, size_t n,
	    struct script_value results[PROGRAM_RESULTS], struct err *e);
};

struct program;

/* Stands around the calls of the host's functions: calls f->call itself, or gives other results. */
typedef int (*program_around_fn)(void *host, const struct program_function *f,
    const struct script_value *args, size_t n, struct script_value results[PROGRAM_RESULTS], struct err *e);

/* Compiles the text of a file and runs it once, so that its functions are defined.  `functions` ends with a NULL name;
 * it and host must outlive it.  NULL with *e, such as "lab.lua:3: ...": what Lua says, or what a function said, with
 * the kind it had (ERR_DATA when it is Lua's). */
struct program *program_new(
    const char *name, struct slice text, const struct program_function *functions, void *host, struct err *e);
void program_free(struct program *p); /* NULL is fine */

/* From now on calls go through it; NULL: straight to the functions. */
void program_around(struct program *p, program_around_fn around);

/* Calls a function that the program has defined; without arguments.  0, or -1 with *e: it fails, is not there, or goes
 * beyond its bounds. */
int program_call(struct program *p, const char *function, struct err *e);

#endif

/* Scripts in Lua 5.4 (https://www.lua.org/manual/5.4/), confined: a script reads what its host lends it and can
 * do nothing else.  It has type, tostring, tonumber, pairs, ipairs, and the libraries string and math without
 * what dumps code or throws dice; no files, no commands, no loading of code, no globals of its own.  Only text
 * is taken, never compiled chunks.  Each evaluation is bounded in steps and the whole in memory; what is not
 * bounded is a single search with a pattern that backtracks without end, on texts of the script's own making. */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include "base/err.h"
#include "base/slice.h"

enum {
	SCRIPT_STEPS = 100000,    /* instructions of Lua's machine per evaluation */
	SCRIPT_MEMORY = 16 << 20, /* bytes that one script may hold */
	SCRIPT_NAMES = 64,        /* of the host's that one script may use */
};

enum script_type { SCRIPT_NIL, SCRIPT_BOOL, SCRIPT_INT, SCRIPT_REAL, SCRIPT_TEXT, SCRIPT_LIST, SCRIPT_NONE };

/* A value on its way into a script, or one that it gives to a function; text is copied there. */
struct script_value {
	enum script_type type;
	union {
		bool b;
		int64_t i;
		double d;
		struct slice s;
		struct {
			const struct script_value *v; /* no lists among them */
			size_t n;
		} list; /* only into a script: a table from 1 */
	};
};

/* A function of the host's: note("tcp.loss.*"), any("dns_a", "192.0.2.1"). */
struct script_function {
	const char *name;
	/* Looks at a first argument that stands in the script's text, once, before anything runs.  0, or -1 with *e
	 * (ERR_USAGE). */
	int (*check)(struct slice text, struct err *e);
	/* `second` is SCRIPT_NONE where there is no such argument, SCRIPT_NIL also for what cannot be lent: a table, a
	 * function.  When *e is set the script fails with it. */
	struct script_value (*call)(
	    void *host, const void *arg, struct slice text, struct script_value second, struct err *e);
};

/* What the host lends to scripts.  Its functions do not call back into the script. */
struct script_world {
	/* Asked once for each name a script uses that is neither Lua's nor its own: a number from 0 for it; or -1
	 * with *e (ERR_USAGE). */
	int (*bind)(void *host, struct slice name, struct err *e);
	/* What that name is worth, for the `arg` of the evaluation.  Asked only when the script comes to it. */
	struct script_value (*value)(void *host, const void *arg, int number);
	const struct script_function *functions; /* ends with a NULL name */
};

struct script;

/* One expression, as what stands behind `return`.  `world` and `host` must outlive it.  NULL with *e: a syntax
 * error or a name nobody knows (ERR_USAGE; says where), out of memory (ERR_ENV). */
struct script *script_new_expression(
    const char *text, const struct script_world *world, void *host, struct err *e);

enum script_outcome {
	SCRIPT_DONE,
	SCRIPT_LACKED, /* *e: it failed, and a name it had asked for was worth nil */
	SCRIPT_FAILED, /* *e: it failed for itself: compared a text with a number, called what is no function */
	SCRIPT_STOPPED, /* *e: it went beyond its bounds */
};

/* Runs it; *result is whether its value is neither nil nor false. */
enum script_outcome script_eval(struct script *s, const void *arg, bool *result, struct err *e);

/* NULL is fine. */
void script_free(struct script *s);

#endif

/* The labs there are, and what `osilab lab` does with them. */
#ifndef LAB_COURSE_H
#define LAB_COURSE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct course_options {
	const char *labs;   /* the folder they lie in; NULL: found from where this program lies */
	const char *lang;   /* "en", "ko", or NULL for the locale's */
	const char *seed;   /* a number; NULL: drawn */
	const char *out;    /* run: captures and the wire's log are kept there */
	const char *mutant; /* run: this one of the lab's mutants */
	bool no_input;      /* run: nothing is asked */
	bool claims;        /* list: with the statements each lab is about */
	bool all;           /* verify: every lab */
	int64_t seeds;      /* verify: so many runs of each */
};

/* The command and the ids behind it: list; show ID; run ID; verify ID... or --all.  0; -1 with *e, of kind ERR_DATA when a
 * check failed, ERR_ENV also when there is no verdict; or the number of a signal that ended it. */
int course_run(const struct course_options *o, int n, char **words, struct err *e);

#endif

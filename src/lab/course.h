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
	const char *date;   /* progress is of that day, "2026-11-24"; NULL: today */
	const char *out;    /* run, check, look: the folder of the run; report: where it goes */
	const char *mutant; /* run: this one of the lab's mutants */
	bool no_input;      /* run: nothing is asked */
	bool claims;        /* list: the statements and the labs that are about them */
	bool all;           /* verify: every lab */
	bool redact;        /* report: without secrets */
	int64_t seeds;      /* verify: so many runs of each */
	int64_t jobs;       /* verify: so many at once; 0: two for each processor */
	int64_t minutes;    /* quiz: so long */
};

/* The command and the words behind it; see the table in course.c.  0; -1 with *e, of kind ERR_DATA when a check failed,
 * ERR_ENV also when there is no verdict; or the number of a signal that ended it. */
int course_run(const struct course_options *o, int n, char **words, struct err *e);

#endif

/* The command line.  One table per program is the parser, the --help text, the man page's option list and
 * the shell completion, so that they cannot drift apart. */
#ifndef BASE_OPTS_H
#define BASE_OPTS_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum opt_kind {
	OPT_FLAG,  /* bool *: set to true */
	OPT_COUNT, /* int *: one more each time (-v -v) */
	OPT_INT,   /* int64_t *: a decimal within [min, max] */
	OPT_TEXT,  /* const char **: the argument itself */
	OPT_LIST,  /* struct opt_list *: may be given several times */
	OPT_HEAD,  /* no option: `help` is a heading in the help text */
};

/* The arguments of a repeated option, in order. */
struct opt_list {
	const char *v[32];
	int n;
};

struct opt {
	enum opt_kind kind;
	char letter;      /* 0: none */
	const char *name; /* the long name without "--"; NULL: none */
	const char *arg;  /* what the argument is called in the help: "FILE" */
	const char *help; /* one line */
	void *to;         /* where the value goes; see opt_kind */
	int64_t min, max; /* OPT_INT; both 0: any value that is not negative */
};

struct opts {
	const char *program;    /* "osilab trace" */
	const char *usage;      /* what stands behind the program: "[options] -r FILE [filter]" */
	const char *about;      /* one or two sentences */
	const char *examples;   /* lines to show under "Examples:", or NULL */
	const struct opt *rows; /* ends with a row of kind OPT_HEAD and help NULL */
};

#define OPTS_END                                                                                             \
	{                                                                                                    \
		.kind = OPT_HEAD                                                                             \
	}

/* Reads argv[1..].  Returns the index of the first operand (argc when none), with all operands moved to
 * the end of argv in order; options may stand anywhere before "--".  -1 with *e (ERR_USAGE) for an unknown
 * option or a bad value.  --help and --version print to stdout and return 0: the caller exits 0.
 * --osilab-options (rows for the shell completion) and --osilab-man (the manual page) return 0 too.
 * When stdout does not take it, -1 with *e (ERR_ENV).  Also sees to it that files opened later do not get
 * the numbers of stdin, stdout or stderr when one of these is closed. */
int opts_parse(const struct opts *o, int argc, char **argv, struct err *e);

void opts_help(const struct opts *o, FILE *to);

/* Prints "program: message" and a hint to --help for usage errors, returns the exit code for e->kind. */
int opts_fail(const struct opts *o, const struct err *e);

/* For a program that printed its result to stdout and is done: brings it there, returns the exit code. */
int opts_end(const struct opts *o);

#endif

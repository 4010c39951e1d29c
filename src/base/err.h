/* How a function says what went wrong: it returns -1 and fills the caller's struct err with one clear
 * line.  Only tools/ print it and exit; the kind is the exit code. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

enum err_kind {
	ERR_NONE = 0,
	ERR_DATA = 1,  /* an expectation failed, or the input is damaged or not what it should be */
	ERR_USAGE = 2, /* the command line is wrong */
	ERR_ENV = 3,   /* the machine refused: file, port, permission, memory, missing program */
};

struct err {
	enum err_kind kind;
	int sys;       /* errno behind it, or 0 */
	char msg[400]; /* what, where, and what to do; no newline */
};

/* Fill e (may be NULL) and return -1, so that `return err_set(...)` reads well. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same with ": " and the words for errno behind, kind ERR_ENV. */
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Puts "context: " in front of what e already says; returns -1. */
int err_in(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

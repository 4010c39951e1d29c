/* Which pages of other sites may read answers: cross-origin resource sharing.  Fetch Standard 3.2 (CORS
 * protocol). */
#ifndef WEB_CORS_H
#define WEB_CORS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/opts.h"

struct exchange;

struct cors {
	struct opt_list origins;       /* "https://example.org:8443", or "*" alone; none: nobody may */
	const char *methods, *headers; /* that a preflight is told, lists */
	const char *exposed;           /* fields of answers that scripts may see */
	bool credentials;              /* with cookies too; not for "*" */
	int64_t max_age;               /* seconds that a preflight holds */
};

struct cors cors_defaults(void);
/* Are the options of any use?  0, or -1 with *e. */
int cors_check(const struct cors *c, struct err *e);

/* Answers the question of a browser whether a request may be made; false when x is no such question, or comes
 * from an origin that may not: then it is a request like any other. */
bool cors_preflight(struct exchange *x);
/* Appends the fields that every answer to x needs. */
void cors_write(const struct exchange *x, struct buf *out);

#endif

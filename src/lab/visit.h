/* What the client of the demo does: real curl, one run per connection, each answer compared with what a
 * server that keeps the rules gives. */
#ifndef LAB_VISIT_H
#define LAB_VISIT_H

#include "base/buf.h"
#include "lab/ns.h"

#define VISIT_USER "alice"

/* What requests carry.  Filled by visit_secrets; the tokens when the server has given one. */
struct visit_secrets {
	char password[32];
	char form[96];       /* the body of a login */
	char basic[64];      /* user:password */
	char forged[96];     /* a Cookie line with an id that the server never gave */
	char bearer[8300];   /* an Authorization line with the token */
	char tampered[8300]; /* the same with another user in the payload */
};

/* Draws a fresh password and forged id. */
int visit_secrets(struct visit_secrets *s, struct err *e);

/* All runs from the node, answers in the directory "answers" and cookies in "*.jar" of the working
 * directory.  `told` hears of each request: what it is, the status it got, and whether it opened a
 * connection.  0, or -1 with *e (ERR_DATA when an answer is not the one due). */
int visit_all(const struct lab *lab, const struct lab_node *from, struct visit_secrets *s,
    void (*told)(void *arg, const char *what, unsigned status, bool connected), void *arg, struct err *e);

/* From the JSON answer of /token: the two Authorization lines. */
int visit_token(struct visit_secrets *s, struct slice json, struct err *e);

#endif

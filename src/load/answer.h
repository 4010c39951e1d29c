/* Requests and answers of HTTP/1.1, read with the parser that the server and the tracer have. */
#ifndef LOAD_ANSWER_H
#define LOAD_ANSWER_H

#include "base/slice.h"

#include <sys/types.h>

struct worker;
struct client;

/* The bytes that client c is to write now: what is unsent of its requests. */
struct slice answer_next(struct worker *w, struct client *c);
/* Takes what was read: returns the bytes used (the rest is an incomplete head and is to be given again with
 * what follows), or -1 when the connection is gone, for better or worse. */
ssize_t answer_take(struct worker *w, struct client *c, struct slice in);
/* The stream ended where its end ends the answer (PART_REST): the answer is whole, and the client on its way
 * to the next connection. */
void answer_ended(struct worker *w, struct client *c);

#endif

/* Messages for an echo server over a stream: bytes that are known everywhere, so that none has to be kept to
 * be compared with what comes back. */
#ifndef LOAD_ECHO_H
#define LOAD_ECHO_H

#include "base/slice.h"

#include <sys/types.h>

struct worker;
struct client;

/* What a message of this number on this connection holds from byte `off` on, n bytes.  The first eight say
 * which message it is, so that an answer to another is told apart. */
void echo_bytes(uint8_t *dst, uint32_t client, uint64_t message, size_t off, size_t n);
/* Are these n bytes the ones that echo_bytes makes? */
bool echo_matches(const uint8_t *p, uint32_t client, uint64_t message, size_t off, size_t n);

/* The bytes that client c is to write now. */
struct slice echo_next(struct worker *w, struct client *c);
/* Takes what came back: all of it; -1 when it was wrong and the connection is gone. */
ssize_t echo_take(struct worker *w, struct client *c, struct slice in);

#endif

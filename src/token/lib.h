/* The library under this room, behind one wrapper: lib1.c for libjwt 1 (1.10 to 1.18), lib3.c for libjwt 3;
 * whichever was there at build time.  PS256 goes past both, since
 * libjwt 1 has it only from 1.17 on: see sign.c.  Not for other rooms. */
#ifndef TOKEN_LIB_H
#define TOKEN_LIB_H

#include "token/jwt.h"

/* A compact token of these claims (a JSON object), to be freed; NULL when the library refuses.  The key: an
 * HMAC secret or a PEM private key.  kid may be NULL. */
char *lib_encode(enum token_alg alg, struct slice key, const char *kid, const char *claims);

/* Is the signature right?  The token (with a NUL behind it) is known to have three strict parts and this
 * algorithm.  0, -TOKEN_SIGNATURE or -TOKEN_NO_MEMORY. */
int lib_check(enum token_alg alg, struct slice key, const char *token);

#endif

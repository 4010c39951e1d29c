/* The key that tokens are signed with, from files or made on the spot. */
#ifndef WEB_JWTKEY_H
#define WEB_JWTKEY_H

#include "base/buf.h"
#include "base/err.h"
#include "token/jwt.h"

struct jwtkey {
	struct token_key sign, verify;
	struct buf secret, public; /* what they borrow */
};

/* key: a file with an HS256 secret (a last line end does not count) or a PEM private key; NULL: a
 * random secret.  public_key: the file with the public half of a private key, else NULL.  0, or -1;
 * jwtkey_fini in both cases. */
int jwtkey_init(struct jwtkey *k, const char *key, const char *public_key, struct err *e);
/* Wipes the secrets. */
void jwtkey_fini(struct jwtkey *k);

#endif

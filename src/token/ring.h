/* A ring of keys, each with a name (kid, RFC 7515 4.1.4) and the one algorithm it is for.  Tokens are signed with
 * the last key that can sign, and verified with the one they name: so a key is rotated by adding another behind
 * it, and the old one can go when the last token it signed has expired. */
#ifndef TOKEN_RING_H
#define TOKEN_RING_H

#include "token/jwt.h"

enum { RING_KEYS = 32, RING_KID = 64 /* characters of a name: letters, digits, '-', '_' */ };

struct ring_key {
	char kid[RING_KID + 1];
	struct token_key sign;     /* .can_sign false: it only verifies */
	struct token_key verify;   /* the same secret, or the public half */
	struct buf secret, public; /* what they borrow */
};

struct ring {
	struct ring_key *keys[RING_KEYS];
	size_t n;
};

/* Reads keys, oldest first.  A path is a file, or a directory whose files are read in the order of their names
 * (those that begin with '.' are passed over).  A file holds a secret (a last line end does not count) or a PEM
 * private or public key; others may read none but a public one.  kid is the file's name up to its first '.'; the
 * algorithm is named by a later part of it ("2026.ps256.pem", "lab.hs512"), else it is HS256 for a secret, RS256
 * for an RSA key and ES256 for one on P-256.  0, or -1 with *e; ring_fini in both cases. */
int ring_load(struct ring *r, const char *const *paths, int n, struct err *e);
/* One random HS256 secret of a random name. */
int ring_random(struct ring *r, struct err *e);
/* Adds a key; `bytes` are taken over, also at -1.  Of a private key the public half is made. */
int ring_add(struct ring *r, struct slice kid, enum token_alg alg, struct buf *bytes, struct err *e);
/* Wipes the secrets. */
void ring_fini(struct ring *r);

/* NULL: no key can sign. */
const struct ring_key *ring_signer(const struct ring *r);
/* The key of that name; NULL: none. */
const struct ring_key *ring_find(const struct ring *r, struct slice kid);
/* The one key for that algorithm; NULL, with *n saying how many there are. */
const struct ring_key *ring_only(const struct ring *r, enum token_alg alg, size_t *n);

/* Appends the public keys as a JWK Set (RFC 7517 5); secrets are not among them.  0, or -1. */
int ring_jwks(const struct ring *r, struct buf *out);

#endif

/* Looking at a PEM public key without a crypto library: which kind is it, how big? */
#ifndef TOKEN_KEY_H
#define TOKEN_KEY_H

#include "base/slice.h"

enum key_kind {
	KEY_NOT_PEM, /* no "-----BEGIN" in it */
	KEY_UNKNOWN, /* PEM of something else, or damaged */
	KEY_RSA,     /* public; *bits says the size of the modulus */
	KEY_P256,    /* public, on curve P-256 */
	KEY_PRIVATE, /* a private key: the library checks the rest when it signs */
};

enum key_kind key_look(struct slice text, size_t *bits);

#endif

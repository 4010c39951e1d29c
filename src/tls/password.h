/* Password hashes: scrypt (RFC 7914) as one line of text that carries its own parameters and salt,
 *
 *	$scrypt$ln=17,r=8,p=1$<salt, base64>$<hash, base64>
 *
 * so that the cost can be raised later and old lines still verify.  These functions are slow on
 * purpose and BLOCK (about 0.4 s and 128 MiB each at the default cost): never on a loop's thread.
 */
#ifndef TLS_PASSWORD_H
#define TLS_PASSWORD_H

#include "base/err.h"
#include "base/slice.h"

enum {
	PASSWORD_MIN = 8,     /* bytes of a new password */
	PASSWORD_MAX = 1024,  /* bytes; longer ones are refused unhashed */
	PASSWORD_TEXT = 160,  /* room for any line made here, NUL included */
	PASSWORD_LOG2_N = 17, /* the default cost: N = 2^17, r = 8, p = 1 (OWASP) */
};

/* Makes the line for a new password, with a fresh 16-byte salt.  log2_n is PASSWORD_LOG2_N except
 * in tests.  0, or -1: too short, too long, with a NUL, or no memory. */
int password_hash(struct slice password, int log2_n, char line[PASSWORD_TEXT], struct err *e);

/* 1: it is the password; 0: it is not; -1 with *e: the line is damaged, or no memory. */
int password_verify(struct slice password, const char *line, struct err *e);

/* A line that no password fits and that takes as long to verify as any other of that cost: what to
 * verify against when there is no such user, so that the time does not tell. */
void password_decoy(int log2_n, char line[PASSWORD_TEXT]);

#endif

/* SHA-256 (FIPS 180-4) and comparing secrets, for rooms that see no OpenSSL. */
#ifndef TLS_DIGEST_H
#define TLS_DIGEST_H

#include "base/slice.h"

enum { DIGEST_SHA256 = 32 }; /* bytes */

/* 0, or -1 when the library has no memory. */
int digest_sha256(struct slice in, uint8_t out[DIGEST_SHA256]);

/* Are they the same bytes?  Takes as long for a difference in the first byte as for none; only the
 * lengths show in the time. */
bool digest_equal(struct slice a, struct slice b);

/* Overwrites a secret, which the compiler may not leave out. */
void digest_wipe(void *p, size_t n);

#endif

/* Digests as hexadecimal text, for names that others compute the same way (TLS fingerprints). */
#ifndef TLS_HEXDIGEST_H
#define TLS_HEXDIGEST_H

#include "base/slice.h"

enum {
	DIGEST_MD5_HEX = 33, /* characters with the NUL */
	DIGEST_SHA256_HEX = 65,
};

/* Lower-case digits and a NUL; the empty string when the library refuses (MD5 under a FIPS policy). */
void digest_md5_hex(struct slice s, char out[DIGEST_MD5_HEX]);
void digest_sha256_hex(struct slice s, char out[DIGEST_SHA256_HEX]);

#endif

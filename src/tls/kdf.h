/* Key derivation of TLS: HKDF-Expand-Label (RFC 8446 7.1) and the PRF (RFC 5246 5, RFC 2246 5). */
#ifndef TLS_KDF_H
#define TLS_KDF_H

#include "base/slice.h"

enum kdf_hash {
	KDF_SHA256,
	KDF_SHA384,
	KDF_MD5_SHA1, /* the PRF of TLS 1.0 and 1.1 only */
};

/* Bytes of the hash: 32, 48, 36. */
size_t kdf_hash_size(enum kdf_hash hash);

/* HKDF-Expand-Label(secret, label, context, n); the label without its "tls13 ".  -1: label or
 * context too long, n more than 255 hash lengths, or the library refused. */
int kdf_expand_label(
    enum kdf_hash hash, struct slice secret, const char *label, struct slice context, uint8_t *out, size_t n);

/* PRF(secret, label, seed) cut to n bytes. */
int kdf_prf(
    enum kdf_hash hash, struct slice secret, const char *label, struct slice seed, uint8_t *out, size_t n);

#endif

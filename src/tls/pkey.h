/* Key pairs in PEM: which kind, the public half, the same as a JSON Web Key (RFC 7517, RFC 7518 6), and signatures
 * by RSASSA-PSS (RFC 8017 8.1) as PS256 has them (RFC 7518 3.5). */
#ifndef TLS_PKEY_H
#define TLS_PKEY_H

#include "base/buf.h"
#include "base/err.h"

enum pkey_kind { PKEY_OTHER, PKEY_RSA, PKEY_P256 };

struct pkey {
	void *lib;
	enum pkey_kind kind;
	unsigned bits; /* of RSA's modulus */
	bool private;
};

/* A private or a public key; one that needs a passphrase is refused.  0, or -1 with *e.  pkey_fini in both cases. */
int pkey_init(struct pkey *k, struct slice pem, struct err *e);
void pkey_fini(struct pkey *k);

/* Append; 0, or -1.  The JSON Web Key has the required members alone, sorted and without white space, as a
 * thumbprint wants them (RFC 7638 3); of a private key, when asked for, those of RFC 7518 6.2.2 and 6.3.2 too. */
int pkey_public_pem(const struct pkey *k, struct buf *out);
int pkey_jwk(const struct pkey *k, bool private, struct buf *out);

/* Appends the signature; 0, or -1. */
int pkey_ps256_sign(const struct pkey *k, struct slice text, struct buf *out);
/* 1 it is right, 0 it is wrong, -1 no memory. */
int pkey_ps256_verify(const struct pkey *k, struct slice text, struct slice signature);

#endif

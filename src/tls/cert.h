/* Reading an X.509 certificate for showing.  RFC 5280.  Nothing is verified here. */
#ifndef TLS_CERT_H
#define TLS_CERT_H

#include "base/arena.h"

/* Text is UTF-8 as the certificate's maker wrote it, that is, untrusted: controls may be inside, so
 * it goes through base/escape.h before it is shown.  A NUL stands behind each slice. */
struct cert {
	struct slice cn;                      /* subject's (last) common name; empty when none */
	struct slice subject;                 /* "C = KR, O = Lab, CN = www.example" */
	struct slice issuer;                  /* the same form */
	struct slice sans;                    /* subject alternative names: "DNS:www.example, IP:10.0.0.1" */
	size_t n_sans;                        /* how many; at most CERT_SANS_SHOWN of them stand in `sans` */
	struct slice serial;                  /* hexadecimal, capitals: "01AB" */
	struct slice serial_raw;              /* the octets of that number as they stand in the certificate */
	struct slice subject_raw, issuer_raw; /* DER: the same octets are the same name */
	struct slice key_type;                /* "EC P-256", "RSA 2048", "Ed25519" */
	struct slice sig_alg;                 /* "ecdsa-with-SHA256" */
	bool weak_key;      /* RSA or DSA below 2048 bits, a curve below 224 (NIST SP 800-131A) */
	bool weak_hash;     /* signed over MD5 or SHA-1: somebody else can find a certificate that fits */
	int64_t not_before; /* nanoseconds since 1970 */
	int64_t not_after;  /* nanoseconds since 1970; clamped to what 64 bits hold (year 2262) */
	bool self_signed;   /* issuer and subject are the same name, and the key identifiers agree */
	bool is_ca;         /* basicConstraints says CA:TRUE */
	uint8_t sha256[32]; /* of the whole DER */
	struct slice sha256_hex; /* "AB:CD:...", 95 characters */
};

enum {
	CERT_SANS_SHOWN = 64,
};

/* Reads one DER certificate that fills `der` exactly.  0; -1 when it is damaged.  A text that the
 * arena has no room for stays empty. */
int cert_parse(struct slice der, struct arena *a, struct cert *out);

/* A DER name in the form of `subject`; empty when it is damaged. */
struct slice cert_name(struct slice der, struct arena *a);

#endif

/* The certificates of a server, and which of them a client gets.  RFC 6066 3 (server name), RFC 9525 6.3
 * (what a certificate is for), RFC 6066 8 (stapled OCSP).  For this room only. */
#ifndef TLS_HOSTS_H
#define TLS_HOSTS_H

#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>

enum {
	HOST_KEYS = 4,   /* certificates for the same names, by kind of key: ECDSA, RSA, ... */
	HOSTS_MAX = 256, /* sets of names */
};

/* One set of names: a client gets the certificate whose kind of key it can verify. */
struct tls_host {
	void *ssl_ctx;                   /* SSL_CTX */
	void *certs[HOST_KEYS];          /* X509, borrowed from ssl_ctx */
	struct slice staples[HOST_KEYS]; /* OCSP response for it, DER; empty: none */
	int n_certs;
};

struct tls_hosts {
	struct tls_host *v; /* the first serves who asks for no name, or for none of ours */
	size_t n;
	/* Makes the SSL_CTX of a further host, without a certificate; NULL with *e. */
	void *(*make)(void *owner, struct err *e);
	void *owner;
	bool weak; /* some certificate has a key that OpenSSL would not take by default */
};

/* Reads a certificate with its issuers, and its key, from PEM files; key NULL: cert is a folder, of which all
 * NAME.crt of servers with a NAME.key beside them are taken, by name.  0 or -1. */
int tls_hosts_add(struct tls_hosts *h, const char *cert, const char *key, struct err *e);
/* Reads an OCSP response in DER and keeps it for the certificate it is about.  0 or -1. */
int tls_hosts_staple(struct tls_hosts *h, const char *path, struct err *e);
void tls_hosts_fini(struct tls_hosts *h);

/* The host for that server name; NULL: none of them is. */
struct tls_host *tls_hosts_find(const struct tls_hosts *h, const char *name);

/* Refuses a secret file (already open) that others may read, or that is no file.  0 or -1. */
int tls_hosts_check_private(int fd, const char *what, const char *path, struct err *e);

#endif

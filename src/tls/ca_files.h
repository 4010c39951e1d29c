/* The files of a lab's certificate authority: names, writing them safely, reading authorities back.  For
 * ca*.c only; OpenSSL's types stay in these. */
#ifndef TLS_CA_FILES_H
#define TLS_CA_FILES_H

#include "tls/ca.h"

enum { CA_PATH_SIZE = 1024 };

#define CA_ROOT "root" /* its name, and that of no certificate it issues */

bool ca_is_address(const char *name);
/* Is it a host name, "*.lab.test", an IP address or, for a person, a mail address?  0, or -1 (ERR_USAGE). */
int ca_check_name(const char *name, bool person, struct err *e);

/* mkdir -p, what is new with mode 0700. */
int ca_make_dir(const char *dir, struct err *e);
/* Writes the content (a memory BIO).  It gets its name when it is whole; without `replace` a file that is there
 * stays.  0 or -1. */
int ca_put_file(const char *path, unsigned mode, void *content, bool replace, struct err *e);
/* The same for certificates (X509), one after the other, and for a private key (EVP_PKEY), for its owner alone. */
int ca_put_certs(const char *path, void *const *certs, size_t n, bool replace, struct err *e);
int ca_put_key(const char *path, void *key, bool replace, struct err *e);
/* The first certificate (X509) of a PEM file, the caller's to free; NULL with *e. */
void *ca_read_cert(const char *path, struct err *e);

struct ca_authority {
	char name[256];
	void *cert; /* X509 */
	void *key;  /* EVP_PKEY */
	void *root; /* X509; NULL: it is the root */
};

/* dir/NAME.crt and .key; name NULL: the root's.  0; -1 with *e: there is none, or it is no authority.  ca_unload in
 * either case. */
int ca_load(struct ca_authority *a, const char *dir, const char *name, struct err *e);
/* The one in dir that issued the certificate (X509). */
int ca_load_issuer(struct ca_authority *a, const char *dir, void *cert, struct err *e);
void ca_unload(struct ca_authority *a);

#endif

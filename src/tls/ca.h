/* A certificate authority for a lab: one root, server certificates under it.  RFC 5280.  P-256
 * keys.
 *
 * Files in its directory (made with mode 0700): root.crt, root.key, NAME.crt, NAME.key.  Keys have
 * mode 0600 from their first moment, and a file appears whole or not at all. */
#ifndef TLS_CA_H
#define TLS_CA_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "tls/cert.h"

enum {
	CA_ROOT_DAYS = 3650,
	CA_SERVER_DAYS = 90,
	CA_SANS_MAX = 32,
};

/* Where the CA lives unless told otherwise: $XDG_DATA_HOME/osilab/ca, else
 * ~/.local/share/osilab/ca. */
int ca_default_dir(char *dst, size_t size, struct err *e);

/* Makes dir (parents too) and the root in it.  An existing root is kept and -1 returned, unless
 * force. `now` in nanoseconds since 1970 (clock_real()) here and below. */
int ca_init(const char *dir, int days, bool force, int64_t now, struct err *e);

struct ca_request {
	const char *name;        /* file name and first SAN: a host name, "*.lab.test" or an IP address */
	const char *const *sans; /* more names and addresses */
	size_t n_sans;           /* at most CA_SANS_MAX - 1 */
	int days;                /* 0: CA_SERVER_DAYS.  Negative: it ended that long ago (for labs) */
};

/* Writes dir/NAME.key and dir/NAME.crt (the certificate, then the root's), replacing older ones.
 * '*' in the file name becomes '_'.  -1: no root in dir (run ca_init), a name that is none, files.
 */
int ca_issue(const char *dir, const struct ca_request *req, int64_t now, struct err *e);

/* dir/NAME.crt or .key as ca_issue names it, ext being "crt" or "key". */
int ca_path(const char *dir, const char *name, const char *ext, char *dst, size_t size, struct err *e);

/* Appends to out what a person wants to know of each certificate of a PEM or DER file: subject,
 * names, issuer, serial, validity with the days left, key, fingerprint. */
int ca_show(const char *file, int64_t now, struct buf *out, struct err *e);

#endif

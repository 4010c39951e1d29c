/* A certificate authority for a lab: a root, authorities under it, certificates of servers and clients, sound ones and
 * flawed ones; what it revokes.  RFC 5280, RFC 6960.
 *
 * Files in its directory (made with mode 0700): root.crt, root.key, NAME.crt, NAME.key; AUTHORITY.crl, NAME.ocsp.  Keys
 * have mode 0600 from their first moment, and a file appears whole or not at all. */
#ifndef TLS_CA_H
#define TLS_CA_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "tls/cert.h"

enum {
	CA_ROOT_DAYS = 3650,
	CA_INTERMEDIATE_DAYS = 1825,
	CA_SERVER_DAYS = 90,   /* clients', too */
	CA_STATEMENT_DAYS = 7, /* until a revocation list or an OCSP response wants to be made anew */
	CA_SANS_MAX = 32,
};

/* Where the CA lives unless told otherwise: $XDG_DATA_HOME/osilab/ca, else
 * ~/.local/share/osilab/ca. */
int ca_default_dir(char *dst, size_t size, struct err *e);

/* Makes dir (parents too) and the root in it.  An existing root is kept and -1 returned, unless
 * force. `now` in nanoseconds since 1970 (clock_real()) here and below. */
int ca_init(const char *dir, int days, bool force, int64_t now, struct err *e);

/* Makes an authority under the root: dir/NAME.crt (its certificate, then the root's) and dir/NAME.key. */
int ca_intermediate(const char *dir, const char *name, int days, bool force, int64_t now, struct err *e);

/* What is wrong with a certificate on purpose, so that a lab can see who notices. */
enum ca_flaw {
	CA_SOUND,
	CA_EXPIRED,         /* since yesterday */
	CA_NOT_YET,         /* valid from tomorrow on */
	CA_WRONG_NAME,      /* for wrong-name.invalid */
	CA_SELF_SIGNED,     /* by no authority */
	CA_NO_INTERMEDIATE, /* dir/NAME.crt lacks its authority's certificate */
	CA_WEAK_KEY,        /* RSA of 1024 bits */
	CA_FLAWS,
};

/* The flaw of that name: "expired", "wrong-name", ...  0, or -1 with a message that has them all. */
int ca_flaw(const char *word, enum ca_flaw *out, struct err *e);

struct ca_request {
	const char *name;        /* file name and first SAN: a host name, "*.lab.test" or an IP address; of a
	                          * client also a mail address */
	const char *const *sans; /* more names and addresses */
	size_t n_sans;           /* at most CA_SANS_MAX - 1 */
	int days;                /* 0: CA_SERVER_DAYS.  Negative: it ended that long ago (for labs) */
	const char *by;          /* the authority that signs; NULL: the root */
	bool client;             /* to show to servers, else to clients */
	bool rsa;                /* a key of RSA 2048, else P-256 */
	enum ca_flaw flaw;
};

/* Writes dir/NAME.key and dir/NAME.crt (the certificate, then those of its authority and of the root), replacing older
 * ones.  '*' in the file name becomes '_'.  -1: no authority in dir (run ca_init), a name that is none or an
 * authority's, files. */
int ca_issue(const char *dir, const struct ca_request *req, int64_t now, struct err *e);

/* Puts dir/NAME.crt on its authority's revocation list, dir/AUTHORITY.crl, which is good for so many days from now on
 * (negative: it ended that long ago).  The authority's name goes to authority[size]. */
int ca_revoke(
    const char *dir, const char *name, int days, char *authority, size_t size, int64_t now, struct err *e);
/* Signs that list anew, or makes an empty one. */
int ca_list(const char *dir, const char *authority, int days, int64_t now, struct err *e);
/* Writes dir/NAME.ocsp: what the list says of dir/NAME.crt, as an OCSP response in DER. */
int ca_ocsp(const char *dir, const char *name, int days, int64_t now, struct err *e);

/* dir/NAME.crt or .key as ca_issue names it, ext being "crt" or "key". */
int ca_path(const char *dir, const char *name, const char *ext, char *dst, size_t size, struct err *e);

/* Appends to out what a person wants to know of each certificate of a PEM or DER file: subject,
 * names, issuer, serial, validity with the days left, key, fingerprint. */
int ca_show(const char *file, int64_t now, struct buf *out, struct err *e);

#endif

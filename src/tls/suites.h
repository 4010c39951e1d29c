/* Which TLS versions and cipher suites a server takes.  RFC 9325 4, RFC 8446 B.4. */
#ifndef TLS_SUITES_H
#define TLS_SUITES_H

#include "base/buf.h"
#include "tls/tls.h"

struct suites {
	struct buf tls12, tls13; /* lists in OpenSSL's form; empty: none of that version */
	int min, max;            /* versions as on the wire */
	bool doubtful;           /* one of them is no AEAD, or has no forward secrecy */
};

/* What the options ask for.  0; -1 (ERR_USAGE): a suite there is none of or that is refused, versions without
 * a suite.  suites_fini in either case. */
int suites_read(struct suites *s, const struct tls_options *o, struct err *e);
void suites_fini(struct suites *s);

#endif

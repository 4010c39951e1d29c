/* The TLS half of what `osilab serve` was told: certificates, policy, and what to warn of. */
#ifndef WEB_SECURE_H
#define WEB_SECURE_H

#include "base/opts.h"
#include "tls/tls.h"

struct secure_options {
	struct opt_list cert, key; /* PEM files in pairs, or folders as cert alone */
	const char *keylog;        /* file; NULL: no */
	const char *min, *max;     /* "1.2" or "1.3"; NULL: whatever there is */
	struct opt_list suites;
	bool rsa_kx;
	int64_t tickets; /* seconds that one ticket key is used; 0: no tickets */
	const char *client_ca, *client_crl;
	const char *client_cert; /* "optional" or "required" (which NULL is) */
	struct opt_list ocsp;
};

/* Was anything said that asks for TLS? */
bool secure_wanted(const struct secure_options *o);
/* The context; NULL with *e.  alpn as in struct tls_options; `before` is the one it replaces, or NULL.  Free with
 * tls_ctx_free. */
struct tls_ctx *secure_open(
    const struct secure_options *o, const char *alpn, struct tls_ctx *before, struct err *e);
/* Warns the operator of all that is weaker than it need be. */
void secure_tell(const struct secure_options *o, const struct tls_ctx *ctx);

#endif

/* Fingerprints of TLS programs, from what their hellos offer: JA3 and JA3S (Salesforce, 2017) and JA4 for TLS
 * clients (FoxIO, 2023).  The same program gives the same fingerprint wherever it connects to. */
#ifndef TRACE_TLSPRINT_H
#define TRACE_TLSPRINT_H

#include "base/arena.h"
#include "wire/tlsrec.h"

/* All in the arena; "" when it is full. */
struct tls_print {
	const char *full; /* what was hashed: "771,4865-4866,0-11-10,29-23-24,0" */
	const char *hash; /* its MD5 */
};

/* JA3: version, suites, extensions, groups, point formats; GREASE left out. */
struct tls_print tls_ja3(struct arena *a, const struct tlsrec_client_hello *h);
/* JA3S: version, suite, extensions of the answer. */
struct tls_print tls_ja3s(struct arena *a, const struct tlsrec_server_hello *h);
/* JA4: "t13d1516h2_8daaf6152771_e5627efa2ab1": transport, version, whether it names a host, how many suites
 * and extensions, the first ALPN name; then digests of the sorted suites, and of the sorted extensions with
 * the signature algorithms. */
const char *tls_ja4(struct arena *a, const struct tlsrec_client_hello *h);

#endif

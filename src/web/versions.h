/* The versions of HTTP that a server speaks, as --http names them among its addresses. */
#ifndef WEB_VERSIONS_H
#define WEB_VERSIONS_H

#include "base/opts.h"

struct versions {
	bool old;          /* "1.0": requests of any 1.x, answered as servers did before HTTP/1.1 */
	bool http1, http2; /* "1.1", "2" */
};

/* Is this a version, and no address? */
bool versions_names(const char *text);
/* Those that the list names; none named: 1.1 and 2. */
struct versions versions_of(const struct opt_list *list);
/* What to offer in TLS (ALPN), best first. */
const char *versions_alpn(const struct versions *v);

#endif

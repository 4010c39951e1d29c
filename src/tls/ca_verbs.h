/* The verbs of `osilab ca`, and what each says that it made. */
#ifndef TLS_CA_VERBS_H
#define TLS_CA_VERBS_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

struct ca_call {
	const char *dir; /* where the CA lives */
	int days;        /* 0: the usual */
	bool force, client, rsa;
	const char *by;  /* authority; NULL: the root */
	const char *bad; /* flaw; NULL: none */
	int64_t now;     /* ns since 1970 */
};

/* Does what the verb says with these names.  0; or -1, ERR_USAGE also for a verb there is none of. */
int ca_run(const struct ca_call *c, const char *verb, char **names, int n, struct buf *out, struct err *e);

#endif

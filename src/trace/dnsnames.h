/* Which name an address goes by: what DNS answers said, remembered so that a later connection to the address can
 * be told by its name.  At most DNSNAMES_MAX addresses; the oldest give way. */
#ifndef TRACE_DNSNAMES_H
#define TRACE_DNSNAMES_H

#include "trace/context.h"

enum { DNSNAMES_MAX = 4096 };

/* The answer in the present frame says that `name`, a domain name as text, is at addr (family 4 or 6). */
void dnsnames_learn(struct trace *t, const struct pkt_addr *addr, const char *name);

/* The present frame opens a connection: says the name of where it goes, when an earlier answer gave it. */
void dnsnames_say(struct trace *t);

void dnsnames_free(struct dnsnames *n); /* NULL: no-op */

#endif

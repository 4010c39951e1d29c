/* Names of addresses, as a capture file brings them (pcapng: Name Resolution Blocks).  The first name given to an
 * address stays; at most HOSTS_MAX addresses are known, further ones have no name. */
#ifndef TRACE_HOSTS_H
#define TRACE_HOSTS_H

#include "base/slice.h"
#include "wire/pkt.h"

enum {
	HOSTS_MAX = 8192,
	HOSTS_NAME = 256, /* bytes of a name with its NUL; a longer one is none (RFC 1035 2.3.4) */
};

struct host {
	struct pkt_addr addr; /* family 4 or 6 */
	char *name;           /* as it was given: any bytes but NUL */
};

struct hosts;

struct hosts *hosts_new(void); /* NULL: out of memory */
void hosts_free(struct hosts *h);

/* Remembers the name, unless it is empty or too long, the address has one already, or there is no room. */
void hosts_add(struct hosts *h, const struct pkt_addr *addr, struct slice name);

/* The name of the address, or NULL.  h may be NULL: no names. */
const char *hosts_name(const struct hosts *h, const struct pkt_addr *addr);

/* All of them in the order in which they came: how many, and the i-th.  h may be NULL. */
size_t hosts_count(const struct hosts *h);
const struct host *hosts_at(const struct hosts *h, size_t i);

#endif

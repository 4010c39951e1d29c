/* Internet endpoints, address and port, as text and as the socket calls take them.
 * Text forms: "192.0.2.1", "192.0.2.1:80", "::1", "[::1]", "[fe80::1%eth0]:80" (RFC 4291 2.2, RFC
 * 3986 3.2.2), and, where names are resolved, "example.org:80". */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include "base/err.h"
#include "base/slice.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* A sockaddr_storage would be four times as large, for families that nobody uses here. */
struct addr {
	union {
		sa_family_t ss_family;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} ss;
	socklen_t len; /* bytes of ss in use; 0: no address */
};

/* Room for any text addr_format makes, NUL included. */
#define ADDR_TEXT 72

/* Cuts "host:port" in two without looking anything up.  *port stays as it is when the text has
 * none. The host comes without its brackets.  0, or -1 (ERR_USAGE). */
int addr_split(struct slice text, struct slice *host, uint16_t *port, struct err *e);

/* A numeric address; never asks a name server.  `port` is used when the text has none.
 * 0, or -1 (ERR_USAGE). */
int addr_parse(struct addr *a, const char *text, uint16_t port, struct err *e);

/* The same, and names are looked up with getaddrinfo, which BLOCKS: not on a loop's thread.  The
 * first answer wins (RFC 6724 order).  0, or -1 (ERR_USAGE for bad text, ERR_ENV when the name has
 * no address). */
int addr_resolve(struct addr *a, const char *text, uint16_t port, struct err *e);
/* The same, for who is ready to try others: up to `max` (1 and more) addresses in that order; how many, or -1. */
int addr_resolve_all(struct addr *list, int max, const char *text, uint16_t port, struct err *e);

/* "192.0.2.1:80" or "[::1]:80" into dst (ADDR_TEXT bytes are always enough); returns dst.  No
 * address: "-". */
char *addr_format(const struct addr *a, char *dst, size_t size);
/* The same without port and brackets: "192.0.2.1", "::1". */
char *addr_format_host(const struct addr *a, char *dst, size_t size);

/* 127.0.0.0/8 (RFC 1122 3.2.1.3), ::1, or the former inside ::ffff:0:0/96. */
bool addr_is_loopback(const struct addr *a);

uint16_t addr_port(const struct addr *a);
void addr_set_port(struct addr *a, uint16_t port);

/* Same family, address (and scope) and port. */
bool addr_eq(const struct addr *a, const struct addr *b);
/* The address alone, as bytes: 4 or 16 of them, for keys of per-address tables.  Valid as long as a
 * is. */
struct slice addr_bytes(const struct addr *a);

static inline struct sockaddr *addr_sa(struct addr *a)
{
	return (struct sockaddr *)&a->ss;
}

static inline const struct sockaddr *addr_csa(const struct addr *a)
{
	return (const struct sockaddr *)&a->ss;
}

#endif

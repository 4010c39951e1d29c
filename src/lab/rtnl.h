/* Network interfaces, addresses and routes of a namespace, by the kernel's own interface:
 * rtnetlink(7), message layout of RFC 3549.  So that a lab needs no ip(8).
 *
 * Each function does one thing and returns 0, or -1 with *e (ERR_ENV, e->sys the errno) in words
 * that name the interface and carry the kernel's own reason when it gives one. */
#ifndef LAB_RTNL_H
#define LAB_RTNL_H

#include "base/err.h"

#include <stdint.h>

struct rtnl {
	int fd;       /* netlink socket; belongs to the namespace it was opened in, for good */
	int inet;     /* a socket of the same namespace for interface ioctls */
	uint32_t seq; /* number of the last request */
};

/* Talks to the network namespace the calling thread is in. */
int rtnl_open(struct rtnl *r, struct err *e);
void rtnl_close(struct rtnl *r);

/* Makes a pair of virtual Ethernet interfaces joined back to back, one in each of the network
 * namespaces given by descriptor. */
int rtnl_veth(struct rtnl *r, const char *name_a, int ns_a, const char *name_b, int ns_b, struct err *e);

/* Makes a bridge: what one of its interfaces receives, the one with the addressee sends on (IEEE 802.1D). */
int rtnl_bridge(struct rtnl *r, const char *name, struct err *e);
/* Makes an interface one of the bridge's. */
int rtnl_enslave(struct rtnl *r, const char *interface, const char *bridge, struct err *e);

int rtnl_up(struct rtnl *r, const char *interface, struct err *e);

/* "10.9.1.2/24" or "fd09:1::2/64".  IPv6 addresses are usable at once: no duplicate address
 * detection (RFC 4862 5.4), since nobody else is on the link. */
int rtnl_address(struct rtnl *r, const char *interface, const char *prefix, struct err *e);

/* A route to a prefix ("10.9.2.0/24", "0.0.0.0/0", "::/0") by way of a neighbour. */
int rtnl_route(struct rtnl *r, const char *prefix, const char *gateway, struct err *e);

/* Packets appear on this interface as they would on a cable: whole checksums, no segments larger
 * than the link takes.  Ends of a virtual link would otherwise leave both to a network card that is
 * not there. */
int rtnl_offload_off(struct rtnl *r, const char *interface, struct err *e);

#endif

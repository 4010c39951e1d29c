/* The network of the demo: client - router - server, each a host of its own.
 *
 *	client c0 --- r0 router r1 --- s0 server
 *	10.9.1.2/24   10.9.1.1  10.9.2.1   10.9.2.2/24
 *	fd09:1::2/64  fd09:1::1 fd09:2::1  fd09:2::2/64
 */
#ifndef LAB_DEMO_NET_H
#define LAB_DEMO_NET_H

#include "lab/ns.h"

#define DEMO_CLIENT   "10.9.1.2"
#define DEMO_SERVER   "10.9.2.2"
#define DEMO_CLIENT_6 "fd09:1::2"
#define DEMO_SERVER_6 "fd09:2::2"
#define DEMO_NAME     "www.lab.test"

struct demo_net {
	struct lab_node *client, *router, *server;
};

/* IPv6 is left out when the kernel has none. */
int demo_net_raise(struct demo_net *net, struct lab *lab, struct err *e);

#endif

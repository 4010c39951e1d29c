/* The network of the demo; see demo_net.h. */
#include "lab/demo_net.h"

#include <stddef.h>

static int raise_ip4(const struct demo_net *n, struct lab *lab, struct err *e)
{
	if (rtnl_address(&n->client->rtnl, "c0", DEMO_CLIENT "/24", e) ||
	    rtnl_address(&n->router->rtnl, "r0", "10.9.1.1/24", e) ||
	    rtnl_address(&n->router->rtnl, "r1", "10.9.2.1/24", e) ||
	    rtnl_address(&n->server->rtnl, "s0", DEMO_SERVER "/24", e))
		return -1;
	if (rtnl_route(&n->client->rtnl, "0.0.0.0/0", "10.9.1.1", e) ||
	    rtnl_route(&n->server->rtnl, "0.0.0.0/0", "10.9.2.1", e))
		return -1;
	return lab_sysctl(lab, n->router, "ipv4/ip_forward", "1", e);
}

static int raise_ip6(const struct demo_net *n, struct lab *lab, struct err *e)
{
	if (rtnl_address(&n->client->rtnl, "c0", DEMO_CLIENT_6 "/64", e) ||
	    rtnl_address(&n->router->rtnl, "r0", "fd09:1::1/64", e) ||
	    rtnl_address(&n->router->rtnl, "r1", "fd09:2::1/64", e) ||
	    rtnl_address(&n->server->rtnl, "s0", DEMO_SERVER_6 "/64", e))
		return -1;
	if (rtnl_route(&n->client->rtnl, "::/0", "fd09:1::1", e) ||
	    rtnl_route(&n->server->rtnl, "::/0", "fd09:2::1", e))
		return -1;
	return lab_sysctl(lab, n->router, "ipv6/conf/all/forwarding", "1", e);
}

int demo_net_raise(struct demo_net *n, struct lab *lab, struct err *e)
{
	n->client = lab_node_new(lab, "client", e);
	n->router = n->client ? lab_node_new(lab, "router", e) : NULL;
	n->server = n->router ? lab_node_new(lab, "server", e) : NULL;
	if (!n->server)
		return -1;
	if (lab_link(n->client, "c0", n->router, "r0", e) || lab_link(n->router, "r1", n->server, "s0", e))
		return -1;
	if (raise_ip4(n, lab, e))
		return -1;
	return lab->ip6 ? raise_ip6(n, lab, e) : 0;
}

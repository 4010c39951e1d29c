/* DHCP as it is seen: how a host gets its address, keeps it and gives it back.  RFC 2131, RFC 2132. */
#ifndef TRACE_DHCPFLOW_H
#define TRACE_DHCPFLOW_H

#include "trace/context.h"

/* The present frame is a datagram between the ports 67 and 68. */
void dhcpflow_datagram(struct trace *t);

void dhcp_deals_free(struct dhcp_deals *d); /* NULL: no-op */

#endif

/* What the UDP models share: see udp.h. */
#include "echo/udp.h"

#include <errno.h>
#include <string.h>

/* ipi_spec_dst, on receiving, is the kernel's proposal for the source of an answer, right also where the
 * destination was a broadcast; on sending it is the source (ip(7)). */
static void reply_from_v4(struct cmsghdr *c)
{
	struct in_pktinfo info;

	memcpy(&info, CMSG_DATA(c), sizeof(info));
	info.ipi_ifindex = 0; /* the route to the client decides */
	memcpy(CMSG_DATA(c), &info, sizeof(info));
}

static void reply_from_v6(struct cmsghdr *c)
{
	struct in6_pktinfo info;

	memcpy(&info, CMSG_DATA(c), sizeof(info));
	if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr))
		info.ipi6_addr = in6addr_any; /* no source; the kernel chooses one */
	info.ipi6_ifindex = 0;                /* a link-local client carries its own scope */
	memcpy(CMSG_DATA(c), &info, sizeof(info));
}

void echo_udp_reply_from(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			reply_from_v4(c);
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			reply_from_v6(c);
	}
}

bool echo_udp_unanswerable(const struct echo_server *s, const struct addr *from)
{
	switch (addr_port(from)) {
	case 0:
	case 7:
	case 9:
	case 13:
	case 17:
	case 19:
	case 37: return true;
	default: return addr_port(from) == addr_port(&s->at);
	}
}

bool echo_udp_broken(void)
{
	return errno == EBADF || errno == ENOTSOCK || errno == EINVAL || errno == EFAULT;
}

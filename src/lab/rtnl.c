/* Interfaces, addresses and routes over rtnetlink(7); see rtnl.h. */
#include "lab/rtnl.h"

#include "base/slice.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A request under construction: the header, then attributes, each padded to four bytes. */
struct request {
	union {
		struct nlmsghdr head;
		uint8_t bytes[512];
	};
	bool full;
};

static void *put_room(struct request *q, size_t n)
{
	size_t at = NLMSG_ALIGN(q->head.nlmsg_len);

	if (at + NLMSG_ALIGN(n) > sizeof(q->bytes)) {
		q->full = true;
		return NULL;
	}
	q->head.nlmsg_len = (uint32_t)(at + n);
	return q->bytes + at;
}

static void put(struct request *q, const void *p, size_t n)
{
	void *at = put_room(q, n);

	if (at && n)
		memcpy(at, p, n);
}

static struct request request_of(uint16_t type, uint16_t flags, const void *body, size_t n)
{
	struct request q = { .head = { .nlmsg_type = type } };

	q.head.nlmsg_len = NLMSG_HDRLEN;
	q.head.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	put(&q, body, n);
	return q;
}

static void put_attr(struct request *q, uint16_t type, const void *p, size_t n)
{
	struct rtattr head = { .rta_len = (uint16_t)RTA_LENGTH(n), .rta_type = type };

	put(q, &head, sizeof(head));
	put(q, p, n);
}

static void put_text(struct request *q, uint16_t type, const char *s)
{
	put_attr(q, type, s, strlen(s) + 1);
}

static void put_u32(struct request *q, uint16_t type, uint32_t v)
{
	put_attr(q, type, &v, sizeof(v));
}

/* An attribute that holds attributes: its length is known when they are there. */
static size_t nest_begin(struct request *q, uint16_t type)
{
	size_t at = NLMSG_ALIGN(q->head.nlmsg_len);

	put_attr(q, type, NULL, 0);
	return at;
}

static void nest_end(struct request *q, size_t at)
{
	/* Without the padding of what is last in it: the message may end there. */
	uint16_t len = (uint16_t)(q->head.nlmsg_len - at);

	if (!q->full)
		memcpy(q->bytes + at, &len, sizeof(len));
}

/* The kernel's sentence about a refusal (extended acknowledgement), empty when it gives none. */
static void kernel_words(const uint8_t *p, size_t n, char *words, size_t size)
{
	struct rtattr a;

	words[0] = '\0';
	while (n >= sizeof(a)) {
		memcpy(&a, p, sizeof(a));
		if (a.rta_len < sizeof(a) || a.rta_len > n)
			return;
		if ((a.rta_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG)
			slice_cstr(slice_of(p + RTA_LENGTH(0), a.rta_len - RTA_LENGTH(0)), words, size);
		if (RTA_ALIGN(a.rta_len) >= n)
			return;
		p += RTA_ALIGN(a.rta_len);
		n -= RTA_ALIGN(a.rta_len);
	}
}

/* Reads one answer of n bytes.  1: it acknowledges request seq; 0: it belongs to something else;
 * -1: it refuses, errno and words set. */
static int read_answer(const uint8_t *p, size_t n, uint32_t seq, char *words, size_t size)
{
	struct nlmsghdr head;
	struct nlmsgerr error;
	size_t used = NLMSG_HDRLEN + sizeof(error);

	if (n < used)
		return 0;
	memcpy(&head, p, sizeof(head));
	memcpy(&error, p + NLMSG_HDRLEN, sizeof(error));
	if (head.nlmsg_type != NLMSG_ERROR || head.nlmsg_seq != seq)
		return 0;
	if (error.error == 0)
		return 1;
	if (head.nlmsg_flags & NLM_F_ACK_TLVS)
		kernel_words(p + used, n - used, words, size);
	errno = -error.error;
	return -1;
}

static int fail(const char *words, struct err *e, const char *what)
{
	if (words[0])
		return err_sys(e, "cannot %s (%s)", what, words);
	return err_sys(e, "cannot %s", what);
}

/* Sends the request and waits for its acknowledgement, which the kernel gives at once. */
static int ask(struct rtnl *r, struct request *q, struct err *e, const char *what)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	char words[160] = "";
	uint8_t answer[4096];
	ssize_t n;
	int rc;

	if (q->full)
		return err_set(e, ERR_ENV, "cannot %s: the request does not fit", what);
	q->head.nlmsg_seq = ++r->seq;
	do
		n = sendto(r->fd, q->bytes, q->head.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail("", e, what);
	do {
		n = recv(r->fd, answer, sizeof(answer), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail("", e, what);
		rc = read_answer(answer, (size_t)n, r->seq, words, sizeof(words));
		if (rc < 0)
			return fail(words, e, what);
	} while (n < 0 || rc == 0);
	return 0;
}

int rtnl_open(struct rtnl *r, struct err *e)
{
	int on = 1;

	*r = (struct rtnl){ .fd = -1, .inet = -1 };
	r->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	r->inet = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (r->fd < 0 || r->inet < 0) {
		err_sys(e, "cannot talk to the kernel's network configuration");
		rtnl_close(r);
		return -1;
	}
	/* Both only improve messages; kernels before 4.12 do without. */
	setsockopt(r->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(r->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	return 0;
}

void rtnl_close(struct rtnl *r)
{
	if (r->fd >= 0)
		close(r->fd);
	if (r->inet >= 0)
		close(r->inet);
	r->fd = r->inet = -1;
}

int rtnl_veth(struct rtnl *r, const char *name_a, int ns_a, const char *name_b, int ns_b, struct err *e)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct request q = request_of(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));
	size_t info, data, peer;
	char what[96];

	put_text(&q, IFLA_IFNAME, name_a);
	put_u32(&q, IFLA_NET_NS_FD, (uint32_t)ns_a);
	info = nest_begin(&q, IFLA_LINKINFO);
	put_text(&q, IFLA_INFO_KIND, "veth");
	data = nest_begin(&q, IFLA_INFO_DATA);
	peer = nest_begin(&q, VETH_INFO_PEER);
	put(&q, &link, sizeof(link));
	put_text(&q, IFLA_IFNAME, name_b);
	put_u32(&q, IFLA_NET_NS_FD, (uint32_t)ns_b);
	nest_end(&q, peer);
	nest_end(&q, data);
	nest_end(&q, info);
	snprintf(what, sizeof(what), "make the virtual link %s to %s", name_a, name_b);
	return ask(r, &q, e, what);
}

/* The number of an interface in r's namespace; 0 with *e when there is none of that name. */
static int index_of(struct rtnl *r, const char *interface, struct err *e)
{
	struct ifreq q = { 0 };

	snprintf(q.ifr_name, sizeof(q.ifr_name), "%s", interface);
	if (ioctl(r->inet, SIOCGIFINDEX, &q)) {
		err_sys(e, "interface %s", interface);
		return 0;
	}
	return q.ifr_ifindex;
}

int rtnl_bridge(struct rtnl *r, const char *name, struct err *e)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct request q = request_of(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));
	size_t info;
	char what[64];

	put_text(&q, IFLA_IFNAME, name);
	info = nest_begin(&q, IFLA_LINKINFO);
	put_text(&q, IFLA_INFO_KIND, "bridge");
	nest_end(&q, info);
	snprintf(what, sizeof(what), "make the bridge %s", name);
	return ask(r, &q, e, what);
}

int rtnl_enslave(struct rtnl *r, const char *interface, const char *bridge, struct err *e)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC, .ifi_index = index_of(r, interface, e) };
	int master = link.ifi_index ? index_of(r, bridge, e) : 0;
	struct request q;
	char what[96];

	if (!master)
		return -1;
	q = request_of(RTM_NEWLINK, 0, &link, sizeof(link));
	put_u32(&q, IFLA_MASTER, (uint32_t)master);
	snprintf(what, sizeof(what), "put %s into the bridge %s", interface, bridge);
	return ask(r, &q, e, what);
}

int rtnl_up(struct rtnl *r, const char *interface, struct err *e)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct request q;
	char what[64];

	link.ifi_index = index_of(r, interface, e);
	if (!link.ifi_index)
		return -1;
	q = request_of(RTM_NEWLINK, 0, &link, sizeof(link));
	snprintf(what, sizeof(what), "bring interface %s up", interface);
	return ask(r, &q, e, what);
}

/* An address, and the number of bits behind a slash when there is one. */
struct prefix {
	uint8_t family, bits;
	uint8_t size; /* bytes of the address */
	uint8_t b[16];
};

static int prefix_parse(struct prefix *p, const char *text, struct err *e)
{
	struct slice rest = slice_str(text);
	struct slice host = slice_cut(&rest, '/');
	char name[INET6_ADDRSTRLEN];
	uint64_t bits;

	*p = (struct prefix){ .family = slice_chr(host, ':') >= 0 ? AF_INET6 : AF_INET };
	p->size = p->family == AF_INET6 ? 16 : 4;
	bits = p->size * 8u;
	slice_cstr(host, name, sizeof(name));
	if (inet_pton(p->family, name, p->b) != 1 || (rest.p && slice_u64(rest, &bits)) ||
	    bits > p->size * 8u)
		return err_set(e, ERR_USAGE, "'%s' is not an address or prefix", text);
	p->bits = (uint8_t)bits;
	return 0;
}

int rtnl_address(struct rtnl *r, const char *interface, const char *prefix, struct err *e)
{
	struct ifaddrmsg addr = { 0 };
	struct request q;
	struct prefix p;
	char what[128];

	if (prefix_parse(&p, prefix, e))
		return -1;
	addr.ifa_family = p.family;
	addr.ifa_prefixlen = p.bits;
	addr.ifa_flags = p.family == AF_INET6 ? IFA_F_NODAD : 0;
	addr.ifa_index = (uint32_t)index_of(r, interface, e);
	if (!addr.ifa_index)
		return -1;
	q = request_of(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &addr, sizeof(addr));
	put_attr(&q, IFA_LOCAL, p.b, p.size);
	put_attr(&q, IFA_ADDRESS, p.b, p.size);
	snprintf(what, sizeof(what), "give %s the address %s", interface, prefix);
	return ask(r, &q, e, what);
}

int rtnl_route(struct rtnl *r, const char *prefix, const char *gateway, struct err *e)
{
	struct rtmsg route = {
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_STATIC,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
	};
	struct prefix to, by;
	struct request q;
	char what[128];

	if (prefix_parse(&to, prefix, e) || prefix_parse(&by, gateway, e))
		return -1;
	if (to.family != by.family)
		return err_set(e, ERR_USAGE, "the route to %s cannot go by %s", prefix, gateway);
	route.rtm_family = to.family;
	route.rtm_dst_len = to.bits;
	q = request_of(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof(route));
	if (to.bits)
		put_attr(&q, RTA_DST, to.b, to.size);
	put_attr(&q, RTA_GATEWAY, by.b, by.size);
	snprintf(what, sizeof(what), "add the route to %s by %s", prefix, gateway);
	return ask(r, &q, e, what);
}

int rtnl_offload_off(struct rtnl *r, const char *interface, struct err *e)
{
	/* In this order: segmentation depends on scatter-gather, and that on checksums. */
	static const uint32_t commands[] = { ETHTOOL_SGRO, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SSG,
		ETHTOOL_STXCSUM };

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct ethtool_value off = { .cmd = commands[i] };
		struct ifreq q = { .ifr_data = (void *)&off };

		snprintf(q.ifr_name, sizeof(q.ifr_name), "%s", interface);
		if (ioctl(r->inet, SIOCETHTOOL, &q) && errno != EOPNOTSUPP)
			return err_sys(e, "cannot switch offloading of %s off", interface);
	}
	return 0;
}

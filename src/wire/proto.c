/* The table of protocols and the numbers that lead into it. */
#include "wire/proto.h"

static const struct proto payload_row = { "data", "Payload", 7, "", NULL, NULL };

/* In the order of enum proto_id. */
static const struct proto *const rows[PROTO_COUNT] = {
	[PROTO_NONE] = &payload_row,
	[PROTO_ETH] = &eth_proto,
	[PROTO_SLL] = &sll_proto,
	[PROTO_SLL2] = &sll2_proto,
	[PROTO_NULL] = &null_proto,
	[PROTO_VLAN] = &vlan_proto,
	[PROTO_ARP] = &arp_proto,
	[PROTO_IP4] = &ip4_proto,
	[PROTO_IP6] = &ip6_proto,
	[PROTO_ICMP] = &icmp_proto,
	[PROTO_ICMP6] = &icmp6_proto,
	[PROTO_TCP] = &tcp_proto,
	[PROTO_UDP] = &udp_proto,
	[PROTO_NFLOG] = &nflog_proto,
	[PROTO_LLC] = &llc_proto,
	[PROTO_STP] = &stp_proto,
	[PROTO_PPP] = &ppp_proto,
	[PROTO_PPPOE] = &pppoe_proto,
	[PROTO_IGMP] = &igmp_proto,
	[PROTO_ESP] = &esp_proto,
	[PROTO_AH] = &ah_proto,
};

const struct proto *proto_row(enum proto_id id)
{
	return rows[id];
}

struct proto_next proto_by_ethertype(uint16_t type)
{
	struct proto_next next = { PROTO_NONE, type, false };

	switch (type) {
	case ETH_TYPE_IP4: next.proto = PROTO_IP4; break;
	case ETH_TYPE_IP6: next.proto = PROTO_IP6; break;
	case ETH_TYPE_ARP: next.proto = PROTO_ARP; break;
	case ETH_TYPE_PPPOE_DISCOVERY:
	case ETH_TYPE_PPPOE_SESSION: next.proto = PROTO_PPPOE; break;
	case ETH_TYPE_VLAN:
	case ETH_TYPE_QINQ:
	case ETH_TYPE_QINQ_OLD: next.proto = PROTO_VLAN; break;
	default: next.unknown = true; break;
	}
	return next;
}

struct proto_next proto_by_ip(uint8_t number)
{
	struct proto_next next = { PROTO_NONE, number, false };

	switch (number) {
	case IP_PROTO_TCP: next.proto = PROTO_TCP; break;
	case IP_PROTO_UDP: next.proto = PROTO_UDP; break;
	case IP_PROTO_ICMP: next.proto = PROTO_ICMP; break;
	case IP_PROTO_ICMP6: next.proto = PROTO_ICMP6; break;
	case IP_PROTO_IGMP: next.proto = PROTO_IGMP; break;
	case IP_PROTO_ESP: next.proto = PROTO_ESP; break;
	case IP_PROTO_AH: next.proto = PROTO_AH; break;
	case IP_PROTO_IP4: next.proto = PROTO_IP4; break;
	case IP_PROTO_IP6: next.proto = PROTO_IP6; break;
	case IP_PROTO_NONE: break;
	default: next.unknown = true; break;
	}
	return next;
}

const char *proto_link_name(uint32_t link_type)
{
	switch (link_type) {
	case LINK_NULL: return "NULL (BSD loopback)";
	case LINK_ETHERNET: return "EN10MB (Ethernet)";
	case LINK_PPP: return "PPP (Point-to-Point Protocol)";
	case LINK_RAW: return "RAW (IP packets without a link header)";
	case LINK_LOOP: return "LOOP (OpenBSD loopback)";
	case LINK_LINUX_SLL: return "LINUX_SLL (Linux cooked, version 1)";
	case LINK_IPV4: return "IPV4 (IPv4 packets without a link header)";
	case LINK_IPV6: return "IPV6 (IPv6 packets without a link header)";
	case LINK_NFLOG: return "NFLOG (Linux packet filter log)";
	case LINK_LINUX_SLL2: return "LINUX_SLL2 (Linux cooked, version 2)";
	default: return NULL;
	}
}

/* UDP datagrams: what their length and checksum say, and who reads their payload; see udpflow.h.  RFC 768, RFC 1122
 * 4.1.3, RFC 8200 8.1, RFC 6935 and 6936 (tunnels). */
#include "trace/udpflow.h"

#include "trace/dhcpflow.h"
#include "trace/dnsflow.h"
#include "trace/iphead.h"
#include "wire/dhcp.h"
#include "wire/dns.h"

enum {
	SUMMED_MAX =
	    1024,     /* bytes of a datagram whose checksum is always looked at; of larger ones the first's */
	TTL_FAR = 32, /* a hop limit below it was chosen small: it counts no routers */
};

/* To everybody or to a group: such packets are made to stay near. */
static bool is_to_many(const struct layer *net)
{
	return net->proto == PROTO_IP4 ? net->ip4.dst[0] >= 224 : net->ip6.dst[0] == 0xff;
}

/* Bytes behind the IP header by its own length; 0 when it leaves that open or this is a part of a datagram. */
static uint32_t carried_by(const struct layer *net)
{
	if (net->proto == PROTO_IP4)
		return ip4_is_fragment(&net->ip4) || net->ip4.total_len < net->len
		           ? 0
		           : net->ip4.total_len - net->len;
	return ip6_is_fragment(&net->ip6) || net->ip6.payload_len < net->ip6.ext.n
	           ? 0
	           : net->ip6.payload_len - (uint32_t)net->ip6.ext.n;
}

static void judge_length(struct trace *t, const struct layer *net, const struct udp *u)
{
	uint32_t carried = carried_by(net);

	if (!carried || carried == u->len)
		return;
	if (u->len == 0)
		NOTE(t, UDP_LENGTH_ZERO, F_UINT("osilab.udp.carried", carried));
	else if (u->len > carried)
		NOTE(t, UDP_LENGTH_LONG, F_UINT("udp.length", u->len), F_UINT("osilab.udp.carried", carried));
	else
		NOTE(t, UDP_LENGTH_SHORT, F_UINT("udp.length", u->len), F_UINT("osilab.udp.carried", carried),
		    F_UINT("osilab.udp.surplus", carried - u->len));
}

/* Tunnels whose inner packet is protected by itself (RFC 6935 5), by the port they are sent to. */
static const char *tunnel_name(uint16_t port)
{
	switch (port) {
	case 2152: return "GTP-U";
	case 2268: return "AMT";
	case 4341: return "LISP";
	case 4754: return "GRE in UDP";
	case 4789: return "VXLAN";
	case 4790: return "VXLAN-GPE";
	case 6081: return "GENEVE";
	case 6635: return "MPLS in UDP";
	default: return NULL;
	}
}

static void no_checksum(struct trace *t, const struct layer *net, const struct udp *u, bool first)
{
	const char *tunnel = tunnel_name(u->dst);

	if (net->proto == PROTO_IP4) {
		if (first)
			NOTE0(t, UDP_CKSUM_ABSENT);
	} else if (!tunnel) {
		NOTE0(t, UDP_CKSUM_FORBIDDEN);
	} else if (first) {
		NOTE(t, UDP_CKSUM_TUNNEL, F_STR("osilab.udp.tunnel", tunnel));
	}
}

/* Did the datagram come over a router, or from a sender whose checksums were right before?  Then no network card
 * of the capturing machine will fill this one in. */
static bool is_final(const struct layer *net, const struct flow_end *sender)
{
	unsigned ttl = net->proto == PROTO_IP4 ? net->ip4.ttl : net->ip6.hop_limit;

	return sender->cksum_good ||
	       (!is_to_many(net) && ttl > TTL_FAR && ttl != 64 && ttl != 128 && ttl != 255);
}

static void judge_checksum(
    struct trace *t, struct flow_end *sender, const struct layer *net, const struct udp *u, bool first)
{
	uint16_t expected = 0;
	enum pkt_cksum sum;

	if (!first && t->frame.pkt.payload_len > SUMMED_MAX)
		return;
	sum = pkt_cksum(&t->frame.pkt, t->frame.pkt.transport, &expected);
	sender->cksum_good |= sum == PKT_CKSUM_GOOD;
	if (sum == PKT_CKSUM_ABSENT || (sum == PKT_CKSUM_BAD && u->cksum == 0)) {
		no_checksum(t, net, u, first);
	} else if (sum == PKT_CKSUM_BAD && is_final(net, sender)) {
		NOTE(t, UDP_CKSUM_BAD, F_HEX("udp.checksum", u->cksum, 4),
		    F_HEX("udp.checksum_calculated", expected, 4));
	} else if ((sum == PKT_CKSUM_PARTIAL || sum == PKT_CKSUM_BAD) && !t->offload_said) {
		t->offload_said = true;
		NOTE0(t, CKSUM_OFFLOAD);
	}
}

static void hand_on(struct trace *t, struct flow *f, enum flow_side side, const struct udp *u)
{
	if (!t->frame.pkt.payload.n)
		return;
	if (u->src == DNS_PORT || u->dst == DNS_PORT || u->src == MDNS_PORT || u->dst == MDNS_PORT)
		dnsflow_datagram(t, f, side);
	else if ((u->dst == DHCP_SERVER_PORT || u->dst == DHCP_CLIENT_PORT) &&
	         (u->src == DHCP_SERVER_PORT || u->src == DHCP_CLIENT_PORT))
		dhcpflow_datagram(t);
}

void udpflow_step(struct trace *t, struct flow *f, enum flow_side side)
{
	const struct layer *net = t->frame.pkt.net;
	const struct udp *u = &t->frame.pkt.transport->udp;
	struct flow_end *sender = &f->end[side];
	bool first = !sender->cksum_looked;

	sender->bytes += t->frame.pkt.payload_len;
	trace_info(t, "UDP", "len=%u", t->frame.pkt.payload_len);
	if (net) {
		sender->cksum_looked = true;
		if (first)
			iphead_first(t);
		judge_length(t, net, u);
		judge_checksum(t, sender, net, u, first);
	}
	hand_on(t, f, side, u);
}

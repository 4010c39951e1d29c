/* What a packet keeps on its way; see vantage_key.h. */
#include "trace/vantage_key.h"

#include "base/table.h"

enum { PAYLOAD_LOOKED = 64 }; /* bytes of the payload that count: snap lengths may differ behind them */

/* Addresses of one link only: multicast and broadcast, link-local (RFC 4291 2.5.6, RFC 3927). */
static bool stays(const struct pkt_addr *a)
{
	if (a->family == 4)
		return a->b[0] >= 224 || (a->b[0] == 169 && a->b[1] == 254);
	return a->b[0] == 0xff || (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80);
}

static uint64_t transport_key(const struct pkt *p)
{
	const struct layer *l = p->transport;

	if (l && l->proto == PROTO_TCP) {
		uint64_t h = hash_mix(6, (uint64_t)l->tcp.seq << 32 | l->tcp.ack);

		h = hash_mix(h, (uint64_t)l->tcp.flags << 32 | p->payload_len);
		return l->tcp.has_ts ? hash_mix(h, (uint64_t)l->tcp.tsval << 32 | l->tcp.tsecr) : h;
	}
	return hash_mix(l ? 17 : p->layers[p->n - 1].proto, p->payload_len);
}

void vantage_key(const struct source_packet *packet, struct vantage_key *out)
{
	struct pkt_addr to;
	struct slice body;
	struct pkt p;

	*out = (struct vantage_key){ 0 };
	pkt_decode(&p, packet->link_type, packet->bytes, packet->wire_len);
	if (!p.net)
		return;
	out->from = pkt_source(&p);
	to = pkt_destination(&p);
	out->ttl = p.net->proto == PROTO_IP4 ? p.net->ip4.ttl : p.net->ip6.hop_limit;
	out->upward = memcmp(out->from.b, to.b, sizeof(to.b)) < 0;
	out->crosses = !stays(&out->from) && !stays(&to);
	body = p.payload;
	if (!p.transport) /* the header of ICMP says as much as what follows */
		body = slice_skip(p.bytes, p.layers[p.n - 1].off);
	out->hash = hash_mix_bytes(transport_key(&p), slice_sub(body, 0, PAYLOAD_LOOKED));
	if (p.net->proto == PROTO_IP4)
		out->hash = hash_mix(out->hash, p.net->ip4.id);
}

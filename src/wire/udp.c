/* User Datagram Protocol.  RFC 768. */
#include "wire/udp.h"

#include "wire/cksum.h"
#include "wire/decode.h"

/* The length is that of the whole datagram, of which this packet may hold the first fragment only.
 */
static bool in_fragment(const struct pkt *p)
{
	const struct layer *ip = p->net;

	if (!ip || (p->whole_from && ip == &p->layers[p->whole_from - 1]))
		return false;
	return ip->proto == PROTO_IP4 ? ip4_is_fragment(&ip->ip4) : ip6_is_fragment(&ip->ip6);
}

static struct proto_next udp_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct udp *u = &l->udp;
	struct rd r = rd_of(at);

	u->src = rd_be16(&r);
	u->dst = rd_be16(&r);
	u->len = rd_be16(&r);
	u->cksum = rd_be16(&r);
	if (r.bad)
		return decode_short(p, l, at, UDP_HEADER);
	if (u->len && u->len < UDP_HEADER)
		return decode_damaged(p, l, PKT_MALFORMED, 4);
	if (u->len && !in_fragment(p))
		decode_claim(p, l, at, UDP_HEADER, u->len - UDP_HEADER);
	else
		decode_done(p, l, at, UDP_HEADER);
	return decode_end();
}

static void udp_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	fields_uint(out, "udp.srcport", "Source port", l->off, 2, l->udp.src);
	fields_uint(out, "udp.dstport", "Destination port", l->off + 2, 2, l->udp.dst);
	fields_uint(out, "udp.length", "Length", l->off + 4, 2, l->udp.len);
	fields_hex(out, "udp.checksum", "Checksum", l->off + 6, 2, 4, l->udp.cksum);
}

const struct proto udp_proto = { "udp", "User Datagram Protocol", 4, "RFC 768", udp_decode, udp_fields };

void udp_encode(struct wr *w, const struct udp *u, struct slice payload, uint64_t addrs)
{
	size_t start = w->n, len = UDP_HEADER + payload.n;
	uint16_t sum;

	if (len > 0xffff)
		w->bad = true;
	wr_be16(w, u->src);
	wr_be16(w, u->dst);
	wr_be16(w, (uint16_t)len);
	wr_be16(w, 0);
	wr_put(w, payload);
	if (w->bad)
		return;
	sum = cksum_fold(
	    cksum_add(cksum_pseudo(addrs, IP_PROTO_UDP, (uint32_t)len), slice_of(w->p + start, len)));
	if (sum == 0)
		sum = 0xffff; /* zero means "none" */
	w->p[start + 6] = (uint8_t)(sum >> 8);
	w->p[start + 7] = (uint8_t)sum;
}

/* ESP and AH; see ipsec.h. */
#include "wire/ipsec.h"

#include "wire/decode.h"

static struct proto_next esp_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct rd r = rd_of(at);

	l->ipsec.spi = rd_be32(&r);
	l->ipsec.seq = rd_be32(&r);
	if (r.bad)
		return decode_short(p, l, at, ESP_HEADER);
	decode_done(p, l, at, ESP_HEADER);
	return decode_end();
}

static void esp_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	fields_hex(out, "esp.spi", "Security association", l->off, 4, 8, l->ipsec.spi);
	fields_uint(out, "esp.sequence", "Sequence number", l->off + 4, 4, l->ipsec.seq);
}

const struct proto esp_proto = { "esp", "Encapsulating Security Payload", 3, "RFC 4303", esp_decode,
	esp_fields };

static struct proto_next ah_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct rd r = rd_of(at);
	size_t len;

	l->ipsec.next = rd_u8(&r);
	len = ((size_t)rd_u8(&r) + 2) * 4;
	rd_skip(&r, 2);
	l->ipsec.spi = rd_be32(&r);
	l->ipsec.seq = rd_be32(&r);
	if (r.bad)
		return decode_short(p, l, at, AH_HEADER_MIN);
	if (len < AH_HEADER_MIN)
		return decode_damaged(p, l, PKT_MALFORMED, 1);
	if (at.n < len)
		return decode_short(p, l, at, len);
	decode_done(p, l, at, len);
	return proto_by_ip(l->ipsec.next);
}

static void ah_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	fields_uint(out, "ah.next_header", "Next header", l->off, 1, l->ipsec.next);
	fields_hex(out, "ah.spi", "Security association", l->off + 4, 4, 8, l->ipsec.spi);
	fields_uint(out, "ah.sequence", "Sequence number", l->off + 8, 4, l->ipsec.seq);
}

const struct proto ah_proto = { "ah", "Authentication Header", 3, "RFC 4302", ah_decode, ah_fields };

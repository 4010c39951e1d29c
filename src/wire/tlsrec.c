/* TLS records, alerts, the header of handshake messages, and the iterators over their lists.
 * RFC 8446 4, 5.1 and 6; RFC 5246. */
#include "wire/tlsrec.h"

#include "wire/tlsrec_vec.h"

int tlsrec_header(struct slice s, struct tlsrec *out)
{
	struct rd r = rd_of(s);

	*out = (struct tlsrec){ .type = rd_u8(&r), .version = rd_be16(&r), .len = rd_be16(&r) };
	/* Each byte is judged as soon as it is there, so that other protocols are told early. */
	if (s.n >= 1 && (s.p[0] < TLSREC_CHANGE_CIPHER_SPEC || s.p[0] > TLSREC_HEARTBEAT))
		return TLSREC_NOT_TLS;
	if (s.n >= 2 && s.p[1] != 3)
		return TLSREC_NOT_TLS;
	if (s.n >= 3 && s.p[2] > (TLSREC_TLS13 & 0xff))
		return TLSREC_NOT_TLS;
	if (r.bad)
		return 0;
	return out->len > TLSREC_BODY_MAX ? TLSREC_NOT_TLS : TLSREC_HEADER;
}

int tlsrec_alert(struct slice body, struct tlsrec_alert *out)
{
	struct rd r = rd_of(body);

	*out = (struct tlsrec_alert){ .level = rd_u8(&r), .description = rd_u8(&r) };
	if (body.n && out->level != 1 && out->level != 2)
		return TLSREC_DAMAGED;
	return r.bad ? 0 : 2;
}

ssize_t tlsrec_handshake(struct slice s, struct tlsrec_hs *out)
{
	struct rd r = rd_of(s);

	*out = (struct tlsrec_hs){ .type = rd_u8(&r), .len = rd_be24(&r) };
	out->body = slice_sub(s, TLSREC_HS_HEADER, out->len);
	if (r.bad || out->body.n < out->len)
		return 0;
	return TLSREC_HS_HEADER + (ssize_t)out->len;
}

/* The end of an iterator's step: advances *rest past what r read, or leaves it when r went too far.
 */
static bool step(struct slice *rest, const struct rd *r)
{
	if (r->bad)
		return false;
	*rest = slice_skip(*rest, r->off);
	return true;
}

bool tlsrec_ext_next(struct slice *rest, struct tlsrec_ext *out)
{
	struct rd r = rd_of(*rest);

	out->type = rd_be16(&r);
	out->data = vec16(&r);
	return step(rest, &r);
}

bool tlsrec_name_next(struct slice *rest, struct slice *name)
{
	struct rd r = rd_of(*rest);

	*name = vec8(&r);
	return step(rest, &r);
}

bool tlsrec_name16_next(struct slice *rest, struct slice *name)
{
	struct rd r = rd_of(*rest);

	*name = vec16(&r);
	return step(rest, &r);
}

bool tlsrec_u16_next(struct slice *rest, uint16_t *out)
{
	struct rd r = rd_of(*rest);

	*out = rd_be16(&r);
	return step(rest, &r);
}

bool tlsrec_key_share_next(struct slice *rest, struct tlsrec_key_share *out)
{
	struct rd r = rd_of(*rest);

	out->group = rd_be16(&r);
	out->key = vec16(&r);
	return step(rest, &r);
}

bool tlsrec_psk_next(struct slice *rest, struct tlsrec_psk *out)
{
	struct rd r = rd_of(*rest);

	out->identity = vec16(&r);
	out->age = rd_be32(&r);
	return step(rest, &r);
}

bool tlsrec_is_grease(uint16_t v)
{
	return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

/* Packets out of Linux's packet filter; see nflog.h. */
#include "wire/nflog.h"

#include "wire/decode.h"

/* Attributes: NFULA_*. */
enum {
	ATTR_IN = 4,
	ATTR_OUT = 5,
	ATTR_PAYLOAD = 9,
	ATTR_PREFIX = 10,
	ATTR_MASK = 0x7fff, /* the upper bit marks nested ones */
	FAMILY_IP4 = 2,
	FAMILY_IP6 = 10,
};

/* Length and type are in the byte order of the machine that wrote the capture.  A length is small, so the order
 * shows. */
static bool is_swapped(struct slice at, uint32_t wire)
{
	struct rd r = rd_of(slice_skip(at, NFLOG_FIXED));
	uint16_t len = rd_le16(&r);

	return len < NFLOG_TLV || len > wire - NFLOG_FIXED;
}

static void read_attribute(struct nflog *n, uint16_t type, struct slice value)
{
	struct rd r = rd_of(value);

	if (type == ATTR_IN && value.n >= 4) {
		n->has_in = true;
		n->in = rd_be32(&r);
	} else if (type == ATTR_OUT && value.n >= 4) {
		n->has_out = true;
		n->out = rd_be32(&r);
	} else if (type == ATTR_PREFIX) {
		ssize_t end = slice_chr(value, 0);

		n->prefix = end < 0 ? value : slice_sub(value, 0, (size_t)end);
	}
}

static struct proto_next nflog_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct nflog *n = &l->nflog;
	struct proto_next next = { PROTO_NONE, 0, false };
	struct rd r = rd_of(at);

	*n = (struct nflog){ 0 };
	n->family = rd_u8(&r);
	n->version = rd_u8(&r);
	n->group = rd_be16(&r);
	if (r.bad)
		return decode_short(p, l, at, NFLOG_FIXED);
	n->swapped = is_swapped(at, p->payload_len);
	for (;;) {
		size_t start = r.off;
		uint16_t len = n->swapped ? rd_be16(&r) : rd_le16(&r);
		uint16_t type = (n->swapped ? rd_be16(&r) : rd_le16(&r)) & ATTR_MASK;

		if (r.bad)
			return decode_short(p, l, at, start + NFLOG_TLV);
		if (len < NFLOG_TLV)
			return decode_damaged(p, l, PKT_MALFORMED, start);
		if (type == ATTR_PAYLOAD) {
			decode_claim(p, l, at, r.off, (size_t)len - NFLOG_TLV);
			break;
		}
		read_attribute(n, type, rd_take(&r, (size_t)len - NFLOG_TLV));
		if (r.bad)
			return decode_short(p, l, at, start + len);
		rd_skip(&r, (4 - len % 4) % 4);
	}
	if (n->family == FAMILY_IP4 || n->family == FAMILY_IP6) {
		next.proto = n->family == FAMILY_IP4 ? PROTO_IP4 : PROTO_IP6;
	} else {
		next.unknown = true;
		next.number = n->family;
	}
	return next;
}

static void nflog_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct nflog *n = &l->nflog;

	fields_uint(out, "nflog.family", "Address family", l->off, 1, n->family);
	fields_uint(out, "nflog.version", "Version", l->off + 1, 1, n->version);
	fields_uint(out, "nflog.res_id", "Log number", l->off + 2, 2, n->group);
	if (n->has_in)
		fields_uint(out, "nflog.ifindex_indev", "Came in by interface", l->off, 0, n->in);
	if (n->has_out)
		fields_uint(out, "nflog.ifindex_outdev", "Goes out by interface", l->off, 0, n->out);
	if (n->prefix.n)
		fields_slice(out, "nflog.prefix", "Prefix of the rule", FIELD_TEXT,
		    (uint32_t)(n->prefix.p - p->bytes.p), n->prefix);
}

const struct proto nflog_proto = { "nflog", "Linux packet filter log", 2, "LINKTYPE_NFLOG", nflog_decode,
	nflog_fields };

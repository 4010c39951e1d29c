/* The BSD loopback header: the address family, in the byte order of the machine that captured
 * (NULL) or of the network (LOOP).  https://www.tcpdump.org/linktypes.html */
#include "wire/decode.h"

/* Every BSD and Windows chose its own number for IPv6; for IPv4 all use 2. */
enum {
	FAMILY_IP4 = 2,
	FAMILY_IP6_LINUX = 10,
	FAMILY_IP6_WINDOWS = 23,
	FAMILY_IP6_NETBSD = 24, /* OpenBSD too */
	FAMILY_IP6_FREEBSD = 28,
	FAMILY_IP6_DARWIN = 30,
};

static struct proto_next null_decode(struct pkt *p, struct layer *l, struct slice at)
{
	struct proto_next next = { PROTO_NONE, 0, false };
	struct rd r = rd_of(at);
	uint32_t family = rd_be32(&r);

	if (r.bad)
		return decode_short(p, l, at, NULL_HEADER);
	/* A family is a small number, so the order it was written in shows. */
	if (p->link_type == LINK_NULL && family > 0xffff)
		family = __builtin_bswap32(family);
	l->family = family;
	decode_done(p, l, at, NULL_HEADER);
	switch (family) {
	case FAMILY_IP4: next.proto = PROTO_IP4; break;
	case FAMILY_IP6_LINUX:
	case FAMILY_IP6_WINDOWS:
	case FAMILY_IP6_NETBSD:
	case FAMILY_IP6_FREEBSD:
	case FAMILY_IP6_DARWIN: next.proto = PROTO_IP6; break;
	default:
		next.unknown = true;
		next.number = family;
		break;
	}
	return next;
}

static void null_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	fields_uint(out, "null.family", "Address family", l->off, 4, l->family);
}

const struct proto null_proto = { "null", "BSD loopback", 2, "LINKTYPE_NULL", null_decode, null_fields };

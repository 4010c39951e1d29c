/* Neighbor Discovery.  RFC 4861 4. */
#include "wire/ndp.h"

enum {
	OPT_SOURCE_LLADDR = 1,
	OPT_TARGET_LLADDR = 2,
	OPT_PREFIX = 3,
	OPT_MTU = 5,
	PREFIX_AT = 14, /* behind type and length of a prefix option */
};

size_t ndp_header_len(uint8_t type)
{
	switch (type) {
	case ICMP6_ROUTER_SOLICIT: return 8;
	case ICMP6_ROUTER_ADVERT: return 16;
	case ICMP6_NEIGHBOR_SOLICIT:
	case ICMP6_NEIGHBOR_ADVERT: return 24;
	case ICMP6_REDIRECT: return 40;
	default: return 0;
	}
}

bool icmp_option_next(struct slice *rest, struct icmp_option *out)
{
	size_t len = rest->n < 2 ? 0 : (size_t)rest->p[1] * 8;

	/* RFC 4861 4.6: a length of zero makes the packet one to discard, and a loop endless. */
	if (len == 0 || len > rest->n)
		return false;
	*out = (struct icmp_option){ rest->p[0], slice_sub(*rest, 2, len - 2) };
	*rest = slice_skip(*rest, len);
	return true;
}

static void read_options(struct icmp *m)
{
	struct slice rest = m->options;
	struct icmp_option o;
	struct rd r;

	while (icmp_option_next(&rest, &o)) {
		r = rd_of(o.data);
		if ((o.type == OPT_SOURCE_LLADDR || o.type == OPT_TARGET_LLADDR) && !m->lladdr.n) {
			m->lladdr = o.data;
		} else if (o.type == OPT_PREFIX && !m->prefix.n && o.data.n >= PREFIX_AT + 16) {
			m->prefix_len = rd_u8(&r);
			m->prefix = slice_sub(o.data, PREFIX_AT, 16);
		} else if (o.type == OPT_MTU) {
			rd_skip(&r, 2);
			m->nd_mtu = rd_be32(&r);
		}
	}
	m->opt_damaged = rest.n != 0;
}

void ndp_read(struct icmp *m, struct slice at)
{
	m->ndp = true;
	m->options = slice_skip(at, ndp_header_len(m->type));
	if (m->type == ICMP6_ROUTER_ADVERT) {
		m->hop_limit = (uint8_t)(m->rest >> 24);
		m->flags = (uint8_t)(m->rest >> 16);
		m->lifetime = (uint16_t)m->rest;
	} else if (m->type != ICMP6_ROUTER_SOLICIT) {
		m->target = slice_sub(at, 8, 16);
	}
	if (m->type == ICMP6_NEIGHBOR_ADVERT)
		m->flags = (uint8_t)(m->rest >> 24);
	if (m->type == ICMP6_REDIRECT)
		m->redirect = slice_sub(at, 24, 16);
	read_options(m);
}

static void router_fields(const struct icmp *m, uint32_t off, struct fields *out)
{
	fields_uint(out, "icmpv6.nd.ra.cur_hop_limit", "Hop limit to use", off + 4, 1, m->hop_limit);
	fields_hex(out, "icmpv6.nd.ra.flag", "Flags", off + 5, 1, 2, m->flags);
	fields_bool(out, "icmpv6.nd.ra.flag.m", "Managed address configuration", off + 5, 1,
	    m->flags & ICMP6_RA_MANAGED);
	fields_bool(out, "icmpv6.nd.ra.flag.o", "Other configuration", off + 5, 1, m->flags & ICMP6_RA_OTHER);
	fields_uint(out, "icmpv6.nd.ra.router_lifetime", "Router lifetime (s)", off + 6, 2, m->lifetime);
}

static void neighbor_fields(const struct icmp *m, uint32_t off, struct fields *out)
{
	fields_bool(out, "icmpv6.nd.na.flag.r", "Router", off + 4, 4, m->flags & ICMP6_NA_ROUTER);
	fields_bool(out, "icmpv6.nd.na.flag.s", "Solicited", off + 4, 4, m->flags & ICMP6_NA_SOLICITED);
	fields_bool(out, "icmpv6.nd.na.flag.o", "Override", off + 4, 4, m->flags & ICMP6_NA_OVERRIDE);
	fields_slice(out, "icmpv6.nd.na.target_address", "Target address", FIELD_IP6, off + 8, m->target);
}

static void option_fields(const struct icmp_option *o, uint32_t off, struct fields *out)
{
	struct rd r = rd_of(o->data);

	fields_uint(out, "icmpv6.opt.type", "Option", off, 1, o->type);
	if (o->type == OPT_SOURCE_LLADDR || o->type == OPT_TARGET_LLADDR) {
		fields_slice(out, "icmpv6.opt.linkaddr", "Link-layer address",
		    o->data.n == 6 ? FIELD_MAC : FIELD_BYTES, off + 2, o->data);
	} else if (o->type == OPT_PREFIX && o->data.n >= PREFIX_AT + 16) {
		fields_uint(out, "icmpv6.opt.prefix.length", "Prefix length", off + 2, 1, rd_u8(&r));
		fields_slice(out, "icmpv6.opt.prefix", "Prefix", FIELD_IP6, off + 2 + PREFIX_AT,
		    slice_sub(o->data, PREFIX_AT, 16));
	} else if (o->type == OPT_MTU) {
		rd_skip(&r, 2);
		fields_uint(out, "icmpv6.opt.mtu", "MTU", off + 4, 4, rd_be32(&r));
	}
}

void ndp_fields(const struct icmp *m, uint32_t off, struct fields *out)
{
	struct slice rest = m->options;
	uint32_t at = off + (uint32_t)ndp_header_len(m->type);
	struct icmp_option o;

	if (m->type == ICMP6_ROUTER_ADVERT)
		router_fields(m, off, out);
	else if (m->type == ICMP6_NEIGHBOR_ADVERT)
		neighbor_fields(m, off, out);
	else if (m->type == ICMP6_NEIGHBOR_SOLICIT)
		fields_slice(
		    out, "icmpv6.nd.ns.target_address", "Target address", FIELD_IP6, off + 8, m->target);
	if (m->type == ICMP6_REDIRECT) {
		fields_slice(
		    out, "icmpv6.nd.rd.target_address", "Target address", FIELD_IP6, off + 8, m->target);
		fields_slice(out, "icmpv6.rd.na.destination_address", "Destination address", FIELD_IP6,
		    off + 24, m->redirect);
	}
	while (icmp_option_next(&rest, &o)) {
		option_fields(&o, at, out);
		at += (uint32_t)o.data.n + 2;
	}
}

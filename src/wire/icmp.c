/* ICMP and ICMPv6.  RFC 792, RFC 1191, RFC 4443, RFC 4884 (length of the quoted packet). */
#include "wire/icmp.h"

#include "wire/cksum.h"
#include "wire/decode.h"
#include "wire/ndp.h"

static bool is_echo(const struct icmp *m)
{
	if (m->v6)
		return m->type == ICMP6_ECHO || m->type == ICMP6_ECHO_REPLY;
	return m->type == ICMP_ECHO || m->type == ICMP_ECHO_REPLY || m->type == ICMP_TIMESTAMP ||
	       m->type == ICMP_TIMESTAMP_REPLY;
}

static bool is_error(const struct icmp *m)
{
	if (m->v6)
		return m->type >= ICMP6_UNREACHABLE && m->type <= ICMP6_PARAMETER;
	return m->type == ICMP_UNREACHABLE || m->type == ICMP_SOURCE_QUENCH || m->type == ICMP_REDIRECT ||
	       m->type == ICMP_TIME_EXCEEDED || m->type == ICMP_PARAMETER;
}

/* RFC 4884 4.: how long the quoted packet is, when extensions follow it; 0 when none do. */
static size_t quoted_len(const struct icmp *m)
{
	if (m->v6)
		return m->type == ICMP6_UNREACHABLE || m->type == ICMP6_TIME_EXCEEDED ? (m->rest >> 24) * 8
		                                                                      : 0;
	return m->type == ICMP_UNREACHABLE || m->type == ICMP_TIME_EXCEEDED || m->type == ICMP_PARAMETER
	           ? (m->rest >> 16 & 0xff) * 4
	           : 0;
}

static void read_error(struct icmp *m, struct slice at)
{
	size_t len = quoted_len(m);

	m->error = true;
	m->quoted = slice_skip(at, ICMP_HEADER);
	if (len)
		m->quoted = slice_sub(m->quoted, 0, len);
	if (m->v6) {
		m->mtu = m->type == ICMP6_TOO_BIG ? m->rest : 0;
		m->pointer = m->type == ICMP6_PARAMETER ? m->rest : 0;
		return;
	}
	if (m->type == ICMP_UNREACHABLE && m->code == 4)
		m->mtu = m->rest & 0xffff;
	if (m->type == ICMP_PARAMETER)
		m->pointer = m->rest >> 24;
	if (m->type == ICMP_REDIRECT)
		m->gateway = slice_sub(at, 4, 4);
}

static struct proto_next decode(struct pkt *p, struct layer *l, struct slice at, bool v6)
{
	struct icmp *m = &l->icmp;
	struct rd r = rd_of(at);
	size_t len;

	*m = (struct icmp){ .v6 = v6 };
	m->type = rd_u8(&r);
	m->code = rd_u8(&r);
	m->cksum = rd_be16(&r);
	m->rest = rd_be32(&r);
	if (r.bad)
		return decode_short(p, l, at, ICMP_HEADER);
	if (is_echo(m)) {
		m->echo = true;
		m->id = (uint16_t)(m->rest >> 16);
		m->seq = (uint16_t)m->rest;
	} else if (is_error(m)) {
		read_error(m, at);
	}
	len = v6 ? ndp_header_len(m->type) : 0;
	if (len == 0) {
		decode_done(p, l, at, ICMP_HEADER);
		return decode_end();
	}
	if (at.n < len)
		return decode_short(p, l, at, len);
	ndp_read(m, at);
	decode_done(p, l, at, at.n);
	return decode_end();
}

static struct proto_next icmp_decode(struct pkt *p, struct layer *l, struct slice at)
{
	return decode(p, l, at, false);
}

static struct proto_next icmp6_decode(struct pkt *p, struct layer *l, struct slice at)
{
	return decode(p, l, at, true);
}

static void icmp_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct icmp *m = &l->icmp;
	uint32_t off = l->off;

	fields_uint(out, "icmp.type", "Type", off, 1, m->type);
	fields_uint(out, "icmp.code", "Code", off + 1, 1, m->code);
	fields_hex(out, "icmp.checksum", "Checksum", off + 2, 2, 4, m->cksum);
	if (m->echo) {
		fields_uint(out, "icmp.ident", "Identifier", off + 4, 2, m->id);
		fields_uint(out, "icmp.seq", "Sequence number", off + 6, 2, m->seq);
	}
	if (m->type == ICMP_UNREACHABLE && m->code == 4)
		fields_uint(out, "icmp.mtu", "MTU of the next hop", off + 6, 2, m->mtu);
	if (m->type == ICMP_REDIRECT)
		fields_slice(out, "icmp.redir_gw", "Gateway", FIELD_IP4, off + 4, m->gateway);
	if (m->type == ICMP_PARAMETER)
		fields_uint(out, "icmp.pointer", "Pointer", off + 4, 1, m->pointer);
}

static void icmp6_fields(const struct pkt *p, const struct layer *l, struct fields *out)
{
	const struct icmp *m = &l->icmp;
	uint32_t off = l->off;

	fields_uint(out, "icmpv6.type", "Type", off, 1, m->type);
	fields_uint(out, "icmpv6.code", "Code", off + 1, 1, m->code);
	fields_hex(out, "icmpv6.checksum", "Checksum", off + 2, 2, 4, m->cksum);
	if (m->echo) {
		fields_hex(out, "icmpv6.echo.identifier", "Identifier", off + 4, 2, 4, m->id);
		fields_uint(out, "icmpv6.echo.sequence_number", "Sequence number", off + 6, 2, m->seq);
	}
	if (m->type == ICMP6_TOO_BIG)
		fields_uint(out, "icmpv6.mtu", "MTU of the next hop", off + 4, 4, m->mtu);
	if (m->type == ICMP6_PARAMETER)
		fields_uint(out, "icmpv6.pointer", "Pointer", off + 4, 4, m->pointer);
	if (m->ndp)
		ndp_fields(m, off, out);
}

const struct proto icmp_proto = { "icmp", "Internet Control Message Protocol", 3, "RFC 792", icmp_decode,
	icmp_fields };
const struct proto icmp6_proto = { "icmpv6", "Internet Control Message Protocol, version 6", 3, "RFC 4443",
	icmp6_decode, icmp6_fields };

void icmp_encode(struct wr *w, const struct icmp *m, struct slice payload, uint64_t addrs)
{
	size_t start = w->n, len = ICMP_HEADER + payload.n;
	uint64_t pseudo = m->v6 ? cksum_pseudo(addrs, IP_PROTO_ICMP6, (uint32_t)len) : 0;
	uint16_t sum;

	wr_u8(w, m->type);
	wr_u8(w, m->code);
	wr_be16(w, 0);
	wr_be32(w, m->echo ? (uint32_t)m->id << 16 | m->seq : m->rest);
	wr_put(w, payload);
	if (w->bad)
		return;
	sum = cksum_fold(cksum_add(pseudo, slice_of(w->p + start, len)));
	w->p[start + 2] = (uint8_t)(sum >> 8);
	w->p[start + 3] = (uint8_t)sum;
}

static const char *type_name4(uint8_t type)
{
	switch (type) {
	case ICMP_ECHO_REPLY: return "Echo reply";
	case ICMP_UNREACHABLE: return "Destination unreachable";
	case ICMP_SOURCE_QUENCH: return "Source quench";
	case ICMP_REDIRECT: return "Redirect";
	case ICMP_ECHO: return "Echo request";
	case ICMP_ROUTER_ADVERT: return "Router advertisement";
	case ICMP_ROUTER_SOLICIT: return "Router solicitation";
	case ICMP_TIME_EXCEEDED: return "Time exceeded";
	case ICMP_PARAMETER: return "Parameter problem";
	case ICMP_TIMESTAMP: return "Timestamp request";
	case ICMP_TIMESTAMP_REPLY: return "Timestamp reply";
	default: return NULL;
	}
}

static const char *type_name6(uint8_t type)
{
	switch (type) {
	case ICMP6_UNREACHABLE: return "Destination unreachable";
	case ICMP6_TOO_BIG: return "Packet too big";
	case ICMP6_TIME_EXCEEDED: return "Time exceeded";
	case ICMP6_PARAMETER: return "Parameter problem";
	case ICMP6_ECHO: return "Echo request";
	case ICMP6_ECHO_REPLY: return "Echo reply";
	case ICMP6_MLD_QUERY: return "Multicast listener query";
	case ICMP6_MLD_REPORT: return "Multicast listener report";
	case ICMP6_MLD_DONE: return "Multicast listener done";
	case ICMP6_ROUTER_SOLICIT: return "Router solicitation";
	case ICMP6_ROUTER_ADVERT: return "Router advertisement";
	case ICMP6_NEIGHBOR_SOLICIT: return "Neighbor solicitation";
	case ICMP6_NEIGHBOR_ADVERT: return "Neighbor advertisement";
	case ICMP6_REDIRECT: return "Redirect";
	case ICMP6_MLD2_REPORT: return "Multicast listener report, version 2";
	default: return NULL;
	}
}

const char *icmp_type_name(bool v6, uint8_t type)
{
	return v6 ? type_name6(type) : type_name4(type);
}

static const char *const unreachable4[] = { "network unreachable", "host unreachable", "protocol unreachable",
	"port unreachable", "fragmentation needed but not allowed", "source route failed",
	"destination network unknown", "destination host unknown", "source host isolated",
	"network prohibited", "host prohibited", "network unreachable for this type of service",
	"host unreachable for this type of service", "communication prohibited by a filter",
	"host precedence violation", "precedence cutoff in effect" };
static const char *const redirect4[] = { "for the network", "for the host",
	"for the type of service and network", "for the type of service and host" };
static const char *const exceeded[] = { "hop limit reached in transit", "fragment reassembly time "
	                                                                "exceeded" };
static const char *const parameter4[] = { "the pointer names the byte", "an option is missing",
	"bad length" };
static const char *const unreachable6[] = { "no route to the destination",
	"communication prohibited by a filter", "beyond the scope of the source address",
	"address unreachable", "port unreachable", "source address failed policy",
	"route to the destination rejected", "error in the source routing header" };
static const char *const parameter6[] = { "erroneous header field", "unknown next header",
	"unknown IPv6 option" };

static const struct code_names {
	bool v6;
	uint8_t type;
	uint8_t n;
	const char *const *names;
} code_names[] = {
	{ false, ICMP_UNREACHABLE, 16, unreachable4 },
	{ false, ICMP_REDIRECT, 4, redirect4 },
	{ false, ICMP_TIME_EXCEEDED, 2, exceeded },
	{ false, ICMP_PARAMETER, 3, parameter4 },
	{ true, ICMP6_UNREACHABLE, 8, unreachable6 },
	{ true, ICMP6_TIME_EXCEEDED, 2, exceeded },
	{ true, ICMP6_PARAMETER, 3, parameter6 },
};

const char *icmp_code_name(bool v6, uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < sizeof(code_names) / sizeof(code_names[0]); i++) {
		const struct code_names *c = &code_names[i];

		if (c->v6 == v6 && c->type == type)
			return code < c->n ? c->names[code] : NULL;
	}
	return NULL;
}

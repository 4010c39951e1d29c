/* What DNS records hold, by type; see dns.h. */
#include "wire/dns.h"

/* A name inside the data of r, `at` bytes behind its start: how far it reaches, or why it cannot be read.  A name
 * that runs over the end of the data is as bad as one that runs over the message. */
static int name_inside(struct slice msg, const struct dns_record *r, size_t at, char *text, size_t size)
{
	int used;

	if (at >= r->data.n)
		return DNS_DATA;
	used = dns_name(msg, r->data_off + at, text, size);
	if (used > 0 && (size_t)used > r->data.n - at)
		return DNS_DATA;
	return used;
}

int dns_data_name(struct slice msg, const struct dns_record *r, char *text, size_t size)
{
	int used = name_inside(msg, r, 0, text, size);

	if (used < 0)
		return used;
	return (size_t)used == r->data.n ? 0 : DNS_DATA;
}

int dns_soa(struct slice msg, const struct dns_record *r, struct dns_soa *out)
{
	int m = name_inside(msg, r, 0, NULL, 0), n;
	struct rd in = rd_of(r->data);

	if (m < 0)
		return m;
	n = name_inside(msg, r, (size_t)m, NULL, 0);
	if (n < 0)
		return n;
	out->mname = r->data_off;
	out->rname = r->data_off + (size_t)m;
	rd_skip(&in, (size_t)m + (size_t)n);
	out->serial = rd_be32(&in);
	out->refresh = rd_be32(&in);
	out->retry = rd_be32(&in);
	out->expire = rd_be32(&in);
	out->minimum = rd_be32(&in);
	return in.bad || rd_left(&in) ? DNS_DATA : 0;
}

int dns_target(struct slice msg, const struct dns_record *r, struct dns_target *out)
{
	struct rd in = rd_of(r->data);
	int used;

	*out = (struct dns_target){ .priority = rd_be16(&in) };
	if (r->type == DNS_SRV) {
		out->weight = rd_be16(&in);
		out->port = rd_be16(&in);
	}
	if (in.bad)
		return DNS_DATA;
	used = name_inside(msg, r, in.off, NULL, 0);
	if (used < 0)
		return used;
	out->name = r->data_off + in.off;
	rd_skip(&in, (size_t)used);
	out->params = rd_rest(&in);
	return out->params.n && r->type != DNS_SVCB && r->type != DNS_HTTPS ? DNS_DATA : 0;
}

int dns_caa(const struct dns_record *r, struct dns_caa *out)
{
	struct rd in = rd_of(r->data);

	out->flags = rd_u8(&in);
	out->critical = out->flags & 0x80;
	out->tag = rd_take(&in, rd_u8(&in));
	out->value = rd_rest(&in);
	return in.bad || !out->tag.n ? DNS_DATA : 0;
}

bool dns_text_next(struct slice *rest, struct slice *one)
{
	struct rd in = rd_of(*rest);

	*one = rd_take(&in, rd_u8(&in));
	*rest = rd_rest(&in);
	return !in.bad;
}

void dns_edns(const struct dns_record *r, struct dns_edns *out)
{
	*out = (struct dns_edns){
		.udp_size = r->class,
		.ext_rcode = (uint8_t)(r->ttl >> 24),
		.version = (uint8_t)(r->ttl >> 16),
		.z = (uint16_t)r->ttl,
		.dnssec_ok = r->ttl & 0x8000,
		.options = r->data,
	};
}

bool dns_param_next(struct slice *rest, uint16_t *number, struct slice *value)
{
	struct rd in = rd_of(*rest);

	*number = rd_be16(&in);
	*value = rd_take(&in, rd_be16(&in));
	*rest = rd_rest(&in);
	return !in.bad;
}

/* --- Names that stand for addresses ----------------------------------------------------------------------- */

/* "10" or "f" up to the next dot; moves *p behind the dot.  -1 when it is no number below `limit`. */
static int reverse_part(const char **p, unsigned base, unsigned limit)
{
	unsigned v = 0;
	const char *s = *p;

	for (; *s && *s != '.'; s++) {
		unsigned digit = *s >= '0' && *s <= '9' ? (unsigned)(*s - '0')
		                 : (*s | 0x20) >= 'a' && (*s | 0x20) <= 'f'
		                     ? (unsigned)((*s | 0x20) - 'a' + 10)
		                     : base;
		v = v * base + digit;
		if (digit >= base || v >= limit)
			return -1;
	}
	if (s == *p || *s != '.')
		return -1;
	*p = s + 1;
	return (int)v;
}

unsigned dns_reverse(const char *name, uint8_t addr[16])
{
	const char *p = name;
	int v = 0;

	for (int i = 3; i >= 0 && (v = reverse_part(&p, 10, 256)) >= 0; i--)
		addr[i] = (uint8_t)v;
	if (v >= 0 && slice_ieq_str(slice_str(p), "in-addr.arpa"))
		return 4;
	p = name;
	v = 0;
	memset(addr, 0, 16);
	for (int i = 31; i >= 0 && (v = reverse_part(&p, 16, 16)) >= 0; i--)
		addr[i / 2] |= (uint8_t)(i % 2 ? v : v << 4);
	return v >= 0 && slice_ieq_str(slice_str(p), "ip6.arpa") ? 16 : 0;
}

/* The records of a DNS message as a whole: each one noted, aliases followed, addresses remembered; EDNS.  See
 * dnslook.h; RFC 1035 3.6.2 (aliases), RFC 6891 (EDNS). */
#include "trace/dnslook.h"

#include "trace/dnsnames.h"

#include <stdio.h>

const char *dns_shown(const char *name)
{
	return strcmp(name, ".") == 0 ? "<Root>" : name;
}

const char *dns_type_text(struct trace *t, uint16_t type)
{
	const char *name = dns_type_name(type);

	return name ? name : arena_printf(&t->arena, "TYPE%u", type);
}

/* --- What the answers come to ----------------------------------------------------------------------------- */

/* Names compare without case (RFC 4343). */
static bool same_name(const char *a, const char *b)
{
	return slice_ieq_str(slice_str(a), b);
}

static bool owner_is(const struct dns_look *l, const struct dns_record *r, const char *name)
{
	char owner[DNS_NAME_TEXT];

	return dns_name(l->msg, r->name, owner, sizeof(owner)) > 0 && same_name(owner, name);
}

/* The next record of the answer section that is of this type and name; names are compared in a bounded part. */
static bool next_answer(
    const struct dns_look *l, struct dns_walk *w, struct dns_record *r, uint16_t type, const char *name)
{
	while (dns_walk_next(w, r) && r->section <= DNS_ANSWER) {
		if (r->section == DNS_ANSWER && r->type == type && owner_is(l, r, name))
			return true;
		if (l->h.count[DNS_ANSWER] - w->left[DNS_ANSWER] > DNS_RECORDS_SHOWN)
			break;
	}
	return false;
}

/* Follows the alias of `name`, which becomes what it leads to. */
static bool follow(const struct dns_look *l, char name[DNS_NAME_TEXT])
{
	char target[DNS_NAME_TEXT];
	struct dns_record r;
	struct dns_walk w;

	dns_walk_init(&w, l->msg, &l->h);
	if (!next_answer(l, &w, &r, DNS_CNAME, name) || dns_data_name(l->msg, &r, target, sizeof(target)) < 0)
		return false;
	memcpy(name, target, sizeof(target));
	return true;
}

static void put_address(struct buf *out, const struct dns_record *r)
{
	note_value(&(struct field){ .type = r->type == DNS_A ? FIELD_IP4 : FIELD_IP6, .s = r->data }, out);
}

static bool is_address(const struct dns_record *r)
{
	return (r->type == DNS_A && r->data.n == 4) || (r->type == DNS_AAAA && r->data.n == 16);
}

/* The addresses at the end of the chain: put behind it, and remembered under the name that was asked for. */
static unsigned end_of_chain(
    struct dns_look *l, uint16_t type, const char *last, bool learn, struct buf *chain)
{
	struct dns_record r;
	struct dns_walk w;
	unsigned n = 0;

	dns_walk_init(&w, l->msg, &l->h);
	while (next_answer(l, &w, &r, type, last)) {
		struct pkt_addr addr = { .family = type == DNS_A ? 4 : 6 };

		if (!is_address(&r))
			continue;
		buf_puts(chain, n++ ? ", " : " → ");
		put_address(chain, &r);
		memcpy(addr.b, r.data.p, r.data.n);
		if (learn && r.ttl)
			dnsnames_learn(l->t, &addr, l->name);
	}
	return n;
}

static void note_chain(struct dns_look *l, bool learn)
{
	char name[DNS_NAME_TEXT];
	struct buf chain = { 0 };
	unsigned hops = 0;

	memcpy(name, l->name, sizeof(name));
	buf_puts(&chain, dns_shown(name));
	while (hops < DNS_CHAIN_MAX && follow(l, name)) {
		buf_printf(&chain, " → %s", dns_shown(name));
		hops++;
	}
	end_of_chain(l, DNS_A, name, learn, &chain);
	end_of_chain(l, DNS_AAAA, name, learn, &chain);
	if (hops == DNS_CHAIN_MAX)
		NOTE(l->t, DNS_CHAIN_LONG, F_UINT("osilab.dns.aliases", hops));
	else if (hops)
		NOTE(l->t, DNS_CHAIN, F_TEXT("osilab.dns.chain", buf_view(&chain)));
	buf_fini(&chain);
}

/* Multicast answers have no question: each address goes by the name of its own record. */
static void learn_own(struct dns_look *l)
{
	char owner[DNS_NAME_TEXT];
	struct dns_record r;
	struct dns_walk w;

	dns_walk_init(&w, l->msg, &l->h);
	for (unsigned n = 0; n < DNS_RECORDS_SHOWN && dns_walk_next(&w, &r); n++) {
		struct pkt_addr addr = { .family = r.type == DNS_A ? 4 : 6 };

		if (r.section == DNS_QUESTION || !is_address(&r) || !r.ttl ||
		    dns_name(l->msg, r.name, owner, sizeof(owner)) < 0)
			continue;
		memcpy(addr.b, r.data.p, r.data.n);
		dnsnames_learn(l->t, &addr, owner);
	}
}

void dns_records(struct dns_look *l, bool learn)
{
	unsigned shown = 0, more = 0, gone = 0;
	struct dns_record r;
	struct dns_walk w;

	dns_walk_init(&w, l->msg, &l->h);
	while (dns_walk_next(&w, &r)) {
		if (r.section == DNS_QUESTION || r.type == DNS_OPT)
			continue;
		gone += l->mdns && r.ttl == 0 && l->h.response;
		if (shown < DNS_RECORDS_SHOWN)
			dns_record_note(l, &r);
		else
			more++;
		shown++;
	}
	if (more)
		NOTE(l->t, DNS_MORE, F_UINT("osilab.dns.more", more));
	if (gone)
		NOTE(l->t, MDNS_GOODBYE, F_UINT("osilab.dns.withdrawn", gone));
	if (l->h.response && l->type && l->h.count[DNS_ANSWER])
		note_chain(l, learn);
	else if (l->h.response && l->mdns && learn)
		learn_own(l);
}

/* --- EDNS --------------------------------------------------------------------------------------------------- */

static void put_subnet(struct buf *out, struct slice v)
{
	uint8_t addr[16] = { 0 };
	struct rd r = rd_of(v);
	uint16_t family = rd_be16(&r);
	uint8_t bits = rd_u8(&r);
	struct slice part;

	rd_skip(&r, 1); /* the scope */
	part = rd_rest(&r);
	if (r.bad || (family != 1 && family != 2) || part.n > (family == 1 ? 4u : 16u))
		return;
	if (part.n)
		memcpy(addr, part.p, part.n);
	buf_putc(out, ' ');
	note_value(&(struct field){ .type = family == 1 ? FIELD_IP4 : FIELD_IP6,
	               .s = slice_of(addr, family == 1 ? 4 : 16) },
	    out);
	buf_printf(out, "/%u", bits);
}

/* RFC 8914: why there is no better answer. */
static void note_error(struct dns_look *l, struct slice v)
{
	struct rd r = rd_of(v);
	uint16_t code = rd_be16(&r);
	const char *name = dns_error_name(code);
	struct slice text = rd_rest(&r);

	if (r.bad)
		return;
	if (!name)
		name = arena_printf(&l->t->arena, "code %u", code);
	trace_note(l->t, NOTE_DNS_EXTENDED_ERROR,
	    (const struct field[]){ F_UINT("dns.opt.ext_error.info_code", code),
	        F_STR("osilab.dns.error", name),
	        F_TEXT(
	            "osilab.dns.error_text", text.n ? trace_brief(l->t, text, 200) : SLICE("no more words")),
	        F_TEXT("dns.opt.ext_error.extra_text", text) },
	    text.n ? 4 : 3);
}

void dns_edns_notes(struct dns_look *l)
{
	struct slice rest = l->edns.options, value;
	struct buf words = { 0 };
	uint16_t number;

	if (!l->has_edns)
		return;
	if (l->edns.dnssec_ok)
		buf_puts(&words, "signatures welcome (DNSSEC OK)");
	while (words.n < 200 && dns_param_next(&rest, &number, &value)) {
		const char *name = dns_option_name(number);

		buf_puts(&words, words.n ? ", " : "");
		if (name)
			buf_puts(&words, name);
		else
			buf_printf(&words, "option %u", number);
		if (number == DNS_OPT_SUBNET)
			put_subnet(&words, value);
	}
	NOTE(l->t, DNS_EDNS, F_STR("dns.resp.name", "<Root>"), F_UINT("dns.resp.type", DNS_OPT),
	    F_UINT("dns.rr.udp_payload_size", l->edns.udp_size),
	    F_HEX("dns.resp.ext_rcode", l->edns.ext_rcode, 2),
	    F_UINT("dns.resp.edns0_version", l->edns.version), F_HEX("dns.resp.z", l->edns.z, 4),
	    F_STR("osilab.dns.edns", words.n ? buf_cstr(&words) : "none"));
	buf_fini(&words);
	if (!l->h.response)
		return;
	for (rest = l->edns.options; dns_param_next(&rest, &number, &value);)
		if (number == DNS_OPT_ERROR)
			note_error(l, value);
}

/* A DNS message: every section, every name, every kind of data.  Walks end, names stay within their bounds, and
 * what is a name again reads the same. */
#include <assert.h>

#include "wire/dns.h"

enum { GUARD = 0x5a };

/* The text of any name fits, is printable and ends where it should. */
static void name_at(struct slice msg, size_t off)
{
	char text[DNS_NAME_TEXT + 1], small[8];
	uint8_t addr[16];
	unsigned n;
	int used;

	text[DNS_NAME_TEXT] = GUARD;
	small[7] = GUARD;
	used = dns_name(msg, off, text, DNS_NAME_TEXT);
	assert(text[DNS_NAME_TEXT] == GUARD);
	assert(used == dns_name(msg, off, NULL, 0));
	assert(used == dns_name(msg, off, small, 7));
	assert(small[7] == GUARD && strlen(small) < 7);
	assert(used >= DNS_DATA && used != 0 && used <= DNS_NAME_MAX + 1);
	if (used < 0)
		return;
	assert(text[0] && off + (size_t)used <= msg.n);
	for (const char *c = text; *c; c++)
		assert((unsigned char)*c >= 0x20 && *c != 0x7f);
	n = dns_reverse(text, addr);
	assert(n == 0 || n == 4 || n == 16);
}

static void params(struct slice rest)
{
	struct slice value, one;
	uint16_t number;

	while (dns_param_next(&rest, &number, &value)) {
		(void)dns_option_name(number);
		(void)dns_param_name(number);
		while (dns_text_next(&value, &one))
			;
	}
}

static void data(struct slice msg, const struct dns_record *r)
{
	char text[DNS_NAME_TEXT];
	struct slice rest = r->data, one;
	struct dns_target x;
	struct dns_edns e;
	struct dns_soa s;
	struct dns_caa c;

	if (dns_data_name(msg, r, text, sizeof(text)) == 0)
		name_at(msg, r->data_off);
	if (dns_soa(msg, r, &s) == 0) {
		name_at(msg, s.mname);
		name_at(msg, s.rname);
	}
	if (dns_target(msg, r, &x) == 0) {
		name_at(msg, x.name);
		params(x.params);
	}
	if (dns_caa(r, &c) == 0)
		assert(c.tag.n + c.value.n + 2 == r->data.n);
	while (dns_text_next(&rest, &one))
		;
	dns_edns(r, &e);
	params(e.options);
	(void)dns_type_name(r->type);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct slice msg = slice_of(bytes, size);
	size_t off = DNS_HEADER, all = 0, seen = 0;
	struct dns_record r;
	struct dns_walk w;
	struct dns h;

	if (!dns_header(msg, &h))
		return 0;
	(void)dns_plausible(&h, size);
	for (int s = 0; s < DNS_SECTIONS; s++)
		all += h.count[s];
	for (dns_walk_init(&w, msg, &h); dns_walk_next(&w, &r); seen++) {
		assert(r.off == off && r.len >= 5 && r.off + r.len <= size);
		off += r.len;
		name_at(msg, r.name);
		if (r.section != DNS_QUESTION)
			data(msg, &r);
	}
	assert((seen == all) == (w.reason == 0));
	assert(!dns_walk_next(&w, &r));
	return 0;
}

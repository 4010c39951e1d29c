/* DNS messages: header, names and their compression, sections, what records hold. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "wire/dns.h"

/* The answer of RFC 1035's kind to "A? www.lab.test": the alias, and the address of what it leads to. */
static const uint8_t answer[] = "\x12\x34\x85\x80\0\1\0\2\0\0\0\1"
                                "\3www\3lab\4test\0\0\1\0\1"
                                "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\6\3web\xc0\x10"
                                "\xc0\x2a\0\1\0\1\0\0\0\x3c\0\4\x0a\x09\2\2"
                                "\0\0\x29\4\xd0\0\0\x80\0\0\7\0\x0c\0\3\0\0\0";

#define ANSWER slice_of(answer, sizeof(answer) - 1)

/* A copy in memory of exactly its size, for the sanitizer; to be freed. */
static struct slice exact(struct slice s)
{
	uint8_t *p = malloc(s.n + !s.n);

	assert_non_null(p);
	if (s.n)
		memcpy(p, s.p, s.n);
	return slice_of(p, s.n);
}

static void drop(struct slice s)
{
	free((void *)(uintptr_t)s.p);
}

static void test_header(void **state)
{
	struct dns h;

	assert_int_equal(dns_header(ANSWER, &h), DNS_HEADER);
	assert_int_equal(h.id, 0x1234);
	assert_int_equal(h.flags, 0x8580);
	assert_true(h.response && h.authoritative && h.recursion_desired && h.recursion_available);
	assert_false(h.truncated || h.authentic || h.checking_disabled);
	assert_int_equal(h.opcode, DNS_OP_QUERY);
	assert_int_equal(h.rcode, DNS_NOERROR);
	assert_int_equal(h.count[DNS_QUESTION], 1);
	assert_int_equal(h.count[DNS_ANSWER], 2);
	assert_int_equal(h.count[DNS_ADDITIONAL], 1);
	assert_int_equal(dns_header(slice_sub(ANSWER, 0, 11), &h), 0);
}

static void test_plausible(void **state)
{
	struct dns h;

	dns_header(ANSWER, &h);
	assert_true(dns_plausible(&h, ANSWER.n));
	assert_true(dns_plausible(&h, 12 + 5 + 3 * 11));
	assert_false(dns_plausible(&h, 12 + 5 + 3 * 11 - 1));
	h.truncated = true;
	assert_true(dns_plausible(&h, 12 + 5));
	h.flags |= 0x0040;
	assert_false(dns_plausible(&h, ANSWER.n));
	h.flags &= ~0x0040;
	h.opcode = 9;
	assert_false(dns_plausible(&h, ANSWER.n));
}

static void expect_name(struct slice msg, size_t off, const char *text, int used)
{
	char got[DNS_NAME_TEXT];

	assert_int_equal(dns_name(msg, off, got, sizeof(got)), used);
	assert_string_equal(got, text);
}

static void test_sections(void **state)
{
	struct dns_record r;
	struct dns_walk w;
	struct dns h;

	dns_header(ANSWER, &h);
	dns_walk_init(&w, ANSWER, &h);
	assert_true(dns_walk_next(&w, &r));
	assert_int_equal(r.section, DNS_QUESTION);
	assert_int_equal(r.type, DNS_A);
	assert_int_equal(r.class, DNS_IN);
	expect_name(ANSWER, r.name, "www.lab.test", 14);
	assert_int_equal(r.len, 18);

	assert_true(dns_walk_next(&w, &r));
	assert_int_equal(r.section, DNS_ANSWER);
	assert_int_equal(r.type, DNS_CNAME);
	assert_int_equal(r.ttl, 60);
	expect_name(ANSWER, r.name, "www.lab.test", 2);
	expect_name(ANSWER, r.data_off, "web.lab.test", 6);
	assert_int_equal(dns_data_name(ANSWER, &r, NULL, 0), 0);

	assert_true(dns_walk_next(&w, &r));
	assert_int_equal(r.section, DNS_ANSWER);
	assert_int_equal(r.type, DNS_A);
	expect_name(ANSWER, r.name, "web.lab.test", 2);
	assert_memory_equal(r.data.p, "\x0a\x09\2\2", 4);

	assert_true(dns_walk_next(&w, &r));
	assert_int_equal(r.section, DNS_ADDITIONAL);
	assert_int_equal(r.type, DNS_OPT);
	expect_name(ANSWER, r.name, ".", 1);
	assert_int_equal(r.off + r.len, ANSWER.n);
	assert_false(dns_walk_next(&w, &r));
	assert_int_equal(w.reason, 0);
}

/* However much is missing: what is whole comes, then the reason. */
static void test_every_prefix(void **state)
{
	static const size_t ends[] = { 30, 48, 64, 82 };

	assert_int_equal(ends[3], ANSWER.n);
	for (size_t n = DNS_HEADER; n < ANSWER.n; n++) {
		struct slice s = exact(slice_sub(ANSWER, 0, n));
		unsigned seen = 0, whole = 0;
		struct dns_record r;
		struct dns_walk w;
		struct dns h;

		while (whole < 4 && ends[whole] <= n)
			whole++;
		assert_int_equal(dns_header(s, &h), DNS_HEADER);
		for (dns_walk_init(&w, s, &h); dns_walk_next(&w, &r); seen++)
			;
		assert_int_equal(seen, whole);
		assert_int_equal(w.reason, DNS_SHORT);
		drop(s);
	}
}

static void test_names_that_lie(void **state)
{
	char text[DNS_NAME_TEXT];
	struct slice s;

	/* A pointer at itself, two that point at each other, one that points ahead. */
	assert_int_equal(dns_name(SLICE("\xc0\x00"), 0, text, sizeof(text)), DNS_POINTER);
	assert_int_equal(dns_name(SLICE("\xc0\x02\xc0\x00"), 0, text, sizeof(text)), DNS_POINTER);
	assert_int_equal(dns_name(SLICE("\xc0\x02\xc0\x00"), 2, text, sizeof(text)), DNS_POINTER);
	assert_int_equal(dns_name(SLICE("\1a\xc0\x04\0"), 0, text, sizeof(text)), DNS_POINTER);
	/* A label before a pointer to that label: it would grow for ever. */
	assert_int_equal(dns_name(SLICE("\1a\xc0\x00"), 0, text, sizeof(text)), DNS_POINTER);
	/* The two label types that nobody uses any more. */
	assert_int_equal(dns_name(SLICE("\x41\x01z\0"), 0, text, sizeof(text)), DNS_LABEL);
	assert_int_equal(dns_name(SLICE("\x80\0"), 0, text, sizeof(text)), DNS_LABEL);
	/* Cut in a label, before a length, in a pointer, behind the end. */
	s = exact(SLICE("\3ww"));
	assert_int_equal(dns_name(s, 0, text, sizeof(text)), DNS_SHORT);
	assert_int_equal(dns_name(s, 3, text, sizeof(text)), DNS_SHORT);
	assert_int_equal(dns_name(s, 4000, text, sizeof(text)), DNS_SHORT);
	drop(s);
	assert_int_equal(dns_name(SLICE("\1a\xc0"), 0, text, sizeof(text)), DNS_SHORT);
}

/* Each pointer leads to the one before it: a chain that ends, but is longer than any name needs. */
static void test_chain_of_pointers(void **state)
{
	uint8_t b[2 * 200 + 1];
	char text[DNS_NAME_TEXT];

	b[0] = 0;
	for (unsigned i = 0; i < 200; i++) {
		unsigned to = i ? 1 + 2 * (i - 1) : 0;

		b[1 + 2 * i] = (uint8_t)(0xc0 | to >> 8);
		b[2 + 2 * i] = (uint8_t)to;
	}
	assert_int_equal(dns_name(slice_of(b, sizeof(b)), 1 + 2 * 126, text, sizeof(text)), 2);
	assert_string_equal(text, ".");
	assert_int_equal(dns_name(slice_of(b, sizeof(b)), 1 + 2 * 127, text, sizeof(text)), DNS_POINTER);
}

/* 255 octets fit, with the root's; 256 do not. */
static void test_longest_name(void **state)
{
	uint8_t b[300];
	char text[DNS_NAME_TEXT], cut[8];
	size_t n = 0;

	for (int label = 0; label < 4; label++) {
		uint8_t len = label == 3 ? 61 : 63;

		b[n++] = len;
		memset(b + n, 0xff, len);
		n += len;
	}
	b[n++] = 0;
	assert_int_equal(n, DNS_NAME_MAX);
	assert_int_equal(dns_name(slice_of(b, n), 0, text, sizeof(text)), DNS_NAME_MAX);
	assert_int_equal(strlen(text), 250 * 4 + 3);
	assert_int_equal(dns_name(slice_of(b, n), 0, cut, sizeof(cut)), DNS_NAME_MAX);
	assert_string_equal(cut, "\\255");
	b[n - 1] = 1;
	b[n++] = 'x';
	b[n++] = 0;
	assert_int_equal(dns_name(slice_of(b, n), 0, text, sizeof(text)), DNS_LONG);
}

static void test_escapes(void **state)
{
	expect_name(SLICE("\3a.b\2\\c\0"), 0, "a\\.b.\\\\c", 8);
	expect_name(SLICE("\4\0\x1f\x7f\xff\0"), 0, "\\000\\031\\127\\255", 6);
	expect_name(SLICE("\6B\xc3\xbc ro\0"), 0, "B\xc3\xbc ro", 8);
	expect_name(SLICE("\0"), 0, ".", 1);
}

/* One record with this data behind a message whose offset 0 holds the name "lab". */
static struct dns_record record(uint8_t *b, uint16_t type, struct slice data, struct slice *msg)
{
	memcpy(b, "\3lab\0", 5);
	memcpy(b + 5, data.p, data.n);
	*msg = slice_of(b, 5 + data.n);
	return (struct dns_record){
		.section = DNS_ANSWER, .type = type, .data_off = 5, .data = slice_of(b + 5, data.n)
	};
}

static void test_data(void **state)
{
	struct dns_record r;
	struct dns_target x;
	struct dns_soa soa;
	struct dns_caa caa;
	struct slice msg, rest, one;
	uint16_t number;
	uint8_t b[128];

	r = record(b, DNS_SOA, SLICE("\2ns\xc0\0\1m\xc0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"), &msg);
	assert_int_equal(dns_soa(msg, &r, &soa), 0);
	expect_name(msg, soa.mname, "ns.lab", 5);
	expect_name(msg, soa.rname, "m.lab", 4);
	assert_int_equal(
	    soa.serial + soa.refresh * 10 + soa.retry * 100 + soa.expire * 1000 + soa.minimum * 10000, 54321);
	r.data.n--;
	assert_int_equal(dns_soa(msg, &r, &soa), DNS_DATA);

	r = record(b, DNS_MX, SLICE("\0\x0a\4mail\xc0\0"), &msg);
	assert_int_equal(dns_target(msg, &r, &x), 0);
	assert_int_equal(x.priority, 10);
	expect_name(msg, x.name, "mail.lab", 7);

	r = record(b, DNS_SRV, SLICE("\0\1\0\2\0\x50\3web\xc0\0"), &msg);
	assert_int_equal(dns_target(msg, &r, &x), 0);
	assert_int_equal(x.priority, 1);
	assert_int_equal(x.weight, 2);
	assert_int_equal(x.port, 80);
	expect_name(msg, x.name, "web.lab", 6);
	r = record(b, DNS_SRV, SLICE("\0\1\0\2\0\x50\3web\xc0\0x"), &msg);
	assert_int_equal(dns_target(msg, &r, &x), DNS_DATA);

	r = record(b, DNS_HTTPS, SLICE("\0\1\0\0\1\0\3\2h2\0\3\0\2\x20\xfb"), &msg);
	assert_int_equal(dns_target(msg, &r, &x), 0);
	assert_true(dns_param_next(&x.params, &number, &one));
	assert_int_equal(number, DNS_PARAM_ALPN);
	assert_true(dns_text_next(&one, &rest) && slice_eq_str(rest, "h2") && one.n == 0);
	assert_true(dns_param_next(&x.params, &number, &one));
	assert_int_equal(number, DNS_PARAM_PORT);
	assert_false(dns_param_next(&x.params, &number, &one));

	r = record(b, DNS_TXT, SLICE("\3one\0\3tw"), &msg);
	rest = r.data;
	assert_true(dns_text_next(&rest, &one) && slice_eq_str(one, "one"));
	assert_true(dns_text_next(&rest, &one) && one.n == 0);
	assert_false(dns_text_next(&rest, &one));

	r = record(b, DNS_CAA, SLICE("\x80\5issueca.test"), &msg);
	assert_int_equal(dns_caa(&r, &caa), 0);
	assert_true(caa.critical && slice_eq_str(caa.tag, "issue") && slice_eq_str(caa.value, "ca.test"));
	r = record(b, DNS_CAA, SLICE("\0\0"), &msg);
	assert_int_equal(dns_caa(&r, &caa), DNS_DATA);

	r = record(b, DNS_CNAME, SLICE("\3www\xc0\0x"), &msg);
	assert_int_equal(dns_data_name(msg, &r, NULL, 0), DNS_DATA); /* something behind the name */
	r.data.n = 3;
	assert_int_equal(dns_data_name(msg, &r, NULL, 0), DNS_DATA); /* the name runs over its end */
	r.data.n = 0;
	assert_int_equal(dns_data_name(msg, &r, NULL, 0), DNS_DATA);
}

static void test_edns(void **state)
{
	struct dns_record r = {
		.type = DNS_OPT, .class = 1232, .ttl = 0x01008000, .data = SLICE("\0\x0a\0\2xy\0\x0c")
	};
	struct dns_edns e;
	struct slice value;
	uint16_t number;

	dns_edns(&r, &e);
	assert_int_equal(e.udp_size, 1232);
	assert_int_equal(e.ext_rcode, 1);
	assert_int_equal(e.version, 0);
	assert_true(e.dnssec_ok);
	assert_true(dns_param_next(&e.options, &number, &value));
	assert_int_equal(number, DNS_OPT_COOKIE);
	assert_true(slice_eq_str(value, "xy"));
	assert_false(dns_param_next(&e.options, &number, &value));
}

static void test_reverse(void **state)
{
	static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x1f };
	uint8_t a[16];

	assert_int_equal(dns_reverse("2.2.9.10.in-addr.ARPA", a), 4);
	assert_memory_equal(a, "\x0a\x09\2\2", 4);
	assert_int_equal(
	    dns_reverse("f.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", a), 16);
	assert_memory_equal(a, v6, 16);
	assert_int_equal(dns_reverse("256.2.9.10.in-addr.arpa", a), 0);
	assert_int_equal(dns_reverse("2.9.10.in-addr.arpa", a), 0);
	assert_int_equal(dns_reverse("1.2.2.9.10.in-addr.arpa", a), 0);
	assert_int_equal(dns_reverse("2..9.10.in-addr.arpa", a), 0);
	assert_int_equal(dns_reverse("in-addr.arpa", a), 0);
	assert_int_equal(dns_reverse(".", a), 0);
	assert_int_equal(dns_reverse("", a), 0);
}

static void test_number_names(void **state)
{
	assert_string_equal(dns_type_name(DNS_HTTPS), "HTTPS");
	assert_null(dns_type_name(65280));
	assert_string_equal(dns_rcode_name(DNS_NXDOMAIN), "NXDOMAIN");
	assert_string_equal(dns_rcode_name(23), "BADCOOKIE");
	assert_null(dns_rcode_name(15));
	assert_string_equal(dns_opcode_name(DNS_OP_UPDATE), "UPDATE");
	assert_null(dns_opcode_name(3));
	assert_string_equal(dns_option_name(DNS_OPT_COOKIE), "cookie");
	assert_string_equal(dns_param_name(DNS_PARAM_ALPN), "alpn");
	assert_string_equal(dns_error_name(6), "DNSSEC Bogus");
	assert_string_equal(dns_error_name(24), "Invalid Data");
	assert_null(dns_error_name(25));
	for (int reason = DNS_SHORT; reason >= DNS_DATA; reason--)
		assert_string_not_equal(dns_reason_words(reason), dns_reason_words(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_plausible),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_names_that_lie),
		cmocka_unit_test(test_chain_of_pointers),
		cmocka_unit_test(test_longest_name),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_edns),
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_number_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

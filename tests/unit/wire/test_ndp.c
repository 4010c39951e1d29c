/* Neighbor Discovery messages and their options. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static const uint8_t target[16] = { 0xfe, 0x80, [15] = 9 };

/* A message of `type` whose second word is `rest`, with `body` behind the first 8 bytes. */
static struct slice message(uint8_t *b, size_t cap, uint8_t type, uint32_t rest, struct slice body)
{
	struct wr w = wr_of(b, cap);
	struct ip6 ip = craft_ip6(IP_PROTO_ICMP6);
	struct icmp m = { .v6 = true, .type = type, .rest = rest };

	ip6_encode(&w, &ip, ICMP_HEADER + body.n);
	icmp_encode(&w, &m, body, craft_addrs6(&ip));
	return craft_done(&w);
}

static const struct icmp *decode(struct pkt *p, struct slice s)
{
	pkt_decode(p, LINK_RAW, s, (uint32_t)s.n);
	craft_check(p);
	assert_int_equal(p->n, 2);
	assert_true(p->layers[1].icmp.ndp);
	assert_int_equal(pkt_cksum(p, &p->layers[1], NULL), PKT_CKSUM_GOOD);
	assert_int_equal(p->payload.n, 0);
	return &p->layers[1].icmp;
}

/* target, then an option with the link-layer address of craft_mac_a. */
static struct slice neighbor_body(uint8_t *b, uint8_t option)
{
	memcpy(b, target, 16);
	b[16] = option;
	b[17] = 1;
	memcpy(b + 18, craft_mac_a, 6);
	return slice_of(b, 24);
}

static void test_solicitation(void **state)
{
	uint8_t body[24], b[128];
	struct slice s = message(b, sizeof(b), ICMP6_NEIGHBOR_SOLICIT, 0, neighbor_body(body, 1));
	const struct icmp *m;
	struct field f;
	struct pkt p;

	m = decode(&p, s);
	assert_memory_equal(m->target.p, target, 16);
	assert_true(slice_eq(m->lladdr, slice_of(craft_mac_a, 6)));
	assert_false(m->opt_damaged);
	f = craft_field(&p, &p.layers[1], "icmpv6.nd.ns.target_address");
	assert_int_equal(f.off, IP6_HEADER + 8);
	f = craft_field(&p, &p.layers[1], "icmpv6.opt.linkaddr");
	assert_int_equal(f.type, FIELD_MAC);
	assert_int_equal(f.off, IP6_HEADER + 26);
	craft_prefixes(LINK_RAW, s);
}

static void test_advertisement(void **state)
{
	uint8_t body[24], b[128];
	uint32_t flags = (uint32_t)(ICMP6_NA_SOLICITED | ICMP6_NA_OVERRIDE) << 24;
	struct pkt p;
	const struct icmp *m;

	m = decode(&p, message(b, sizeof(b), ICMP6_NEIGHBOR_ADVERT, flags, neighbor_body(body, 2)));
	assert_int_equal(m->flags, ICMP6_NA_SOLICITED | ICMP6_NA_OVERRIDE);
	assert_memory_equal(m->target.p, target, 16);
	assert_int_equal(m->lladdr.n, 6);
	assert_int_equal(craft_field(&p, &p.layers[1], "icmpv6.nd.na.flag.s").u, 1);
	assert_int_equal(craft_field(&p, &p.layers[1], "icmpv6.nd.na.flag.r").u, 0);
}

static void test_router_advertisement(void **state)
{
	uint8_t body[8 + 8 + 32] = { 0 }, b[128];
	struct slice s;
	const struct icmp *m;
	struct pkt p;

	memcpy(body + 8, "\x05\x01\0\0\0\0\x05\xdc", 8); /* MTU 1500 */
	memcpy(body + 16, "\x03\x04\x40\xc0", 4);        /* prefix of 64 bits */
	memcpy(body + 32, "\x20\x01\x0d\xb8", 4);
	s = message(
	    b, sizeof(b), ICMP6_ROUTER_ADVERT, 64u << 24 | 0x80u << 16 | 1800, slice_of(body, sizeof(body)));
	m = decode(&p, s);
	assert_int_equal(m->hop_limit, 64);
	assert_int_equal(m->flags, ICMP6_RA_MANAGED);
	assert_int_equal(m->lifetime, 1800);
	assert_int_equal(m->nd_mtu, 1500);
	assert_int_equal(m->prefix_len, 64);
	assert_memory_equal(m->prefix.p, "\x20\x01\x0d\xb8", 4);
	assert_int_equal(m->target.n, 0);
	assert_int_equal(craft_field(&p, &p.layers[1], "icmpv6.nd.ra.router_lifetime").u, 1800);
	assert_int_equal(craft_field(&p, &p.layers[1], "icmpv6.opt.prefix.length").u, 64);
	assert_int_equal(craft_field(&p, &p.layers[1], "icmpv6.opt.mtu").u, 1500);
	craft_prefixes(LINK_RAW, s);
}

static void test_redirect(void **state)
{
	uint8_t body[32], b[128];
	const struct icmp *m;
	struct pkt p;

	memset(body, 1, 16);
	memset(body + 16, 2, 16);
	m = decode(&p, message(b, sizeof(b), ICMP6_REDIRECT, 0, slice_of(body, 32)));
	assert_int_equal(m->target.p[0], 1);
	assert_int_equal(m->redirect.p[0], 2);
	assert_int_equal(m->redirect.n, 16);
	craft_field(&p, &p.layers[1], "icmpv6.rd.na.destination_address");
}

static void test_option_without_length_ends(void **state)
{
	uint8_t body[24], b[128];
	struct slice s;
	const struct icmp *m;
	struct pkt p;

	neighbor_body(body, 1);
	body[17] = 0;
	s = message(b, sizeof(b), ICMP6_NEIGHBOR_SOLICIT, 0, slice_of(body, 24));
	m = decode(&p, s);
	assert_true(m->opt_damaged);
	assert_int_equal(m->lladdr.n, 0);
	body[17] = 2;
	m = decode(&p, message(b, sizeof(b), ICMP6_NEIGHBOR_SOLICIT, 0, slice_of(body, 24)));
	assert_true(m->opt_damaged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_solicitation),
		cmocka_unit_test(test_advertisement),
		cmocka_unit_test(test_router_advertisement),
		cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_option_without_length_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

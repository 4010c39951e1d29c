/* ARP messages. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static const uint8_t ip_a[4] = { 192, 0, 2, 1 }, ip_b[4] = { 192, 0, 2, 2 }, zero[6];

static struct arp request(void)
{
	return (struct arp){ .hw = ARP_HW_ETHERNET,
		.proto = ETH_TYPE_IP4,
		.op = ARP_REQUEST,
		.sha = slice_of(craft_mac_a, 6),
		.spa = slice_of(ip_a, 4),
		.tha = slice_of(zero, 6),
		.tpa = slice_of(ip_b, 4) };
}

static struct slice frame(uint8_t *b, size_t cap, const struct arp *a)
{
	struct wr w = wr_of(b, cap);
	struct eth e = craft_eth(ETH_TYPE_ARP);

	eth_encode(&w, &e);
	arp_encode(&w, a);
	return craft_done(&w);
}

static void test_round_trip_and_padding(void **state)
{
	uint8_t b[60] = { 0 };
	struct arp a = request();
	const struct arp *got;
	struct slice s = frame(b, sizeof(b), &a);
	struct pkt p;

	assert_int_equal(s.n, ETH_HEADER + ARP_ETH_IP4);
	/* Ethernet pads to 60 bytes; that is not payload. */
	pkt_decode(&p, LINK_ETHERNET, slice_of(b, 60), 60);
	craft_check(&p);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.payload.n, 0);
	assert_int_equal(p.payload_len, 0);
	got = &p.layers[1].arp;
	assert_true(got->eth_ip4);
	assert_int_equal(got->op, ARP_REQUEST);
	assert_true(slice_eq(got->sha, a.sha));
	assert_true(slice_eq(got->spa, a.spa));
	assert_true(slice_eq(got->tha, a.tha));
	assert_true(slice_eq(got->tpa, a.tpa));
	assert_int_equal(craft_field(&p, &p.layers[1], "arp.opcode").u, 1);
	assert_int_equal(craft_field(&p, &p.layers[1], "arp.dst.proto_ipv4").off, 14 + 24);
	assert_null(p.net);
	craft_prefixes(LINK_ETHERNET, s);
}

static void test_padding_cut_off_is_no_damage(void **state)
{
	uint8_t b[60] = { 0 };
	struct arp a = request();
	struct slice s = frame(b, sizeof(b), &a);
	struct pkt p;

	pkt_decode(&p, LINK_ETHERNET, s, 60);
	assert_int_equal(p.damage, PKT_WHOLE);
}

static void test_other_address_lengths(void **state)
{
	static const uint8_t hw[20] = { 1, 2, 3 };
	uint8_t b[128];
	struct arp a = request();
	struct slice s;
	struct pkt p;

	a.hw = 32; /* InfiniBand */
	a.sha = a.tha = slice_of(hw, 20);
	s = frame(b, sizeof(b), &a);
	pkt_decode(&p, LINK_ETHERNET, s, (uint32_t)s.n);
	craft_check(&p);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_false(p.layers[1].arp.eth_ip4);
	assert_int_equal(p.layers[1].arp.hw_len, 20);
	assert_int_equal(craft_field(&p, &p.layers[1], "arp.dst.hw").off, 14 + 8 + 24);
	assert_int_equal(craft_field(&p, &p.layers[1], "arp.src.hw").type, FIELD_BYTES);
}

static void test_lengths_past_the_end(void **state)
{
	uint8_t b[64];
	struct arp a = request();
	struct slice s = frame(b, sizeof(b), &a);
	struct pkt p;

	b[ETH_HEADER + 4] = 255;
	pkt_decode(&p, LINK_ETHERNET, s, (uint32_t)s.n);
	craft_check(&p);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.damage, PKT_SHORT);
	assert_int_equal(p.damaged_proto, PROTO_ARP);
}

static void test_encode_refuses_unequal_addresses(void **state)
{
	uint8_t b[64];
	struct wr w = wr_of(b, sizeof(b));
	struct arp a = request();

	a.tpa.n = 3;
	arp_encode(&w, &a);
	assert_true(w.bad);
}

static void decode(struct pkt *p, uint8_t *b, size_t cap, const struct arp *a)
{
	struct slice s = frame(b, cap, a);

	pkt_decode(p, LINK_ETHERNET, s, (uint32_t)s.n);
	assert_int_equal(p->n, 2);
}

static void test_probe_and_announcement(void **state)
{
	uint8_t b[64];
	struct arp a = request();
	struct pkt p;

	decode(&p, b, sizeof(b), &a);
	assert_false(arp_is_probe(&p.layers[1].arp));
	assert_false(arp_is_announcement(&p.layers[1].arp));
	a.spa = slice_of(zero, 4);
	decode(&p, b, sizeof(b), &a);
	assert_true(arp_is_probe(&p.layers[1].arp));
	a.spa = a.tpa;
	decode(&p, b, sizeof(b), &a);
	assert_false(arp_is_probe(&p.layers[1].arp));
	assert_true(arp_is_announcement(&p.layers[1].arp));
	a.spa = a.tpa = slice_of(zero, 4);
	decode(&p, b, sizeof(b), &a);
	assert_false(arp_is_announcement(&p.layers[1].arp));
	assert_string_equal(arp_op_name(ARP_REPLY), "reply");
	assert_null(arp_op_name(99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip_and_padding),
		cmocka_unit_test(test_padding_cut_off_is_no_damage),
		cmocka_unit_test(test_other_address_lengths),
		cmocka_unit_test(test_lengths_past_the_end),
		cmocka_unit_test(test_encode_refuses_unequal_addresses),
		cmocka_unit_test(test_probe_and_announcement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Ethernet headers, both ways. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void test_round_trip(void **state)
{
	uint8_t b[64];
	uint32_t seed = 1;

	for (int i = 0; i < 500; i++) {
		struct wr w = wr_of(b, sizeof(b));
		struct eth e;
		struct pkt p;

		craft_random_bytes(&seed, e.dst, 6);
		craft_random_bytes(&seed, e.src, 6);
		e.type = (uint16_t)craft_random(&seed);
		eth_encode(&w, &e);
		assert_int_equal(w.n, ETH_HEADER);
		pkt_decode(&p, LINK_ETHERNET, craft_done(&w), ETH_HEADER);
		assert_int_equal(p.layers[0].proto, PROTO_ETH);
		assert_memory_equal(p.layers[0].eth.dst, e.dst, 6);
		assert_memory_equal(p.layers[0].eth.src, e.src, 6);
		assert_int_equal(p.layers[0].eth.type, e.type);
		craft_check(&p);
	}
}

static void test_802_3_frame_ends_in_payload_without_padding(void **state)
{
	uint8_t b[60] = { 0 };
	struct wr w = wr_of(b, sizeof(b));
	struct eth e = craft_eth(3);
	struct pkt p;

	eth_encode(&w, &e);
	memcpy(b + ETH_HEADER, "\xe0\xe0\x03", 3);
	pkt_decode(&p, LINK_ETHERNET, slice_of(b, sizeof(b)), sizeof(b));
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.n, 2);
	assert_int_equal(p.layers[1].proto, PROTO_LLC);
	assert_int_equal(p.payload.n, 0);
	/* Too short for logical link control: payload. */
	b[13] = 2;
	pkt_decode(&p, LINK_ETHERNET, slice_of(b, sizeof(b)), sizeof(b));
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.payload.n, 2);
	b[13] = 3;
	pkt_decode(&p, LINK_ETHERNET, slice_of(b, sizeof(b)), sizeof(b));
	assert_int_equal(craft_field(&p, &p.layers[0], "eth.len").u, 3);
}

static void test_802_3_length_past_the_frame(void **state)
{
	uint8_t b[20] = { 0 };
	struct wr w = wr_of(b, sizeof(b));
	struct eth e = craft_eth(100);
	struct pkt p;

	eth_encode(&w, &e);
	pkt_decode(&p, LINK_ETHERNET, slice_of(b, sizeof(b)), sizeof(b));
	assert_int_equal(p.damage, PKT_SHORT);
	assert_int_equal(p.damaged_proto, PROTO_ETH);
	assert_int_equal(p.layers[0].body, 6);
	assert_int_equal(p.payload_len, 96); /* behind four bytes of LLC */
}

static void test_unknown_type(void **state)
{
	uint8_t b[20] = { 0 };
	struct wr w = wr_of(b, sizeof(b));
	struct eth e = craft_eth(0x88cc);
	struct pkt p;

	eth_encode(&w, &e);
	pkt_decode(&p, LINK_ETHERNET, slice_of(b, sizeof(b)), sizeof(b));
	assert_int_equal(p.damage, PKT_UNKNOWN);
	assert_int_equal(p.unknown, 0x88cc);
	assert_int_equal(p.damage_off, ETH_HEADER);
	assert_int_equal(p.payload.n, 6);
	assert_string_equal(eth_type_name(0x88cc), "LLDP");
	assert_null(eth_type_name(0x1234));
}

static void test_fields(void **state)
{
	uint8_t b[ETH_HEADER];
	struct wr w = wr_of(b, sizeof(b));
	struct eth e = craft_eth(ETH_TYPE_ARP);
	struct field f;
	struct pkt p;

	eth_encode(&w, &e);
	pkt_decode(&p, LINK_ETHERNET, craft_done(&w), ETH_HEADER);
	f = craft_field(&p, &p.layers[0], "eth.src");
	assert_int_equal(f.off, 6);
	assert_int_equal(f.type, FIELD_MAC);
	assert_memory_equal(f.s.p, craft_mac_a, 6);
	f = craft_field(&p, &p.layers[0], "eth.type");
	assert_int_equal(f.u, ETH_TYPE_ARP);
	assert_int_equal(f.digits, 4);
	assert_int_equal(f.off, 12);
	/* The ARP message that was announced is not there. */
	assert_int_equal(p.damage, PKT_SHORT);
	assert_int_equal(p.damaged_proto, PROTO_ARP);
}

static void test_encode_without_room(void **state)
{
	uint8_t b[ETH_HEADER - 1];
	struct wr w = wr_of(b, sizeof(b));
	struct eth e = craft_eth(ETH_TYPE_ARP);

	eth_encode(&w, &e);
	assert_true(w.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_802_3_frame_ends_in_payload_without_padding),
		cmocka_unit_test(test_802_3_length_past_the_frame),
		cmocka_unit_test(test_unknown_type),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_encode_without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

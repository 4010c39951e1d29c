/* Packets out of the packet filter's log, from machines of either byte order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void put16(struct wr *w, uint16_t v, bool big)
{
	wr_be16(w, big ? v : __builtin_bswap16(v));
}

static void put_tlv(struct wr *w, uint16_t type, struct slice value, bool big)
{
	put16(w, (uint16_t)(4 + value.n), big);
	put16(w, type, big);
	wr_put(w, value);
	while (w->n % 4)
		wr_u8(w, 0);
}

static struct slice packet(uint8_t *room, size_t cap, bool big)
{
	struct ip4 ip = craft_ip4(IP_PROTO_UDP);
	struct udp u = { .src = 1, .dst = 2 };
	uint8_t inner[64];
	struct wr w = wr_of(inner, sizeof(inner)), out = wr_of(room, cap);

	ip4_encode(&w, &ip, UDP_HEADER + 5);
	udp_encode(&w, &u, SLICE("hello"), craft_addrs4(&ip));
	wr_put(&out, SLICE("\x02\0\0\x1e"));
	put_tlv(&out, 10, SLICE("dropped: \0"), big);
	put_tlv(&out, 4, SLICE("\0\0\0\x03"), big);
	put_tlv(&out, 5, SLICE("\0\0\0\x04"), big);
	put_tlv(&out, 9, slice_of(w.p, w.n), big);
	out.n -= (4 - w.n % 4) % 4; /* nothing has to follow the packet */
	return craft_done(&out);
}

static void test_both_byte_orders(void **state)
{
	for (int big = 0; big < 2; big++) {
		uint8_t room[200];
		struct slice all = craft_exact(packet(room, sizeof(room), big));
		struct pkt p;

		pkt_decode(&p, LINK_NFLOG, all, (uint32_t)all.n);
		assert_int_equal(p.damage, PKT_WHOLE);
		assert_int_equal(p.n, 3);
		assert_true(slice_eq_str(p.payload, "hello"));
		assert_true(slice_eq_str(craft_field(&p, &p.layers[0], "nflog.prefix").s, "dropped: "));
		assert_int_equal(craft_field(&p, &p.layers[0], "nflog.res_id").u, 30);
		assert_int_equal(craft_field(&p, &p.layers[0], "nflog.ifindex_indev").u, 3);
		assert_int_equal(craft_field(&p, &p.layers[0], "nflog.ifindex_outdev").u, 4);
		assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_GOOD);
		craft_check(&p);
		craft_prefixes(LINK_NFLOG, all);
		craft_free(all);
	}
}

static void test_other_families_and_bad_lengths(void **state)
{
	uint8_t room[200];
	struct slice all = packet(room, sizeof(room), false);
	struct pkt p;

	room[0] = 7; /* a bridge's frame */
	pkt_decode(&p, LINK_NFLOG, all, (uint32_t)all.n);
	assert_int_equal(p.damage, PKT_UNKNOWN);
	assert_int_equal(p.unknown, 7);
	room[20] = 3; /* the second attribute is shorter than its own header */
	pkt_decode(&p, LINK_NFLOG, all, (uint32_t)all.n);
	assert_int_equal(p.damage, PKT_MALFORMED);
	assert_int_equal(p.damage_off, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_byte_orders),
		cmocka_unit_test(test_other_families_and_bad_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Whole packets: the loop over the layers, damage, checksums, and bytes that mean nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static const uint32_t link_types[] = { LINK_NULL, LINK_ETHERNET, LINK_RAW, LINK_LOOP, LINK_LINUX_SLL,
	LINK_IPV4, LINK_IPV6, LINK_LINUX_SLL2, LINK_NFLOG, LINK_PPP, 147 };
enum { LINK_TYPES = sizeof(link_types) / sizeof(link_types[0]) };

static void test_layers_of_a_segment(void **state)
{
	struct tcp t = { .src = 1000, .dst = 80, .flags = TCP_ACK };
	uint8_t b[128];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt_addr a;
	struct pkt p;

	craft_tcp4(&w, &t, SLICE("GET"));
	pkt_decode(&p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(p.n, 3);
	assert_int_equal(p.layers[0].proto, PROTO_ETH);
	assert_int_equal(p.layers[1].off, 14);
	assert_int_equal(p.layers[1].body, 23);
	assert_int_equal(p.layers[2].off, 34);
	assert_int_equal(p.layers[2].len, 20);
	assert_int_equal(p.layers[2].body, 3);
	assert_ptr_equal(p.net, &p.layers[1]);
	assert_ptr_equal(p.transport, &p.layers[2]);
	assert_true(slice_eq_str(p.payload, "GET"));
	assert_int_equal(p.payload_len, 3);
	a = pkt_source(&p);
	assert_int_equal(a.family, 4);
	assert_memory_equal(a.b, "\xc0\0\2\1\0\0\0\0\0\0\0\0\0\0\0", 16);
}

static void test_cut_by_the_snap_length(void **state)
{
	struct tcp t = { .src = 1000, .dst = 80 };
	uint8_t b[128];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	craft_tcp4(&w, &t, SLICE("0123456789"));
	pkt_decode(&p, LINK_ETHERNET, slice_of(b, w.n - 4), (uint32_t)w.n);
	assert_int_equal(p.damage, PKT_CUT);
	assert_int_equal(p.damaged_proto, PROTO_NONE);
	assert_int_equal(p.payload.n, 6);
	assert_int_equal(p.payload_len, 10);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_UNKNOWN);
	pkt_decode(&p, LINK_ETHERNET, slice_of(b, 40), (uint32_t)w.n);
	assert_int_equal(p.damage, PKT_CUT);
	assert_int_equal(p.damaged_proto, PROTO_TCP);
	assert_int_equal(p.n, 2);
	assert_int_equal(p.payload.n, 6);
	/* A file that says the packet was shorter than what it holds does not confuse. */
	pkt_decode(&p, LINK_ETHERNET, craft_done(&w), 3);
	assert_int_equal(p.damage, PKT_WHOLE);
}

static void test_checksum_left_to_the_card(void **state)
{
	struct ip4 ip = craft_ip4(IP_PROTO_TCP);
	struct tcp t = { .src = 1000, .dst = 80 };
	uint16_t expected = 0, right, partial;
	uint8_t b[128];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	craft_tcp4(&w, &t, SLICE("data"));
	right = (uint16_t)(b[50] << 8 | b[51]);
	partial = (uint16_t)~cksum_fold(cksum_pseudo(craft_addrs4(&ip), IP_PROTO_TCP, 24));
	b[50] = (uint8_t)(partial >> 8);
	b[51] = (uint8_t)partial;
	pkt_decode(&p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(pkt_cksum(&p, p.transport, &expected), PKT_CKSUM_PARTIAL);
	assert_int_equal(expected, right);
	b[51] ^= 1;
	pkt_decode(&p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_BAD);
	assert_int_equal(pkt_cksum(&p, &p.layers[0], NULL), PKT_CKSUM_UNKNOWN);
}

static void test_unknown_link_type(void **state)
{
	struct pkt p;

	pkt_decode(&p, 147, SLICE("whatever"), 8);
	assert_int_equal(p.damage, PKT_UNKNOWN);
	assert_int_equal(p.unknown, 147);
	assert_int_equal(p.n, 0);
	assert_int_equal(p.payload.n, 8);
	assert_null(p.net);
	assert_int_equal(pkt_destination(&p).family, 0);
}

static void test_tunnels_without_end(void **state)
{
	uint8_t b[IP4_HEADER_MIN * 30];
	struct wr w = wr_of(b, sizeof(b));
	struct ip4 ip = craft_ip4(IP_PROTO_IP4);
	struct pkt p;

	for (size_t i = 1; i <= 30; i++)
		ip4_encode(&w, &ip, sizeof(b) - i * IP4_HEADER_MIN);
	pkt_decode(&p, LINK_RAW, craft_done(&w), (uint32_t)w.n);
	craft_check(&p);
	assert_int_equal(p.n, PKT_LAYERS);
	assert_int_equal(p.damage, PKT_TOO_DEEP);
	assert_int_equal(p.damaged_proto, PROTO_IP4);
}

/* A struct pkt is used again and again: nothing of the last packet may stay. */
static void test_nothing_stays_of_the_last_packet(void **state)
{
	struct tcp t = { .src = 1, .dst = 2 };
	uint8_t b[128];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	memset(&p, 0xa5, sizeof(p));
	craft_tcp4(&w, &t, SLICE("x"));
	pkt_decode(&p, LINK_ETHERNET, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(p.n, 3);
	pkt_decode(&p, LINK_ETHERNET, SLICE(""), 0);
	assert_int_equal(p.n, 0);
	assert_null(p.net);
	assert_null(p.transport);
	assert_int_equal(p.payload.n, 0);
	assert_int_equal(p.payload_len, 0);
	assert_int_equal(p.unknown, 0);
}

static void test_random_bytes(void **state)
{
	uint32_t seed = 31;

	for (int i = 0; i < 20000; i++) {
		uint8_t b[128];
		size_t n = craft_random(&seed) % sizeof(b);
		struct slice s;
		struct pkt p;

		craft_random_bytes(&seed, b, n);
		if (n > 14 && i % 2) {
			/* Half of them lead into IP, where most decoders are. */
			memcpy(b + 12, i % 4 == 1 ? "\x08\x00\x45" : "\x86\xdd\x60", 3);
		}
		s = craft_exact(slice_of(b, n));
		pkt_decode(
		    &p, link_types[(size_t)(i / 2) % LINK_TYPES], s, (uint32_t)n + craft_random(&seed) % 8);
		craft_check(&p);
		craft_free(s);
	}
}

/* One byte of a good packet changed, at every place and to many values. */
static void test_one_byte_wrong(void **state)
{
	struct tcp t = { .flags = TCP_SYN, .has_mss = true, .has_ts = true, .has_wscale = true };
	uint8_t b[128];
	struct wr w = wr_of(b, sizeof(b));
	struct slice s;
	struct pkt p;

	craft_tcp4(&w, &t, SLICE("payload"));
	s = craft_exact(craft_done(&w));
	for (size_t at = 0; at < s.n; at++) {
		uint8_t *byte = (uint8_t *)(uintptr_t)s.p + at, good = *byte;

		for (uint32_t v = 0; v < 256; v++) {
			*byte = (uint8_t)v;
			pkt_decode(&p, LINK_ETHERNET, s, (uint32_t)s.n);
			craft_check(&p);
		}
		*byte = good;
	}
	craft_free(s);
}

static void test_damage_words(void **state)
{
	for (int d = PKT_WHOLE; d <= PKT_UNKNOWN; d++)
		assert_true(strlen(pkt_damage_words((enum pkt_damage)d)) > 3);
}

/* The second of two fragments, the whole datagram in its place, and inside that a fragment again. */
static void test_join_and_forget(void **state)
{
	struct ip4 ip = craft_ip4(IP_PROTO_UDP), outer = craft_ip4(IP_PROTO_IP4);
	uint8_t datagram[64], tunnel[96], b[128];
	struct wr w = wr_of(datagram, sizeof(datagram)), f = wr_of(b, sizeof(b));
	struct udp u = { .src = 7, .dst = 8 };
	struct pkt p;

	udp_encode(&w, &u, SLICE("sixteen bytes...and more"), craft_addrs4(&ip));
	ip.frag_off = 24;
	ip4_encode(&f, &ip, 8);
	wr_put(&f, SLICE("and more"));
	pkt_decode(&p, LINK_RAW, craft_done(&f), (uint32_t)f.n);
	assert_null(p.transport);
	pkt_join(&p, &p.layers[0], IP_PROTO_UDP, craft_done(&w));
	assert_int_equal(p.n, 2);
	assert_int_equal(p.whole_from, 1);
	assert_ptr_equal(p.transport, &p.layers[1]);
	assert_int_equal(p.transport->off, 0);
	assert_ptr_equal(pkt_base(&p, p.transport).p, datagram);
	assert_ptr_equal(pkt_base(&p, p.net).p, b);
	assert_ptr_equal(pkt_payload_base(&p).p, datagram);
	assert_true(slice_eq_str(p.payload, "sixteen bytes...and more"));
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_GOOD);
	datagram[20] ^= 1;
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_BAD);
	pkt_forget(&p, &p.layers[0]);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.whole_from, 0);
	assert_null(p.transport);
	assert_true(slice_eq_str(p.payload, "and more"));
	assert_int_equal(p.payload_len, 8);

	/* A tunnel: what was put together holds a fragment. */
	w = wr_of(tunnel, sizeof(tunnel));
	ip.frag_off = 0;
	ip.mf = true;
	ip4_encode(&w, &ip, 32);
	wr_put(&w, slice_of(datagram, 32));
	f = wr_of(b, sizeof(b));
	outer.frag_off = 40;
	ip4_encode(&f, &outer, 12);
	wr_put(&f, slice_of(tunnel + 40, 12));
	pkt_decode(&p, LINK_RAW, craft_done(&f), (uint32_t)f.n);
	pkt_join(&p, &p.layers[0], IP_PROTO_IP4, slice_of(tunnel, 52));
	assert_int_equal(p.n, 3);
	assert_ptr_equal(p.net, &p.layers[1]);
	pkt_forget(&p, &p.layers[1]);
	assert_int_equal(p.n, 2);
	assert_int_equal(p.whole_from, 1);
	assert_ptr_equal(p.payload.p, tunnel + 20);
	assert_int_equal(p.payload.n, 32);
	assert_int_equal(p.payload_len, 32);
}

/* What is damaged behind a fragment's IP header goes with it; what is damaged in it stays. */
static void test_forget_keeps_the_damage_of_what_stays(void **state)
{
	struct ip4 ip = craft_ip4(IP_PROTO_TCP);
	uint8_t b[64];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	ip.mf = true;
	ip4_encode(&w, &ip, 8);
	wr_put(&w, SLICE("8 octets"));
	pkt_decode(&p, LINK_RAW, craft_done(&w), (uint32_t)w.n);
	assert_int_equal(p.damage, PKT_SHORT);
	pkt_forget(&p, &p.layers[0]);
	assert_int_equal(p.damage, PKT_WHOLE);
	pkt_decode(&p, LINK_RAW, slice_of(b, 24), 24);
	pkt_forget(&p, &p.layers[0]);
	assert_int_equal(p.damage, PKT_SHORT);
	assert_int_equal(p.damaged_proto, PROTO_IP4);
	assert_int_equal(p.payload_len, 8);
	pkt_decode(&p, LINK_RAW, slice_of(b, 24), 28);
	pkt_forget(&p, &p.layers[0]);
	assert_int_equal(p.damage, PKT_CUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layers_of_a_segment),
		cmocka_unit_test(test_cut_by_the_snap_length),
		cmocka_unit_test(test_checksum_left_to_the_card),
		cmocka_unit_test(test_unknown_link_type),
		cmocka_unit_test(test_tunnels_without_end),
		cmocka_unit_test(test_nothing_stays_of_the_last_packet),
		cmocka_unit_test(test_random_bytes),
		cmocka_unit_test(test_one_byte_wrong),
		cmocka_unit_test(test_join_and_forget),
		cmocka_unit_test(test_forget_keeps_the_damage_of_what_stays),
		cmocka_unit_test(test_damage_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

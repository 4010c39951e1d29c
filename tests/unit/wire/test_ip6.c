/* IPv6 headers and extension headers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

static void decode(struct pkt *p, struct slice s)
{
	pkt_decode(p, LINK_IPV6, s, (uint32_t)s.n);
	craft_check(p);
}

static void test_round_trip(void **state)
{
	uint32_t seed = 23;

	for (int i = 0; i < 1000; i++) {
		uint8_t b[128];
		struct wr w = wr_of(b, sizeof(b));
		uint32_t r = craft_random(&seed);
		struct ip6 ip = { .traffic_class = (uint8_t)r,
			.flow_label = craft_random(&seed) & 0xfffff,
			.next = 253,
			.hop_limit = (uint8_t)(r >> 8),
			.has_frag = r >> 16 & 1 };
		const struct ip6 *got;
		struct pkt p;

		if (ip.has_frag) {
			ip.mf = r >> 17 & 1;
			ip.frag_off = craft_random(&seed) & 0xfff8;
			ip.id = craft_random(&seed);
		}
		craft_random_bytes(&seed, ip.src, 16);
		craft_random_bytes(&seed, ip.dst, 16);
		ip6_encode(&w, &ip, 4);
		assert_int_equal(w.n, ip6_header_len(&ip));
		wr_put(&w, SLICE("body"));
		decode(&p, craft_done(&w));
		got = &p.net->ip6;
		assert_memory_equal(got->src, ip.src, 16);
		assert_memory_equal(got->dst, ip.dst, 16);
		assert_int_equal(got->traffic_class, ip.traffic_class);
		assert_int_equal(got->flow_label, ip.flow_label);
		assert_int_equal(got->hop_limit, ip.hop_limit);
		assert_int_equal(got->next, 253);
		assert_int_equal(got->has_frag, ip.has_frag);
		assert_int_equal(got->mf, ip.mf);
		assert_int_equal(got->frag_off, ip.frag_off);
		assert_int_equal(got->id, ip.id);
		assert_true(slice_eq_str(p.payload, "body"));
	}
}

/* The fixed header for `ext` and a UDP datagram behind it. */
static struct slice with_ext(uint8_t *b, size_t cap, uint8_t first, struct slice ext)
{
	struct wr w = wr_of(b, cap);
	struct ip6 ip = craft_ip6(first);
	struct udp u = { .src = 7, .dst = 8 };

	ip6_encode(&w, &ip, ext.n + UDP_HEADER + 2);
	wr_put(&w, ext);
	udp_encode(&w, &u, SLICE("hi"), craft_addrs6(&ip));
	return craft_done(&w);
}

static void test_extension_headers(void **state)
{
	/* Hop-by-hop with padding, destination options of 16 bytes, an authentication header of 12.
	 */
	static const uint8_t ext[] = { 60, 0, 1, 4, 0, 0, 0, 0,   /**/
		51, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /**/
		17, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2 };
	uint8_t b[256];
	struct slice s = with_ext(b, sizeof(b), IP6_HOP_BY_HOP, slice_of(ext, sizeof(ext)));
	struct pkt p;

	decode(&p, s);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.n, 2);
	assert_int_equal(p.net->ip6.first, IP6_HOP_BY_HOP);
	assert_int_equal(p.net->ip6.next, IP_PROTO_UDP);
	assert_int_equal(p.net->ip6.nexts, 3);
	assert_int_equal(p.net->len, IP6_HEADER + sizeof(ext));
	assert_int_equal(p.transport->udp.dst, 8);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_GOOD);
	assert_int_equal(craft_field(&p, p.net, "ipv6.hopopts.nxt").u, 60);
	assert_int_equal(craft_field(&p, p.net, "ipv6.dstopts.nxt").off, IP6_HEADER + 8);
	assert_int_equal(craft_field(&p, p.net, "ah.next_header").off, IP6_HEADER + 24);
	craft_prefixes(LINK_IPV6, s);
}

static void test_routing_header_changes_the_checksum(void **state)
{
	uint8_t ext[24] = { 17, 2, 0, 1 };
	struct ip6 ip = craft_ip6(IP6_ROUTING), last = ip;
	struct udp u = { .src = 7, .dst = 8 };
	uint8_t b[256];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	memset(last.dst, 0x55, 16);
	memcpy(ext + 8, last.dst, 16);
	ip6_encode(&w, &ip, sizeof(ext) + UDP_HEADER + 2);
	wr_put(&w, slice_of(ext, sizeof(ext)));
	udp_encode(&w, &u, SLICE("hi"), craft_addrs6(&last));
	decode(&p, craft_done(&w));
	assert_true(p.net->ip6.has_route);
	assert_memory_equal(p.net->ip6.last, last.dst, 16);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_GOOD);
	assert_int_equal(craft_field(&p, p.net, "ipv6.routing.segleft").u, 1);
	/* At the last hop nothing is left, and the destination counts. */
	b[IP6_HEADER + 3] = 0;
	decode(&p, craft_done(&w));
	assert_false(p.net->ip6.has_route);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_BAD);
}

static void test_fragments(void **state)
{
	struct ip6 ip = craft_ip6(IP_PROTO_UDP);
	uint8_t b[128];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	ip.has_frag = true;
	ip.frag_off = 16;
	ip6_encode(&w, &ip, 9);
	wr_put(&w, SLICE("fragment."));
	decode(&p, craft_done(&w));
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.net->ip6.next, IP_PROTO_UDP);
	assert_true(slice_eq_str(p.payload, "fragment."));
	assert_true(ip6_is_fragment(&p.net->ip6));
	/* What follows a later fragment's header is data, whatever its next header says. */
	b[IP6_HEADER] = IP6_HOP_BY_HOP;
	decode(&p, craft_done(&w));
	assert_true(slice_eq_str(p.payload, "fragment."));
	assert_int_equal(p.net->ip6.frag_at, IP6_HEADER + 8);
	/* An atomic fragment is a whole packet. */
	w.n = 0;
	ip.frag_off = 0;
	ip6_encode(&w, &ip, UDP_HEADER);
	wr_put(&w, SLICE("\0\1\0\2\0\x08\0\0"));
	decode(&p, craft_done(&w));
	assert_false(ip6_is_fragment(&p.net->ip6));
	assert_non_null(p.transport);
}

static void test_extension_past_the_end(void **state)
{
	static const uint8_t ext[] = { 17, 200, 1, 4, 0, 0, 0, 0 };
	uint8_t b[256];
	struct slice s = with_ext(b, sizeof(b), IP6_DEST_OPTIONS, slice_of(ext, sizeof(ext)));
	struct pkt p;

	decode(&p, s);
	assert_int_equal(p.damage, PKT_SHORT);
	assert_int_equal(p.damaged_proto, PROTO_IP6);
	assert_int_equal(p.damage_off, IP6_HEADER);
	/* The fixed header stands, and the addresses with it. */
	assert_int_equal(p.n, 1);
	assert_int_equal(pkt_source(&p).family, 6);
	/* More on the wire does not help: the packet's own length says it ends. */
	pkt_decode(&p, LINK_IPV6, s, 5000);
	assert_int_equal(p.damage, PKT_SHORT);
	/* Cut by the snap length inside the extension headers. */
	b[IP6_HEADER + 1] = 1;
	pkt_decode(&p, LINK_IPV6, slice_sub(s, 0, IP6_HEADER + 3), (uint32_t)s.n);
	assert_int_equal(p.damage, PKT_CUT);
	assert_int_equal(p.damaged_proto, PROTO_IP6);
}

static void test_endless_extensions(void **state)
{
	static uint8_t b[IP6_HEADER + 8 * 2000];
	struct wr w = wr_of(b, sizeof(b));
	struct ip6 ip = craft_ip6(IP6_DEST_OPTIONS);
	struct pkt p;

	ip6_encode(&w, &ip, sizeof(b) - IP6_HEADER);
	while (w.n < sizeof(b))
		wr_put(&w, SLICE("\x3c\0\1\4\0\0\0\0"));
	decode(&p, craft_done(&w));
	assert_int_equal(p.damage, PKT_TOO_DEEP);
	assert_int_equal(p.n, 1);
}

static void test_payload_length_zero(void **state)
{
	struct ip6 ip = craft_ip6(IP_PROTO_TCP);
	struct tcp t = { .src = 1, .dst = 2 };
	uint8_t b[128] = { 0 };
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	/* Left to the card by offload: all that is there. */
	ip6_encode(&w, &ip, 0);
	tcp_encode(&w, &t, SLICE("abc"), craft_addrs6(&ip));
	decode(&p, craft_done(&w));
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.payload.n, 3);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_GOOD);
	/* With "no next header" it means nothing, and what follows is padding. */
	w.n = 0;
	ip.next = IP_PROTO_NONE;
	ip6_encode(&w, &ip, 0);
	pkt_decode(&p, LINK_IPV6, slice_of(b, 46), 46);
	assert_int_equal(p.damage, PKT_WHOLE);
	assert_int_equal(p.payload.n, 0);
}

static void test_malformed(void **state)
{
	struct ip6 ip = craft_ip6(IP_PROTO_NONE);
	uint8_t b[64];
	struct wr w = wr_of(b, sizeof(b));
	struct pkt p;

	ip6_encode(&w, &ip, 0);
	b[0] = 0x45;
	decode(&p, craft_done(&w));
	assert_int_equal(p.damage, PKT_MALFORMED);
	assert_int_equal(p.n, 0);
	assert_int_equal(pkt_source(&p).family, 0);
	assert_string_equal(ip6_ext_name(44), "Fragment");
	assert_null(ip6_ext_name(6));
}

static void test_skip(void **state)
{
	/* Destination options of 8 bytes, hop-by-hop of 16, then UDP. */
	static const uint8_t exts[] = { IP6_HOP_BY_HOP, 0, 1, 4, 0, 0, 0, 0, IP_PROTO_UDP, 1, 1,
		12, [31] = 7 };
	uint8_t next = IP6_DEST_OPTIONS;

	assert_int_equal(ip6_skip(&next, slice_of(exts, 26)), 24);
	assert_int_equal(next, IP_PROTO_UDP);
	next = IP6_DEST_OPTIONS;
	assert_int_equal(ip6_skip(&next, slice_of(exts, 23)), 8); /* the second is not all there */
	assert_int_equal(next, IP6_HOP_BY_HOP);
	next = IP_PROTO_TCP;
	assert_int_equal(ip6_skip(&next, slice_of(exts, 26)), 0);
	assert_int_equal(ip6_skip(&next, slice_of(NULL, 0)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_extension_headers),
		cmocka_unit_test(test_routing_header_changes_the_checksum),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_extension_past_the_end),
		cmocka_unit_test(test_endless_extensions),
		cmocka_unit_test(test_payload_length_zero),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

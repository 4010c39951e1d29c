/* ICMP and ICMPv6: echoes and error reports. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

/* Builds m over its family of IP without a link header. */
static struct slice message(uint8_t *b, size_t cap, const struct icmp *m, struct slice payload)
{
	struct wr w = wr_of(b, cap);
	struct ip4 ip4 = craft_ip4(IP_PROTO_ICMP);
	struct ip6 ip6 = craft_ip6(IP_PROTO_ICMP6);

	if (m->v6) {
		ip6_encode(&w, &ip6, ICMP_HEADER + payload.n);
		icmp_encode(&w, m, payload, craft_addrs6(&ip6));
	} else {
		ip4_encode(&w, &ip4, ICMP_HEADER + payload.n);
		icmp_encode(&w, m, payload, 0);
	}
	return craft_done(&w);
}

static const struct icmp *decode(struct pkt *p, struct slice s)
{
	pkt_decode(p, LINK_RAW, s, (uint32_t)s.n);
	craft_check(p);
	assert_int_equal(p->n, 2);
	assert_int_equal(p->damage, PKT_WHOLE);
	assert_int_equal(pkt_cksum(p, &p->layers[1], NULL), PKT_CKSUM_GOOD);
	return &p->layers[1].icmp;
}

static void test_echo_round_trip(void **state)
{
	static const struct {
		bool v6;
		uint8_t type;
		const char *id, *seq;
	} echoes[] = {
		{ false, ICMP_ECHO, "icmp.ident", "icmp.seq" },
		{ false, ICMP_ECHO_REPLY, "icmp.ident", "icmp.seq" },
		{ true, ICMP6_ECHO, "icmpv6.echo.identifier", "icmpv6.echo.sequence_number" },
		{ true, ICMP6_ECHO_REPLY, "icmpv6.echo.identifier", "icmpv6.echo.sequence_number" },
	};
	uint8_t b[256], data[64];
	uint32_t seed = 29;

	for (size_t i = 0; i < sizeof(echoes) / sizeof(echoes[0]); i++) {
		struct icmp m = { .v6 = echoes[i].v6, .type = echoes[i].type, .echo = true };
		const struct icmp *got;
		struct slice s;
		struct pkt p;

		m.id = (uint16_t)craft_random(&seed);
		m.seq = (uint16_t)craft_random(&seed);
		craft_random_bytes(&seed, data, sizeof(data));
		s = message(b, sizeof(b), &m, slice_of(data, 33 + i));
		got = decode(&p, s);
		assert_true(got->echo);
		assert_false(got->error);
		assert_int_equal(got->id, m.id);
		assert_int_equal(got->seq, m.seq);
		assert_true(slice_eq(p.payload, slice_of(data, 33 + i)));
		assert_int_equal(craft_field(&p, &p.layers[1], echoes[i].id).u, m.id);
		assert_int_equal(craft_field(&p, &p.layers[1], echoes[i].seq).u, m.seq);
		craft_prefixes(LINK_RAW, s);
	}
}

static void test_checksum_bad_and_cut(void **state)
{
	struct icmp m = { .type = ICMP_ECHO, .echo = true };
	uint8_t b[64];
	struct slice s = message(b, sizeof(b), &m, SLICE("abcd"));
	uint16_t expected = 0;
	struct pkt p;

	b[s.n - 1] ^= 1;
	pkt_decode(&p, LINK_RAW, s, (uint32_t)s.n);
	assert_int_equal(pkt_cksum(&p, &p.layers[1], &expected), PKT_CKSUM_BAD);
	assert_int_not_equal(expected, p.layers[1].icmp.cksum);
	pkt_decode(&p, LINK_RAW, slice_sub(s, 0, s.n - 1), (uint32_t)s.n);
	assert_int_equal(pkt_cksum(&p, &p.layers[1], NULL), PKT_CKSUM_UNKNOWN);
	/* The IP layer has its own; there is nothing to check here. */
	assert_int_equal(pkt_cksum(&p, &p.layers[0], NULL), PKT_CKSUM_UNKNOWN);
}

/* The packet an error quotes: what decoding it again gives. */
static void test_quoted_packet(void **state)
{
	struct icmp m = { .type = ICMP_UNREACHABLE, .code = 3 };
	struct ip4 ip = craft_ip4(IP_PROTO_UDP);
	struct udp u = { .src = 5353, .dst = 99 };
	uint8_t inner[64], b[128];
	struct wr w = wr_of(inner, sizeof(inner));
	const struct icmp *got;
	struct pkt p, quoted;

	ip4_encode(&w, &ip, UDP_HEADER + 4);
	udp_encode(&w, &u, SLICE("data"), craft_addrs4(&ip));
	/* Routers quote the IP header and eight bytes (RFC 792). */
	got = decode(&p, message(b, sizeof(b), &m, slice_sub(craft_done(&w), 0, 28)));
	assert_true(got->error);
	assert_int_equal(got->quoted.n, 28);
	assert_true(slice_eq(p.payload, got->quoted));
	pkt_decode(&quoted, LINK_RAW, got->quoted, 32);
	assert_int_equal(quoted.transport->udp.dst, 99);
	assert_int_equal(quoted.damage, PKT_CUT);
	assert_string_equal(icmp_type_name(false, got->type), "Destination unreachable");
	assert_string_equal(icmp_code_name(false, got->type, got->code), "port unreachable");
}

static void test_quoted_packet_with_extensions(void **state)
{
	uint8_t data[160] = { 0 }, b[256];
	/* RFC 4884: 128 bytes of packet (32 words), then extensions. */
	struct icmp m = { .type = ICMP_TIME_EXCEEDED, .rest = 32u << 16 };
	struct icmp m6 = { .v6 = true, .type = ICMP6_TIME_EXCEEDED, .rest = 16u << 24 };
	struct pkt p;

	assert_int_equal(decode(&p, message(b, sizeof(b), &m, slice_of(data, 160)))->quoted.n, 128);
	assert_int_equal(p.payload.n, 160);
	assert_int_equal(decode(&p, message(b, sizeof(b), &m6, slice_of(data, 160)))->quoted.n, 128);
	/* A length past the end is clipped. */
	m.rest = 255u << 16;
	assert_int_equal(decode(&p, message(b, sizeof(b), &m, slice_of(data, 100)))->quoted.n, 100);
}

static void test_parameters(void **state)
{
	struct icmp m = { .type = ICMP_UNREACHABLE, .code = 4, .rest = 1280 };
	uint8_t b[128];
	struct pkt p;

	assert_int_equal(decode(&p, message(b, sizeof(b), &m, SLICE("q")))->mtu, 1280);
	assert_int_equal(craft_field(&p, &p.layers[1], "icmp.mtu").u, 1280);
	m = (struct icmp){ .type = ICMP_REDIRECT, .rest = 0xc0000209 };
	assert_memory_equal(decode(&p, message(b, sizeof(b), &m, SLICE("q")))->gateway.p, "\xc0\0\2\x09", 4);
	assert_int_equal(craft_field(&p, &p.layers[1], "icmp.redir_gw").off, 24);
	m = (struct icmp){ .type = ICMP_PARAMETER, .rest = 9u << 24 };
	assert_int_equal(decode(&p, message(b, sizeof(b), &m, SLICE("q")))->pointer, 9);
	m = (struct icmp){ .v6 = true, .type = ICMP6_TOO_BIG, .rest = 70000 };
	assert_int_equal(decode(&p, message(b, sizeof(b), &m, SLICE("q")))->mtu, 70000);
	m = (struct icmp){ .v6 = true, .type = ICMP6_PARAMETER, .rest = 70000 };
	assert_int_equal(decode(&p, message(b, sizeof(b), &m, SLICE("q")))->pointer, 70000);
}

static void test_names(void **state)
{
	assert_string_equal(icmp_type_name(true, 128), "Echo request");
	assert_null(icmp_type_name(false, 200));
	assert_null(icmp_type_name(true, 0));
	assert_string_equal(icmp_code_name(true, 1, 4), "port unreachable");
	assert_string_equal(icmp_code_name(false, 3, 15), "precedence cutoff in effect");
	assert_null(icmp_code_name(false, 3, 16));
	assert_null(icmp_code_name(false, 8, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo_round_trip),
		cmocka_unit_test(test_checksum_bad_and_cut),
		cmocka_unit_test(test_quoted_packet),
		cmocka_unit_test(test_quoted_packet_with_extensions),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

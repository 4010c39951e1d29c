/* TCP segments and their options. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "craft.h"

/* The TCP header of craft_tcp4. */
enum { AT = ETH_HEADER + IP4_HEADER_MIN };

static struct slice segment(uint8_t *b, size_t cap, const struct tcp *t, struct slice payload)
{
	struct wr w = wr_of(b, cap);

	craft_tcp4(&w, t, payload);
	return craft_done(&w);
}

static void decode(struct pkt *p, struct slice s)
{
	pkt_decode(p, LINK_ETHERNET, s, (uint32_t)s.n);
	craft_check(p);
}

static struct tcp random_tcp(uint32_t *seed)
{
	uint32_t r = craft_random(seed);
	struct tcp t = { .src = (uint16_t)r,
		.dst = (uint16_t)(r >> 16),
		.seq = craft_random(seed),
		.ack = craft_random(seed),
		.flags = craft_random(seed) & 0x1ff,
		.reserved = craft_random(seed) & 7,
		.window = (uint16_t)craft_random(seed),
		.urgent = (uint16_t)craft_random(seed) };

	r = craft_random(seed);
	if (r & 1) {
		t.has_mss = true;
		t.mss = (uint16_t)craft_random(seed);
	}
	if (r & 2) {
		t.has_ts = true;
		t.tsval = craft_random(seed);
		t.tsecr = craft_random(seed);
	}
	if (r & 4) {
		t.has_wscale = true;
		t.wscale = craft_random(seed) & 15;
	}
	t.sack_permitted = r & 8;
	t.nsack = r >> 4 & 1; /* all the others leave room for one block */
	for (uint8_t i = 0; i < t.nsack; i++)
		t.sack[i] = (struct tcp_sack){ craft_random(seed), craft_random(seed) };
	return t;
}

static void assert_same(const struct tcp *got, const struct tcp *t)
{
	assert_int_equal(got->src, t->src);
	assert_int_equal(got->dst, t->dst);
	assert_int_equal(got->seq, t->seq);
	assert_int_equal(got->ack, t->ack);
	assert_int_equal(got->flags, t->flags);
	assert_int_equal(got->reserved, t->reserved);
	assert_int_equal(got->window, t->window);
	assert_int_equal(got->urgent, t->urgent);
	assert_int_equal(got->has_mss, t->has_mss);
	assert_int_equal(got->mss, t->mss);
	assert_int_equal(got->has_ts, t->has_ts);
	assert_int_equal(got->tsval, t->tsval);
	assert_int_equal(got->tsecr, t->tsecr);
	assert_int_equal(got->has_wscale, t->has_wscale);
	assert_int_equal(got->wscale, t->wscale);
	assert_int_equal(got->sack_permitted, t->sack_permitted);
	assert_int_equal(got->nsack, t->nsack);
	assert_memory_equal(got->sack, t->sack, t->nsack * sizeof(t->sack[0]));
	assert_false(got->opt_damaged);
}

static void test_round_trip(void **state)
{
	uint32_t seed = 13;
	uint8_t b[256], data[100];

	for (int i = 0; i < 2000; i++) {
		struct tcp t = random_tcp(&seed);
		size_t n = craft_random(&seed) % sizeof(data);
		struct slice s;
		struct pkt p;

		craft_random_bytes(&seed, data, n);
		s = segment(b, sizeof(b), &t, slice_of(data, n));
		decode(&p, s);
		assert_int_equal(p.damage, PKT_WHOLE);
		assert_non_null(p.transport);
		assert_same(&p.transport->tcp, &t);
		assert_int_equal(p.transport->len, tcp_header_len(&t));
		assert_true(slice_eq(p.payload, slice_of(data, n)));
		assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_GOOD);
	}
}

static void test_four_sack_blocks(void **state)
{
	struct tcp t = { .nsack = 4, .sack = { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 } } };
	uint8_t b[256];
	struct field v[128];
	struct fields list = { v, 0, 128, 0 };
	size_t edges = 0;
	struct pkt p;

	decode(&p, segment(b, sizeof(b), &t, SLICE("x")));
	assert_same(&p.transport->tcp, &t);
	proto_row(PROTO_TCP)->fields(&p, p.transport, &list);
	for (uint32_t i = 0; i < list.n; i++)
		edges += strcmp(v[i].name, "tcp.options.sack_re") == 0;
	assert_int_equal(edges, 4);
}

static void test_options_as_they_are(void **state)
{
	static const uint8_t raw[] = { 1, 34, 6, 0xde, 0xad, 0xbe, 0xef };
	struct tcp t = { .options = { raw, sizeof(raw) } };
	uint8_t b[256];
	struct field f;
	struct pkt p;

	decode(&p, segment(b, sizeof(b), &t, SLICE("x")));
	assert_int_equal(p.transport->len, 28);
	assert_false(p.transport->tcp.opt_damaged);
	f = craft_field(&p, p.transport, "tcp.options.tfo.cookie");
	assert_int_equal(f.off, AT + 20 + 3);
	assert_int_equal(f.s.n, 4);
}

static void test_encode_refuses_more_than_forty_bytes(void **state)
{
	struct tcp t = { .has_mss = true, .has_ts = true, .nsack = 4 };
	uint8_t b[256];
	struct wr w = wr_of(b, sizeof(b));

	tcp_encode(&w, &t, slice_of(NULL, 0), 0);
	assert_true(w.bad);
}

/* The options `raw` in a segment: what was read of them. */
static struct tcp options_of(struct slice raw)
{
	struct tcp t = { .options = raw };
	uint8_t b[256];
	struct slice exact;
	struct tcp got;
	struct pkt p;

	exact = craft_exact(segment(b, sizeof(b), &t, slice_of(NULL, 0)));
	decode(&p, exact);
	assert_non_null(p.transport);
	got = p.transport->tcp;
	craft_free(exact);
	return got;
}

static void test_damaged_options(void **state)
{
	struct tcp t = options_of(SLICE("\x02\x04\x05\xb4\x08\x00\x00\x00"));

	/* A length of 0 must not keep the reader in place; what stood before it counts. */
	assert_true(t.opt_damaged);
	assert_true(t.has_mss);
	assert_int_equal(t.mss, 1460);
	assert_false(t.has_ts);
	assert_true(options_of(SLICE("\x08\x01\x00\x00")).opt_damaged);
	/* Longer than the header, and a kind without a length byte. */
	assert_true(options_of(SLICE("\x01\x01\x08\x0a")).opt_damaged);
	assert_true(options_of(SLICE("\x01\x01\x01\x08")).opt_damaged);
	/* Right in itself, but not the length of its kind. */
	assert_true(options_of(SLICE("\x02\x03\x05\x00")).opt_damaged);
	assert_false(options_of(SLICE("\x02\x03\x05\x00")).has_mss);
	assert_true(options_of(SLICE("\x03\x04\x05\x00")).opt_damaged);
	assert_true(options_of(SLICE("\x04\x03\x05\x00")).opt_damaged);
	assert_true(options_of(SLICE("\x05\x02\x00\x00")).opt_damaged);
	assert_true(options_of(SLICE("\x05\x06\x01\x02\x03\x04\x00\x00")).opt_damaged);
	/* Unknown kinds are stepped over. */
	t = options_of(SLICE("\xc8\x04\x01\x02\x03\x03\x07\x00"));
	assert_false(t.opt_damaged);
	assert_int_equal(t.wscale, 7);
}

static void test_nothing_is_read_behind_the_end_option(void **state)
{
	struct tcp t = options_of(SLICE("\x00\x02\x04\x05\xb4\x08\x00\x00"));

	assert_false(t.opt_damaged);
	assert_false(t.has_mss);
}

static void test_every_pair_of_option_bytes_ends(void **state)
{
	for (uint32_t kind = 0; kind < 256; kind++) {
		for (uint32_t len = 0; len < 256; len++) {
			uint8_t raw[40] = { (uint8_t)kind, (uint8_t)len };
			struct slice exact = craft_exact(slice_of(raw, sizeof(raw)));
			struct slice rest = exact;
			struct tcp_option o;
			size_t steps = 0;

			while (tcp_option_next(&rest, &o))
				assert_true(++steps <= sizeof(raw));
			craft_free(exact);
		}
	}
}

static void test_bad_data_offset(void **state)
{
	struct tcp t = { .flags = TCP_SYN };
	uint8_t b[256];
	struct slice s = segment(b, sizeof(b), &t, slice_of(NULL, 0));
	struct pkt p;

	for (uint8_t words = 0; words < 5; words++) {
		b[AT + 12] = (uint8_t)(words << 4);
		decode(&p, s);
		assert_int_equal(p.damage, PKT_MALFORMED);
		assert_int_equal(p.damage_off, AT + 12);
		assert_int_equal(p.n, 2);
		assert_null(p.transport);
	}
	b[AT + 12] = 6 << 4;
	decode(&p, s);
	assert_int_equal(p.damage, PKT_SHORT);
	assert_int_equal(p.damaged_proto, PROTO_TCP);
}

static void test_prefixes(void **state)
{
	uint32_t seed = 17;
	uint8_t b[256];

	for (int i = 0; i < 20; i++) {
		struct tcp t = random_tcp(&seed);

		craft_prefixes(LINK_ETHERNET, segment(b, sizeof(b), &t, SLICE("data")));
	}
}

static void test_flags_text(void **state)
{
	char text[TCP_FLAGS_TEXT];

	assert_string_equal(tcp_flags_text(0, text, sizeof(text)), "none");
	assert_string_equal(tcp_flags_text(TCP_SYN | TCP_ACK, text, sizeof(text)), "SYN, ACK");
	assert_string_equal(tcp_flags_text(0x1ff, text, sizeof(text)), "FIN, SYN, RST, PSH, ACK, "
	                                                               "URG, ECE, CWR, AE");
	assert_string_equal(tcp_flags_text(0x1ff, text, 8), "FIN, SY");
}

static void test_fields(void **state)
{
	struct tcp t = { .src = 5, .dst = 6, .flags = TCP_SYN | TCP_AE, .has_mss = true, .mss = 99 };
	uint8_t b[256];
	struct field f;
	struct pkt p;

	decode(&p, segment(b, sizeof(b), &t, slice_of(NULL, 0)));
	assert_int_equal(craft_field(&p, p.transport, "tcp.flags").u, 0x102);
	assert_int_equal(craft_field(&p, p.transport, "tcp.flags.syn").u, 1);
	assert_int_equal(craft_field(&p, p.transport, "tcp.flags.syn").off, AT + 13);
	assert_int_equal(craft_field(&p, p.transport, "tcp.flags.ae").u, 1);
	assert_int_equal(craft_field(&p, p.transport, "tcp.flags.fin").u, 0);
	f = craft_field(&p, p.transport, "tcp.options.mss_val");
	assert_int_equal(f.u, 99);
	assert_int_equal(f.off, AT + 22);
	assert_int_equal(f.len, 2);
	assert_string_equal(tcp_option_name(TCP_OPT_MSS), "Maximum segment size");
	assert_null(tcp_option_name(200));
}

/* A list that is too small loses fields, counts them, and writes none. */
static void test_fields_without_room(void **state)
{
	struct tcp t = { .flags = TCP_SYN };
	struct field v[3];
	struct fields list = { v, 0, 2, 0 };
	uint8_t b[256];
	struct pkt p;

	v[2].name = "untouched";
	decode(&p, segment(b, sizeof(b), &t, slice_of(NULL, 0)));
	proto_row(PROTO_TCP)->fields(&p, p.transport, &list);
	assert_int_equal(list.n, 2);
	assert_true(list.lost > 10);
	assert_string_equal(v[2].name, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_four_sack_blocks),
		cmocka_unit_test(test_options_as_they_are),
		cmocka_unit_test(test_encode_refuses_more_than_forty_bytes),
		cmocka_unit_test(test_damaged_options),
		cmocka_unit_test(test_nothing_is_read_behind_the_end_option),
		cmocka_unit_test(test_every_pair_of_option_bytes_ends),
		cmocka_unit_test(test_bad_data_offset),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_flags_text),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_fields_without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

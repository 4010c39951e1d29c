/* Fragments in a trace: what is said of each, the datagram in the place of the one that completed it, the attacks,
 * and what never became whole. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "netcraft.h"

#define WORDS "a message that does not fit into one frame of this very narrow network"

static void test_udp_over_three_fragments(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	uint8_t room[256];
	struct slice all = net_udp(room, sizeof(room), 40000, 9000, SLICE(WORDS), net_sum4(&ip));
	struct lab l;

	lab_init(&l);
	l.config.find[l.config.nfind++] = "narrow network";
	net_piece4(&l, ip, all, 0, 24);
	net_piece4(&l, ip, all, 48, all.n - 48);
	net_piece4(&l, ip, all, 24, 24);
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_IP_FRAGMENT_FIRST), "osilab.frag.inside", "UDP 40000 → 9000");
	lab_expect(lab_find(&l, NOTE_IP_FRAGMENT, 0), "osilab.frag.place", "the last");
	lab_expect(lab_find(&l, NOTE_IP_FRAGMENT, 1), "osilab.frag.place", "more follow");
	lab_expect(lab_one(&l, NOTE_IP_REASSEMBLED), "osilab.frag.packets", "1, 3, 2");
	lab_expect(lab_one(&l, NOTE_IP_REASSEMBLED), "ip.fragment.count", "3");
	assert_int_equal(lab_one(&l, NOTE_IP_REASSEMBLED)->packet, 3);
	assert_int_equal(lab_one(&l, NOTE_IP_REASSEMBLED)->ref, 1);
	/* The text, which is on the wire in two pieces, is found; no place in the frame can be named for it. */
	assert_int_equal(lab_one(&l, NOTE_FIND_HIT)->packet, 3);
	assert_int_equal(lab_one(&l, NOTE_FIND_HIT)->len, 0);
	lab_none(&l, NOTE_FRAG_CKSUM);
	/* The flow begins with the whole datagram. */
	assert_string_equal(l.frames[0].proto, "IPv4");
	assert_int_equal(l.frames[0].flow, UINT32_MAX);
	assert_int_equal(l.frames[1].flow, UINT32_MAX);
	assert_int_equal(l.frames[2].flow, 0);
	assert_string_equal(l.frames[2].proto, "UDP");
	assert_int_equal(trace_stats(l.trace)->ip4_fragments, 3);
	assert_int_equal(trace_stats(l.trace)->udp_streams, 1);
	assert_int_equal(trace_stats(l.trace)->datagrams_reassembled, 1);
	lab_fini(&l);
}

static void test_icmp6_behind_an_extension_header(void **state)
{
	struct ip6 ip = net_ip6(IP6_DEST_OPTIONS, false);
	uint8_t room[256], whole[300] = { IP_PROTO_ICMP6, 0, 1, 4 }; /* PadN */
	struct wr w = wr_of(room, sizeof(room));
	struct icmp m = { .v6 = true, .type = ICMP6_ECHO, .echo = true, .seq = 5 };
	struct slice all;
	struct lab l;

	icmp_encode(&w, &m, SLICE(WORDS), net_sum6(&ip));
	memcpy(whole + 8, w.p, w.n);
	all = slice_of(whole, 8 + w.n);
	lab_init(&l);
	net_piece6(&l, ip, all, 0, 40);
	net_piece6(&l, ip, all, 40, all.n - 40);
	/* The same the other way round: the one with the extension header completes it. */
	ip.id++;
	net_piece6(&l, ip, all, 40, all.n - 40);
	net_piece6(&l, ip, all, 0, 40);
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_IP6_REASSEMBLED), 2);
	lab_expect(lab_find(&l, NOTE_IP6_REASSEMBLED, 0), "osilab.frag.packets", "1, 2");
	lab_expect(lab_find(&l, NOTE_IP6_REASSEMBLED, 1), "osilab.frag.packets", "4, 3");
	assert_int_equal(lab_count(&l, NOTE_ICMP_ECHO), 2);
	assert_int_equal(lab_find(&l, NOTE_ICMP_ECHO, 0)->packet, 2);
	assert_int_equal(lab_find(&l, NOTE_ICMP_ECHO, 1)->packet, 4);
	lab_none(&l, NOTE_FRAG_CKSUM);
	assert_int_equal(trace_stats(l.trace)->ip6_fragments, 4);
	lab_fini(&l);
}

static void test_tcp_waits_for_the_whole_segment(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_TCP, false);
	struct tcp tcp = { .src = 40000, .dst = 80, .seq = 1, .flags = TCP_SYN };
	uint8_t room[256];
	struct wr w = wr_of(room, sizeof(room));
	struct lab l;

	tcp_encode(&w, &tcp, SLICE(WORDS), net_sum4(&ip));
	lab_init(&l);
	net_piece4(&l, ip, slice_of(w.p, w.n), 0, 32);
	net_piece4(&l, ip, slice_of(w.p, w.n), 32, w.n - 32);
	lab_run(&l);
	assert_int_equal(lab_one(&l, NOTE_TCP_SYN)->packet, 2);
	lab_none(&l, NOTE_FRAG_TINY);
	lab_fini(&l);
}

static void test_tiny_fragments(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_TCP, false);
	struct lab l;

	lab_init(&l);
	net_piece4(&l, ip, SLICE(WORDS), 0, 8); /* the ports and no flags */
	ip.id++;
	net_piece4(&l, ip, SLICE(WORDS), 8, 8); /* over the flags */
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_FRAG_TINY), 2);
	lab_none(&l, NOTE_PACKET_DAMAGED);
	lab_fini(&l);
}

static void test_attacks_are_refused(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_ICMP, false);
	struct lab l;

	lab_init(&l);
	net_piece4(&l, ip, SLICE(WORDS), 0, 32);
	net_piece4(&l, ip, slice_sub(SLICE(WORDS), 0, 28), 24, 4); /* teardrop */
	net_piece4(&l, ip, SLICE(WORDS), 32, 8);
	ip.id = 2;
	net_piece4(&l, ip, SLICE(WORDS), 0, 32);
	net_piece4(&l, ip, SLICE(WORDS), 24, 32);
	ip.id = 3;
	ip.frag_off = 65528;
	net_add4(&l, &ip, SLICE(WORDS)); /* ping of death */
	lab_run(&l);
	assert_int_equal(lab_one(&l, NOTE_FRAG_TEARDROP)->ref, 1);
	assert_int_equal(lab_one(&l, NOTE_FRAG_REFUSED)->ref, 2);
	assert_int_equal(lab_one(&l, NOTE_FRAG_OVERLAP)->ref, 4);
	lab_expect(lab_one(&l, NOTE_FRAG_TOO_LONG), "osilab.frag.end", "65598");
	lab_none(&l, NOTE_IP_REASSEMBLED);
	lab_none(&l, NOTE_FRAG_MISSING);
	lab_fini(&l);
}

static void test_missing_is_said_when_the_time_is_over(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	const struct lab_note *n;
	struct lab l;

	lab_init(&l);
	net_piece4(&l, ip, SLICE(WORDS), 0, 16);
	net_piece4(&l, ip, SLICE(WORDS), 32, 8);
	l.now += 31 * CLOCK_SEC;
	ip.id++;
	net_piece4(&l, ip, SLICE(WORDS), 16, sizeof(WORDS) - 17);
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_FRAG_MISSING), 2);
	n = lab_find(&l, NOTE_FRAG_MISSING, 0);
	assert_int_equal(n->packet, 3);
	assert_int_equal(n->ref, 1);
	lab_expect(n, "osilab.frag.missing", "16–31, 40–");
	lab_expect(n, "osilab.frag.when", "within its time");
	n = lab_find(&l, NOTE_FRAG_MISSING, 1);
	assert_int_equal(n->packet, 0);
	assert_int_equal(n->ref, 3);
	lab_expect(n, "osilab.frag.missing", "0–15");
	lab_expect(n, "osilab.frag.when", "before the capture ended");
	assert_int_equal(trace_stats(l.trace)->datagrams_unfinished, 2);
	lab_fini(&l);
}

static void test_many_unfinished_are_counted(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	struct lab l;

	lab_init(&l);
	for (ip.id = 0; ip.id < 20; ip.id++)
		net_piece4(&l, ip, SLICE(WORDS), 0, 16);
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_FRAG_MISSING), 8);
	lab_expect(lab_one(&l, NOTE_FRAG_MISSING_MORE), "osilab.frag.unfinished", "12");
	lab_fini(&l);
}

static void test_memory_is_bounded(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	static uint8_t big[8000];
	struct lab l;

	lab_init(&l);
	l.config.memory = 128 * 1024;
	for (ip.id = 0; ip.id < 200; ip.id++)
		net_piece4(&l, ip, slice_of(big, sizeof(big)), 0, 4000);
	lab_run(&l);
	assert_true(l.held_most <= 32 * 1024);
	assert_non_null(lab_one(&l, NOTE_FRAG_DROPPED));
	assert_int_equal(l.trace->held, 0);
	lab_fini(&l);
}

static void test_cut_by_the_capture(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	struct lab l;

	lab_init(&l);
	net_piece4(&l, ip, SLICE(WORDS), 0, 32);
	l.packets[0].n = 40;
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_FRAG_CUT), "osilab.frag.captured", "20");
	lab_expect(lab_one(&l, NOTE_FRAG_CUT), "osilab.frag.bytes", "32");
	lab_none(&l, NOTE_FRAG_MISSING);
	lab_fini(&l);
}

static void test_a_wrong_checksum_over_the_whole(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	uint8_t room[256];
	struct slice all = net_udp(room, sizeof(room), 1, 2, SLICE(WORDS), net_sum4(&ip));
	struct lab l;

	lab_init(&l);
	net_piece4(&l, ip, all, 0, 24);
	room[30] ^= 1;
	net_piece4(&l, ip, all, 24, all.n - 24);
	lab_run(&l);
	assert_int_equal(lab_one(&l, NOTE_FRAG_CKSUM)->packet, 2);
	lab_fini(&l);
}

static void test_each_packet_captured_twice(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	uint8_t room[256];
	struct slice all = net_udp(room, sizeof(room), 1, 2, SLICE(WORDS), net_sum4(&ip));
	struct lab l;

	lab_init(&l);
	net_piece4(&l, ip, all, 0, 24);
	lab_again(&l, 1000);
	net_piece4(&l, ip, all, 24, all.n - 24);
	lab_again(&l, 1000);
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_FRAG_AGAIN), 2);
	assert_int_equal(lab_find(&l, NOTE_FRAG_AGAIN, 1)->ref, 3);
	assert_int_equal(lab_one(&l, NOTE_IP_REASSEMBLED)->packet, 3);
	lab_none(&l, NOTE_FRAG_MISSING);
	lab_fini(&l);
}

static void test_an_atomic_fragment_is_whole(void **state)
{
	struct ip6 ip = net_ip6(IP_PROTO_UDP, false);
	uint8_t room[256];
	struct lab l;

	lab_init(&l);
	ip.has_frag = true;
	net_add6(&l, &ip, net_udp(room, sizeof(room), 1, 2, SLICE(WORDS), net_sum6(&ip)));
	lab_run(&l);
	lab_one(&l, NOTE_FRAG_ATOMIC);
	assert_int_equal(l.frames[0].flow, 0);
	assert_int_equal(trace_stats(l.trace)->ip6_fragments, 0);
	lab_fini(&l);
}

/* The fragments of one datagram inside the datagram of another, as a tunnel makes them: one level is opened. */
static void test_fragments_inside_a_datagram_put_together(void **state)
{
	struct ip4 outer = net_ip4(IP_PROTO_IP4, false), inner = net_ip4(IP_PROTO_UDP, true);
	uint8_t room[256];
	struct wr w = wr_of(room, sizeof(room));
	struct lab l;

	inner.mf = true;
	ip4_encode(&w, &inner, 64);
	wr_put(&w, slice_sub(SLICE(WORDS), 0, 64));
	lab_init(&l);
	net_piece4(&l, outer, slice_of(w.p, w.n), 0, 40);
	net_piece4(&l, outer, slice_of(w.p, w.n), 40, w.n - 40);
	lab_run(&l);
	assert_int_equal(lab_one(&l, NOTE_IP_REASSEMBLED)->packet, 2);
	assert_int_equal(lab_count(&l, NOTE_IP_FRAGMENT_FIRST), 2);
	assert_int_equal(trace_stats(l.trace)->ip4_fragments, 3);
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp_over_three_fragments),
		cmocka_unit_test(test_icmp6_behind_an_extension_header),
		cmocka_unit_test(test_tcp_waits_for_the_whole_segment),
		cmocka_unit_test(test_tiny_fragments),
		cmocka_unit_test(test_attacks_are_refused),
		cmocka_unit_test(test_missing_is_said_when_the_time_is_over),
		cmocka_unit_test(test_many_unfinished_are_counted),
		cmocka_unit_test(test_memory_is_bounded),
		cmocka_unit_test(test_cut_by_the_capture),
		cmocka_unit_test(test_a_wrong_checksum_over_the_whole),
		cmocka_unit_test(test_each_packet_captured_twice),
		cmocka_unit_test(test_an_atomic_fragment_is_whole),
		cmocka_unit_test(test_fragments_inside_a_datagram_put_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Who is where: ARP and neighbour discovery in a trace, and who listens to which group. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "netcraft.h"

static const uint8_t no4[4] = { 0 };

static void test_question_and_answer(void **state)
{
	struct lab l;

	lab_init(&l);
	net_arp(&l, ARP_REQUEST, mac_a, net_a4, net_b4, true);
	net_arp(&l, ARP_REPLY, mac_b, net_b4, net_a4, false);
	net_arp(&l, ARP_REQUEST, mac_a, net_a4, net_b4, false);
	net_arp(&l, ARP_REPLY, mac_b, net_b4, net_a4, false);
	lab_run(&l);
	assert_int_equal(lab_find(&l, NOTE_ARP_REPLY, 0)->ref, 1);
	lab_expect(lab_find(&l, NOTE_ARP_REPLY, 0), "osilab.arp.after", "10 ms");
	assert_int_equal(lab_one(&l, NOTE_ARP_CHECK)->packet, 3);
	assert_int_equal(lab_find(&l, NOTE_ARP_REPLY, 1)->ref, 3);
	assert_int_equal(l.nnotes, 4);
	lab_fini(&l);
}

static void test_asked_again(void **state)
{
	struct lab l;

	lab_init(&l);
	l.step = CLOCK_SEC;
	for (int i = 0; i < 3; i++)
		net_arp(&l, ARP_REQUEST, mac_a, net_a4, net_b4, true);
	l.now += 60 * CLOCK_SEC;
	net_arp(&l, ARP_REQUEST, mac_a, net_a4, net_b4, true); /* a new question */
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_ARP_REQUEST), 2);
	assert_int_equal(lab_count(&l, NOTE_ARP_AGAIN), 2);
	lab_expect(lab_find(&l, NOTE_ARP_AGAIN, 1), "osilab.arp.count", "3");
	lab_expect(lab_find(&l, NOTE_ARP_AGAIN, 1), "osilab.arp.after", "1 s");
	assert_int_equal(lab_find(&l, NOTE_ARP_AGAIN, 1)->ref, 2);
	lab_fini(&l);
}

static void test_nobody_asked_and_another_place(void **state)
{
	struct lab l;

	lab_init(&l);
	net_arp(&l, ARP_REPLY, mac_b, net_b4, net_a4, false);
	net_arp(&l, ARP_REPLY, mac_b, net_b4, net_a4, false);
	net_arp(&l, ARP_REPLY, mac_a, net_b4, net_a4, false);
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_ARP_UNASKED), 3);
	assert_int_equal(lab_one(&l, NOTE_ARP_CONFLICT)->packet, 3);
	assert_int_equal(lab_one(&l, NOTE_ARP_CONFLICT)->ref, 2);
	lab_expect(lab_one(&l, NOTE_ARP_CONFLICT), "osilab.arp.other_mac", "02:00:00:00:00:02");
	lab_fini(&l);
}

static void test_probe_announce_and_taken(void **state)
{
	struct lab l;

	lab_init(&l);
	net_arp(&l, ARP_REQUEST, mac_a, no4, net_a4, true);
	net_arp(&l, ARP_REQUEST, mac_a, net_a4, net_a4, true); /* its own announcement is no conflict */
	net_arp(&l, ARP_REQUEST, mac_a, no4, net_b4, true);
	net_arp(&l, ARP_REPLY, mac_b, net_b4, no4, false);
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_ARP_PROBE), 2);
	assert_int_equal(lab_one(&l, NOTE_ARP_ANNOUNCE)->packet, 2);
	assert_int_equal(lab_one(&l, NOTE_ARP_TAKEN)->packet, 4);
	assert_int_equal(lab_one(&l, NOTE_ARP_TAKEN)->ref, 3);
	lab_none(&l, NOTE_ARP_CONFLICT);
	lab_fini(&l);
}

static void test_one_host_speaks_for_another(void **state)
{
	struct lab l;

	lab_init(&l);
	net_arp(&l, ARP_REQUEST, mac_a, net_a4, net_b4, true);
	l.packets[0].bytes[11] = 9; /* the frame's sender */
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_ARP_OTHER_SENDER), "osilab.arp.frame_mac", "02:00:00:00:00:09");
	lab_fini(&l);
}

/* --- Neighbour discovery ---------------------------------------------------------------------------------------- */

static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 }, no6[16] = { 0 };

/* A message of `type` whose four bytes are `rest`, with what follows them. */
static void add_nd(struct lab *l, uint8_t type, uint32_t rest, const uint8_t *src, const uint8_t *dst,
    struct slice body, uint8_t hops)
{
	struct icmp m = { .v6 = true, .type = type, .rest = rest };
	struct ip6 ip = { .hop_limit = hops, .next = IP_PROTO_ICMP6 };
	uint8_t room[400];
	struct wr w = wr_of(room, sizeof(room));

	memcpy(ip.src, src, 16);
	memcpy(ip.dst, dst, 16);
	icmp_encode(&w, &m, body, net_sum6(&ip));
	assert_false(w.bad);
	net_add6(l, &ip, slice_of(w.p, w.n));
}

/* The target and its link-layer address option. */
static struct slice target(uint8_t room[24], const uint8_t *address, const uint8_t *mac)
{
	memcpy(room, address, 16);
	room[16] = 2;
	room[17] = 1;
	memcpy(room + 18, mac, 6);
	return slice_of(room, 24);
}

static void test_solicit_and_advert(void **state)
{
	uint8_t room[24];
	struct lab l;

	lab_init(&l);
	add_nd(&l, ICMP6_NEIGHBOR_SOLICIT, 0, net_a6, all_nodes, target(room, net_b6, mac_a), 255);
	add_nd(&l, ICMP6_NEIGHBOR_SOLICIT, 0, net_a6, all_nodes, target(room, net_b6, mac_a), 255);
	add_nd(&l, ICMP6_NEIGHBOR_ADVERT, 0xe0000000, net_b6, net_a6, target(room, net_b6, mac_b), 255);
	add_nd(&l, ICMP6_NEIGHBOR_SOLICIT, 0, net_a6, net_b6, target(room, net_b6, mac_a), 255);
	add_nd(&l, ICMP6_NEIGHBOR_ADVERT, 0x20000000, net_b6, all_nodes, target(room, net_b6, mac_a), 255);
	lab_run(&l);
	assert_int_equal(lab_one(&l, NOTE_NDP_SOLICIT)->packet, 1);
	assert_int_equal(lab_one(&l, NOTE_NDP_AGAIN)->ref, 1);
	assert_int_equal(lab_one(&l, NOTE_NDP_ADVERT)->ref, 2);
	lab_expect(lab_one(&l, NOTE_NDP_ADVERT), "osilab.ndp.flags", "router, solicited, override");
	assert_int_equal(lab_one(&l, NOTE_NDP_CHECK)->packet, 4);
	assert_int_equal(lab_one(&l, NOTE_NDP_ADVERT_ALONE)->packet, 5);
	assert_int_equal(lab_one(&l, NOTE_NDP_CONFLICT)->ref, 3);
	lab_none(&l, NOTE_NDP_HOPS);
	lab_fini(&l);
}

static void test_an_address_that_is_taken(void **state)
{
	uint8_t room[24];
	struct lab l;

	lab_init(&l);
	add_nd(&l, ICMP6_NEIGHBOR_SOLICIT, 0, no6, all_nodes, target(room, net_b6, mac_a), 255);
	add_nd(&l, ICMP6_NEIGHBOR_ADVERT, 0x20000000, net_b6, all_nodes, target(room, net_b6, mac_b), 255);
	lab_run(&l);
	assert_int_equal(lab_one(&l, NOTE_NDP_DAD)->packet, 1);
	assert_int_equal(lab_one(&l, NOTE_NDP_TAKEN)->ref, 1);
	lab_fini(&l);
}

static void test_through_a_router(void **state)
{
	uint8_t room[24];
	struct lab l;

	lab_init(&l);
	add_nd(&l, ICMP6_NEIGHBOR_SOLICIT, 0, net_a6, net_b6, target(room, net_b6, mac_a), 254);
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_NDP_HOPS), "osilab.ip.ttl", "254");
	lab_fini(&l);
}

static void test_router_advertisement(void **state)
{
	/* Reachable and retransmit times; then a prefix, the MTU, two DNS servers. */
	static const uint8_t body[] = { 0, 0, 0, 0, 0, 0, 0, 0, /* */
		3, 4, 64, 0xc0, 0, 0, 0x0e, 0x10, 0, 0, 0x07, 0x08, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, /* */
		5, 1, 0, 0, 0, 0, 5, 0,    /* */
		25, 5, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x53, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x54 };
	struct lab l;

	lab_init(&l);
	add_nd(&l, ICMP6_ROUTER_SOLICIT, 0, net_b6, all_nodes, SLICE(""), 255);
	add_nd(&l, ICMP6_ROUTER_ADVERT, 64u << 24 | 0xc0u << 16 | 1800, net_a6, all_nodes,
	    slice_of(body, sizeof(body)), 255);
	add_nd(&l, ICMP6_ROUTER_ADVERT, 0x40u << 16, net_a6, all_nodes, slice_of(body, 8), 255);
	lab_run(&l);
	lab_one(&l, NOTE_NDP_ROUTER_ASK);
	lab_expect(lab_one(&l, NOTE_NDP_ROUTER), "osilab.ndp.lifetime", "30 min");
	lab_expect(lab_one(&l, NOTE_NDP_ROUTER), "icmpv6.nd.ra.cur_hop_limit", "64");
	lab_expect(lab_one(&l, NOTE_NDP_PREFIX), "icmpv6.opt.prefix", "2001:db8::");
	lab_expect(lab_one(&l, NOTE_NDP_PREFIX), "osilab.ndp.valid", "60 min");
	lab_expect(lab_one(&l, NOTE_NDP_MTU), "icmpv6.opt.mtu", "1280");
	lab_expect(lab_one(&l, NOTE_NDP_SERVERS), "osilab.ndp.servers", "2001:db8::53, 2001:db8::54");
	lab_expect(lab_one(&l, NOTE_NDP_SERVERS), "osilab.ndp.valid", "for ever");
	assert_int_equal(lab_one(&l, NOTE_NDP_MANAGED)->packet, 2);
	assert_int_equal(lab_one(&l, NOTE_NDP_ROUTER_NOT)->packet, 3);
	assert_int_equal(lab_one(&l, NOTE_NDP_OTHER)->packet, 3);
	lab_fini(&l);
}

static void test_redirect_and_damaged_options(void **state)
{
	uint8_t body[40] = { 0 };
	struct lab l;

	memcpy(body, net_a6, 16);
	memcpy(body + 16, net_b6, 16);
	lab_init(&l);
	add_nd(&l, ICMP6_REDIRECT, 0, net_a6, net_b6, slice_of(body, 40), 255);
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_NDP_REDIRECT), "osilab.ndp.better", "2001:db8::1");
	lab_expect(lab_one(&l, NOTE_NDP_REDIRECT), "osilab.ndp.destination", "2001:db8::2");
	lab_one(&l, NOTE_NDP_OPTIONS_DAMAGED); /* of length zero */
	lab_fini(&l);
}

/* --- Groups ------------------------------------------------------------------------------------------------------- */

static void test_listeners(void **state)
{
	/* Two records: one with a source, which is walked over; then one that is not all there. */
	uint8_t records[20 + 16 + 20 + 4] = { 4, 0, 0, 1, 0xff, 2, [19] = 0xfb, [36] = 4, 0, 0, 0, 0xff,
		2, [55] = 0x16 };
	struct lab l;

	lab_init(&l);
	add_nd(&l, ICMP6_MLD2_REPORT, 3, net_a6, all_nodes, slice_of(records, sizeof(records)), 1);
	add_nd(&l, ICMP6_MLD_QUERY, 0, net_a6, all_nodes, slice_of(no6, 16), 1);
	add_nd(&l, ICMP6_MLD_DONE, 0, net_a6, all_nodes, slice_of(all_nodes, 16), 1);
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_MLD_REPORT), "osilab.mld.groups", "ff02::fb, ff02::16, …");
	lab_one(&l, NOTE_MLD_QUERY);
	lab_expect(lab_one(&l, NOTE_MLD_DONE), "osilab.mld.groups", "ff02::1");
	lab_fini(&l);
}

static void test_igmp(void **state)
{
	static const uint8_t report3[] = { 0x22, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 0, 224, 0, 0, 251, 4, 0, 0, 0,
		239, 1, 1, 1 };
	static const uint8_t leave[] = { 0x17, 0, 0, 0, 239, 1, 1, 1 },
	                     query[] = { 0x11, 100, 0, 0, 0, 0, 0, 0 };
	struct ip4 ip = net_ip4(IP_PROTO_IGMP, false);
	struct lab l;

	memcpy(ip.dst, (const uint8_t[]){ 224, 0, 0, 22 }, 4);
	ip.ttl = 1;
	ip.options = SLICE("\x94\x04\0\0"); /* router alert */
	lab_init(&l);
	net_add4(&l, &ip, slice_of(report3, sizeof(report3)));
	net_add4(&l, &ip, slice_of(leave, sizeof(leave)));
	net_add4(&l, &ip, slice_of(query, sizeof(query)));
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_IGMP_REPORT), "osilab.igmp.groups", "224.0.0.251, 239.1.1.1");
	lab_expect(lab_one(&l, NOTE_IGMP_LEAVE), "osilab.igmp.groups", "239.1.1.1");
	lab_one(&l, NOTE_IGMP_QUERY);
	assert_int_equal(lab_count(&l, NOTE_IP_ROUTER_ALERT), 3);
	lab_none(&l, NOTE_IP_TTL_LAST); /* as it must be for groups */
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_question_and_answer),
		cmocka_unit_test(test_asked_again),
		cmocka_unit_test(test_nobody_asked_and_another_place),
		cmocka_unit_test(test_probe_announce_and_taken),
		cmocka_unit_test(test_one_host_speaks_for_another),
		cmocka_unit_test(test_solicit_and_advert),
		cmocka_unit_test(test_an_address_that_is_taken),
		cmocka_unit_test(test_through_a_router),
		cmocka_unit_test(test_router_advertisement),
		cmocka_unit_test(test_redirect_and_damaged_options),
		cmocka_unit_test(test_listeners),
		cmocka_unit_test(test_igmp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What IP headers and tags show: options, extension headers, hop limits, marks, checksums, VLANs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "netcraft.h"

/* A UDP packet with this header. */
static void add4(struct lab *l, struct ip4 ip)
{
	uint8_t room[100];

	net_add4(l, &ip, net_udp(room, sizeof(room), 40000, 9, SLICE("hello"), net_sum4(&ip)));
}

static void test_an_ordinary_header_says_nothing(void **state)
{
	struct lab l;

	lab_init(&l);
	add4(&l, net_ip4(IP_PROTO_UDP, false));
	lab_run(&l);
	assert_int_equal(l.nnotes, 0);
	lab_fini(&l);
}

static void test_options(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	struct lab l;

	lab_init(&l);
	ip.options = SLICE("\x07\x0b\x08\xc0\0\2\1\xc0\0\2\2\0"); /* record route, one of two filled in */
	add4(&l, ip);
	ip.options = SLICE("\x01\x83\x07\x04\xc0\0\2\x63");
	add4(&l, ip);
	ip.options = SLICE("\x44\x04\x05\0");
	add4(&l, ip);
	ip.options = SLICE("\x19\x04\0\0");
	add4(&l, ip);
	ip.options = SLICE("\x07\x20\x04\0"); /* past the header */
	add4(&l, ip);
	ip.options = SLICE("\x07\x01\x04\0"); /* shorter than itself */
	add4(&l, ip);
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_IP_RECORD_ROUTE), "osilab.ip.route", "192.0.2.1");
	assert_int_equal(lab_one(&l, NOTE_IP_RECORD_ROUTE)->off, 20);
	assert_int_equal(lab_one(&l, NOTE_IP_RECORD_ROUTE)->len, 11);
	lab_expect(lab_one(&l, NOTE_IP_SOURCE_ROUTE), "osilab.ip.route", "192.0.2.99");
	lab_one(&l, NOTE_IP_TIMESTAMP);
	lab_expect(lab_one(&l, NOTE_IP_OPTION), "osilab.ip.option", "25");
	assert_int_equal(lab_count(&l, NOTE_IP_OPTION_DAMAGED), 2);
	lab_fini(&l);
}

static void test_extension_headers(void **state)
{
	/* Hop-by-hop with Router Alert, routing of type 0 with one segment left, then UDP. */
	static const uint8_t exts[] = { IP6_ROUTING, 0, 5, 2, 0, 0, 1, 0, IP_PROTO_UDP, 2, 0, 1, 0, 0, 0, 0,
		0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9 };
	struct ip6 ip = net_ip6(IP6_HOP_BY_HOP, false);
	uint8_t body[100];
	struct slice udp;
	struct lab l;

	memcpy(body, exts, sizeof(exts));
	udp = net_udp(body + sizeof(exts), 60, 1, 2, SLICE("hello"), 0);
	lab_init(&l);
	net_add6(&l, &ip, slice_of(body, sizeof(exts) + udp.n));
	body[10] = 4; /* segment routing */
	net_add6(&l, &ip, slice_of(body, sizeof(exts) + udp.n));
	lab_run(&l);
	lab_expect(
	    lab_find(&l, NOTE_IP6_EXTENSIONS, 0), "osilab.ip.extensions", "Hop-by-Hop Options, Routing");
	assert_int_equal(lab_count(&l, NOTE_IP_ROUTER_ALERT), 2);
	lab_expect(lab_one(&l, NOTE_IP6_ROUTING_0), "ipv6.routing.segleft", "1");
	lab_expect(lab_one(&l, NOTE_IP6_ROUTING), "ipv6.routing.type", "4");
	lab_fini(&l);
}

static void test_hops_and_marks(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	struct lab l;

	lab_init(&l);
	ip.tos = 46 << 2 | 3;
	add4(&l, ip);
	ip.tos = 0;
	ip.ttl = 1;
	ip.id = 2;
	add4(&l, ip);
	ip.ttl = 0;
	ip.id = 3;
	add4(&l, ip);
	ip.ttl = 64;
	ip.id = 4;
	ip.reserved = true;
	add4(&l, ip);
	ip.reserved = false;
	for (ip.id = 5; ip.id < 20; ip.id++) {
		ip.ttl ^= 1;
		add4(&l, ip);
	}
	lab_run(&l);
	lab_one(&l, NOTE_IP_CONGESTION);
	lab_expect(lab_one(&l, NOTE_IP_SERVICE), "osilab.ip.dscp", "EF");
	assert_int_equal(lab_one(&l, NOTE_IP_TTL_LAST)->packet, 2);
	assert_int_equal(lab_one(&l, NOTE_IP_TTL_ZERO)->packet, 3);
	assert_int_equal(lab_one(&l, NOTE_IP_EVIL)->packet, 4);
	assert_int_equal(lab_count(&l, NOTE_IP_PATH_CHANGED), 3); /* then it is known */
	lab_expect(lab_find(&l, NOTE_IP_PATH_CHANGED, 0), "osilab.ip.ttl", "1");
	lab_expect(lab_find(&l, NOTE_IP_PATH_CHANGED, 0), "osilab.ip.ttl_before", "64");
	lab_fini(&l);
}

/* Before and behind a router, as the device `any` shows it: the same packet. */
static void test_the_same_packet_twice_is_no_other_path(void **state)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, false);
	struct lab l;

	lab_init(&l);
	add4(&l, ip);
	ip.ttl = 63;
	add4(&l, ip);
	lab_run(&l);
	lab_none(&l, NOTE_IP_PATH_CHANGED);
	lab_fini(&l);
}

static void test_header_checksums(void **state)
{
	struct lab l;

	lab_init(&l);
	for (int i = 0; i < 6; i++) {
		add4(&l, net_ip4(IP_PROTO_UDP, false));
		l.packets[i].bytes[10] = i < 4 ? 0x55 : 0;
		l.packets[i].bytes[11] = i < 4 ? 0x55 : 0;
	}
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_IP_CKSUM), 3);
	lab_expect(lab_find(&l, NOTE_IP_CKSUM, 0), "ip.checksum", "0x5555");
	assert_int_equal(lab_one(&l, NOTE_IP_CKSUM_OFFLOAD)->packet, 5);
	assert_int_equal(trace_stats(l.trace)->ip_checksum_wrong, 4);
	lab_fini(&l);
}

static void test_ipsec(void **state)
{
	/* AH of 24 bytes before UDP. */
	static const uint8_t ah[] = { IP_PROTO_UDP, 4, 0, 0, 0, 0, 0x10, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7,
		8, 9, 10, 11, 12, 0x9c, 0x40, 0, 9, 0, 8, 0, 0 };
	struct ip4 ip = net_ip4(IP_PROTO_ESP, false);
	struct lab l;

	lab_init(&l);
	net_add4(&l, &ip, SLICE("\0\0\x10\0\0\0\0\1sealed"));
	ip.proto = IP_PROTO_AH;
	net_add4(&l, &ip, slice_of(ah, sizeof(ah)));
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_IP_ESP), "esp.spi", "0x00001000");
	lab_expect(lab_one(&l, NOTE_IP_AH), "ah.spi", "0x00001001");
	assert_int_equal(l.frames[1].flow, 0);
	lab_fini(&l);
}

static void add_tagged(struct lab *l, const struct vlan *tags, unsigned n)
{
	struct eth eth = { .type = n > 1 ? ETH_TYPE_QINQ : ETH_TYPE_VLAN };
	uint8_t room[100];
	struct wr w = wr_of(room, sizeof(room));

	eth_encode(&w, &eth);
	for (unsigned i = 0; i < n; i++)
		vlan_encode(&w, &tags[i]);
	assert_false(w.bad);
	lab_add(l, slice_of(w.p, w.n), LINK_ETHERNET, false);
}

static void test_vlans_once_each(void **state)
{
	struct vlan one = { .vid = 5, .pcp = 3, .type = 0x88cc };
	struct vlan two[2] = { { .vid = 100, .type = ETH_TYPE_VLAN }, { .vid = 7, .type = 0x88cc } };
	struct lab l;

	lab_init(&l);
	add_tagged(&l, &one, 1);
	add_tagged(&l, &one, 1);
	add_tagged(&l, two, 2);
	add_tagged(&l, two, 2);
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_VLAN_TAG), "osilab.vlan.ids", "5");
	lab_expect(lab_one(&l, NOTE_VLAN_TAG), "vlan.priority", "3");
	lab_expect(lab_one(&l, NOTE_VLAN_STACK), "osilab.vlan.outer", "100");
	lab_expect(lab_one(&l, NOTE_VLAN_STACK), "osilab.vlan.inner", "7");
	assert_int_equal(trace_stats(l.trace)->vlan_packets, 4);
	lab_fini(&l);
}

static void test_spanning_tree_and_pppoe(void **state)
{
	uint8_t stp[14 + 3 + 35] = { [13] = 38, 0x42, 0x42, 3, [22] = 0x80, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4 };
	uint8_t padi[14 + 6] = { [12] = 0x88, 0x63, 0x11, 0x09 };
	struct lab l;

	lab_init(&l);
	lab_add(&l, slice_of(stp, sizeof(stp)), LINK_ETHERNET, false);
	stp[20] = STP_CHANGED;
	lab_add(&l, slice_of(stp, sizeof(stp)), LINK_ETHERNET, false);
	lab_add(&l, slice_of(padi, sizeof(padi)), LINK_ETHERNET, false);
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_STP_CONFIG), "stp.root.hw", "02:00:00:00:00:01");
	lab_expect(lab_one(&l, NOTE_STP_CONFIG), "stp.root.cost", "4");
	assert_int_equal(lab_one(&l, NOTE_STP_CHANGED)->packet, 2);
	lab_expect(lab_one(&l, NOTE_PPPOE), "osilab.pppoe.what", "a host looks for a server");
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_ordinary_header_says_nothing),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_extension_headers),
		cmocka_unit_test(test_hops_and_marks),
		cmocka_unit_test(test_the_same_packet_twice_is_no_other_path),
		cmocka_unit_test(test_header_checksums),
		cmocka_unit_test(test_ipsec),
		cmocka_unit_test(test_vlans_once_each),
		cmocka_unit_test(test_spanning_tree_and_pppoe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

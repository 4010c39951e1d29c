/* UDP itself: lengths and checksums, and what is said of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "datagrams.h"

#define HELLO SLICE("hello")

static void nothing_about_checksums(void)
{
	lab_none(&lab, NOTE_UDP_CKSUM_BAD);
	lab_none(&lab, NOTE_UDP_CKSUM_ABSENT);
	lab_none(&lab, NOTE_UDP_CKSUM_FORBIDDEN);
	lab_none(&lab, NOTE_UDP_CKSUM_TUNNEL);
	lab_none(&lab, NOTE_CKSUM_OFFLOAD);
}

static void test_nothing_wrong(void **state)
{
	for (int v6 = 0; v6 < 2; v6++) {
		lab_clear(&lab);
		lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .v6 = v6 });
		lab_udp(&lab, FLOW_SERVER, 9999, 40000, SLICE(""), (struct odd){ .v6 = v6 });
		lab_run(&lab);
		assert_int_equal(lab.nnotes, 0);
		assert_string_equal(lab.frames[0].info, "len=5");
		assert_string_equal(lab.frames[1].info, "len=0");
		assert_int_equal(lab.trace->stats.udp_streams, 1);
	}
}

static void test_length(void **state)
{
	const struct lab_note *n;

	lab_clear(&lab);
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .len = 7 });
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .len = -2 });
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .zero_len = true });
	lab_run(&lab);
	n = lab_one(&lab, NOTE_UDP_LENGTH_LONG);
	assert_int_equal(n->packet, 1);
	lab_expect(n, "udp.length", "20");
	lab_expect(n, "osilab.udp.carried", "13");
	n = lab_one(&lab, NOTE_UDP_LENGTH_SHORT);
	assert_int_equal(n->packet, 2);
	lab_expect(n, "osilab.udp.surplus", "2");
	assert_int_equal(lab_one(&lab, NOTE_UDP_LENGTH_ZERO)->packet, 3);
}

static void test_absent(void **state)
{
	lab_clear(&lab);
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .cksum = -1 });
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .cksum = -1 });
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_UDP_CKSUM_ABSENT)->packet, 1); /* once per direction */

	lab_clear(&lab);
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .v6 = true, .cksum = -1 });
	lab_udp(&lab, FLOW_CLIENT, 40000, 4789, HELLO, (struct odd){ .v6 = true, .cksum = -1 });
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_UDP_CKSUM_FORBIDDEN)->packet, 1);
	assert_int_equal(lab_one(&lab, NOTE_UDP_CKSUM_TUNNEL)->packet, 2);
	lab_expect(lab_one(&lab, NOTE_UDP_CKSUM_TUNNEL), "osilab.udp.tunnel", "VXLAN");
}

/* Wrong from a sender that may be the capturing machine itself: said once, and not called damage. */
static void test_offload(void **state)
{
	lab_clear(&lab);
	for (int i = 0; i < 3; i++)
		lab_udp(
		    &lab, FLOW_CLIENT, (uint16_t)(40000 + i), 9999, HELLO, (struct odd){ .cksum = 0x1234 });
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_CKSUM_OFFLOAD)->packet, 1);
	lab_none(&lab, NOTE_UDP_CKSUM_BAD);
}

static void test_damaged(void **state)
{
	const struct lab_note *n;

	/* It was right before. */
	lab_clear(&lab);
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ 0 });
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .cksum = 0x1234 });
	lab_run(&lab);
	n = lab_one(&lab, NOTE_UDP_CKSUM_BAD);
	assert_int_equal(n->packet, 2);
	lab_expect(n, "udp.checksum", "0x1234");
	lab_none(&lab, NOTE_CKSUM_OFFLOAD);

	/* It came over routers. */
	lab_clear(&lab);
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .cksum = 0x1234, .ttl = 60 });
	lab_run(&lab);
	lab_one(&lab, NOTE_UDP_CKSUM_BAD);
	lab_none(&lab, NOTE_CKSUM_OFFLOAD);
}

static void test_not_to_be_judged(void **state)
{
	static uint8_t large[2000];

	lab_clear(&lab);
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .cksum = 0x1234, .cut = 2 });
	lab_udp(&lab, FLOW_CLIENT, 40001, 9999, HELLO, (struct odd){ 0 });
	lab_udp(
	    &lab, FLOW_CLIENT, 40001, 9999, slice_of(large, sizeof(large)), (struct odd){ .cksum = 0x1234 });
	lab_run(&lab);
	nothing_about_checksums();
}

/* A small hop limit was chosen so; it counts no routers. */
static void test_hops(void **state)
{
	lab_clear(&lab);
	lab_udp(&lab, FLOW_CLIENT, 40000, 33434, HELLO, (struct odd){ .ttl = 1 });
	lab_udp(
	    &lab, FLOW_CLIENT, 40000, 1900, HELLO, (struct odd){ .ttl = 60, .dst = { 239, 255, 255, 250 } });
	lab_udp(&lab, FLOW_CLIENT, 40000, 9999, HELLO, (struct odd){ .ttl = 60 });
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_IP_HOPS)->packet, 3);
	lab_expect(lab_one(&lab, NOTE_IP_HOPS), "osilab.ip.routers", "4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_wrong),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_offload),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_not_to_be_judged),
		cmocka_unit_test(test_hops),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* ICMP in a trace: echoes tied to their answers, errors to what they quote. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "netcraft.h"

static void add_icmp4(struct lab *l, struct icmp m, struct slice payload, bool back)
{
	struct ip4 ip = net_ip4(IP_PROTO_ICMP, back);
	uint8_t room[2000];
	struct wr w = wr_of(room, sizeof(room));

	icmp_encode(&w, &m, payload, 0);
	assert_false(w.bad);
	net_add4(l, &ip, slice_of(w.p, w.n));
}

static void add_icmp6(struct lab *l, struct icmp m, struct slice payload, bool back)
{
	struct ip6 ip = net_ip6(IP_PROTO_ICMP6, back);
	uint8_t room[2000];
	struct wr w = wr_of(room, sizeof(room));

	m.v6 = true;
	icmp_encode(&w, &m, payload, net_sum6(&ip));
	assert_false(w.bad);
	net_add6(l, &ip, slice_of(w.p, w.n));
}

/* A UDP packet in the lab, which later ones may quote. */
static struct slice add_udp4(struct lab *l, uint16_t dst, bool back)
{
	struct ip4 ip = net_ip4(IP_PROTO_UDP, back);
	static uint8_t room[100];

	net_add4(l, &ip,
	    net_udp(
	        room, sizeof(room), back ? dst : 40000, back ? 40000 : dst, SLICE("hello"), net_sum4(&ip)));
	return slice_of(l->packets[l->n - 1].bytes, l->packets[l->n - 1].n);
}

static struct slice add_udp6(struct lab *l, uint16_t dst)
{
	struct ip6 ip = net_ip6(IP_PROTO_UDP, false);
	static uint8_t room[100];

	net_add6(l, &ip, net_udp(room, sizeof(room), 40000, dst, SLICE("hello"), net_sum6(&ip)));
	return slice_of(l->packets[l->n - 1].bytes, l->packets[l->n - 1].n);
}

static const struct icmp ask = { .type = ICMP_ECHO, .echo = true, .id = 7, .seq = 1 };
static const struct icmp answer = { .type = ICMP_ECHO_REPLY, .echo = true, .id = 7, .seq = 1 };

static void test_a_reply_and_its_request(void **state)
{
	struct icmp ask6 = ask, answer6 = answer;
	struct lab l;

	ask6.type = ICMP6_ECHO;
	answer6.type = ICMP6_ECHO_REPLY;
	lab_init(&l);
	add_icmp4(&l, ask, SLICE("data"), false);
	add_icmp6(&l, ask6, SLICE("data"), false);
	add_icmp4(&l, answer, SLICE("data"), true);
	add_icmp6(&l, answer6, SLICE("data"), true);
	lab_run(&l);
	assert_int_equal(lab_find(&l, NOTE_ICMP_REPLY, 0)->ref, 1);
	assert_int_equal(lab_find(&l, NOTE_ICMP_REPLY, 1)->ref, 2);
	lab_expect(lab_find(&l, NOTE_ICMP_REPLY, 0), "osilab.icmp.rtt", "20 ms");
	lab_expect(lab_find(&l, NOTE_ICMP_REPLY, 0), "icmp.resp_to", "1");
	lab_none(&l, NOTE_ECHO_UNANSWERED);
	lab_none(&l, NOTE_ICMP_CKSUM);
	assert_int_equal(trace_stats(l.trace)->echo_requests, 2);
	assert_int_equal(trace_stats(l.trace)->echo_replies, 2);
	lab_fini(&l);
}

static void test_no_reply_and_no_request(void **state)
{
	struct icmp other = answer;
	struct lab l;

	lab_init(&l);
	other.id = 8;
	add_icmp4(&l, ask, SLICE("data"), false);
	lab_again(&l, 1000); /* captured twice */
	add_icmp4(&l, other, SLICE("data"), true);
	add_icmp4(&l, answer, SLICE("data"), false); /* from the asker itself */
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_ICMP_REPLY_ALONE), 2);
	lab_expect(lab_one(&l, NOTE_ECHO_UNANSWERED), "osilab.icmp.unanswered", "1");
	lab_expect(lab_one(&l, NOTE_ECHO_UNANSWERED), "osilab.icmp.requests", "1");
	lab_fini(&l);
}

static void test_a_wrong_checksum(void **state)
{
	struct lab l;

	lab_init(&l);
	add_icmp4(&l, ask, SLICE("data"), false);
	l.packets[0].bytes[l.packets[0].n - 1] ^= 1;
	lab_run(&l);
	lab_one(&l, NOTE_ICMP_CKSUM);
	lab_fini(&l);
}

static void test_a_closed_port_and_a_sender_who_goes_on(void **state)
{
	const struct icmp m = { .type = ICMP_UNREACHABLE, .code = 3 };
	struct slice quoted;
	struct lab l;

	lab_init(&l);
	quoted = add_udp4(&l, 9, false);
	add_icmp4(&l, m, quoted, true);
	add_udp4(&l, 9, true); /* not from the one who was told */
	add_udp4(&l, 9, false);
	add_udp4(&l, 9, false);
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_ICMP_PORT_CLOSED), "osilab.icmp.port", "9");
	lab_expect(lab_one(&l, NOTE_ICMP_PORT_CLOSED), "osilab.icmp.dst", "192.0.2.2");
	assert_int_equal(lab_one(&l, NOTE_ICMP_PORT_CLOSED)->len, quoted.n);
	assert_int_equal(lab_one(&l, NOTE_ICMP_ABOUT_FLOW)->ref, 1);
	lab_expect(lab_one(&l, NOTE_ICMP_ABOUT_FLOW), "osilab.side", "client");
	assert_int_equal(lab_one(&l, NOTE_ICMP_IGNORED)->packet, 4);
	assert_int_equal(lab_one(&l, NOTE_ICMP_IGNORED)->ref, 2);
	assert_int_equal(trace_stats(l.trace)->icmp_errors, 1);
	lab_fini(&l);
}

static void test_too_big_is_not_the_end(void **state)
{
	struct icmp m4 = { .type = ICMP_UNREACHABLE, .code = 4, .rest = 1280 };
	struct icmp m6 = { .type = ICMP6_TOO_BIG, .rest = 1000 };
	struct lab l;

	lab_init(&l);
	add_icmp4(&l, m4, add_udp4(&l, 9, false), true);
	add_udp4(&l, 9, false);
	add_icmp6(&l, m6, add_udp6(&l, 9), true);
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_ICMP_TOO_BIG), "osilab.icmp.mtu", "1280");
	lab_expect(lab_one(&l, NOTE_ICMP_TOO_BIG), "osilab.icmp.size", "33");
	lab_none(&l, NOTE_ICMP_IGNORED);
	lab_expect(lab_one(&l, NOTE_ICMP_TOO_BIG_6), "osilab.icmp.mtu", "1000");
	lab_expect(lab_one(&l, NOTE_ICMP_MTU_SMALL), "osilab.icmp.mtu_min", "1280");
	lab_fini(&l);
}

/* Every code of every error leads to a sentence, and these to their own. */
static void test_each_meaning(void **state)
{
	static const struct {
		bool v6;
		uint8_t type, code;
		uint16_t id;
	} rows[] = {
		{ false, ICMP_UNREACHABLE, 0, NOTE_ICMP_NO_ROUTE },
		{ false, ICMP_UNREACHABLE, 1, NOTE_ICMP_HOST_SILENT },
		{ false, ICMP_UNREACHABLE, 2, NOTE_ICMP_NO_PROTOCOL },
		{ false, ICMP_UNREACHABLE, 13, NOTE_ICMP_PROHIBITED },
		{ false, ICMP_UNREACHABLE, 77, NOTE_ICMP_ERROR },
		{ false, ICMP_TIME_EXCEEDED, 0, NOTE_ICMP_HOPS_GONE },
		{ false, ICMP_TIME_EXCEEDED, 1, NOTE_ICMP_FRAGMENTS_GONE },
		{ false, ICMP_PARAMETER, 0, NOTE_ICMP_PARAMETER },
		{ false, ICMP_REDIRECT, 1, NOTE_ICMP_REDIRECT },
		{ false, ICMP_SOURCE_QUENCH, 0, NOTE_ICMP_ERROR },
		{ true, ICMP6_UNREACHABLE, 0, NOTE_ICMP_NO_ROUTE },
		{ true, ICMP6_UNREACHABLE, 1, NOTE_ICMP_PROHIBITED },
		{ true, ICMP6_UNREACHABLE, 3, NOTE_ICMP_HOST_SILENT },
		{ true, ICMP6_UNREACHABLE, 4, NOTE_ICMP_PORT_CLOSED },
		{ true, ICMP6_UNREACHABLE, 99, NOTE_ICMP_ERROR },
		{ true, ICMP6_TIME_EXCEEDED, 0, NOTE_ICMP_HOPS_GONE },
		{ true, ICMP6_PARAMETER, 1, NOTE_ICMP_PARAMETER },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct icmp m = { .type = rows[i].type, .code = rows[i].code };
		struct lab l;

		lab_init(&l);
		if (rows[i].v6)
			add_icmp6(&l, m, add_udp6(&l, 9), true);
		else
			add_icmp4(&l, m, add_udp4(&l, 9, false), true);
		lab_run(&l);
		lab_one(&l, (enum note_id)rows[i].id);
		lab_one(&l, NOTE_ICMP_ABOUT_FLOW);
		lab_fini(&l);
	}
}

static void test_about_a_ping(void **state)
{
	const struct icmp m = { .type = ICMP_TIME_EXCEEDED };
	struct lab l;

	lab_init(&l);
	add_icmp4(&l, ask, SLICE("data"), false);
	add_icmp4(&l, m, slice_of(l.packets[0].bytes, l.packets[0].n), true);
	lab_run(&l);
	assert_int_equal(lab_one(&l, NOTE_ICMP_ABOUT_ECHO)->ref, 1);
	lab_fini(&l);
}

/* However little is quoted, something is said and nothing is read past the end. */
static void test_every_prefix_of_a_quotation(void **state)
{
	const struct icmp m = { .type = ICMP_UNREACHABLE, .code = 3 };
	struct slice quoted;
	struct lab l;

	lab_init(&l);
	quoted = add_udp4(&l, 9, false);
	for (size_t n = 0; n <= quoted.n; n++)
		add_icmp4(&l, m, slice_sub(quoted, 0, n), true);
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_ICMP_PORT_CLOSED), quoted.n + 1);
	/* From the ports on, the flow is known. */
	assert_int_equal(lab_count(&l, NOTE_ICMP_ABOUT_FLOW), quoted.n + 1 - 24);
	assert_int_equal(lab_count(&l, NOTE_ICMP_ABOUT_UNSEEN), 4);
	lab_fini(&l);
}

static void test_other_messages(void **state)
{
	const struct icmp stamp = { .type = ICMP_TIMESTAMP, .echo = true }, odd = { .type = 200 };
	struct lab l;

	lab_init(&l);
	add_icmp4(&l, stamp, SLICE("twelve bytes"), false);
	add_icmp4(&l, odd, SLICE(""), false);
	add_icmp6(&l, odd, SLICE(""), false);
	lab_run(&l);
	assert_int_equal(lab_count(&l, NOTE_ICMP_OTHER), 3);
	lab_expect(lab_find(&l, NOTE_ICMP_OTHER, 0), "osilab.icmp.what", "Timestamp request");
	lab_none(&l, NOTE_ICMP_REPLY_ALONE);
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_reply_and_its_request),
		cmocka_unit_test(test_no_reply_and_no_request),
		cmocka_unit_test(test_a_wrong_checksum),
		cmocka_unit_test(test_a_closed_port_and_a_sender_who_goes_on),
		cmocka_unit_test(test_too_big_is_not_the_end),
		cmocka_unit_test(test_each_meaning),
		cmocka_unit_test(test_about_a_ping),
		cmocka_unit_test(test_every_prefix_of_a_quotation),
		cmocka_unit_test(test_other_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

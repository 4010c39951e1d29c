/* Rules of a wire: reading them, and the packets they hit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "link/rule.h"
#include "frame.h"

#include <stdio.h>

static const char *const names[2] = { "client", "server" };

static struct link_rule good(const char *text)
{
	struct link_rule r;
	struct err e = { 0 };

	if (link_rule_parse(&r, text, names, &e))
		fail_msg("%s", e.msg);
	return r;
}

static void reads_what_it_documents(void **state)
{
	struct link_rule r = good("drop data #3 from client");

	assert_int_equal(r.action, LINK_DROP);
	assert_true(r.what.data && !r.what.tcp);
	assert_int_equal(r.what.from, 0);
	assert_int_equal(r.what.first, 3);
	assert_int_equal(r.what.last, 3);
	r = good("hold syn,ack #1 until syn #2 from client");
	assert_int_equal(r.what.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(r.what.from, -1);
	assert_int_equal(r.until.flags, TCP_SYN);
	assert_int_equal(r.until.first, 2);
	assert_int_equal(r.until.from, 0);
	r = good("delay  udp,port=53 #2-4  by 1.5s");
	assert_int_equal(r.delay, 1500000000);
	assert_int_equal(r.what.port, 53);
	assert_int_equal(r.what.last, 4);
	assert_int_equal(good("reorder data #2 by 2").by, 2);
	assert_int_equal(good("corrupt data byte 7").byte, 7);
	assert_string_equal(good("zero-checksum udp #3").text, "zero-checksum udp #3");
}

static void refuses_what_it_cannot_do(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", "it begins with" },
		{ "lose syn", "it begins with" },
		{ "drop", "which packets" },
		{ "drop syn,akc #1", "'akc' is no kind" },
		{ "drop syn #0", "#1 is the first" },
		{ "drop syn #x", "#1 is the first" },
		{ "drop syn #3-2", "no range" },
		{ "drop syn from router", "the ends are client and server" },
		{ "drop syn by 2", "by '2'" },
		{ "drop syn until syn", "'until' is not understood" },
		{ "reorder data", "by how much" },
		{ "reorder data by 0", "by '0'" },
		{ "delay data by 5", "by '5'" },
		{ "delay data by 3601s", "by '3601s'" },
		{ "hold syn", "hold until when" },
		{ "hold syn until", "which packets" },
		{ "corrupt data byte", "byte of what number" },
		{ "drop port=0", "'port=0' is no kind" },
		{ "drop any\n", "printable" },
	};
	struct link_rule r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err e = { 0 };

		assert_int_equal(link_rule_parse(&r, rows[i].text, names, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		if (!strstr(e.msg, rows[i].says))
			fail_msg("'%s': %s", rows[i].text, e.msg);
	}
}

static bool hits(const char *what, const struct frame_bytes *f, int from)
{
	char text[LINK_RULE_TEXT];
	struct link_rule r;
	struct pkt p;

	snprintf(text, sizeof(text), "drop %s", what);
	r = good(text);
	pkt_decode(&p, 1, slice_of(f->b, f->n), (uint32_t)f->n);
	return link_match(&r.what, &p, from);
}

static void hits_exactly_what_it_names(void **state)
{
	struct frame_bytes syn = frame_tcp(TCP_SYN, ""), synack = frame_tcp(TCP_SYN | TCP_ACK, "");
	struct frame_bytes ack = frame_tcp(TCP_ACK, ""), data = frame_tcp(TCP_ACK | TCP_PSH, "hello");
	struct frame_bytes fin = frame_tcp(TCP_ACK | TCP_FIN, ""), udp = frame_udp("hello"),
	                   none = frame_udp("");

	assert_true(hits("syn", &syn, 0) && !hits("syn", &synack, 0));
	assert_true(hits("syn,ack", &synack, 0) && !hits("syn,ack", &syn, 0) && !hits("syn,ack", &ack, 0));
	assert_true(hits("ack", &ack, 0) && !hits("ack", &data, 0) && !hits("ack", &fin, 0) &&
	            !hits("ack", &synack, 0));
	assert_true(hits("data", &data, 0) && hits("data", &udp, 0) && !hits("data", &ack, 0) &&
	            !hits("data", &none, 0));
	assert_true(hits("tcp,data", &data, 0) && !hits("tcp,data", &udp, 0));
	assert_true(hits("fin", &fin, 0) && !hits("fin", &data, 0));
	assert_true(hits("psh", &data, 0) && !hits("rst", &data, 0));
	assert_true(hits("udp,port=80", &udp, 0) && !hits("udp,port=81", &udp, 0));
	assert_true(
	    hits("any", &udp, 1) && hits("ip", &udp, 1) && !hits("ipv6", &udp, 1) && !hits("arp", &udp, 1));
	assert_true(hits("any from server", &udp, 1) && !hits("any from server", &udp, 0));
}

static void counts_what_it_matches(void **state)
{
	struct frame_bytes syn = frame_tcp(TCP_SYN, ""), data = frame_tcp(TCP_ACK, "x");
	struct link_rule r = good("drop data #2-3");
	bool hit[4];
	struct pkt p;

	for (int i = 0; i < 4; i++) {
		pkt_decode(&p, 1, slice_of(syn.b, syn.n), (uint32_t)syn.n);
		assert_false(link_match(&r.what, &p, 0));
		pkt_decode(&p, 1, slice_of(data.b, data.n), (uint32_t)data.n);
		hit[i] = link_match(&r.what, &p, 0);
	}
	assert_true(!hit[0] && hit[1] && hit[2] && !hit[3]);
}

static void reads_times(void **state)
{
	int64_t t;

	assert_int_equal(link_time(SLICE("40ms"), &t), 0);
	assert_int_equal(t, 40000000);
	assert_int_equal(link_time(SLICE("0.25us"), &t), 0);
	assert_int_equal(t, 250);
	assert_int_equal(link_time(SLICE("ms"), &t), -1);
	assert_int_equal(link_time(SLICE("1.s"), &t), -1);
	assert_int_equal(link_time(SLICE("1.0000001s"), &t), -1);
	assert_int_equal(link_time(SLICE("99999999999999999999s"), &t), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_documents),
		cmocka_unit_test(refuses_what_it_cannot_do),
		cmocka_unit_test(hits_exactly_what_it_names),
		cmocka_unit_test(counts_what_it_matches),
		cmocka_unit_test(reads_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The table of flows: either direction finds the flow, the sides are right, and the oldest goes first. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness.h"
#include "trace/flow.h"
#include "wire/proto.h"

/* A decoded packet from host a to host b. */
static void packet(struct pkt *p, uint8_t *room, size_t size, uint8_t a, uint16_t sport, uint8_t b,
    uint16_t dport, bool tcp, uint16_t flags)
{
	struct ip4 ip = { .src = { 192, 0, 2, a },
		.dst = { 192, 0, 2, b },
		.ttl = 64,
		.proto = tcp ? IP_PROTO_TCP : IP_PROTO_UDP };
	struct tcp t = { .src = sport, .dst = dport, .flags = flags };
	struct udp u = { .src = sport, .dst = dport };
	struct wr w = wr_of(room, size);
	uint64_t addrs = cksum_addrs(slice_of(ip.src, 4), slice_of(ip.dst, 4));

	ip4_encode(&w, &ip, tcp ? tcp_header_len(&t) : UDP_HEADER);
	if (tcp)
		tcp_encode(&w, &t, SLICE(""), addrs);
	else
		udp_encode(&w, &u, SLICE(""), addrs);
	pkt_decode(p, LINK_RAW, slice_of(w.p, w.n), (uint32_t)w.n);
	assert_non_null(p->transport);
}

struct found {
	struct flow *f;
	enum flow_side side;
	bool made;
};

static struct found find_in(struct flow_table *t, uint8_t a, uint16_t sport, uint8_t b, uint16_t dport,
    bool tcp, uint16_t flags, int64_t ts)
{
	uint8_t room[100];
	struct found r;
	struct pkt p;

	packet(&p, room, sizeof(room), a, sport, b, dport, tcp, flags);
	r.f = flow_find(t, &p, ts, &r.side, &r.made);
	assert_non_null(r.f);
	return r;
}

static struct pkt_addr host(uint8_t last)
{
	return (struct pkt_addr){ .family = 4, .b = { 192, 0, 2, last } };
}

static void test_either_direction(void **state)
{
	struct pkt_addr one = host(1), two = host(2);
	struct flow_table t;
	struct found a, b, c;

	flow_table_init(&t, 10);
	a = find_in(&t, 1, 40000, 2, 80, true, TCP_SYN, 5);
	b = find_in(&t, 2, 80, 1, 40000, true, TCP_SYN | TCP_ACK, 6);
	c = find_in(&t, 1, 40000, 2, 80, true, TCP_ACK, 7);
	assert_true(a.made && !b.made && !c.made);
	assert_ptr_equal(a.f, b.f);
	assert_ptr_equal(a.f, c.f);
	assert_int_equal(a.side, FLOW_CLIENT);
	assert_int_equal(b.side, FLOW_SERVER);
	assert_int_equal(c.side, FLOW_CLIENT);
	assert_int_equal(a.f->first_ts, 5);
	assert_int_equal(a.f->last_ts, 7);
	assert_int_equal(a.f->packets, 3);
	assert_int_equal(a.f->end[FLOW_CLIENT].packets, 2);
	assert_int_equal(a.f->end[FLOW_SERVER].packets, 1);
	assert_int_equal(a.f->end[FLOW_CLIENT].port, 40000);
	assert_int_equal(a.f->end[FLOW_SERVER].port, 80);
	assert_ptr_equal(flow_lookup(&t, PROTO_TCP, &one, 40000, &two, 80), a.f);
	assert_ptr_equal(flow_lookup(&t, PROTO_TCP, &two, 80, &one, 40000), a.f);
	assert_null(flow_lookup(&t, PROTO_TCP, &one, 80, &two, 40000));
	assert_null(flow_lookup(&t, PROTO_UDP, &one, 40000, &two, 80));
	flow_table_fini(&t);
}

/* One address, or even one port, on both ends. */
static void test_same_ends(void **state)
{
	struct flow_table t;
	struct found a, b, c;

	flow_table_init(&t, 10);
	a = find_in(&t, 1, 40000, 1, 80, true, TCP_SYN, 0);
	b = find_in(&t, 1, 80, 1, 40000, true, TCP_SYN | TCP_ACK, 0);
	c = find_in(&t, 1, 7, 1, 7, false, 0, 0);
	assert_ptr_equal(a.f, b.f);
	assert_int_equal(b.side, FLOW_SERVER);
	assert_true(c.made);
	c = find_in(&t, 1, 7, 1, 7, false, 0, 0);
	assert_false(c.made);
	flow_table_fini(&t);
}

static void test_sides(void **state)
{
	static const struct {
		uint16_t sport, dport, flags;
		bool tcp;
		enum flow_side side;
	} rows[] = {
		{ 80, 40000, TCP_SYN, true, FLOW_CLIENT },           /* a SYN says it, whatever the ports */
		{ 40000, 80, TCP_SYN | TCP_ACK, true, FLOW_SERVER }, /* so does its answer */
		{ 40000, 80, TCP_ACK, true, FLOW_CLIENT },           /* else the higher port asks */
		{ 80, 40000, TCP_ACK, true, FLOW_SERVER }, { 53, 40000, 0, false, FLOW_SERVER },
		{ 40000, 53, 0, false, FLOW_CLIENT },
		{ 123, 123, 0, false, FLOW_CLIENT }, /* who speaks first */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct flow_table t;
		struct found a, b;

		flow_table_init(&t, 10);
		a = find_in(&t, 1, rows[i].sport, 2, rows[i].dport, rows[i].tcp, rows[i].flags, 0);
		assert_int_equal(a.side, rows[i].side);
		b = find_in(&t, 2, rows[i].dport, 1, rows[i].sport, rows[i].tcp, 0, 0);
		assert_ptr_equal(a.f, b.f);
		assert_int_equal(b.side, !rows[i].side);
		flow_table_fini(&t);
	}
}

/* Each transport counts from 0, as tshark's tcp.stream and udp.stream do. */
static void test_numbers(void **state)
{
	struct flow_table t;

	flow_table_init(&t, 10);
	assert_int_equal(find_in(&t, 1, 1000, 2, 80, true, TCP_SYN, 0).f->number, 0);
	assert_int_equal(find_in(&t, 1, 1000, 2, 80, false, 0, 0).f->number, 0);
	assert_int_equal(find_in(&t, 1, 1001, 2, 80, true, TCP_SYN, 0).f->number, 1);
	assert_int_equal(find_in(&t, 1, 1001, 2, 80, false, 0, 0).f->number, 1);
	assert_int_equal(t.n, 4);
	flow_table_fini(&t);
}

static void check_order(const struct flow_table *t)
{
	const struct flow *f = t->oldest, *before = NULL;
	size_t n = 0;

	for (; f; before = f, f = f->newer, n++) {
		assert_ptr_equal(f->older, before);
		if (before)
			assert_true(before->last_ts <= f->last_ts);
	}
	assert_ptr_equal(t->newest, before);
	assert_int_equal(n, t->n);
	assert_int_equal(n, t->table.n);
}

/* The one not heard of for longest is the oldest, through any mix of packets and drops. */
static void test_order(void **state)
{
	struct flow_table t;
	uint32_t random = 12345;
	struct found a, b, c;

	flow_table_init(&t, 100);
	a = find_in(&t, 1, 1, 2, 80, true, TCP_SYN, 1);
	b = find_in(&t, 1, 2, 2, 80, true, TCP_SYN, 2);
	c = find_in(&t, 1, 3, 2, 80, true, TCP_SYN, 3);
	assert_ptr_equal(flow_oldest(&t), a.f);
	find_in(&t, 2, 80, 1, 1, true, TCP_ACK, 4); /* heard of again, from the other side */
	assert_ptr_equal(flow_oldest(&t), b.f);
	flow_drop(&t, b.f);
	assert_ptr_equal(flow_oldest(&t), c.f);
	check_order(&t);
	for (int64_t ts = 5; ts < 3000; ts++) {
		random = random * 1664525 + 1013904223;
		find_in(&t, 1, (uint16_t)(1 + (random >> 16) % 50), 2, 80, true, TCP_ACK, ts);
		if (random >> 29 == 0)
			flow_drop(&t, flow_oldest(&t));
		check_order(&t);
	}
	flow_table_fini(&t);
	assert_null(flow_oldest(&t));
}

static void test_dropped_is_forgotten(void **state)
{
	struct flow_table t;
	struct found a;

	flow_table_init(&t, 10);
	a = find_in(&t, 1, 1, 2, 80, true, TCP_SYN, 1);
	flow_drop(&t, a.f);
	assert_null(flow_oldest(&t));
	assert_int_equal(t.n, 0);
	a = find_in(&t, 1, 1, 2, 80, true, TCP_SYN, 1);
	assert_true(a.made);
	assert_int_equal(a.f->number, 1); /* numbers are not given twice */
	flow_table_fini(&t);
}

static void test_ip_versions_apart(void **state)
{
	struct pkt_addr four = { .family = 4, .b = { 1 } }, six = { .family = 6, .b = { 1 } };
	struct flow_table t;
	struct flow *f;

	flow_table_init(&t, 10);
	f = find_in(&t, 1, 1, 2, 80, true, TCP_SYN, 1).f;
	f->end[FLOW_CLIENT].addr.family = 6;
	assert_null(flow_lookup(&t, PROTO_TCP, &(struct pkt_addr){ 4, { 192, 0, 2, 1 } }, 1,
	    &(struct pkt_addr){ 4, { 192, 0, 2, 2 } }, 80));
	assert_null(flow_lookup(&t, PROTO_TCP, &four, 1, &six, 80));
	flow_table_fini(&t);
}

static void test_names(void **state)
{
	assert_string_equal(tcp_state_name(TCP_STATE_UNKNOWN), "unknown");
	assert_string_equal(tcp_state_name(TCP_STATE_SYN_SENT), "SYN-SENT");
	assert_string_equal(tcp_state_name(TCP_STATE_ESTABLISHED), "ESTABLISHED");
	assert_string_equal(tcp_state_name(TCP_STATE_TIME_WAIT), "TIME-WAIT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_either_direction),
		cmocka_unit_test(test_same_ends),
		cmocka_unit_test(test_sides),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_dropped_is_forgotten),
		cmocka_unit_test(test_ip_versions_apart),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

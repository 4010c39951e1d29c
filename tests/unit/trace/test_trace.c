/* The conductor: link and network notes, limits, sinks, and memory that stays bounded whatever is sent. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "netcraft.h"
#include "trace/stream.h"

#include <time.h>

#define C FLOW_CLIENT
#define S FLOW_SERVER

/* --- Below TCP ------------------------------------------------------------------------------------------------ */

static void test_arp(void **state)
{
	static const uint8_t none[4] = { 0 };
	struct lab l;

	lab_init(&l);
	net_arp(&l, ARP_REQUEST, mac_a, net_a4, net_b4, true);
	net_arp(&l, ARP_REPLY, mac_a, net_b4, net_a4, false);
	net_arp(&l, ARP_REQUEST, mac_a, none, net_b4, true);
	net_arp(&l, ARP_REQUEST, mac_a, net_a4, net_a4, true);
	net_arp(&l, 99, mac_a, net_a4, net_b4, false);
	lab_run(&l);
	assert_int_equal(lab_one(&l, NOTE_ARP_REQUEST)->packet, 1);
	lab_expect(lab_one(&l, NOTE_ARP_REQUEST), "arp.dst.proto_ipv4", "192.0.2.2");
	assert_int_equal(lab_one(&l, NOTE_ARP_REPLY)->packet, 2);
	assert_int_equal(lab_one(&l, NOTE_ARP_PROBE)->packet, 3);
	assert_int_equal(lab_one(&l, NOTE_ARP_ANNOUNCE)->packet, 4);
	assert_string_equal(l.frames[0].info, "who has 192.0.2.2? tell 192.0.2.1");
	assert_string_equal(l.frames[1].info, "192.0.2.2 is at 02:00:00:00:00:01");
	assert_int_equal(l.nnotes, 4);
	lab_fini(&l);
}

/* IPv4 in RAW, so that the packet is the header and what follows. */
static void add_ip4(struct lab *l, struct ip4 ip, const void *body, size_t n)
{
	uint8_t room[200];
	struct wr w = wr_of(room, sizeof(room));

	memcpy(ip.src, "\xc0\0\x02\x01", 4);
	memcpy(ip.dst, "\xc0\0\x02\x02", 4);
	ip4_encode(&w, &ip, n);
	wr_put(&w, slice_of(body, n));
	lab_add(l, slice_of(w.p, w.n), LINK_RAW, false);
}

static void add_udp(struct lab *l, uint8_t ttl)
{
	static const uint8_t bytes[] = { 0x9c, 0x40, 0, 53, 0, 12, 0, 0, 'a', 'b', 'c', 'd' };

	add_ip4(l, (struct ip4){ .ttl = ttl, .proto = IP_PROTO_UDP }, bytes, sizeof(bytes));
}

/* How far away a sender is: said once for each direction, and not when it is next door. */
static void test_hops(void **state)
{
	static const struct {
		uint8_t ttl;
		const char *routers; /* NULL: nothing is said */
	} rows[] = { { 64, NULL }, { 63, "1" }, { 128, NULL }, { 100, "28" }, { 255, NULL }, { 250, "5" },
		{ 1, NULL } }; /* of a datagram: chosen small, as traceroute does */

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lab l;

		lab_init(&l);
		add_udp(&l, rows[i].ttl);
		add_udp(&l, rows[i].ttl);
		lab_run(&l);
		assert_int_equal(trace_stats(l.trace)->udp_streams, 1);
		if (rows[i].routers)
			lab_expect(lab_one(&l, NOTE_IP_HOPS), "osilab.ip.routers", rows[i].routers);
		else
			lab_none(&l, NOTE_IP_HOPS);
		lab_fini(&l);
	}
}

static void test_fragments(void **state)
{
	struct lab l;

	lab_init(&l);
	add_ip4(&l, (struct ip4){ .ttl = 64, .proto = IP_PROTO_UDP, .mf = true },
	    "\x9c\x40\0\x35\x05\xdc\0\0\1\2\3\4\5\6\7\10", 16);
	add_ip4(&l, (struct ip4){ .ttl = 64, .proto = IP_PROTO_UDP, .frag_off = 16 }, "rest", 4);
	lab_run(&l);
	assert_int_equal(trace_stats(l.trace)->ip4_fragments, 2);
	lab_expect(lab_one(&l, NOTE_IP_FRAGMENT_FIRST), "osilab.frag.inside", "UDP 40000 → 53");
	lab_expect(lab_one(&l, NOTE_IP_FRAGMENT), "osilab.frag.from", "16");
	lab_fini(&l);
}

/* A checksum left to the card: said once, and the packets are read all the same. */
static void test_offload(void **state)
{
	struct lab l;
	struct talk t;

	lab_init(&l);
	talk_init(&t, &l, 40000, 80);
	talk_open(&t);
	talk_text(&t, C, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	for (size_t i = 0; i < l.n; i++)
		l.packets[i].bytes[14 + 20 + 16] ^= 0x55;
	lab_run(&l);
	assert_int_equal(lab_one(&l, NOTE_CKSUM_OFFLOAD)->packet, 1);
	lab_one(&l, NOTE_HTTP_REQUEST);
	lab_fini(&l);
}

/* --- Damage ----------------------------------------------------------------------------------------------------- */

static void conversation(struct lab *l)
{
	struct talk t;

	talk_init(&t, l, 40000, 80);
	talk_open(&t);
	talk_text(&t, C, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
	talk_text(&t, S, "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok");
	talk_close(&t);
}

/* Every packet cut to every length, as by a snap length and as on the wire. */
static void test_every_prefix(void **state)
{
	struct lab l;

	for (int wire = 0; wire <= 1; wire++) {
		for (size_t keep = 0; keep < 160; keep++) {
			lab_init(&l);
			conversation(&l);
			for (size_t i = 0; i < l.n; i++) {
				struct lab_packet *p = &l.packets[i];

				if (keep >= p->n)
					continue;
				p->bytes = realloc(p->bytes, keep + !keep); /* of exact size again */
				p->n = keep;
				if (wire)
					p->wire_len = (uint32_t)keep;
			}
			lab_run(&l);
			assert_int_equal(l.nframes, 9);
			if (!wire && keep == 62) { /* the headers alone: all of TCP is still there */
				lab_one(&l, NOTE_TCP_TIME_WAIT);
				lab_none(&l, NOTE_TCP_LOST);
				lab_none(&l, NOTE_PACKET_DAMAGED);
			}
			lab_fini(&l);
		}
	}
}

/* Every bit of every packet wrong in turn. */
static void test_every_bit(void **state)
{
	struct lab l;

	lab_init(&l);
	conversation(&l);
	for (size_t i = 0; i < l.n; i++) {
		for (size_t bit = 0; bit < 8 * l.packets[i].n; bit += 3) {
			l.packets[i].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			lab_run(&l);
			l.packets[i].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	lab_fini(&l);
}

static void test_odd_packets(void **state)
{
	static const uint32_t links[] = { LINK_NULL, LINK_ETHERNET, LINK_RAW, LINK_LOOP, LINK_LINUX_SLL,
		LINK_IPV4, LINK_IPV6, LINK_LINUX_SLL2, 147, UINT32_MAX };
	struct lab l;

	lab_init(&l);
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		lab_add(&l, slice_of(NULL, 0), links[i], false);
		lab_add(&l, SLICE("\x45"), links[i], false);
		lab_add(&l, SLICE("0123456789012345678901234567890123456789012345678901234567890123"),
		    links[i], false);
	}
	lab_run(&l);
	assert_int_equal(l.nframes, 30);
	lab_fini(&l);
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_count(void **state)
{
	struct lab l;

	lab_init(&l);
	conversation(&l);
	l.config.count = 4;
	lab_run(&l);
	assert_int_equal(l.nframes, 4);
	assert_int_equal(trace_stats(l.trace)->packets, 4);
	lab_fini(&l);
}

static void test_stop(void **state)
{
	volatile sig_atomic_t stop = 1;
	struct lab l;

	lab_init(&l);
	conversation(&l);
	l.config.stop = &stop;
	lab_run(&l);
	assert_int_equal(l.nframes, 0); /* and the sink's end was called: lab_run looks */
	lab_fini(&l);
}

static void test_drops(void **state)
{
	struct lab l;

	lab_init(&l);
	conversation(&l);
	l.dropped = 17;
	lab_run(&l);
	lab_expect(lab_one(&l, NOTE_CAPTURE_DROPS), "osilab.capture.drops", "17");
	assert_int_equal(lab_one(&l, NOTE_CAPTURE_DROPS)->packet, 0);
	lab_fini(&l);
}

static void test_sink_fails(void **state)
{
	struct err e = { 0 };
	struct lab l;

	lab_init(&l);
	conversation(&l);
	l.fail_packet = 5;
	l.trace = trace_new(&l.config, &e);
	assert_non_null(l.trace);
	assert_int_equal(trace_add_sink(l.trace, &l.sink, &e), 0);
	assert_int_equal(trace_run(l.trace, &l.source, &e), -1);
	assert_int_equal(e.kind, ERR_ENV);
	assert_string_equal(e.msg, "the sink is full");
	assert_int_equal(l.nframes, 4);
	lab_fini(&l);
}

/* A sink whose reader goes away after `left` calls. */
struct quitter {
	struct sink sink;
	unsigned left, calls;
};

static int quit(struct sink *s, struct err *e)
{
	struct quitter *q = (struct quitter *)s;

	q->calls++;
	return q->left-- ? 0 : err_set(e, ERR_NONE, "nobody reads");
}

static int quit_packet(struct sink *s, const struct frame *f, struct err *e)
{
	return quit(s, e);
}

static int quit_secrets(struct sink *s, struct slice lines, struct err *e)
{
	return 0;
}

static int quit_end(struct sink *s, const struct trace_end *end, struct err *e)
{
	return quit(s, e);
}

/* The other outputs get the packet in hand and their ends, and it is no failure; whether in a packet or only at the
 * end. */
static void test_reader_goes(void **state)
{
	static const struct sink_ops ops = { "quitter", quit_packet, quit_secrets, quit_end, quit,
		lab_sink_free };

	for (unsigned left = 0; left < 12; left++)
		for (unsigned first = 0; first < 2; first++) {
			struct quitter q = { .sink = { &ops }, .left = left };
			struct err e = { 0 };
			struct lab l;
			size_t all;

			lab_init(&l);
			conversation(&l);
			all = l.n;
			l.trace = trace_new(&l.config, &e);
			assert_non_null(l.trace);
			for (unsigned i = 0; i < 2; i++)
				assert_int_equal(
				    trace_add_sink(l.trace, i == first ? &q.sink : &l.sink, &e), 0);
			assert_int_equal(trace_run(l.trace, &l.source, &e), 0);
			assert_int_equal(l.ends, 1);
			assert_int_equal(l.nframes, left + 1 < all ? left + 1 : all);
			assert_int_equal(q.calls, left < all ? left + 1 : all + 1);
			lab_fini(&l);
		}
}

static unsigned looks;

static void count_looks(void *context, const struct trace *t, struct source *s)
{
	assert_non_null(trace_stats(t));
	assert_string_equal(s->label, "lab");
	looks += *(unsigned *)context;
}

static void test_looks(void **state)
{
	unsigned step = 1;
	struct lab l;

	lab_init(&l);
	l.config.look = count_looks;
	l.config.context = &step;
	for (unsigned i = 0; i < 2500; i++)
		conversation(&l);
	looks = 0;
	lab_run(&l);
	assert_true(l.n > 1 << 14);
	assert_int_equal(looks, l.n >> 14);
	lab_fini(&l);
}

static enum source_result damaged_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	enum source_result r = lab_next(s, p, secrets, e);

	if (r == SOURCE_END) {
		err_set(e, ERR_DATA, "cut in packet 10");
		return SOURCE_ERROR;
	}
	return r;
}

/* The input is damaged behind what was read: all of that is shown, ends are called, and it is said. */
static void test_source_fails(void **state)
{
	static const struct source_ops ops = { "damaged", damaged_next, lab_dropped, lab_progress,
		lab_no_free };
	struct err e = { 0 };
	struct lab l;

	lab_init(&l);
	conversation(&l);
	l.source.ops = &ops;
	l.trace = trace_new(&l.config, &e);
	assert_non_null(l.trace);
	trace_add_sink(l.trace, &l.sink, &e);
	assert_int_equal(trace_run(l.trace, &l.source, &e), -1);
	assert_int_equal(e.kind, ERR_DATA);
	assert_string_equal(e.msg, "cut in packet 10");
	assert_int_equal(l.nframes, 9);
	assert_int_equal(l.ends, 1);
	lab_fini(&l);
}

static void test_too_many_sinks(void **state)
{
	struct err e = { 0 };
	struct lab l;

	lab_init(&l);
	l.trace = trace_new(&l.config, &e);
	for (int i = 0; i < TRACE_SINKS; i++)
		assert_int_equal(trace_add_sink(l.trace, &l.sink, &e), 0);
	assert_int_equal(trace_add_sink(l.trace, &l.sink, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	lab_fini(&l);
}

/* --- Memory and time ---------------------------------------------------------------------------------------------- */

/* What is held when every flow is given up must be nothing: each byte counted in was counted out. */
static void expect_nothing_held(struct lab *l)
{
	struct flow *f;

	while ((f = flow_oldest(&l->trace->flows))) {
		stream_free(l->trace, f);
		flow_drop(&l->trace->flows, f);
		l->trace->held -= sizeof(*f);
	}
	assert_int_equal(l->trace->held, 0);
}

static void test_nothing_held(void **state)
{
	struct lab l;
	struct talk t;

	lab_init(&l);
	conversation(&l);
	talk_init(&t, &l, 40001, 80);
	talk_open(&t);
	talk_text(&t, C, "GET / HTT"); /* undecided */
	talk_init(&t, &l, 40002, 80);
	talk_open(&t);
	talk_text(&t, C, "GET / HTTP/1.1\r\nHost: h\r\nCookie: a"); /* half a head */
	talk_lose(&t, C, 10);
	talk_text(&t, C, "behind a hole");
	talk_init(&t, &l, 40003, 443);
	talk_text(&t, C, "\x16\x03\x01\x02\x00\x01"); /* half a record */
	lab_run(&l);
	expect_nothing_held(&l);
	lab_fini(&l);
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* One-byte segments out of order, each behind a hole of its own, in an order that helps nobody. */
static void hostile_segments(uint32_t step, bool backwards)
{
	enum { SEGMENTS = 60000 };
	struct lab l;
	struct talk t;
	double began;

	lab_init(&l);
	l.step = 1000;
	l.config.memory = 4 << 20;
	talk_init(&t, &l, 40000, 80);
	talk_open(&t);
	for (uint32_t i = 0; i < SEGMENTS; i++) {
		uint32_t at = backwards ? SEGMENTS - i : i;

		talk_at(&t, C, TCP_ACK, t.seq[C] + 1 + 2 * (at * step % SEGMENTS), t.acked[C], SLICE("x"));
	}
	began = cpu_seconds();
	lab_run(&l);
	print_message("%u segments, step %u%s: %.2f s\n", SEGMENTS, step, backwards ? ", backwards" : "",
	    cpu_seconds() - began);
	assert_true(cpu_seconds() - began < 15); /* a square of it would take minutes */
	assert_true(l.held_most <= l.config.memory + 64 * 1024);
	expect_nothing_held(&l);
	lab_fini(&l);
}

static void test_hostile_segments(void **state)
{
	hostile_segments(1, false);
	hostile_segments(1, true);
	hostile_segments(7919, false); /* prime: jumps about */
}

/* Many flows, each with as much as it can keep waiting. */
static void test_many_flows(void **state)
{
	struct lab l;

	lab_init(&l);
	l.step = 1000;
	l.config.memory = 1 << 20;
	for (uint32_t i = 0; i < 20000; i++) {
		struct talk t;

		talk_init(&t, &l, (uint16_t)(1024 + i % 60000), (uint16_t)(80 + i / 60000));
		talk_send(&t, C, TCP_SYN, SLICE(""));
		switch (i % 3) {
		case 0: talk_text(&t, C, "GET / HTTP/1.1\r\nX: "); break;
		case 1:
			talk_text(&t, C, "\x16\x03\x01\x40\x00 the rest of a large record comes later");
			break;
		case 2:
			talk_lose(&t, C, 1);
			talk_text(&t, C, "behind a hole");
			break;
		}
	}
	lab_run(&l);
	assert_true(l.held_most <= l.config.memory + 64 * 1024);
	lab_one(&l, NOTE_FLOWS_DROPPED);
	assert_true(trace_stats(l.trace)->flows_dropped > 10000);
	assert_int_equal(trace_stats(l.trace)->tcp_streams, 20000);
	expect_nothing_held(&l);
	lab_fini(&l);
}

/* Flows that have ended may go without a word. */
static void test_ended_flows(void **state)
{
	struct lab l;

	lab_init(&l);
	l.step = 1000;
	l.config.memory = 256 * 1024;
	for (uint32_t i = 0; i < 5000; i++) {
		struct talk t;

		talk_init(&t, &l, (uint16_t)(1024 + i), 80);
		talk_open(&t);
		talk_text(&t, C, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		talk_close(&t);
	}
	lab_run(&l);
	assert_true(l.held_most <= l.config.memory + 64 * 1024);
	lab_none(&l, NOTE_FLOWS_DROPPED);
	lab_fini(&l);
}

/* One flow that fills the memory gives up bytes of its own, says so, and costs no other flow its place. */
static void test_greedy_flow(void **state)
{
	static uint8_t bytes[60000];
	struct lab l;
	struct talk modest, greedy;

	lab_init(&l);
	l.config.memory = 1 << 20;
	talk_init(&modest, &l, 40000, 80);
	talk_open(&modest);
	talk_text(&modest, C, "GET / HTTP/1.1\r\nHost: h\r\n");
	talk_init(&greedy, &l, 40001, 80);
	talk_open(&greedy);
	talk_lose(&greedy, C, 1);
	for (int i = 0; i < 40; i++)
		talk_data(&greedy, C, slice_of(bytes, sizeof(bytes)), sizeof(bytes));
	talk_text(&modest, C, "\r\n");
	lab_run(&l);
	assert_true(lab_count(&l, NOTE_STREAM_DROPPED) >= 1);
	lab_one(&l, NOTE_HTTP_REQUEST);
	lab_none(&l, NOTE_FLOWS_DROPPED);
	assert_true(l.held_most <= l.config.memory + 64 * 1024);
	lab_fini(&l);
}

/* A real loss on a long fat path: thousands of segments wait behind it and none is given up. */
static void test_long_fat_path(void **state)
{
	enum { SEGMENTS = 10000, SIZE = 1460 };
	static uint8_t bytes[SIZE];
	struct lab l;
	struct talk t;
	uint32_t hole;
	double began;

	lab_init(&l);
	l.step = 1000;
	talk_init(&t, &l, 40000, 80);
	talk_open(&t);
	talk_text(&t, C, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&t, S, "HTTP/1.1 200 OK\r\nContent-Length: 14601460\r\n\r\n");
	hole = t.seq[S];
	talk_lose(&t, S, SIZE);
	t.acked[C] = hole;
	for (int i = 0; i < SEGMENTS; i++)
		talk_send(&t, S, TCP_ACK, slice_of(bytes, SIZE));
	talk_at(&t, S, TCP_ACK, hole, t.acked[S], slice_of(bytes, SIZE));
	began = cpu_seconds();
	lab_run(&l);
	assert_true(cpu_seconds() - began < 5);
	lab_none(&l, NOTE_STREAM_GAP);
	lab_none(&l, NOTE_STREAM_DROPPED);
	lab_expect(lab_one(&l, NOTE_HTTP_BODY), "osilab.http.body_bytes", "14601460");
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arp),
		cmocka_unit_test(test_hops),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_offload),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_odd_packets),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_drops),
		cmocka_unit_test(test_sink_fails),
		cmocka_unit_test(test_reader_goes),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_source_fails),
		cmocka_unit_test(test_too_many_sinks),
		cmocka_unit_test(test_nothing_held),
		cmocka_unit_test(test_hostile_segments),
		cmocka_unit_test(test_many_flows),
		cmocka_unit_test(test_ended_flows),
		cmocka_unit_test(test_greedy_flow),
		cmocka_unit_test(test_long_fat_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The wire without I/O: what comes out, when, in what order, and that a seed repeats it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "link/said.h"
#include "frame.h"

static struct link_wire *wire(struct link_options o, const char *rule)
{
	struct err e = { 0 };
	struct link_wire *w;

	o.names[0] = "client";
	o.names[1] = "server";
	if (rule)
		o.rules[o.nrules++] = rule;
	w = link_wire_new(&o, &e);
	if (!w)
		fail_msg("%s", e.msg);
	return w;
}

static struct link_event push(struct link_wire *w, int from, const struct frame_bytes *f, int64_t now)
{
	struct link_event event;

	link_wire_push(w, from, slice_of(f->b, f->n), now, &event);
	return event;
}

/* Datagrams of one letter each from the client. */
static void push_letters(struct link_wire *w, const char *letters)
{
	for (; *letters; letters++) {
		struct frame_bytes f = frame_udp((const char[]){ *letters, '\0' });

		push(w, 0, &f, 0);
	}
}

/* The letters that come out until then; at most 15. */
static const char *pop_letters(struct link_wire *w, int64_t until, char *to)
{
	struct slice frame;
	struct pkt p;
	size_t n = 0;
	int end;

	while (n < 15 && link_wire_pop(w, until, &end, &frame)) {
		pkt_decode(&p, 1, frame, (uint32_t)frame.n);
		to[n++] = p.payload.n ? (char)p.payload.p[0] : '-';
	}
	to[n] = '\0';
	return to;
}

static void order_of(const char *rule, const char *in, const char *out)
{
	struct link_wire *w = wire((struct link_options){ 0 }, rule);
	char text[16];

	push_letters(w, in);
	assert_string_equal(pop_letters(w, CLOCK_SEC, text), out);
	link_wire_free(w);
}

static void does_what_rules_say(void **state)
{
	order_of(NULL, "abcd", "abcd");
	order_of("drop data #2", "abcd", "acd");
	order_of("drop data", "abcd", "");
	order_of("drop data #2 from server", "abcd", "abcd");
	order_of("duplicate data #3", "abcd", "abccd");
	order_of("reorder data #1 by 2", "abcd", "bcad");
	order_of("reorder data #4 by 2", "abcd", "abc");
	order_of("hold data #1 until data #3", "abcd", "bcad");
	order_of("corrupt data #2 byte 0", "abcd", "accd"); /* b ^ 1 */
}

static void holds_across_directions(void **state)
{
	struct link_wire *w = wire((struct link_options){ .delay = CLOCK_MS }, "hold syn,ack #1 until syn "
	                                                                       "#2");
	struct frame_bytes syn = frame_tcp(TCP_SYN, ""), synack = frame_tcp(TCP_SYN | TCP_ACK, "");
	struct slice frame;
	int to;

	push(w, 0, &syn, 0);
	assert_true(link_wire_pop(w, CLOCK_MS, &to, &frame) && to == 1);
	assert_string_equal(push(w, 1, &synack, CLOCK_MS).did, "held");
	assert_int_equal(link_wire_held(w), 1);
	assert_int_equal(link_wire_due(w), INT64_MAX);
	push(w, 0, &syn, CLOCK_SEC);
	assert_int_equal(link_wire_held(w), 0);
	assert_true(link_wire_pop(w, 2 * CLOCK_SEC, &to, &frame));
	assert_true(link_wire_pop(w, 2 * CLOCK_SEC, &to, &frame));
	assert_false(link_wire_pop(w, 2 * CLOCK_SEC, &to, &frame));
	link_wire_free(w);
}

static void checksums_are_as_told(void **state)
{
	struct frame_bytes f = frame_udp("hello");
	struct link_wire *w = wire((struct link_options){ 0 }, "zero-checksum udp #1");
	struct slice frame;
	struct pkt p;
	int to;

	push(w, 0, &f, 0);
	assert_true(link_wire_pop(w, 0, &to, &frame));
	pkt_decode(&p, 1, frame, (uint32_t)frame.n);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_ABSENT);
	link_wire_free(w);
	w = wire((struct link_options){ 0 }, "corrupt udp #1 byte 99");
	push(w, 0, &f, 0);
	assert_true(link_wire_pop(w, 0, &to, &frame));
	pkt_decode(&p, 1, frame, (uint32_t)frame.n);
	assert_int_equal(pkt_cksum(&p, p.transport, NULL), PKT_CKSUM_BAD);
	assert_int_equal(frame.p[frame.n - 1], 'o' ^ 1); /* beyond the payload: its last byte */
	link_wire_free(w);
}

static void takes_its_time(void **state)
{
	/* 8000 bit/s: a byte takes 1 ms. */
	struct link_wire *w =
	    wire((struct link_options){ .delay = 10 * CLOCK_MS, .rate = 8000, .queue = 100 }, NULL);
	struct frame_bytes f = frame_udp("123456");
	struct slice frame;
	int to;

	assert_int_equal(f.n, 48);
	push(w, 0, &f, 0);
	push(w, 0, &f, 0);
	assert_int_equal(link_wire_due(w), 58 * CLOCK_MS);
	assert_false(link_wire_pop(w, 57 * CLOCK_MS, &to, &frame));
	assert_true(link_wire_pop(w, 58 * CLOCK_MS, &to, &frame));
	assert_int_equal(link_wire_due(w), 106 * CLOCK_MS);
	push(w, 0, &f, 0);
	assert_string_equal(push(w, 0, &f, 0).why, "the queue is full");
	/* The other direction has a line of its own. */
	assert_string_equal(push(w, 1, &f, 0).did, "passed");
	assert_int_equal(link_wire_counts(w)->dropped[0], 1);
	link_wire_free(w);
}

/* Which of 200 frames each way are lost, and when the rest is due, as a sum. */
static uint64_t fate(uint64_t seed, bool other_way)
{
	struct link_wire *w =
	    wire((struct link_options){ .loss = 100000, .jitter = CLOCK_MS, .seed = seed }, NULL);
	struct frame_bytes f = frame_udp("x");
	uint64_t sum = 0;
	struct slice frame;
	int to;

	for (int i = 0; i < 200; i++) {
		bool lost = push(w, 0, &f, i * CLOCK_SEC).why[0];

		if (other_way)
			push(w, 1, &f, i * CLOCK_SEC);
		sum = sum * 31 + lost;
		while (link_wire_due(w) != INT64_MAX) {
			int64_t due = link_wire_due(w);

			assert_true(due >= i * CLOCK_SEC && due <= i * CLOCK_SEC + CLOCK_MS + 1);
			assert_true(link_wire_pop(w, due, &to, &frame));
			if (to == 1)
				sum = sum * 31 + (uint64_t)due;
		}
	}
	assert_in_range(link_wire_counts(w)->dropped[0], 5, 50);
	link_wire_free(w);
	return sum;
}

static void repeats_from_its_seed(void **state)
{
	assert_int_equal(fate(7, false), fate(7, false));
	assert_int_equal(fate(7, false), fate(7, true)); /* whatever the other direction does */
	assert_int_not_equal(fate(7, false), fate(8, false));
}

static void is_bounded(void **state)
{
	struct link_wire *w = wire((struct link_options){ .delay = CLOCK_SEC }, NULL);
	struct frame_bytes f = frame_udp("x");

	for (int i = 0; i < LINK_FRAMES; i++)
		push(w, 0, &f, 0);
	assert_string_equal(push(w, 0, &f, 0).why, "too much is on the way");
	assert_string_equal(push(w, 0, &(struct frame_bytes){ 0 }, 0).why, "an empty frame");
	link_wire_free(w); /* with all that is inside */
}

static void says_what_it_did(void **state)
{
	struct link_wire *w = wire((struct link_options){ 0 }, "drop syn #1");
	struct frame_bytes f = frame_tcp(TCP_SYN, "");
	struct link_event event = push(w, 0, &f, 0);
	const char *const names[2] = { "client", "server" };
	struct buf b = { 0 };

	link_said(&b, &event, names, 1500000);
	link_said_counts(&b, w, names);
	assert_string_equal(buf_cstr(&b), "0.001500 s  client #1 dropped (drop syn #1): TCP 10.0.0.1:4000 > "
	                                  "10.0.0.2:80 SYN seq 1 ack 1 len 0\n"
	                                  "client: 1 frames came, 0 went on, 1 dropped\n"
	                                  "server: 0 frames came, 0 went on, 0 dropped\n");
	buf_fini(&b);
	link_wire_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_what_rules_say),
		cmocka_unit_test(holds_across_directions),
		cmocka_unit_test(checksums_are_as_told),
		cmocka_unit_test(takes_its_time),
		cmocka_unit_test(repeats_from_its_seed),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(says_what_it_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of the text ladder: arrows go the right way, lines are just as wide as they should be, in both alphabets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "frames.h"
#include "render/put.h"

static struct sink *sink(struct paper *p, unsigned width, int verbose, bool ascii)
{
	struct text_options o = { .width = width, .verbose = verbose };
	struct err e;

	return sink_ladder_new(paper_new(p), "out", &o, ascii, &e);
}

static void finish(struct sink *s)
{
	struct trace_stats stats = { .packets = 1 };

	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
}

/* No line is wider; all but those of the summary. */
static void narrow_enough(const struct paper *p, size_t width)
{
	struct slice rest = slice_of(p->text, p->n);

	while (rest.n) {
		struct slice line = slice_cut(&rest, '\n');

		if (slice_find(line, SLICE("packets,")) >= 0)
			return;
		if (text_columns(line) > width)
			fail_msg("%zu columns: %.*s", text_columns(line), SLICE_ARG(line));
	}
}

static void arrows_and_states(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p, 100, 0, false);

	made_tcp(&m, false, FLOW_CLIENT, TCP_SYN, "");
	m.frame.state[0] = TCP_STATE_SYN_SENT;
	m.frame.state[1] = TCP_STATE_LISTEN;
	must_packet(s, &m.frame);
	must_packet(s, &m.frame); /* the same states are not said again */
	made_free(&m);
	made_tcp(&m, false, FLOW_SERVER, TCP_SYN | TCP_ACK, "");
	m.frame.state[0] = TCP_STATE_SYN_SENT;
	m.frame.state[1] = TCP_STATE_SYN_RECEIVED;
	m.frame.number = 2;
	must_packet(s, &m.frame);
	finish(s);
	ASSERT_HAS(p.text, "10.0.0.1:40000");
	ASSERT_HAS(p.text, "    1   0.000214 T0        SYN-SENT │── TCP SYN "
	                   "─────────────────────────────────────▶│ LISTEN\n"
	                   "    1   0.000214 T0                 │── TCP SYN "
	                   "─────────────────────────────────────▶│\n"
	                   "    2   0.000214 T0                 │◀─ TCP SYN "
	                   "──────────────────────────────────────│ "
	                   "SYN-RECEIVED\n");
	made_free(&m);
	paper_free(&p);
}

static void only_ascii_where_there_is_no_more(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p, 90, 1, true);

	made_tcp(&m, true, FLOW_SERVER, TCP_ACK, "");
	m.frame.info = "caf\xc3\xa9 \xe2\x80\xa6 GET /a/rather/long/path/that/does/not/fit/into/the/lane";
	made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE("\xeb\x82\xb4"));
	must_packet(s, &m.frame);
	finish(s);
	for (size_t i = 0; i < p.n; i++)
		assert_true((uint8_t)p.text[i] < 0x80);
	ASSERT_HAS(p.text, "|<- TCP caf? ... GET /");
	ASSERT_HAS(p.text, "...-|");
	ASSERT_HAS(p.text, "|  L7 + Secure: ");
	narrow_enough(&p, 90);
	made_free(&m);
	paper_free(&p);
}

static void every_width(void **state)
{
	for (unsigned width = 1; width < 220; width++)
		for (int ascii = 0; ascii < 2; ascii++) {
			struct made m;
			struct paper p;
			struct sink *s = sink(&p, width, 1, ascii);

			made_tcp(&m, true, width & 1, TCP_ACK, "");
			m.frame.info = "\xed\x95\x9c\xea\xb8\x80 wide letters, and then some more of them, "
			               "and on "
			               "and on and on until no lane has room for it all, not even the widest "
			               "of them";
			made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name",
			    SLICE("averyveryveryveryveryveryveryveryveryveryverylongname"));
			must_packet(s, &m.frame);
			finish(s);
			narrow_enough(&p, width < 60 ? 60 : width);
			made_free(&m);
			paper_free(&p);
		}
}

/* The ends of a flow are named when it begins, not at every packet of two that alternate. */
static void flows_are_marked(void **state)
{
	struct made a, b;
	struct paper p;
	struct sink *s = sink(&p, 100, 0, false);
	unsigned heads = 0;

	made_tcp(&a, false, FLOW_CLIENT, TCP_ACK, "");
	made_tcp(&b, true, FLOW_CLIENT, TCP_ACK, "");
	b.flow.number = 12;
	for (int i = 0; i < 10; i++) {
		must_packet(s, &a.frame);
		must_packet(s, &b.frame);
	}
	finish(s);
	ASSERT_HAS(p.text, " T0   ");
	ASSERT_HAS(p.text, " T12  ");
	for (const char *at = p.text; (at = strstr(at, ":40000")); at++)
		heads++;
	assert_int_equal(heads, 2);
	made_free(&a);
	made_free(&b);
	paper_free(&p);
}

static void without_a_flow(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p, 100, 0, false);

	made_arp(&m);
	must_packet(s, &m.frame);
	memcpy(m.bytes + 6, made_mac[1], 6); /* the answer */
	memcpy(m.bytes, made_mac[0], 6);
	pkt_decode(&m.frame.pkt, LINK_ETHERNET, m.frame.pkt.bytes, m.frame.pkt.wire_len);
	must_packet(s, &m.frame);
	finish(s);
	ASSERT_HAS(p.text, "everyone\n");
	ASSERT_HAS(p.text, "│── ARP who has");
	ASSERT_HAS(p.text, "│◀─ ARP who has");
	made_free(&m);
	paper_free(&p);
}

static void hostile_text_is_inert(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p, 100, 1, false);

	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "");
	made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE(HOSTILE));
	must_packet(s, &m.frame);
	finish(s);
	for (size_t i = 0; i < p.n; i++)
		assert_true((uint8_t)p.text[i] >= 0x20 || p.text[i] == '\n');
	made_free(&m);
	paper_free(&p);
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct text_options o = { 0 };
	struct err e = { 0 };

	assert_non_null(full);
	must_fail_when_full(sink_ladder_new(full, "out/x", &o, false, &e), full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrows_and_states),
		cmocka_unit_test(only_ascii_where_there_is_no_more),
		cmocka_unit_test(every_width),
		cmocka_unit_test(flows_are_marked),
		cmocka_unit_test(without_a_flow),
		cmocka_unit_test(hostile_text_is_inert),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

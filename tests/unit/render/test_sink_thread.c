/* Tests of the sink that gives another one a thread: what comes out is what the other alone would have written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "frames.h"

enum { PACKETS = 1000 };

/* Packets of both kinds, some with large payloads, some that can be shown only as they stand. */
static void feed(struct sink *s)
{
	static const uint16_t flags[] = { TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK, TCP_ACK | TCP_PSH };
	static char large[1400];
	struct made m;

	memset(large, 'x', sizeof(large) - 1);
	for (unsigned i = 0; i < PACKETS; i++) {
		if (i % 17 == 3)
			made_arp(&m);
		else
			made_tcp(&m, i % 5 == 0, i % 2, flags[i % 4], i % 3 ? "GET / HTTP/1.1\r\n" : large);
		m.frame.number = i + 1;
		m.frame.pkt.altered = i % 101 == 7;
		m.frame.comment = i % 50 ? slice_of(NULL, 0) : SLICE("seen before");
		for (unsigned k = 0; k < i % 4; k++)
			made_note(&m, NOTE_STREAM_GAP, "osilab.tcp.gap", SLICE(HOSTILE));
		must_packet(s, &m.frame);
		memset(m.bytes, 0xdb, sizeof(m.bytes)); /* what it stood in is used again */
		made_free(&m);
	}
}

static void writes_what_the_other_writes(void **state)
{
	struct trace_stats stats = { .packets = PACKETS };
	struct text_options text = { .verbose = 2, .hex = true };
	struct paper alone, behind;
	struct err e;

	for (int json = 0; json < 2; json++) {
		struct sink *a = json ? sink_json_new(paper_new(&alone), "a", &e)
		                      : sink_text_new(paper_new(&alone), "a", &text, &e);
		struct sink *b = sink_thread_new(json ? sink_json_new(paper_new(&behind), "b", &e)
		                                      : sink_text_new(paper_new(&behind), "b", &text, &e),
		    &e);

		feed(a);
		feed(b);
		must_end(a, &(struct trace_end){ .stats = &stats });
		must_end(b, &(struct trace_end){ .stats = &stats });
		assert_true(alone.n > 100000);
		assert_int_equal(alone.n, behind.n);
		assert_memory_equal(alone.text, behind.text, alone.n);
		a->ops->free(a);
		b->ops->free(b);
		paper_free(&alone);
		paper_free(&behind);
	}
}

/* What was given before is there after a flush, also with a batch half full. */
static void flush_brings_all(void **state)
{
	struct paper p;
	struct made m;
	struct err e;
	struct sink *s = sink_thread_new(sink_json_new(paper_new(&p), "out", &e), &e);

	for (unsigned i = 0; i < 70; i++) {
		made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "x");
		m.frame.number = i + 1;
		must_packet(s, &m.frame);
		made_free(&m);
	}
	assert_int_equal(s->ops->flush(s, &e), 0);
	ASSERT_HAS(p.text, "\"frame.number\":70,");
	s->ops->free(s);
	paper_free(&p);
}

/* --- Failures --------------------------------------------------------------------------------------------- */

struct failing {
	struct sink sink;
	unsigned calls, freed;
};

static int fail_at_third(struct sink *s, const struct frame *f, struct err *e)
{
	return ++((struct failing *)s)->calls == 3 ? err_set(e, ERR_ENV, "the disk is full") : 0;
}

static int fine(struct sink *s, struct err *e)
{
	return 0;
}

static void count_free(struct sink *s)
{
	((struct failing *)s)->freed++;
}

static void a_failure_is_said_once(void **state)
{
	static const struct sink_ops ops = { .packet = fail_at_third, .flush = fine, .free = count_free };
	struct failing inner = { .sink.ops = &ops };
	unsigned failures = 0;
	struct err e = { 0 };
	struct sink *s = sink_thread_new(&inner.sink, &e);
	struct made m;

	for (unsigned i = 0; i < PACKETS; i++) {
		made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "x");
		if (s->ops->packet(s, &m.frame, &e) < 0) {
			failures++;
			assert_int_equal(e.kind, ERR_ENV);
			assert_string_equal(e.msg, "the disk is full");
		}
		made_free(&m);
	}
	if (s->ops->flush(s, &e) < 0)
		failures++;
	assert_int_equal(failures, 1);
	s->ops->free(s);
	assert_int_equal(inner.freed, 1);
}

static void nothing_to_do_is_no_trouble(void **state)
{
	struct paper p;
	struct err e;
	struct sink *s = sink_thread_new(sink_json_new(paper_new(&p), "out", &e), &e);

	s->ops->free(s);
	paper_free(&p);
	assert_null(sink_thread_new(NULL, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_the_other_writes),
		cmocka_unit_test(flush_brings_all),
		cmocka_unit_test(a_failure_is_said_once),
		cmocka_unit_test(nothing_to_do_is_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

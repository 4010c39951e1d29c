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

/* Often enough that each thread falls behind the other now and then. */
static void writes_what_the_other_writes(void **state)
{
	struct trace_stats stats = { .packets = PACKETS };
	struct paper alone, behind;
	struct err e;

	for (int i = 0; i < 10; i++) {
		struct sink *a = sink_json_new(paper_new(&alone), "a", &e);
		struct sink *b = sink_thread_new(paper_new(&behind), "b", sink_json_new, &e);

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
	struct sink *s = sink_thread_new(paper_new(&p), "out", sink_json_new, &e);

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
	return __atomic_add_fetch(&((struct failing *)s)->calls, 1, __ATOMIC_RELAXED) == 3
	           ? err_set(e, ERR_ENV, "the disk is full")
	           : 0;
}

static int fine(struct sink *s, struct err *e)
{
	return 0;
}

static void count_free(struct sink *s)
{
	((struct failing *)s)->freed++;
}

static const struct sink_ops failing_ops = { .packet = fail_at_third, .flush = fine, .free = count_free };
static struct failing failing;

/* The first time and the second the same one. */
static struct sink *make_failing(FILE *to, const char *name, struct err *e)
{
	failing.sink.ops = &failing_ops;
	return &failing.sink;
}

static struct sink *make_nothing(FILE *to, const char *name, struct err *e)
{
	err_set(e, ERR_ENV, "out of memory");
	return NULL;
}

static void a_failure_is_said_once(void **state)
{
	unsigned failures = 0;
	struct err e = { 0 };
	struct sink *s = sink_thread_new(stdout, "out", make_failing, &e);
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
	assert_int_equal(failing.freed, 2);
}

static void nothing_to_do_is_no_trouble(void **state)
{
	struct paper p;
	struct err e;
	struct sink *s = sink_thread_new(paper_new(&p), "out", sink_json_new, &e);

	s->ops->free(s);
	paper_free(&p);
	assert_null(sink_thread_new(stdout, "out", make_nothing, &e));
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

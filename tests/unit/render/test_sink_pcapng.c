/* Tests of the pcapng sink: what it writes is read back by our own reader and must be what went in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "frames.h"
#include "trace/hosts.h"
#include "trace/source.h"

/* A file that is written, then read. */
struct trip {
	FILE *f;
	struct sink *sink;
	struct source *source;
	struct source_packet got; /* the last one read */
	struct slice lines;
	const struct hosts *hosts; /* named at the end; NULL: none */
	struct made m;
	struct err e;
};

static void trip_new(struct trip *t)
{
	*t = (struct trip){ .f = tmpfile() };
	t->sink = sink_pcapng_new(t->f, "out", &t->e);
	assert_non_null(t->sink);
}

/* Ends the trace, and opens what was written of it. */
static void trip_turn(struct trip *t)
{
	struct trace_stats stats = { 0 };
	char name[64];

	must_end(t->sink, &(struct trace_end){ .stats = &stats, .hosts = t->hosts });
	t->sink->ops->free(t->sink);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fileno(t->f));
	t->source = source_file(name, &t->e);
	assert_non_null(t->source);
}

static void trip_next(struct trip *t, enum source_result wanted)
{
	assert_int_equal(t->source->ops->next(t->source, &t->got, &t->lines, &t->e), wanted);
}

static void trip_end(struct trip *t)
{
	trip_next(t, SOURCE_END);
	t->source->ops->free(t->source);
	fclose(t->f);
}

static void round_trip(void **state)
{
	static const uint32_t links[] = { LINK_ETHERNET, LINK_RAW, LINK_ETHERNET };
	struct trip t;

	trip_new(&t);
	made_tcp(&t.m, false, FLOW_CLIENT, TCP_ACK, "hello");
	made_note(&t.m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE("sid"));
	note_add(&t.m.frame.notes, &t.m.arena, NOTE_TLS_CCS, NULL, 0);
	t.m.frame.comment = SLICE("by hand");
	t.m.frame.pkt.wire_len = 1500;
	for (uint32_t i = 0; i < 3; i++) {
		t.m.frame.interface = i;
		t.m.frame.pkt.link_type = links[i];
		t.m.frame.ts = 1700000000123456789 + i;
		if (i == 1)
			assert_int_equal(t.sink->ops->secrets(t.sink, SLICE("CLIENT_RANDOM a b\n"), &t.e), 0);
		must_packet(t.sink, &t.m.frame);
		must_packet(t.sink, &t.m.frame); /* no second interface block */
		t.m.frame.notes = (struct note_list){ 0 };
		t.m.frame.comment = (struct slice){ 0 };
	}
	trip_turn(&t);
	for (uint32_t i = 0; i < 6; i++) {
		if (i == 2) {
			trip_next(&t, SOURCE_SECRETS);
			assert_true(slice_eq_str(t.lines, "CLIENT_RANDOM a b\n"));
		}
		trip_next(&t, SOURCE_PACKET);
		assert_true(slice_eq(t.got.bytes, t.m.frame.pkt.bytes));
		assert_int_equal(t.got.wire_len, 1500);
		assert_int_equal(t.got.ts, 1700000000123456789 + i / 2);
		assert_int_equal(t.got.link_type, links[i / 2]);
		assert_int_equal(t.got.interface, i / 2);
		if (i == 0)
			assert_true(slice_eq_str(t.got.comment, "by hand\n"
			                                        "[L7 application] Secure: sid is sent back "
			                                        "over TLS only (RFC 6265bis 4.1.2.5)\n"
			                                        "[L5 session] ChangeCipherSpec: means "
			                                        "nothing "
			                                        "in TLS 1.3, sent so that old "
			                                        "middleboxes take this for TLS 1.2 (RFC 8446 "
			                                        "D.4)"));
		else if (i > 1)
			assert_int_equal(t.got.comment.n, 0);
	}
	trip_end(&t);
	made_free(&t.m);
}

/* A comment has at most 65535 bytes: whole notes are kept as far as they fit. */
static void comments_have_a_limit(void **state)
{
	static char big[70000];
	struct trip t;

	trip_new(&t);
	memset(big, 'x', sizeof(big));
	made_tcp(&t.m, false, FLOW_CLIENT, TCP_ACK, "");
	for (int i = 0; i < 2000; i++)
		note_add(&t.m.frame.notes, &t.m.arena, NOTE_TLS_CCS, NULL, 0);
	must_packet(t.sink, &t.m.frame);
	t.m.frame.notes = (struct note_list){ 0 };
	t.m.frame.comment = SLICE("a\xff\x1b"
	                          "b");
	made_note(&t.m, NOTE_COOKIE_SECURE, "osilab.cookie.name", slice_of(big, sizeof(big)));
	must_packet(t.sink, &t.m.frame);
	trip_turn(&t);
	trip_next(&t, SOURCE_PACKET);
	assert_true(t.got.comment.n > 65000 && t.got.comment.n <= 65535);
	assert_int_equal(t.got.comment.p[t.got.comment.n - 1], ')');
	trip_next(&t, SOURCE_PACKET);
	assert_true(slice_eq_str(t.got.comment, "a\xef\xbf\xbd\x1b"
	                                        "b"));
	trip_end(&t);
	made_free(&t.m);
}

/* What an earlier run wrote is not written twice. */
static void notes_are_not_repeated(void **state)
{
	static const char again[] = "by hand\n[L5 session] ChangeCipherSpec: means nothing in TLS 1.3, sent "
	                            "so that old "
	                            "middleboxes take this for TLS 1.2 (RFC 8446 D.4)";
	struct trip t;

	trip_new(&t);
	made_tcp(&t.m, false, FLOW_CLIENT, TCP_ACK, "");
	t.m.frame.comment = SLICE(again);
	note_add(&t.m.frame.notes, &t.m.arena, NOTE_TLS_CCS, NULL, 0);
	note_add(&t.m.frame.notes, &t.m.arena, NOTE_TLS_CERT_SELF_SIGNED, NULL, 0);
	must_packet(t.sink, &t.m.frame);
	trip_turn(&t);
	trip_next(&t, SOURCE_PACKET);
	assert_memory_equal(t.got.comment.p, again, sizeof(again) - 1);
	assert_true(slice_eq_str(slice_skip(t.got.comment, sizeof(again) - 1), "\n[L5 session] Self-signed: "
	                                                                       "nobody but itself vouches "
	                                                                       "for "
	                                                                       "it (RFC 5280 3.2)"));
	trip_end(&t);
	made_free(&t.m);
}

/* Names of addresses are written once, before the packet that may need them; the last ones at the end. */
static void names_are_kept(void **state)
{
	const struct pkt_addr four = { 4, { 10, 0, 0, 1 } }, six = { 6, { 0x20, 1, [15] = 7 } },
	                      late = { 4, { 10, 0, 0, 9 } };
	struct hosts *hosts = hosts_new();
	struct trip t;

	trip_new(&t);
	made_tcp(&t.m, false, FLOW_CLIENT, TCP_ACK, "");
	must_packet(t.sink, &t.m.frame);
	t.m.frame.hosts = hosts;
	hosts_add(hosts, &four, SLICE("a.lab.test"));
	hosts_add(hosts, &six, SLICE("six.lab.test"));
	must_packet(t.sink, &t.m.frame);
	must_packet(t.sink, &t.m.frame);
	hosts_add(hosts, &late, SLICE("late.lab.test"));
	t.hosts = hosts;
	trip_turn(&t);
	trip_next(&t, SOURCE_PACKET);
	assert_null(source_hosts(t.source));
	trip_next(&t, SOURCE_PACKET);
	assert_string_equal(hosts_name(source_hosts(t.source), &four), "a.lab.test");
	assert_string_equal(hosts_name(source_hosts(t.source), &six), "six.lab.test");
	trip_next(&t, SOURCE_PACKET);
	assert_int_equal(hosts_count(source_hosts(t.source)), 2);
	trip_next(&t, SOURCE_END);
	assert_string_equal(hosts_name(source_hosts(t.source), &late), "late.lab.test");
	trip_end(&t);
	hosts_free(hosts);
	made_free(&t.m);
}

static void no_packets_is_a_valid_file(void **state)
{
	struct trip t;

	trip_new(&t);
	trip_turn(&t);
	trip_end(&t);
}

static void a_full_disk_is_said(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct err e;

	must_fail_when_full(sink_pcapng_new(full, "out/x", &e), full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(comments_have_a_limit),
		cmocka_unit_test(notes_are_not_repeated),
		cmocka_unit_test(names_are_kept),
		cmocka_unit_test(no_packets_is_a_valid_file),
		cmocka_unit_test(a_full_disk_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

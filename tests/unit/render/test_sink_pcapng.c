/* Tests of the pcapng sink: what it writes is read back by our own reader and must be what went in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "frames.h"
#include "trace/source.h"

static const char path[] = "/proc/self/fd/";

/* Packets with what the reader gives of them. */
static struct source *read_back(FILE *f, struct err *e)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%d", path, fileno(f));
	return source_file(name, e);
}

static void round_trip(void **state)
{
	static const uint32_t links[] = { LINK_ETHERNET, LINK_RAW, LINK_ETHERNET };
	FILE *f = tmpfile();
	struct err e = { 0 };
	struct sink *s = sink_pcapng_new(f, "out", &e);
	struct trace_stats stats = { 0 };
	struct source_packet got;
	struct slice lines;
	struct source *src;
	struct made m;

	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "hello");
	made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE("sid"));
	note_add(&m.frame.notes, &m.arena, NOTE_TLS_CCS, NULL, 0);
	m.frame.comment = SLICE("by hand");
	m.frame.pkt.wire_len = 1500;
	for (uint32_t i = 0; i < 3; i++) {
		m.frame.interface = i;
		m.frame.pkt.link_type = links[i];
		m.frame.ts = 1700000000123456789 + i;
		if (i == 1)
			assert_int_equal(s->ops->secrets(s, SLICE("CLIENT_RANDOM a b\n"), &e), 0);
		must_packet(s, &m.frame);
		must_packet(s, &m.frame); /* no second interface block */
		m.frame.notes = (struct note_list){ 0 };
		m.frame.comment = (struct slice){ 0 };
	}
	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
	src = read_back(f, &e);
	assert_non_null(src);
	for (uint32_t i = 0; i < 6; i++) {
		if (i == 2) {
			assert_int_equal(src->ops->next(src, &got, &lines, &e), SOURCE_SECRETS);
			assert_true(slice_eq_str(lines, "CLIENT_RANDOM a b\n"));
		}
		assert_int_equal(src->ops->next(src, &got, &lines, &e), SOURCE_PACKET);
		assert_true(slice_eq(got.bytes, m.frame.pkt.bytes));
		assert_int_equal(got.wire_len, 1500);
		assert_int_equal(got.ts, 1700000000123456789 + i / 2);
		assert_int_equal(got.link_type, links[i / 2]);
		assert_int_equal(got.interface, i / 2);
		if (i == 0)
			assert_true(slice_eq_str(got.comment, "by hand\n"
			                                      "[L7 application] Secure: sid is sent back "
			                                      "over TLS only (RFC 6265bis 4.1.2.5)\n"
			                                      "[L5 session] ChangeCipherSpec: means nothing "
			                                      "in TLS 1.3, sent so that old "
			                                      "middleboxes take this for TLS 1.2 (RFC 8446 "
			                                      "D.4)"));
		else if (i > 1)
			assert_int_equal(got.comment.n, 0);
	}
	assert_int_equal(src->ops->next(src, &got, &lines, &e), SOURCE_END);
	src->ops->free(src);
	fclose(f);
	made_free(&m);
}

/* A comment has at most 65535 bytes: whole notes are kept as far as they fit. */
static void comments_have_a_limit(void **state)
{
	static char big[70000];
	FILE *f = tmpfile();
	struct err e = { 0 };
	struct sink *s = sink_pcapng_new(f, "out", &e);
	struct trace_stats stats = { 0 };
	struct source_packet got;
	struct slice lines;
	struct source *src;
	struct made m;

	memset(big, 'x', sizeof(big));
	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "");
	for (int i = 0; i < 2000; i++)
		note_add(&m.frame.notes, &m.arena, NOTE_TLS_CCS, NULL, 0);
	must_packet(s, &m.frame);
	m.frame.notes = (struct note_list){ 0 };
	m.frame.comment = SLICE("a\xff\x1b"
	                        "b");
	made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name", slice_of(big, sizeof(big)));
	must_packet(s, &m.frame);
	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
	src = read_back(f, &e);
	assert_int_equal(src->ops->next(src, &got, &lines, &e), SOURCE_PACKET);
	assert_true(got.comment.n > 65000 && got.comment.n <= 65535);
	assert_int_equal(got.comment.p[got.comment.n - 1], ')');
	assert_int_equal(src->ops->next(src, &got, &lines, &e), SOURCE_PACKET);
	assert_true(slice_eq_str(got.comment, "a\xef\xbf\xbd\x1b"
	                                      "b"));
	assert_int_equal(src->ops->next(src, &got, &lines, &e), SOURCE_END);
	src->ops->free(src);
	fclose(f);
	made_free(&m);
}

/* What an earlier run wrote is not written twice. */
static void notes_are_not_repeated(void **state)
{
	static const char again[] = "by hand\n[L5 session] ChangeCipherSpec: means nothing in TLS 1.3, sent "
	                            "so that old "
	                            "middleboxes take this for TLS 1.2 (RFC 8446 D.4)";
	FILE *f = tmpfile();
	struct err e = { 0 };
	struct sink *s = sink_pcapng_new(f, "out", &e);
	struct trace_stats stats = { 0 };
	struct source_packet got;
	struct slice lines;
	struct source *src;
	struct made m;

	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "");
	m.frame.comment = SLICE(again);
	note_add(&m.frame.notes, &m.arena, NOTE_TLS_CCS, NULL, 0);
	note_add(&m.frame.notes, &m.arena, NOTE_TLS_CERT_SELF_SIGNED, NULL, 0);
	must_packet(s, &m.frame);
	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
	src = read_back(f, &e);
	assert_int_equal(src->ops->next(src, &got, &lines, &e), SOURCE_PACKET);
	assert_memory_equal(got.comment.p, again, sizeof(again) - 1);
	assert_true(slice_eq_str(slice_skip(got.comment, sizeof(again) - 1), "\n[L5 session] Self-signed: "
	                                                                     "nobody but itself vouches for "
	                                                                     "it (RFC 5280 3.2)"));
	src->ops->free(src);
	fclose(f);
	made_free(&m);
}

static void no_packets_is_a_valid_file(void **state)
{
	FILE *f = tmpfile();
	struct err e = { 0 };
	struct sink *s = sink_pcapng_new(f, "out", &e);
	struct trace_stats stats = { 0 };
	struct source_packet got;
	struct slice lines;
	struct source *src;

	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
	src = read_back(f, &e);
	assert_int_equal(src->ops->next(src, &got, &lines, &e), SOURCE_END);
	src->ops->free(src);
	fclose(f);
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
		cmocka_unit_test(no_packets_is_a_valid_file),
		cmocka_unit_test(a_full_disk_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of the JSON sink and of the counters as JSON: every line is checked by a strict parser of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "frames.h"
#include "json_check.h"

static void the_checker_refuses(void **state)
{
	static const char *const bad[] = { "{\"a\":1,\"a\":2}", "{\"a\":}", "[1,]", "\"\x01\"", "\"\xff\"",
		"01", "\"\\x\"", "{\"a\":1" };
	struct json_check c;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		c = (struct json_check){ .p = bad[i] };
		assert_false(json_check_value(&c, 0) && *c.p == '\0');
	}
}

/* --- The sink --------------------------------------------------------------------------------------------- */

static struct sink *sink(struct paper *p)
{
	struct err e;

	return sink_json_new(paper_new(p), "out", &e);
}

static void finish(struct sink *s)
{
	struct trace_stats stats = { .packets = 1, .first_ts = 5, .last_ts = 1000000005 };

	stats_count(&stats.sni, SLICE("a\"b"));
	stats_count(&stats.authorization_schemes, SLICE("Bearer"));
	stats_count(&stats.authorization_schemes, SLICE("Bearer"));
	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
}

static void fields_lie_flat_with_their_types(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p);

	made_tcp(&m, false, FLOW_CLIENT, TCP_SYN, "");
	must_packet(s, &m.frame);
	finish(s);
	assert_int_equal(json_lines(p.text), 2);
	assert_memory_equal(
	    p.text, "{\"frame.time\":\"2023-11-14T22:13:20.123456789Z\",\"frame.number\":1", 60);
	ASSERT_HAS(p.text, "\"frame.time_epoch\":1700000000.123456789,");
	ASSERT_HAS(p.text, "\"frame.time_relative\":0.000214000,");
	ASSERT_HAS(p.text, "\"eth.src\":\"02:00:00:00:00:01\"");
	ASSERT_HAS(p.text, "\"eth.type\":\"0x0800\"");
	ASSERT_HAS(p.text, "\"ip.src\":\"10.0.0.1\"");
	ASSERT_HAS(p.text, "\"ip.flags.df\":true");
	ASSERT_HAS(p.text, "\"tcp.flags.syn\":true");
	ASSERT_HAS(p.text, "\"tcp.dstport\":80");
	ASSERT_HAS(p.text, "\"tcp.stream\":0");
	ASSERT_HAS(p.text, "\"osilab.tcp.client_state\":\"unknown\"");
	ASSERT_HAS(p.text, "\"osilab.protocol\":\"TCP\",\"osilab.info\":\"SYN\",\"osilab.osi\":4,\"osilab."
	                   "notes\":[]}\n");
	ASSERT_HAS(p.text, "{\"osilab.end\":{\"packets\":1,\"bytes\":0,");
	ASSERT_HAS(p.text, "\"authorization_schemes\":{\"Bearer\":2},\"sni\":{\"a\\u0022b\":1}");
	ASSERT_HAS(p.text, "\"duration\":1.000000000,\"notes\":[]}}\n");
	made_free(&m);
	paper_free(&p);
}

static void repeated_names_become_arrays(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p);
	struct field f[] = {
		{ .name = "http.request.uri", .type = FIELD_TEXT, .s = SLICE("/one") },
		{ .name = "tcp.dstport", .type = FIELD_UINT, .u = 4711 },
		{ .name = "osilab.side", .type = FIELD_TEXT, .s = SLICE("client") },
	};

	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "");
	note_add(&m.frame.notes, &m.arena, NOTE_HTTP_REQUEST, f, 3);
	f[0].s = SLICE("/two");
	note_add(&m.frame.notes, &m.arena, NOTE_HTTP_REQUEST, f, 3);
	f[0].s = SLICE("/three");
	note_add(&m.frame.notes, &m.arena, NOTE_HTTP_REQUEST, f, 3);
	must_packet(s, &m.frame);
	finish(s);
	assert_int_equal(json_lines(p.text), 2);
	ASSERT_HAS(p.text, "\"http.request.uri\":[\"/one\",\"/two\",\"/three\"],");
	ASSERT_HAS(p.text, "\"osilab.side\":\"client\","); /* the same value thrice is one */
	ASSERT_HAS(p.text, "\"tcp.dstport\":80,");         /* what the layer says stands */
	ASSERT_HAS(p.text, "\"fields\":{\"http.request.uri\":\"/two\",\"tcp.dstport\":4711,");
	made_free(&m);
	paper_free(&p);
}

/* A tunnel repeats the fields of a layer. */
static void two_layers_of_one_kind(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p);
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof(bytes));

	made_arp(&m);
	ip4_encode(&w,
	    &(struct ip4){ .src = { 1, 1, 1, 1 }, .dst = { 2, 2, 2, 2 }, .ttl = 9, .proto = IP_PROTO_IP4 },
	    20);
	ip4_encode(
	    &w, &(struct ip4){ .src = { 3, 3, 3, 3 }, .dst = { 4, 4, 4, 4 }, .ttl = 8, .proto = 99 }, 0);
	pkt_decode(&m.frame.pkt, LINK_RAW, slice_of(bytes, w.n), (uint32_t)w.n);
	must_packet(s, &m.frame);
	finish(s);
	assert_int_equal(json_lines(p.text), 2);
	ASSERT_HAS(p.text, "\"ip.src\":[\"1.1.1.1\",\"3.3.3.3\"]");
	ASSERT_HAS(p.text, "\"ip.ttl\":[9,8]");
	made_free(&m);
	paper_free(&p);
}

static void notes_are_objects(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p);
	struct note *n;

	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "");
	n = made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE("sid"));
	n->ref = 4;
	n->off = 54;
	n->len = 10;
	must_packet(s, &m.frame);
	finish(s);
	assert_int_equal(json_lines(p.text), 2);
	ASSERT_HAS(p.text, "\"osilab.osi\":7,\"osilab.notes\":[{\"id\":\"cookie.secure\",\"osi\":7,\"layer\":"
	                   "\"L7 application\","
	                   "\"tcpip\":\"application\",\"tone\":\"good\",\"text\":\"Secure: sid is sent back "
	                   "over TLS only\","
	                   "\"rfc\":\"RFC 6265bis 4.1.2.5\",\"ref\":4,\"off\":54,\"len\":10,"
	                   "\"fields\":{\"osilab.cookie.name\":\"sid\"}}]}\n");
	made_free(&m);
	paper_free(&p);
}

static void hostile_text_is_valid_json(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p);

	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "");
	made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE(HOSTILE));
	m.frame.comment = SLICE(HOSTILE);
	m.frame.info = HOSTILE;
	must_packet(s, &m.frame);
	finish(s);
	assert_int_equal(json_lines(p.text), 2);
	assert_null(strchr(p.text, '\x1b'));
	ASSERT_HAS(p.text, "\"osilab.cookie.name\":\"\\u001b[2J\\u0022'</"
	                   "script><!--\\u005c\\u000d\\u000a\\u0007\xef\xbf\xbd");
	ASSERT_HAS(p.text, "\"frame.comment\":\"\\u001b[2J");
	made_free(&m);
	paper_free(&p);
}

static void every_kind_of_value(void **state)
{
	static const uint8_t six[16] = { 0xfe, 0x80, [15] = 1 };
	const struct field f[] = {
		{ .name = "a.span", .type = FIELD_SPAN, .u = (uint64_t)-1500000000 },
		{ .name = "a.time", .type = FIELD_TIME, .u = 1 },
		{ .name = "a.before", .type = FIELD_TIME, .u = (uint64_t)-1 },
		{ .name = "a.ip6", .type = FIELD_IP6, .s = { six, 16 } },
		{ .name = "a.short", .type = FIELD_IP6, .s = { six, 3 } },
		{ .name = "a.bytes", .type = FIELD_BYTES, .s = { six, 3 } },
		{ .name = "a.big", .type = FIELD_UINT, .u = UINT64_MAX },
		{ .name = "a.no", .type = FIELD_BOOL },
		{ .name = "a.hex", .type = FIELD_HEX, .u = UINT64_MAX, .digits = 16 },
	};
	struct made m;
	struct paper p;
	struct sink *s = sink(&p);

	made_arp(&m);
	note_add(&m.frame.notes, &m.arena, NOTE_ARP_REQUEST, f, sizeof(f) / sizeof(f[0]));
	must_packet(s, &m.frame);
	finish(s);
	assert_int_equal(json_lines(p.text), 2);
	ASSERT_HAS(p.text, "\"a.span\":-1.500000000,\"a.time\":\"1970-01-01T00:00:00.000000001Z\","
	                   "\"a.before\":\"1969-12-31T23:59:59.999999999Z\",\"a.ip6\":\"fe80::1\",\"a."
	                   "short\":\"\","
	                   "\"a.bytes\":\"fe8000\",\"a.big\":18446744073709551615,\"a.no\":false,"
	                   "\"a.hex\":\"0xffffffffffffffff\"");
	made_free(&m);
	paper_free(&p);
}

/* More fields than there is room for: the line stays valid. */
static void too_many_fields(void **state)
{
	static struct field f[3000];
	struct made m;
	struct paper p;
	struct sink *s = sink(&p);

	for (size_t i = 0; i < 3000; i++)
		f[i] = (struct field){ .name = "many", .type = FIELD_UINT, .u = i };
	made_arp(&m);
	for (size_t i = 0; i < 3000; i += 100)
		note_add(&m.frame.notes, &m.arena, NOTE_ARP_REQUEST, f + i, 1);
	note_add(&m.frame.notes, &m.arena, NOTE_ARP_REQUEST, f, 200);
	must_packet(s, &m.frame);
	s->ops->flush(s, NULL);
	ASSERT_HAS(p.text, "\"many\":[0,100,200,");
	s->ops->free(s);
	made_free(&m);
	paper_free(&p);
}

static void counters_alone(void **state)
{
	struct trace_stats stats = { .packets = 3, .http_requests = 2, .last_ts = 1500000000 };
	struct err e, damage = { .msg = "cut \"here\"" };
	struct paper p;
	struct sink *s = sink_stats_new(paper_new(&p), "out", true, NOTE_EN, &e);

	assert_null(s->ops->packet); /* so that nothing is said about packets */
	stats_count(&stats.alpn, SLICE("h2"));
	must_end(s, &(struct trace_end){ .stats = &stats, .damage = &damage });
	s->ops->free(s);
	assert_int_equal(json_lines(p.text), 1);
	ASSERT_HAS(p.text, "{\"packets\":3,");
	ASSERT_HAS(p.text, "\"http_requests\":2,");
	ASSERT_HAS(p.text, "\"alpn\":{\"h2\":1},\"tls_alerts\":{},\"duration\":1.500000000,\"damage\":\"cut "
	                   "\\u0022here\\u0022\"}\n");
	paper_free(&p);
	s = sink_stats_new(paper_new(&p), "out", false, NOTE_EN, &e);
	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
	ASSERT_HAS(p.text, "packets                              3\n");
	ASSERT_HAS(p.text, "alpn                                 1  h2\n");
	paper_free(&p);
}

static void a_full_disk_is_said(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct err e;

	must_fail_when_full(sink_json_new(full, "out/x", &e), full);
	full = fopen("/dev/full", "w");
	must_fail_when_full(sink_stats_new(full, "out/x", true, NOTE_EN, &e), full);
}

/* Also in the middle of a run, not only at its end. */
static void a_full_disk_is_said_early(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct err e = { 0 };
	struct sink *s = sink_json_new(full, "out/x", &e);
	struct made m;
	int i;

	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "");
	for (i = 0; i < 1000; i++)
		if (s->ops->packet(s, &m.frame, &e) < 0)
			break;
	assert_true(i < 1000);
	assert_int_equal(e.kind, ERR_ENV);
	s->ops->free(s);
	fclose(full);
	made_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_checker_refuses),
		cmocka_unit_test(fields_lie_flat_with_their_types),
		cmocka_unit_test(repeated_names_become_arrays),
		cmocka_unit_test(two_layers_of_one_kind),
		cmocka_unit_test(notes_are_objects),
		cmocka_unit_test(hostile_text_is_valid_json),
		cmocka_unit_test(every_kind_of_value),
		cmocka_unit_test(too_many_fields),
		cmocka_unit_test(counters_alone),
		cmocka_unit_test(a_full_disk_is_said),
		cmocka_unit_test(a_full_disk_is_said_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

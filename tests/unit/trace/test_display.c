/* Packets shown by an expression: what its names mean, and that it changes nothing but what is shown. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness.h"

#include "trace/display.h"

#define C FLOW_CLIENT
#define S FLOW_SERVER

/* Writes down the numbers of the packets it is shown: the other sink of the lab wants every packet. */
struct numbers {
	struct sink sink;
	char text[256];
	size_t n;
	const struct trace_end *end;
	struct trace_stats stats;
	char note[512];
};

static int numbers_packet(struct sink *s, const struct frame *f, struct err *e)
{
	struct numbers *to = (struct numbers *)s;

	to->n += (size_t)snprintf(to->text + to->n, sizeof(to->text) - to->n, "%s%llu", to->n ? " " : "",
	    (unsigned long long)f->number);
	return 0;
}

static int numbers_secrets(struct sink *s, struct slice lines, struct err *e)
{
	return 0;
}

static int numbers_end(struct sink *s, const struct trace_end *end, struct err *e)
{
	struct numbers *to = (struct numbers *)s;

	to->stats = *end->stats;
	for (const struct note *n = end->notes; n; n = n->next) {
		struct buf text = { 0 };

		if (n->id != NOTE_DISPLAY_FAILED)
			continue;
		assert_string_equal(to->note, ""); /* once */
		note_text(n, NOTE_EN, &text);
		snprintf(to->note, sizeof(to->note), "%s", buf_cstr(&text));
		buf_fini(&text);
	}
	return 0;
}

static int numbers_flush(struct sink *s, struct err *e)
{
	return 0;
}

static const struct sink_ops numbers_ops = { "numbers", numbers_packet, numbers_secrets, numbers_end,
	numbers_flush, NULL };

/* Traces the capture with this expression.  0, or -1 with *e. */
static int show(struct lab *l, const char *expression, struct numbers *to, struct err *e)
{
	struct trace_config config = { .display = expression };
	struct trace *t = trace_new(&config, e);
	int rc = -1;

	*to = (struct numbers){ .sink = { &numbers_ops } };
	l->at = 0;
	if (t && trace_add_sink(t, &to->sink, e) == 0)
		rc = trace_run(t, &l->source, e);
	trace_free(t);
	return rc;
}

static void shows(struct lab *l, const char *expression, const char *packets)
{
	struct numbers to;
	struct err e = { 0 };

	if (show(l, expression, &to, &e) < 0)
		fail_msg("%s: %s", expression, e.msg);
	if (strcmp(to.text, packets) != 0)
		fail_msg("%s: shows %s, not %s", expression, to.text, packets);
}

static void refused(const char *expression, const char *why)
{
	struct err e = { 0 };

	assert_null(display_new(expression, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	if (strncmp(e.msg, "-Y: ", 4) != 0 || !strstr(e.msg, why))
		fail_msg("%s: %s", expression, e.msg);
}

/* Two connections: 1 to 3 a handshake, 4 a request, 5 an answer; 6 to 8 a handshake, 9 a request that is not
 * HTTP, 10 the same again. */
static void two_talks(struct lab *l)
{
	struct talk t;

	lab_init(l);
	talk_init(&t, l, 40000, 80);
	talk_open(&t);
	talk_text(&t, C, "GET /login HTTP/1.1\r\nHost: a.example\r\nCookie: sid=1\r\n\r\n");
	talk_text(&t, S, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	talk_init(&t, l, 40001, 7);
	talk_open(&t);
	talk_text(&t, C, "hello");
	lab_again(l, CLOCK_SEC);
}

static void test_protocols(void **state)
{
	struct lab l;

	two_talks(&l);
	shows(&l, "tcp and ip and eth", "1 2 3 4 5 6 7 8 9 10");
	shows(&l, "udp or arp or ipv6 or vlan or icmp or dns or tls or http2", "");
	shows(&l, "http", "4 5");
	shows(&l, "http and tcp_stream == 0 and not https", "4 5");
	shows(&l, "protocol == 'HTTP'", "4 5");
	shows(&l, "not http", "1 2 3 6 7 8 9 10");
	lab_fini(&l);
}

static void test_fields(void **state)
{
	struct lab l;

	two_talks(&l);
	shows(&l, "tcp_stream == 1", "6 7 8 9 10");
	shows(&l, "ip_src == '192.0.2.2'", "2 5 7");
	shows(&l, "eth_src == '02:00:00:00:00:02'", "2 5 7");
	shows(&l, "osilab_direction == 'server'", "2 5 7");
	shows(&l, "tcp_len > 0", "4 5 9 10");
	shows(&l, "tcp_flags_syn and not tcp_flags_ack", "1 6");
	shows(&l, "tcp_flags == 0x12 and eth_type == 0x0800", "2 7");
	shows(&l, "http_request_method == 'GET'", "4");
	shows(&l, "http_cookie", "4");
	shows(&l, "http_response_code == 200", "5");
	shows(&l, "frame_time_relative >= 0.04 and frame_time_relative < 0.06", "5 6");
	shows(&l, "frame_time_epoch < 1767323045.005", "1");
	lab_fini(&l);
}

static void test_frame(void **state)
{
	struct lab l;

	two_talks(&l);
	shows(&l, "number >= 3 and frame_number <= 4", "3 4");
	shows(&l, "info:find('/login', 1, true)", "4");
	shows(&l, "info == osilab_info and protocol == osilab_protocol", "1 2 3 4 5 6 7 8 9 10");
	shows(&l, "comment or frame_comment", "");
	lab_fini(&l);
}

static void test_notes(void **state)
{
	struct lab l;

	two_talks(&l);
	shows(&l, "note('tcp.handshake.synack')", "2 7");
	shows(&l, "note('tcp.loss.retransmission')", "10");
	shows(&l, "note('tcp.loss.*')", "10");
	shows(&l, "note('*') and not note('tcp.*')", "4 5");
	shows(&l, "note('tcp.hand' .. 'shake.synack')", "2 7");
	shows(&l, "note('tcp.hand' .. 'shake')", ""); /* not without a star */
	lab_fini(&l);
}

/* A field that comes several times: a request with two cookies, the layers' names for it or the notes'. */
static void test_several(void **state)
{
	struct lab l;
	struct talk t;

	lab_init(&l);
	talk_init(&t, &l, 40000, 80);
	talk_open(&t);
	talk_text(&t, C, "GET / HTTP/1.1\r\nHost: a.example\r\nCookie: sid=1; lang=ko\r\n\r\n");
	talk_text(&t, C, "GET / HTTP/1.1\r\nHost: a.example\r\nCookie: lang=en\r\n\r\n");
	shows(&l, "osilab_cookie_name == 'lang'", "5");
	shows(&l, "any('osilab_cookie_name', 'lang')", "4 5");
	shows(&l, "any('osilab.cookie.name', 'sid')", "4");
	shows(&l, "any('osilab_cookie_name', 's*') and any('osilab_cookie_name', 'l*')", "4");
	shows(&l, "any('osilab_cookie_name')", "4 5");
	shows(&l, "any('tcp_option_kind', 2) and any('tcp_option_kind', 4.0)", "1 2");
	shows(&l, "any('tcp_option_kind', '2') or any('tcp_option_kind', true)", "");
	shows(&l, "any('tcp_flags_syn', true)", "1 2");
	shows(&l, "any('frame_len', frame_len) and any('ip_src', ip_dst)", "");
	shows(&l, "#all('osilab_cookie_name') > 1 and all('osilab_cookie_name')[1] ~= 'lang'", "4");
	shows(&l, "#all('dns_a') == 0 and #all('ip_src') == 1", "1 2 3 4 5");
	refused("any('htp_cookie')", "column 5: no field or protocol is called htp_cookie; did you mean "
	                             "http_cookie?");
	refused("#all('tcp')", "no field");
	lab_fini(&l);
}

/* What is not shown is traced all the same. */
static void test_all_is_traced(void **state)
{
	struct lab l;
	struct numbers all, none;
	struct err e = { 0 };

	two_talks(&l);
	assert_int_equal(show(&l, NULL, &all, &e), 0);
	assert_string_equal(all.text, "1 2 3 4 5 6 7 8 9 10");
	assert_int_equal(show(&l, "false", &none, &e), 0);
	assert_string_equal(none.text, "");
	assert_int_equal(all.stats.http_requests, 1);
	assert_memory_equal(&all.stats, &none.stats, sizeof(all.stats));
	shows(&l, "http_response_code and osilab_http_request", "5"); /* the request was not shown */
	lab_fini(&l);
}

static void test_failures(void **state)
{
	struct lab l;
	struct numbers to;
	struct err e = { 0 };

	two_talks(&l);
	assert_int_equal(show(&l, "http_response_code > 199", &to, &e), 0);
	assert_string_equal(to.text, "5");
	assert_string_equal(to.note, ""); /* a field that only some packets have */
	assert_int_equal(show(&l, "dns_time > 1", &to, &e), 0);
	assert_string_equal(to.text, "");
	assert_non_null(strstr(to.note, "failed on 10 of 10 packet(s)"));
	assert_non_null(strstr(to.note, "on packet 1: attempt to compare"));
	assert_int_equal(show(&l, "http_response_code or number == 4 and ip_src > 5", &to, &e), 0);
	assert_string_equal(to.text, "5");
	assert_non_null(strstr(to.note, "failed on"));
	lab_fini(&l);
	lab_init(&l);
	assert_int_equal(show(&l, "dns_time > 1", &to, &e), 0); /* no packet, no failure */
	assert_string_equal(to.note, "");
	lab_fini(&l);
}

static void test_bounds(void **state)
{
	struct lab l;
	struct numbers to;
	struct err e = { 0 };

	two_talks(&l);
	assert_int_equal(show(&l, "number ~= 3 or (function() while true do end end)()", &to, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(e.msg, "-Y: packet 3: it takes more than 100000 steps");
	assert_string_equal(to.text, "1 2");
	lab_fini(&l);
}

static void test_refused(void **state)
{
	refused("tcp_straem == 3", "column 1: no field or protocol is called tcp_straem; did you mean "
	                           "tcp_stream?");
	refused("htpt", "did you mean http?");
	refused("numbr == 1", "did you mean number?");
	refused("tcp and tcp.stream == 3", "column 9: write tcp_stream, with underscores");
	refused("ip.src == 'x'", "write ip_src");
	refused("os.exit(1)", "no field or protocol is called os");
	refused("entirely_unheard_of_thing", "is called entirely_unheard_of_thing");
	refused("note('tcp.handshake.synak')", "no note is called tcp.handshake.synak; did you mean "
	                                       "tcp.handshake.synack?");
	refused("note('tcp.nothing.*')", "no note is called tcp.nothing.*");
	refused("tcp and", "near <eof>");
	refused("", "no expression");
}

static void test_too_many_names(void **state)
{
	struct buf text = { 0 };
	struct slice rest = SLICE("ip_src ip_dst ip_ttl ip_proto ip_len ip_id eth_src eth_dst eth_type "
	                          "tcp_srcport "
	                          "tcp_dstport tcp_seq tcp_ack tcp_len tcp_flags tcp_flags_syn tcp_flags_ack "
	                          "tcp_flags_fin tcp_flags_reset tcp_flags_push tcp_checksum "
	                          "tcp_urgent_pointer");
	static const char *const protocols[] = { "eth", "sll", "null", "vlan", "arp", "ip", "ipv6", "icmp",
		"icmpv6", "tcp", "udp", "nflog", "llc", "stp", "ppp", "pppoe", "igmp", "esp", "ah", "tls",
		"http", "https", "http2", "dns", "mdns", "dhcp", "number", "info", "protocol", "comment",
		"http_host", "http_cookie", "dns_time", "dns_id", "dns_qry_name", "dns_a", "dns_aaaa",
		"dns_cname", "udp_srcport", "udp_dstport", "udp_length", "udp_stream", "frame_len" };
	struct err e = { 0 };

	buf_puts(&text, "tcp_stream");
	while (rest.p) {
		buf_puts(&text, " or ");
		buf_slice(&text, slice_cut(&rest, ' '));
	}
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		buf_printf(&text, " or %s", protocols[i]);
	assert_null(display_new(buf_cstr(&text), &e));
	if (!strstr(e.msg, "more than 64 names"))
		fail_msg("%s", e.msg);
	buf_fini(&text);
}

/* Every field that the tracer lists can be asked for. */
static void test_names(void **state)
{
	struct lab l;

	assert_string_equal(display_field(SLICE("tcp_stream")), "tcp.stream");
	assert_string_equal(display_field(SLICE("tcp.window_size")), "tcp.window_size");
	assert_string_equal(display_field(SLICE("http2_headers_method")), "http2.headers.method");
	assert_string_equal(display_field(SLICE("osilab_tcp_client_state")), "osilab.tcp.client_state");
	assert_null(display_field(SLICE("tcp")));
	assert_null(display_field(SLICE("tcp_")));
	assert_null(display_field(SLICE("")));
	two_talks(&l);
	lab_run(&l);
	for (size_t i = 0; i < l.nnotes; i++) {
		struct slice lines = slice_str(l.notes[i].fields);

		while (lines.n) {
			struct slice line = slice_cut(&lines, '\n'), name = slice_cut(&line, '=');

			if (!display_field(name))
				fail_msg("%.*s", SLICE_ARG(name));
		}
	}
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_all_is_traced),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_many_names),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

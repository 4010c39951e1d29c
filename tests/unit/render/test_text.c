/* Tests of the text sink. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "frames.h"
#include "trace/hosts.h"

/* A text sink, the paper that it writes on, and the frame to show. */
struct page {
	struct made m;
	struct paper p;
	struct sink *s;
};

static void page_new(struct page *g, struct text_options o)
{
	struct err e;

	g->s = sink_text_new(paper_new(&g->p), "out", &o, &e);
	assert_non_null(g->s);
}

/* The end of the trace; what was written can be read from then on. */
static void page_end(struct page *g)
{
	struct trace_stats stats = { .packets = 2,
		.bytes = 120,
		.tcp_streams = 1,
		.first_ts = 0,
		.last_ts = 5000000,
		.http_requests = 1,
		.tls_sessions = 2,
		.tls_decrypted = 1 };

	must_end(g->s, &(struct trace_end){ .stats = &stats });
	g->s->ops->free(g->s);
}

static void page_free(struct page *g)
{
	made_free(&g->m);
	paper_free(&g->p);
}

/* Shows the frame, and ends. */
static void page_show(struct page *g)
{
	must_packet(g->s, &g->m.frame);
	page_end(g);
}

static void handshake_reads_well(void **state)
{
	struct page g;
	const struct field seq = { .name = "tcp.seq_raw", .type = FIELD_UINT, .u = 1000 };

	page_new(&g, (struct text_options){ 0 });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_SYN, "");
	g.m.frame.state[0] = TCP_STATE_SYN_SENT;
	g.m.frame.state[1] = TCP_STATE_LISTEN;
	note_add(&g.m.frame.notes, &g.m.arena, NOTE_TCP_SYN, &seq, 1);
	must_packet(g.s, &g.m.frame);
	g.m.frame.number = 2;
	g.m.frame.notes = (struct note_list){ 0 };
	must_packet(g.s, &g.m.frame); /* the same states: not said again */
	page_end(&g);
	assert_string_equal(g.p.text, "    1   0.000214  10.0.0.1:40000 → 10.0.0.2:80  L4 transport   "
	                              "│transport   TCP     "
	                              "SYN\n"
	                              "      L4 transport    │ transport   │   client SYN-SENT · server "
	                              "LISTEN\n"
	                              "      L4 transport    │ transport   │ · Handshake 1 of 3: the client "
	                              "asks for a connection (SYN); "
	                              "its bytes will be counted from 1000 (RFC 9293 3.5)\n"
	                              "    2   0.000214  10.0.0.1:40000 → 10.0.0.2:80  L4 transport   "
	                              "│transport   TCP     "
	                              "SYN\n"
	                              "────  2 packets, 120 bytes, 5 ms\n"
	                              "      TCP    1 connection\n"
	                              "      TLS    1 of 2 sessions decrypted\n"
	                              "      HTTP   1 request\n");
	page_free(&g);
}

static void states_show_again_when_they_change(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ 0 });
	made_tcp(&g.m, false, FLOW_SERVER, TCP_SYN | TCP_ACK, "");
	must_packet(g.s, &g.m.frame); /* nothing is known: nothing is said */
	g.m.frame.state[0] = g.m.frame.state[1] = TCP_STATE_ESTABLISHED;
	must_packet(g.s, &g.m.frame);
	g.m.frame.state[1] = TCP_STATE_CLOSE_WAIT;
	page_show(&g);
	ASSERT_HAS_NOT(g.p.text, "unknown");
	ASSERT_HAS(g.p.text, "10.0.0.2:80 → 10.0.0.1:40000");
	ASSERT_HAS(g.p.text, "      L4 transport    │ transport   │   client ESTABLISHED · server "
	                     "ESTABLISHED\n");
	ASSERT_HAS(g.p.text, "      L4 transport    │ transport   │   client ESTABLISHED · server "
	                     "CLOSE-WAIT\n");
	page_free(&g);
}

static void ipv6_arp_and_times(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ .absolute = true });
	made_tcp(&g.m, true, FLOW_CLIENT, TCP_ACK, "x");
	g.m.frame.pkt.wire_len = 999;
	must_packet(g.s, &g.m.frame);
	made_free(&g.m);
	made_arp(&g.m);
	page_show(&g);
	ASSERT_HAS(g.p.text, "2023-11-14T22:13:20.123456Z  [2001:db8::1]:40000 → [2001:db8::2]:80");
	ASSERT_HAS(g.p.text, "[captured 75/999]");
	ASSERT_HAS(g.p.text, "02:00:00:00:00:01 → everyone");
	ASSERT_HAS(g.p.text, "L2 link        │link        ARP     who has 10.0.0.2? tell 10.0.0.1\n");
	page_free(&g);
}

static void long_sentences_wrap_within_the_width(void **state)
{
	for (unsigned width = 1; width < 200; width += 7)
		for (enum note_lang lang = NOTE_EN; lang <= NOTE_KO; lang++) {
			struct page g;

			page_new(&g, (struct text_options){ .width = width, .lang = lang });
			made_tcp(&g.m, false, FLOW_CLIENT, TCP_ACK, "");
			g.m.frame.info = "a long line of what this packet is, with many a word and one "
			                 "averyveryveryveryveryverylongwordddddddddddddddddddddddddddddddddd"
			                 "d";
			note_add(&g.m.frame.notes, &g.m.arena, NOTE_CKSUM_OFFLOAD, NULL, 0);
			must_packet(g.s, &g.m.frame);
			g.s->ops->flush(g.s, NULL);
			if (width > 80) {
				char *line = strtok(g.p.text, "\n");

				for (; line; line = strtok(NULL, "\n"))
					assert_true(strlen(line) <= width * 3);
			}
			g.s->ops->free(g.s);
			page_free(&g);
		}
}

static void wrapped_lines_keep_their_column(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ .width = 80 });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_ACK, "");
	note_add(&g.m.frame.notes, &g.m.arena, NOTE_TLS_CCS, NULL, 0);
	page_show(&g);
	ASSERT_HAS(
	    g.p.text, "10.0.0.2:80  L5│application TCP     SYN\n"); /* short names on a narrow terminal */
	ASSERT_HAS(g.p.text, "      L5 session      │ application │ · ChangeCipherSpec: means nothing in "
	                     "TLS\n"
	                     "                      │             │   1.3, sent so that old middleboxes "
	                     "take\n"
	                     "                      │             │   this for TLS 1.2 (RFC 8446 D.4)\n");
	page_free(&g);
}

static void colours_only_when_asked(void **state)
{
	struct page plain, bright;
	char *from, *to;

	page_new(&plain, (struct text_options){ .verbose = 2, .hex = true });
	page_new(&bright, (struct text_options){ .verbose = 2, .hex = true, .color = true });
	made_tcp(&plain.m, false, FLOW_CLIENT, TCP_PSH | TCP_ACK, "GET / HTTP/1.1\r\n\r\n");
	note_add(&plain.m.frame.notes, &plain.m.arena, NOTE_TLS_FORGED, NULL, 0);
	must_packet(plain.s, &plain.m.frame);
	must_packet(bright.s, &plain.m.frame);
	page_end(&plain);
	page_end(&bright);
	assert_null(strchr(plain.p.text, '\x1b'));
	assert_non_null(strchr(bright.p.text, '\x1b'));
	/* without its colours it is the same text */
	for (from = to = bright.p.text; *from; from++)
		if (*from == '\x1b')
			from = strchr(from, 'm');
		else
			*to++ = *from;
	*to = '\0';
	assert_string_equal(plain.p.text, bright.p.text);
	page_free(&plain);
	paper_free(&bright.p);
}

static void bytes_are_marked_by_layer(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ .verbose = 1, .hex = true });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_ACK, "GET /\x1b[2J\r\n");
	page_show(&g);
	ASSERT_HAS(g.p.text, "L2 eth     bytes   0–13, header 14, body 51  dst 02:00:00:00:00:02  src "
	                     "02:00:00:00:00:01");
	ASSERT_HAS(g.p.text, "L3 ip      bytes  14–33, header 20, body 31");
	ASSERT_HAS(g.p.text, "L4 tcp     bytes  34–53, header 20, body 11");
	ASSERT_HAS(g.p.text, "payload bytes  54–64\n");
	ASSERT_HAS(g.p.text, "      eth     0000  02 00 00 00 00 02 02 00  00 00 00 01 08 00        "
	                     "..............\n");
	ASSERT_HAS(g.p.text, "      payload 0036  47 45 54 20 2f 1b 5b 32  4a 0d 0a");
	ASSERT_HAS(g.p.text, "GET /.[2J..");
	page_free(&g);
}

static void every_field_on_its_line(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ .verbose = 2 });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_SYN, "");
	page_show(&g);
	ASSERT_HAS(g.p.text, "         ip.ttl                          64  Time to live  [22–22]\n");
	ASSERT_HAS(g.p.text, "         tcp.options.mss_val             1460  Maximum segment size  "
	                     "[56–57]\n");
	page_free(&g);
}

static void hostile_text_is_inert(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ 0 });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_ACK, "");
	made_note(&g.m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE(HOSTILE));
	g.m.frame.comment = SLICE("first " HOSTILE);
	page_show(&g);
	assert_null(strchr(g.p.text, '\x1b'));
	assert_null(strchr(g.p.text, '\r'));
	assert_null(strchr(g.p.text, '\x07'));
	assert_null(strchr(g.p.text, '\xff'));
	ASSERT_HAS_NOT(g.p.text, "\xe2\x80\xae");
	ASSERT_HAS(g.p.text, "comment in the file: first \\x1b[2J\"'</script><!--\\x5c\\x0d\n");
	ASSERT_HAS(g.p.text, "✓ Secure: \\x1b[2J");
	page_free(&g);
}

static void comments_of_an_earlier_run_are_left_out(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ 0 });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_ACK, "");
	note_add(&g.m.frame.notes, &g.m.arena, NOTE_TLS_CERT_SELF_SIGNED, NULL, 0);
	g.m.frame.comment = SLICE("mine\n[L5 session] Self-signed: nobody but itself vouches for it (RFC "
	                          "5280 "
	                          "3.2)");
	page_show(&g);
	ASSERT_HAS(g.p.text, "      comment in the file: mine\n────");
	page_free(&g);
}

/* Of two captures: what was said of the packet at one end alone. */
static void notes_of_one_end_are_left_out(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ 0 });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_ACK, "");
	g.m.frame.two_places = true;
	g.m.frame.comment = SLICE("mine\n[L4 transport] The round trip took 7 ms\n[L8 people] mine too\n[L4");
	page_show(&g);
	ASSERT_HAS_NOT(g.p.text, "7 ms");
	ASSERT_HAS(g.p.text, "      comment in the file: mine\n");
	ASSERT_HAS(g.p.text, "      comment in the file: [L8 people] mine too\n");
	ASSERT_HAS(g.p.text, "      comment in the file: [L4\n");
	page_free(&g);
}

static void quiet_lists_flows(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ .quiet = true });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_PSH | TCP_ACK, "12345");
	g.m.frame.proto = "HTTP";
	must_packet(g.s, &g.m.frame);
	made_free(&g.m);
	made_tcp(&g.m, false, FLOW_SERVER, TCP_ACK, "1234567");
	g.m.frame.ts += 5000000;
	g.m.frame.state[0] = TCP_STATE_TIME_WAIT;
	g.m.frame.state[1] = TCP_STATE_CLOSED;
	page_show(&g);
	assert_string_equal(g.p.text, "flow   client          server       protocol  packets →  ←  bytes →  "
	                              "←  "
	                              "lasted  RTT client  server  states\n"
	                              "TCP 0  10.0.0.1:40000  10.0.0.2:80  HTTP              1  1        5  "
	                              "7  "
	                              "  5 ms           –       –  "
	                              "TIME-WAIT · CLOSED\n"
	                              "────  2 packets, 120 bytes, 5 ms\n"
	                              "      TCP    1 connection\n"
	                              "      TLS    1 of 2 sessions decrypted\n"
	                              "      HTTP   1 request\n");
	page_free(&g);
}

/* What an ICMP error said of a flow stands behind its states. */
static void quiet_lists_refusals(void **state)
{
	const struct field error[] = {
		{ .name = "osilab.icmp.what", .type = FIELD_TEXT, .s = SLICE("port unreachable") },
		{ .name = "osilab.icmp.proto", .type = FIELD_TEXT, .s = SLICE("TCP") }
	};
	struct page g;

	page_new(&g, (struct text_options){ .quiet = true });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_SYN, "");
	must_packet(g.s, &g.m.frame);
	g.m.frame.flow = NULL;
	note_add(&g.m.frame.notes, &g.m.arena, NOTE_ICMP_PORT_CLOSED, error, 2);
	note_add(&g.m.frame.notes, &g.m.arena, NOTE_ICMP_ABOUT_FLOW, NULL, 0)->flow = 7; /* not listed */
	note_add(&g.m.frame.notes, &g.m.arena, NOTE_ICMP_ABOUT_FLOW, NULL, 0)->flow = 0;
	page_show(&g);
	ASSERT_HAS(g.p.text, " · ICMP: port unreachable\n");
	page_free(&g);
}

/* Names of the capture stand for addresses, made harmless; not when they are unwanted. */
static void hosts_go_by_their_names(void **state)
{
	const struct pkt_addr client = { 4, { 10, 0, 0, 1 } },
	                      server = { 6, { 0x20, 1, 0xd, 0xb8, [15] = 2 } };
	struct hosts *hosts = hosts_new();

	hosts_add(hosts, &client, SLICE("laptop\x1b[2J"));
	hosts_add(hosts, &server, SLICE("www.lab.test"));
	for (int named = 0; named < 2; named++)
		for (int quiet = 0; quiet < 2; quiet++)
			for (int v6 = 0; v6 < 2; v6++) {
				struct page g;

				page_new(&g, (struct text_options){ .quiet = quiet });
				made_tcp(&g.m, v6, FLOW_CLIENT, TCP_ACK, "");
				g.m.frame.hosts = hosts;
				g.m.frame.named = named;
				page_show(&g);
				if (!named)
					ASSERT_HAS(g.p.text, v6 ? "[2001:db8::2]:80" : "10.0.0.1:40000");
				else
					ASSERT_HAS(
					    g.p.text, v6 ? " www.lab.test:80" : "laptop\\x1b[2J:40000");
				page_free(&g);
			}
	hosts_free(hosts);
}

static void more_flows_than_are_listed(void **state)
{
	struct page g;

	page_new(&g, (struct text_options){ .quiet = true });
	made_tcp(&g.m, false, FLOW_CLIENT, TCP_ACK, "");
	for (uint32_t i = 0; i < 3000; i++) {
		g.m.flow.number = i;
		must_packet(g.s, &g.m.frame);
	}
	page_end(&g);
	ASSERT_HAS(g.p.text, "\nTCP 999  ");
	ASSERT_HAS_NOT(g.p.text, "TCP 1000 ");
	ASSERT_HAS(g.p.text, "\nand 2000 more flows\n");
	page_free(&g);
}

static void the_end_says_what_belongs_to_no_packet(void **state)
{
	struct page g;
	struct trace_stats stats = { .packets = 1 };
	struct err damage = { .msg = "x.pcap: cut short" };
	const struct field drops = { .name = "osilab.capture.drops", .type = FIELD_UINT, .u = 7 };

	page_new(&g, (struct text_options){ .lang = NOTE_KO });
	made_arp(&g.m);
	note_add(&g.m.frame.notes, &g.m.arena, NOTE_CAPTURE_DROPS, &drops, 1);
	must_end(g.s, &(struct trace_end){ &stats, g.m.frame.notes.first, &damage });
	g.s->ops->free(g.s);
	ASSERT_HAS(g.p.text, "L2 데이터링크   │ 링크        │ ✗ 패킷 7개를 캡처하지 못하고 놓쳤다");
	ASSERT_HAS(g.p.text, "✗ x.pcap: cut short\n");
	page_free(&g);
}

static void a_full_disk_is_said(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct err e;

	must_fail_when_full(sink_text_new(full, "out/x", &(struct text_options){ 0 }, &e), full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshake_reads_well),
		cmocka_unit_test(states_show_again_when_they_change),
		cmocka_unit_test(ipv6_arp_and_times),
		cmocka_unit_test(long_sentences_wrap_within_the_width),
		cmocka_unit_test(wrapped_lines_keep_their_column),
		cmocka_unit_test(colours_only_when_asked),
		cmocka_unit_test(bytes_are_marked_by_layer),
		cmocka_unit_test(every_field_on_its_line),
		cmocka_unit_test(hostile_text_is_inert),
		cmocka_unit_test(comments_of_an_earlier_run_are_left_out),
		cmocka_unit_test(notes_of_one_end_are_left_out),
		cmocka_unit_test(quiet_lists_flows),
		cmocka_unit_test(quiet_lists_refusals),
		cmocka_unit_test(hosts_go_by_their_names),
		cmocka_unit_test(more_flows_than_are_listed),
		cmocka_unit_test(the_end_says_what_belongs_to_no_packet),
		cmocka_unit_test(a_full_disk_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of the HTML sink: the page is whole, its data is valid JSON, and nothing from the network is markup. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "frames.h"
#include "json_check.h"

static struct sink *sink(struct paper *p, const char *title, enum note_lang lang)
{
	struct err e;

	return sink_html_new(paper_new(p), "out", title, lang, &e);
}

static void finish(struct sink *s, const struct note *notes)
{
	struct trace_stats stats = { .packets = 1 };
	struct err damage = { .msg = "cut <b>short</b>" };

	must_end(s, &(struct trace_end){ &stats, notes, &damage });
	s->ops->free(s);
}

/* The data of the page, checked: two lines for each packet, one for the end; the caller frees it. */
static char *data_of(const struct paper *p, int packets)
{
	static const char begin[] = "<script type=\"application/x-ndjson\" id=\"data\">\n";
	const char *from = strstr(p->text, begin), *to = from ? strstr(from, "</script>") : NULL;
	size_t n = 0;
	char *line;

	assert_non_null(to);
	from += sizeof(begin) - 1;
	line = malloc(p->n);
	assert_non_null(line);
	for (; from < to; from++) {
		assert_int_not_equal(*from, '<'); /* nothing in it could end it */
		line[n++] = *from;
	}
	line[n] = '\0';
	assert_int_equal(json_lines(line), 2 * packets + 1);
	return line;
}

static int count(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

static void the_page_is_whole(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p, "first.pcap", NOTE_EN);
	char *data, nonce[25];

	made_tcp(&m, false, FLOW_SERVER, TCP_SYN | TCP_ACK, "");
	m.frame.state[0] = m.frame.state[1] = TCP_STATE_ESTABLISHED;
	made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE("sid"))->len = 4;
	must_packet(s, &m.frame);
	m.frame.number = 2;
	must_packet(s, &m.frame);
	finish(s, NULL);
	data = data_of(&p, 2);
	assert_memory_equal(p.text, "<!doctype html>\n<html lang=\"en\">", 32);
	ASSERT_HAS(p.text, "<title>first.pcap</title>");
	ASSERT_HAS(p.text, "</body>\n</html>\n");
	ASSERT_HAS_NOT(p.text, "@NONCE@");
	ASSERT_HAS_NOT(p.text, "@TITLE@");
	/* one nonce, in the policy twice, and on the style and the script it lets run */
	slice_cstr(slice_of(strstr(p.text, "'nonce-") + 7, 24), nonce, sizeof(nonce));
	assert_int_equal(count(p.text, nonce), 4);
	/* nothing is loaded from anywhere */
	ASSERT_HAS_NOT(p.text, "src=");
	ASSERT_HAS_NOT(p.text, "http:");
	ASSERT_HAS_NOT(p.text, "https:");
	ASSERT_HAS_NOT(p.text, "url(");
	ASSERT_HAS_NOT(p.text, "@import");
	ASSERT_HAS(data, "{\"n\":1,\"t\":0.000214000,\"w\":");
	ASSERT_HAS(data, "\n{\"u\":\"2023-11-14T22:13:20.123456789Z\",\"c\":");
	ASSERT_HAS(data, "\"a\":\"10.0.0.2:80\",\"b\":\"10.0.0.1:40000\",\"e\":\"020000000002\",\"k\":\"TCP "
	                 "0\",\"d\":1,"
	                 "\"s\":[\"ESTABLISHED\",\"ESTABLISHED\"]");
	ASSERT_HAS(data, "[7,1,\"Secure: sid is sent back over TLS only\",\"RFC 6265bis "
	                 "4.1.2.5\",0,0,4,\"cookie.secure\"]");
	ASSERT_HAS(data, "[\"ip\",\"Internet Protocol, version 4\",3,14,20,");
	ASSERT_HAS(data, "[\"ip.src\",\"Source address\"]");
	ASSERT_HAS(data, "\"x\":\"AgAAAAABAgAAAAACCABF");
	assert_int_equal(count(data, "[\"ip.src\","), 1); /* names are written once */
	free(data);
	made_free(&m);
	paper_free(&p);
}

static void hostile_text_is_inert(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p, "</title><script>alert(1)</script>@STYLE@", NOTE_KO);
	char *data;

	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, HOSTILE);
	made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE(HOSTILE));
	m.frame.info = HOSTILE;
	m.frame.comment = SLICE(HOSTILE);
	must_packet(s, &m.frame);
	finish(s, m.frame.notes.first);
	data = data_of(&p, 1);
	assert_int_equal(count(p.text, "<script"), 2);
	assert_int_equal(count(p.text, "</script"), 2);
	ASSERT_HAS_NOT(p.text, "<!--");
	ASSERT_HAS(p.text, "<html lang=\"ko\">");
	ASSERT_HAS(p.text, "<title>&#60;/title&#62;&#60;script&#62;alert(1)&#60;/script&#62;@STYLE@</title>");
	ASSERT_HAS(data, "\"i\":\"\\u001b[2J\\u0022'\\u003c/script>");
	ASSERT_HAS(data, "\"damage\":\"cut \\u003cb>short\\u003c/b>\"");
	free(data);
	made_free(&m);
	paper_free(&p);
}

/* What an earlier run wrote as a comment is not shown beside the notes that say it. */
static void comments_are_not_repeated(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p, "x", NOTE_EN);
	char *data;

	made_tcp(&m, false, FLOW_CLIENT, TCP_ACK, "");
	made_note(&m, NOTE_COOKIE_SECURE, "osilab.cookie.name", SLICE("sid"));
	m.frame.comment = SLICE("[L7 application] Secure: sid is sent back over TLS only (RFC 6265bis "
	                        "4.1.2.5)\n"
	                        "mine <one>\nand two");
	must_packet(s, &m.frame);
	finish(s, NULL);
	data = data_of(&p, 1);
	ASSERT_HAS(data, ",\"C\":\"mine \\u003cone>\\u000aand two\"}");
	free(data);
	made_free(&m);
	paper_free(&p);
}

static void arp_and_no_packets(void **state)
{
	struct made m;
	struct paper p;
	struct sink *s = sink(&p, "x", NOTE_EN);

	made_arp(&m);
	must_packet(s, &m.frame);
	finish(s, NULL);
	free(data_of(&p, 1));
	ASSERT_HAS(p.text, "\"a\":\"02:00:00:00:00:01\",\"b\":\"everyone\",\"e\":\"020000000001\",\"N\":[]");
	paper_free(&p);
	s = sink(&p, "x", NOTE_EN);
	finish(s, NULL);
	free(data_of(&p, 0));
	ASSERT_HAS(p.text, "{\"lang\":\"en\",\"left_out\":0,");
	paper_free(&p);
	made_free(&m);
}

/* The page does not grow without end: what is left out is counted. */
static void a_bounded_page(void **state)
{
	static const uint8_t big[9000];
	struct made m;
	struct paper p;
	struct sink *s = sink(&p, "x", NOTE_EN);

	made_arp(&m);
	m.frame.pkt.bytes = slice_of(big, sizeof(big));
	must_packet(s, &m.frame);
	s->ops->flush(s, NULL);
	assert_true(strlen(strstr(p.text, "\"x\":\"")) < 4096 * 4 / 3 + 20);
	m.frame.pkt.bytes.n = 0;
	m.frame.pkt.n = 0;
	for (int i = 1; i < 20100; i++)
		must_packet(s, &m.frame);
	finish(s, NULL);
	free(data_of(&p, 20000));
	ASSERT_HAS(p.text, "\"left_out\":100,");
	made_free(&m);
	paper_free(&p);
}

static void a_full_disk_is_said(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct err e;

	must_fail_when_full(sink_html_new(full, "out/x", "t", NOTE_EN, &e), full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_is_whole),
		cmocka_unit_test(hostile_text_is_inert),
		cmocka_unit_test(comments_are_not_repeated),
		cmocka_unit_test(arp_and_no_packets),
		cmocka_unit_test(a_bounded_page),
		cmocka_unit_test(a_full_disk_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

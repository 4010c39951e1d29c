/* DNS in a capture: questions, answers tied to them, records in words; over TCP, however it is cut. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "datagrams.h"

static struct dnsmsg msg;

static const uint8_t web[4] = { 192, 0, 2, 2 }, web6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 2 };

#define WEB  slice_of(web, 4)
#define WEB6 slice_of(web6, 16)

enum { QUERY = 0x0100, REPLY = 0x8180, OWN = 0x8400, NOBODY = 40000 };

static void send_it(enum flow_side side)
{
	uint16_t from = side == FLOW_CLIENT ? NOBODY : DNS_PORT, to = side == FLOW_CLIENT ? DNS_PORT : NOBODY;

	lab_udp(&lab, side, from, to, dnsmsg_bytes(&msg), (struct odd){ 0 });
}

static void ask(uint16_t id, const char *name, uint16_t type)
{
	dnsmsg_begin(&msg, id, QUERY, name, type);
	send_it(FLOW_CLIENT);
}

static void answer(uint16_t id, const char *name)
{
	dnsmsg_begin(&msg, id, REPLY, name, DNS_A);
	dnsmsg_record(&msg, DNS_ANSWER, name, DNS_A, DNS_IN, 60, WEB);
	send_it(FLOW_SERVER);
}

static void test_question_and_answer(void **state)
{
	const struct lab_note *n;

	lab_clear(&lab);
	ask(7, "www.lab.test", DNS_A);
	answer(7, "WWW.lab.test");
	lab_run(&lab);
	n = lab_one(&lab, NOTE_DNS_QUERY);
	lab_expect(n, "dns.id", "0x0007");
	lab_expect(n, "dns.qry.name", "www.lab.test");
	lab_expect(n, "dns.qry.type", "1");
	assert_non_null(strstr(n->text, "the IPv4 address (A) of www.lab.test"));
	assert_int_equal(n->off, 14 + 20 + 8 + DNS_HEADER);
	assert_int_equal(n->len, 18);
	n = lab_one(&lab, NOTE_DNS_ANSWER);
	assert_int_equal(n->ref, 1);
	lab_expect(n, "dns.time", "10 ms");
	lab_expect(n, "dns.response_to", "1");
	lab_expect(n, "dns.flags.rcode", "0");
	n = lab_one(&lab, NOTE_DNS_RR_A);
	lab_expect(n, "dns.a", "192.0.2.2");
	lab_expect(n, "dns.resp.ttl", "60");
	assert_non_null(strstr(n->text, "remembered for 60 s"));
	assert_string_equal(lab.frames[0].info, "A? www.lab.test");
	assert_string_equal(lab.frames[1].info, "A 192.0.2.2 ttl 60");
	assert_string_equal(lab.frames[0].proto, "DNS");
	assert_int_equal(lab.trace->stats.dns_queries, 1);
	assert_int_equal(lab.trace->stats.dns_responses, 1);
	lab_none(&lab, NOTE_DNS_CHAIN);
}

static void test_chain(void **state)
{
	lab_clear(&lab);
	ask(1, "a.test", DNS_A);
	dnsmsg_begin(&msg, 1, REPLY, "a.test", DNS_A);
	/* Not in their order. */
	dnsmsg_record(&msg, DNS_ANSWER, "c.test", DNS_A, DNS_IN, 60, WEB);
	dnsmsg_alias(&msg, DNS_ANSWER, "b.test", DNS_CNAME, "c.test");
	dnsmsg_alias(&msg, DNS_ANSWER, "A.test", DNS_CNAME, "b.test");
	dnsmsg_record(&msg, DNS_ANSWER, "c.test", DNS_AAAA, DNS_IN, 60, WEB6);
	send_it(FLOW_SERVER);
	lab_run(&lab);
	lab_expect(lab_one(&lab, NOTE_DNS_CHAIN), "osilab.dns.chain",
	    "a.test → b.test → c.test → 192.0.2.2 → 2001:db8::2");
	assert_int_equal(lab_count(&lab, NOTE_DNS_RR_CNAME), 2);
}

static void test_chain_in_a_circle(void **state)
{
	lab_clear(&lab);
	ask(1, "a.test", DNS_A);
	dnsmsg_begin(&msg, 1, REPLY, "a.test", DNS_A);
	dnsmsg_alias(&msg, DNS_ANSWER, "a.test", DNS_CNAME, "b.test");
	dnsmsg_alias(&msg, DNS_ANSWER, "b.test", DNS_CNAME, "a.test");
	send_it(FLOW_SERVER);
	lab_run(&lab);
	lab_one(&lab, NOTE_DNS_CHAIN_LONG);
	lab_none(&lab, NOTE_DNS_CHAIN);
}

/* What the response code says. */
static void test_codes(void **state)
{
	static const struct {
		uint8_t rcode;
		enum note_id id;
		const char *info;
	} rows[] = {
		{ DNS_FORMERR, NOTE_DNS_FORMERR, "FORMERR x.test" },
		{ DNS_SERVFAIL, NOTE_DNS_SERVFAIL, "SERVFAIL x.test" },
		{ DNS_NXDOMAIN, NOTE_DNS_NXDOMAIN, "NXDOMAIN x.test" },
		{ DNS_NOTIMP, NOTE_DNS_NOTIMP, "NOTIMP x.test" },
		{ DNS_REFUSED, NOTE_DNS_REFUSED, "REFUSED x.test" },
		{ 9, NOTE_DNS_ERROR, "NOTAUTH x.test" },
		{ 15, NOTE_DNS_ERROR, "code 15 x.test" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		lab_clear(&lab);
		ask(1, "x.test", DNS_A);
		dnsmsg_begin(&msg, 1, REPLY | rows[i].rcode, "x.test", DNS_A);
		send_it(FLOW_SERVER);
		lab_run(&lab);
		lab_one(&lab, NOTE_DNS_ANSWER);
		lab_one(&lab, rows[i].id);
		lab_none(&lab, NOTE_DNS_NODATA);
		assert_string_equal(lab.frames[1].info, rows[i].info);
		assert_int_equal(lab.trace->stats.dns_errors, 1);
	}
}

/* EDNS makes the code longer, and may say why. */
static void test_extended(void **state)
{
	const struct lab_note *n;

	lab_clear(&lab);
	ask(1, "x.test", DNS_A);
	dnsmsg_begin(&msg, 1, REPLY, "x.test", DNS_A);
	dnsmsg_record(&msg, DNS_ADDITIONAL, "", DNS_OPT, 1232, 0x01008000, SLICE("\0\x0f\0\4\0\6no"));
	send_it(FLOW_SERVER);
	lab_run(&lab);
	lab_expect(lab_one(&lab, NOTE_DNS_ERROR), "osilab.dns.rcode", "BADVERS");
	n = lab_one(&lab, NOTE_DNS_EDNS);
	lab_expect(n, "dns.rr.udp_payload_size", "1232");
	assert_non_null(strstr(n->text, "DNSSEC OK"));
	n = lab_one(&lab, NOTE_DNS_EXTENDED_ERROR);
	lab_expect(n, "osilab.dns.error", "DNSSEC Bogus");
	lab_expect(n, "dns.opt.ext_error.extra_text", "no");
}

static void test_empty_answers(void **state)
{
	lab_clear(&lab);
	ask(1, "x.test", DNS_AAAA);
	dnsmsg_begin(&msg, 1, REPLY, "x.test", DNS_AAAA);
	send_it(FLOW_SERVER);
	ask(2, "x.example", DNS_A);
	dnsmsg_begin(&msg, 2, 0x8000, "x.example", DNS_A);
	dnsmsg_alias(&msg, DNS_AUTHORITY, "example", DNS_NS, "ns.example");
	send_it(FLOW_SERVER);
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_DNS_NODATA)->packet, 2);
	assert_int_equal(lab_one(&lab, NOTE_DNS_REFERRAL)->packet, 4);
	lab_expect(lab_one(&lab, NOTE_DNS_REFERRAL), "osilab.dns.zone", "example");
}

static void test_repeated(void **state)
{
	lab_clear(&lab);
	ask(1, "x.test", DNS_A);
	ask(1, "x.test", DNS_A);
	answer(1, "x.test");
	answer(1, "x.test");
	ask(1, "y.test", DNS_A); /* the number is used again: a new question */
	answer(1, "y.test");
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_DNS_QUERY_AGAIN)->packet, 2);
	assert_int_equal(lab_one(&lab, NOTE_DNS_QUERY_AGAIN)->ref, 1);
	assert_int_equal(lab_count(&lab, NOTE_DNS_ANSWER), 2);
	lab_expect(lab_find(&lab, NOTE_DNS_ANSWER, 0), "dns.time", "20 ms");
	assert_int_equal(lab_find(&lab, NOTE_DNS_ANSWER, 1)->ref, 5);
	assert_int_equal(lab_one(&lab, NOTE_DNS_ANSWER_AGAIN)->packet, 4);
	lab_none(&lab, NOTE_DNS_UNASKED);
}

static void test_answers_to_doubt(void **state)
{
	struct talk t;

	lab_clear(&lab);
	answer(5, "x.test"); /* the capture begins here */
	ask(6, "x.test", DNS_A);
	answer(9, "x.test");
	answer(6, "other.test");
	answer(6, "x.test");
	talk_init(&t, &lab, 50000, 80);
	talk_open(&t);
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_DNS_UNASKED)->packet, 1);
	assert_int_equal(lab_one(&lab, NOTE_DNS_WRONG_ID)->packet, 3);
	assert_int_equal(lab_one(&lab, NOTE_DNS_WRONG_ID)->ref, 2);
	assert_int_equal(lab_one(&lab, NOTE_DNS_WRONG_QUESTION)->packet, 4);
	assert_int_equal(lab_one(&lab, NOTE_DNS_ANSWER)->packet, 5);
	/* What was doubted is not what the address goes by. */
	lab_expect(lab_one(&lab, NOTE_DNS_NAMED), "osilab.dns.name", "x.test");
	assert_int_equal(lab_one(&lab, NOTE_DNS_NAMED)->ref, 5);
}

/* The name that was asked for, not the one at the end of the chain, and only for the first SYN. */
static void test_connection_by_name(void **state)
{
	const struct lab_note *n;
	struct talk t;

	lab_clear(&lab);
	talk_init(&t, &lab, 50000, 80);
	talk_open(&t); /* not known yet */
	ask(1, "www.lab.test", DNS_A);
	dnsmsg_begin(&msg, 1, REPLY, "www.lab.test", DNS_A);
	dnsmsg_alias(&msg, DNS_ANSWER, "www.lab.test", DNS_CNAME, "web.lab.test");
	dnsmsg_record(&msg, DNS_ANSWER, "web.lab.test", DNS_A, DNS_IN, 60, WEB);
	send_it(FLOW_SERVER);
	talk_init(&t, &lab, 50001, 80);
	talk_send(&t, FLOW_CLIENT, TCP_SYN, SLICE(""));
	lab_again(&lab, CLOCK_SEC);
	talk_send(&t, FLOW_SERVER, TCP_SYN | TCP_ACK, SLICE(""));
	lab_run(&lab);
	n = lab_one(&lab, NOTE_DNS_NAMED);
	assert_int_equal(n->packet, 6);
	assert_int_equal(n->ref, 5);
	lab_expect(n, "osilab.dns.name", "www.lab.test");
	lab_expect(n, "osilab.dns.address", "192.0.2.2");
}

static void test_reverse(void **state)
{
	lab_clear(&lab);
	ask(1, "2.2.0.192.in-addr.arpa", DNS_PTR);
	dnsmsg_begin(&msg, 1, REPLY, "2.2.0.192.in-addr.arpa", DNS_PTR);
	dnsmsg_alias(&msg, DNS_ANSWER, "2.2.0.192.in-addr.arpa", DNS_PTR, "web.lab.test");
	send_it(FLOW_SERVER);
	lab_run(&lab);
	lab_expect(lab_one(&lab, NOTE_DNS_QUERY_REVERSE), "osilab.dns.address", "192.0.2.2");
	lab_expect(lab_one(&lab, NOTE_DNS_RR_REVERSE), "dns.ptr.domain_name", "web.lab.test");
}

/* Data of the wrong size is a note, and what follows is still read. */
static void test_damaged_record(void **state)
{
	static const uint16_t types[] = { DNS_A, DNS_AAAA, DNS_CNAME, DNS_SOA, DNS_MX, DNS_SRV, DNS_TXT,
		DNS_CAA, DNS_HTTPS, DNS_PTR, DNS_NS };

	lab_clear(&lab);
	dnsmsg_begin(&msg, 1, REPLY, "x.test", DNS_A);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		dnsmsg_record(&msg, DNS_ANSWER, "x.test", types[i], DNS_IN, 60, SLICE("\7"));
	dnsmsg_record(&msg, DNS_ANSWER, "x.test", 65280, DNS_IN, 60, SLICE("\7"));
	send_it(FLOW_SERVER);
	lab_run(&lab);
	assert_int_equal(lab_count(&lab, NOTE_DNS_RR_BAD), sizeof(types) / sizeof(types[0]));
	lab_expect(lab_one(&lab, NOTE_DNS_RR_OTHER), "osilab.dns.type", "TYPE65280");
}

static void test_more_records_than_shown(void **state)
{
	lab_clear(&lab);
	dnsmsg_begin(&msg, 1, REPLY, "x.test", DNS_A);
	for (int i = 0; i < 100; i++)
		dnsmsg_record(&msg, DNS_ANSWER, "x.test", DNS_A, DNS_IN, 60, WEB);
	send_it(FLOW_SERVER);
	lab_run(&lab);
	assert_int_equal(lab_count(&lab, NOTE_DNS_RR_A), 64);
	lab_expect(lab_one(&lab, NOTE_DNS_MORE), "osilab.dns.more", "36");
}

/* Every prefix as a datagram of its own, and as one that the snap length cut: the latter is no damage. */
static void test_every_prefix(void **state)
{
	struct slice all;

	dnsmsg_begin(&msg, 1, REPLY, "x.test", DNS_A);
	dnsmsg_alias(&msg, DNS_ANSWER, "x.test", DNS_CNAME, "y.test");
	dnsmsg_record(&msg, DNS_ANSWER, "y.test", DNS_A, DNS_IN, 60, WEB);
	all = dnsmsg_bytes(&msg);
	for (size_t n = 1; n < all.n; n++) {
		lab_clear(&lab);
		lab_udp(&lab, FLOW_SERVER, DNS_PORT, NOBODY, slice_sub(all, 0, n), (struct odd){ 0 });
		lab_run(&lab);
		assert_int_equal(lab_count(&lab, NOTE_DNS_DAMAGED) + lab_count(&lab, NOTE_DNS_NOT_DNS), 1);
		lab_clear(&lab);
		lab_udp(
		    &lab, FLOW_SERVER, DNS_PORT, NOBODY, all, (struct odd){ .cut = (uint32_t)(all.n - n) });
		lab_run(&lab);
		lab_none(&lab, NOTE_DNS_DAMAGED);
		lab_none(&lab, NOTE_DNS_NOT_DNS);
	}
}

static void test_no_dns(void **state)
{
	lab_clear(&lab);
	lab_udp(&lab, FLOW_CLIENT, NOBODY, DNS_PORT, SLICE("GET / HTTP/1.1\r\n\r\n"), (struct odd){ 0 });
	lab_udp(&lab, FLOW_CLIENT, NOBODY, DNS_PORT, SLICE("\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1"),
	    (struct odd){ 0 });
	lab_run(&lab);
	assert_int_equal(lab_one(&lab, NOTE_DNS_NOT_DNS)->packet, 1);
	assert_int_equal(lab_one(&lab, NOTE_DNS_DAMAGED)->packet, 2);
	lab_one(&lab, NOTE_DNS_OPERATION);
	assert_string_equal(lab.frames[0].proto, "UDP");
}

static void test_other_operations(void **state)
{
	lab_clear(&lab);
	dnsmsg_begin(&msg, 3, DNS_OP_NOTIFY << 11, "lab.test", DNS_SOA);
	send_it(FLOW_CLIENT);
	dnsmsg_begin(&msg, 3, 0x8000 | DNS_OP_NOTIFY << 11, "lab.test", DNS_SOA);
	send_it(FLOW_SERVER);
	lab_run(&lab);
	lab_expect(lab_one(&lab, NOTE_DNS_OPERATION), "osilab.dns.operation", "NOTIFY for lab.test");
	assert_int_equal(lab_one(&lab, NOTE_DNS_ANSWER)->ref, 1);
	lab_none(&lab, NOTE_DNS_QUERY);
}

static void test_multicast(void **state)
{
	const struct odd all = { .ttl = 255, .dst = { 224, 0, 0, 251 } };
	const struct lab_note *n;
	struct talk t;

	lab_clear(&lab);
	dnsmsg_begin(&msg, 0, 0, "p.local", DNS_A);
	msg.room[msg.w.n - 2] = 0x80; /* QU */
	dnsmsg_record(&msg, DNS_AUTHORITY, "p.local", DNS_A, DNS_IN, 120, WEB);
	lab_udp(&lab, FLOW_CLIENT, MDNS_PORT, MDNS_PORT, dnsmsg_bytes(&msg), all);
	dnsmsg_begin(&msg, 0, OWN, NULL, 0);
	dnsmsg_record(&msg, DNS_ANSWER, "p.local", DNS_A, DNS_IN | DNS_TOP_BIT, 120, WEB);
	lab_udp(&lab, FLOW_SERVER, MDNS_PORT, MDNS_PORT, dnsmsg_bytes(&msg), all);
	talk_init(&t, &lab, 50000, 80);
	talk_send(&t, FLOW_CLIENT, TCP_SYN, SLICE(""));
	dnsmsg_begin(&msg, 0, OWN, NULL, 0);
	dnsmsg_record(&msg, DNS_ANSWER, "p.local", DNS_A, DNS_IN | DNS_TOP_BIT, 0, WEB);
	lab_udp(&lab, FLOW_SERVER, MDNS_PORT, MDNS_PORT, dnsmsg_bytes(&msg), all);
	lab_run(&lab);
	n = lab_one(&lab, NOTE_MDNS_QUERY);
	lab_expect(n, "dns.qry.class", "0x0001");
	lab_expect(n, "dns.qry.qu", "yes");
	assert_int_equal(lab_one(&lab, NOTE_MDNS_PROBE)->packet, 1);
	assert_int_equal(lab_count(&lab, NOTE_MDNS_ANSWER), 2);
	lab_expect(lab_find(&lab, NOTE_DNS_RR_A, 1), "dns.resp.cache_flush", "yes");
	lab_expect(lab_one(&lab, NOTE_DNS_NAMED), "osilab.dns.name", "p.local");
	assert_int_equal(lab_one(&lab, NOTE_MDNS_GOODBYE)->packet, 4);
	assert_string_equal(lab.frames[0].proto, "mDNS");
	lab_none(&lab, NOTE_DNS_UNASKED);
}

/* --- Over TCP --------------------------------------------------------------------------------------------------- */

/* The message in hand behind its length. */
static struct slice prefixed(uint8_t *room)
{
	struct slice m = dnsmsg_bytes(&msg);

	room[0] = (uint8_t)(m.n >> 8);
	room[1] = (uint8_t)m.n;
	memcpy(room + 2, m.p, m.n);
	return slice_of(room, m.n + 2);
}

static void cut_short(const char *name)
{
	ask(1, name, DNS_A);
	dnsmsg_begin(&msg, 1, REPLY | 0x0200, name, DNS_A);
	send_it(FLOW_SERVER);
}

/* A truncated answer, then two questions at once over TCP and their answers the other way round, in segments of
 * every size: always the same story. */
static void test_over_tcp_every_split(void **state)
{
	static uint8_t room[2000];
	char *story = NULL;

	for (size_t size = 1; size < 120; size++) {
		struct slice bytes;
		struct talk t;
		char *again;
		size_t n;

		lab_clear(&lab);
		lab.step =
		    CLOCK_MS; /* times are then told in milliseconds, however many segments there are */
		cut_short("x.test");
		talk_init(&t, &lab, 50000, DNS_PORT);
		talk_open(&t);
		dnsmsg_begin(&msg, 2, QUERY, "x.test", DNS_A);
		n = prefixed(room).n;
		dnsmsg_begin(&msg, 3, QUERY, "y.test", DNS_A);
		n += prefixed(room + n).n;
		talk_data(&t, FLOW_CLIENT, slice_of(room, n), size);
		dnsmsg_begin(&msg, 3, REPLY, "y.test", DNS_A);
		dnsmsg_record(&msg, DNS_ANSWER, "y.test", DNS_A, DNS_IN, 60, WEB);
		n = prefixed(room).n;
		dnsmsg_begin(&msg, 2, REPLY, "x.test", DNS_A);
		dnsmsg_record(&msg, DNS_ANSWER, "x.test", DNS_A, DNS_IN, 60, WEB);
		bytes = prefixed(room + n);
		talk_data(&t, FLOW_SERVER, slice_of(room, n + bytes.n), size);
		lab_run(&lab);
		assert_int_equal(lab_one(&lab, NOTE_DNS_TRUNCATED)->packet, 2);
		assert_int_equal(lab_one(&lab, NOTE_DNS_OVER_TCP)->ref, 2);
		assert_int_equal(lab_count(&lab, NOTE_DNS_ANSWER), 3);
		lab_none(&lab, NOTE_DNS_UNASKED);
		again = lab_story(&lab, NOTE_DNS_QUERY, NOTE_MDNS_GOODBYE, false);
		if (!story)
			story = strdup(again);
		assert_string_equal(again, story);
		free(again);
	}
	free(story);
}

/* Behind a gap, reading goes on at the next message. */
static void test_over_tcp_gap(void **state)
{
	static uint8_t room[2000];
	struct slice bytes;
	struct talk t;

	lab_clear(&lab);
	talk_init(&t, &lab, 50000, DNS_PORT);
	talk_open(&t);
	dnsmsg_begin(&msg, 1, QUERY, "a.test", DNS_A);
	bytes = prefixed(room);
	talk_data(&t, FLOW_CLIENT, bytes, 1000);
	talk_data(&t, FLOW_CLIENT, slice_sub(bytes, 0, 10), 1000);
	talk_lose(&t, FLOW_CLIENT, bytes.n - 10);
	dnsmsg_begin(&msg, 2, QUERY, "b.test", DNS_A);
	talk_data(&t, FLOW_CLIENT, prefixed(room), 1000);
	talk_ack(&t, FLOW_SERVER);
	talk_ack(&t, FLOW_CLIENT);
	talk_close(&t);
	lab_run(&lab);
	assert_int_equal(lab_count(&lab, NOTE_DNS_QUERY), 2);
	lab_expect(lab_find(&lab, NOTE_DNS_QUERY, 1), "dns.qry.name", "b.test");
	lab_none(&lab, NOTE_DNS_DAMAGED);
}

/* A zone in several messages: one question, and each part of the answer belongs to it. */
static void test_zone_transfer(void **state)
{
	static uint8_t room[2000];
	struct talk t;

	lab_clear(&lab);
	talk_init(&t, &lab, 50000, DNS_PORT);
	talk_open(&t);
	dnsmsg_begin(&msg, 1, 0, "lab.test", DNS_AXFR);
	talk_data(&t, FLOW_CLIENT, prefixed(room), 1000);
	for (int i = 0; i < 3; i++) {
		dnsmsg_begin(&msg, 1, OWN, i ? NULL : "lab.test", DNS_AXFR);
		dnsmsg_record(&msg, DNS_ANSWER, "x.lab.test", DNS_A, DNS_IN, 60, WEB);
		talk_data(&t, FLOW_SERVER, prefixed(room), 1000);
	}
	lab_run(&lab);
	lab_one(&lab, NOTE_DNS_ANSWER);
	assert_int_equal(lab_count(&lab, NOTE_DNS_TRANSFER), 2);
	lab_none(&lab, NOTE_DNS_ANSWER_AGAIN);
}

/* Port 53, and something else. */
static void test_tcp_of_another_kind(void **state)
{
	struct talk t;

	lab_clear(&lab);
	talk_init(&t, &lab, 50000, DNS_PORT);
	talk_open(&t);
	talk_text(&t, FLOW_CLIENT, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	lab_run(&lab);
	lab_none(&lab, NOTE_DNS_QUERY);
	lab_one(&lab, NOTE_HTTP_REQUEST);
}

/* More questions than are kept: the oldest give way, and nobody then claims that there was none. */
static void test_bounded(void **state)
{
	lab_clear(&lab);
	for (unsigned id = 0; id < 20000; id++)
		ask((uint16_t)id, "x.test", DNS_A);
	answer(0, "x.test");
	lab_run(&lab);
	lab_expect(
	    lab_one(&lab, NOTE_DNS_UNASKED), "osilab.dns.why", "its query was long ago, or not captured");
	lab_none(&lab, NOTE_DNS_WRONG_ID);
	assert_true(lab.held_most < 1 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_question_and_answer),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_chain_in_a_circle),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_extended),
		cmocka_unit_test(test_empty_answers),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_answers_to_doubt),
		cmocka_unit_test(test_connection_by_name),
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_damaged_record),
		cmocka_unit_test(test_more_records_than_shown),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_no_dns),
		cmocka_unit_test(test_other_operations),
		cmocka_unit_test(test_multicast),
		cmocka_unit_test(test_over_tcp_every_split),
		cmocka_unit_test(test_over_tcp_gap),
		cmocka_unit_test(test_zone_transfer),
		cmocka_unit_test(test_tcp_of_another_kind),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

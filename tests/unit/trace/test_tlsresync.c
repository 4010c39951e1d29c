/* Holes in a TLS stream at record borders, across them and in the handshake: reading goes on behind them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tape.h"

enum { RECORDS = 12 };

/* A connection whose server sends a body in records of different sizes; then one more exchange. */
static struct talk long_talk(struct tape *p, int version, const char *suite, bool keys, struct buf *body)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 72000\r\n\r\n";
	static uint8_t part[11000];
	struct talk t;

	tape_init(p, version, suite);
	assert_true(handshake(p));
	say(p, C, slice_str(request));
	if (keys)
		give_keylog(p, buf_view(&p->pair.keylog));
	t = play(p, 0, 1460);
	say(p, S, SLICE(head));
	talk_data(&t, S, buf_view(&p->flights[p->n - 1].bytes), 1460);
	for (size_t i = 0; i < RECORDS; i++) { /* 72000 in all */
		say(p, S, slice_of(part, 1000 * (i % 2 ? i : 11 - i)));
		buf_slice(body, buf_view(&p->flights[p->n - 1].bytes));
	}
	return t;
}

static void finish_talk(struct tape *p, struct talk *t)
{
	talk_ack(t, C);
	exchange(p);
	talk_data(t, C, buf_view(&p->flights[p->n - 2].bytes), 1460);
	talk_data(t, S, buf_view(&p->flights[p->n - 1].bytes), 1460);
	lab_run(&p->lab);
}

static const struct {
	int version;
	const char *suite;
} rows[] = { { TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256" }, { TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256" },
	{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256" }, { TLS1_2_VERSION, "ECDHE-ECDSA-AES256-SHA384" },
	{ TLS1_VERSION, "ECDHE-ECDSA-AES128-SHA" } };

/* Where the n-th record of these bytes begins. */
static size_t border(struct slice bytes, unsigned n)
{
	struct tlsrec rec;
	size_t at = 0;

	while (n-- && tlsrec_header(slice_skip(bytes, at), &rec) > 0)
		at += TLSREC_HEADER + (size_t)rec.len;
	return at;
}

static void lose_and_look(size_t row, bool keys, size_t cut, size_t n, bool at_border)
{
	struct buf body = { 0 };
	struct tape p;
	struct talk t = long_talk(&p, rows[row].version, rows[row].suite, keys, &body);
	const struct lab *l = &p.lab;
	struct slice bytes = buf_view(&body);

	if (at_border) {
		cut = border(bytes, (unsigned)cut);
		n = border(slice_skip(bytes, cut), (unsigned)n);
	}
	talk_data(&t, S, slice_sub(bytes, 0, cut), 1460);
	talk_lose(&t, S, n);
	talk_data(&t, S, slice_skip(bytes, cut + n), 1460);
	finish_talk(&p, &t);
	lab_one(l, NOTE_STREAM_GAP);
	lab_none(l, NOTE_TLS_FORGED);
	lab_none(l, NOTE_TLS_DAMAGED);
	lab_none(l, NOTE_HTTP_BROKEN);
	if (keys) {
		assert_int_equal(lab_count(l, NOTE_HTTP_REQUEST), 2);
		assert_int_equal(lab_count(l, NOTE_HTTP_RESPONSE), 2);
		lab_none(l, NOTE_TLS_RESYNC);
		/* How much of the body was lost is known to the byte, but where blocks are padded. */
		if (row < 3)
			lab_expect(lab_find(l, NOTE_HTTP_BODY, 0), "osilab.http.body_bytes", "72000");
	} else if (row < 4) { /* TLS 1.0 splits its records */
		struct slice last = buf_view(&p.flights[p.n - 1].bytes);
		char records[24];

		snprintf(records, sizeof(records), "%llu", (unsigned long long)last.n - TLSREC_HEADER);
		assert_true(lab_count(l, NOTE_TLS_SEALED) > 3);
		for (size_t i = l->nnotes; i-- > 0;)
			if (l->notes[i].id == NOTE_TLS_SEALED) {
				lab_expect(&l->notes[i], "osilab.tls.records", "1");
				lab_expect(&l->notes[i], "osilab.tls.bytes", records);
				break;
			}
	}
	buf_fini(&body);
	tape_fini(&p);
}

static void test_borders(void **state)
{
	for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++)
		for (size_t at = 0; at < 8; at += 3)
			for (size_t n = 1; n < 4; n++)
				for (int keys = 0; keys < 2; keys++)
					lose_and_look(row, keys, at, n, true);
}

static void test_across_borders(void **state)
{
	for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++)
		for (size_t at = 100; at < 30000; at += 4700)
			for (size_t n = 1460; n < 30000; n += 9100)
				for (int keys = 0; keys < 2; keys++)
					lose_and_look(row, keys, at, n, false);
}

/* Where the first handshake message of these bytes ends: its record's header, its own, its body. */
static size_t hello_end(struct slice bytes)
{
	const uint8_t *at = bytes.p + TLSREC_HEADER;

	return TLSREC_HEADER + 4 + ((size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3]);
}

/* A hole anywhere in the server's flight of the handshake behind its hello, which is long where the key share is
 * post-quantum, also where it takes the Finished or the
 * ChangeCipherSpec: what is said afterwards is read, as long as both hellos were. */
static void test_in_handshake(void **state)
{
	for (size_t row = 0; row < 3; row++) {
		for (size_t at = 0; at < 870; at += 61) {
			for (size_t n = 20; n < 700; n += 97) {
				struct tape p;
				struct talk t;
				struct slice flight;
				size_t k, from;

				tape_init(&p, rows[row].version, rows[row].suite);
				assert_true(handshake(&p));
				from = hello_end(buf_view(&p.flights[1].bytes)) + at;
				give_keylog(&p, buf_view(&p.pair.keylog));
				p.lab.now = clock_real();
				talk_init(&t, &p.lab, 40000, 4433);
				talk_open(&t);
				for (k = 0; k < p.n; k++) {
					flight = buf_view(&p.flights[k].bytes);
					if (k != 1 || from + n >= flight.n) {
						talk_data(&t, p.flights[k].side, flight, 1460);
						continue;
					}
					talk_data(&t, S, slice_sub(flight, 0, from), 1460);
					talk_lose(&t, S, n);
					talk_data(&t, S, slice_skip(flight, from + n), 1460);
				}
				exchange(&p);
				talk_data(&t, C, buf_view(&p.flights[p.n - 2].bytes), 1460);
				talk_data(&t, S, buf_view(&p.flights[p.n - 1].bytes), 1460);
				exchange(&p);
				talk_data(&t, C, buf_view(&p.flights[p.n - 2].bytes), 1460);
				talk_data(&t, S, buf_view(&p.flights[p.n - 1].bytes), 1460);
				lab_run(&p.lab);
				lab_none(&p.lab, NOTE_TLS_FORGED);
				assert_int_equal(lab_count(&p.lab, NOTE_HTTP_REQUEST), 2);
				assert_int_equal(lab_count(&p.lab, NOTE_HTTP_RESPONSE), 2);
				tape_fini(&p);
			}
		}
	}
}

/* Behind a hole nothing but noise: it is looked through, and nothing is made of it. */
static void test_noise(void **state)
{
	static uint8_t noise[60000];
	struct buf body = { 0 };
	struct tape p;
	struct talk t = long_talk(&p, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", true, &body);

	srand(5);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = i % 50 ? (uint8_t)rand() : (uint8_t[]){ 23, 3, 3 }[i / 50 % 3];
	talk_lose(&t, S, 1000);
	talk_data(&t, S, slice_of(noise, sizeof(noise)), 1460);
	talk_ack(&t, C);
	lab_run(&p.lab);
	lab_none(&p.lab, NOTE_TLS_RESYNC_OPENED);
	assert_true(p.lab.trace->held < 500000);
	buf_fini(&body);
	tape_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_across_borders),
		cmocka_unit_test(test_in_handshake),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

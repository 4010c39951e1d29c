/* Tests of the HAR sink: the archive is strict JSON whatever was sent, and says what HAR 1.2 asks for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "frames.h"
#include "json_check.h"

#define Q     EXCHANGE_REQUEST
#define A     EXCHANGE_RESPONSE
#define MS    INT64_C(1000000)
#define START (INT64_C(1700000000) * 1000 * MS)

enum { FIELDS = 8 };

/* An exchange and what it points into. */
struct pair {
	struct exchange x;
	struct http_field fields[2][FIELDS];
};

static void add(struct pair *p, enum exchange_part part, const char *name, const char *value)
{
	struct exchange_msg *m = &p->x.msg[part];

	assert_true(m->nfields < FIELDS);
	p->fields[part][m->nfields++] = (struct http_field){ slice_str(name), slice_str(value) };
	m->fields = p->fields[part];
}

static void body(struct pair *p, enum exchange_part part, struct slice bytes)
{
	p->x.msg[part].body_bytes = bytes.n;
	buf_slice(&p->x.msg[part].body, bytes);
}

/* GET http://h.example:8080/a?x=1: packets 4 and 5, 8 to 9; 3 ms to connect, 2 to send, 5 to wait, 4 to receive. */
static void make(struct pair *p)
{
	*p = (struct pair){ .x = { .id = 1, .flow = 7, .nth = 1, .port = { 40000, 8080 } } };
	for (int i = 0; i < 2; i++) {
		p->x.addr[i].family = 4;
		memcpy(p->x.addr[i].b, made_ip4[i], 4);
		p->x.msg[i].version = "HTTP/1.1";
		p->x.msg[i].done = true;
		p->x.msg[i].head_bytes = 90;
	}
	p->x.syn_ts = START;
	p->x.connected_ts = START + 3 * MS;
	p->x.msg[Q].first = p->x.msg[Q].head = 4;
	p->x.msg[Q].last = 5;
	p->x.msg[Q].first_ts = p->x.msg[Q].head_ts = START + 4 * MS;
	p->x.msg[Q].last_ts = START + 6 * MS;
	p->x.msg[Q].method = SLICE("GET");
	p->x.msg[Q].authority = SLICE("h.example:8080");
	p->x.msg[Q].target = SLICE("/a?x=1");
	p->x.msg[A].first = p->x.msg[A].head = 8;
	p->x.msg[A].last = 9;
	p->x.msg[A].first_ts = p->x.msg[A].head_ts = START + 11 * MS;
	p->x.msg[A].last_ts = START + 15 * MS;
	p->x.msg[A].status = 200;
	p->x.msg[A].reason = SLICE("OK");
}

static void unmake(struct pair *p)
{
	buf_fini(&p->x.msg[Q].body);
	buf_fini(&p->x.msg[A].body);
}

static struct sink *sink(struct paper *p)
{
	struct err e;

	return sink_har_new(paper_new(p), "out", &e);
}

static void give(struct sink *s, const struct pair *p)
{
	struct err e = { 0 };

	if (s->ops->exchange(s, &p->x, &e) < 0)
		fail_msg("%s", e.msg);
}

/* Ends the archive, which must be one JSON object; the checker knows no white space, so the line ends between
 * entries are taken out for it. */
static void finish(struct sink *s, struct paper *p)
{
	struct trace_stats stats = { 0 };
	struct buf flat = { 0 };
	struct json_check c;

	must_end(s, &(struct trace_end){ .stats = &stats });
	s->ops->free(s);
	fflush(p->file);
	for (const char *at = p->text; *at; at++)
		if (*at != '\n' || !at[1] || !strchr("{]", at[1]))
			buf_putc(&flat, *at);
	c = (struct json_check){ .p = buf_cstr(&flat) };
	if (!json_check_value(&c, 0) || strcmp(c.p, "\n") != 0)
		fail_msg("not JSON from here: %s", c.p);
	buf_fini(&flat);
}

static void one(const struct pair *pair, struct paper *p)
{
	struct sink *s = sink(p);

	give(s, pair);
	finish(s, p);
}

static void an_entry_is_whole(void **state)
{
	struct pair pair;
	struct paper p;

	make(&pair);
	add(&pair, Q, "Host", "h.example:8080");
	add(&pair, Q, "Cookie", "a=1; b=\"2\"");
	add(&pair, A, "Content-Type", "text/plain; charset=utf-8");
	add(&pair, A, "Location", "/next");
	body(&pair, A, SLICE("h\xc3\xa9\n"));
	one(&pair, &p);
	ASSERT_HAS(p.text, "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"osilab\",\"version\":\"");
	ASSERT_HAS(p.text, "\"startedDateTime\":\"2023-11-14T22:13:20.000000Z\",\"time\":15.000000,");
	ASSERT_HAS(p.text, "\"method\":\"GET\",\"url\":\"http://h.example:8080/"
	                   "a?x=1\",\"httpVersion\":\"HTTP/1.1\"");
	ASSERT_HAS(p.text, "\"cookies\":[{\"name\":\"a\",\"value\":\"1\"},{\"name\":\"b\",\"value\":"
	                   "\"\\u00222\\u0022\"}]");
	ASSERT_HAS(p.text, "\"headers\":[{\"name\":\"Host\",\"value\":\"h.example:8080\"},");
	ASSERT_HAS(p.text, "\"queryString\":[{\"name\":\"x\",\"value\":\"1\"}]");
	ASSERT_HAS(p.text, "\"headersSize\":90,\"bodySize\":0}");
	ASSERT_HAS(p.text, "\"status\":200,\"statusText\":\"OK\"");
	ASSERT_HAS(p.text, "\"content\":{\"size\":4,\"mimeType\":\"text/plain; "
	                   "charset=utf-8\",\"text\":\"h\xc3\xa9\\u000a\"}");
	ASSERT_HAS(p.text, "\"redirectURL\":\"/next\",\"headersSize\":90,\"bodySize\":4}");
	ASSERT_HAS(p.text, "\"timings\":{\"blocked\":1.000000,\"dns\":-1,\"connect\":3.000000,\"send\":2."
	                   "000000,"
	                   "\"wait\":5.000000,\"receive\":4.000000,\"ssl\":-1}");
	ASSERT_HAS(p.text, "\"serverIPAddress\":\"10.0.0.2\",\"connection\":\"7\"");
	ASSERT_HAS(p.text, "\"_osilab\":{\"tcp.stream\":7,\"nth\":1,\"client\":\"10.0.0.1:40000\",\"tls\":"
	                   "false,"
	                   "\"request\":{\"first\":4,\"head\":4,\"last\":5,\"complete\":true},"
	                   "\"response\":{\"first\":8,\"head\":8,\"last\":9,\"complete\":true}}}\n]}}\n");
	ASSERT_HAS_NOT(p.text, "postData");
	paper_free(&p);
	unmake(&pair);
}

/* The TLS handshake is a part of connecting; a later request of the connection pays for neither. */
static void tls_counts_as_connecting(void **state)
{
	struct pair pair;
	struct paper p;

	make(&pair);
	pair.x.secure = true;
	pair.x.connected_ts = START + 1 * MS;
	pair.x.tls_begin_ts = START + 2 * MS;
	pair.x.tls_done_ts = START + 3 * MS;
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"url\":\"https://h.example:8080/a?x=1\"");
	ASSERT_HAS(p.text, "\"time\":15.000000");
	ASSERT_HAS(p.text, "\"connect\":3.000000");
	ASSERT_HAS(p.text, "\"ssl\":1.000000}");
	ASSERT_HAS_NOT(p.text, "http2.streamid");
	paper_free(&p);
	pair.x.msg[Q].version = "HTTP/2";
	pair.x.id = 5;
	pair.x.nth = 2;
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"startedDateTime\":\"2023-11-14T22:13:20.004000Z\",\"time\":11.000000,");
	ASSERT_HAS(p.text, "\"blocked\":-1,\"dns\":-1,\"connect\":-1,");
	ASSERT_HAS(p.text, "\"nth\":2,\"http2.streamid\":5,");
	paper_free(&p);
	unmake(&pair);
}

static void forms_are_taken_apart(void **state)
{
	struct pair pair;
	struct paper p;

	make(&pair);
	add(&pair, Q, "Content-Type", "application/x-www-form-urlencoded");
	body(&pair, Q, SLICE("user=a+b%26c&&bad=%zz&flag"));
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"postData\":{\"mimeType\":\"application/x-www-form-urlencoded\",\"params\":["
	                   "{\"name\":\"user\",\"value\":\"a b&c\"},{\"name\":\"bad\",\"value\":\"%zz\"},"
	                   "{\"name\":\"flag\",\"value\":\"\"}],\"text\":\"user=a+b%26c&&bad=%zz&flag\"}");
	paper_free(&p);
	unmake(&pair);
}

static void cookies_keep_their_attributes(void **state)
{
	struct pair pair;
	struct paper p;

	make(&pair);
	add(&pair, A, "set-cookie",
	    "sid=1; Path=/; Domain=h.example; Secure; HttpOnly; SameSite=Lax; Max-Age=60");
	add(&pair, A, "Set-Cookie", "b=2; Expires=Wed, 21 Oct 2015 07:28:00 GMT");
	add(&pair, A, "Set-Cookie", "c=3; Max-Age=9223372036854775807");
	one(&pair, &p);
	ASSERT_HAS(p.text, "{\"name\":\"sid\",\"value\":\"1\",\"path\":\"/\",\"domain\":\"h.example\","
	                   "\"expires\":\"2023-11-14T22:14:20.000Z\",\"httpOnly\":true,\"secure\":true,"
	                   "\"sameSite\":\"Lax\"}");
	ASSERT_HAS(p.text, "{\"name\":\"b\",\"value\":\"2\",\"expires\":\"2015-10-21T07:28:00.000Z\","
	                   "\"httpOnly\":false,\"secure\":false}");
	ASSERT_HAS(p.text, "{\"name\":\"c\",\"value\":\"3\",\"expires\":\"21");
	paper_free(&p);
	unmake(&pair);
}

static void bodies_that_are_not_text(void **state)
{
	static const uint8_t png[] = { 0x89, 'P', 'N', 'G', 0 };
	struct pair pair;
	struct paper p;

	make(&pair);
	add(&pair, A, "Content-Type", "image/png");
	body(&pair, A, slice_of(png, sizeof(png)));
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"size\":5,\"mimeType\":\"image/"
	                   "png\",\"text\":\"iVBORwA=\",\"encoding\":\"base64\"}");
	paper_free(&p);
	unmake(&pair);

	make(&pair); /* text of which the last character was cut */
	body(&pair, A, SLICE("ok \xe2\x82"));
	pair.x.msg[A].cut = true;
	pair.x.msg[A].body_bytes = 1000;
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"size\":1000,\"mimeType\":\"x-unknown\",\"text\":\"ok \",\"comment\":\"cut: the "
	                   "first "
	                   "5 of 1000 bytes.\"}");
	paper_free(&p);
	unmake(&pair);

	make(&pair);
	add(&pair, A, "Content-Encoding", "br");
	body(&pair, A, SLICE("abc"));
	pair.x.msg[A].hole = true;
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"comment\":\"bytes are missing in the capture: what follows them is left out. "
	                   "as "
	                   "transferred: its Content-Encoding is not undone.\"}");
	ASSERT_HAS(p.text, "\"complete\":false");
	paper_free(&p);
	unmake(&pair);
}

static void codings_are_undone(void **state)
{
	/* "hello hello hello hello\n" in gzip */
	static const uint8_t gz[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48,
		0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27, 0xb9, 0x00, 0x00, 0x88, 0x59, 0x0b, 0x18, 0x00,
		0x00, 0x00 };
	struct pair pair;
	struct paper p;

	make(&pair);
	add(&pair, A, "Content-Encoding", "gzip");
	body(&pair, A, slice_of(gz, 18)); /* its beginning */
	pair.x.msg[A].done = false;
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"text\":\"hello ");
	ASSERT_HAS(p.text, "\"comment\":\"its end was not captured.\"");
	ASSERT_HAS_NOT(p.text, "compression");
	paper_free(&p);
	unmake(&pair);

	make(&pair);
	add(&pair, A, "Content-Encoding", "gzip");
	body(&pair, A, SLICE("no gzip at all"));
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"comment\":\"its Content-Encoding is damaged: what follows is left out.\"");
	paper_free(&p);
	unmake(&pair);

	make(&pair);
	add(&pair, A, "Content-Encoding", "deflate");
	body(&pair, A, SLICE("\x78\x9c\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x27\xb9\x00\x70\xbe\x08\xbb"));
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"size\":24,\"compression\":7,\"mimeType\":\"x-unknown\",\"text\":\"hello hello "
	                   "hello hello\\u000a\"");
	paper_free(&p);
	unmake(&pair);
}

static void halves_of_a_pair(void **state)
{
	struct pair pair;
	struct paper p;

	make(&pair);
	pair.x.msg[A] = (struct exchange_msg){ 0 };
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"status\":0,\"statusText\":\"\",\"httpVersion\":\"unknown\"");
	ASSERT_HAS(p.text, "\"headersSize\":-1,\"bodySize\":-1,\"comment\":\"no response was captured\"}");
	ASSERT_HAS(p.text, "\"wait\":0.000000,\"receive\":0.000000");
	ASSERT_HAS_NOT(p.text, "\"response\":{\"first\"");
	paper_free(&p);
	make(&pair);
	pair.x.msg[Q] = (struct exchange_msg){ 0 };
	one(&pair, &p);
	ASSERT_HAS(p.text, "\"method\":\"?\",\"url\":\"http://10.0.0.2:8080/\"");
	ASSERT_HAS(p.text, "\"comment\":\"the request was not captured\"");
	ASSERT_HAS(p.text, "\"startedDateTime\":\"2023-11-14T22:13:20.011000Z\",\"time\":4.000000,");
	paper_free(&p);
}

static void targets_of_all_forms(void **state)
{
	static const struct {
		const char *target, *authority, *url;
	} rows[] = {
		{ "http://other.example/p?q", "other.example", "\"http://other.example/p?q\"" },
		{ "/r?to=http://x/", "h", "\"http://h/r?to=http://x/\"" },
		{ "*", "h", "\"http://h\"" },
		{ "h:443", "h:443", "\"http://h:443\"" },
		{ "/p", "", "\"http://10.0.0.2:8080/p\"" },
	};
	struct pair pair;
	struct paper p;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(&pair);
		pair.x.msg[Q].target = slice_str(rows[i].target);
		pair.x.msg[Q].authority = slice_str(rows[i].authority);
		one(&pair, &p);
		ASSERT_HAS(p.text, rows[i].url);
		paper_free(&p);
	}
}

static void what_the_network_sent_stays_text(void **state)
{
	struct pair pair;
	struct paper p;

	make(&pair);
	pair.x.msg[Q].method = pair.x.msg[Q].target = pair.x.msg[Q].authority = SLICE(HOSTILE);
	pair.x.msg[A].reason = SLICE(HOSTILE);
	add(&pair, Q, HOSTILE, HOSTILE);
	add(&pair, Q, "Cookie", "a=" HOSTILE);
	add(&pair, A, "Set-Cookie", "a=" HOSTILE "; Path=/" HOSTILE);
	add(&pair, A, "Content-Type", HOSTILE);
	add(&pair, A, "Location", HOSTILE);
	body(&pair, Q, SLICE(HOSTILE));
	body(&pair, A, SLICE(HOSTILE));
	one(&pair, &p);
	for (size_t i = 0; i < p.n; i++)
		assert_true((uint8_t)p.text[i] >= 0x20 || p.text[i] == '\n');
	paper_free(&p);
	unmake(&pair);
}

/* Pairs come when they are complete; they are written in the order they began. */
static void entries_are_in_order(void **state)
{
	static const char *const at[] = { "/t0", "/t1", "/t2", "/t2b" };
	static const int order[] = { 2, 0, 3, 1 };
	struct pair pair;
	struct paper p;
	struct sink *s = sink(&p);
	const char *last;

	for (int i = 0; i < 4; i++) {
		make(&pair);
		pair.x.nth = 2;
		pair.x.msg[Q].target = slice_str(at[order[i]]);
		pair.x.msg[Q].first_ts += (order[i] == 3 ? 2 : order[i]) * MS;
		give(s, &pair);
	}
	finish(s, &p);
	last = p.text;
	for (int i = 0; i < 4; i++) {
		char url[32];

		snprintf(url, sizeof(url), "8080%s\"", at[i]);
		assert_non_null(strstr(last, url));
		last = strstr(last, url);
	}
	paper_free(&p);
}

/* However many there are, each is written once. */
static void the_window_is_bounded(void **state)
{
	enum { MANY = 2000 };
	struct pair pair;
	struct paper p;
	struct sink *s = sink(&p);
	size_t n = 0;

	make(&pair);
	for (int i = 0; i < MANY; i++) {
		pair.x.msg[Q].first_ts = START + (i % 7) * MS;
		give(s, &pair);
	}
	finish(s, &p);
	for (const char *at = p.text; (at = strstr(at, "\"startedDateTime\"")); at++)
		n++;
	assert_int_equal(n, MANY);
	paper_free(&p);
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct err e = { 0 };

	assert_non_null(full);
	must_fail_when_full(sink_har_new(full, "out/x", &e), full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_whole),
		cmocka_unit_test(tls_counts_as_connecting),
		cmocka_unit_test(forms_are_taken_apart),
		cmocka_unit_test(cookies_keep_their_attributes),
		cmocka_unit_test(bodies_that_are_not_text),
		cmocka_unit_test(codings_are_undone),
		cmocka_unit_test(halves_of_a_pair),
		cmocka_unit_test(targets_of_all_forms),
		cmocka_unit_test(what_the_network_sent_stays_text),
		cmocka_unit_test(entries_are_in_order),
		cmocka_unit_test(the_window_is_bounded),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

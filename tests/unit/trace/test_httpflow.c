/* HTTP over TCP: messages framed and paired, however the bytes were cut into segments and whatever is missing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "webtalk.h"

static const struct lab_note *response(const struct lab *l, size_t nth)
{
	return lab_find(l, NOTE_HTTP_RESPONSE, nth);
}

/* --- Pairing --------------------------------------------------------------------------------------------- */

static void test_keep_alive(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET /a HTTP/1.1\r\nHost: h.example\r\n\r\n"); /* 4 */
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nabc");
	talk_text(&f.talk, C, "GET /b HTTP/1.1\r\nHost: h.example\r\n\r\n"); /* 6 */
	talk_text(&f.talk, S, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	talk_text(
	    &f.talk, C, "POST /c HTTP/1.1\r\nHost: h.example\r\nContent-Length: 5\r\n\r\nhello"); /* 8 */
	talk_text(&f.talk, S, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(trace_stats(f.lab.trace)->http_requests, 3);
	assert_int_equal(trace_stats(f.lab.trace)->http_responses, 3);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_REQUEST), 3);
	lab_expect(lab_find(&f.lab, NOTE_HTTP_REQUEST, 0), "http.request.uri", "/a");
	lab_expect(lab_find(&f.lab, NOTE_HTTP_REQUEST, 0), "http.host", "h.example");
	assert_int_equal(lab_find(&f.lab, NOTE_HTTP_REQUEST, 0)->off, 54);
	assert_int_equal(lab_find(&f.lab, NOTE_HTTP_REQUEST, 0)->len, 36);
	lab_expect(response(&f.lab, 0), "osilab.ref", "4");
	assert_int_equal(response(&f.lab, 0)->ref, 4);
	lab_expect(response(&f.lab, 0), "osilab.http.request", "GET /a");
	lab_expect(response(&f.lab, 0), "http.time", "10 ms");
	lab_expect(response(&f.lab, 1), "osilab.ref", "6");
	lab_expect(response(&f.lab, 1), "http.response.phrase", "Not Found");
	lab_expect(response(&f.lab, 2), "osilab.ref", "8");
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_REUSED), 2);
	lab_expect(lab_find(&f.lab, NOTE_HTTP_REUSED, 1), "osilab.http.nth", "3");
	lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY_TEXT), "osilab.http.body_bytes", "3");
	lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY_TEXT), "osilab.http.type", "text/plain");
	lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY_TEXT), "osilab.http.excerpt", "abc");
	lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY), "osilab.http.body_bytes", "5");
	lab_expect(lab_one(&f.lab, NOTE_HTTP_LAST), "osilab.side", "server");
	lab_none(&f.lab, NOTE_HTTP_PIPELINED);
	lab_none(&f.lab, NOTE_HTTP_BROKEN);
	assert_string_equal(f.lab.frames[3].proto, "HTTP");
	assert_string_equal(f.lab.frames[3].info, "GET /a");
	assert_string_equal(f.lab.frames[6].info, "404 Not Found");
	lab_fini(&f.lab);
}

static void test_pipelining(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, C, "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S,
	    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
	    "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" /* of a HEAD: no body follows */
	    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny");
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_PIPELINED), 2);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_RESPONSE), 3);
	lab_expect(response(&f.lab, 0), "osilab.http.request", "GET /1");
	lab_expect(response(&f.lab, 1), "osilab.http.request", "HEAD /2");
	lab_expect(response(&f.lab, 2), "osilab.http.request", "GET /3");
	lab_expect(response(&f.lab, 2), "osilab.ref", "5");
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_BODY), 2);
	lab_none(&f.lab, NOTE_HTTP_BROKEN);
	lab_fini(&f.lab);
}

/* More requests at once than are remembered: answers are shown, and none is tied to the wrong request. */
static void test_many_pipelined(void **state)
{
	struct fixture f;
	size_t paired;

	setup(&f);
	for (int i = 0; i < 300; i++) {
		char text[64];

		snprintf(text, sizeof(text), "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i);
		talk_text(&f.talk, C, text);
	}
	for (int i = 0; i < 300; i++)
		talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
	talk_text(&f.talk, C, "GET /last HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(trace_stats(f.lab.trace)->http_requests, 301);
	paired = lab_count(&f.lab, NOTE_HTTP_RESPONSE);
	assert_int_equal(paired + lab_count(&f.lab, NOTE_HTTP_RESPONSE_ALONE), 301);
	assert_int_equal(paired, 1);
	lab_expect(response(&f.lab, 0), "osilab.http.request", "GET /last");
	lab_fini(&f.lab);
}

static void test_no_body(void **state)
{
	static const char *const statuses[] = { "204 No Content", "304 Not Modified" };

	for (int i = 0; i < 2; i++) {
		struct fixture f;
		char text[200];

		setup(&f);
		talk_text(&f.talk, C, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: 77\r\n\r\n", statuses[i]);
		talk_text(&f.talk, S, text);
		talk_text(&f.talk, C, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
		talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
		lab_run(&f.lab);
		assert_int_equal(lab_count(&f.lab, NOTE_HTTP_RESPONSE), 2);
		lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY), "osilab.http.body_bytes", "1");
		lab_fini(&f.lab);
	}
}

static void test_continue(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(
	    &f.talk, C, "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 100 Continue\r\n\r\n");
	talk_text(&f.talk, C, "data");
	talk_text(&f.talk, S,
	    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: "
	    "0\r\n\r\n");
	talk_text(&f.talk, C, "GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_RESPONSE), 4);
	for (size_t i = 0; i < 3; i++)
		lab_expect(response(&f.lab, i), "osilab.http.request", "PUT /x");
	lab_expect(response(&f.lab, 3), "osilab.http.request", "GET /y");
	lab_none(&f.lab, NOTE_HTTP_PIPELINED);
	lab_fini(&f.lab);
}

/* --- Bodies ------------------------------------------------------------------------------------------------ */

static void test_chunked(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
	talk_text(&f.talk, S, "6;x=y\r\n world\r\n0\r\nTrailer: t\r\n\r\nHTTP/1.1 200 OK\r\n");
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY), "osilab.http.body_bytes", "11");
	lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY), "osilab.http.framing", "in chunks");
	assert_int_equal(lab_one(&f.lab, NOTE_HTTP_BODY)->packet, 6);
	lab_none(&f.lab, NOTE_HTTP_BROKEN);
	lab_fini(&f.lab);
}

static void test_until_close(void **state)
{
	for (int how = 0; how < 2; how++) { /* FIN, RST */
		struct fixture f;

		setup(&f);
		talk_text(&f.talk, C, "GET / HTTP/1.0\r\n\r\n");
		talk_text(&f.talk, S, "HTTP/1.0 200 OK\r\n\r\nsome bytes");
		talk_text(&f.talk, S, "HTTP/1.1 200 not a head\r\n\r\n");
		talk_send(&f.talk, S, (how ? TCP_RST : TCP_FIN) | TCP_ACK, SLICE(""));
		lab_run(&f.lab);
		lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY), "osilab.http.body_bytes", "37");
		lab_expect(
		    lab_one(&f.lab, NOTE_HTTP_BODY), "osilab.http.framing", "until the connection closed");
		assert_int_equal(lab_one(&f.lab, NOTE_HTTP_BODY)->packet, 7);
		assert_int_equal(lab_count(&f.lab, NOTE_HTTP_RESPONSE), 1);
		lab_fini(&f.lab);
	}
}

static void test_upgrade(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(
	    &f.talk, C, "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: something\r\n\r\n");
	talk_text(&f.talk, S,
	    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
	    "something\r\n\r\n\x81\x02hi");
	talk_text(&f.talk, C, "\x81\x82xxxx\x11\x22");
	talk_text(&f.talk, S, "\x81\x02ho");
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_UPGRADED), "http.upgrade", "something");
	lab_none(&f.lab, NOTE_HTTP_BROKEN); /* in neither direction */
	lab_fini(&f.lab);
}

/* --- Cut anywhere ---------------------------------------------------------------------------------------------- */

static const struct {
	enum flow_side side;
	const char *text;
} story[] = {
	{ C, "POST /login?next=%2F HTTP/1.1\r\nHost: shop.example:8080\r\nContent-Type: "
	     "application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nuser=ann&password=hunter2x" },
	{ S, "HTTP/1.1 303 See Other\r\nSet-Cookie: sid=abcdef0123456789; Path=/; HttpOnly; SameSite=Lax\r\n"
	     "Location: /\r\nTransfer-Encoding: "
	     "chunked\r\n\r\n4\r\nabcd\r\n1a;e=1\r\nabcdefghijklmnopqrstuvwxyz"
	     "\r\n0\r\nT: 1\r\n\r\n" },
	{ C, "GET /me HTTP/1.1\r\nHost: shop.example:8080\r\nCookie: sid=abcdef0123456789; x=1\r\n\r\nGET /x "
	     "HTTP/1.1\r\nHost: shop.example:8080\r\nAuthorization: Basic YW5uOmh1bnRlcjI=\r\n\r\n" },
	{ S, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Type: text/html\r\n\r\n0123456789HTTP/1.1 401 "
	     "Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n" },
};

enum { STORY = sizeof(story) / sizeof(*story) };

/* All that was said, but for what tells of the packets themselves: how long it took until the last of them. */
static char *story_of(const struct lab *l)
{
	char *text = lab_story(l, NOTE_HTTP_REQUEST, NOTE_URL_SESSION, false), *line = text;

	while (*line) {
		char *next = strchr(line, '\n') + 1;

		if (strncmp(line, "http.complete:", 14) == 0)
			memmove(line, next, strlen(next) + 1);
		else
			line = next;
	}
	return text;
}

/* The story with every message cut at `cut`, or into pieces of `size`; true as long as there is a place to cut. */
static bool tell(struct fixture *f, size_t cut, size_t size, char **said)
{
	bool more = false;

	setup(f);
	f->lab.step = 0; /* so that spans of time are the same too */
	for (size_t i = 0; i < STORY; i++) {
		struct slice text = slice_str(story[i].text);

		talk_data(&f->talk, story[i].side, slice_sub(text, 0, cut), size);
		talk_data(&f->talk, story[i].side, slice_skip(text, cut), size);
		more |= cut < text.n;
	}
	talk_close(&f->talk);
	lab_run(&f->lab);
	*said = story_of(&f->lab);
	return more;
}

static void test_every_split(void **state)
{
	struct fixture f;
	char *whole, *cut;
	size_t at = 1;
	bool more;

	tell(&f, 0, 1460, &whole);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_RESPONSE), 3);
	lab_one(&f.lab, NOTE_COOKIE_RETURNED);
	lab_one(&f.lab, NOTE_PASSWORD_IN_CLEAR);
	lab_one(&f.lab, NOTE_AUTH_REFUSED);
	lab_fini(&f.lab);
	do {
		more = tell(&f, at++, 1460, &cut);
		assert_string_equal(cut, whole);
		free(cut);
		lab_fini(&f.lab);
	} while (more);
	for (size_t size = 1; size < 40; size++) {
		tell(&f, 0, size, &cut);
		assert_string_equal(cut, whole);
		free(cut);
		lab_fini(&f.lab);
	}
	free(whole);
}

/* Segments in any order within a message: the same notes, once all is there. */
static void test_any_order(void **state)
{
	struct fixture f;
	uint32_t random = 4711;
	char *whole, *mixed;

	tell(&f, 0, 1460, &whole);
	lab_fini(&f.lab);
	for (int round = 0; round < 50; round++) {
		setup(&f);
		f.lab.step = 0;
		for (size_t i = 0; i < STORY; i++) {
			struct slice text = slice_str(story[i].text);
			size_t size = 5 + random % 60, n = (text.n + size - 1) / size, order[100];
			uint32_t seq = f.talk.seq[story[i].side];

			assert_true(n <= 100);
			for (size_t k = 0; k < n; k++)
				order[k] = k;
			for (size_t k = n - 1; k > 0; k--) {
				size_t with = (random = random * 1664525 + 1013904223) % (k + 1),
				       was = order[k];

				order[k] = order[with], order[with] = was;
			}
			for (size_t k = 0; k < n; k++)
				talk_at(&f.talk, story[i].side, TCP_ACK, seq + (uint32_t)(order[k] * size),
				    f.talk.acked[story[i].side], slice_sub(text, order[k] * size, size));
			talk_lose(&f.talk, story[i].side, text.n); /* only counts on */
		}
		talk_close(&f.talk);
		lab_run(&f.lab);
		mixed = story_of(&f.lab);
		assert_string_equal(mixed, whole);
		lab_none(&f.lab, NOTE_STREAM_GAP);
		free(mixed);
		lab_fini(&f.lab);
	}
	free(whole);
}

/* The capture ends anywhere, or any one packet of it is missing: something is said, nothing breaks. */
static void test_any_missing(void **state)
{
	struct fixture f;
	char *said;
	size_t n;

	tell(&f, 0, 60, &said);
	free(said);
	n = f.lab.n;
	for (size_t i = 0; i < n; i++) {
		size_t all = f.lab.n;
		struct lab_packet gone = f.lab.packets[i];

		f.lab.n = i;
		lab_run(&f.lab);
		memmove(f.lab.packets + i, f.lab.packets + i + 1, (all - 1 - i) * sizeof(gone));
		f.lab.n = all - 1;
		lab_run(&f.lab);
		memmove(f.lab.packets + i + 1, f.lab.packets + i, (all - 1 - i) * sizeof(gone));
		f.lab.packets[i] = gone;
		f.lab.n = all;
	}
	lab_fini(&f.lab);
}

/* --- Holes -------------------------------------------------------------------------------------------------------- */

/* Bytes of a body are missing: it is counted on, and the next message is read. */
static void test_gap_in_body(void **state)
{
	static const char *const rows[][3] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n0123456789", "0123456789", "0123456789" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n0123456789", "0123456789",
		    "0123456789\r\n0\r\n\r\n" },
	};

	for (size_t i = 0; i < 2; i++) {
		struct fixture f;

		setup(&f);
		talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
		talk_text(&f.talk, S, rows[i][0]);
		talk_lose(&f.talk, S, strlen(rows[i][1]));
		talk_text(&f.talk, S, rows[i][2]);
		talk_ack(&f.talk, C); /* 7: the client has it all */
		talk_text(&f.talk, C, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
		talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
		lab_run(&f.lab);
		assert_int_equal(lab_one(&f.lab, NOTE_STREAM_GAP)->packet, 7);
		lab_expect(lab_one(&f.lab, NOTE_STREAM_GAP), "osilab.tcp.missing", "10");
		lab_expect(lab_find(&f.lab, NOTE_HTTP_BODY, 0), "osilab.http.body_bytes", "30");
		lab_expect(response(&f.lab, 1), "osilab.http.request", "GET /2");
		lab_none(&f.lab, NOTE_HTTP_BROKEN);
		lab_none(&f.lab, NOTE_HTTP_PIPELINED);
		lab_fini(&f.lab);
	}
}

/* Part of a response head is missing: what follows is passed over up to the next message, which is paired
 * rightly again. */
static void test_gap_in_response_head(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Le");
	talk_lose(&f.talk, S, 30);
	talk_text(&f.talk, S, "rest of the body");
	talk_ack(&f.talk, C);
	talk_text(&f.talk, C, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	talk_text(&f.talk, C, "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
	lab_run(&f.lab);
	lab_none(&f.lab, NOTE_HTTP_PIPELINED);
	lab_none(&f.lab, NOTE_HTTP_RESPONSE_ALONE);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_RESPONSE), 2);
	lab_expect(response(&f.lab, 0), "osilab.http.request", "GET /2");
	lab_expect(response(&f.lab, 0), "http.response.code", "404");
	lab_expect(response(&f.lab, 1), "osilab.http.request", "GET /3");
	lab_fini(&f.lab);
}

/* A request is missing: its answer stands alone, later ones are paired again. */
static void test_gap_in_request(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	talk_lose(&f.talk, C, 28);
	talk_text(&f.talk, S, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
	talk_text(&f.talk, C, "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 203 Non\r\nContent-Length: 0\r\n\r\n");
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_RESPONSE_ALONE), "http.response.code", "202");
	lab_expect(response(&f.lab, 0), "osilab.http.request", "GET /1");
	lab_expect(response(&f.lab, 1), "http.response.code", "203");
	lab_expect(response(&f.lab, 1), "osilab.http.request", "GET /3");
	lab_fini(&f.lab);
}

/* What was kept of a form that was lost half-way does not leak into the next one. */
static void test_gap_in_form(void **state)
{
	static const char head[] = "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: "
	                           "application/x-www-form-urlencoded\r\n";
	struct fixture f;
	char text[300];

	setup(&f);
	snprintf(text, sizeof(text), "%sContent-Length: 60\r\n\r\nuser=lost&passw", head);
	talk_text(&f.talk, C, text);
	talk_lose(&f.talk, C, 100); /* more than the body: some of the next head too */
	talk_text(&f.talk, C, "and no message either");
	talk_ack(&f.talk, S);
	snprintf(text, sizeof(text), "%sContent-Length: 21\r\n\r\nuser=ann&password=abc", head);
	talk_text(&f.talk, C, text);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_PASSWORD_IN_CLEAR), "osilab.auth.user", "ann");
	lab_expect(lab_one(&f.lab, NOTE_PASSWORD_IN_CLEAR), "osilab.auth.password", "•••• (3 characters)");
	lab_fini(&f.lab);
}

/* --- Cut by the snap length ------------------------------------------------------------------------------ */

#define HEADERS 54 /* Ethernet, IPv4, TCP without options */

/* Of the last packet only so many bytes of payload were captured. */
static void cut_last(struct lab *l, size_t n)
{
	struct lab_packet *p = &l->packets[l->n - 1];

	p->n = HEADERS + n;
	p->bytes = realloc(p->bytes, p->n);
	assert_non_null(p->bytes);
}

static void test_cut_heads(void **state)
{
	static const char asked[] = "GET /a HTTP/1.1\r\nHost: h.example\r\nCookie: sid=1\r\n\r\n";
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, asked);
	cut_last(&f.lab, sizeof("GET /a HTTP/1.1\r\nHost: h.example\r\nCook") - 1);
	talk_text(&f.talk, S, "HTTP/1.0 401 Unauthorized\r\nServer: s\r\nContent-Length: 3\r\n\r\nabc");
	cut_last(&f.lab, sizeof("HTTP/1.0 401 Unauthorized\r\nServer: s\r\nCont") - 1);
	talk_text(&f.talk, C, "GET /b HTTP/1.1\r\nHost: h.example\r\n\r\n"); /* 6 */
	talk_text(&f.talk, S, "HTTP/1.1 204 No Content\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(trace_stats(f.lab.trace)->http_requests, 2);
	assert_int_equal(trace_stats(f.lab.trace)->http_responses, 2);
	assert_int_equal(lab_find(&f.lab, NOTE_HTTP_REQUEST, 0)->packet, 4);
	lab_expect(lab_find(&f.lab, NOTE_HTTP_REQUEST, 0), "http.host", "h.example");
	assert_int_equal(response(&f.lab, 0)->packet, 5);
	assert_int_equal(response(&f.lab, 0)->ref, 4);
	assert_int_equal(response(&f.lab, 1)->ref, 6);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_HEAD_CUT), 2);
	/* Nothing is said of what may stand in the missing part. */
	lab_none(&f.lab, NOTE_HTTP_LAST);
	lab_none(&f.lab, NOTE_HTTP_SLOPPY);
	lab_none(&f.lab, NOTE_HTTP_BROKEN);
	lab_none(&f.lab, NOTE_STREAM_GAP);
	lab_fini(&f.lab);
}

static void test_cut_body(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789");
	cut_last(&f.lab, sizeof("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n012") - 1);
	talk_text(&f.talk, C, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(trace_stats(f.lab.trace)->http_requests, 2);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY), "osilab.http.body_bytes", "10");
	lab_one(&f.lab, NOTE_HTTP_PIPELINED);
	lab_none(&f.lab, NOTE_HTTP_HEAD_CUT);
	lab_none(&f.lab, NOTE_STREAM_GAP);
	lab_fini(&f.lab);
}

/* Wherever a request is cut, the one that follows is found, and is the client's second at most. */
static void test_cut_anywhere(void **state)
{
	static const char first[] = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
	                            "5\r\nhello\r\n0\r\n\r\n";

	for (size_t n = 0; n < sizeof(first); n++) {
		struct fixture f;
		size_t requests;

		setup(&f);
		talk_text(&f.talk, C, first);
		cut_last(&f.lab, n);
		talk_text(&f.talk, S, "HTTP/1.1 204 No Content\r\n\r\n");
		talk_text(&f.talk, C, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
		talk_text(&f.talk, S, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
		lab_run(&f.lab);
		requests = lab_count(&f.lab, NOTE_HTTP_REQUEST);
		assert_in_range(requests, 1, 2);
		lab_expect(lab_find(&f.lab, NOTE_HTTP_REQUEST, requests - 1), "http.request.uri", "/b");
		assert_int_equal(trace_stats(f.lab.trace)->http_responses, 2);
		lab_none(&f.lab, NOTE_STREAM_GAP);
		lab_fini(&f.lab);
	}
}

/* The capture begins between a request and its answer. */
static void test_response_first(void **state)
{
	struct fixture f;

	lab_init(&f.lab);
	talk_init(&f.talk, &f.lab, 40000, 8080);
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	lab_run(&f.lab);
	assert_int_equal(f.lab.frames[0].side, S);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_RESPONSE_ALONE), "http.response.code", "200");
	lab_expect(lab_one(&f.lab, NOTE_HTTP_RESPONSE), "http.response.code", "404");
	lab_fini(&f.lab);
}

/* The capture begins in the middle of a body: HTTP is recognised as soon as a message begins. */
static void test_middle_of_body(void **state)
{
	struct fixture f;

	lab_init(&f.lab);
	talk_init(&f.talk, &f.lab, 40000, 8080);
	talk_text(&f.talk, S, "...the end of something");
	talk_text(&f.talk, C, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_RESPONSE), "osilab.http.request", "GET /1");
	lab_none(&f.lab, NOTE_HTTP_BROKEN);
	lab_fini(&f.lab);
}

/* --- What is wrong ---------------------------------------------------------------------------------------------------- */

static void test_sloppy(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET / HTTP/1.1\nHost: h\n\n");
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_HTTP_REQUEST);
	assert_true(lab_count(&f.lab, NOTE_HTTP_SLOPPY) >= 1);
	lab_fini(&f.lab);
}

static void test_broken(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET / HTTP/1.1\r\nHost: h\r\n\r\n\x01\x02 nonsense");
	talk_text(&f.talk, C, "GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_BROKEN), 2);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_REQUEST), 2);
	lab_fini(&f.lab);
}

static void test_endless_head(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "GET / HTTP/1.1\r\nHost: h\r\n");
	for (int i = 0; i < 3000; i++)
		talk_text(&f.talk, C, "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_HTTP_BROKEN);
	lab_none(&f.lab, NOTE_HTTP_REQUEST);
	assert_true(f.lab.held_most < 256 * 1024);
	lab_fini(&f.lab);
}

static void test_not_http(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, S, "220 mail.example ESMTP\r\n");
	talk_text(&f.talk, C, "EHLO me\r\n");
	lab_run(&f.lab);
	assert_string_equal(f.lab.frames[4].proto, "TCP");
	lab_none(&f.lab, NOTE_HTTP_BROKEN);
	lab_fini(&f.lab);
}

/* A segment full of messages: each is noted, the packet's few words stay few. */
static void test_many_in_one(void **state)
{
	struct buf text = { 0 };
	struct fixture f;

	setup(&f);
	for (int i = 0; i < 1200; i++)
		buf_puts(&text, "GET /a/long/path/to/show HTTP/1.1\r\nHost: h\r\n\r\n");
	talk_data(&f.talk, C, buf_view(&text), 65000);
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_REQUEST), 1200);
	assert_non_null(strstr(f.lab.frames[3].info, "GET /a/long/path/to/show; GET"));
	buf_fini(&text);
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep_alive),
		cmocka_unit_test(test_pipelining),
		cmocka_unit_test(test_many_pipelined),
		cmocka_unit_test(test_no_body),
		cmocka_unit_test(test_continue),
		cmocka_unit_test(test_chunked),
		cmocka_unit_test(test_until_close),
		cmocka_unit_test(test_upgrade),
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_any_missing),
		cmocka_unit_test(test_gap_in_body),
		cmocka_unit_test(test_gap_in_response_head),
		cmocka_unit_test(test_gap_in_request),
		cmocka_unit_test(test_gap_in_form),
		cmocka_unit_test(test_cut_heads),
		cmocka_unit_test(test_cut_body),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_response_first),
		cmocka_unit_test(test_middle_of_body),
		cmocka_unit_test(test_sloppy),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_endless_head),
		cmocka_unit_test(test_not_http),
		cmocka_unit_test(test_many_in_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

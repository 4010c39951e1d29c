/* What the fields of a head mean, and what is in a body: redirects followed, conditions, parts, caches, errors, trailers,
 * tunnels, compressed content. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "deflated.h"
#include "http/parse.h"
#include "trace/httphalf.h"
#include "webtalk.h"

/* Every name of the table is found under its own number, in any case, and nothing else is. */
static void test_heads(void **state)
{
	static const struct {
		const char *name;
		enum head which;
	} rows[] = { { "age", HEAD_AGE }, { "ETAG", HEAD_ETAG }, { "Link", HEAD_LINK },
		{ "Range", HEAD_RANGE }, { "Cookie", HEAD_COOKIE }, { "Server", HEAD_SERVER },
		{ "Upgrade", HEAD_UPGRADE }, { "Location", HEAD_LOCATION }, { "If-Match", HEAD_IF_MATCH },
		{ "If-Range", HEAD_IF_RANGE }, { "Connection", HEAD_CONNECTION },
		{ "User-Agent", HEAD_USER_AGENT }, { "Retry-After", HEAD_RETRY_AFTER },
		{ "Content-Type", HEAD_CONTENT_TYPE }, { "Authorization", HEAD_AUTHORIZATION },
		{ "Cache-Control", HEAD_CACHE_CONTROL }, { "Content-Range", HEAD_CONTENT_RANGE },
		{ "If-None-Match", HEAD_IF_NONE_MATCH }, { "Content-Length", HEAD_CONTENT_LENGTH },
		{ "Content-Encoding", HEAD_CONTENT_ENCODING },
		{ "If-Modified-Since", HEAD_IF_MODIFIED_SINCE }, { "Sec-WebSocket-Key", HEAD_WS_KEY },
		{ "If-Unmodified-Since", HEAD_IF_UNMODIFIED_SINCE },
		{ "Sec-WebSocket-Accept", HEAD_WS_ACCEPT }, { "Sec-WebSocket-Protocol", HEAD_WS_PROTOCOL },
		{ "Sec-WebSocket-Extensions", HEAD_WS_EXTENSIONS } };

	assert_int_equal(sizeof(rows) / sizeof(*rows), HEADS - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[200];
		struct http_msg m;
		struct heads h;

		snprintf(text, sizeof(text),
		    "GET / HTTP/1.1\r\nHost: h\r\nX-%s: no\r\n%s: 1\r\n%s: 2\r\n\r\n", rows[i].name,
		    rows[i].name, rows[i].name);
		assert_true(http_parse_request(slice_str(text), 0, NULL, HTTP_LENIENT, &m) > 0);
		heads_find(&h, &m);
		for (unsigned k = 1; k < HEADS; k++)
			if (k == rows[i].which)
				assert_true(slice_eq_str(heads_value(&h, (enum head)k), "1"));
			else
				assert_null(heads_value(&h, (enum head)k).p);
	}
}

/* --- Redirects -------------------------------------------------------------------------------------------- */

static void test_redirect(void **state)
{
	static const struct {
		const char *from, *location, *next, *host;
		bool follows;
	} rows[] = {
		{ "/a", "/b", "/b", SHOP, true },
		{ "/a", "/b?x=1#part", "/b?x=1", SHOP, true },
		{ "/a", "http://" SHOP ":8080/b", "/b", SHOP, true },
		{ "/a", "http://Shop.Example", "/", SHOP, true },
		{ "/dir/a?q=/x", "b", "/dir/b", SHOP, true },
		{ "/a", "/b", "/c", SHOP, false },
		{ "/a", "http://other.example/b", "/b", SHOP, false },
		{ "/a", "http://other.example/b", "/b", "other.example", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		struct talk other;
		char text[300];

		setup(&f);
		ask(&f, rows[i].from, "");
		snprintf(text, sizeof(text), "Location: %s\r\n", rows[i].location);
		answer(&f, "302 Found", text); /* 5 */
		talk_init(&other, &f.lab, 40001, 80);
		snprintf(
		    text, sizeof(text), "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", rows[i].next, rows[i].host);
		talk_text(&other, C, text); /* 6 */
		talk_text(&other, C, text); /* follows once */
		lab_run(&f.lab);
		lab_expect(lab_one(&f.lab, NOTE_HTTP_REDIRECT), "osilab.http.location", rows[i].location);
		if (rows[i].follows) {
			assert_int_equal(lab_one(&f.lab, NOTE_HTTP_FOLLOWS)->packet, 6);
			assert_int_equal(lab_one(&f.lab, NOTE_HTTP_FOLLOWS)->ref, 5);
		} else {
			lab_none(&f.lab, NOTE_HTTP_FOLLOWS);
		}
		lab_fini(&f.lab);
	}
}

/* --- Conditions, parts, caches, errors ----------------------------------------------------------------------- */

static void test_conditional(void **state)
{
	struct fixture f;

	setup(&f);
	ask(&f, "/a", "");
	answer(&f, "200 OK", "ETag: \"v1\"\r\n"); /* 5 */
	ask(&f, "/a", "If-None-Match: W/\"v1\"\r\n");
	answer(&f, "304 Not Modified", "");
	ask(&f, "/b", "If-None-Match: \"v1\"\r\n"); /* another thing with the same tag */
	answer(&f, "200 OK", "");
	ask(&f, "/c", "If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n");
	answer(&f, "304 Not Modified", "");
	ask(&f, "/d", "If-Match: \"v2\"\r\n");
	answer(&f, "412 Precondition Failed", "");
	lab_run(&f.lab);
	assert_int_equal(lab_one(&f.lab, NOTE_HTTP_CONDITIONAL_KNOWN)->ref, 5);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_CONDITIONAL), 2);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_NOT_MODIFIED), 2);
	lab_one(&f.lab, NOTE_HTTP_IF_MATCH);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_CLIENT_ERROR), "http.response.code", "412");
	lab_fini(&f.lab);
}

static void test_answers(void **state)
{
	static const struct {
		const char *status, *fields;
		enum note_id yes, no;
	} rows[] = {
		{ "206 Partial Content", "Content-Range: bytes 0-9/100\r\n", NOTE_HTTP_PARTIAL,
		    NOTE_HTTP_REDIRECT },
		{ "503 Service Unavailable", "Retry-After: 120\r\n", NOTE_HTTP_SERVER_ERROR,
		    NOTE_HTTP_CLIENT_ERROR },
		{ "503 Service Unavailable", "Retry-After: 120\r\n", NOTE_HTTP_RETRY_AFTER,
		    NOTE_HTTP_CLIENT_ERROR },
		{ "499 Odd", "", NOTE_HTTP_CLIENT_ERROR, NOTE_HTTP_SERVER_ERROR },
		{ "200 OK", "Cache-Control: private, no-store\r\n", NOTE_HTTP_NO_STORE, NOTE_HTTP_NO_CACHE },
		{ "200 OK", "Cache-Control: no-cache\r\n", NOTE_HTTP_NO_CACHE, NOTE_HTTP_FRESH },
		{ "200 OK", "Cache-Control: public, max-age=60\r\n", NOTE_HTTP_FRESH,
		    NOTE_HTTP_CACHE_SHARED },
		{ "200 OK", "Cache-Control: public, max-age=60\r\nSet-Cookie: a=b\r\n",
		    NOTE_HTTP_CACHE_SHARED, NOTE_HTTP_NO_STORE },
		{ "200 OK", "Age: 30\r\n", NOTE_HTTP_FROM_CACHE, NOTE_HTTP_FRESH },
		{ "200 OK", "Cache-Control: max-age=99999999999999999999\r\nAge: x\r\n", NOTE_HTTP_RESPONSE,
		    NOTE_HTTP_FROM_CACHE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		setup(&f);
		ask(&f, "/", "Range: bytes=0-9\r\n");
		answer(&f, rows[i].status, rows[i].fields);
		lab_run(&f.lab);
		lab_one(&f.lab, NOTE_HTTP_RANGE);
		lab_one(&f.lab, rows[i].yes);
		lab_none(&f.lab, rows[i].no);
		lab_fini(&f.lab);
	}
}

/* The same Cache-Control again and again is explained once. */
static void test_cache_once(void **state)
{
	struct fixture f;

	setup(&f);
	for (int i = 0; i < 3; i++) {
		ask(&f, "/", "");
		answer(&f, "200 OK", "Cache-Control: no-store\r\n");
	}
	ask(&f, "/", "");
	answer(&f, "200 OK", "Cache-Control: no-cache\r\n");
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_HTTP_NO_STORE);
	lab_one(&f.lab, NOTE_HTTP_NO_CACHE);
	lab_fini(&f.lab);
}

static void test_expect(void **state)
{
	struct fixture f;

	setup(&f);
	ask(&f, "/", "Expect: 100-continue\r\nContent-Length: 1\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 100 Continue\r\n\r\n");
	talk_text(&f.talk, C, "x");
	talk_text(&f.talk, S, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n");
	answer(&f, "200 OK", "");
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_HTTP_EXPECT);
	lab_one(&f.lab, NOTE_HTTP_CONTINUE);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_EARLY_HINTS), "osilab.http.link", "</style.css>; rel=preload");
	lab_fini(&f.lab);
}

/* --- Bodies -------------------------------------------------------------------------------------------------- */

static void test_trailers(void **state)
{
	static const char body[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
	                           "chunked\r\n\r\n2\r\nhi\r\n0\r\nDigest: x\r\nY: z\r\n\r\n";

	for (size_t size = 1; size < sizeof(body); size++) {
		struct fixture f;

		setup(&f);
		ask(&f, "/", "");
		talk_data(&f.talk, S, SLICE(body), size);
		lab_run(&f.lab);
		lab_expect(lab_one(&f.lab, NOTE_HTTP_TRAILERS), "osilab.http.trailers", "2");
		lab_expect(lab_one(&f.lab, NOTE_HTTP_TRAILERS), "osilab.http.trailer", "Digest");
		lab_fini(&f.lab);
	}
}

static void test_complete(void **state)
{
	struct fixture f;

	setup(&f);
	ask(&f, "/", "");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
	talk_text(&f.talk, S, "y");
	ask(&f, "/", "");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nxy");
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_COMPLETE), "osilab.http.time_last", "20 ms");
	assert_int_equal(lab_one(&f.lab, NOTE_HTTP_COMPLETE)->ref, 4);
	lab_fini(&f.lab);
}

static void send_coded(
    struct fixture *f, const char *coding, const char *type, struct slice body, size_t size)
{
	char text[300];

	setup(f);
	ask(f, "/", "");
	snprintf(text, sizeof(text),
	    "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
	    coding, type, body.n);
	talk_text(&f->talk, S, text);
	talk_data(&f->talk, S, body, size);
	lab_run(&f->lab);
}

static void test_coded(void **state)
{
	struct buf json = gzipped(SLICE("{\"id_token\":\"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.\"}"));
	struct fixture f;

	for (size_t size = 1; size < json.n; size++) {
		send_coded(&f, "gzip", "application/json", buf_view(&json), size);
		lab_one(&f.lab, NOTE_JWT_NONE);
		lab_expect(lab_one(&f.lab, NOTE_HTTP_DECODED), "osilab.http.decoded_bytes", "54");
		lab_expect(lab_one(&f.lab, NOTE_HTTP_BODY_TEXT), "osilab.http.excerpt", "{\"id_token…");
		lab_fini(&f.lab);
	}
	send_coded(&f, "deflate", "text/plain", buf_view(&json), 1460);
	lab_one(&f.lab, NOTE_HTTP_CODING_DAMAGED);
	lab_fini(&f.lab);
	send_coded(&f, "br", "text/plain", buf_view(&json), 1460);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_CODED), "osilab.http.coding", "br");
	lab_one(&f.lab, NOTE_HTTP_BODY_TYPED);
	lab_fini(&f.lab);
	buf_fini(&json);
}

static void test_bomb(void **state)
{
	uint8_t *zeros = calloc(1, 4 << 20);
	struct buf bomb = gzipped(slice_of(zeros, 4 << 20));
	struct fixture f;

	send_coded(&f, "gzip", "text/plain", buf_view(&bomb), 1460);
	lab_one(&f.lab, NOTE_HTTP_BOMB);
	assert_true(f.lab.held_most < 256 * 1024);
	free(zeros);
	buf_fini(&bomb);
	lab_fini(&f.lab);
}

/* A password field asked for in clear is found wherever the page was cut. */
static void test_password_field(void **state)
{
	static const struct {
		const char *page;
		bool asks;
	} rows[] = {
		{ "<form><input name=p type=\"password\"></form>", true },
		{ "<input TYPE='password'>", true },
		{ "<input type=password>", true },
		{ "<p>Forgot your password? Its type is \"password\".</p>", false },
		{ "<p>passwordpasswordpassword", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t size = 1; size <= strlen(rows[i].page); size++) {
			struct fixture f;
			char text[200];

			setup(&f);
			ask(&f, "/", "");
			snprintf(text, sizeof(text),
			    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %zu\r\n\r\n",
			    strlen(rows[i].page));
			talk_text(&f.talk, S, text);
			talk_data(&f.talk, S, slice_str(rows[i].page), size);
			lab_run(&f.lab);
			assert_int_equal(lab_count(&f.lab, NOTE_PASSWORD_ASKED_IN_CLEAR), rows[i].asks);
			lab_fini(&f.lab);
		}
}

/* --- Tunnels --------------------------------------------------------------------------------------------------- */

/* What flows in a tunnel is recognised by what it is: here HTTP again. */
static void test_connect(void **state)
{
	struct fixture f;

	setup(&f);
	talk_text(&f.talk, C, "CONNECT in.example:443 HTTP/1.1\r\nHost: in.example:443\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 Connection established\r\n\r\n");
	talk_text(&f.talk, C, "GET /inside HTTP/1.1\r\nHost: in.example\r\n\r\n");
	talk_text(&f.talk, S, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_HTTP_PROXIED), "osilab.http.request", "CONNECT in.example:443");
	lab_expect(lab_find(&f.lab, NOTE_HTTP_REQUEST, 1), "http.request.uri", "/inside");
	lab_expect(lab_find(&f.lab, NOTE_HTTP_RESPONSE, 1), "osilab.http.request", "GET /inside");
	lab_none(&f.lab, NOTE_HTTP_REUSED);
	lab_fini(&f.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_conditional),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_cache_once),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_trailers),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_coded),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_password_field),
		cmocka_unit_test(test_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* HTTP/2 over TCP: frames made with nghttp2's deflater, read by the tracer, whole, cut, with holes and hostile. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "deflated.h"
#include "harness.h"
#include "trace/inflate.h"
#include "http2/frame.h"

#include <nghttp2/nghttp2.h>

#define C FLOW_CLIENT
#define S FLOW_SERVER

/* --- A peer that speaks HTTP/2 ------------------------------------------------------------------------------ */

struct fixture {
	struct lab lab;
	struct talk talk;
	nghttp2_hd_deflater *deflater[2];
	struct buf out[2]; /* what each side will send next */
};

static void begin(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	lab_init(&f->lab);
	talk_init(&f->talk, &f->lab, 40000, 8080);
	for (int s = C; s <= S; s++)
		assert_int_equal(nghttp2_hd_deflate_new(&f->deflater[s], 4096), 0);
}

static void end(struct fixture *f)
{
	for (int s = C; s <= S; s++) {
		nghttp2_hd_deflate_del(f->deflater[s]);
		buf_fini(&f->out[s]);
	}
	lab_fini(&f->lab);
}

static void put_frame(struct fixture *f, enum flow_side side, uint8_t type, uint8_t flags, uint32_t stream,
    struct slice payload)
{
	uint8_t header[H2_HEADER];
	struct wr w = wr_of(header, sizeof(header));

	wr_be24(&w, (uint32_t)payload.n);
	wr_u8(&w, type);
	wr_u8(&w, flags);
	wr_be32(&w, stream);
	buf_put(&f->out[side], header, sizeof(header));
	buf_slice(&f->out[side], payload);
}

/* "name: value" strings up to NULL as a header block. */
static struct slice block_of(struct fixture *f, enum flow_side side, const char *const *lines)
{
	static uint8_t block[16384];
	nghttp2_nv nv[64];
	size_t n = 0;
	ssize_t len;

	for (; lines[n]; n++) {
		const char *colon = strchr(lines[n] + 1, ':');

		nv[n] = (nghttp2_nv){ (uint8_t *)(uintptr_t)lines[n], (uint8_t *)(uintptr_t)(colon + 2),
			(size_t)(colon - lines[n]), strlen(colon + 2), NGHTTP2_NV_FLAG_NONE };
		if (strncmp(lines[n], "authorization", 13) == 0)
			nv[n].flags = NGHTTP2_NV_FLAG_NO_INDEX;
	}
	len = nghttp2_hd_deflate_hd(f->deflater[side], block, sizeof(block), nv, n);
	assert_true(len >= 0);
	return slice_of(block, (size_t)len);
}

static void put_headers(
    struct fixture *f, enum flow_side side, uint32_t stream, uint8_t flags, const char *const *lines)
{
	put_frame(f, side, H2_HEADERS, flags | H2_END_HEADERS, stream, block_of(f, side, lines));
}
#define HEADERS(f, side, stream, flags, ...)                                                                 \
	put_headers(f, side, stream, flags, (const char *const[]){ __VA_ARGS__, NULL })
#define GET(path) ":method: GET", ":scheme: http", ":path: " path, ":authority: h.example"

static void put_text(struct fixture *f, enum flow_side side, uint32_t stream, uint8_t flags, const char *text)
{
	put_frame(f, side, H2_DATA, flags, stream, slice_str(text));
}

/* Sends what is put in segments of at most `size`. */
static void flush_in(struct fixture *f, enum flow_side side, size_t size)
{
	talk_data(&f->talk, side, buf_view(&f->out[side]), size);
	buf_clear(&f->out[side]);
}

static void flush(struct fixture *f, enum flow_side side)
{
	flush_in(f, side, 1460);
}

/* What was put is sent, but not captured. */
static void miss(struct fixture *f, enum flow_side side)
{
	talk_lose(&f->talk, side, f->out[side].n);
	buf_clear(&f->out[side]);
}

/* Handshake, preface and settings of both sides: packets 4 to 7. */
static void greet(struct fixture *f)
{
	talk_open(&f->talk);
	buf_slice(&f->out[C], h2_preface());
	put_frame(f, C, H2_SETTINGS, 0, 0, SLICE("\0\x02\0\0\0\0\0\x04\0\0\x01\0"));
	flush(f, C);
	put_frame(f, S, H2_SETTINGS, 0, 0, SLICE("\0\x03\0\0\0\x64"));
	flush(f, S);
	put_frame(f, S, H2_SETTINGS, H2_ACK, 0, SLICE(""));
	flush(f, S);
	put_frame(f, C, H2_SETTINGS, H2_ACK, 0, SLICE(""));
	flush(f, C);
}

static void setup(struct fixture *f)
{
	begin(f);
	greet(f);
}

static const struct trace_stats *stats(const struct fixture *f)
{
	return trace_stats(f->lab.trace);
}

/* --- Messages ----------------------------------------------------------------------------------------------- */

static void test_exchange(void **state)
{
	struct fixture f;

	setup(&f);
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/a?b"), "cookie: sid=1", "cookie: t=2"); /* 8 */
	flush(&f, C);
	HEADERS(&f, S, 1, 0, ":status: 200", "content-type: text/plain", "content-length: 5",
	    "set-cookie: sid=2");
	put_text(&f, S, 1, H2_END_STREAM, "hello");
	flush(&f, S);
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_H2_PREFACE);
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "http2.headers.path", "/a?b");
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "http2.headers.method", "GET");
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "http2.streamid", "1");
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "http2.header.name", "cookie");
	assert_int_equal(lab_one(&f.lab, NOTE_H2_REQUEST)->off, 54);
	lab_expect(lab_one(&f.lab, NOTE_H2_RESPONSE), "osilab.http2.request", "GET /a?b");
	lab_expect(lab_one(&f.lab, NOTE_H2_RESPONSE), "osilab.ref", "8");
	lab_expect(lab_one(&f.lab, NOTE_H2_RESPONSE), "osilab.http2.time", "10 ms");
	lab_expect(lab_one(&f.lab, NOTE_H2_BODY_TEXT), "osilab.http.body_bytes", "5");
	lab_expect(lab_one(&f.lab, NOTE_H2_BODY_TEXT), "osilab.http.type", ", text/plain");
	lab_expect(lab_one(&f.lab, NOTE_H2_BODY_TEXT), "osilab.http.excerpt", "hello");
	assert_int_equal(lab_count(&f.lab, NOTE_COOKIE_UNKNOWN), 2); /* two crumbs, one Cookie field */
	assert_int_equal(lab_count(&f.lab, NOTE_COOKIE_IN_CLEAR), 3);
	lab_one(&f.lab, NOTE_COOKIE_ROTATED);
	assert_int_equal(stats(&f)->h2_requests, 1);
	assert_int_equal(stats(&f)->h2_responses, 1);
	assert_int_equal(stats(&f)->h2_cookie_headers, 1);
	assert_int_equal(stats(&f)->h2_set_cookie_headers, 1);
	assert_int_equal(
	    stats(&f)->http_requests + stats(&f)->cookie_headers + stats(&f)->set_cookie_headers, 0);
	assert_int_equal(stats(&f)->decrypted_requests, 0);
	assert_string_equal(f.lab.frames[7].proto, "HTTP/2");
	assert_string_equal(f.lab.frames[7].info, "GET /a?b");
	assert_string_equal(f.lab.frames[8].info, "200 OK; DATA, 5 bytes");
	end(&f);
}

/* A request that does not say how, or for what. */
static void test_no_method(void **state)
{
	struct fixture f;

	setup(&f);
	HEADERS(&f, C, 1, H2_END_STREAM, ":scheme: http", "x: y");
	flush(&f, C);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "osilab.http2.method", "not known");
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "osilab.http2.target", "not known");
	lab_one(&f.lab, NOTE_H2_MALFORMED);
	end(&f);
}

/* Compressed content is undone, and looked into as if it were not compressed; damage and holes are said. */
static void test_coded(void **state)
{
	struct buf json = gzipped(SLICE("{\"id_token\":\"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.\"}"));
	struct fixture f;

	for (size_t size = 1460; size; size = size == 1460 ? 7 : 0) {
		setup(&f);
		HEADERS(&f, C, 1, H2_END_STREAM, GET("/token"));
		HEADERS(&f, C, 3, H2_END_STREAM, GET("/damaged"));
		HEADERS(&f, C, 5, H2_END_STREAM, GET("/other"));
		flush(&f, C);
		HEADERS(
		    &f, S, 1, 0, ":status: 200", "content-type: application/json", "content-encoding: gzip");
		HEADERS(&f, S, 3, 0, ":status: 200", "content-type: text/plain", "content-encoding: gzip");
		HEADERS(&f, S, 5, 0, ":status: 200", "content-type: text/plain", "content-encoding: br");
		put_frame(&f, S, H2_DATA, 0, 1, slice_sub(buf_view(&json), 0, 20));
		put_text(&f, S, 3, H2_END_STREAM, "not gzip");
		put_frame(&f, S, H2_DATA, H2_END_STREAM, 1, slice_skip(buf_view(&json), 20));
		put_text(&f, S, 5, H2_END_STREAM, "whatever");
		flush_in(&f, S, size);
		lab_run(&f.lab);
		lab_expect(lab_one(&f.lab, NOTE_HTTP_DECODED), "osilab.http.coding", "gzip");
		lab_one(&f.lab, NOTE_HTTP_CODING_DAMAGED);
		lab_expect(lab_one(&f.lab, NOTE_HTTP_CODED), "osilab.http.coding", "br");
		lab_one(&f.lab, NOTE_JWT_NONE);
		assert_int_equal(lab_count(&f.lab, NOTE_H2_BODY) + lab_count(&f.lab, NOTE_H2_BODY_TEXT), 3);
		end(&f);
	}
	buf_fini(&json);
}

/* Bodies on many streams at once: what their decoders hold is counted, and given back. */
static void test_coded_held(void **state)
{
	struct buf zipped = gzipped(SLICE("some text that goes on"));
	struct fixture f;

	setup(&f);
	for (uint32_t id = 1; id < 200; id += 2) {
		HEADERS(&f, C, id, H2_END_STREAM, GET("/"));
		HEADERS(&f, S, id, 0, ":status: 200", "content-type: text/plain", "content-encoding: gzip");
		put_frame(&f, S, H2_DATA, 0, id, slice_sub(buf_view(&zipped), 0, 15));
		flush(&f, C);
		flush(&f, S);
	}
	for (uint32_t id = 1; id < 200; id += 2)
		put_frame(&f, S, H2_DATA, H2_END_STREAM, id, slice_skip(buf_view(&zipped), 15));
	flush(&f, S);
	lab_run(&f.lab);
	assert_true(f.lab.held_most > 100 * INFLATE_HELD);
	assert_true(f.lab.trace->held < 10 * INFLATE_HELD);
	assert_int_equal(lab_count(&f.lab, NOTE_HTTP_DECODED), 100);
	lab_expect(lab_find(&f.lab, NOTE_H2_BODY_TEXT, 99), "osilab.http.excerpt", "some text that goes on");
	end(&f);
	buf_fini(&zipped);
}

/* The story must not depend on how the bytes were cut into segments. */
static void test_every_split(void **state)
{
	char *whole = NULL;

	for (size_t size = 1460; size; size = size > 40 ? 40 : size - 1) {
		struct fixture f;
		char *story;

		setup(&f);
		HEADERS(&f, C, 1, 0, ":method: POST", ":scheme: http", ":path: /", ":authority: h", "x: y");
		put_frame(&f, C, H2_DATA, H2_PADDED, 1,
		    SLICE("\x03"
		          "abc\0\0\0"));
		put_frame(&f, C, H2_DATA, H2_PADDED | H2_END_STREAM, 1, SLICE("\x02\0\0"));
		flush_in(&f, C, size);
		HEADERS(&f, S, 1, 0, ":status: 103", "link: </s.css>");
		HEADERS(&f, S, 1, 0, ":status: 200", "content-type: text/html");
		put_text(&f, S, 1, 0, "some content");
		put_frame(&f, S, H2_PING, 0, 0, SLICE("12345678"));
		put_text(&f, S, 1, 0, "");
		HEADERS(&f, S, 1, H2_END_STREAM, "checksum: abc");
		flush_in(&f, S, size);
		lab_run(&f.lab);
		lab_expect(lab_one(&f.lab, NOTE_H2_BODY), "osilab.http.body_bytes", "3");
		lab_expect(lab_one(&f.lab, NOTE_H2_BODY_TEXT), "osilab.http.body_bytes", "12");
		lab_expect(lab_one(&f.lab, NOTE_H2_INTERIM), "http2.headers.status", "103");
		lab_expect(lab_one(&f.lab, NOTE_H2_TRAILERS), "osilab.http2.names", "checksum");
		story = lab_story(&f.lab, NOTE_H2_PREFACE, NOTE_H2_FRAME_BAD, false);
		if (!whole)
			whole = story;
		else
			assert_string_equal(story, whole);
		if (story != whole)
			free(story);
		end(&f);
	}
	free(whole);
}

static void test_multiplexing(void **state)
{
	struct fixture f;

	setup(&f);
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/1"));
	HEADERS(&f, C, 3, H2_END_STREAM, GET("/3"));
	HEADERS(&f, C, 5, H2_END_STREAM, GET("/5"));
	HEADERS(&f, C, 7, H2_END_STREAM, GET("/7"));
	flush(&f, C);
	HEADERS(&f, S, 7, H2_END_STREAM, ":status: 404"); /* in any order */
	HEADERS(&f, S, 1, 0, ":status: 200");
	HEADERS(&f, S, 3, 0, ":status: 200");
	put_text(&f, S, 3, 0, "th");
	put_text(&f, S, 1, H2_END_STREAM, "one");
	put_text(&f, S, 3, H2_END_STREAM, "ree");
	HEADERS(&f, S, 5, H2_END_STREAM, ":status: 204");
	flush(&f, S);
	HEADERS(&f, C, 9, H2_END_STREAM, GET("/9"));
	flush(&f, C);
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_H2_MULTIPLEXED), 2); /* at two, at four */
	lab_expect(lab_find(&f.lab, NOTE_H2_MULTIPLEXED, 1), "osilab.http2.streams", "4");
	assert_int_equal(lab_count(&f.lab, NOTE_H2_RESPONSE), 4);
	lab_expect(lab_find(&f.lab, NOTE_H2_RESPONSE, 0), "osilab.http2.request", "GET /7");
	lab_expect(lab_find(&f.lab, NOTE_H2_RESPONSE, 3), "osilab.http2.request", "GET /5");
	lab_expect(lab_find(&f.lab, NOTE_H2_BODY, 1), "osilab.http.body_bytes", "5");
	lab_expect(lab_find(&f.lab, NOTE_H2_BODY, 1), "osilab.http2.frames", "2");
	lab_expect(lab_one(&f.lab, NOTE_H2_REUSED), "osilab.http.nth", "5");
	lab_none(&f.lab, NOTE_H2_UNANSWERED);
	end(&f);
}

static void test_credentials(void **state)
{
	struct fixture f;

	setup(&f);
	HEADERS(&f, C, 1, 0, ":method: POST", ":scheme: http", ":path: /login", ":authority: h.example",
	    "content-type: application/x-www-form-urlencoded", "authorization: Basic YWxpY2U6c2VjcmV0");
	put_text(&f, C, 1, 0, "user=alice&pass");
	put_text(&f, C, 1, H2_END_STREAM, "word=secret");
	flush(&f, C);
	HEADERS(&f, S, 1, H2_END_STREAM, ":status: 401", "www-authenticate: Basic realm=\"x\"");
	flush(&f, S);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_AUTH_BASIC), "osilab.auth.user", "alice");
	lab_one(&f.lab, NOTE_AUTH_REFUSED);
	lab_one(&f.lab, NOTE_PASSWORD_IN_CLEAR);
	lab_expect(lab_one(&f.lab, NOTE_H2_NEVER_INDEXED), "osilab.http2.names", "authorization");
	assert_int_equal(stats(&f)->h2_authorization_headers, 1);
	assert_int_equal(stats(&f)->authorization_headers, 0);
	end(&f);
}

static void test_continuation(void **state)
{
	struct fixture f;
	struct slice block;

	setup(&f);
	block = block_of(&f, C, (const char *const[]){ GET("/a/long/path/to/be/cut"), "x-one: 1", NULL });
	put_frame(&f, C, H2_HEADERS, H2_END_STREAM, 1, slice_sub(block, 0, 7));
	put_frame(&f, C, H2_CONTINUATION, 0, 1, slice_sub(block, 7, 1));
	put_frame(&f, C, H2_CONTINUATION, H2_END_HEADERS, 1, slice_skip(block, 8));
	HEADERS(&f, C, 3, H2_END_STREAM, GET("/next"));
	flush(&f, C);
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_H2_BLOCK_PIECE), 3);
	lab_expect(lab_find(&f.lab, NOTE_H2_REQUEST, 0), "http2.headers.path", "/a/long/path/to/be/cut");
	lab_expect(lab_find(&f.lab, NOTE_H2_REQUEST, 1), "http2.headers.path", "/next");
	lab_none(&f.lab, NOTE_H2_FRAME_BAD);
	end(&f);
}

static void test_push(void **state)
{
	struct fixture f;
	struct slice block;
	uint8_t promise[256] = { 0, 0, 0, 2 };

	setup(&f);
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/"));
	flush(&f, C);
	block = block_of(&f, S, (const char *const[]){ GET("/style.css"), NULL });
	memcpy(promise + 4, block.p, block.n);
	put_frame(&f, S, H2_PUSH_PROMISE, H2_END_HEADERS, 1, slice_of(promise, 4 + block.n));
	HEADERS(&f, S, 1, H2_END_STREAM, ":status: 200");
	HEADERS(&f, S, 2, 0, ":status: 200", "content-type: text/css");
	put_text(&f, S, 2, H2_END_STREAM, "x{}");
	flush(&f, S);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_H2_PUSH), "http2.push_promise.promised_stream_id", "2");
	lab_expect(lab_find(&f.lab, NOTE_H2_RESPONSE, 1), "osilab.http2.request", "GET /style.css");
	assert_int_equal(stats(&f)->h2_requests, 1);
	end(&f);
}

static void test_malformed(void **state)
{
	struct fixture f;

	setup(&f);
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/"), "connection: close");
	HEADERS(&f, C, 3, H2_END_STREAM, "x: y"); /* no pseudo-header field at all */
	flush(&f, C);
	HEADERS(&f, S, 1, 0, ":status: 200", "content-length: 9");
	put_text(&f, S, 1, H2_END_STREAM, "short");
	flush(&f, S);
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_H2_MALFORMED), 2);
	lab_expect(lab_one(&f.lab, NOTE_H2_LENGTH_WRONG), "osilab.http.body_bytes", "5");
	end(&f);
}

static void test_lengths_that_mean_no_body(void **state)
{
	struct fixture f;

	setup(&f);
	HEADERS(&f, C, 1, H2_END_STREAM, ":method: HEAD", ":scheme: http", ":path: /", ":authority: h");
	HEADERS(&f, C, 3, H2_END_STREAM, GET("/"));
	flush(&f, C);
	HEADERS(&f, S, 1, H2_END_STREAM, ":status: 200", "content-length: 9");
	HEADERS(&f, S, 3, H2_END_STREAM, ":status: 304", "content-length: 9");
	flush(&f, S);
	lab_run(&f.lab);
	lab_none(&f.lab, NOTE_H2_LENGTH_WRONG);
	end(&f);
}

/* --- The connection ------------------------------------------------------------------------------------------- */

static void test_settings(void **state)
{
	struct fixture f;

	setup(&f);
	put_frame(&f, S, H2_SETTINGS, 0, 0,
	    SLICE("\0\x01\0\0\x20\0\0\x05\0\0\x40\x01\0\x06\0\0\xff\xff\0\x08\0\0\0\x01\0\x09\0\0\0\x01\x1a"
	          "\x2a\0\0\0\x07\0\x02"
	          "\0\0\0\x09"));
	flush(&f, S);
	put_frame(&f, C, H2_SETTINGS, H2_ACK, 0, SLICE(""));
	put_frame(&f, C, H2_SETTINGS, H2_ACK, 0, SLICE("")); /* one too many */
	flush(&f, C);
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_H2_SETTINGS), 3);
	lab_one(&f.lab, NOTE_H2_SET_NO_PUSH);
	lab_expect(lab_one(&f.lab, NOTE_H2_SET_WINDOW), "http2.settings.initial_window_size", "256");
	lab_one(&f.lab, NOTE_H2_SET_STREAMS);
	lab_one(&f.lab, NOTE_H2_SET_TABLE);
	lab_one(&f.lab, NOTE_H2_SET_FRAME);
	lab_one(&f.lab, NOTE_H2_SET_LIST);
	lab_one(&f.lab, NOTE_H2_SET_CONNECT);
	lab_one(&f.lab, NOTE_H2_SET_NO_PRIORITIES);
	lab_expect(lab_one(&f.lab, NOTE_H2_SET_UNKNOWN), "http2.settings.id", "6698");
	lab_expect(lab_one(&f.lab, NOTE_H2_SET_INVALID), "osilab.http2.value", "9");
	assert_int_equal(lab_count(&f.lab, NOTE_H2_SETTINGS_ACK), 3);
	lab_expect(lab_find(&f.lab, NOTE_H2_SETTINGS_ACK, 0), "osilab.ref", "4");
	lab_expect(lab_find(&f.lab, NOTE_H2_SETTINGS_ACK, 2), "osilab.ref", "8");
	lab_one(&f.lab, NOTE_H2_SETTINGS_ACK_ALONE);
	end(&f);
}

static void test_ping(void **state)
{
	struct fixture f;

	setup(&f);
	put_frame(&f, C, H2_PING, 0, 0, SLICE("12345678"));
	flush(&f, C);
	put_frame(&f, S, H2_PING, H2_ACK, 0, SLICE("12345678"));
	put_frame(&f, S, H2_PING, H2_ACK, 0, SLICE("87654321"));
	flush(&f, S);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_H2_PONG), "osilab.http2.time", "10 ms");
	lab_expect(lab_one(&f.lab, NOTE_H2_PONG), "osilab.ref", "8");
	lab_one(&f.lab, NOTE_H2_PONG_ALONE);
	end(&f);
}

static void test_windows(void **state)
{
	struct fixture f;
	static char body[200];

	setup(&f); /* the client lets 256 octets come on each stream */
	memset(body, 'x', sizeof(body) - 1);
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/"));
	flush(&f, C);
	HEADERS(&f, S, 1, 0, ":status: 200");
	put_text(&f, S, 1, 0, body);
	put_text(&f, S, 1, 0, body + 199 - 57); /* 199 + 57 */
	flush(&f, S);
	put_frame(&f, C, H2_WINDOW_UPDATE, 0, 1, SLICE("\0\0\0\x64"));
	flush(&f, C);
	put_text(&f, S, 1, 0, body + 99); /* 100 */
	put_text(&f, S, 1, 0, "more than that");
	flush(&f, S);
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_H2_WINDOW_SPENT_STREAM), 2);
	lab_none(&f.lab, NOTE_H2_WINDOW_SPENT);
	lab_expect(lab_one(&f.lab, NOTE_H2_WINDOW_UPDATE_STREAM), "http2.window_update.window_size_increment",
	    "100");
	lab_expect(lab_one(&f.lab, NOTE_H2_WINDOW_OPEN), "osilab.http2.stalled", "10 ms");
	lab_none(&f.lab, NOTE_H2_WINDOW_OVERRUN); /* said once per stall, and it is stalled */
	end(&f);
}

static void test_connection_window(void **state)
{
	struct fixture f;
	static uint8_t body[16384];

	setup(&f);
	for (uint32_t stream = 1; stream <= 9; stream += 2)
		HEADERS(&f, C, stream, 0, ":method: POST", ":scheme: http", ":path: /", ":authority: h");
	for (uint32_t stream = 1; stream <= 7; stream += 2)
		put_frame(&f, C, H2_DATA, 0, stream, slice_of(body, sizeof(body) - (stream == 7)));
	put_text(&f, C, 9, 0, "x"); /* 65535 + 1 */
	flush(&f, C);
	put_frame(&f, S, H2_WINDOW_UPDATE, 0, 0, SLICE("\0\0\0\x01")); /* 0 again: still closed */
	put_frame(&f, S, H2_WINDOW_UPDATE, 0, 0, SLICE("\x7f\xff\xff\xff"));
	put_frame(&f, S, H2_WINDOW_UPDATE, 0, 0, SLICE("\0\0\0\x01"));
	flush(&f, S);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_H2_WINDOW_SPENT), "osilab.side", "client");
	assert_int_equal(lab_count(&f.lab, NOTE_H2_WINDOW_OPEN), 1);
	lab_expect(lab_one(&f.lab, NOTE_H2_WINDOW_OVERFLOW), "osilab.side", "server");
	end(&f);
}

static void test_resets(void **state)
{
	struct fixture f;

	setup(&f);
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/slow"));
	put_frame(&f, C, H2_RST_STREAM, 0, 1, SLICE("\0\0\0\x08"));
	flush(&f, C);
	HEADERS(&f, S, 1, H2_END_STREAM, ":status: 200"); /* was on its way */
	flush(&f, S);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_H2_RST), "osilab.http2.error", "CANCEL");
	lab_expect(lab_one(&f.lab, NOTE_H2_RST), "osilab.http2.request", " (GET /slow)");
	lab_expect(lab_one(&f.lab, NOTE_H2_LATE), "http2.headers.status", "200");
	lab_none(&f.lab, NOTE_H2_RESPONSE_ALONE);
	assert_int_equal(stats(&f)->h2_resets, 1);
	end(&f);
}

static void test_rapid_resets(void **state)
{
	struct fixture f;

	setup(&f);
	for (uint32_t stream = 1; stream < 1000; stream += 2) {
		HEADERS(&f, C, stream, H2_END_STREAM, GET("/"));
		put_frame(&f, C, H2_RST_STREAM, 0, stream, SLICE("\0\0\0\x08"));
	}
	flush(&f, C);
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_H2_RAPID_RESET);
	assert_int_equal(stats(&f)->h2_resets, 500);
	end(&f);
}

static void test_farewells(void **state)
{
	struct fixture f;

	setup(&f);
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/never"));
	flush(&f, C);
	put_frame(&f, S, H2_GOAWAY, 0, 0, SLICE("\x7f\xff\xff\xff\0\0\0\0"));
	put_frame(&f, S, H2_GOAWAY, 0, 0, SLICE("\0\0\0\x01\0\0\0\0bye\x1b"));
	put_frame(&f, S, H2_GOAWAY, 0, 0, SLICE("\0\0\0\x01\0\0\0\x0b"));
	flush(&f, S);
	put_frame(&f, C, H2_GOAWAY, 0, 0, SLICE("\0\0\0\0\0\0\0\0"));
	flush(&f, C);
	talk_close(&f.talk);
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_H2_GOAWAY_SOON);
	lab_one(&f.lab, NOTE_H2_GOAWAY_CLIENT);
	lab_expect(lab_one(&f.lab, NOTE_H2_GOAWAY), "http2.goaway.last_stream_id", "1");
	assert_non_null(strstr(lab_one(&f.lab, NOTE_H2_GOAWAY)->text, "(bye"));
	lab_expect(lab_one(&f.lab, NOTE_H2_GOAWAY_ERROR), "osilab.http2.error", "ENHANCE_YOUR_CALM");
	lab_expect(lab_one(&f.lab, NOTE_H2_UNANSWERED), "osilab.http2.streams", "1");
	end(&f);
}

static void test_other_frames(void **state)
{
	struct fixture f;

	setup(&f);
	put_frame(&f, C, H2_PRIORITY, 0, 3, SLICE("\x80\0\0\x01\x0f"));
	put_frame(&f, C, H2_PRIORITY_UPDATE, 0, 0, SLICE("\0\0\0\x03u=2, i"));
	put_frame(&f, C, 0x77, 0x55, 12345, SLICE("grease"));
	put_frame(&f, C, H2_HEADERS, H2_END_STREAM | H2_END_HEADERS | H2_HAS_PRIORITY, 3,
	    SLICE("\0\0\0\0\xff\x82\x84\x86\x41\x01h"));
	flush(&f, C);
	put_frame(&f, S, H2_ALTSVC, 0, 0, SLICE("\0\x09https://xh3=\":443\""));
	put_frame(&f, S, H2_ORIGIN, 0, 0, SLICE("\0\x09https://a\0\x09https://b"));
	put_frame(&f, S, H2_PING, 0, 0, SLICE("short"));
	flush(&f, S);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_H2_PRIORITY), "http2.headers.weight_real", "16");
	lab_expect(lab_one(&f.lab, NOTE_H2_PRIORITY_ALONG), "http2.headers.weight_real", "256");
	lab_expect(lab_one(&f.lab, NOTE_H2_PRIORITY_UPDATE), "http2.priority_update_field_value", "u=2, i");
	lab_expect(lab_one(&f.lab, NOTE_H2_ALTSVC), "http2.altsvc.field_value", "h3=\":443\"");
	lab_expect(lab_one(&f.lab, NOTE_H2_ORIGIN), "http2.origin.origin", "https://a, https://b");
	lab_expect(lab_one(&f.lab, NOTE_H2_OTHER_FRAME), "http2.type", "119");
	lab_expect(lab_one(&f.lab, NOTE_H2_FRAME_BAD), "osilab.http2.error", "FRAME_SIZE_ERROR");
	lab_one(&f.lab, NOTE_H2_REQUEST);
	end(&f);
}

/* --- What is missing ------------------------------------------------------------------------------------------ */

/* A hole inside DATA loses nothing but content. */
static void test_hole_in_data(void **state)
{
	struct fixture f;
	static char body[4000];

	setup(&f);
	memset(body, 'x', sizeof(body) - 1);
	put_frame(&f, C, H2_SETTINGS, 0, 0, SLICE("\0\x04\0\x01\0\0")); /* room for it */
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/"), "x-name: a value to index");
	flush(&f, C);
	HEADERS(&f, S, 1, 0, ":status: 200", "content-length: 3999", "x-name: another value");
	put_text(&f, S, 1, H2_END_STREAM, body);
	talk_data(&f.talk, S, slice_sub(buf_view(&f.out[S]), 0, 1000), 1460);
	talk_lose(&f.talk, S, 1000);
	talk_data(&f.talk, S, slice_skip(buf_view(&f.out[S]), 2000), 1460);
	buf_clear(&f.out[S]);
	talk_ack(&f.talk, C);
	HEADERS(&f, C, 3, H2_END_STREAM, GET("/"));
	flush(&f, C);
	HEADERS(&f, S, 3, H2_END_STREAM, ":status: 200", "x-name: another value");
	flush(&f, S);
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_STREAM_GAP);
	lab_expect(lab_one(&f.lab, NOTE_H2_BODY), "osilab.http.body_bytes", "3999");
	lab_none(&f.lab, NOTE_H2_FOUND);
	lab_none(&f.lab, NOTE_H2_HEADERS_UNKNOWN);
	assert_int_equal(lab_count(&f.lab, NOTE_H2_RESPONSE), 2);
	end(&f);
}

/* A hole over frames: read on at the next one, and the table is not known any more. */
static void test_hole_over_headers(void **state)
{
	struct fixture f;

	setup(&f);
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/1"), "x-name: a value to index");
	flush(&f, C);
	HEADERS(&f, C, 3, H2_END_STREAM, GET("/3"), "x-other: another value");
	miss(&f, C);
	HEADERS(&f, C, 5, H2_END_STREAM, GET("/5"), "x-name: a value to index", "x-other: another value");
	flush(&f, C);
	HEADERS(&f, S, 5, H2_END_STREAM, ":status: 200");
	flush(&f, S);
	lab_run(&f.lab);
	lab_expect(lab_one(&f.lab, NOTE_H2_FOUND), "osilab.side", "client");
	lab_expect(lab_find(&f.lab, NOTE_H2_REQUEST, 1), "http2.headers.path", "/5"); /* a literal */
	assert_true(lab_count(&f.lab, NOTE_H2_HEADERS_UNKNOWN) == 1);
	lab_none(&f.lab, NOTE_H2_HEADERS_DAMAGED);
	lab_expect(lab_find(&f.lab, NOTE_H2_RESPONSE, 0), "osilab.http2.request", "GET /5");
	end(&f);
}

/* A capture that begins later than the connection. */
static void test_midstream(void **state)
{
	struct fixture f;

	begin(&f);
	block_of(&f, C, (const char *const[]){ GET("/old"), "user-agent: test/1", NULL });
	block_of(&f, S, (const char *const[]){ ":status: 200", "server: old", NULL });
	put_frame(&f, C, H2_WINDOW_UPDATE, 0, 0, SLICE("\0\0\x10\0"));
	HEADERS(&f, C, 7, H2_END_STREAM, GET("/new"), "user-agent: test/1");
	flush(&f, C);
	HEADERS(&f, S, 7, 0, ":status: 404", "server: old");
	put_text(&f, S, 7, H2_END_STREAM, "no");
	flush(&f, S);
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_H2_MIDSTREAM), 2);
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "http2.headers.path", "/new");
	assert_int_equal(lab_count(&f.lab, NOTE_H2_HEADERS_UNKNOWN), 2);
	lab_expect(lab_one(&f.lab, NOTE_H2_RESPONSE), "http2.headers.status", "404");
	lab_none(&f.lab, NOTE_H2_WINDOW_SPENT);
	lab_none(&f.lab, NOTE_H2_PREFACE);
	end(&f);
}

static void test_upgrade(void **state)
{
	struct fixture f;

	begin(&f);
	talk_open(&f.talk);
	talk_text(&f.talk, C,
	    "GET /first HTTP/1.1\r\nHost: h.example\r\nConnection: Upgrade, HTTP2-Settings\r\n"
	    "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
	buf_puts(&f.out[S], "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
	                    "h2c\r\n\r\n");
	put_frame(&f, S, H2_SETTINGS, 0, 0, SLICE(""));
	flush(&f, S);
	buf_slice(&f.out[C], h2_preface());
	put_frame(&f, C, H2_SETTINGS, 0, 0, SLICE(""));
	flush(&f, C);
	HEADERS(&f, S, 1, 0, ":status: 200");
	put_text(&f, S, 1, H2_END_STREAM, "hi");
	flush(&f, S);
	HEADERS(&f, C, 3, H2_END_STREAM, GET("/second"));
	flush(&f, C);
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_HTTP_UPGRADED);
	lab_one(&f.lab, NOTE_H2_PREFACE_UPGRADE);
	lab_expect(lab_one(&f.lab, NOTE_H2_RESPONSE), "osilab.http2.request", "GET /first");
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "http2.headers.path", "/second");
	lab_expect(lab_one(&f.lab, NOTE_H2_REUSED), "osilab.http.nth", "2");
	end(&f);
}

/* --- Hostile peers -------------------------------------------------------------------------------------------- */

static void expect_bounded(struct fixture *f)
{
	lab_run(&f->lab);
	assert_in_range(f->lab.held_most, 0, 1 << 20);
}

static void test_continuation_flood(void **state)
{
	struct fixture f;
	static uint8_t piece[1000];

	setup(&f);
	put_frame(&f, C, H2_HEADERS, 0, 1, SLICE("\x82"));
	for (int i = 0; i < 2000; i++)
		put_frame(&f, C, H2_CONTINUATION, 0, 1, slice_of(piece, sizeof(piece)));
	put_frame(&f, C, H2_CONTINUATION, H2_END_HEADERS, 1, SLICE(""));
	HEADERS(&f, C, 3, H2_END_STREAM, GET("/after"));
	flush(&f, C);
	expect_bounded(&f);
	lab_one(&f.lab, NOTE_H2_HEADERS_FLOOD);
	assert_int_equal(lab_count(&f.lab, NOTE_H2_REQUEST), 1);
	assert_in_range(lab_count(&f.lab, NOTE_H2_BLOCK_PIECE), 1, 16);
	end(&f);
}

/* Empty pieces take no room, but must end as well. */
static void test_empty_continuations(void **state)
{
	struct fixture f;

	setup(&f);
	put_frame(&f, C, H2_HEADERS, 0, 1, SLICE(""));
	for (int i = 0; i < 5000; i++)
		put_frame(&f, C, H2_CONTINUATION, 0, 1, SLICE(""));
	flush(&f, C);
	expect_bounded(&f);
	lab_one(&f.lab, NOTE_H2_HEADERS_FLOOD);
	end(&f);
}

static void test_stream_flood(void **state)
{
	struct fixture f;

	setup(&f);
	for (uint32_t stream = 1; stream < 20000; stream += 2)
		HEADERS(&f, C, stream, 0, GET("/"));
	flush(&f, C);
	expect_bounded(&f);
	lab_one(&f.lab, NOTE_H2_CROWDED);
	assert_int_equal(stats(&f)->h2_requests, 10000);
	end(&f);
}

static void test_interrupted_block(void **state)
{
	struct fixture f;

	setup(&f);
	put_frame(&f, C, H2_HEADERS, 0, 1, SLICE("\x82"));
	put_frame(&f, C, H2_PING, 0, 0, SLICE("12345678"));
	put_frame(&f, C, H2_CONTINUATION, H2_END_HEADERS, 1, SLICE("\x84"));
	put_frame(&f, C, H2_DATA, 0, 1, SLICE("x"));
	flush(&f, C);
	lab_run(&f.lab);
	assert_int_equal(lab_count(&f.lab, NOTE_H2_FRAME_BAD), 2);
	lab_one(&f.lab, NOTE_H2_PING);
	lab_one(&f.lab, NOTE_H2_DATA);
	end(&f);
}

static void test_damaged_block(void **state)
{
	struct fixture f;

	setup(&f);
	put_frame(&f, C, H2_HEADERS, H2_END_HEADERS | H2_END_STREAM, 1, SLICE("\xff\xff\xff\xff\xff\xff"));
	HEADERS(&f, C, 3, H2_END_STREAM, GET("/after"));
	flush(&f, C);
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_H2_HEADERS_DAMAGED);
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "http2.headers.path", "/after");
	end(&f);
}

/* Frames longer than agreed are the mark of bytes that are no frames. */
static void test_nonsense(void **state)
{
	struct fixture f;

	setup(&f);
	buf_puts(&f.out[C], "this is not a frame at all, and goes on for a while");
	flush(&f, C);
	HEADERS(&f, C, 1, H2_END_STREAM, GET("/again"));
	flush(&f, C);
	lab_run(&f.lab);
	lab_one(&f.lab, NOTE_H2_FRAME_BAD);
	lab_one(&f.lab, NOTE_H2_FOUND);
	lab_expect(lab_one(&f.lab, NOTE_H2_REQUEST), "http2.headers.path", "/again");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exchange),
		cmocka_unit_test(test_no_method),
		cmocka_unit_test(test_coded),
		cmocka_unit_test(test_coded_held),
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_multiplexing),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_continuation),
		cmocka_unit_test(test_push),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_lengths_that_mean_no_body),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_ping),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_connection_window),
		cmocka_unit_test(test_resets),
		cmocka_unit_test(test_rapid_resets),
		cmocka_unit_test(test_farewells),
		cmocka_unit_test(test_other_frames),
		cmocka_unit_test(test_hole_in_data),
		cmocka_unit_test(test_hole_over_headers),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_upgrade),
		cmocka_unit_test(test_continuation_flood),
		cmocka_unit_test(test_empty_continuations),
		cmocka_unit_test(test_stream_flood),
		cmocka_unit_test(test_interrupted_block),
		cmocka_unit_test(test_damaged_block),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

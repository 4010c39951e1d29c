/* The server's side of a connection, bytes in and bytes out: what it tells of requests, however they are cut, what it
 * sends, and what it does not put up with. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "http2/calm.h"
#include "http2/hpack.h"
#include "http2/server.h"

enum { STREAMS = 8, SECOND = 1000000000 };

/* --- What a client sends -------------------------------------------------------------------------------- */

static void put_frame(struct buf *b, unsigned type, unsigned flags, uint32_t stream, struct slice payload)
{
	const uint8_t head[] = { (uint8_t)(payload.n >> 16), (uint8_t)(payload.n >> 8), (uint8_t)payload.n,
		(uint8_t)type, (uint8_t)flags, (uint8_t)(stream >> 24), (uint8_t)(stream >> 16),
		(uint8_t)(stream >> 8), (uint8_t)stream };

	buf_put(b, head, sizeof(head));
	buf_slice(b, payload);
}

/* A literal that no table keeps; lengths up to 16 KiB. */
static void put_length(struct buf *b, size_t n)
{
	if (n < 127) {
		buf_putc(b, (char)n);
		return;
	}
	n -= 127;
	buf_putc(b, 127);
	buf_putc(b, (char)(0x80 | (n & 127)));
	buf_putc(b, (char)(n >> 7));
}

static void put_field(struct buf *b, struct slice name, struct slice value)
{
	buf_putc(b, 0);
	put_length(b, name.n);
	buf_slice(b, name);
	put_length(b, value.n);
	buf_slice(b, value);
}

/* "name: value" lines up to NULL. */
static void put_lines(struct buf *b, const char *const *lines)
{
	for (; *lines; lines++) {
		const char *colon = strchr(*lines + 1, ':');

		put_field(b, slice_of(*lines, (size_t)(colon - *lines)), slice_str(colon + 2));
	}
}

static void put_headers(struct buf *b, uint32_t stream, unsigned flags, const char *const *lines)
{
	struct buf block = { 0 };

	put_lines(&block, lines);
	put_frame(b, H2_HEADERS, flags, stream, buf_view(&block));
	buf_fini(&block);
}
#define headers(b, stream, flags, ...)                                                                       \
	put_headers(b, stream, (flags) | H2_END_HEADERS, (const char *const[]){ __VA_ARGS__, NULL })
#define GET_ROOT  ":method: GET", ":scheme: http", ":path: /", ":authority: h.example"
#define POST_ROOT ":method: POST", ":scheme: http", ":path: /", ":authority: h.example"

static void put_hello(struct buf *b)
{
	buf_slice(b, h2_preface());
	put_frame(b, H2_SETTINGS, 0, 0, SLICE(""));
}

/* --- A server that writes down what it is told ----------------------------------------------------------- */

struct fixture {
	struct h2_server *s;
	struct h2_stream streams[STREAMS];
	unsigned n;
	struct buf told; /* one line per call */
	struct buf out;
	size_t body;   /* bytes of content in each answer */
	bool late;     /* answers come at the end of the request, not at its head */
	bool unwanted; /* content is not */
	bool broken;   /* the content of answers is not to be had */
	bool refuse;
};

static void answer(struct fixture *f, struct h2_stream *st)
{
	struct buf head = { 0 };

	st->left = f->body;
	buf_puts(&head, "HTTP/1.1 200 OK\r\nX-Test: Yes \r\nConnection: close\r\nSet-Cookie: a=b\r\n\r\n");
	assert_int_equal(h2_server_answer(f->s, st, &head), 0);
	buf_fini(&head);
}

static struct h2_stream *on_request(void *owner, uint32_t id, struct slice head, bool whole)
{
	struct fixture *f = owner;
	struct h2_stream *st = &f->streams[f->n % STREAMS];

	buf_printf(&f->told, "request %u%s\n", id, whole ? " whole" : "");
	buf_slice(&f->told, head);
	if (f->refuse)
		return NULL;
	f->n++;
	*st = (struct h2_stream){ .id = id };
	if (whole || !f->late)
		answer(f, st);
	return st;
}

static bool on_content(void *owner, struct h2_stream *st, struct slice data)
{
	struct fixture *f = owner;

	buf_slice(&f->told, data);
	return !f->unwanted;
}

static void on_end(void *owner, struct h2_stream *st)
{
	struct fixture *f = owner;

	buf_printf(&f->told, "\nend %u\n", st->id);
	if (f->late)
		answer(f, st);
}

static int on_fill(void *owner, struct h2_stream *st, struct buf *out, size_t n)
{
	struct fixture *f = owner;

	while (n-- && !f->broken)
		buf_putc(out, 'c');
	return f->broken ? -1 : 0;
}

static void on_early(void *owner, struct h2_stream *st)
{
	buf_printf(&((struct fixture *)owner)->told, "early %u\n", st->id);
}

static void on_closed(void *owner, struct h2_stream *st)
{
	buf_printf(&((struct fixture *)owner)->told, "closed %u\n", st->id);
}

static const struct h2_calls calls = { on_request, on_content, on_end, on_fill, on_early, on_closed };

static void begin(struct fixture *f)
{
	const struct h2_limits limits = { .streams = 3, .window = 100000, .head = 2000 };

	*f = (struct fixture){ .body = 5 };
	f->s = h2_server_new(&limits, &calls, f);
	assert_non_null(f->s);
}

static void end(struct fixture *f)
{
	h2_server_free(f->s);
	buf_fini(&f->told);
	buf_fini(&f->out);
}

/* Feeds and takes what comes of it. */
static int give(struct fixture *f, struct slice in, int64_t now)
{
	int r = h2_server_input(f->s, in, now);

	return r ? r : h2_server_output(f->s, &f->out, 1 << 20, now);
}

static void give_buf(struct fixture *f, struct buf *in)
{
	assert_int_equal(give(f, buf_view(in), 0), 0);
	buf_clear(in);
}

/* --- What the server sent ------------------------------------------------------------------------------- */

/* The n-th frame of that type, from 0; NULL: there is none. */
static const uint8_t *sent(const struct fixture *f, unsigned type, unsigned n, struct h2_frame *frame)
{
	struct slice rest = buf_view(&f->out);

	while (h2_frame_header(rest, frame)) {
		assert_true(rest.n >= H2_HEADER + (size_t)frame->length);
		if (frame->type == type && n-- == 0)
			return rest.p + H2_HEADER;
		rest = slice_skip(rest, H2_HEADER + (size_t)frame->length);
	}
	assert_int_equal(rest.n, 0);
	return NULL;
}

static unsigned count(const struct fixture *f, unsigned type)
{
	struct h2_frame frame;
	unsigned n = 0;

	while (sent(f, type, n, &frame))
		n++;
	return n;
}

/* The error code of the last RST_STREAM or GOAWAY, whose last four octets (of those without debug data) it is. */
static uint32_t error_of(const struct fixture *f, unsigned type, uint32_t stream)
{
	struct h2_frame frame = { 0 };
	unsigned n = count(f, type);
	const uint8_t *p = n ? sent(f, type, n - 1, &frame) : NULL;
	struct h2_payload payload;

	assert_non_null(p);
	assert_int_equal(frame.stream, stream);
	assert_int_equal(h2_frame_payload(&frame, slice_of(p, frame.length), &payload), 0);
	return payload.error;
}

static void told(struct fixture *f, const char *text)
{
	assert_string_equal(buf_cstr(&f->told), text);
	buf_clear(&f->told);
}

/* --- Requests ------------------------------------------------------------------------------------------- */

static void test_request_and_answer(void **state)
{
	struct buf in = { 0 };
	struct hpack_list list;
	struct h2_frame frame;
	struct h2_payload payload;
	struct hpack *h = hpack_new();
	struct arena a;
	struct fixture f;
	const uint8_t *p;

	begin(&f);
	put_hello(&in);
	headers(&in, 1, H2_END_STREAM, GET_ROOT, "accept: */*", "cookie: a=1", "x-b: 2", "cookie: c=3",
	    "host: H.example");
	give_buf(&f, &in);
	told(&f, "request 1 whole\nGET / HTTP/1.1\r\nhost: h.example\r\naccept: */*\r\nx-b: 2\r\n"
	         "cookie: a=1; c=3\r\n\r\nclosed 1\n");

	p = sent(&f, H2_SETTINGS, 0, &frame);
	assert_non_null(p);
	assert_int_equal(frame.length, 24);
	assert_non_null(sent(&f, H2_SETTINGS, 1, &frame));
	assert_int_equal(frame.flags, H2_ACK);
	p = sent(&f, H2_HEADERS, 0, &frame);
	assert_non_null(p);
	assert_int_equal(frame.flags, H2_END_HEADERS);
	assert_int_equal(h2_frame_payload(&frame, slice_of(p, frame.length), &payload), 0);
	arena_init(&a, 0);
	assert_int_equal(hpack_decode(h, payload.body, &a, &list), 0);
	assert_int_equal(list.n, 3);
	assert_true(slice_eq_str(list.v[0].name, ":status") && slice_eq_str(list.v[0].value, "200"));
	assert_true(slice_eq_str(list.v[1].name, "x-test") && slice_eq_str(list.v[1].value, "Yes"));
	assert_true(slice_eq_str(list.v[2].name, "set-cookie") && slice_eq_str(list.v[2].value, "a=b"));
	assert_true(list.v[2].never_indexed && !list.v[1].never_indexed);
	p = sent(&f, H2_DATA, 0, &frame);
	assert_non_null(p);
	assert_int_equal(frame.flags, H2_END_STREAM);
	assert_memory_equal(p, "ccccc", 5);
	arena_fini(&a);
	hpack_free(h);
	buf_fini(&in);
	end(&f);
}

/* One that has it all: content, a trailer, padding, a block in three frames, a PING. */
static void put_conversation(struct buf *in)
{
	struct buf block = { 0 };
	const char *const lines[] = { POST_ROOT, "content-length: 8", NULL };

	put_hello(in);
	put_lines(&block, lines);
	put_frame(in, H2_HEADERS, 0, 1, slice_sub(buf_view(&block), 0, 9));
	put_frame(in, H2_CONTINUATION, 0, 1, slice_sub(buf_view(&block), 9, 20));
	put_frame(in, H2_CONTINUATION, H2_END_HEADERS, 1, slice_skip(buf_view(&block), 29));
	put_frame(in, H2_DATA, 0, 1, SLICE("abcd"));
	headers(in, 3, H2_END_STREAM, GET_ROOT);
	put_frame(in, H2_PING, 0, 0, SLICE("12345678"));
	put_frame(in, H2_DATA, H2_PADDED, 1, SLICE("\3efgh\0\0\0"));
	headers(in, 1, H2_END_STREAM, "x-trailer: 1");
	buf_fini(&block);
}

static const char conversation[] = "request 1\nPOST / HTTP/1.1\r\nhost: h.example\r\ncontent-length: "
                                   "8\r\n\r\nabcd"
                                   "request 3 whole\nGET / HTTP/1.1\r\nhost: h.example\r\n\r\nefgh\nend "
                                   "1\nclosed 1\nclosed 3\n";

static void test_every_split(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	put_conversation(&in);
	for (size_t cut = 0; cut <= in.n; cut++) {
		begin(&f);
		f.late = true;
		/* Output waits for the end, so that the order does not depend on the cut. */
		assert_int_equal(h2_server_input(f.s, slice_sub(buf_view(&in), 0, cut), 0), 0);
		assert_int_equal(h2_server_input(f.s, slice_skip(buf_view(&in), cut), 0), 0);
		assert_int_equal(h2_server_output(f.s, &f.out, 1 << 20, 0), 0);
		told(&f, conversation);
		assert_int_equal(count(&f, H2_HEADERS), 2);
		assert_int_equal(count(&f, H2_PING), 1);
		assert_int_equal(count(&f, H2_RST_STREAM), 0);
		end(&f);
	}
	buf_fini(&in);
}

static void test_every_octet_alone(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	put_conversation(&in);
	begin(&f);
	f.late = true;
	for (size_t i = 0; i < in.n; i++)
		assert_int_equal(h2_server_input(f.s, slice_sub(buf_view(&in), i, 1), 0), 0);
	assert_int_equal(h2_server_output(f.s, &f.out, 1 << 20, 0), 0);
	told(&f, conversation);
	end(&f);
	buf_fini(&in);
}

/* A connection that ends anywhere: what was told so far is the beginning of what the whole tells. */
static void test_truncation(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	put_conversation(&in);
	for (size_t n = 0; n < in.n; n++) {
		begin(&f);
		f.late = true;
		assert_int_equal(h2_server_input(f.s, slice_sub(buf_view(&in), 0, n), 0), 0);
		assert_true(slice_starts(SLICE(conversation), buf_view(&f.told)));
		end(&f);
	}
	buf_fini(&in);
}

static void test_no_http2(void **state)
{
	struct fixture f;

	begin(&f);
	assert_int_equal(h2_server_input(f.s, SLICE("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0), -1);
	end(&f);
}

/* --- Heads that are none -------------------------------------------------------------------------------- */

static void refused(const char *const *lines)
{
	struct buf in = { 0 };
	struct fixture f;

	begin(&f);
	put_hello(&in);
	put_headers(&in, 1, H2_END_HEADERS | H2_END_STREAM, lines);
	headers(&in, 3, H2_END_STREAM, GET_ROOT); /* the connection goes on */
	give_buf(&f, &in);
	assert_true(slice_starts(buf_view(&f.told), SLICE("request 3")));
	assert_int_equal(error_of(&f, H2_RST_STREAM, 1), 1 /* PROTOCOL_ERROR */);
	buf_fini(&in);
	end(&f);
}
#define refused(...) refused((const char *const[]){ __VA_ARGS__, NULL })

static void test_malformed(void **state)
{
	refused(GET_ROOT, "connection: close");
	refused(GET_ROOT, "keep-alive: timeout=5");
	refused(GET_ROOT, "proxy-connection: close");
	refused(GET_ROOT, "transfer-encoding: chunked");
	refused(GET_ROOT, "upgrade: websocket");
	refused(GET_ROOT, "te: gzip");
	refused(GET_ROOT, "X-Capital: 1");
	refused(GET_ROOT, "x y: 1");
	refused(GET_ROOT, "x: a\rb");
	refused(GET_ROOT, "x: a\nHost: evil");
	refused(GET_ROOT, "x:  leading");
	refused(GET_ROOT, "x: trailing ");
	refused(GET_ROOT, "content-length: x");
	refused(GET_ROOT, "content-length: 5"); /* and none comes */
	refused(GET_ROOT, ":path: /twice");
	refused(GET_ROOT, ":status: 200");
	refused(GET_ROOT, ":unknown: 1");
	refused("accept: */*", GET_ROOT);
	refused(":method: GET", ":scheme: http", ":authority: h.example");
	refused(":method: GET", ":path: /", ":authority: h.example");
	refused(":scheme: http", ":path: /", ":authority: h.example");
	refused(":method: GET", ":scheme: http", ":path: x", ":authority: h.example");
	refused(":method: GET", ":scheme: http", ":path: ", ":authority: h.example");
	refused(":method: GET", ":scheme: ftp", ":path: x", ":authority: h.example");
	refused(":method: GET", ":scheme: http", ":path: /a b", ":authority: h.example");
	refused(":method: G T", ":scheme: http", ":path: /", ":authority: h.example");
	refused(":method: CONNECT", ":scheme: http", ":path: /", ":authority: h.example");
}

/* What a Host may be, and that there is one of it, is left to the parser of HTTP/1.1. */
static void test_hosts(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	begin(&f);
	put_hello(&in);
	headers(&in, 1, H2_END_STREAM, GET_ROOT, "host: other.example");
	headers(&in, 3, H2_END_STREAM, ":method: GET", ":scheme: http", ":path: /", "host: a.example");
	headers(
	    &in, 5, H2_END_STREAM, ":method: OPTIONS", ":scheme: http", ":path: *", ":authority: a.example");
	give_buf(&f, &in);
	told(&f, "request 1 whole\nGET / HTTP/1.1\r\nhost: h.example\r\nhost: other.example\r\n\r\n"
	         "request 3 whole\nGET / HTTP/1.1\r\nhost: a.example\r\n\r\n"
	         "request 5 whole\nOPTIONS * HTTP/1.1\r\nhost: a.example\r\n\r\nclosed 1\nclosed 3\nclosed "
	         "5\n");
	buf_fini(&in);
	end(&f);
}

static void test_head_too_large(void **state)
{
	char large[2100] = "x: ";
	struct buf in = { 0 };
	struct fixture f;

	memset(large + 3, 'a', sizeof(large) - 4);
	begin(&f);
	put_hello(&in);
	headers(&in, 1, H2_END_STREAM, GET_ROOT, large);
	give_buf(&f, &in);
	told(&f, "request 1 whole\nclosed 1\n");
	buf_fini(&in);
	end(&f);
}

/* --- Content -------------------------------------------------------------------------------------------- */

static void put_content(struct buf *in, uint32_t stream, size_t n)
{
	static const uint8_t zeros[H2_FRAME_DEFAULT];

	for (; n; n -= n < sizeof(zeros) ? n : sizeof(zeros))
		put_frame(in, H2_DATA, 0, stream, slice_of(zeros, n < sizeof(zeros) ? n : sizeof(zeros)));
}

static void test_windows(void **state)
{
	struct h2_frame frame;
	struct buf in = { 0 };
	struct fixture f;

	for (int unwanted = 0; unwanted < 2; unwanted++) {
		bool of_stream = false;

		begin(&f);
		f.late = true;
		f.unwanted = unwanted;
		put_hello(&in);
		put_frame(&in, H2_SETTINGS, H2_ACK, 0, SLICE(""));
		headers(&in, 1, 0, POST_ROOT);
		give_buf(&f, &in);
		buf_clear(&f.out);
		put_content(&in, 1, 60000);
		give_buf(&f, &in);
		for (unsigned i = 0; sent(&f, H2_WINDOW_UPDATE, i, &frame); i++)
			of_stream = of_stream || frame.stream == 1;
		assert_true(count(&f, H2_WINDOW_UPDATE) > 0);
		assert_int_equal(of_stream, !unwanted);
		end(&f);
	}
	buf_fini(&in);
}

/* More than the window allows ends the stream, whoever wants it. */
static void test_window_exceeded(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	begin(&f);
	f.late = f.unwanted = true;
	put_hello(&in);
	put_frame(&in, H2_SETTINGS, H2_ACK, 0, SLICE(""));
	headers(&in, 1, 0, POST_ROOT);
	give_buf(&f, &in);
	for (int i = 0; i < 4; i++) {
		put_content(&in, 1, 30000);
		give_buf(&f, &in);
	}
	assert_int_equal(error_of(&f, H2_RST_STREAM, 1), 3 /* FLOW_CONTROL_ERROR */);
	buf_fini(&in);
	end(&f);
}

static void test_early_answer(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	begin(&f);
	put_hello(&in);
	headers(&in, 1, 0, POST_ROOT);
	give_buf(&f, &in);
	assert_non_null(strstr(buf_cstr(&f.told), "early 1\n"));
	assert_int_equal(count(&f, H2_RST_STREAM), 0);
	h2_server_reset(f.s, &f.streams[0], H2_ERROR_NONE);
	assert_int_equal(give(&f, SLICE(""), 0), 0);
	assert_int_equal(error_of(&f, H2_RST_STREAM, 1), 0);
	assert_non_null(strstr(buf_cstr(&f.told), "closed 1\n"));
	buf_fini(&in);
	end(&f);
}

/* However wide the client opens the window, no more is made at once than was asked for. */
static void test_output_is_bounded(void **state)
{
	struct buf in = { 0 };
	size_t before = 0;
	struct fixture f;

	begin(&f);
	f.body = 10 << 20;
	put_hello(&in);
	put_frame(&in, H2_SETTINGS, 0, 0, SLICE("\0\4\x7f\xff\xff\xff"));
	put_frame(&in, H2_WINDOW_UPDATE, 0, 0, SLICE("\x7f\xff\0\0"));
	headers(&in, 1, H2_END_STREAM, GET_ROOT);
	headers(&in, 3, H2_END_STREAM, GET_ROOT);
	assert_int_equal(h2_server_input(f.s, buf_view(&in), 0), 0);
	while (h2_server_has_output(f.s)) {
		before = f.out.n;
		assert_int_equal(h2_server_output(f.s, &f.out, 50000, 0), 0);
		assert_true(f.out.n - before < 50000 + H2_HEADER + H2_FRAME_DEFAULT);
	}
	assert_true(f.out.n > 2 * f.body);
	told(&f, "request 1 whole\nGET / HTTP/1.1\r\nhost: h.example\r\n\r\n"
	         "request 3 whole\nGET / HTTP/1.1\r\nhost: h.example\r\n\r\nclosed 1\nclosed 3\n");
	buf_fini(&in);
	end(&f);
}

/* Two answers take turns, also when the client says that one is more urgent. */
static void test_answers_share(void **state)
{
	struct h2_frame frame;
	struct buf in = { 0 };
	struct fixture f;

	begin(&f);
	f.body = 60000;
	put_hello(&in);
	put_frame(&in, H2_WINDOW_UPDATE, 0, 0, SLICE("\0\xff\0\0"));
	headers(&in, 1, H2_END_STREAM, GET_ROOT, "priority: u=7");
	headers(&in, 3, H2_END_STREAM, GET_ROOT, "priority: u=0");
	give_buf(&f, &in);
	for (unsigned i = 0; sent(&f, H2_DATA, i, &frame); i++)
		assert_int_equal(frame.stream, i % 2 ? 3 : 1);
	assert_int_equal(count(&f, H2_DATA), 8);
	buf_fini(&in);
	end(&f);
}

static void test_content_fails(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	begin(&f);
	f.broken = true;
	put_hello(&in);
	headers(&in, 1, H2_END_STREAM, GET_ROOT);
	give_buf(&f, &in);
	assert_int_equal(error_of(&f, H2_RST_STREAM, 1), H2_ERROR_INTERNAL);
	assert_int_equal(count(&f, H2_DATA), 0);
	buf_fini(&in);
	end(&f);
}

static void test_reset_while_sending(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	begin(&f);
	f.body = 1 << 20;
	put_hello(&in);
	headers(&in, 1, H2_END_STREAM, GET_ROOT);
	assert_int_equal(h2_server_input(f.s, buf_view(&in), 0), 0);
	assert_int_equal(h2_server_output(f.s, &f.out, 60, 0), 0); /* stops before the content */
	buf_clear(&in);
	put_frame(&in, H2_RST_STREAM, 0, 1, SLICE("\0\0\0\x8"));
	give_buf(&f, &in);
	assert_non_null(strstr(buf_cstr(&f.told), "closed 1\n"));
	assert_true(f.out.n < 2000);
	buf_fini(&in);
	end(&f);
}

/* --- Limits --------------------------------------------------------------------------------------------- */

static void test_too_many_streams(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	begin(&f);
	f.late = true;
	put_hello(&in);
	for (uint32_t id = 1; id <= 7; id += 2)
		headers(&in, id, 0, POST_ROOT);
	give_buf(&f, &in);
	assert_int_equal(f.n, 3);
	assert_int_equal(error_of(&f, H2_RST_STREAM, 7), 7 /* REFUSED_STREAM */);
	f.refuse = true;
	put_frame(&in, H2_RST_STREAM, 0, 1, SLICE("\0\0\0\x8"));
	headers(&in, 9, 0, POST_ROOT);
	give_buf(&f, &in);
	assert_int_equal(error_of(&f, H2_RST_STREAM, 9), 7);
	buf_fini(&in);
	end(&f);
}

/* Does a server that gets this again and again, with `request` as the last one, end the connection, and how soon? */
static unsigned flood(void (*put)(struct buf *in, uint32_t id), size_t body, unsigned most)
{
	struct buf in = { 0 };
	struct fixture f;
	uint32_t id = 1;
	unsigned n = 0;

	begin(&f);
	f.body = body;
	put_hello(&in);
	give_buf(&f, &in);
	while (n < most && !h2_server_over(f.s)) {
		put(&in, id);
		give_buf(&f, &in);
		buf_clear(&f.told);
		if (!h2_server_over(f.s))
			buf_clear(&f.out);
		id += 2;
		n++;
	}
	assert_int_equal(h2_server_calmed(f.s), n < most);
	if (n < most)
		assert_int_equal(error_of(&f, H2_GOAWAY, 0), 11 /* ENHANCE_YOUR_CALM */);
	buf_fini(&in);
	end(&f);
	return n;
}

static void put_ping(struct buf *in, uint32_t id)
{
	put_frame(in, H2_PING, 0, 0, SLICE("12345678"));
}

static void put_settings(struct buf *in, uint32_t id)
{
	put_frame(in, H2_SETTINGS, 0, 0, SLICE(""));
}

static void put_priority(struct buf *in, uint32_t id)
{
	put_frame(in, H2_PRIORITY, 0, id, SLICE("\0\0\0\0\1"));
}

static void put_unknown(struct buf *in, uint32_t id)
{
	put_frame(in, 0xfa, 0, 0, SLICE(""));
}

static void put_reset_request(struct buf *in, uint32_t id)
{
	headers(in, id, H2_END_STREAM, GET_ROOT);
	put_frame(in, H2_RST_STREAM, 0, id, SLICE("\0\0\0\x8"));
}

/* The client makes the server reset the stream: a window that grows too large. */
static void put_provocation(struct buf *in, uint32_t id)
{
	headers(in, id, H2_END_STREAM, GET_ROOT);
	put_frame(in, H2_WINDOW_UPDATE, 0, id, SLICE("\x7f\xff\xff\xff"));
}

static void put_malformed(struct buf *in, uint32_t id)
{
	headers(in, id, H2_END_STREAM, GET_ROOT, "connection: close");
}

static void put_empty_data(struct buf *in, uint32_t id)
{
	if (id == 1)
		headers(in, 1, 0, POST_ROOT);
	put_frame(in, H2_DATA, 0, 1, SLICE(""));
}

static void put_small_windows(struct buf *in, uint32_t id)
{
	if (id == 1)
		headers(in, 1, H2_END_STREAM, GET_ROOT);
	put_frame(in, H2_WINDOW_UPDATE, 0, 0, SLICE("\0\0\0\1"));
}

static void put_requests(struct buf *in, uint32_t id)
{
	headers(in, id, H2_END_STREAM, GET_ROOT);
	put_frame(in, H2_WINDOW_UPDATE, 0, 0, SLICE("\0\0\0\5"));
	put_frame(in, H2_PING, 0, 0, SLICE("12345678"));
	put_frame(in, H2_PRIORITY, 0, id + 2, SLICE("\0\0\0\0\1"));
}

static void test_floods(void **state)
{
	assert_int_equal(flood(put_ping, 5, 5000), CALM_CONTROL);
	assert_int_equal(flood(put_settings, 5, 5000), CALM_CONTROL);
	assert_int_equal(flood(put_priority, 5, 5000), CALM_CONTROL);
	assert_in_range(flood(put_unknown, 5, 5000), CALM_CONTROL - 1, CALM_CONTROL + 1);
	assert_in_range(flood(put_empty_data, 1 << 20, 5000), CALM_CONTROL - 1, CALM_CONTROL + 8);
	assert_in_range(flood(put_small_windows, 1 << 20, 5000), CALM_CONTROL - 1, 3000);
	assert_in_range(flood(put_reset_request, 1 << 20, 5000), CALM_RESETS - 1, CALM_RESETS + 1);
	assert_in_range(flood(put_provocation, 1 << 20, 5000), CALM_RESETS - 1, CALM_RESETS + 1);
	assert_in_range(flood(put_malformed, 5, 5000), CALM_RESETS - 1, CALM_RESETS + 1);
	/* Who fetches what he asks for may say as much as usual in between. */
	assert_int_equal(flood(put_requests, 5, 20000), 20000);
}

static void test_continuations(void **state)
{
	struct buf in = { 0 };
	struct fixture f;
	unsigned n = 0;

	begin(&f);
	put_hello(&in);
	put_frame(&in, H2_HEADERS, 0, 1, SLICE(""));
	while (n < 100 && !h2_server_over(f.s)) {
		give_buf(&f, &in);
		put_frame(&in, H2_CONTINUATION, 0, 1, SLICE(""));
		n++;
	}
	assert_int_equal(n, CALM_BLOCK_FRAMES + 2);
	assert_int_equal(error_of(&f, H2_GOAWAY, 0), 11);
	assert_int_equal(f.n, 0);
	buf_fini(&in);
	end(&f);
}

/* A table entry named again and again makes a head of 16 MB out of a few KB; nothing of it is kept. */
static void test_bomb(void **state)
{
	static const uint8_t indexed[4000] = { 0 };
	struct buf in = { 0 }, block = { 0 };
	struct fixture f;

	begin(&f);
	put_hello(&in);
	put_lines(&block, (const char *const[]){ GET_ROOT, NULL });
	buf_putc(&block, 0x40); /* kept in the table: an entry of 4000 octets */
	put_length(&block, 1);
	buf_putc(&block, 'x');
	put_length(&block, sizeof(indexed));
	for (size_t i = 0; i < sizeof(indexed); i++)
		buf_putc(&block, 'v');
	for (int i = 0; i < 4000; i++)
		buf_putc(&block, (char)(0x80 | 62));
	put_frame(&in, H2_HEADERS, H2_END_HEADERS | H2_END_STREAM, 1, buf_view(&block));
	give_buf(&f, &in);
	told(&f, "request 1 whole\nclosed 1\n");
	buf_fini(&block);
	buf_fini(&in);
	end(&f);
}

/* Points come back with time. */
static void test_calm_again(void **state)
{
	const struct h2_frame ping = { .type = H2_PING };
	struct h2_calm c = { 0 };

	for (int i = 0; i < CALM_CONTROL; i++)
		assert_true(calm_frame(&c, &ping, 0));
	assert_false(calm_frame(&c, &ping, 0));
	for (int i = 0; i < CALM_CONTROL_RATE; i++)
		assert_true(calm_frame(&c, &ping, SECOND));
	assert_false(calm_frame(&c, &ping, SECOND));
	for (int i = 0; i < CALM_CONTROL; i++)
		assert_true(calm_frame(&c, &ping, 100 * (int64_t)SECOND));
	assert_false(calm_frame(&c, &ping, 100 * (int64_t)SECOND));
}

/* --- The end -------------------------------------------------------------------------------------------- */

static void test_drain(void **state)
{
	struct h2_frame frame;
	struct buf in = { 0 };
	struct fixture f;
	const uint8_t *p;

	begin(&f);
	put_hello(&in);
	headers(&in, 1, H2_END_STREAM, GET_ROOT);
	give_buf(&f, &in);
	h2_server_drain(f.s);
	assert_int_equal(give(&f, SLICE(""), 0), 0);
	p = sent(&f, H2_GOAWAY, 0, &frame);
	assert_non_null(p);
	assert_memory_equal(p, "\x7f\xff\xff\xff\0\0\0\0", 8);
	assert_false(h2_server_over(f.s));

	/* This one was on its way. */
	buf_clear(&f.told);
	headers(&in, 3, H2_END_STREAM, GET_ROOT);
	give_buf(&f, &in);
	assert_true(slice_starts(buf_view(&f.told), SLICE("request 3 whole\n")));
	p = sent(&f, H2_PING, 0, &frame);
	assert_non_null(p);
	put_frame(&in, H2_PING, H2_ACK, 0, slice_of(p, 8));
	give_buf(&f, &in);
	p = sent(&f, H2_GOAWAY, 1, &frame);
	assert_non_null(p);
	assert_memory_equal(p, "\0\0\0\3\0\0\0\0", 8);
	assert_true(h2_server_over(f.s));

	/* This one was told that it will not be answered. */
	buf_clear(&f.told);
	headers(&in, 5, H2_END_STREAM, GET_ROOT);
	give_buf(&f, &in);
	told(&f, "");
	buf_fini(&in);
	end(&f);
}

static void test_end(void **state)
{
	struct buf in = { 0 };
	struct fixture f;

	begin(&f);
	put_hello(&in);
	give_buf(&f, &in);
	h2_server_end(f.s);
	assert_int_equal(give(&f, SLICE(""), 0), 0);
	assert_int_equal(error_of(&f, H2_GOAWAY, 0), 0);
	assert_true(h2_server_over(f.s));
	assert_false(h2_server_calmed(f.s));
	buf_fini(&in);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_and_answer),
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_every_octet_alone),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_no_http2),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_head_too_large),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_window_exceeded),
		cmocka_unit_test(test_early_answer),
		cmocka_unit_test(test_output_is_bounded),
		cmocka_unit_test(test_answers_share),
		cmocka_unit_test(test_content_fails),
		cmocka_unit_test(test_reset_while_sending),
		cmocka_unit_test(test_too_many_streams),
		cmocka_unit_test(test_floods),
		cmocka_unit_test(test_continuations),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_calm_again),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* HTTP/2 frames: every type read, every prefix and every damage survived, and frames found again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "http2/frame.h"

#include <stdlib.h>

/* The octets of a frame, in memory of exactly their size. */
struct made {
	uint8_t *p;
	size_t n;
};

static struct made frame(uint8_t type, uint8_t flags, uint32_t stream, struct slice payload)
{
	struct made m = { malloc(H2_HEADER + payload.n), H2_HEADER + payload.n };
	struct wr w = wr_of(m.p, m.n);

	wr_be24(&w, (uint32_t)payload.n);
	wr_u8(&w, type);
	wr_u8(&w, flags);
	wr_be32(&w, stream);
	wr_put(&w, payload);
	assert_false(w.bad);
	return m;
}

/* Reads a frame made of these; the result of h2_frame_payload. */
static int read_one(
    uint8_t type, uint8_t flags, uint32_t stream, struct slice payload, struct h2_payload *out)
{
	static struct made m; /* what *out points into lives until the next call */
	struct h2_frame f;

	free(m.p);
	m = frame(type, flags, stream, payload);
	assert_int_equal(h2_frame_header(slice_of(m.p, m.n), &f), H2_HEADER);
	assert_int_equal(f.type, type);
	assert_int_equal(f.flags, flags);
	assert_int_equal(f.stream, stream & 0x7fffffff);
	assert_int_equal(f.length, payload.n);
	return h2_frame_payload(&f, slice_of(m.p + H2_HEADER, payload.n), out);
}
#define READ(type, flags, stream, literal, out) read_one(type, flags, stream, SLICE(literal), out)

static void test_header(void **state)
{
	struct slice s = SLICE("\x01\x02\x03\x08\x25\x80\x00\x01\x00rest");
	struct h2_frame f;

	for (size_t n = 0; n < H2_HEADER; n++)
		assert_int_equal(h2_frame_header(slice_sub(s, 0, n), &f), 0);
	assert_int_equal(h2_frame_header(s, &f), H2_HEADER);
	assert_int_equal(f.length, 0x010203);
	assert_int_equal(f.type, H2_WINDOW_UPDATE);
	assert_int_equal(f.flags, 0x25);
	assert_true(f.reserved);
	assert_int_equal(f.stream, 256);
}

static void test_data(void **state)
{
	struct h2_payload p;

	assert_int_equal(READ(H2_DATA, H2_END_STREAM, 1, "hello", &p), 0);
	assert_true(slice_eq_str(p.body, "hello"));
	assert_int_equal(READ(H2_DATA, H2_PADDED, 1, "\x02hello\0\0", &p), 0);
	assert_true(slice_eq_str(p.body, "hello"));
	assert_int_equal(p.padding, 2);
	assert_int_equal(READ(H2_DATA, H2_PADDED, 1, "\x03xyz", &p), 0);
	assert_int_equal(p.body.n, 0);
	assert_int_equal(READ(H2_DATA, H2_PADDED, 1, "\x04xyz", &p), -H2_FAULT_PADDING);
	assert_int_equal(READ(H2_DATA, H2_PADDED, 1, "", &p), -H2_FAULT_LENGTH);
	assert_int_equal(READ(H2_DATA, 0, 0, "x", &p), -H2_FAULT_NO_STREAM);
}

static void test_headers(void **state)
{
	struct h2_payload p;

	assert_int_equal(READ(H2_HEADERS, H2_END_HEADERS, 3, "\x82\x84", &p), 0);
	assert_true(slice_eq_str(p.body, "\x82\x84"));
	assert_false(p.has_priority);
	assert_int_equal(
	    READ(H2_HEADERS, H2_PADDED | H2_HAS_PRIORITY, 3, "\x01\x80\0\0\x07\x0f\x82\0", &p), 0);
	assert_true(slice_eq_str(p.body, "\x82"));
	assert_true(p.has_priority && p.exclusive);
	assert_int_equal(p.depends_on, 7);
	assert_int_equal(p.weight, 16);
	assert_int_equal(READ(H2_HEADERS, H2_HAS_PRIORITY, 3, "\0\0\0\x03\xff", &p), -H2_FAULT_ITSELF);
	assert_int_equal(READ(H2_HEADERS, H2_HAS_PRIORITY, 3, "\0\0\0\x01", &p), -H2_FAULT_LENGTH);
	/* Padding may not take the octets of the priority. */
	assert_int_equal(
	    READ(H2_HEADERS, H2_PADDED | H2_HAS_PRIORITY, 3, "\x02\0\0\0\x01\x0f", &p), -H2_FAULT_LENGTH);
	assert_int_equal(READ(H2_PUSH_PROMISE, H2_END_HEADERS, 1, "\x80\0\0\x02\x82", &p), 0);
	assert_int_equal(p.stream, 2);
	assert_true(slice_eq_str(p.body, "\x82"));
	assert_int_equal(READ(H2_PUSH_PROMISE, 0, 1, "\0\0\0", &p), -H2_FAULT_LENGTH);
	assert_int_equal(READ(H2_CONTINUATION, H2_END_HEADERS, 1, "abc", &p), 0);
	assert_true(slice_eq_str(p.body, "abc"));
}

static void test_settings(void **state)
{
	struct h2_payload p;
	struct h2_setting s;

	assert_int_equal(READ(H2_SETTINGS, 0, 0, "\0\x03\0\0\0\x64\0\x04\0\x01\0\0", &p), 0);
	assert_true(h2_setting_next(&p.body, &s));
	assert_int_equal(s.id, H2_SET_MAX_CONCURRENT_STREAMS);
	assert_int_equal(s.value, 100);
	assert_true(h2_setting_next(&p.body, &s));
	assert_int_equal(s.id, H2_SET_INITIAL_WINDOW_SIZE);
	assert_int_equal(s.value, 65536);
	assert_false(h2_setting_next(&p.body, &s));
	assert_int_equal(READ(H2_SETTINGS, H2_ACK, 0, "", &p), 0);
	assert_int_equal(READ(H2_SETTINGS, H2_ACK, 0, "\0\x03\0\0\0\x64", &p), -H2_FAULT_LENGTH);
	assert_int_equal(READ(H2_SETTINGS, 0, 0, "\0\x03\0\0\0", &p), -H2_FAULT_LENGTH);
	assert_int_equal(READ(H2_SETTINGS, 0, 1, "", &p), -H2_FAULT_STREAM);
}

static void test_setting_values(void **state)
{
	static const struct {
		struct h2_setting s;
		bool valid;
	} cases[] = { { { H2_SET_ENABLE_PUSH, 1 }, true }, { { H2_SET_ENABLE_PUSH, 2 }, false },
		{ { H2_SET_INITIAL_WINDOW_SIZE, 0x7fffffff }, true },
		{ { H2_SET_INITIAL_WINDOW_SIZE, 0x80000000 }, false },
		{ { H2_SET_MAX_FRAME_SIZE, 16383 }, false }, { { H2_SET_MAX_FRAME_SIZE, 16384 }, true },
		{ { H2_SET_MAX_FRAME_SIZE, 16777215 }, true }, { { H2_SET_MAX_FRAME_SIZE, 16777216 }, false },
		{ { H2_SET_HEADER_TABLE_SIZE, UINT32_MAX }, true }, { { 0x1a2a, 77 }, true },
		{ { H2_SET_NO_RFC7540_PRIORITIES, 3 }, false } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(h2_setting_valid(&cases[i].s), cases[i].valid);
}

static void test_others(void **state)
{
	struct h2_payload p;
	struct slice origin;

	assert_int_equal(READ(H2_PRIORITY, 0, 5, "\0\0\0\x03\0", &p), 0);
	assert_true(p.has_priority && !p.exclusive);
	assert_int_equal(p.weight, 1);
	assert_int_equal(READ(H2_PRIORITY, 0, 5, "\0\0\0\x03", &p), -H2_FAULT_LENGTH);
	assert_int_equal(READ(H2_RST_STREAM, 0, 5, "\0\0\0\x08", &p), 0);
	assert_string_equal(h2_error_name(p.error), "CANCEL");
	assert_int_equal(READ(H2_PING, H2_ACK, 0, "12345678", &p), 0);
	assert_true(slice_eq_str(p.body, "12345678"));
	assert_int_equal(READ(H2_PING, 0, 0, "1234567", &p), -H2_FAULT_LENGTH);
	assert_int_equal(READ(H2_GOAWAY, 0, 0,
	                     "\x80\0\0\x05\0\0\0\x0b"
	                     "calm",
	                     &p),
	    0);
	assert_int_equal(p.stream, 5);
	assert_string_equal(h2_error_name(p.error), "ENHANCE_YOUR_CALM");
	assert_true(slice_eq_str(p.body, "calm"));
	assert_int_equal(READ(H2_WINDOW_UPDATE, 0, 0, "\x80\0\x01\0", &p), 0);
	assert_int_equal(p.increment, 256);
	assert_int_equal(READ(H2_WINDOW_UPDATE, 0, 9, "\x80\0\0\0", &p), -H2_FAULT_INCREMENT);
	assert_int_equal(READ(H2_ALTSVC, 0, 0, "\0\x02hih2=\":1\"", &p), 0);
	assert_true(slice_eq_str(p.origin, "hi"));
	assert_true(slice_eq_str(p.body, "h2=\":1\""));
	assert_int_equal(READ(H2_ALTSVC, 0, 0, "\0\x09hi", &p), -H2_FAULT_LENGTH);
	assert_int_equal(READ(H2_ORIGIN, 0, 0,
	                     "\0\x01"
	                     "a\0\x02"
	                     "bc\0\x09z",
	                     &p),
	    0);
	assert_true(h2_origin_next(&p.body, &origin) && slice_eq_str(origin, "a"));
	assert_true(h2_origin_next(&p.body, &origin) && slice_eq_str(origin, "bc"));
	assert_false(h2_origin_next(&p.body, &origin));
	assert_int_equal(READ(H2_PRIORITY_UPDATE, 0, 0, "\0\0\0\x07u=1, i", &p), 0);
	assert_int_equal(p.stream, 7);
	assert_true(slice_eq_str(p.body, "u=1, i"));
	assert_int_equal(READ(0xfa, 0xff, 0, "whatever", &p), 0);
	assert_true(slice_eq_str(p.body, "whatever"));
}

/* Whatever the type, flags and length: read or refused, never past the end. */
static void test_every_length(void **state)
{
	static const uint8_t octets[24] = { 3, 0x80, 0, 0, 9, 0, 5, 'x' };
	struct h2_payload p;

	for (unsigned type = 0; type < 20; type++)
		for (unsigned flags = 0; flags < 256; flags++)
			for (size_t n = 0; n <= sizeof(octets); n++) {
				int r = read_one(
				    (uint8_t)type, (uint8_t)flags, type & 1, slice_of(octets, n), &p);

				assert_in_range(-r, 0, H2_FAULT_COUNT - 1);
				assert_true(p.body.n + p.padding <= n || r < 0);
			}
}

static void test_data_start(void **state)
{
	struct h2_frame f = { .length = 10, .type = H2_DATA, .flags = H2_PADDED, .stream = 1 };
	uint32_t content, padding;

	assert_int_equal(h2_data_start(&f, SLICE(""), &content, &padding), 0);
	assert_int_equal(h2_data_start(&f, SLICE("\x04"), &content, &padding), 2);
	assert_int_equal(content, 5);
	assert_int_equal(padding, 4);
	assert_int_equal(h2_data_start(&f, SLICE("\x09"), &content, &padding), 2);
	assert_int_equal(content, 0);
	assert_int_equal(h2_data_start(&f, SLICE("\x0a"), &content, &padding), -H2_FAULT_PADDING);
	f.flags = 0;
	assert_int_equal(h2_data_start(&f, SLICE(""), &content, &padding), 1);
	assert_int_equal(content, 10);
	f.stream = 0;
	assert_int_equal(h2_data_start(&f, SLICE(""), &content, &padding), -H2_FAULT_NO_STREAM);
}

static void test_words(void **state)
{
	assert_string_equal(h2_type_name(H2_HEADERS), "HEADERS");
	assert_null(h2_type_name(11));
	assert_null(h2_type_name(255));
	for (uint32_t e = 0; e < 14; e++)
		assert_true(h2_error_name(e) && h2_error_words(e)[0]);
	assert_null(h2_error_name(14));
	assert_non_null(h2_error_words(UINT32_MAX));
	for (int i = 1; i < H2_FAULT_COUNT; i++) {
		assert_true(strlen(h2_fault_text((enum h2_fault)i)) > 10);
		assert_true(h2_fault_error((enum h2_fault)i) == 1 || h2_fault_error((enum h2_fault)i) == 6);
	}
}

static void test_start(void **state)
{
	struct slice preface = h2_preface(), settings = SLICE("\0\0\x12\x04\0\0\0\0\0"
	                                                      "\0\x03");

	assert_int_equal(preface.n, H2_PREFACE_LEN);
	for (size_t n = 0; n < preface.n; n++)
		assert_int_equal(h2_start_looks_like(slice_sub(preface, 0, n)), H2_GUESS_MORE);
	assert_int_equal(h2_start_looks_like(preface), H2_GUESS_YES);
	for (size_t n = 0; n < H2_HEADER; n++)
		assert_int_equal(h2_start_looks_like(slice_sub(settings, 0, n)), H2_GUESS_MORE);
	assert_int_equal(h2_start_looks_like(settings), H2_GUESS_YES);
	assert_int_equal(h2_start_looks_like(SLICE("PRI * HTTP/1.1")), H2_GUESS_NO);
	assert_int_equal(h2_start_looks_like(SLICE("GET / HTTP/1.1")), H2_GUESS_NO);
	assert_int_equal(h2_start_looks_like(SLICE("\0\0\x11\x04\0\0\0\0\0")), H2_GUESS_NO); /* no row of 6 */
	assert_int_equal(h2_start_looks_like(SLICE("\0\0\x06\x04\x01")), H2_GUESS_NO);       /* an ACK */
}

static void test_find(void **state)
{
	static const uint8_t octets[] = "xxxxxxxx"                         /* the end of something */
	                                "\0\0\x04\x08\0\0\0\0\0\0\0\x10\0" /* WINDOW_UPDATE */
	                                "\0\0\x05\0\x01\0\0\0\x03hello";   /* DATA */
	struct slice s = slice_of(octets, sizeof(octets) - 1);

	assert_int_equal(h2_frames_find(s, H2_FRAME_DEFAULT), 8);
	assert_int_equal(h2_frames_find(slice_skip(s, 8), H2_FRAME_DEFAULT), 0);
	assert_true(h2_frames_only(slice_skip(s, 8)));
	assert_false(h2_frames_only(s));
	assert_false(h2_frames_only(slice_sub(s, 8, 20)));
	assert_false(h2_frames_only(slice_skip(s, 21)));                          /* one is no row */
	assert_int_equal(h2_frames_find(slice_skip(s, 9), H2_FRAME_DEFAULT), 12); /* the last, to its end */
	assert_int_equal(h2_frames_find(slice_sub(s, 9, 22), H2_FRAME_DEFAULT), -1);
	assert_int_equal(
	    h2_frames_find(SLICE("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), H2_FRAME_DEFAULT), -1);
	assert_int_equal(
	    h2_frames_find(SLICE("the quick brown fox jumps over the lazy dog"), H2_FRAME_DEFAULT), -1);
	assert_int_equal(h2_frames_find(SLICE(""), H2_FRAME_DEFAULT), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_setting_values),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_data_start),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

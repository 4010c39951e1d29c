/* Tests of the file source: what is no capture, damage, gzip, pipes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <zlib.h>

#include "capfile.h"

static void flipped_bytes_do_no_harm(void **state)
{
	struct maker pcap = { 0 }, ng = { .big = true };

	pcap_head(&pcap, 0xa1b23c4d, 1);
	pcap_packet(&pcap, 1, 2, "hello", 5);
	pcap_packet(&pcap, 1, 3, "again", 5);
	flip_every_byte(&pcap);
	section(&ng);
	interface(&ng, 1, 0, 6);
	secrets(&ng, 0x544c534b, "CLIENT_RANDOM aa bb\n");
	packet(&ng, 0, 5, "hello", "one", "two");
	packet(&ng, 0, 5, "again", NULL, NULL);
	flip_every_byte(&ng);
}

static void lies_are_named(void **state)
{
	struct maker m = { 0 }, body = { 0 };

	pcap_head(&m, 0xa1b2c3d4, 1);
	pcap_packet(&m, 1, 2, "fine", 4);
	put32(&m, 1);
	put32(&m, 1);
	put32(&m, 0x7fffffff);
	put32(&m, 60);
	expect_damage(&m, 1, "damaged at packet 2 (byte 44): it claims more bytes than any packet has");

	section(&m);
	packet(&m, 0, 1, "who", NULL, NULL);
	expect_damage(&m, 0, "it came from interface 0, and the section has 0");

	section(&m);
	interface(&m, 1, 0, 6);
	put32(&m, 6);
	put32(&m, 13);
	put32(&m, 0);
	expect_damage(&m, 0, "the length of a block is impossible");

	section(&m);
	put32(&m, 6);
	put32(&m, 0x10000000);
	put32(&m, 0);
	expect_damage(&m, 0, "a block claims more than 16 MiB");

	section(&m);
	interface(&m, 1, 0, 6);
	m.b.p[m.b.n - 4] ^= 4;
	expect_damage(&m, 0, "a block's length at its end is not the one at its start");

	section(&m);
	interface(&m, 1, 0, 6);
	put32(&body, 0);
	put32(&body, 0);
	put32(&body, 0);
	put32(&body, 5);
	put32(&body, 5);
	buf_puts(&body.b, "four");
	block(&m, 6, &body);
	buf_fini(&body.b);
	expect_damage(&m, 0, "the packet claims more bytes than its block has");

	section(&m);
	m.b.p[12] = 9;
	expect_damage(&m, 0, "pcapng version 9.0 is not known");
	section(&m);
	m.b.p[8] = 9;
	expect_damage(&m, 0, "the byte order of a section is neither of the two");
	pcap_head(&m, 0xa1b2c3d4, 1);
	m.b.p[4] = 3;
	expect_damage(&m, 0, "pcap version 3.4 is not known");
}

static void not_a_capture(void **state)
{
	static const struct {
		const char *bytes, *words;
	} rows[] = {
		{ "hello world", "it begins with the bytes 68 65 6c 6c, neither pcap nor pcapng" },
		{ "\x28\xb5\x2f\xfd....", "zstd -d" },
		{ "<!doctype html>", "HTML" },
		{ "hi", "cut short in its header" },
		{ "", "empty" },
	};
	struct err e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(open_bytes(slice_str(rows[i].bytes), &e));
		assert_int_equal(e.kind, ERR_DATA);
		if (!strstr(e.msg, rows[i].words))
			fail_msg("\"%s\" is not in: %s", rows[i].words, e.msg);
	}
}

static void not_a_file(void **state)
{
	struct err e;

	assert_null(source_file("/", &e));
	assert_int_equal(e.kind, ERR_ENV);
	assert_non_null(strstr(e.msg, "directory"));
	assert_null(source_file("/nonexistent/x.pcap", &e));
	assert_int_equal(e.kind, ERR_ENV);
	assert_int_equal(e.sys, ENOENT);
	assert_non_null(strstr(e.msg, "/nonexistent/x.pcap"));
}

static void gzip(struct slice in, struct buf *out)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(buf_reserve(out, in.n + 1000), 0);
	z.next_in = (uint8_t *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = out->p + out->n;
	z.avail_out = (uInt)(out->cap - out->n);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->n = out->cap - z.avail_out;
	deflateEnd(&z);
}

static void gzip_of_one_and_two_members(void **state)
{
	struct maker m = { 0 };
	struct buf z = { 0 };
	struct err e;

	pcap_head(&m, 0xa1b2c3d4, 1);
	pcap_packet(&m, 1, 2, "hello", 5);
	pcap_packet(&m, 1, 2, "world", 5);
	gzip(buf_view(&m.b), &z);
	assert_int_equal(count(buf_view(&z), &e), 2);
	assert_int_equal(e.kind, ERR_NONE);
	for (size_t n = 0; n < z.n - 9; n++) { /* less than its trailer: some packet is missing */
		assert_true(count(slice_of(z.p, n), &e) < 2);
		assert_int_equal(e.kind, ERR_DATA);
	}
	buf_clear(&z);
	gzip(slice_of(m.b.p, 33), &z);
	gzip(slice_skip(buf_view(&m.b), 33), &z);
	buf_puts(&z, "padding");
	assert_int_equal(count(buf_view(&z), &e), 2);
	assert_int_equal(e.kind, ERR_NONE);
	z.p[40] ^= 0x55;
	count(buf_view(&z), &e);
	assert_int_equal(e.kind, ERR_DATA);
	buf_fini(&m.b);
	buf_fini(&z);
}

/* More than the buffer holds, with packets across its end. */
static void fill(struct maker *m, unsigned packets)
{
	char text[1501];

	pcap_head(m, 0xa1b2c3d4, 1);
	for (unsigned i = 0; i < packets; i++) {
		memset(text, 'a' + (int)(i % 26), sizeof(text));
		text[i % 1500] = '\0';
		pcap_packet(m, i, 0, text, 1500);
	}
}

static void check_filled(struct source *s, unsigned packets)
{
	struct source_packet p;
	enum source_result r;
	uint64_t done, all;

	for (unsigned i = 0; i < packets; i++) {
		while ((r = next(s, &p)) == SOURCE_IDLE)
			;
		assert_int_equal(r, SOURCE_PACKET);
		assert_int_equal(p.ts, i * NS);
		assert_int_equal(p.bytes.n, i % 1500);
		for (size_t k = 0; k < p.bytes.n; k++)
			assert_int_equal(p.bytes.p[k], 'a' + i % 26);
	}
	assert_int_equal(next(s, &p), SOURCE_END);
	s->ops->progress(s, &done, &all);
	assert_true(done == all);
	assert_int_equal(s->ops->dropped(s), 0);
	s->ops->free(s);
}

static void longer_than_the_buffer(void **state)
{
	struct maker m = { 0 };
	struct buf z = { 0 };
	struct err e;

	fill(&m, 2000);
	gzip(buf_view(&m.b), &z);
	check_filled(open_bytes(buf_view(&z), &e), 2000);
	check_filled(open_made(&m), 2000);
	buf_fini(&z);
}

/* A block wider than the buffer makes it grow. */
static void one_wide_block(void **state)
{
	struct maker m = { 0 }, body = { 0 };
	struct err e;

	section(&m);
	interface(&m, 1, 0, 6);
	for (int i = 0; i < 1000000; i++)
		buf_putc(&body.b, 'x');
	block(&m, 0x0bad, &body);
	packet(&m, 0, 1, "behind", NULL, NULL);
	assert_int_equal(count(buf_view(&m.b), &e), 1);
	assert_int_equal(e.kind, ERR_NONE);
	buf_fini(&m.b);
	buf_fini(&body.b);
}

/* Bytes that arrive one at a time, with silence between: idle, never an error. */
static void slow_pipe(void **state)
{
	struct maker m = { 0 };
	struct source *s;
	struct source_packet p;
	struct err e = { 0 };
	char path[64];
	int fds[2];

	section(&m);
	interface(&m, 1, 0, 9);
	packet(&m, 0, 77, "drip", "drop", NULL);
	assert_int_equal(pipe(fds), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
	assert_int_equal(write(fds[1], m.b.p, 28), 28);
	s = source_file(path, &e);
	assert_non_null(s);
	assert_int_equal(next(s, &p), SOURCE_IDLE); /* waits for its poll time, then says so */
	assert_int_equal(write(fds[1], m.b.p + 28, 50), 50);
	assert_int_equal(next(s, &p), SOURCE_IDLE);
	assert_int_equal(write(fds[1], m.b.p + 78, m.b.n - 78), (ssize_t)m.b.n - 78);
	expect_packet(s, 77, 1, 0, "drip");
	close(fds[1]);
	expect_end(s);
	close(fds[0]);
	buf_fini(&m.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flipped_bytes_do_no_harm),
		cmocka_unit_test(lies_are_named),
		cmocka_unit_test(not_a_capture),
		cmocka_unit_test(not_a_file),
		cmocka_unit_test(gzip_of_one_and_two_members),
		cmocka_unit_test(longer_than_the_buffer),
		cmocka_unit_test(one_wide_block),
		cmocka_unit_test(slow_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of the reader of capture files: both formats, both byte orders, every cut, gzip, pipes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "trace/source.h"

/* --- Making capture files
 * --------------------------------------------------------------------------- */

struct maker {
	struct buf b;
	bool big;
};

static void put16(struct maker *m, uint16_t v)
{
	uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };
	uint8_t r[2] = { b[1], b[0] };

	buf_put(&m->b, m->big ? r : b, 2);
}

static void put32(struct maker *m, uint32_t v)
{
	put16(m, (uint16_t)(m->big ? v >> 16 : v));
	put16(m, (uint16_t)(m->big ? v : v >> 16));
}

static void pcap_head(struct maker *m, uint32_t magic, uint32_t link)
{
	put32(m, magic);
	put16(m, 2);
	put16(m, 4);
	put32(m, 0);
	put32(m, 0);
	put32(m, 65535);
	put32(m, link);
}

static void pcap_packet(struct maker *m, uint32_t sec, uint32_t frac, const char *bytes, uint32_t wire)
{
	put32(m, sec);
	put32(m, frac);
	put32(m, (uint32_t)strlen(bytes));
	put32(m, wire);
	buf_puts(&m->b, bytes);
}

static void pad(struct maker *m)
{
	while (m->b.n % 4)
		buf_putc(&m->b, 0);
}

/* A block with this body: only whole 4 bytes. */
static void block(struct maker *m, uint32_t type, const struct maker *body)
{
	uint32_t len = (uint32_t)((body->b.n + 3) / 4 * 4 + 12);

	put32(m, type);
	put32(m, len);
	buf_put(&m->b, body->b.p, body->b.n);
	pad(m);
	put32(m, len);
}

static void option(struct maker *m, uint16_t code, const void *p, uint16_t n)
{
	put16(m, code);
	put16(m, n);
	buf_put(&m->b, p, n);
	pad(m);
}

static void section(struct maker *m)
{
	struct maker body = { .big = m->big };

	put32(&body, 0x1a2b3c4d);
	put16(&body, 1);
	put16(&body, 0);
	put32(&body, 0xffffffff);
	put32(&body, 0xffffffff);
	block(m, 0x0a0d0d0a, &body);
	buf_fini(&body.b);
}

/* resol < 0: without the option. */
static void interface(struct maker *m, uint16_t link, uint32_t snaplen, int resol)
{
	struct maker body = { .big = m->big };
	uint8_t r = (uint8_t)resol;

	put16(&body, link);
	put16(&body, 0);
	put32(&body, snaplen);
	if (resol >= 0) {
		option(&body, 9, &r, 1);
		option(&body, 0, NULL, 0);
	}
	block(m, 1, &body);
	buf_fini(&body.b);
}

static void packet(
    struct maker *m, uint32_t iface, uint64_t ts, const char *bytes, const char *comment, const char *second)
{
	struct maker body = { .big = m->big };

	put32(&body, iface);
	put32(&body, (uint32_t)(ts >> 32));
	put32(&body, (uint32_t)ts);
	put32(&body, (uint32_t)strlen(bytes));
	put32(&body, (uint32_t)strlen(bytes) + 100);
	buf_puts(&body.b, bytes);
	pad(&body);
	if (comment) {
		option(&body, 2, "flag", 4);
		option(&body, 1, comment, (uint16_t)strlen(comment));
	}
	if (second)
		option(&body, 1, second, (uint16_t)strlen(second));
	if (comment)
		option(&body, 0, NULL, 0);
	block(m, 6, &body);
	buf_fini(&body.b);
}

static void secrets(struct maker *m, uint32_t type, const char *lines)
{
	struct maker body = { .big = m->big };

	put32(&body, type);
	put32(&body, (uint32_t)strlen(lines));
	buf_puts(&body.b, lines);
	block(m, 10, &body);
	buf_fini(&body.b);
}

/* --- Reading them
 * ----------------------------------------------------------------------------------- */

/* A file in memory that has a path. */
struct file {
	int fd;
	char path[64];
};

static struct file file_of(struct slice s)
{
	struct file f = { .fd = memfd_create("capture", 0) };

	assert_true(f.fd >= 0);
	assert_int_equal(write(f.fd, s.p, s.n), (ssize_t)s.n);
	snprintf(f.path, sizeof(f.path), "/proc/self/fd/%d", f.fd);
	return f;
}

static struct source *open_bytes(struct slice s, struct err *e)
{
	struct file f = file_of(s);
	struct source *src = source_file(f.path, e);

	close(f.fd);
	return src;
}

static struct source *open_made(struct maker *m)
{
	struct err e = { 0 };
	struct source *s = open_bytes(buf_view(&m->b), &e);

	if (!s)
		fail_msg("%s", e.msg);
	buf_fini(&m->b);
	return s;
}

static enum source_result next(struct source *s, struct source_packet *p)
{
	struct slice lines;
	struct err e = { 0 };
	enum source_result r = s->ops->next(s, p, &lines, &e);

	if (r == SOURCE_ERROR)
		print_message("%s\n", e.msg);
	return r;
}

static void expect_packet(struct source *s, int64_t ts, uint32_t link, uint32_t iface, const char *bytes)
{
	struct source_packet p;

	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.ts, ts);
	assert_int_equal(p.link_type, link);
	assert_int_equal(p.interface, iface);
	assert_int_equal(p.bytes.n, strlen(bytes));
	assert_memory_equal(p.bytes.p, bytes, p.bytes.n);
}

static void expect_end(struct source *s)
{
	struct source_packet p;

	assert_int_equal(next(s, &p), SOURCE_END);
	assert_int_equal(next(s, &p), SOURCE_END);
	s->ops->free(s);
}

#define NS 1000000000ll

static void pcap_in_all_four_kinds(void **state)
{
	for (int kind = 0; kind < 4; kind++) {
		struct maker m = { .big = kind & 1 };
		bool nano = kind & 2;
		struct source *s;
		struct source_packet p;

		pcap_head(&m, nano ? 0xa1b23c4d : 0xa1b2c3d4, 0x10000001 | 113);
		pcap_packet(&m, 1700000000, 5, "first", 1500);
		pcap_packet(&m, 4294967295u, 999999, "second one", 10);
		s = open_made(&m);
		assert_int_equal(next(s, &p), SOURCE_PACKET);
		assert_int_equal(p.ts, 1700000000 * NS + (nano ? 5 : 5000));
		assert_int_equal(p.wire_len, 1500);
		assert_int_equal(p.link_type, 113);
		assert_int_equal(p.comment.n, 0);
		assert_int_equal(p.interface, 0);
		assert_memory_equal(p.bytes.p, "first", 5);
		expect_packet(s, 4294967295 * NS + (nano ? 999999 : 999999000), 113, 0, "second one");
		expect_end(s);
	}
}

static void pcap_modified_has_longer_records(void **state)
{
	struct maker m = { 0 };

	pcap_head(&m, 0xa1b2cd34, 1);
	for (int i = 0; i < 2; i++) {
		put32(&m, 7);
		put32(&m, 8);
		put32(&m, 3);
		put32(&m, 3);
		buf_put(&m.b, "iiiippt", 8);
		buf_puts(&m.b, "abc");
	}
	struct source *s = open_made(&m);

	expect_packet(s, 7 * NS + 8000, 1, 0, "abc");
	expect_packet(s, 7 * NS + 8000, 1, 0, "abc");
	expect_end(s);
}

static void pcapng_sections_of_either_order(void **state)
{
	struct maker m = { .big = true };
	struct source *s;

	section(&m);
	interface(&m, 1, 0, -1);
	interface(&m, 276, 0, 9);
	packet(&m, 1, 1700000000123456789, "nano", NULL, NULL);
	packet(&m, 0, 1700000000000001, "micro", NULL, NULL);
	m.big = false;
	section(&m);
	interface(&m, 101, 0, 3);
	packet(&m, 0, 1700000000001, "milli", NULL, NULL);
	s = open_made(&m);
	expect_packet(s, 1700000000123456789, 276, 1, "nano");
	expect_packet(s, 1700000000000001000, 1, 0, "micro");
	expect_packet(s, 1700000000001000000, 101, 2, "milli");
	expect_end(s);
}

static void pcapng_time_resolutions(void **state)
{
	static const struct {
		int resol;
		uint64_t ts;
		int64_t ns;
	} rows[] = {
		{ 0, 1700000000, 1700000000 * NS },
		{ 12, 5000, 5 },
		{ 28, UINT64_MAX, 1 },
		{ 29, UINT64_MAX, 0 },
		{ 127, UINT64_MAX, 0 },
		{ 0x80, 3, 3 * NS },
		{ 0x80 | 10, 1536, 1500000000 },
		{ 0x80 | 32, (1700000000ull << 32) | 0x80000000, 1700000000 * NS + NS / 2 },
		{ 0xff, UINT64_MAX, 0 },
		{ 0, UINT64_MAX, (int64_t)1 << 62 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct maker m = { 0 };
		struct source *s;

		section(&m);
		interface(&m, 1, 0, rows[i].resol);
		packet(&m, 0, rows[i].ts, "x", NULL, NULL);
		s = open_made(&m);
		expect_packet(s, rows[i].ns, 1, 0, "x");
		expect_end(s);
	}
}

static void pcapng_time_offset_moves_the_stamps(void **state)
{
	struct maker m = { .big = true }, body = { .big = true };
	static const uint8_t minus_ten[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf6 };
	struct source *s;

	section(&m);
	put16(&body, 1);
	put16(&body, 0);
	put32(&body, 0);
	option(&body, 14, minus_ten, 8);
	block(&m, 1, &body);
	buf_fini(&body.b);
	packet(&m, 0, 25000000, "x", NULL, NULL);
	s = open_made(&m);
	expect_packet(s, 15 * NS, 1, 0, "x");
	expect_end(s);
}

static void pcapng_comments(void **state)
{
	struct maker m = { 0 };
	struct source *s;
	struct source_packet p;

	section(&m);
	interface(&m, 1, 0, 9);
	packet(&m, 0, 1, "abc", "look here", NULL);
	packet(&m, 0, 2, "abcd", "one", "two");
	packet(&m, 0, 3, "abcde", NULL, NULL);
	s = open_made(&m);
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_true(slice_eq_str(p.comment, "look here"));
	assert_int_equal(p.wire_len, 103);
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_true(slice_eq_str(p.comment, "one\ntwo"));
	assert_true(slice_eq_str(p.bytes, "abcd"));
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.comment.n, 0);
	expect_end(s);
}

static void pcapng_simple_and_obsolete_packets(void **state)
{
	struct maker m = { 0 }, simple = { 0 }, old = { 0 };
	struct source *s;
	struct source_packet p;

	section(&m);
	interface(&m, 1, 6, 9);
	interface(&m, 113, 0, 9);
	put16(&old, 1);
	put16(&old, 77); /* drops */
	put32(&old, 0);
	put32(&old, 4242);
	put32(&old, 3);
	put32(&old, 60);
	buf_puts(&old.b, "old");
	pad(&old);
	option(&old, 1, "aged", 4);
	block(&m, 2, &old);
	put32(&simple, 9);
	buf_puts(&simple.b, "123456");
	block(&m, 3, &simple);
	buf_fini(&old.b);
	buf_fini(&simple.b);
	s = open_made(&m);
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_true(slice_eq_str(p.bytes, "old"));
	assert_true(slice_eq_str(p.comment, "aged"));
	assert_int_equal(p.ts, 4242);
	assert_int_equal(p.wire_len, 60);
	assert_int_equal(p.link_type, 113);
	/* cut by the interface's snap length, and without a time of its own */
	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_true(slice_eq_str(p.bytes, "123456"));
	assert_int_equal(p.wire_len, 9);
	assert_int_equal(p.ts, 4242);
	assert_int_equal(p.link_type, 1);
	expect_end(s);
}

static void pcapng_secrets_and_unknown_blocks(void **state)
{
	struct maker m = { 0 }, junk = { 0 };
	struct source *s;
	struct source_packet p;
	struct slice lines;
	struct err e;

	section(&m);
	interface(&m, 1, 0, 9);
	buf_puts(&junk.b, "names, statistics, whatever");
	block(&m, 4, &junk);
	block(&m, 5, &junk);
	block(&m, 0x40000bad, &junk);
	secrets(&m, 0x57474b4c, "WireGuard");
	secrets(&m, 0x544c534b, "CLIENT_RANDOM aa bb\n");
	packet(&m, 0, 5, "p", NULL, NULL);
	buf_fini(&junk.b);
	s = open_made(&m);
	assert_int_equal(s->ops->next(s, &p, &lines, &e), SOURCE_SECRETS);
	assert_true(slice_eq_str(lines, "CLIENT_RANDOM aa bb\n"));
	expect_packet(s, 5, 1, 0, "p");
	expect_end(s);
}

/* --- Damage
 * ----------------------------------------------------------------------------------------- */

/* Reads to the end; how many packets, and *e of kind ERR_NONE when nothing was wrong. */
static unsigned count(struct slice bytes, struct err *e)
{
	struct source *s;
	struct source_packet p;
	struct slice lines;
	enum source_result r;
	unsigned n = 0;

	*e = (struct err){ 0 };
	s = open_bytes(bytes, e);
	if (!s)
		return 0;
	while ((r = s->ops->next(s, &p, &lines, e)) > 0)
		n += r == SOURCE_PACKET;
	if (r == SOURCE_ERROR)
		assert_int_equal(s->ops->next(s, &p, &lines, e), SOURCE_END);
	s->ops->free(s);
	return n;
}

/* Every prefix gives the whole packets it holds and, unless it ends between two records, an error.
 */
static void cut_everywhere(struct maker *m, const size_t *ends, unsigned nends)
{
	struct err e;

	for (size_t n = 0; n <= m->b.n; n++) {
		unsigned whole = 0;
		bool clean = false;
		unsigned got = count(slice_of(m->b.p, n), &e);

		for (unsigned i = 0; i < nends; i++) {
			whole += i > 0 && n >= ends[i]; /* ends[0]: the header alone */
			clean = clean || n == ends[i];
		}
		assert_int_equal(got, whole);
		if (clean != (e.kind == ERR_NONE))
			fail_msg("%zu bytes: %s", n, e.msg);
		if (!clean)
			assert_int_equal(e.kind, ERR_DATA);
	}
	buf_fini(&m->b);
}

static void pcap_cut_everywhere(void **state)
{
	struct maker m = { 0 };
	size_t ends[3];

	pcap_head(&m, 0xa1b2c3d4, 1);
	ends[0] = m.b.n;
	pcap_packet(&m, 1, 2, "hello", 5);
	ends[1] = m.b.n;
	pcap_packet(&m, 1, 2, "", 5);
	ends[2] = m.b.n;
	cut_everywhere(&m, ends, 3);
}

static void pcapng_cut_everywhere(void **state)
{
	struct maker m = { 0 };
	size_t ends[4];
	struct err e;

	section(&m);
	ends[0] = m.b.n;
	cut_everywhere(&(struct maker){ .b = m.b }, ends, 1);
	m = (struct maker){ .big = true };
	section(&m);
	interface(&m, 1, 0, 9);
	ends[0] = m.b.n;
	packet(&m, 0, 5, "hello", "a comment", NULL);
	ends[1] = m.b.n;
	packet(&m, 0, 6, "", NULL, NULL);
	ends[2] = m.b.n;
	for (size_t n = 0; n <= m.b.n; n++)
		assert_int_equal(count(slice_of(m.b.p, n), &e), (n >= ends[1]) + (n >= ends[2]));
	assert_int_equal(e.kind, ERR_NONE);
	count(slice_of(m.b.p, ends[2] - 1), &e);
	assert_non_null(strstr(e.msg, "cut short in packet 2 (byte "));
	assert_non_null(strstr(e.msg, "the rest is missing"));
	buf_fini(&m.b);
}

/* Any single byte set to anything: an error, fewer or other packets, never a crash. */
static void flip_every_byte(struct maker *m)
{
	struct err e;

	for (size_t i = 0; i < m->b.n; i++)
		for (unsigned v = 0; v < 256; v += 15) {
			uint8_t was = m->b.p[i];

			m->b.p[i] = (uint8_t)v;
			assert_true(count(buf_view(&m->b), &e) <= 4);
			m->b.p[i] = was;
		}
	buf_fini(&m->b);
}

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

static void expect_damage(struct maker *m, unsigned packets, const char *words)
{
	struct err e;

	assert_int_equal(count(buf_view(&m->b), &e), packets);
	assert_int_equal(e.kind, ERR_DATA);
	if (!strstr(e.msg, words))
		fail_msg("\"%s\" is not in: %s", words, e.msg);
	assert_null(strchr(e.msg, '\n'));
	buf_fini(&m->b);
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

/* --- gzip and pipes
 * --------------------------------------------------------------------------------- */

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
		cmocka_unit_test(pcap_in_all_four_kinds),
		cmocka_unit_test(pcap_modified_has_longer_records),
		cmocka_unit_test(pcapng_sections_of_either_order),
		cmocka_unit_test(pcapng_time_resolutions),
		cmocka_unit_test(pcapng_time_offset_moves_the_stamps),
		cmocka_unit_test(pcapng_comments),
		cmocka_unit_test(pcapng_simple_and_obsolete_packets),
		cmocka_unit_test(pcapng_secrets_and_unknown_blocks),
		cmocka_unit_test(pcap_cut_everywhere),
		cmocka_unit_test(pcapng_cut_everywhere),
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

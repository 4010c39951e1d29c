/* Capture files made byte by byte, and what reading them must give; for the tests of the readers. */
#ifndef TESTS_TRACE_CAPFILE_H
#define TESTS_TRACE_CAPFILE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "trace/source.h"

/* --- Making capture files
 * --------------------------------------------------------------------------- */

struct maker {
	struct buf b;
	bool big;
};

static inline void put16(struct maker *m, uint16_t v)
{
	uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };
	uint8_t r[2] = { b[1], b[0] };

	buf_put(&m->b, m->big ? r : b, 2);
}

static inline void put32(struct maker *m, uint32_t v)
{
	put16(m, (uint16_t)(m->big ? v >> 16 : v));
	put16(m, (uint16_t)(m->big ? v : v >> 16));
}

static inline void pcap_head(struct maker *m, uint32_t magic, uint32_t link)
{
	put32(m, magic);
	put16(m, 2);
	put16(m, 4);
	put32(m, 0);
	put32(m, 0);
	put32(m, 65535);
	put32(m, link);
}

static inline void pcap_packet(struct maker *m, uint32_t sec, uint32_t frac, const char *bytes, uint32_t wire)
{
	put32(m, sec);
	put32(m, frac);
	put32(m, (uint32_t)strlen(bytes));
	put32(m, wire);
	buf_puts(&m->b, bytes);
}

static inline void pad(struct maker *m)
{
	while (m->b.n % 4)
		buf_putc(&m->b, 0);
}

/* A block with this body: only whole 4 bytes. */
static inline void block(struct maker *m, uint32_t type, const struct maker *body)
{
	uint32_t len = (uint32_t)((body->b.n + 3) / 4 * 4 + 12);

	put32(m, type);
	put32(m, len);
	buf_put(&m->b, body->b.p, body->b.n);
	pad(m);
	put32(m, len);
}

static inline void option(struct maker *m, uint16_t code, const void *p, uint16_t n)
{
	put16(m, code);
	put16(m, n);
	buf_put(&m->b, p, n);
	pad(m);
}

static inline void section(struct maker *m)
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
static inline void interface(struct maker *m, uint16_t link, uint32_t snaplen, int resol)
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

static inline void packet(
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

static inline void secrets(struct maker *m, uint32_t type, const char *lines)
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

static inline struct file file_of(struct slice s)
{
	struct file f = { .fd = memfd_create("capture", 0) };

	assert_true(f.fd >= 0);
	assert_int_equal(write(f.fd, s.p, s.n), (ssize_t)s.n);
	snprintf(f.path, sizeof(f.path), "/proc/self/fd/%d", f.fd);
	return f;
}

static inline struct source *open_bytes(struct slice s, struct err *e)
{
	struct file f = file_of(s);
	struct source *src = source_file(f.path, e);

	close(f.fd);
	return src;
}

static inline struct source *open_made(struct maker *m)
{
	struct err e = { 0 };
	struct source *s = open_bytes(buf_view(&m->b), &e);

	if (!s)
		fail_msg("%s", e.msg);
	buf_fini(&m->b);
	return s;
}

static inline enum source_result next(struct source *s, struct source_packet *p)
{
	struct slice lines;
	struct err e = { 0 };
	enum source_result r = s->ops->next(s, p, &lines, &e);

	if (r == SOURCE_ERROR)
		print_message("%s\n", e.msg);
	return r;
}

static inline void expect_packet(
    struct source *s, int64_t ts, uint32_t link, uint32_t iface, const char *bytes)
{
	struct source_packet p;

	assert_int_equal(next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.ts, ts);
	assert_int_equal(p.link_type, link);
	assert_int_equal(p.interface, iface);
	assert_int_equal(p.bytes.n, strlen(bytes));
	assert_memory_equal(p.bytes.p, bytes, p.bytes.n);
}

static inline void expect_end(struct source *s)
{
	struct source_packet p;

	assert_int_equal(next(s, &p), SOURCE_END);
	assert_int_equal(next(s, &p), SOURCE_END);
	s->ops->free(s);
}

#define NS 1000000000ll

/* --- Damage ----------------------------------------------------------------------------------- */

/* Reads to the end; how many packets, and *e of kind ERR_NONE when nothing was wrong. */
static inline unsigned count(struct slice bytes, struct err *e)
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
static inline void cut_everywhere(struct maker *m, const size_t *ends, unsigned nends)
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

/* Any single byte set to anything: an error, fewer or other packets, never a crash. */
static inline void flip_every_byte(struct maker *m)
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

static inline void expect_damage(struct maker *m, unsigned packets, const char *words)
{
	struct err e;

	assert_int_equal(count(buf_view(&m->b), &e), packets);
	assert_int_equal(e.kind, ERR_DATA);
	if (!strstr(e.msg, words))
		fail_msg("\"%s\" is not in: %s", words, e.msg);
	assert_null(strchr(e.msg, '\n'));
	buf_fini(&m->b);
}

#endif

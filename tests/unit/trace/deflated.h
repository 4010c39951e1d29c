/* Compressed content for the tests of what is made of it. */
#ifndef TESTS_TRACE_DEFLATED_H
#define TESTS_TRACE_DEFLATED_H

#include "base/buf.h"

#include <zlib.h>

/* What zlib makes of `text` under these window bits: 31 gzip, 15 zlib, -15 raw. */
static inline struct buf deflated(struct slice text, int window, int flush)
{
	z_stream z = { 0 };
	struct buf out = { 0 };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(buf_reserve(&out, deflateBound(&z, text.n) + 64), 0);
	z.next_in = (Bytef *)(uintptr_t)text.p;
	z.avail_in = (uInt)text.n;
	z.next_out = out.p;
	z.avail_out = (uInt)out.cap;
	deflate(&z, flush);
	out.n = z.total_out;
	deflateEnd(&z);
	return out;
}

static inline struct buf gzipped(struct slice text)
{
	return deflated(text, 31, Z_FINISH);
}

#endif

/* Exercises the chunked decoder: data, end and verdict must be the same whole, in pieces and octet
 * by octet, and what was decoded must come out again when it is encoded. */
#include "http/chunk.h"
#include "http/parse.h"
#include "http/write.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct result {
	ssize_t verdict; /* octets used when done, 0 when not, -reason */
	uint64_t tolerated;
	struct buf body;
};

static struct result decode(struct slice in, size_t most, int flags)
{
	struct result r = { 0 };
	struct http_chunk c;
	struct slice data;
	size_t used = 0;
	ssize_t n;

	http_chunk_init(&c, 0, flags);
	while (used < in.n && !http_chunk_done(&c)) {
		n = http_chunk_feed(&c, slice_sub(in, used, most), &data);
		if (n < 0) {
			r.verdict = n;
			return r;
		}
		assert(n > 0 && (size_t)n <= in.n - used);
		assert(data.n <= (size_t)n);
		buf_slice(&r.body, data);
		used += (size_t)n;
	}
	assert(c.body == r.body.n);
	r.tolerated = c.tolerated;
	r.verdict = http_chunk_done(&c) ? (ssize_t)used : 0;
	return r;
}

static void check_encoded(struct slice body)
{
	struct buf out = { 0 };
	struct result r;

	assert(http_write_chunk(&out, body) == 0 && http_write_last_chunk(&out) == 0);
	r = decode(buf_view(&out), out.n, 0);
	assert(r.verdict == (ssize_t)out.n && slice_eq(buf_view(&r.body), body));
	buf_fini(&r.body);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size);
	ssize_t strict = 0;
	int flags;

	for (flags = 0; flags <= HTTP_LENIENT; flags++) {
		struct result whole = decode(in, size, flags);
		size_t most;

		for (most = 1; most < size && most < 8; most++) {
			struct result cut = decode(in, most, flags);

			assert(cut.verdict == whole.verdict && cut.tolerated == whole.tolerated);
			if (whole.verdict >= 0)
				assert(slice_eq(buf_view(&cut.body), buf_view(&whole.body)));
			buf_fini(&cut.body);
		}
		if (flags == 0)
			strict = whole.verdict;
		else if (strict > 0)
			assert(whole.verdict == strict && whole.tolerated == 0);
		if (whole.verdict > 0)
			check_encoded(buf_view(&whole.body));
		buf_fini(&whole.body);
	}
	return 0;
}

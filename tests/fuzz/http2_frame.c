/* HTTP/2 frames one behind the other, and the search for the next one. */
#include "http2/frame.h"

#include <assert.h>

static void walk_lists(const struct h2_frame *f, struct slice body)
{
	struct h2_setting s;
	struct slice origin;
	size_t n = body.n;

	if (f->type == H2_SETTINGS)
		while (h2_setting_next(&body, &s)) {
			assert(body.n + 6 == n);
			n = body.n;
			(void)h2_setting_valid(&s);
		}
	if (f->type == H2_ORIGIN)
		while (h2_origin_next(&body, &origin)) {
			assert(body.n + 2 + origin.n == n);
			n = body.n;
		}
}

static void one_frame(const struct h2_frame *f, struct slice payload)
{
	struct h2_payload p;
	uint32_t content, padding;
	int r = h2_frame_payload(f, payload, &p), start;

	assert(r <= 0 && -r < H2_FAULT_COUNT);
	assert(h2_fault_text((enum h2_fault) - r));
	if (r < 0)
		return;
	assert(p.body.n + p.padding <= payload.n);
	assert(p.body.n == 0 || (p.body.p >= payload.p && p.body.p + p.body.n <= payload.p + payload.n));
	walk_lists(f, p.body);
	(void)h2_error_words(p.error);
	if (f->type != H2_DATA)
		return;
	start = h2_data_start(f, payload, &content, &padding);
	assert(start > 0 && content == p.body.n && padding == p.padding);
	assert((size_t)start - 1 + content + padding == payload.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of(data, size);
	ssize_t at = h2_frames_find(in, H2_FRAME_DEFAULT);
	struct h2_frame f;

	assert(at < 0 || (size_t)at + H2_HEADER <= size);
	assert(!h2_frames_only(in) || at == 0);
	(void)h2_start_looks_like(in);
	while (h2_frame_header(in, &f)) {
		struct slice payload = slice_sub(in, H2_HEADER, f.length);

		if (payload.n == f.length)
			one_frame(&f, payload);
		in = slice_skip(in, H2_HEADER + (size_t)f.length);
	}
	return 0;
}

/* Content of every kind and coding, cut by the input: the same is found however it was cut, and memory is bounded. */
#include <assert.h>

#include "base/bytes.h"
#include "trace/content.h"

static const char *const types[] = { "", "text/plain", "text/html; charset=utf-8", "application/json",
	"application/x-www-form-urlencoded", "image/png", "application/problem+json" };
static const char *const codings[] = { "", "gzip", "deflate", "br" };

/* The input: a byte for type and coding, one for the size of the pieces, the content. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct content whole, pieces; /* zero at first */
	struct rd r = rd_of(slice_of(data, size));
	uint8_t how = rd_u8(&r);
	size_t piece = (size_t)rd_u8(&r) + 1;
	struct slice body = rd_rest(&r), rest = body;
	struct slice type = slice_str(types[how % 7]), coding = slice_str(codings[how / 7 % 4]);

	content_begin(&whole, type, coding);
	content_begin(&pieces, type, coding);
	content_feed(&whole, body);
	while (rest.n) {
		content_feed(&pieces, slice_sub(rest, 0, piece));
		rest = slice_skip(rest, piece);
		assert(content_held(&pieces) <= CONTENT_KEPT * 2 + INFLATE_HELD);
	}
	assert(whole.bytes == body.n && pieces.bytes == body.n);
	assert(whole.nexcerpt == pieces.nexcerpt && !memcmp(whole.excerpt, pieces.excerpt, whole.nexcerpt));
	if (whole.coding == CODING_NONE) {
		assert(whole.asks == pieces.asks);
		assert(whole.looking == pieces.looking);
		assert(!whole.looking || slice_eq(buf_view(&whole.kept), buf_view(&pieces.kept)));
	}
	content_drop(&whole);
	content_drop(&pieces);
	return 0;
}

/* Exercises the key log: whole and in pieces must count and keep the same; what was kept must be accepted
 * again, line for line. */
#include "tls/keylog.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(struct keylog *k, struct slice text, size_t most)
{
	keylog_init(k);
	for (size_t at = 0; at < text.n; at += most)
		keylog_feed(k, slice_sub(text, at, most));
	keylog_end(k);
}

static void same(const struct keylog *a, const struct keylog *b)
{
	assert(a->accepted == b->accepted && a->ignored == b->ignored && a->bad == b->bad);
	assert(a->over == 0 && b->over == 0);
	assert(slice_eq(keylog_lines(a), keylog_lines(b)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	struct keylog whole, pieces;

	feed(&whole, text, size + !size);
	feed(&pieces, text, 1);
	same(&whole, &pieces);
	keylog_fini(&pieces);
	feed(&pieces, text, 7);
	same(&whole, &pieces);
	keylog_fini(&pieces);
	assert(whole.sessions.n <= whole.accepted);

	feed(&pieces, keylog_lines(&whole), 100);
	assert(pieces.accepted == whole.accepted && pieces.bad == 0 && pieces.ignored == 0);
	assert(slice_eq(keylog_lines(&whole), keylog_lines(&pieces)));
	keylog_fini(&pieces);
	keylog_fini(&whole);
	return 0;
}

/* Exercises the key log: whole and in pieces must count and keep the same. */
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
	assert(a->sessions.n == b->sessions.n);
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

	for (size_t at = 0; at + KEYLOG_RANDOM_SIZE <= size && at < 4; at++) {
		struct slice random = slice_of(data + at, KEYLOG_RANDOM_SIZE);
		struct buf lines = { 0 };
		unsigned shown = 0;

		assert(keylog_put_lines(&whole, random, &shown, &lines) == 0 || keylog_has(&whole, random));
		buf_fini(&lines);
	}
	feed(&pieces, text, 100);
	same(&whole, &pieces);
	keylog_fini(&pieces);
	keylog_fini(&whole);
	return 0;
}

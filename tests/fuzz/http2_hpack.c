/* A row of header blocks through one decoder, whose table may be forgotten in between, and the heads they make.
 * Each block stands behind an octet that says what comes before it (bits 0-1: nothing, forget, a limit) and its
 * length. */
#include "base/bytes.h"
#include "http2/head.h"

#include <assert.h>

static void look_at(const struct hpack_list *list, struct arena *a)
{
	struct h2_head head;
	size_t kept = 0;

	assert(list->n <= HPACK_FIELDS_MAX);
	for (unsigned i = 0; i < list->n; i++) {
		const struct hpack_field *f = &list->v[i];

		assert(!f->unknown_name || f->name.n == 0);
		assert(!f->unknown_value || f->unknown_name);
		kept += f->name.n + f->value.n;
	}
	assert(kept <= HPACK_LIST_MAX);
	assert(kept + 4 * (size_t)list->n <= list->text);
	h2_head_read(list, a, &head);
	assert(head.flaw < H2_FLAW_COUNT && head.msg.nfields <= HTTP_FIELDS_MAX);
	assert(head.kind != H2_HEAD_UNKNOWN || list->unknown || list->lost);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(slice_of(data, size));
	struct hpack *h = hpack_new();
	struct hpack_list list;
	struct arena a;

	assert(h);
	arena_init(&a, 1 << 20);
	while (rd_left(&r)) {
		uint8_t what = rd_u8(&r);
		size_t n = rd_u8(&r);

		if ((what & 3) == 1)
			hpack_forget(h);
		if ((what & 3) == 2)
			hpack_limit(h, (uint32_t)(what >> 2) * 4096);
		arena_reset(&a);
		if (hpack_decode(h, rd_take(&r, n < rd_left(&r) ? n : rd_left(&r)), &a, &list) == 0)
			look_at(&list, &a);
		else
			assert(!hpack_known(h));
		assert(hpack_held(h) < (1 << 20));
	}
	hpack_free(h);
	arena_fini(&a);
	return 0;
}

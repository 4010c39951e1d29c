/* HPACK over nghttp2's decoder; see hpack.h.  RFC 7541.
 *
 * A table that is not known is stood in for by one filled with place holders: entries with an empty name and an
 * empty value, which no header field has.  They take 32 octets each, the least an entry can take, so there are at
 * least as many of them as there can be unknown entries.  Entries that are added push them down and out just as
 * they do the unknown ones at the sender, so that every index still finds what it means.  The same goes for a
 * table that is larger here than at the sender: what it keeps too long nobody refers to. */
#include "http2/hpack.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>

enum {
	ENTRY_OVERHEAD = 32, /* RFC 7541 4.1 */
	ENTRY_COST = 160,    /* about what nghttp2 takes for an entry beyond its text */
	DECODER_COST = 2048, /* and for a decoder */
	REBUILDS_MAX = 16,   /* large stand-ins made for one direction; then it counts as hopeless */
};

struct hpack {
	nghttp2_hd_inflater *inflater;
	uint32_t limit;    /* the most that was announced, at most HPACK_TABLE_MAX */
	uint32_t stand_in; /* size of the table of place holders; 0: the table is known */
	bool stale;        /* the stand-in has to be made anew */
	unsigned rebuilds;
};

struct hpack *hpack_new(void)
{
	struct hpack *h = calloc(1, sizeof(*h));

	if (!h || nghttp2_hd_inflate_new(&h->inflater) != 0) {
		free(h);
		return NULL;
	}
	h->limit = HPACK_TABLE_DEFAULT;
	return h;
}

void hpack_free(struct hpack *h)
{
	if (!h)
		return;
	nghttp2_hd_inflate_del(h->inflater);
	free(h);
}

void hpack_forget(struct hpack *h)
{
	h->stand_in = h->limit;
	h->stale = true;
}

bool hpack_known(const struct hpack *h)
{
	return h->stand_in == 0;
}

void hpack_limit(struct hpack *h, uint32_t size)
{
	if (size > HPACK_TABLE_MAX)
		size = HPACK_TABLE_MAX;
	if (size <= h->limit)
		return;
	h->limit = size;
	if (h->inflater)
		nghttp2_hd_inflate_change_table_size(h->inflater, size);
}

size_t hpack_held(const struct hpack *h)
{
	size_t entries;

	if (!h)
		return 0;
	if (!h->inflater)
		return sizeof(*h);
	entries = nghttp2_hd_inflate_get_num_table_entries(h->inflater);
	return sizeof(*h) + DECODER_COST + entries * ENTRY_COST +
	       nghttp2_hd_inflate_get_dynamic_table_size(h->inflater);
}

/* --- Reading a block ------------------------------------------------------------------------------------ */

/* Puts a field into the list; without an arena it is only counted. */
static void keep(struct hpack_list *out, struct arena *a, const nghttp2_nv *nv, size_t *kept, bool known)
{
	struct slice name = slice_of(nv->name, nv->namelen), value = slice_of(nv->value, nv->valuelen);
	struct hpack_field *f = &out->v[out->n];

	out->text += name.n + value.n + sizeof(": \r\n") - 1;
	if (!a)
		return;
	if (out->n == HPACK_FIELDS_MAX || name.n + value.n > HPACK_LIST_MAX - *kept) {
		out->lost++;
		return;
	}
	*f = (struct hpack_field){ .name = arena_dup(a, name),
		.value = arena_dup(a, value),
		.unknown_name = !known && !name.n,
		.unknown_value = !known && !name.n && !value.n,
		.never_indexed = nv->flags & NGHTTP2_NV_FLAG_NO_INDEX };
	if ((name.n && !f->name.p) || (value.n && !f->value.p)) {
		out->lost++;
		return;
	}
	*kept += name.n + value.n;
	out->unknown += f->unknown_name;
	out->n++;
}

static int inflate(struct hpack *h, struct slice block, struct arena *a, struct hpack_list *out)
{
	const uint8_t *p = block.n ? block.p : (const uint8_t *)"";
	size_t left = block.n, kept = 0;

	out->n = out->lost = out->unknown = 0;
	out->text = 0;
	for (;;) {
		int flags = 0;
		nghttp2_nv nv;
		ssize_t used = nghttp2_hd_inflate_hd2(h->inflater, &nv, &flags, p, left, 1);

		if (used < 0)
			return -1;
		p += used;
		left -= (size_t)used;
		if (flags & NGHTTP2_HD_INFLATE_EMIT)
			keep(out, a, &nv, &kept, h->stand_in == 0);
		if (flags & NGHTTP2_HD_INFLATE_FINAL)
			return nghttp2_hd_inflate_end_headers(h->inflater);
		if (!(flags & NGHTTP2_HD_INFLATE_EMIT) && left == 0)
			return -1;
	}
}

/* --- Tables that are not known -------------------------------------------------------------------------- */

/* Feeds octets that make no list. */
static int feed(struct hpack *h, struct slice octets)
{
	struct hpack_list none;

	return inflate(h, octets, NULL, &none);
}

/* A new decoder whose table holds nothing but place holders. */
static int make_stand_in(struct hpack *h)
{
	static const uint8_t place_holder[] = { 0x40, 0, 0 }; /* literal with indexing, no name, no value */
	static const uint8_t whole_table[] = { 0x3f, 0xe1, 0xff, 0x03 }; /* size update to HPACK_TABLE_MAX */

	nghttp2_hd_inflate_del(h->inflater);
	h->inflater = NULL;
	if (nghttp2_hd_inflate_new(&h->inflater) != 0)
		return -1;
	if (h->stand_in > HPACK_TABLE_DEFAULT) {
		h->stand_in = HPACK_TABLE_MAX;
		h->rebuilds++;
		nghttp2_hd_inflate_change_table_size(h->inflater, HPACK_TABLE_MAX);
		if (feed(h, slice_of(whole_table, sizeof(whole_table))) < 0)
			return -1;
	} else if (h->limit > HPACK_TABLE_DEFAULT) {
		nghttp2_hd_inflate_change_table_size(h->inflater, h->limit);
	}
	for (uint32_t n = h->stand_in / ENTRY_OVERHEAD; n; n--)
		if (feed(h, slice_of(place_holder, sizeof(place_holder))) < 0)
			return -1;
	h->stale = false;
	return 0;
}

/* The sender's table seems to be larger than the one that stands in for it. */
static bool try_larger(struct hpack *h)
{
	if (h->stand_in == 0 || h->stand_in == HPACK_TABLE_MAX || h->rebuilds == REBUILDS_MAX)
		return false;
	h->stand_in = h->limit = HPACK_TABLE_MAX;
	return make_stand_in(h) == 0;
}

int hpack_decode(struct hpack *h, struct slice block, struct arena *a, struct hpack_list *out)
{
	out->n = out->lost = out->unknown = 0;
	out->text = 0;
	if (h->stale && (h->rebuilds == REBUILDS_MAX || make_stand_in(h) < 0))
		return -1;
	if (!h->inflater)
		return -1;
	do
		if (inflate(h, block, a, out) == 0)
			return 0;
	while (try_larger(h));
	hpack_forget(h);
	return -1;
}

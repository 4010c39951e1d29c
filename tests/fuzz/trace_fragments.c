/* Fragments in any order, of any size, with any overlap: what is put together must be what was sent, and no more
 * may be held than is allowed.  Five input bytes are one fragment. */
#include <assert.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "trace/defrag.h"

enum { HELD_MAX = 24 * 1024 };

/* What an honest sender puts at this place of a datagram. */
static uint8_t honest(uint32_t off)
{
	return (uint8_t)(off * 31 >> 3);
}

/* First byte: bits 0-1 id, 2 family, 3 more, 4 lies about its bytes, 5-7 what time passes. */
static struct defrag_fragment read_one(struct rd *r, uint8_t *room, int64_t *now)
{
	static const int64_t waits[] = { 0, 1, CLOCK_SEC, 20 * CLOCK_SEC, 31 * CLOCK_SEC, -CLOCK_SEC, 0, 0 };
	uint8_t flags = rd_u8(r);
	uint32_t off = rd_be16(r) & 0xfff8;
	size_t n = rd_be16(r) % 1501;
	struct defrag_fragment f;

	*now += waits[flags >> 5];
	memset(&f, 0, sizeof(f));
	f.key.src.family = f.key.dst.family = flags & 4 ? 6 : 4;
	f.key.id = flags & 3;
	f.off = off;
	f.more = flags & 8;
	f.next = flags;
	f.limit = DEFRAG_BYTES - 20;
	f.ts = *now;
	for (size_t i = 0; i < n; i++)
		room[i] = (uint8_t)(honest(off + (uint32_t)i) ^ (flags & 16));
	f.bytes = slice_of(room, n);
	return f;
}

static void look_at(const struct defrag *d, const struct defrag_result *r)
{
	const struct defrag_piece *at = NULL;
	uint32_t n = 0;

	assert(d->held <= d->max);
	assert(d->n <= DEFRAG_DATAGRAMS);
	if (r->verdict != DEFRAG_DONE)
		return;
	assert(r->whole.n == r->datagram->total && r->datagram->have == r->datagram->total);
	for (uint32_t i = 0; i < r->whole.n; i++)
		assert((r->whole.p[i] ^ honest(i)) == 0 || (r->whole.p[i] ^ honest(i)) == 16);
	while (defrag_packet(r->datagram, &at))
		n++;
	assert(n == r->datagram->npieces);
}

static void expire(struct defrag *d, int64_t now)
{
	struct defrag_datagram *g;

	while ((g = defrag_expire(d, now))) {
		uint32_t from = 0, to = 0, gaps = 0;

		for (; to != UINT32_MAX && defrag_gap(g, &from, &to); from = to)
			gaps++;
		assert(gaps >= 1); /* else it would have been complete */
		defrag_free(d, g);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(slice_of(data, size));
	uint8_t room[1500];
	struct defrag d;
	int64_t now = 0;

	defrag_init(&d, HELD_MAX);
	for (uint64_t packet = 1; rd_left(&r) >= 5; packet++) {
		struct defrag_fragment f = read_one(&r, room, &now);
		struct defrag_result result;

		f.packet = packet;
		expire(&d, now);
		result = defrag_push(&d, &f);
		look_at(&d, &result);
	}
	expire(&d, INT64_MAX);
	assert(d.n == 0 && d.held == d.whole_n);
	defrag_fini(&d);
	return 0;
}

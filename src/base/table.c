/* A hash table of pointers; see table.h. */
#include "base/table.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>

enum { LARGE_PAGE = 2 << 20 };

#define ROTL(x, b) ((x) << (b) | (x) >> (64 - (b)))
#define SIPROUND(v)                                                                                          \
	do {                                                                                                 \
		v[0] += v[1], v[1] = ROTL(v[1], 13), v[1] ^= v[0];                                           \
		v[0] = ROTL(v[0], 32);                                                                       \
		v[2] += v[3], v[3] = ROTL(v[3], 16), v[3] ^= v[2];                                           \
		v[0] += v[3], v[3] = ROTL(v[3], 21), v[3] ^= v[0];                                           \
		v[2] += v[1], v[1] = ROTL(v[1], 17), v[1] ^= v[2];                                           \
		v[2] = ROTL(v[2], 32);                                                                       \
	} while (0)

uint64_t siphash13(const uint64_t key[2], const void *data, size_t n)
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
		key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u };
	const uint8_t *p = data;
	uint64_t m, tail = (uint64_t)n << 56;
	size_t left = n;

	for (; left >= 8; p += 8, left -= 8) {
		memcpy(&m, p, 8);
		v[3] ^= m;
		SIPROUND(v);
		v[0] ^= m;
	}
	for (size_t i = 0; i < left; i++)
		tail |= (uint64_t)p[i] << (8 * i);
	v[3] ^= tail;
	SIPROUND(v);
	v[0] ^= tail;
	v[2] ^= 0xff;
	SIPROUND(v);
	SIPROUND(v);
	SIPROUND(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t hash_mix_bytes(uint64_t h, struct slice s)
{
	uint64_t word;

	for (; s.n >= sizeof(word); s = slice_skip(s, sizeof(word))) {
		memcpy(&word, s.p, sizeof(word));
		h = hash_mix(h, word);
	}
	word = 0;
	if (s.n)
		memcpy(&word, s.p, s.n);
	return hash_mix(h, word);
}

void table_init(struct table *t)
{
	*t = (struct table){ 0 };
	if (getrandom(t->key, sizeof(t->key), 0) != sizeof(t->key))
		t->key[0] = (uint64_t)(uintptr_t)t; /* still works; only the flooding defence is weaker */
}

void table_fini(struct table *t)
{
	free(t->slots);
	t->slots = NULL;
	t->cap = t->n = 0;
}

uint64_t table_hash(const struct table *t, const void *key, size_t n)
{
	return siphash13(t->key, key, n);
}

static void place(struct table *t, uint64_t hash, void *item)
{
	size_t i = hash & (t->cap - 1);

	while (t->slots[i].item)
		i = (i + 1) & (t->cap - 1);
	t->slots[i] = (struct table_slot){ hash, item };
}

/* A large table is hit all over: large pages save most of the address translation.  Rounded inwards. */
static void advise_large(void *p, size_t n)
{
	uintptr_t from = ((uintptr_t)p + LARGE_PAGE - 1) & ~(uintptr_t)(LARGE_PAGE - 1);
	uintptr_t to = ((uintptr_t)p + n) & ~(uintptr_t)(LARGE_PAGE - 1);

	if (from < to)
		madvise((void *)from, to - from, MADV_HUGEPAGE); /* where it is refused, small pages do */
}

static int grow(struct table *t)
{
	struct table_slot *old = t->slots;
	size_t old_cap = t->cap, cap = old_cap ? old_cap * 2 : 16;
	struct table_slot *slots = calloc(cap, sizeof(*slots));

	if (!slots)
		return -1;
	advise_large(slots, cap * sizeof(*slots));
	t->slots = slots;
	t->cap = cap;
	for (size_t i = 0; i < old_cap; i++)
		if (old[i].item)
			place(t, old[i].hash, old[i].item);
	free(old);
	return 0;
}

int table_put(struct table *t, uint64_t hash, void *item)
{
	if (t->n * 4 >= t->cap * 3 && grow(t) < 0)
		return -1;
	place(t, hash, item);
	t->n++;
	return 0;
}

/* Empties slot i and moves later items of the same probe run back, so that no tombstone is needed. */
static void close_gap(struct table *t, size_t i)
{
	size_t mask = t->cap - 1, j = i;

	for (;;) {
		j = (j + 1) & mask;
		if (!t->slots[j].item)
			break;
		if (((j - (t->slots[j].hash & mask)) & mask) >= ((j - i) & mask)) {
			t->slots[i] = t->slots[j];
			i = j;
		}
	}
	t->slots[i].item = NULL;
}

void table_del(struct table *t, uint64_t hash, const void *item)
{
	size_t mask = t->cap - 1;

	if (!t->cap)
		return;
	for (size_t i = hash & mask; t->slots[i].item; i = (i + 1) & mask) {
		if (t->slots[i].item == item) {
			close_gap(t, i);
			t->n--;
			return;
		}
	}
}

void *table_next(const struct table *t, struct table_walk *w)
{
	while (t->slots[w->at].item) {
		const struct table_slot *slot = &t->slots[w->at];

		w->at = (w->at + 1) & (t->cap - 1);
		if (slot->hash == w->hash)
			return slot->item;
	}
	return NULL;
}

void *table_first(const struct table *t, uint64_t hash, struct table_walk *w)
{
	if (!t->cap)
		return NULL;
	*w = (struct table_walk){ hash, hash & (t->cap - 1) };
	return table_next(t, w);
}

void *table_each(const struct table *t, size_t *at)
{
	while (*at < t->cap) {
		void *item = t->slots[(*at)++].item;

		if (item)
			return item;
	}
	return NULL;
}

/* A hash table of pointers.  Keys are hashed with SipHash-1-3 under a random key, so that a peer who
 * chooses the keys cannot choose the collisions.  The table does not own the items and does not know the
 * keys: a look-up walks the few candidates with the same hash and the caller compares.
 *
 *	struct table_walk w;
 *	for (struct flow *f = table_first(t, hash, &w); f; f = table_next(t, &w))
 *		if (same_key(f, key))
 *			return f;
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/slice.h"

struct table_slot {
	uint64_t hash;
	void *item; /* NULL: free */
};

struct table {
	struct table_slot *slots; /* open addressing, linear probing */
	size_t cap;               /* a power of two, or 0 */
	size_t n;                 /* items */
	uint64_t key[2];
};

struct table_walk {
	uint64_t hash;
	size_t at; /* next slot to look at */
};

/* An empty table with a fresh random key. */
void table_init(struct table *t);
void table_fini(struct table *t);

uint64_t table_hash(const struct table *t, const void *key, size_t n);

/* 0, or -1 when out of memory (the table is unchanged).  The same item may not be put twice. */
int table_put(struct table *t, uint64_t hash, void *item);
/* Takes the item out; no-op when it is not there. */
void table_del(struct table *t, uint64_t hash, const void *item);

/* The items put with this hash; NULL after the last.  Do not put or del during a walk. */
void *table_first(const struct table *t, uint64_t hash, struct table_walk *w);
void *table_next(const struct table *t, struct table_walk *w);

/* Every item once, in no order: start with *at = 0; NULL after the last. */
void *table_each(const struct table *t, size_t *at);

/* One more word of a hash that nobody needs to be kept from guessing (after MurmurHash3's finalizer). */
static inline uint64_t hash_mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 32;
}

/* The same for all of some bytes. */
uint64_t hash_mix_bytes(uint64_t h, struct slice s);

/* SipHash-1-3 of n bytes (Aumasson and Bernstein 2012; the variant Rust and Python use). */
uint64_t siphash13(const uint64_t key[2], const void *data, size_t n);

#endif

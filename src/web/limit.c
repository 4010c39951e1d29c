/* Failed logins; see limit.h. */
#include "web/limit.h"

#include "base/clock.h"
#include "base/table.h"

#include <string.h>
#include <sys/random.h>

void limit_init(struct limit *l, unsigned tries)
{
	memset(l, 0, sizeof(*l));
	l->tries = tries;
	while (getrandom(l->key, sizeof(l->key), 0) != (ssize_t)sizeof(l->key))
		;
}

struct slice limit_address(const struct addr *who)
{
	struct slice bytes = addr_bytes(who);

	return slice_sub(bytes, 0, bytes.n == 16 ? 8 : bytes.n);
}

/* --- A bucket: the ms in which its window began, and how many tries were made in it --- */

enum { USED_BITS = 24 };

static uint64_t pack(int64_t ms, uint64_t used)
{
	return (uint64_t)ms << USED_BITS | used;
}

static int64_t start_of(uint64_t b)
{
	return (int64_t)(b >> USED_BITS) * CLOCK_MS;
}

static unsigned used_of(uint64_t b)
{
	return (unsigned)(b & ((1u << USED_BITS) - 1));
}

static _Atomic uint64_t *bucket(struct limit *l, struct slice who)
{
	return &l->buckets[siphash13(l->key, who.p, who.n) % LIMIT_BUCKETS];
}

unsigned limit_take(struct limit *l, struct slice who, int64_t now)
{
	_Atomic uint64_t *b = bucket(l, who);
	int64_t window = LIMIT_WINDOW * CLOCK_SEC;
	uint64_t was = atomic_load(b), next;

	if (l->tries == 0)
		return 0;
	do {
		bool fresh = used_of(was) == 0 || now - start_of(was) >= window;

		if (!fresh && used_of(was) >= l->tries)
			return (unsigned)((start_of(was) + window - now) / CLOCK_SEC) + 1;
		next = fresh ? pack(now / CLOCK_MS, 1) : was + 1;
	} while (!atomic_compare_exchange_weak(b, &was, next));
	return 0;
}

void limit_give_back(struct limit *l, struct slice who)
{
	_Atomic uint64_t *b = bucket(l, who);
	uint64_t was = atomic_load(b);

	while (used_of(was) && !atomic_compare_exchange_weak(b, &was, was - 1))
		;
}

/* --- Who has succeeded --- */

static uint64_t pair(const struct limit *l, struct slice who, const struct addr *from)
{
	struct slice there = limit_address(from);

	return hash_mix(siphash13(l->key, who.p, who.n), siphash13(l->key, there.p, there.n)) | 1;
}

void limit_remember(struct limit *l, struct slice who, const struct addr *from)
{
	uint64_t hash = pair(l, who, from);

	atomic_store(&l->known[(hash >> 1) % LIMIT_BUCKETS], hash);
}

bool limit_knows(const struct limit *l, struct slice who, const struct addr *from)
{
	uint64_t hash = pair(l, who, from);

	return atomic_load(&l->known[(hash >> 1) % LIMIT_BUCKETS]) == hash;
}

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

static struct limit_bucket *bucket(struct limit *l, struct slice who)
{
	return &l->buckets[siphash13(l->key, who.p, who.n) % LIMIT_BUCKETS];
}

unsigned limit_take(struct limit *l, struct slice who, int64_t now)
{
	struct limit_bucket *b = bucket(l, who);
	int64_t window = LIMIT_WINDOW * CLOCK_SEC;

	if (l->tries == 0)
		return 0;
	if (b->used == 0 || now - b->start >= window)
		*b = (struct limit_bucket){ .start = now };
	if (b->used >= l->tries)
		return (unsigned)((b->start + window - now) / CLOCK_SEC) + 1;
	b->used++;
	return 0;
}

void limit_give_back(struct limit *l, struct slice who)
{
	struct limit_bucket *b = bucket(l, who);

	if (b->used)
		b->used--;
}

static uint64_t pair(const struct limit *l, struct slice who, const struct addr *from)
{
	struct slice there = limit_address(from);

	return hash_mix(siphash13(l->key, who.p, who.n), siphash13(l->key, there.p, there.n)) | 1;
}

void limit_remember(struct limit *l, struct slice who, const struct addr *from)
{
	uint64_t hash = pair(l, who, from);

	l->known[(hash >> 1) % LIMIT_BUCKETS] = hash;
}

bool limit_knows(const struct limit *l, struct slice who, const struct addr *from)
{
	uint64_t hash = pair(l, who, from);

	return l->known[(hash >> 1) % LIMIT_BUCKETS] == hash;
}

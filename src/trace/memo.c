/* A bounded memory; see memo.h. */
#include "trace/memo.h"

#include "base/table.h"

#include <stdlib.h>
#include <sys/random.h>

void memo_init(struct memo *m)
{
	*m = (struct memo){ 0 };
	/* Without randomness a peer could make others be forgotten, which is all there is to it. */
	(void)!getrandom(m->key, sizeof(m->key), GRND_NONBLOCK);
}

void memo_fini(struct memo *m)
{
	free(m->v);
	m->v = NULL;
}

static uint64_t print_of(const struct memo *m, enum memo_kind kind, struct slice key)
{
	return siphash13((const uint64_t[]){ m->key[0] ^ kind, m->key[1] }, key.p, key.n);
}

static struct memo_item *set_of(const struct memo *m, uint64_t print)
{
	return &m->v[print % MEMO_SETS * MEMO_WAYS];
}

static struct memo_item *look(const struct memo *m, enum memo_kind kind, uint64_t print)
{
	struct memo_item *set = set_of(m, print);

	for (unsigned i = 0; i < MEMO_WAYS; i++)
		if (set[i].kind == kind && set[i].print == print)
			return &set[i];
	return NULL;
}

struct memo_item *memo_find(const struct memo *m, enum memo_kind kind, struct slice key)
{
	return m->v ? look(m, kind, print_of(m, kind, key)) : NULL;
}

/* The place of the set that is free, or was not used for longest. */
static struct memo_item *oldest_of(struct memo_item *set)
{
	struct memo_item *oldest = set;

	for (unsigned i = 0; i < MEMO_WAYS; i++) {
		if (set[i].kind == MEMO_NONE)
			return &set[i];
		if (set[i].packet < oldest->packet)
			oldest = &set[i];
	}
	return oldest;
}

struct memo_item *memo_put(struct memo *m, enum memo_kind kind, struct slice key)
{
	uint64_t print = print_of(m, kind, key);
	struct memo_item *item;

	if (!m->v && !(m->v = calloc((size_t)MEMO_SETS * MEMO_WAYS, sizeof(*m->v))))
		return NULL;
	item = look(m, kind, print);
	if (item)
		return item;
	item = oldest_of(set_of(m, print));
	*item = (struct memo_item){ .print = print, .kind = (uint8_t)kind };
	return item;
}

/* The session store in memory: a hash table for finding, a heap for what expires next, a list for
 * what was unused longest.  See store.h. */
#include "auth/store.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	struct heap_node expiry; /* first, so that the heap's node is the entry */
	uint64_t hash;
	uint8_t key[STORE_KEY];
	struct session value;
	struct entry *newer, *older; /* by last use */
	struct entry *next, *prev;   /* of the same user; the first of them is in `users` */
};

struct memory {
	struct table table; /* by key */
	struct table users; /* by user: the first entry of each */
	struct heap heap;
	struct entry *newest, *oldest;
	size_t max;
	uint64_t dropped; /* before their time, for want of room */
};

static void unlink_entry(struct memory *m, struct entry *t)
{
	*(t->newer ? &t->newer->older : &m->newest) = t->older;
	*(t->older ? &t->older->newer : &m->oldest) = t->newer;
	t->newer = t->older = NULL;
}

static void link_newest(struct memory *m, struct entry *t)
{
	t->older = m->newest;
	*(m->newest ? &m->newest->newer : &m->oldest) = t;
	m->newest = t;
}

static uint64_t user_hash(const struct memory *m, const char *user)
{
	return table_hash(&m->users, user, strlen(user));
}

static struct entry *first_of(const struct memory *m, const char *user)
{
	struct table_walk w;
	struct entry *t = table_first(&m->users, user_hash(m, user), &w);

	while (t && strcmp(t->value.user, user) != 0)
		t = table_next(&m->users, &w);
	return t;
}

static int link_user(struct memory *m, struct entry *t)
{
	struct entry *first = first_of(m, t->value.user);

	if (!first)
		return table_put(&m->users, user_hash(m, t->value.user), t);
	t->prev = first;
	t->next = first->next;
	if (t->next)
		t->next->prev = t;
	first->next = t;
	return 0;
}

static void unlink_user(struct memory *m, struct entry *t)
{
	uint64_t hash = user_hash(m, t->value.user);

	if (t->next)
		t->next->prev = t->prev;
	if (t->prev) {
		t->prev->next = t->next;
		return;
	}
	table_del(&m->users, hash, t);
	if (t->next) /* the slot just freed is free for it: cannot fail */
		table_put(&m->users, hash, t->next);
}

static void drop(struct memory *m, struct entry *t)
{
	unlink_user(m, t);
	unlink_entry(m, t);
	heap_del(&m->heap, &t->expiry);
	table_del(&m->table, t->hash, t);
	free(t);
}

static void drop_expired(struct memory *m)
{
	int64_t now = clock_real();
	struct heap_node *top;

	while ((top = heap_top(&m->heap)) && top->when <= now)
		drop(m, (struct entry *)top);
}

/* Who fills the store from many logins must not fill the log too: 1, 2, 4, 8, ... */
static void warn_dropped(struct memory *m)
{
	m->dropped++;
	if ((m->dropped & (m->dropped - 1)) == 0)
		log_warnx("the session store is full (%zu): %llu dropped before their time so far", m->max,
		    (unsigned long long)m->dropped);
}

static struct entry *find(struct memory *m, const uint8_t key[STORE_KEY])
{
	struct table_walk w;
	struct entry *t = table_first(&m->table, table_hash(&m->table, key, STORE_KEY), &w);

	while (t && memcmp(t->key, key, STORE_KEY) != 0)
		t = table_next(&m->table, &w);
	return t;
}

static enum store_when memory_get(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct entry *t;

	drop_expired(m);
	t = find(m, c->key);
	c->result = t ? STORE_OK : STORE_MISSING;
	if (t) {
		c->value = t->value;
		unlink_entry(m, t);
		link_newest(m, t);
	}
	return STORE_DONE;
}

static struct entry *add(struct memory *m, const struct store_call *c)
{
	struct entry *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	memcpy(t->key, c->key, STORE_KEY);
	t->value = c->value;
	t->hash = table_hash(&m->table, c->key, STORE_KEY);
	if (table_put(&m->table, t->hash, t))
		goto fail;
	if (heap_set(&m->heap, &t->expiry, c->expires) == 0 && link_user(m, t) == 0) {
		link_newest(m, t);
		return t;
	}
	heap_del(&m->heap, &t->expiry);
	table_del(&m->table, t->hash, t);
fail:
	free(t);
	return NULL;
}

static enum store_when memory_put(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct entry *t;

	drop_expired(m);
	t = find(m, c->key);
	if (t) {
		drop(m, t); /* it may have been another user's */
	} else if (m->table.n >= m->max) {
		warn_dropped(m);
		drop(m, m->oldest);
	}
	c->result = add(m, c) ? STORE_OK : STORE_FAILED;
	return STORE_DONE;
}

static enum store_when memory_replace(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct entry *t;

	drop_expired(m);
	t = find(m, c->key);
	c->result = STORE_MISSING;
	if (t && strcmp(t->value.user, c->value.user) == 0 && strcmp(t->value.csrf, c->value.csrf) == 0) {
		t->value = c->value;
		heap_set(&m->heap, &t->expiry, c->expires); /* it is in: cannot fail */
		unlink_entry(m, t);
		link_newest(m, t);
		c->result = STORE_OK;
	}
	return STORE_DONE;
}

static enum store_when memory_del(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct entry *t = find(m, c->key);

	if (t)
		drop(m, t);
	c->result = STORE_OK;
	return STORE_DONE;
}

static int later_used_first(const void *a, const void *b)
{
	const struct store_item *x = a, *y = b;

	return (x->value.seen < y->value.seen) - (x->value.seen > y->value.seen);
}

static enum store_when memory_list(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct entry *t;

	drop_expired(m);
	c->n_items = 0;
	for (t = first_of(m, c->value.user); t && c->n_items < c->items_max; t = t->next) {
		struct store_item *item = &c->items[c->n_items++];

		memcpy(item->key, t->key, STORE_KEY);
		item->value = t->value;
	}
	qsort(c->items, c->n_items, sizeof(*c->items), later_used_first);
	c->result = STORE_OK;
	return STORE_DONE;
}

static enum store_when memory_del_others(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct entry *t = first_of(m, c->value.user), *next;

	for (; t; t = next) {
		next = t->next;
		if (memcmp(t->key, c->key, STORE_KEY) != 0)
			drop(m, t);
	}
	c->result = STORE_OK;
	return STORE_DONE;
}

static void memory_close(void *state)
{
	struct memory *m = state;

	while (m->newest)
		drop(m, m->newest);
	heap_fini(&m->heap);
	table_fini(&m->table);
	table_fini(&m->users);
	free(m);
}

static const struct store_ops memory_ops = {
	.name = "memory",
	.get = memory_get,
	.put = memory_put,
	.replace = memory_replace,
	.del = memory_del,
	.list = memory_list,
	.del_others = memory_del_others,
	.close = memory_close,
};

int store_memory_open(struct store *s, size_t max, struct err *e)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (!m)
		return err_set(e, ERR_ENV, "out of memory");
	m->max = max ? max : 1;
	table_init(&m->table);
	table_init(&m->users);
	heap_init(&m->heap);
	*s = (struct store){ &memory_ops, m };
	return 0;
}

size_t store_memory_count(const struct store *s)
{
	return ((const struct memory *)s->state)->table.n;
}

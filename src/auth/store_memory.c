/* The session store in memory; see store.h.
 *
 * All of it lies in one mapping, which is reserved at once and taken as it fills: nothing is ever moved or grown, and
 * what refers to something does so by its number, so that the mapping may be shared by the workers of one server.  It
 * is cut into shards by the first bytes of the key, each with a lock, and each a store of its own:
 *
 *	records   key and session, in no order, with their places in the lists below
 *	by key    buckets of records: the key is a SHA-256 of an id that only the server makes, so its bytes are the hash
 *	by user   buckets of records, hashed with a secret
 *	heap      what expires next.  A session that is used lives longer, but is not moved in the heap: what is there
 *	          is the earliest time at which it can expire, and when that comes it is looked at again
 *	used      all records, the latest used first: when there is no room, the last of them goes */
#include "auth/store.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/table.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

enum {
	SHARD = 1 << 17,  /* sessions that are too many for one shard */
	SHARDS_MAX = 128, /* a power of two */
	STEPS = 16,       /* expired sessions that one operation clears away */
};

/* What a look-up touches besides the session is its first 64 bytes, a line of the cache.  Numbers of records; 0: none. */
struct record {
	_Alignas(64) uint8_t key[STORE_KEY];
	uint32_t newer, older; /* by last use; older also: the next free one */
	uint32_t next_key;     /* in its bucket */
	uint32_t next_user, prev_user;
	uint32_t at; /* in the heap, from 1 */
	int64_t due; /* as it is there */
	struct session value;
	int64_t expires;
};

struct due {
	int64_t when;
	uint32_t record;
};

struct shard {
	pthread_mutex_t lock;
	uint32_t n, made; /* records in use; ever used */
	uint32_t free, newest, oldest;
	uint32_t *by_key, *by_user; /* buckets of each */
	struct record *records;     /* from 1 */
	struct due *heap; /* from 1 */
};

struct memory {
	size_t size; /* of the mapping, this included */
	size_t max;
	uint32_t room, buckets; /* of a shard: records, and buckets (a power of two) */
	unsigned shards;        /* a power of two */
	uint64_t secret[2];
	atomic_size_t n;
	atomic_ullong dropped; /* before their time, for want of room */
	struct shard shard[];
};

/* --- The heap --- */

static void set_due(struct shard *s, uint32_t at, struct due d)
{
	s->heap[at] = d;
	s->records[d.record].at = at;
	s->records[d.record].due = d.when;
}

static void sift_up(struct shard *s, uint32_t at, struct due d)
{
	for (; at > 1 && s->heap[at / 2].when > d.when; at /= 2)
		set_due(s, at, s->heap[at / 2]);
	set_due(s, at, d);
}

static void sift_down(struct shard *s, uint32_t at, struct due d)
{
	uint32_t child;

	for (; (child = 2 * at) <= s->n; at = child) {
		if (child < s->n && s->heap[child + 1].when < s->heap[child].when)
			child++;
		if (s->heap[child].when >= d.when)
			break;
		set_due(s, at, s->heap[child]);
	}
	set_due(s, at, d);
}

static void move_due(struct shard *s, uint32_t at, struct due d)
{
	if (at > 1 && s->heap[at / 2].when > d.when)
		sift_up(s, at, d);
	else
		sift_down(s, at, d);
}

/* --- The lists --- */

static void unlink_used(struct shard *s, uint32_t i)
{
	struct record *l = &s->records[i];

	*(l->newer ? &s->records[l->newer].older : &s->newest) = l->older;
	*(l->older ? &s->records[l->older].newer : &s->oldest) = l->newer;
}

static void link_newest(struct shard *s, uint32_t i)
{
	s->records[i].newer = 0;
	s->records[i].older = s->newest;
	*(s->newest ? &s->records[s->newest].newer : &s->oldest) = i;
	s->newest = i;
}

static uint32_t *key_bucket(const struct memory *m, struct shard *s, const uint8_t key[STORE_KEY])
{
	uint32_t hash;

	memcpy(&hash, key + 4, sizeof(hash));
	return &s->by_key[hash & (m->buckets - 1)];
}

static uint32_t user_bucket(const struct memory *m, const char *user)
{
	return (uint32_t)siphash13(m->secret, user, strlen(user)) & (m->buckets - 1);
}

static void link_user(struct shard *s, uint32_t i, uint32_t bucket)
{
	struct record *l = &s->records[i];

	l->prev_user = 0;
	l->next_user = s->by_user[bucket];
	if (l->next_user)
		s->records[l->next_user].prev_user = i;
	s->by_user[bucket] = i;
}

static void unlink_user(const struct memory *m, struct shard *s, uint32_t i)
{
	struct record *l = &s->records[i];

	if (l->next_user)
		s->records[l->next_user].prev_user = l->prev_user;
	if (l->prev_user)
		s->records[l->prev_user].next_user = l->next_user;
	else
		s->by_user[user_bucket(m, s->records[i].value.user)] = l->next_user;
}

static void unlink_key(const struct memory *m, struct shard *s, uint32_t i)
{
	uint32_t *at = key_bucket(m, s, s->records[i].key);

	while (*at != i)
		at = &s->records[*at].next_key;
	*at = s->records[i].next_key;
}

/* --- Records --- */

static void drop(struct memory *m, struct shard *s, uint32_t i)
{
	uint32_t at = s->records[i].at;

	unlink_key(m, s, i);
	unlink_user(m, s, i);
	unlink_used(s, i);
	s->n--;
	if (at <= s->n)
		move_due(s, at, s->heap[s->n + 1]);
	explicit_bzero(&s->records[i], sizeof(s->records[i]));
	s->records[i].older = s->free;
	s->free = i;
	atomic_fetch_sub(&m->n, 1);
}

/* Some of what has expired goes. */
static void drop_expired(struct memory *m, struct shard *s, int64_t now)
{
	for (int steps = 0; steps < STEPS && s->n && s->heap[1].when <= now; steps++) {
		struct due top = s->heap[1];

		top.when = s->records[top.record].expires;
		if (top.when <= now)
			drop(m, s, top.record);
		else
			sift_down(s, 1, top);
	}
}

/* The record of that key that has not expired; 0: there is none. */
static uint32_t find(struct memory *m, struct shard *s, const uint8_t key[STORE_KEY], int64_t now)
{
	uint32_t i = *key_bucket(m, s, key);

	while (i) {
		__builtin_prefetch(&s->records[i].value); /* comes while the key does */
		__builtin_prefetch((const char *)&s->records[i].value + 64);
		if (memcmp(s->records[i].key, key, STORE_KEY) == 0)
			break;
		i = s->records[i].next_key;
	}
	return i && s->records[i].expires > now ? i : 0;
}

static void use(struct shard *s, uint32_t i)
{
	if (s->newest == i)
		return;
	unlink_used(s, i);
	link_newest(s, i);
}

/* Who fills the store from many logins must not fill the log too: 1, 2, 4, 8, ... */
static void warn_dropped(struct memory *m)
{
	unsigned long long n = atomic_fetch_add(&m->dropped, 1) + 1;

	if ((n & (n - 1)) == 0)
		log_warnx(
		    "the session store is full (%zu): %llu dropped before their time so far", m->max, n);
}

static void add(struct memory *m, struct shard *s, const struct store_call *c)
{
	uint32_t i = s->free, *bucket = key_bucket(m, s, c->key);

	if (i)
		s->free = s->records[i].older;
	else
		i = ++s->made;
	s->n++;
	memcpy(s->records[i].key, c->key, STORE_KEY);
	s->records[i].value = c->value;
	s->records[i].expires = c->expires;
	s->records[i].next_key = *bucket;
	*bucket = i;
	link_user(s, i, user_bucket(m, c->value.user));
	link_newest(s, i);
	sift_up(s, s->n, (struct due){ c->expires, i });
}

/* --- Shards --- */

/* A worker that died within a shard may have left it half changed: its sessions are lost, the others are not. */
static void clear_shard(struct memory *m, struct shard *s)
{
	log_errorx("a worker died while it changed sessions: %u are lost", s->n);
	atomic_fetch_sub(&m->n, s->n);
	memset(s->by_key, 0, m->buckets * sizeof(*s->by_key));
	memset(s->by_user, 0, m->buckets * sizeof(*s->by_user));
	s->n = s->made = s->free = s->newest = s->oldest = 0;
}

static struct shard *lock(struct memory *m, struct shard *s)
{
	if (pthread_mutex_lock(&s->lock) == EOWNERDEAD) {
		clear_shard(m, s);
		pthread_mutex_consistent(&s->lock);
	}
	return s;
}

static struct shard *lock_of(struct memory *m, const uint8_t key[STORE_KEY])
{
	return lock(m, &m->shard[key[0] & (m->shards - 1)]);
}

static enum store_when done(struct shard *s, struct store_call *c, enum store_result result)
{
	pthread_mutex_unlock(&s->lock);
	c->result = result;
	return STORE_DONE;
}

static enum store_when memory_get(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct shard *s = lock_of(m, c->key);
	int64_t now = clock_real_coarse();
	uint32_t i;

	drop_expired(m, s, now);
	i = find(m, s, c->key, now);
	if (i) {
		c->value = s->records[i].value;
		use(s, i);
	}
	return done(s, c, i ? STORE_OK : STORE_MISSING);
}

/* Makes sure of room for one more in this shard; false: there is none because the others have it all. */
static bool make_room(struct memory *m, struct shard *s)
{
	if (atomic_fetch_add(&m->n, 1) < m->max && s->n < m->room)
		return true;
	if (!s->oldest) {
		atomic_fetch_sub(&m->n, 1);
		return false;
	}
	warn_dropped(m);
	drop(m, s, s->oldest);
	return true;
}

/* Takes one away somewhere else. */
static void rob(struct memory *m)
{
	for (unsigned k = 0; k < m->shards; k++) {
		struct shard *s = lock(m, &m->shard[k]);
		bool any = s->oldest != 0;

		if (any) {
			warn_dropped(m);
			drop(m, s, s->oldest);
		}
		pthread_mutex_unlock(&s->lock);
		if (any)
			return;
	}
}

static enum store_when memory_put(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct shard *s = lock_of(m, c->key);
	uint32_t i;

	drop_expired(m, s, clock_real());
	i = find(m, s, c->key, INT64_MIN);
	if (i)
		drop(m, s, i); /* it may have been another user's */
	while (!make_room(m, s)) {
		pthread_mutex_unlock(&s->lock);
		rob(m);
		lock(m, s);
	}
	add(m, s, c);
	return done(s, c, STORE_OK);
}

static enum store_when memory_replace(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct shard *s = lock_of(m, c->key);
	uint32_t i = find(m, s, c->key, clock_real_coarse());
	struct record *r = &s->records[i];

	if (!i || strcmp(r->value.user, c->value.user) != 0 || strcmp(r->value.csrf, c->value.csrf) != 0)
		return done(s, c, STORE_MISSING);
	r->value = c->value;
	r->expires = c->expires;
	if (c->expires < r->due)
		move_due(s, r->at, (struct due){ c->expires, i });
	use(s, i);
	return done(s, c, STORE_OK);
}

static enum store_when memory_del(void *state, struct store_call *c)
{
	struct memory *m = state;
	struct shard *s = lock_of(m, c->key);
	uint32_t i = find(m, s, c->key, INT64_MIN);

	if (i)
		drop(m, s, i);
	return done(s, c, STORE_OK);
}

/* --- All of a user's --- */

/* Puts it where it belongs among those kept so far, the latest used first. */
static void keep_item(struct store_call *c, const struct record *r)
{
	size_t at = c->n_items;

	while (at > 0 && c->items[at - 1].value.seen < r->value.seen)
		at--;
	if (at == c->items_max)
		return;
	if (c->n_items < c->items_max)
		c->n_items++;
	memmove(&c->items[at + 1], &c->items[at], (c->n_items - at - 1) * sizeof(*c->items));
	memcpy(c->items[at].key, r->key, STORE_KEY);
	c->items[at].value = r->value;
}

static enum store_when memory_list(void *state, struct store_call *c)
{
	struct memory *m = state;
	uint32_t bucket = user_bucket(m, c->value.user);
	int64_t now = clock_real();

	c->n_items = 0;
	c->result = STORE_OK;
	for (unsigned k = 0; k < m->shards; k++) {
		struct shard *s = lock(m, &m->shard[k]);

		for (uint32_t i = s->by_user[bucket]; i; i = s->records[i].next_user)
			if (!strcmp(s->records[i].value.user, c->value.user) && s->records[i].expires > now)
				keep_item(c, &s->records[i]);
		pthread_mutex_unlock(&s->lock);
	}
	return STORE_DONE;
}

static enum store_when memory_del_others(void *state, struct store_call *c)
{
	struct memory *m = state;
	uint32_t bucket = user_bucket(m, c->value.user), next;

	c->result = STORE_OK;
	for (unsigned k = 0; k < m->shards; k++) {
		struct shard *s = lock(m, &m->shard[k]);

		for (uint32_t i = s->by_user[bucket]; i; i = next) {
			next = s->records[i].next_user;
			if (!strcmp(s->records[i].value.user, c->value.user) &&
			    memcmp(s->records[i].key, c->key, STORE_KEY) != 0)
				drop(m, s, i);
		}
		pthread_mutex_unlock(&s->lock);
	}
	return STORE_DONE;
}

/* --- Opening and closing --- */

static void memory_close(void *state)
{
	struct memory *m = state;

	munmap(m, m->size);
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

/* Takes n pieces of `size` bytes off the mapping, from *at on: page by page, so that what is not used is not there. */
static void *take(uint8_t **at, size_t n, size_t size)
{
	enum { PAGE = 4096 };
	uint8_t *p = *at;

	*at += (n * size + PAGE - 1) / PAGE * PAGE;
	return p;
}

static void lay_out(struct memory *m, uint8_t **at)
{
	*at = (uint8_t *)m;
	take(at, 1, sizeof(*m) + m->shards * sizeof(struct shard));
	for (unsigned k = 0; k < m->shards; k++) {
		struct shard s = { 0 };

		s.by_key = take(at, m->buckets, sizeof(*s.by_key));
		s.by_user = take(at, m->buckets, sizeof(*s.by_user));
		s.records = take(at, (size_t)m->room + 1, sizeof(*s.records));
		s.heap = take(at, (size_t)m->room + 2, sizeof(*s.heap));
		if (m->size)
			m->shard[k] = s;
	}
}

static int init_locks(struct memory *m, bool shared)
{
	pthread_mutexattr_t how;
	int rc = pthread_mutexattr_init(&how);

	if (rc == 0 && shared)
		rc = pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED);
	if (rc == 0 && shared)
		rc = pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST);
	for (unsigned k = 0; k < m->shards && rc == 0; k++)
		rc = pthread_mutex_init(&m->shard[k].lock, &how);
	pthread_mutexattr_destroy(&how);
	return rc;
}

/* The sizes for max sessions.  Shards fill unevenly: a root more for each (and eight for luck) is room enough that
 * one practically never is full before all are (binomial). */
static void plan(struct memory *out, size_t max)
{
	struct memory m = { .max = max ? max : 1, .shards = 1, .buckets = 16 };
	size_t share, root = 1;

	while (m.shards < SHARDS_MAX && m.max / m.shards > SHARD)
		m.shards *= 2;
	share = m.max / m.shards + 1;
	while (root * root < share)
		root++;
	m.room = (uint32_t)(m.shards > 1 ? share + 8 * root : share);
	while (m.buckets < share)
		m.buckets *= 2;
	*out = m;
}

static int open_memory(struct store *s, size_t max, bool shared, struct err *e)
{
	int flags = MAP_ANONYMOUS | MAP_NORESERVE | (shared ? MAP_SHARED : MAP_PRIVATE), rc;
	struct memory sizes, *m;
	uint8_t *end;

	plan(&sizes, max);
	lay_out(&sizes, &end);
	sizes.size = (size_t)(end - (uint8_t *)&sizes);
	m = mmap(NULL, sizes.size, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (m == MAP_FAILED)
		return err_sys(e, "no room for %zu sessions", sizes.max);
	if (sizes.shards > 1) /* many are hit all over: large pages save most of the address translation */
		madvise(m, sizes.size, MADV_HUGEPAGE);
	memcpy(m, &sizes, sizeof(sizes));
	lay_out(m, &end);
	rc = init_locks(m, shared);
	if (rc || getrandom(m->secret, sizeof(m->secret), 0) != sizeof(m->secret)) {
		munmap(m, m->size);
		return err_set(e, ERR_ENV, "the session store: %s", rc ? strerror(rc) : "no random bytes");
	}
	*s = (struct store){ &memory_ops, m };
	return 0;
}

int store_memory_open(struct store *s, size_t max, struct err *e)
{
	return open_memory(s, max, false, e);
}

int store_memory_share(struct store *s, size_t max, struct err *e)
{
	return open_memory(s, max, true, e);
}

size_t store_memory_count(const struct store *s)
{
	return ((const struct memory *)s->state)->n;
}

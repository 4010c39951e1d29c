/* Tokens that were found right before; see cache.h. */
#include "token/cache.h"

#include "tls/digest.h"
#include "token/parts.h"

#include <stdlib.h>

enum { WAYS = 4, SETS = CACHE_TOKENS / WAYS };

struct entry {
	uint8_t key[DIGEST_SHA256];
	struct token_claims claims; /* its slices point into text */
	uint8_t *text;              /* NULL: free */
	uint64_t used;
};

struct cache {
	struct entry sets[SETS][WAYS];
	uint64_t tick;
};

struct cache *cache_new(void)
{
	return calloc(1, sizeof(struct cache));
}

static void forget(struct entry *n)
{
	free(n->text);
	*n = (struct entry){ 0 };
}

void cache_clear(struct cache *c)
{
	for (int i = 0; c && i < CACHE_TOKENS; i++)
		forget(&c->sets[i / WAYS][i % WAYS]);
}

void cache_free(struct cache *c)
{
	cache_clear(c);
	free(c);
}

static struct entry *set_of(struct cache *c, const uint8_t key[DIGEST_SHA256])
{
	return c->sets[(key[0] | (unsigned)key[1] << 8) % SETS];
}

static struct entry *find(struct cache *c, const uint8_t key[DIGEST_SHA256])
{
	struct entry *set = set_of(c, key);

	for (int i = 0; i < WAYS; i++)
		if (set[i].text && memcmp(set[i].key, key, DIGEST_SHA256) == 0)
			return &set[i];
	return NULL;
}

/* A free place, else an expired one, else the one unused longest. */
static struct entry *place(struct cache *c, const uint8_t key[DIGEST_SHA256], int64_t now)
{
	struct entry *set = set_of(c, key), *best = set;

	for (int i = 0; i < WAYS; i++) {
		if (!set[i].text || set[i].claims.exp <= now)
			return &set[i];
		if (set[i].used < best->used)
			best = &set[i];
	}
	return best;
}

/* Moves what *s points to behind *at. */
static void move(struct slice *s, uint8_t **at)
{
	if (s->n)
		memcpy(*at, s->p, s->n);
	s->p = *at;
	*at += s->n;
	*(*at)++ = '\0';
}

/* Copies the texts to `at`, which has room. */
static void copy_texts(struct token_claims *c, uint8_t *at)
{
	move(&c->iss, &at);
	move(&c->sub, &at);
	move(&c->jti, &at);
	move(&c->aud, &at);
	move(&c->json, &at);
}

static size_t texts_size(const struct token_claims *c)
{
	return c->iss.n + c->sub.n + c->jti.n + c->aud.n + c->json.n + 5;
}

static void keep(
    struct cache *c, const uint8_t key[DIGEST_SHA256], const struct token_claims *claims, int64_t now)
{
	struct entry *n = place(c, key, now);

	forget(n);
	n->text = malloc(texts_size(claims));
	if (!n->text)
		return;
	memcpy(n->key, key, DIGEST_SHA256);
	n->claims = *claims;
	n->used = ++c->tick;
	copy_texts(&n->claims, n->text);
}

/* What is known of it, copied, since the entry may go; its times are looked at anew. */
static int recall(
    struct cache *c, struct entry *n, const struct token_policy *p, struct arena *a, struct token_claims *out)
{
	uint8_t *room;
	int rc = parts_times(&n->claims, p);

	if (rc < 0)
		return rc;
	room = arena_raw(a, texts_size(&n->claims));
	if (!room)
		return -TOKEN_NO_MEMORY;
	n->used = ++c->tick;
	*out = n->claims;
	copy_texts(out, room);
	return 0;
}

int cache_verify(struct cache *c, const struct token_policy *p, struct slice token, struct arena *a,
    struct token_claims *out)
{
	uint8_t key[DIGEST_SHA256];
	struct entry *n;
	int rc;

	*out = (struct token_claims){ 0 };
	if (!c || token.n > CACHE_TOKEN_MAX || digest_sha256(token, key))
		return token_verify(p, token, a, out);
	n = find(c, key);
	if (n)
		return recall(c, n, p, a, out);
	rc = token_verify(p, token, a, out);
	if (rc == 0)
		keep(c, key, out, p->now);
	return rc;
}

/* Tokens that were found right before, so that one that comes with every request is not computed anew: a public
 * key's signature costs a hundred times what this does.  What is remembered is never good for longer than the
 * token: its times are looked at each time.  Whether it was revoked is the caller's to ask, each time too.
 *
 * The memory is bounded, at most CACHE_TOKENS of CACHE_TOKEN_MAX bytes each; of four that share a place the one
 * unused longest goes.  Tokens are found by their SHA-256: whoever reads the memory finds none that could be used. */
#ifndef TOKEN_CACHE_H
#define TOKEN_CACHE_H

#include "token/jwt.h"

enum {
	CACHE_TOKENS = 4096,
	CACHE_TOKEN_MAX = 2048, /* longer ones are verified each time */
};

struct cache;

/* NULL: out of memory. */
struct cache *cache_new(void);
void cache_free(struct cache *c);
/* Forgets all: the keys have changed. */
void cache_clear(struct cache *c);

/* As token_verify.  The policy is the same each time but for `now`.  c may be NULL. */
int cache_verify(struct cache *c, const struct token_policy *p, struct slice token, struct arena *a,
    struct token_claims *out);

#endif

/* A pool of objects of one size, of which there can be very many: flows, streams.  Memory comes from the
 * system in large blocks, on large pages where there are any, and goes back when the pool ends; an object
 * given back is the next one handed out.  One thread only. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

struct pool_block;

struct pool {
	size_t size; /* of an object */
	void *free;  /* objects given back, each pointing to the next */
	struct pool_block *blocks;
	uint8_t *at, *end; /* what was not handed out yet of the newest block */
};

/* An empty pool that has allocated nothing yet. */
void pool_init(struct pool *p, size_t size);
/* Gives all memory back, that of objects still in use too. */
void pool_fini(struct pool *p);

/* An object of zeros, aligned for any type; NULL when out of memory. */
void *pool_get(struct pool *p);
/* NULL is allowed. */
void pool_put(struct pool *p, void *object);

#endif

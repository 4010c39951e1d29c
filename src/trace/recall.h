/* A small memory for things seen in one packet that a later one, of whatever connection, refers to: a redirect
 * and the request that follows it, an entity tag and who asks with it, a token and its return.  Of fixed
 * size: a newer thing takes the place of an older one, so every step costs the same whatever the input. */
#ifndef TRACE_RECALL_H
#define TRACE_RECALL_H

#include <stdbool.h>
#include <stdint.h>

struct recalled {
	uint64_t hash;  /* of the thing */
	uint64_t frame; /* packet it was seen in; 0: a free place */
	uint64_t ended; /* packet that ended it; 0: none */
	int64_t when;   /* a time that goes with it, nanoseconds since 1970 */
	unsigned flags; /* the caller's */
};

struct recall {
	struct recalled *v; /* NULL until something is kept */
	unsigned size;      /* a power of two */
	unsigned used;      /* things kept: 0 spares the look-up */
};

/* `size` is a power of two; nothing is allocated yet. */
void recall_init(struct recall *r, unsigned size);
void recall_fini(struct recall *r);

/* The place for the thing, emptied but for hash and frame; NULL when out of memory. */
struct recalled *recall_put(struct recall *r, uint64_t hash, uint64_t frame);
/* What is kept of it, or NULL. */
struct recalled *recall_get(const struct recall *r, uint64_t hash);
/* Forgets it. */
void recall_drop(struct recall *r, struct recalled *one);

#endif

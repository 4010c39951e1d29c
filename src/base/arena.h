/* One lifetime, one allocator: everything put into an arena is freed at once (per packet, per request). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* newest first */
	uint8_t *at, *end;          /* free room of the newest chunk */
	size_t used;                /* bytes given out since the last reset */
	size_t max;                 /* arena_alloc refuses past this; 0: no limit */
};

/* An empty arena that allocates nothing yet. */
void arena_init(struct arena *a, size_t max);
void arena_fini(struct arena *a);
/* Forgets everything given out; keeps the first chunk, so that a steady load does not allocate. */
void arena_reset(struct arena *a);

/* n zeroed bytes aligned to 16, or NULL (limit reached, no memory). */
void *arena_alloc(struct arena *a, size_t n);
/* The same, but what is in them is anything. */
void *arena_raw(struct arena *a, size_t n);
/* A copy of s inside the arena, with a NUL behind it that does not count; the empty slice when out of
 * room (a non-empty s cannot be copied: result.p is NULL). */
struct slice arena_dup(struct arena *a, struct slice s);
/* printf into the arena; "" when out of room. */
const char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

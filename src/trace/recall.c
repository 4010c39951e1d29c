/* A memory of fixed size; see recall.h.  A set of WAYS places per thing; the oldest of them gives way. */
#include "trace/recall.h"

#include <stdlib.h>

enum { WAYS = 4 };

void recall_init(struct recall *r, unsigned size)
{
	*r = (struct recall){ .size = size };
}

void recall_fini(struct recall *r)
{
	free(r->v);
	r->v = NULL;
	r->used = 0;
}

static struct recalled *set_of(const struct recall *r, uint64_t hash)
{
	return r->v + (hash & (r->size - 1) & ~(uint64_t)(WAYS - 1));
}

struct recalled *recall_get(const struct recall *r, uint64_t hash)
{
	struct recalled *set;

	if (!r->used)
		return NULL;
	set = set_of(r, hash);
	for (int i = 0; i < WAYS; i++)
		if (set[i].frame && set[i].hash == hash)
			return &set[i];
	return NULL;
}

struct recalled *recall_put(struct recall *r, uint64_t hash, uint64_t frame)
{
	struct recalled *set, *place;

	if (!r->v && !(r->v = calloc(r->size, sizeof(*r->v))))
		return NULL;
	set = place = set_of(r, hash);
	for (int i = 0; i < WAYS; i++) {
		if (set[i].frame && set[i].hash == hash) {
			place = &set[i];
			break;
		}
		if (set[i].frame < place->frame)
			place = &set[i];
	}
	r->used += place->frame == 0;
	*place = (struct recalled){ .hash = hash, .frame = frame };
	return place;
}

void recall_drop(struct recall *r, struct recalled *one)
{
	r->used -= one->frame != 0;
	*one = (struct recalled){ 0 };
}

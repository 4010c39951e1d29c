/* Objects of one size; see pool.h. */
#include "base/pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	ALIGN = 16,
	BLOCK_FIRST = 64 << 10, /* few objects shall not cost a large page */
	BLOCK = 2 << 20,        /* a large page on x86-64 and most arm64: a fault a block, not one every 4 kB */
};

struct pool_block {
	struct pool_block *older;
	_Alignas(ALIGN) uint8_t data[];
};

void pool_init(struct pool *p, size_t size)
{
	size = size < sizeof(void *) ? sizeof(void *) : size;
	*p = (struct pool){ .size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1) };
}

void pool_fini(struct pool *p)
{
	while (p->blocks) {
		struct pool_block *older = p->blocks->older;

		free(p->blocks);
		p->blocks = older;
	}
	pool_init(p, p->size);
}

static int grow(struct pool *p)
{
	size_t size = p->blocks ? BLOCK : BLOCK_FIRST;
	struct pool_block *b = aligned_alloc(size, size);

	if (!b)
		return -1;
	if (size == BLOCK)
		madvise(b, size, MADV_HUGEPAGE); /* where it is refused, small pages do */
	b->older = p->blocks;
	p->blocks = b;
	p->at = b->data;
	p->end = (uint8_t *)b + size;
	return 0;
}

void *pool_get(struct pool *p)
{
	void *object = p->free;

	if (object) {
		p->free = *(void **)object;
		return memset(object, 0, p->size);
	}
	if (p->size > (size_t)(p->end - p->at) && grow(p) < 0)
		return NULL;
	object = p->at;
	p->at += p->size;
	return memset(object, 0, p->size);
}

void pool_put(struct pool *p, void *object)
{
	if (!object)
		return;
	*(void **)object = p->free;
	p->free = object;
}

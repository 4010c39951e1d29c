/* A bump allocator; see arena.h. */
#include "base/arena.h"

#include "base/format.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 16 * 1024, ALIGN = 16 };

struct arena_chunk {
	struct arena_chunk *older;
	size_t size; /* bytes behind this header */
	_Alignas(ALIGN) uint8_t data[];
};

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max };
}

static void free_until(struct arena *a, struct arena_chunk *keep)
{
	while (a->chunks != keep) {
		struct arena_chunk *older = a->chunks->older;

		free(a->chunks);
		a->chunks = older;
	}
}

void arena_fini(struct arena *a)
{
	free_until(a, NULL);
	*a = (struct arena){ .max = a->max };
}

void arena_reset(struct arena *a)
{
	struct arena_chunk *first = a->chunks;

	a->used = 0;
	if (!first)
		return;
	while (first->older)
		first = first->older;
	free_until(a, first);
	a->at = first->data;
	a->end = first->data + first->size;
}

static int grow(struct arena *a, size_t n)
{
	size_t size = n > CHUNK ? n : CHUNK;
	struct arena_chunk *c = malloc(sizeof(*c) + size);

	if (!c)
		return -1;
	c->older = a->chunks;
	c->size = size;
	a->chunks = c;
	a->at = c->data;
	a->end = c->data + size;
	return 0;
}

void *arena_raw(struct arena *a, size_t n)
{
	void *p;

	if (n > SIZE_MAX / 2 - sizeof(struct arena_chunk))
		return NULL;
	n = (n + !n + ALIGN - 1) & ~(size_t)(ALIGN - 1); /* no bytes have a place too: NULL means "full" */
	if (a->max && n > a->max - a->used)
		return NULL;
	if (n > (size_t)(a->end - a->at) && grow(a, n) < 0)
		return NULL;
	p = a->at;
	a->at += n;
	a->used += n;
	return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
	void *p = arena_raw(a, n);

	return p ? memset(p, 0, n) : NULL;
}

struct slice arena_dup(struct arena *a, struct slice s)
{
	uint8_t *p = arena_raw(a, s.n + 1);

	if (!p)
		return slice_of(NULL, 0);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return slice_of(p, s.n);
}

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char small[256];
	va_list ap, again;
	char *p = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = format_text(small, sizeof(small), fmt, ap);
	if (n >= 0)
		p = arena_raw(a, (size_t)n + 1);
	if (p && (size_t)n < sizeof(small))
		memcpy(p, small, (size_t)n + 1);
	else if (p)
		format_text(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p ? p : "";
}

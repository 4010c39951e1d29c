/* Input in memory of exactly its size, so that AddressSanitizer sees any read past its end. */
#ifndef TEST_EXACT_H
#define TEST_EXACT_H

#include "base/slice.h"

#include <stdlib.h>

/* A copy of s; free(result.p). */
static inline struct slice exact(struct slice s)
{
	uint8_t *p = malloc(s.n + !s.n);

	if (!p)
		abort();
	if (s.n)
		memcpy(p, s.p, s.n);
	return slice_of(p, s.n);
}

static inline void exact_free(struct slice s)
{
	free((void *)(uintptr_t)s.p);
}

#endif

/* Writing TLS vectors, for the tests of the TLS parsers. */
#ifndef TESTS_WIRE_TLSCRAFT_H
#define TESTS_WIRE_TLSCRAFT_H

#include "base/bytes.h"
#include "wire/tlsrec.h"

#include <stdlib.h>

/* Opens a vector whose length takes `width` bytes; the result is for vec_close. */
static inline size_t vec_open(struct wr *w, size_t width)
{
	for (size_t i = 0; i < width; i++)
		wr_u8(w, 0);
	return w->n;
}

static inline void vec_close(struct wr *w, size_t start, size_t width)
{
	size_t len = w->n - start;

	assert_false(w->bad);
	for (size_t i = 1; i <= width; i++, len >>= 8)
		w->p[start - i] = (uint8_t)len;
	assert_int_equal(len, 0);
}

static inline void vec_put(struct wr *w, size_t width, struct slice s)
{
	size_t at = vec_open(w, width);

	wr_put(w, s);
	vec_close(w, at, width);
}

/* An extension with the given bytes as its data. */
static inline void ext_put(struct wr *w, uint16_t type, struct slice data)
{
	wr_be16(w, type);
	vec_put(w, 2, data);
}

/* A copy of s in an allocation of exactly its size; free(.p). */
static inline struct slice tls_exact(struct slice s)
{
	uint8_t *copy = malloc(s.n ? s.n : 1);

	assert_non_null(copy);
	if (s.n)
		memcpy(copy, s.p, s.n);
	return slice_of(copy, s.n);
}

static inline void tls_free(struct slice s)
{
	free((void *)(uintptr_t)s.p);
}

#endif

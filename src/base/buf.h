/* A growable byte buffer with a stated limit.  It owns its bytes; buf_fini gives them back. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/slice.h"

#include <stdarg.h>

struct buf {
	uint8_t *p; /* the bytes, n of them in use */
	size_t n;
	size_t cap;  /* bytes allocated */
	size_t max;  /* never grows past this; 0: no limit */
	bool failed; /* an append did not fit or memory ran out; sticky until buf_clear */
};

/* An empty buffer that allocates nothing yet.  `(struct buf){ 0 }` is one without a limit. */
void buf_init(struct buf *b, size_t max);
void buf_fini(struct buf *b);
/* Forgets the content and the failure, keeps the memory. */
void buf_clear(struct buf *b);

/* Makes room for n more bytes: write them at b->p + b->n, then add to b->n.  0, or -1 (limit, memory). */
int buf_grow(struct buf *b, size_t n);
static inline int buf_reserve(struct buf *b, size_t n)
{
	bool fits = n <= b->cap - b->n && (!b->max || n <= b->max - b->n);

	return __builtin_expect(fits, 1) ? 0 : buf_grow(b, n);
}

/* Append; 0, or -1 with b->failed set and the content unchanged.  A long row of appends may ignore the
 * results and look at b->failed once. */
static inline int buf_put(struct buf *b, const void *p, size_t n)
{
	if (buf_reserve(b, n) < 0)
		return -1;
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	return 0;
}

static inline int buf_putc(struct buf *b, char c)
{
	return buf_put(b, &c, 1);
}

static inline int buf_puts(struct buf *b, const char *s)
{
	return buf_put(b, s, strlen(s));
}

static inline int buf_slice(struct buf *b, struct slice s)
{
	return buf_put(b, s.p, s.n);
}

/* Appends decimal digits. */
int buf_u64(struct buf *b, uint64_t v);
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* Drops the first n bytes (n <= b->n) and moves the rest to the front. */
void buf_consume(struct buf *b, size_t n);

/* The content, valid until the next append. */
static inline struct slice buf_view(const struct buf *b)
{
	return slice_of(b->p, b->n);
}

/* The content as a string (a NUL is kept behind it); "" when empty or out of memory. */
const char *buf_cstr(struct buf *b);

#endif

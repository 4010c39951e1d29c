/* A growable byte buffer; see buf.h. */
#include "base/buf.h"

#include "base/format.h"

#include <stdlib.h>

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_fini(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

static int fail(struct buf *b)
{
	b->failed = true;
	return -1;
}

int buf_grow(struct buf *b, size_t n)
{
	size_t need, cap;
	uint8_t *p;

	if (__builtin_add_overflow(b->n, n, &need) || (b->max && need > b->max))
		return fail(b);
	if (need <= b->cap)
		return 0;
	cap = b->cap ? b->cap : 64;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	if (b->max && cap > b->max)
		cap = b->max;
	p = realloc(b->p, cap);
	if (!p)
		return fail(b);
	b->p = p;
	b->cap = cap;
	return 0;
}

int buf_u64(struct buf *b, uint64_t v)
{
	if (buf_reserve(b, FORMAT_U64) < 0)
		return -1;
	b->n += format_u64((char *)b->p + b->n, v);
	return 0;
}

int buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;
	char *big;
	int n, rc;

	va_copy(again, ap);
	n = format_text(small, sizeof(small), fmt, ap);
	if (n < 0) {
		rc = fail(b);
	} else if ((size_t)n < sizeof(small)) {
		rc = buf_put(b, small, (size_t)n);
	} else if (!(big = malloc((size_t)n + 1))) {
		rc = fail(b);
	} else {
		format_text(big, (size_t)n + 1, fmt, again);
		rc = buf_put(b, big, (size_t)n);
		free(big);
	}
	va_end(again);
	return rc;
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = buf_vprintf(b, fmt, ap);
	va_end(ap);
	return rc;
}

void buf_consume(struct buf *b, size_t n)
{
	b->n -= n;
	if (b->n && n)
		memmove(b->p, b->p + n, b->n);
}

const char *buf_cstr(struct buf *b)
{
	size_t max = b->max;
	int rc;

	b->max = 0; /* the NUL is not content and does not count against the limit */
	rc = buf_reserve(b, 1);
	b->max = max;
	if (rc < 0)
		return "";
	b->p[b->n] = '\0';
	return (const char *)b->p;
}

/* Bounds-checked reading and writing of integers in byte order.  Every packet and record byte in osilab
 * goes through these: a read past the end gives 0 and sets `bad`, and nothing after it can read further. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/slice.h"

/* A cursor over bytes to read. */
struct rd {
	const uint8_t *p;
	size_t n;   /* bytes in all */
	size_t off; /* next byte to read; <= n */
	bool bad;   /* a read went past the end; sticky */
};

static inline struct rd rd_of(struct slice s)
{
	return (struct rd){ s.p, s.n, 0, false };
}

static inline size_t rd_left(const struct rd *r)
{
	return r->bad ? 0 : r->n - r->off;
}

/* The next n bytes, or NULL (and r->bad) when there are fewer. */
static inline const uint8_t *rd_need(struct rd *r, size_t n)
{
	const uint8_t *at;

	if (r->bad || n > r->n - r->off) {
		r->bad = true;
		return NULL;
	}
	at = r->p + r->off;
	r->off += n;
	return at;
}

static inline void rd_skip(struct rd *r, size_t n)
{
	(void)rd_need(r, n);
}

/* The next n bytes as a slice; the empty slice when there are fewer. */
static inline struct slice rd_take(struct rd *r, size_t n)
{
	const uint8_t *at = rd_need(r, n);

	return at ? slice_of(at, n) : slice_of(NULL, 0);
}

/* Everything that is left. */
static inline struct slice rd_rest(struct rd *r)
{
	return rd_take(r, rd_left(r));
}

static inline uint8_t rd_u8(struct rd *r)
{
	const uint8_t *b = rd_need(r, 1);

	return b ? b[0] : 0;
}

static inline uint16_t rd_be16(struct rd *r)
{
	const uint8_t *b = rd_need(r, 2);

	return b ? (uint16_t)(b[0] << 8 | b[1]) : 0;
}

static inline uint32_t rd_be24(struct rd *r)
{
	const uint8_t *b = rd_need(r, 3);

	return b ? (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2] : 0;
}

static inline uint32_t rd_be32(struct rd *r)
{
	const uint8_t *b = rd_need(r, 4);

	return b ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3] : 0;
}

static inline uint64_t rd_be64(struct rd *r)
{
	uint64_t high = rd_be32(r);

	return high << 32 | rd_be32(r);
}

static inline uint16_t rd_le16(struct rd *r)
{
	return __builtin_bswap16(rd_be16(r));
}

static inline uint32_t rd_le32(struct rd *r)
{
	return __builtin_bswap32(rd_be32(r));
}

static inline uint64_t rd_le64(struct rd *r)
{
	return __builtin_bswap64(rd_be64(r));
}

/* A cursor over room to write into; past the end nothing is written and `bad` is set. */
struct wr {
	uint8_t *p;
	size_t cap;
	size_t n; /* bytes written */
	bool bad;
};

static inline struct wr wr_of(void *p, size_t cap)
{
	return (struct wr){ p, cap, 0, false };
}

static inline uint8_t *wr_need(struct wr *w, size_t n)
{
	uint8_t *at;

	if (w->bad || n > w->cap - w->n) {
		w->bad = true;
		return NULL;
	}
	at = w->p + w->n;
	w->n += n;
	return at;
}

static inline void wr_u8(struct wr *w, uint8_t v)
{
	uint8_t *b = wr_need(w, 1);

	if (b)
		b[0] = v;
}

static inline void wr_be16(struct wr *w, uint16_t v)
{
	wr_u8(w, (uint8_t)(v >> 8));
	wr_u8(w, (uint8_t)v);
}

static inline void wr_be24(struct wr *w, uint32_t v)
{
	wr_u8(w, (uint8_t)(v >> 16));
	wr_be16(w, (uint16_t)v);
}

static inline void wr_be32(struct wr *w, uint32_t v)
{
	wr_be16(w, (uint16_t)(v >> 16));
	wr_be16(w, (uint16_t)v);
}

static inline void wr_be64(struct wr *w, uint64_t v)
{
	wr_be32(w, (uint32_t)(v >> 32));
	wr_be32(w, (uint32_t)v);
}

static inline void wr_put(struct wr *w, struct slice s)
{
	uint8_t *b = wr_need(w, s.n);

	if (b && s.n)
		memcpy(b, s.p, s.n);
}

#endif

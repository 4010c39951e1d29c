/* Field lines by 64 octets at once: RFC 9112 5, for processors with AVX2.
 *
 * A bitmap of the octets that can end a value is made without knowing where lines are, so the processor makes the
 * next one while this one is used; then a line costs a few steps, however long it is.  Nothing is judged here:
 * whatever is not plainly right is left to the plain reader, which alone knows reasons. */
#include "http/facts.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi")))

enum { BLOCK = 64 };

/* Where in the input the walk from one such octet to the next is. */
struct walk {
	const uint8_t *base, *end;
	uint64_t stops; /* bit i: base[i] is a control octet, and not yet walked over */
};

static inline AVX2 uint32_t controls_32(const uint8_t *p)
{
	__m256i v = _mm256_loadu_si256((const __m256i *)p);
	__m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v);

	return (uint32_t)_mm256_movemask_epi8(
	    _mm256_or_si256(low, _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7f))));
}

static inline AVX2 uint64_t controls_64(const uint8_t *p)
{
	return controls_32(p) | (uint64_t)controls_32(p + BLOCK / 2) << BLOCK / 2;
}

/* The bitmap at base.  The last block is read from where a whole one fits. */
static inline AVX2 void walk_load(struct walk *w)
{
	size_t left = (size_t)(w->end - w->base);

	w->stops = left >= BLOCK ? controls_64(w->base) : controls_64(w->end - BLOCK) >> (BLOCK - left);
}

/* The next control octet, or NULL when there is none left. */
static inline AVX2 const uint8_t *walk_next(struct walk *w)
{
	const uint8_t *p;

	while (!w->stops) {
		if (w->end - w->base <= BLOCK)
			return NULL;
		w->base += BLOCK;
		walk_load(w);
	}
	p = w->base + __builtin_ctzll(w->stops);
	w->stops &= w->stops - 1;
	return p;
}

/* The CR of the line end that comes next, or NULL when something else does.  Tabs are text. */
static inline AVX2 const uint8_t *walk_line(struct walk *w)
{
	const uint8_t *cr;

	do
		cr = walk_next(w);
	while (cr && *cr == '\t');
	if (!cr || *cr != '\r' || w->end - cr < 2 || cr[1] != '\n')
		return NULL;
	if (w->stops) /* the LF is a control octet too: the next one */
		w->stops &= w->stops - 1;
	else
		(void)walk_next(w);
	return cr;
}

/* Bit i: p[i] is not of a class.  An octet is of the class when the row of its low half and that of its high half share
 * a bit; only octets below 0x80 are of any class here. */
static inline AVX2 uint32_t others_32(const uint8_t *p, __m128i low_rows)
{
	const __m128i high_rows =
	    _mm_setr_epi8(0, 0, 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0, 0, 0, 0, 0, 0, 0, 0);
	__m256i v = _mm256_loadu_si256((const __m256i *)p);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0f));
	__m256i shared = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_broadcastsi128_si256(low_rows), v),
	    _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(high_rows), high));

	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(shared, _mm256_setzero_si256()));
}

/* The first octet in [p, end) that is not of class HTTP_TOKEN, or end. */
static inline AVX2 const uint8_t *token_end(const uint8_t *p, const uint8_t *end)
{
	const __m128i rows = _mm_setr_epi8(
	    0x3a, 0x3f, 0x3e, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3e, 0x3e, 0x3d, 0x15, 0x34, 0x15, 0x3d, 0x1c);
	uint32_t others;

	if (end - p < 32)
		return http_scan(p, end, HTTP_TOKEN);
	others = others_32(p, rows);
	return others ? p + __builtin_ctz(others) : http_scan(p + 32, end, HTTP_TOKEN);
}

/* The first octet in [p, end) that is not of class HTTP_TARGET, or end. */
static AVX2 const uint8_t *target_end(const uint8_t *p, const uint8_t *end)
{
	const __m128i rows = _mm_setr_epi8(
	    0x3e, 0x3f, 0x3e, 0x3e, 0x3f, 0x3e, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3d, 0x3f, 0x3d, 0x1d);
	uint32_t others;

	for (; end - p >= 32; p += 32)
		if ((others = others_32(p, rows)))
			return p + __builtin_ctz(others);
	return http_scan(p, end, HTTP_TARGET);
}

/* The field on the line from p to the CR. */
static inline AVX2 bool split_line(
    const uint8_t *p, const uint8_t *cr, const uint8_t *end, struct http_field *f)
{
	const uint8_t *colon = token_end(p, end);

	if (colon == p || colon >= cr || *colon != ':')
		return false;
	f->name = slice_of(p, (size_t)(colon - p));
	f->value = http_trimmed(colon + 1, cr);
	return true;
}

static AVX2 const uint8_t *take_blocks(struct http_scan *s, const uint8_t *p)
{
	struct http_field *f = s->msg->fields + s->msg->nfields, *last = s->msg->fields + s->max_fields;
	struct walk w = { .base = p, .end = s->end };
	const uint8_t *cr;

	for (walk_load(&w); f < last; f++) {
		cr = walk_line(&w);
		if (!cr || !split_line(p, cr, s->end, f) || !http_line_is_whole(s, cr + 2))
			return p;
		p = cr + 2;
		s->msg->nfields++;
		if (!http_fact_taken(s, f))
			return NULL;
	}
	return p;
}

static inline bool have_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
}

const uint8_t *http_target_by_block(const uint8_t *p, const uint8_t *end)
{
	return have_avx2() ? target_end(p, end) : http_scan(p, end, HTTP_TARGET);
}

const uint8_t *http_fields_by_block(struct http_scan *s, const uint8_t *p)
{
	if (!have_avx2() || s->end - s->start < BLOCK)
		return p;
	return take_blocks(s, p);
}

#else

const uint8_t *http_target_by_block(const uint8_t *p, const uint8_t *end)
{
	return http_scan(p, end, HTTP_TARGET);
}

const uint8_t *http_fields_by_block(struct http_scan *s, const uint8_t *p)
{
	return p;
}

#endif

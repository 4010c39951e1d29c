/* The state of one pass over a head, and the two loops it spends its time in.  For this room only.
 */
#ifndef HTTP_SCAN_H
#define HTTP_SCAN_H

#include "http/msg.h"
#include "http/octet.h"

struct http_scan {
	const uint8_t *start;    /* of the input */
	const uint8_t *end;      /* of what may be read */
	const uint8_t *question; /* the first '?' of the target, or NULL */
	struct http_msg *msg;
	int verdict; /* why the pass ended early: 0 needs more, or -(enum http_reason) */
	bool lenient;
	bool plain;        /* HTTP_PLAIN */
	bool section;      /* a trailer section: fields only, no facts */
	bool length_field; /* there was a Content-Length, valid or not */
	bool upgrade_listed, upgrade_field;
	uint16_t max_fields;
};

/* A breach of the grammar that leaves the message readable: -reason, or 1 after noting it when
 * lenient. */
static inline int http_breach(struct http_scan *s, enum http_reason r)
{
	if (!s->lenient)
		return -(int)r;
	s->msg->tolerated |= UINT64_C(1) << r;
	return 1;
}

/* Ends the pass: `verdict` is 0 or -(enum http_reason). */
static inline const uint8_t *http_stop(struct http_scan *s, int verdict)
{
	s->verdict = verdict;
	return NULL;
}

/* A breach of the grammar: on to `next` when lenient. */
static inline const uint8_t *http_tolerate(struct http_scan *s, enum http_reason r, const uint8_t *next)
{
	s->verdict = http_breach(s, r);
	return s->verdict < 0 ? NULL : next;
}

/* CRLF.  `other` is the reason when something else stands there. */
static inline const uint8_t *http_take_line_end(struct http_scan *s, const uint8_t *p, enum http_reason other)
{
	if (s->end - p >= 2 && p[0] == '\r' && p[1] == '\n')
		return p + 2;
	if (p == s->end)
		return http_stop(s, 0);
	if (*p == '\n')
		return http_tolerate(s, HTTP_BARE_LF, p + 1);
	if (*p != '\r')
		return http_stop(s, -(int)other);
	return http_stop(s, p + 1 == s->end ? 0 : -HTTP_BARE_CR);
}

/* The first octet in [p, end) that is not of that class, or end.  Four look-ups share one branch.
 */
static inline const uint8_t *http_scan(const uint8_t *p, const uint8_t *end, enum http_octet_class class)
{
	for (; end - p >= 4; p += 4)
		if (!(http_octets[p[0]] & http_octets[p[1]] & http_octets[p[2]] & http_octets[p[3]] & class))
			break;
	while (p < end && http_octet_is(*p, class))
		p++;
	return p;
}

/* Eight octets at once: the high bit of the first (lowest) one that is a control is set; bits above it
 * mean nothing, and none is set when there is no control. */
static inline uint64_t http_controls(const uint8_t *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t x, del;

	memcpy(&x, p, 8);
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		x = __builtin_bswap64(x);
	del = x ^ ones * 0x7f;
	return ((x - ones * 0x20) & ~x & high) | ((del - ones) & ~del & high);
}

/* The first octet in [p, end) that may not stand in a field value, or end.  Most of a head is values, so
 * this is the loop that decides its speed. */
static inline const uint8_t *http_scan_text(const uint8_t *p, const uint8_t *end)
{
	uint64_t controls = 0;

	for (;;) {
		while (end - p >= 8 && !(controls = http_controls(p)))
			p += 8;
		if (end - p < 8)
			break;
		p += __builtin_ctzll(controls) / 8;
		if (*p != '\t') /* the one control octet that is text */
			return p;
		p++;
	}
	while (p < end && http_octet_is(*p, HTTP_TEXT))
		p++;
	return p;
}

static inline bool http_is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* [p, end) without the white space around it. */
static inline struct slice http_trimmed(const uint8_t *p, const uint8_t *end)
{
	while (p < end && http_is_space(*p))
		p++;
	while (end > p && http_is_space(end[-1]))
		end--;
	return slice_of(p, (size_t)(end - p));
}

/* Is a field line over that ends before `next`?  For the lenient reader not before it is known that no folded line
 * follows. */
static inline bool http_line_is_whole(const struct http_scan *s, const uint8_t *next)
{
	return !s->lenient || (next < s->end && !http_is_space(*next));
}

/* A field line and the lines folded onto it, for the lenient reader: into *f.  Where the next line starts, or
 * NULL with s->verdict. */
const uint8_t *http_take_field_lenient(struct http_scan *s, const uint8_t *p, struct http_field *f);

/* http_scan for HTTP_TARGET, 32 octets at once where the processor has AVX2. */
const uint8_t *http_target_by_block(const uint8_t *p, const uint8_t *end);

/* Takes field lines from p on into s->msg, with their facts, as long as they are whole, right in every way and
 * within the limit: what take_fields in parse.c would do with them.  Where the first line starts that is not,
 * or NULL with s->verdict when a fact is wrong.  Takes none where the processor has no AVX2. */
const uint8_t *http_fields_by_block(struct http_scan *s, const uint8_t *p);

#endif

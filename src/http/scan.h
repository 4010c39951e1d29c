/* The state of one pass over a head, and the two loops it spends its time in.  For this room only.
 */
#ifndef HTTP_SCAN_H
#define HTTP_SCAN_H

#include "http/msg.h"
#include "http/octet.h"

struct http_scan {
	const uint8_t *end;      /* of what may be read */
	const uint8_t *question; /* the first '?' of the target, or NULL */
	struct http_msg *msg;
	int verdict; /* why the pass ended early: 0 needs more, or -(enum http_reason) */
	bool lenient;
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

#endif

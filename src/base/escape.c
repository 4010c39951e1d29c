/* Making bytes from the network safe to show; see escape.h. */
#include "base/escape.h"

size_t escape_utf8(struct slice s, uint32_t *rune)
{
	static const struct {
		uint8_t mask, lead; /* first byte & mask == lead */
		uint32_t least;     /* smaller values are overlong */
	} rows[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 } };
	uint32_t v;

	for (size_t extra = 0; s.n && extra < 4; extra++) {
		if ((s.p[0] & rows[extra].mask) != rows[extra].lead)
			continue;
		if (s.n <= extra)
			return 0;
		v = s.p[0] & (uint8_t)~rows[extra].mask;
		for (size_t i = 1; i <= extra; i++) {
			if ((s.p[i] & 0xc0) != 0x80)
				return 0;
			v = v << 6 | (s.p[i] & 0x3f);
		}
		if (v < rows[extra].least || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
			return 0;
		*rune = v;
		return extra + 1;
	}
	return 0;
}

/* Would this code point disturb a terminal: controls, and marks that reorder or hide text? */
static bool unsafe(uint32_t rune)
{
	return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || (rune >= 0x200b && rune <= 0x200f) ||
	       (rune >= 0x2028 && rune <= 0x202e) || (rune >= 0x2060 && rune <= 0x206f) || rune == 0xfeff ||
	       rune == 0x061c || rune >= 0xe0000;
}

/* Which bytes each kind of output cannot take as they are. */
enum { TEXT = 1, JSON = 2, HTML = 4 };

static const uint8_t special[256] = {
	[0 ... 0x1f] = TEXT | JSON | HTML,
	['\\'] = TEXT | JSON,
	['"'] = JSON | HTML,
	['&'] = HTML,
	['<'] = HTML,
	['>'] = HTML,
	['\''] = HTML,
	[0x7f ... 0xff] = TEXT | JSON | HTML,
};

typedef int8_t v16 __attribute__((vector_size(16)));
typedef int8_t v8 __attribute__((vector_size(8)));

/* Many bytes at once: what is special in that output has its bits set.  As signed numbers the bytes from 0x80 on are
 * below 0x20 too. */
#define SPECIAL(type, v, kind)                                                                               \
	((type)((v) < 0x20) | (type)((v) == 0x7f) | ((kind) != HTML ? (type)((v) == '\\') : (v) ^ (v)) |     \
	    ((kind) != TEXT ? (type)((v) == '"') : (v) ^ (v)) |                                              \
	    ((kind) == HTML                                                                                  \
	            ? (type)((v) == '&') | (type)((v) == '<') | (type)((v) == '>') | (type)((v) == '\'')     \
	            : (v) ^ (v)))

static inline __attribute__((always_inline)) bool any_special16(const uint8_t *p, uint8_t kind)
{
	uint64_t half[2];
	v16 v;

	memcpy(&v, p, sizeof(v));
	v = SPECIAL(v16, v, kind);
	memcpy(half, &v, sizeof(half));
	return half[0] | half[1];
}

static inline __attribute__((always_inline)) bool any_special8(const uint8_t *p, uint8_t kind)
{
	uint64_t all;
	v8 v;

	memcpy(&v, p, sizeof(v));
	v = SPECIAL(v8, v, kind);
	memcpy(&all, &v, sizeof(all));
	return all;
}

/* The length of the longest start of s without special bytes. */
static inline __attribute__((always_inline)) size_t plain_run(struct slice s, uint8_t kind)
{
	size_t n = 0;

	while (n + 16 <= s.n && !any_special16(s.p + n, kind))
		n += 16;
	/* The rest, with some that were seen before. */
	if (s.n >= 16 && n + 16 > s.n && !any_special16(s.p + s.n - 16, kind))
		return s.n;
	if (s.n < 16 && s.n >= 8 && !any_special8(s.p, kind) && !any_special8(s.p + s.n - 8, kind))
		return s.n;
	while (n < s.n && !(special[s.p[n]] & kind))
		n++;
	return n;
}

void escape_text(struct buf *out, struct slice s)
{
	while (s.n) {
		size_t n = plain_run(s, TEXT);
		uint32_t rune = 0;

		if (n == 0) {
			n = escape_utf8(s, &rune);
			if (n == 0 || unsafe(rune) || rune == '\\') {
				buf_printf(out, "\\x%02x", s.p[0]);
				s = slice_skip(s, 1);
				continue;
			}
		}
		buf_put(out, s.p, n);
		s = slice_skip(s, n);
	}
}

bool escape_is_plain(struct slice s)
{
	return plain_run(s, TEXT) == s.n;
}

void escape_json(struct buf *out, struct slice s)
{
	while (s.n) {
		size_t n = plain_run(s, JSON);
		uint32_t rune = 0;

		if (n == 0 && (n = escape_utf8(s, &rune)) != 0 &&
		    (unsafe(rune) || rune == '"' || rune == '\\')) {
			if (rune > 0xffff) /* a surrogate pair */
				buf_printf(
				    out, "\\u%04x\\u%04x", 0xd7c0 + (rune >> 10), 0xdc00 | (rune & 0x3ff));
			else
				buf_printf(out, "\\u%04x", rune);
		} else if (n == 0) {
			buf_puts(out, "\xef\xbf\xbd");
			n = 1;
		} else {
			buf_put(out, s.p, n);
		}
		s = slice_skip(s, n);
	}
}

void escape_json_from(struct buf *out, size_t from)
{
	struct slice s = slice_skip(buf_view(out), from);
	size_t plain = plain_run(s, JSON);
	struct buf rest = { 0 };

	if (plain == s.n)
		return;
	buf_slice(&rest, slice_skip(s, plain));
	out->n = from + plain;
	escape_json(out, buf_view(&rest));
	out->failed |= rest.failed;
	buf_fini(&rest);
}

void escape_html(struct buf *out, struct slice s)
{
	while (s.n) {
		size_t n = plain_run(s, HTML);
		uint32_t rune = 0;

		if (n == 0)
			n = escape_utf8(s, &rune);
		if (n == 0 || (rune && unsafe(rune) && rune != '\n' && rune != '\t') || s.p[0] == 0) {
			buf_puts(out, "\xef\xbf\xbd");
			n = n ? n : 1;
		} else if (strchr("&<>\"'", s.p[0])) {
			buf_printf(out, "&#%u;", rune);
		} else {
			buf_put(out, s.p, n);
		}
		s = slice_skip(s, n);
	}
}

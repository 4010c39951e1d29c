/* A slice is a borrowed run of bytes: it points, it never owns.  All protocol text in osilab travels
 * as slices into the caller's buffer; a slice is valid as long as that buffer is. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

struct slice {
	const uint8_t *p; /* first byte; may be NULL when n is 0 */
	size_t n;         /* bytes */
};

/* A slice over a string literal, without its NUL. */
#define SLICE(literal) ((struct slice){ (const uint8_t *)(literal), sizeof(literal) - 1 })
/* The two arguments that "%.*s" takes.  Only for text already known to be printable. */
#define SLICE_ARG(s) (int)(s).n, (const char *)(s).p

static inline struct slice slice_of(const void *p, size_t n)
{
	return (struct slice){ p, n };
}

/* A slice over a NUL-terminated string; NULL gives the empty slice. */
static inline struct slice slice_str(const char *s)
{
	return (struct slice){ (const uint8_t *)s, s ? strlen(s) : 0 };
}

/* Bytes [off, off+n) of s, clipped to what s has. */
static inline struct slice slice_sub(struct slice s, size_t off, size_t n)
{
	if (off > s.n)
		off = s.n;
	if (n > s.n - off)
		n = s.n - off;
	return (struct slice){ s.p ? s.p + off : NULL, n };
}

/* s without its first n bytes. */
static inline struct slice slice_skip(struct slice s, size_t n)
{
	return slice_sub(s, n, s.n);
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool slice_eq_str(struct slice a, const char *b)
{
	return slice_eq(a, slice_str(b));
}

/* Equal when ASCII letters are compared without case (RFC 9110 5.1: field names). */
bool slice_ieq(struct slice a, struct slice b);
bool slice_ieq_str(struct slice a, const char *b);
bool slice_starts(struct slice s, struct slice prefix);
bool slice_istarts(struct slice s, struct slice prefix);

/* Offset of the first byte c, or of the first occurrence of needle; -1 when absent. */
ssize_t slice_chr(struct slice s, uint8_t c);
ssize_t slice_rchr(struct slice s, uint8_t c);
ssize_t slice_find(struct slice s, struct slice needle);

/* s without leading and trailing spaces and tabs (RFC 9110 5.6.3: optional white space). */
struct slice slice_trim(struct slice s);

/* Cuts the field up to the next sep off *rest and returns it; *rest then starts after the sep.
 * After the last field *rest has p == NULL, so `while (rest.p)` visits every field once. */
struct slice slice_cut(struct slice *rest, uint8_t sep);

/* The whole of s as an unsigned decimal (1*DIGIT, no sign, no space) or hexadecimal number.
 * Returns 0, or -1 when s is empty, has another byte, or overflows 64 bits. */
int slice_u64(struct slice s, uint64_t *out);
int slice_hex64(struct slice s, uint64_t *out);

/* Copies s and a NUL to dst of `size` bytes, cut to fit.  Returns dst. */
char *slice_cstr(struct slice s, char *dst, size_t size);

#endif

/* A field: one named value out of a packet.  Decoders list the fields of a layer, notes carry
 * fields, and sinks print them; nobody formats a value before a sink needs it. */
#ifndef WIRE_FIELD_H
#define WIRE_FIELD_H

#include "base/slice.h"

enum field_type {
	FIELD_UINT,  /* u, shown in decimal */
	FIELD_HEX,   /* u, shown as 0x.. with `digits` hexadecimal digits */
	FIELD_BOOL,  /* u is 0 or 1 */
	FIELD_MAC,   /* s: 6 bytes */
	FIELD_IP4,   /* s: 4 bytes */
	FIELD_IP6,   /* s: 16 bytes */
	FIELD_TEXT,  /* s: text, from the program or from the network; escape before showing */
	FIELD_BYTES, /* s: octets, shown as hexadecimal */
	FIELD_SPAN,  /* u as int64_t: nanoseconds */
	FIELD_TIME,  /* u as int64_t: nanoseconds since 1970 UTC */
};

struct field {
	const char *name;  /* tshark's name where tshark has the thing, else osilab.*; static storage */
	const char *label; /* a few words for people, "Source address"; static storage; may be NULL */
	enum field_type type;
	uint8_t digits;    /* FIELD_HEX */
	uint32_t off, len; /* the bytes of the packet it was read from; len 0: derived from others */
	uint64_t u;
	struct slice s;
};

/* A list with room for `cap` fields in the caller's storage; what does not fit is counted, not
 * written. */
struct fields {
	struct field *v;
	uint32_t n, cap, lost;
};

static inline struct field *fields_add(struct fields *f, struct field one)
{
	if (f->n == f->cap) {
		f->lost++;
		return NULL;
	}
	f->v[f->n] = one;
	return &f->v[f->n++];
}

/* The usual rows; off counts from the start of the packet. */
static inline void fields_uint(
    struct fields *f, const char *name, const char *label, uint32_t off, uint32_t len, uint64_t u)
{
	fields_add(f, (struct field){ name, label, FIELD_UINT, 0, off, len, u, { NULL, 0 } });
}

static inline void fields_hex(struct fields *f, const char *name, const char *label, uint32_t off,
    uint32_t len, uint8_t digits, uint64_t u)
{
	fields_add(f, (struct field){ name, label, FIELD_HEX, digits, off, len, u, { NULL, 0 } });
}

static inline void fields_bool(
    struct fields *f, const char *name, const char *label, uint32_t off, uint32_t len, bool b)
{
	fields_add(f, (struct field){ name, label, FIELD_BOOL, 0, off, len, b, { NULL, 0 } });
}

/* s.n bytes at off, of a type that shows s. */
static inline void fields_slice(
    struct fields *f, const char *name, const char *label, enum field_type type, uint32_t off, struct slice s)
{
	fields_add(f, (struct field){ name, label, type, 0, off, (uint32_t)s.n, 0, s });
}

#endif

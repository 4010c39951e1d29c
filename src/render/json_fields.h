/* The fields of a packet as members of a JSON object: those of all layers side by side, then those of its notes
 * that say something new.  A name that comes more than once becomes an array, so that each key stands there once.
 *
 * Most packets look much like one before: they have fields of the same names in the same order, a shape, and most
 * values are the same too.  A shape therefore keeps what it last wrote, and only what differs is written anew.
 * Private to the room. */
#ifndef RENDER_JSON_FIELDS_H
#define RENDER_JSON_FIELDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "trace/frame.h"

enum {
	JSON_FIELDS_MAX = 1024, /* of one packet, notes included */
	JSON_NAME_ROOM = 64,
	JSON_NAMES_MAX = 4096, /* a power of two, well above the names that fields can have */
	JSON_SHAPES = 64,      /* that are remembered: one bit each */
	JSON_SHAPE_MAX = 128,  /* fields of one */
	JSON_SHOWN_MAX = 32,   /* bytes of a text that are kept to tell whether it is the same again */
};

/* A name that fields have, and the first and last field of it in the packet in hand.  Names are static
 * strings, so that one is found again by its address alone. */
struct json_name {
	const char *text;
	char key[JSON_NAME_ROOM]; /* ,"name": as it stands in a line; empty when it is too long for that */
	uint32_t key_len;
	uint32_t packet; /* the run of chain_fields that head and tail belong to */
	uint16_t head, tail;
	uint64_t shapes; /* a bit for each of them that has this name */
};

/* Where the name at one address is; several addresses can hold the same name. */
struct json_name_at {
	const char *text;
	struct json_name *name;
};

/* A value that was written, and where its member ends. */
struct json_shown {
	uint64_t u;
	size_t n, end;
	enum field_type type;
	uint8_t digits;
	uint8_t bytes[JSON_SHOWN_MAX];
};

struct json_shape {
	uint32_t n; /* 0: none yet */
	const char *texts[JSON_SHAPE_MAX];
	const struct json_name *names[JSON_SHAPE_MAX];
	uint16_t next[JSON_SHAPE_MAX]; /* as in struct json_fields */
	bool hidden[JSON_SHAPE_MAX];
	struct json_shown shown[JSON_SHAPE_MAX];
	struct buf line; /* the members it wrote last; empty: none yet */
};

struct json_fields {
	struct field v[JSON_FIELDS_MAX];                  /* of the packet in hand */
	uint32_t own, n;                                  /* those of its notes begin at `own` */
	const struct json_name *name_of[JSON_FIELDS_MAX]; /* NULL: there was no more room for names */
	uint16_t next[JSON_FIELDS_MAX];                   /* the next field of the same name + 1; 0: none */
	bool hidden[JSON_FIELDS_MAX];                     /* shown with an earlier one, or says nothing new */
	struct json_member {
		size_t at, n;      /* where in the buffer; n 0: it has none of its own */
	} member[JSON_FIELDS_MAX]; /* of the fields of notes */
	struct arena scratch;
	uint32_t packet; /* counts packets, to tell used slots from old ones */
	struct json_name names[JSON_NAMES_MAX];
	unsigned nnames;
	struct json_name_at at[2 * JSON_NAMES_MAX];
	unsigned nat;
	struct json_shape shapes[JSON_SHAPES];
};

/* l is all zeros. */
void json_fields_init(struct json_fields *l);
void json_fields_fini(struct json_fields *l);

/* Takes the fields of the frame and appends their members, each with a comma before it. */
void json_fields_put(struct json_fields *l, const struct frame *f, struct buf *b);

/* Appends the member of field i of these alone, with the comma unless it is the first of an object. */
void json_fields_again(const struct json_fields *l, uint32_t i, struct buf *b, bool first);

#endif

/* HPACK: header blocks to lists of fields, one decoder per direction of a connection.  RFC 7541.
 *
 * The decoder may be told that it does not know the dynamic table, because the capture began later than the
 * connection or lost a part of it.  Then entries that cannot be known are marked, and everything else is still
 * read: literals, static entries, and entries that were added since. */
#ifndef HTTP2_HPACK_H
#define HTTP2_HPACK_H

#include "base/arena.h"

enum {
	HPACK_FIELDS_MAX = 128,      /* fields kept of one list */
	HPACK_LIST_MAX = 64 * 1024,  /* octets of names and values kept of one list */
	HPACK_TABLE_MAX = 64 * 1024, /* the largest dynamic table there can be here */
	HPACK_TABLE_DEFAULT = 4096,  /* before anything is agreed (RFC 9113 6.5.2) */
};

struct hpack_field {
	struct slice name, value; /* in the arena */
	bool unknown_name;        /* it stands in an entry that is not known; name is empty */
	bool unknown_value;       /* so does the value */
	bool never_indexed;       /* a literal that no table may keep (RFC 7541 7.1.3) */
};

struct hpack_list {
	struct hpack_field v[HPACK_FIELDS_MAX];
	unsigned n;
	unsigned lost;    /* fields beyond what is kept */
	unsigned unknown; /* fields with something unknown among the n */
	size_t text;      /* octets the whole list takes as lines of HTTP/1.1, "name: value\r\n" */
};

struct hpack;

/* A decoder for one direction from its beginning; NULL when out of memory. */
struct hpack *hpack_new(void);
void hpack_free(struct hpack *h); /* NULL: no-op */

/* The dynamic table is not known from here on. */
void hpack_forget(struct hpack *h);
/* Is it known? */
bool hpack_known(const struct hpack *h);

/* The receiver of the blocks has announced this size for the table; its sender may use it all.  A smaller one
 * takes effect when the sender says so in a block. */
void hpack_limit(struct hpack *h, uint32_t size);

/* Decodes a whole header block; names and values are put into the arena.  0, or -1 for a damaged block (out of
 * step, COMPRESSION_ERROR), with what stood before the damage in *out; the table then counts as not known. */
int hpack_decode(struct hpack *h, struct slice block, struct arena *a, struct hpack_list *out);

/* About how much memory it takes. */
size_t hpack_held(const struct hpack *h);

#endif

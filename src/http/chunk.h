/* The chunked transfer coding.  RFC 9112 7.1.  Decoding is incremental and keeps no bytes: however
 * the input was cut, the data and the verdict are the same.
 *
 *	while (in.n && !http_chunk_done(&c)) {
 *		ssize_t used = http_chunk_feed(&c, in, &data);
 *
 *		if (used < 0)
 *			return fail((enum http_reason)-used);
 *		consume(data);
 *		in = slice_skip(in, (size_t)used);
 *	}
 */
#ifndef HTTP_CHUNK_H
#define HTTP_CHUNK_H

#include "http/msg.h"

struct http_chunk {
	uint8_t state;
	uint8_t digits;   /* of the size being read */
	uint8_t name_len; /* of the trailer name being read, as far as name[] holds it */
	bool lenient;
	char name[20];      /* the trailer name, lower case; long enough for those that are forbidden */
	uint64_t left;      /* bytes of the present chunk still to come */
	uint64_t body;      /* bytes of data given out so far */
	uint64_t tolerated; /* lenient: bit 1 << reason for each breach let pass */
	uint32_t chunks;    /* chunks begun, the last one of size 0 included */
	uint32_t overhead;  /* bytes of extensions and trailers so far */
	uint32_t limit;     /* of overhead */
	uint32_t trailer;   /* bytes of trailer section so far, the closing empty line included */
	int reason;         /* after a failure: which, so that feeding on fails again */
};

/* `overhead` limits extensions and trailers together, 0 means HTTP_OVERHEAD_MAX; flags:
 * HTTP_LENIENT of parse.h or 0. */
void http_chunk_init(struct http_chunk *c, uint32_t overhead, int flags);

/* Decodes from the start of `in`: returns the bytes consumed, with *data the next run of body bytes
 * (a slice into `in`, empty when only framing was consumed); at least 1 unless `in` is empty or the
 * body has ended; or -(enum http_reason).  Never consumes bytes behind the end of the body. */
ssize_t http_chunk_feed(struct http_chunk *c, struct slice in, struct slice *data);

/* Has the whole body, trailer section included, been consumed?  The last c->trailer bytes consumed
 * were the trailer section; http_parse_fields reads it. */
bool http_chunk_done(const struct http_chunk *c);

#endif

/* Undoing Content-Encoding gzip and deflate, and the messages of WebSocket's permessage-deflate.  RFC 1950,
 * RFC 1951, RFC 1952, RFC 7692.  This room's one file that sees zlib's decoder for content.
 *
 * What comes out is as much as the caller gives room for: a few kilobytes can blow up to megabytes, so
 * callers stop when they have seen enough. */
#ifndef TRACE_INFLATE_H
#define TRACE_INFLATE_H

#include "base/slice.h"

enum inflate_coding {
	INFLATE_GZIP,    /* one or more members in a row */
	INFLATE_DEFLATE, /* with zlib's wrapper as RFC 9110 8.4.1.2 says, or raw, as some servers send it */
	INFLATE_RAW,     /* WebSocket messages: the window goes on from one to the next */
};

enum { INFLATE_HELD = 44 * 1024 }; /* bytes that one decoder holds, about */

struct inflater {
	enum inflate_coding coding;
	bool ended;       /* the end of the data was seen; what follows is not looked at */
	bool damaged;     /* it is not what it was said to be; sticky */
	uint8_t first;    /* INFLATE_DEFLATE: the first byte, until the second tells whether it is wrapped */
	uint64_t in, out; /* bytes taken and given so far */
	struct z_stream_s *z; /* NULL before the first bytes */
};

/* Nothing is allocated yet. */
void inflater_init(struct inflater *i, enum inflate_coding coding);
void inflater_fini(struct inflater *i);

/* Decodes from the start of *in, which it takes bytes off, into out.  The bytes written; 0 when all of *in is
 * used up, or at the end of the data; -1 when it is damaged or there is no memory.  To be called until it
 * gives 0 or -1, or until the caller has enough. */
ssize_t inflater_next(struct inflater *i, struct slice *in, uint8_t *out, size_t size);

#endif

/* Decoding content through zlib; see inflate.h. */
#include "trace/inflate.h"

#include <stdlib.h>
#include <zlib.h>

void inflater_init(struct inflater *i, enum inflate_coding coding)
{
	*i = (struct inflater){ .coding = coding };
}

void inflater_fini(struct inflater *i)
{
	if (i->z) {
		inflateEnd(i->z);
		free(i->z);
	}
	i->z = NULL;
}

/* zlib says by the window bits what is around the data: 16 more for gzip, less than 0 for nothing. */
static int start(struct inflater *i, int window)
{
	i->z = calloc(1, sizeof(*i->z));
	if (i->z && inflateInit2(i->z, window) == Z_OK)
		return 0;
	free(i->z);
	i->z = NULL;
	i->damaged = true;
	return -1;
}

/* RFC 1950 2.2: the method is 8, and the two bytes are a multiple of 31. */
static bool is_wrapped(uint8_t first, uint8_t second)
{
	return (first & 15) == 8 && (first << 8 | second) % 31 == 0;
}

/* Begins as soon as it is clear how; 1 when that takes a second byte, 0, or -1. */
static int begin(struct inflater *i, struct slice *in)
{
	uint8_t out;

	if (i->coding == INFLATE_GZIP)
		return start(i, 16 + MAX_WBITS);
	if (i->coding == INFLATE_RAW)
		return start(i, -MAX_WBITS);
	if (i->in == 0) {
		i->first = in->p[0];
		*in = slice_skip(*in, 1);
		i->in = 1;
	}
	if (!in->n)
		return 1;
	if (start(i, is_wrapped(i->first, in->p[0]) ? MAX_WBITS : -MAX_WBITS) < 0)
		return -1;
	i->z->next_in = &i->first;
	i->z->avail_in = 1;
	i->z->next_out = &out;
	i->z->avail_out = 1;
	if (inflate(i->z, Z_NO_FLUSH) == Z_OK && i->z->avail_out)
		return 0;
	i->damaged = true; /* no data comes out of one byte */
	return -1;
}

/* What an inflate() that returned `rc` means for the next step: 0 go on, -1 it is damaged. */
static int judge(struct inflater *i, int rc)
{
	if (rc == Z_STREAM_END) {
		/* More members may follow (RFC 1952 2.2), also in bytes still to come; so may padding. */
		i->ended = i->coding != INFLATE_GZIP || inflateReset(i->z) != Z_OK;
		return 0;
	}
	if (rc == Z_OK || rc == Z_BUF_ERROR)
		return 0;
	if (i->coding == INFLATE_GZIP && i->out && i->z->total_out == 0) {
		i->ended = true; /* what stands behind the last member is no other one */
		return 0;
	}
	i->damaged = true;
	return -1;
}

ssize_t inflater_next(struct inflater *i, struct slice *in, uint8_t *out, size_t size)
{
	size_t used, n;
	int rc;

	if (i->damaged)
		return -1;
	if (!i->z && in->n && (rc = begin(i, in)) != 0)
		return rc < 0 ? -1 : 0;
	for (;;) {
		if (!i->z || i->ended)
			return 0;
		i->z->next_in = (Bytef *)(uintptr_t)in->p;
		i->z->avail_in = (uInt)(in->n > 1 << 20 ? 1 << 20 : in->n);
		i->z->next_out = out;
		i->z->avail_out = (uInt)(size > 1 << 20 ? 1 << 20 : size);
		used = i->z->avail_in, n = i->z->avail_out;
		rc = inflate(i->z, Z_NO_FLUSH);
		used -= i->z->avail_in, n -= i->z->avail_out;
		*in = slice_skip(*in, used);
		i->in += used;
		i->out += n;
		if (judge(i, rc) < 0 && !n)
			return -1;
		if (n || (!used && rc != Z_STREAM_END))
			return (ssize_t)n;
	}
}

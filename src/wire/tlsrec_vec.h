/* Reading TLS vectors (RFC 8446 3.4): a length of one, two or three bytes and then that many bytes.
 * Shared by the tlsrec files. */
#ifndef WIRE_TLSREC_VEC_H
#define WIRE_TLSREC_VEC_H

#include "base/bytes.h"
#include "wire/tlsrec.h"

static inline struct slice vec8(struct rd *r)
{
	return rd_take(r, rd_u8(r));
}

static inline struct slice vec16(struct rd *r)
{
	return rd_take(r, rd_be16(r));
}

static inline struct slice vec24(struct rd *r)
{
	return rd_take(r, rd_be24(r));
}

/* What a message parser returns: damaged when a read went too far or bytes are left over. */
static inline int vec_end(const struct rd *r)
{
	return r->bad || r->off != r->n ? TLSREC_DAMAGED : 0;
}

#endif

/* Base64 and base64url.  RFC 4648 4 and 5.  Decoding is strict: no white space, no foreign octet,
 * no bits set that the last digit does not use, so that every text has one value and every value
 * one text. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

enum base64_flags {
	BASE64_STD = 0,         /* '+' and '/' */
	BASE64_URL = 1,         /* '-' and '_' */
	BASE64_PADDED = 0,      /* '=' to a multiple of four, required */
	BASE64_UNPADDED = 2,    /* no '=' at all, as in JSON Web Tokens */
	BASE64_ANY_PADDING = 4, /* decoding only: with or without */
};

/* Bytes that n bytes take when encoded. */
size_t base64_encoded_size(size_t n, int flags);
/* Bytes to decode n digits into, at most. */
static inline size_t base64_decoded_room(size_t n)
{
	return n / 4 * 3 + 3;
}

/* Writes exactly base64_encoded_size bytes to out, no NUL. */
void base64_encode(struct slice in, int flags, char *out);
/* Appends the encoded bytes; 0, or -1 as buf_put. */
int base64_put(struct buf *out, struct slice in, int flags);

/* Decodes all of `in` into out.  Returns the bytes written, or -1 when it is not exactly base64 of
 * that kind or out has too little room.  May be done in place (out == in.p). */
ssize_t base64_decode(struct slice in, int flags, uint8_t *out, size_t size);

#endif

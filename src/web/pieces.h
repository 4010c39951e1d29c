/* The content of an answer that is made of pieces (exchange_pieces), bit by bit: text, bytes of a file, bytes that
 * are made on the way. */
#ifndef WEB_PIECES_H
#define WEB_PIECES_H

#include "web/exchange.h"

/* How far it has been sent. */
struct pieces_at {
	uint64_t left; /* bytes still to come; 0: nothing more */
	size_t piece;  /* which piece, and how far into it */
	uint64_t at;
};

/* Appends up to n bytes (n > 0) to out.  > 0: so many; 0: there are none: the file has become shorter, or memory
 * ran out, and the answer cannot be finished. */
size_t pieces_put(const struct exchange *x, struct pieces_at *p, struct buf *out, size_t n);

/* Bytes of the file that come next without any text between; *offset says where they are.  0: text is next, or
 * there is no file. */
uint64_t pieces_file(const struct exchange *x, const struct pieces_at *p, uint64_t *offset);

/* So many bytes are on their way. */
void pieces_sent(const struct exchange *x, struct pieces_at *p, size_t n);

#endif

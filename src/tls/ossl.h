/* What the files of this room share about OpenSSL's errors. */
#ifndef TLS_OSSL_H
#define TLS_OSSL_H

#include "base/err.h"

/* Fills e with the formatted text, ": " and the reason of the first error in this thread's queue,
 * and empties the queue; returns -1. */
int ossl_fail(struct err *e, enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Words for an error code of the queue: a plain explanation of the common ones, else OpenSSL's own.
 */
const char *ossl_reason(unsigned long code);

#endif

/* Content coding gzip: does the client take it, and making it.  RFC 9110 8.4.1.3, 12.5.3.  The only file of
 * this room that sees zlib. */
#ifndef WEB_GZIP_H
#define WEB_GZIP_H

#include "base/buf.h"
#include "http/msg.h"

/* By Accept-Encoding; without the field: no, since few who say nothing can undo it. */
bool gzip_accepted(const struct http_msg *req);

/* Appends `in` as gzip.  0; -1 when it does not get smaller, or there is no room: out is unchanged. */
int gzip_pack(struct buf *out, struct slice in);

#endif

/* Building message heads and chunks into a struct buf.  RFC 9112 3, 4, 5, 7.1.
 *
 * Nothing a caller passes can break out of its line: a CR, LF, NUL or other control octet in a
 * value, or an octet that is no token in a name, is refused with -1, the buffer unchanged but for
 * buf->failed, which is set, so that a row of writes may be checked once at its end.  Such a buffer
 * must not be sent. */
#ifndef HTTP_WRITE_H
#define HTTP_WRITE_H

#include "base/buf.h"
#include "http/msg.h"

/* "HTTP/1.1 404 Not Found\r\n".  status 100..999. */
int http_write_status(struct buf *out, unsigned status);
/* "GET /path HTTP/1.1\r\n".  The target must be visible ASCII. */
int http_write_request(struct buf *out, struct slice method, struct slice target);

/* "Name: value\r\n". */
int http_write_field(struct buf *out, struct slice name, struct slice value);
int http_write_text(struct buf *out, const char *name, const char *value);
int http_write_number(struct buf *out, const char *name, uint64_t value);
/* "Date: ...\r\n" for a time in nanoseconds since 1970 UTC. */
int http_write_date(struct buf *out, int64_t now);
/* The empty line behind the last field. */
int http_write_end(struct buf *out);

/* A complete head for a body of known length: status line, Date, Content-Type (unless NULL),
 * Content-Length (unless the status has no body: 1xx, 204, 304), and `Connection: close` when asked
 * for; the caller adds more fields and http_write_end. */
int http_write_head(struct buf *out, unsigned status, int64_t now, const char *content_type,
    uint64_t content_length, bool close);

/* One chunk with its framing; nothing for empty data, which would end the body. */
int http_write_chunk(struct buf *out, struct slice data);
/* The last chunk and an empty trailer section. */
int http_write_last_chunk(struct buf *out);

#endif

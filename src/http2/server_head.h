/* Heads on their way between HTTP/2 and the form of HTTP/1.1, for server.c alone. */
#ifndef HTTP2_SERVER_HEAD_H
#define HTTP2_SERVER_HEAD_H

#include "base/buf.h"
#include "http/msg.h"
#include "http2/calm.h"
#include "http2/hpack.h"

/* The parts of a request's head that do not become lines where they stand. */
enum h2_head_part { H2_METHOD, H2_SCHEME, H2_AUTHORITY, H2_PATH, H2_HOST, H2_PARTS };

/* A request's head, field by field. */
struct h2_request_head {
	size_t limit;   /* bytes of it that are kept */
	bool malformed; /* RFC 9113 8.1.1 */
	bool large;     /* over the limit */
	struct buf parts;
	struct {
		size_t at, n; /* in `parts` */
		bool there;
	} part[H2_PARTS];
	struct buf lines;  /* the regular fields */
	struct buf cookie; /* the pieces of Cookie, joined */
	struct buf text;   /* all together */
};

void h2_head_begin(struct h2_request_head *h, size_t limit);
void h2_head_field(struct h2_request_head *h, struct slice name, struct slice value);
/* 0 with the head as HTTP/1.1 in *out, valid until the next call; empty when it was too large.  -1: malformed. */
int h2_head_end(struct h2_request_head *h, struct slice *out);
/* Keeps little memory until the next one. */
void h2_head_rest(struct h2_request_head *h);
void h2_head_fini(struct h2_request_head *h);

/* The fields of a whole head of HTTP/1.1 as HTTP/2 has them: ":status" first, names in small letters, what is about
 * the connection left out.  They point into `head`, which is changed.  How many; -1 when there are more than max or it
 * is no head. */
int h2_head_split(struct buf *head, struct slice *names, struct slice *values, int max);

#endif

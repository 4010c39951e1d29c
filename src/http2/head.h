/* A decoded header list as the head of a message: pseudo-header fields taken apart, the others in the struct that
 * HTTP/1.1 heads come in, so that what is said of cookies and credentials is said once.  RFC 9113 8. */
#ifndef HTTP2_HEAD_H
#define HTTP2_HEAD_H

#include "http/msg.h"
#include "http2/hpack.h"

enum h2_head_kind {
	H2_HEAD_REQUEST,  /* it has :method */
	H2_HEAD_RESPONSE, /* it has :status */
	H2_HEAD_BARE,     /* no pseudo-header field at all: trailers */
	H2_HEAD_UNKNOWN,  /* which of them it is stands in table entries that are not known */
};

/* Why a message is malformed (RFC 9113 8.1.1). */
enum h2_flaw {
	H2_SOUND,
	H2_FLAW_UPPER_CASE,
	H2_FLAW_NAME,
	H2_FLAW_VALUE,
	H2_FLAW_PSEUDO_LATE,
	H2_FLAW_PSEUDO_TWICE,
	H2_FLAW_PSEUDO_OTHER,
	H2_FLAW_PSEUDO_MIXED,
	H2_FLAW_PSEUDO_MISSING,
	H2_FLAW_CONNECTION,
	H2_FLAW_STATUS,
	H2_FLAW_COUNT,
};

struct h2_head {
	enum h2_head_kind kind;
	struct slice method, scheme, authority, path, protocol, status; /* p is NULL: not there */
	enum h2_flaw flaw;                                              /* the first there is */
	struct http_msg msg; /* the regular fields that are known; several Cookie fields made one (RFC 9113
	                      * 8.2.3); for a request target, host and method too, for a response the status */
};

/* Slices of *out point into the list's arena or into `a`. */
void h2_head_read(const struct hpack_list *list, struct arena *a, struct h2_head *out);

/* One phrase; never NULL. */
const char *h2_flaw_text(enum h2_flaw flaw);

#endif

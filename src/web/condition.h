/* Conditional requests: is the representation the one the client means?  RFC 9110 8.8, 13. */
#ifndef WEB_CONDITION_H
#define WEB_CONDITION_H

#include "http/msg.h"

/* What a representation is known by. */
struct validators {
	struct slice etag; /* strong, with its quotes; p is NULL when there is no representation */
	int64_t modified;  /* seconds since 1970; -1: not known */
};

/* The status that the request's conditions make of it: 0: go on; 304: the client has it already; 412.  In the
 * order of RFC 9110 13.2.2. */
unsigned condition_verdict(const struct http_msg *req, const struct validators *v);

/* May the Range field be honoured, by If-Range (RFC 9110 13.1.5)?  `now` in seconds: a time of change within
 * this very second proves nothing. */
bool condition_range(const struct http_msg *req, const struct validators *v, int64_t now);

#endif

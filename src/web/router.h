/* Which handler answers which path and method: a plain list of rows. */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "base/buf.h"
#include "http/msg.h"

struct exchange;

enum web_progress {
	WEB_ANSWERED, /* the answer is in the exchange */
	WEB_LATER,    /* exchange_resume will be called, see exchange.h */
};

typedef enum web_progress (*web_step)(struct exchange *x);

enum route_flags {
	ROUTE_SESSION = 1,     /* the session is looked up before the handler is called */
	ROUTE_SAME_ORIGIN = 2, /* refused with 403 when a browser says it comes from another site */
	ROUTE_PRIVATE = 4,     /* Cache-Control: no-store */
	ROUTE_JSON = 8,        /* errors are JSON too */
	ROUTE_PREFIX = 16,     /* path is the beginning: something must follow */
};

struct route {
	const char *path;        /* exactly, or see ROUTE_PREFIX; NULL ends the list */
	enum http_method method; /* HTTP_GET answers HEAD too */
	unsigned flags;
	web_step handler;
};

/* The row for path and method, or NULL: then *allowed says which methods (bit 1 << enum
 * http_method) the path has: 0 means there is no such path (404), else it is 405. */
const struct route *router_find(
    const struct route *rows, const char *path, enum http_method method, unsigned *allowed);

/* "GET, HEAD, POST, OPTIONS" for the Allow field. */
void router_allow(unsigned allowed, struct buf *out);

#endif

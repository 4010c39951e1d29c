/* Did the page that made a browser send this request come from us?  The defence against cross-site
 * request forgery that needs no state, so that it works for the login itself. */
#ifndef WEB_ORIGIN_H
#define WEB_ORIGIN_H

#include "http/msg.h"

enum origin {
	ORIGIN_UNKNOWN, /* neither field is there: no browser of this decade, or no browser */
	ORIGIN_SAME,
	ORIGIN_CROSS, /* one of them says another site, or Origin is "null" or there twice */
};

/* From Sec-Fetch-Site (W3C Fetch Metadata) and Origin (RFC 6454 7), which scripts cannot set. */
enum origin origin_of(const struct http_msg *req, bool secure);

#endif

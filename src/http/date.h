/* Reading dates.  RFC 9110 5.6.7 for HTTP fields, RFC 6265bis 5.1.1 for cookies. (Writing:
 * base/clock.h.) */
#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include "base/slice.h"

/* An HTTP-date in any of its three formats: IMF-fixdate, RFC 850 (a two-digit year counts as
 * 1970..2069), asctime.  0 with *seconds since 1970 UTC, or -1 when it is none. */
int http_date_parse(struct slice text, int64_t *seconds);

/* The forgiving algorithm for the Expires attribute of a cookie: time, day, month and year in any
 * order. 0 with *seconds since 1970 UTC, or -1 when one is missing or out of range (years before
 * 1601). */
int http_cookie_date(struct slice text, int64_t *seconds);

#endif

/* What the fields of a head say about its framing, its host and its connection.  For this room
 * only. */
#ifndef HTTP_FACTS_H
#define HTTP_FACTS_H

#include "http/scan.h"

/* Takes note of one field.  1, or -(enum http_reason). */
int http_fact(struct http_scan *s, const struct http_field *f);
/* Checks what only the whole head tells.  1, or -(enum http_reason). */
int http_facts_end(struct http_scan *s);

#endif

/* What the fields of a head say about its framing, its host and its connection.  For this room
 * only. */
#ifndef HTTP_FACTS_H
#define HTTP_FACTS_H

#include "http/scan.h"

/* Can a field of that name be a fact?  Most cannot, by their length alone: the parser asks this
 * first. */
static inline bool http_fact_maybe(struct slice name)
{
	const uint32_t lengths = 1 << 4 | 1 << 6 | 1 << 7 | 1 << 10 | 1 << 14 | 1 << 17;

	return name.n < 32 && (lengths >> name.n & 1);
}

/* Takes note of one field.  1, or -(enum http_reason). */
int http_fact(struct http_scan *s, struct slice name, struct slice value);
/* Checks what only the whole head tells.  1, or -(enum http_reason). */
int http_facts_end(struct http_scan *s);

#endif

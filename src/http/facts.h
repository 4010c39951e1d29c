/* What the fields of a head say about its framing, its host and its connection.  For this room
 * only. */
#ifndef HTTP_FACTS_H
#define HTTP_FACTS_H

#include "http/scan.h"

/* Takes note of one field.  1, or -(enum http_reason). */
int http_fact(struct http_scan *s, struct slice name, struct slice value);

/* The same for a field that most likely is no fact, which its length and first letter tell.  False with
 * s->verdict when it is wrong. */
static inline bool http_fact_taken(struct http_scan *s, const struct http_field *f)
{
	static const uint8_t first[32] = {
		[4] = 'h', [6] = 'e', [7] = 'u', [10] = 'c', [14] = 'c', [17] = 't'
	};

	if (f->name.n >= sizeof(first) || !f->name.n || first[f->name.n] != (f->name.p[0] | 0x20))
		return true;
	s->verdict = http_fact(s, f->name, f->value);
	return s->verdict > 0;
}

/* Checks what only the whole head tells.  1, or -(enum http_reason). */
static inline int http_facts_end(struct http_scan *s)
{
	struct http_msg *m = s->msg;
	int r;

	m->upgrade = s->upgrade_listed && s->upgrade_field;
	if (m->coded && s->length_field && (r = http_breach(s, HTTP_CODING_AND_LENGTH)) < 0)
		return r;
	if (m->request && m->minor >= 1 && !m->host_field.p && (r = http_breach(s, HTTP_HOST_MISSING)) < 0)
		return r;
	return 1;
}

#endif

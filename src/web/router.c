/* The list of routes; see router.h.  RFC 9110 9.3, 10.2.1 (Allow). */
#include "web/router.h"

#include <string.h>

static bool is_for(const struct route *r, const char *path)
{
	size_t n = strlen(r->path);

	if (r->flags & ROUTE_PREFIX)
		return strncmp(r->path, path, n) == 0 && path[n];
	return strcmp(r->path, path) == 0;
}

const struct route *router_find(
    const struct route *rows, const char *path, enum http_method method, unsigned *allowed)
{
	enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;

	*allowed = 0;
	for (; rows->path; rows++) {
		if (!is_for(rows, path))
			continue;
		if (rows->method == wanted)
			return rows;
		*allowed |= 1u << rows->method;
	}
	return NULL;
}

void router_allow(unsigned allowed, struct buf *out)
{
	static const enum http_method order[] = { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH,
		HTTP_DELETE };

	if (allowed & 1u << HTTP_GET)
		allowed |= 1u << HTTP_HEAD;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (allowed & 1u << order[i])
			buf_printf(out, "%s, ", http_method_name(order[i]));
	buf_puts(out, http_method_name(HTTP_OPTIONS));
}

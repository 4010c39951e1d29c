/* Versions of HTTP; see versions.h. */
#include "web/versions.h"

#include <string.h>

static bool has(const struct opt_list *list, const char *version)
{
	for (int i = 0; i < list->n; i++)
		if (strcmp(list->v[i], version) == 0)
			return true;
	return false;
}

bool versions_names(const char *text)
{
	return strcmp(text, "1.0") == 0 || strcmp(text, "1.1") == 0 || strcmp(text, "2") == 0;
}

struct versions versions_of(const struct opt_list *list)
{
	struct versions v = { has(list, "1.0"), has(list, "1.0") || has(list, "1.1"), has(list, "2") };

	if (!v.http1 && !v.http2)
		v.http1 = v.http2 = true;
	return v;
}

const char *versions_alpn(const struct versions *v)
{
	if (!v->http2)
		return "http/1.1,http/1.0";
	return v->http1 ? "h2,http/1.1,http/1.0" : "h2";
}

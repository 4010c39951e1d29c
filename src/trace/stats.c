/* Counting names; see stats.h. */
#include "trace/stats.h"

void stats_count(struct stats_names *s, struct slice name)
{
	char text[STATS_NAME_MAX];
	unsigned i;

	slice_cstr(name, text, sizeof(text));
	for (i = 0; i < s->n; i++)
		if (strcmp(s->v[i].name, text) == 0)
			break;
	if (i == s->n) {
		if (s->n == STATS_NAMES)
			return;
		memcpy(s->v[s->n++].name, text, sizeof(text));
	}
	s->v[i].count++;
}

/* The names that fields can have.  The build gathers them from the sources of wire and trace, so that a field
 * becomes known by being written; see the Makefile. */
#include "trace/display.h"

#include "base/near.h"

#include <stdio.h>

static const char *const names[] = {
#include "field_names.h"
};

enum { NAMES = sizeof(names) / sizeof(*names) };

static bool same(const char *field, struct slice name)
{
	size_t i = 0;

	for (; i < name.n && field[i]; i++)
		if (field[i] != (char)name.p[i] && !(field[i] == '.' && name.p[i] == '_'))
			return false;
	return i == name.n && !field[i];
}

const char *display_field(struct slice name)
{
	for (size_t i = 0; i < NAMES; i++)
		if (same(names[i], name))
			return names[i];
	return NULL;
}

static void underscore(const char *field, char *to, size_t size)
{
	snprintf(to, size, "%s", field);
	for (; *to; to++)
		*to = *to == '.' ? '_' : *to;
}

const char *display_near(const char *typed, const char *best, char *to, size_t size)
{
	for (size_t i = 0; i < NAMES; i++) {
		char name[64];

		underscore(names[i], name, sizeof(name));
		if (near_word(typed, name, best) == name) {
			snprintf(to, size, "%s", name);
			best = to;
		}
	}
	return best;
}

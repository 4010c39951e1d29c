/* A strict JSON checker (RFC 8259) for tests: UTF-8, no trailing commas, each key once per object. */
#ifndef TESTS_RENDER_JSON_CHECK_H
#define TESTS_RENDER_JSON_CHECK_H

#include <stdlib.h>

#include "base/escape.h"

struct json_check {
	const char *p;
	const char *keys[16][256]; /* by depth */
	int n[16];
};

static inline bool json_check_value(struct json_check *c, int depth);

static inline bool json_check_take(struct json_check *c, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(c->p, word, n) != 0)
		return false;
	c->p += n;
	return true;
}

static inline bool json_check_string(struct json_check *c)
{
	uint32_t rune;

	if (!json_check_take(c, "\""))
		return false;
	while (*c->p != '"') {
		size_t n = escape_utf8(slice_of(c->p, strnlen(c->p, 4)), &rune);

		if (n == 0 || (uint8_t)*c->p < 0x20)
			return false;
		if (*c->p != '\\') {
			c->p += n;
		} else if (c->p[1] == 'u') {
			for (int i = 2; i < 6; i++)
				if (!strchr("0123456789abcdefABCDEF", c->p[i]) || !c->p[i])
					return false;
			c->p += 6;
		} else if (c->p[1] && strchr("\"\\/bfnrt", c->p[1])) {
			c->p += 2;
		} else {
			return false;
		}
	}
	c->p++;
	return true;
}

static inline bool json_check_number(struct json_check *c)
{
	char *end;

	if (*c->p != '-' && (*c->p < '0' || *c->p > '9'))
		return false;
	strtod(c->p, &end);
	if (c->p[0] == '0' && c->p[1] >= '0' && c->p[1] <= '9')
		return false;
	c->p = end;
	return true;
}

static inline bool json_check_member(struct json_check *c, int depth)
{
	const char *key = c->p;

	if (!json_check_string(c))
		return false;
	for (int i = 0; i < c->n[depth]; i++)
		if (strncmp(c->keys[depth][i], key, (size_t)(c->p - key)) == 0)
			return false;
	c->keys[depth][c->n[depth]++] = key;
	return json_check_take(c, ":") && json_check_value(c, depth + 1);
}

static inline bool json_check_value(struct json_check *c, int depth)
{
	bool object = json_check_take(c, "{");

	assert_true(depth < 15);
	if (object || json_check_take(c, "[")) {
		c->n[depth] = 0;
		if (json_check_take(c, object ? "}" : "]"))
			return true;
		do
			if (!(object ? json_check_member(c, depth) : json_check_value(c, depth + 1)))
				return false;
		while (json_check_take(c, ","));
		return json_check_take(c, object ? "}" : "]");
	}
	return *c->p == '"' ? json_check_string(c)
	                    : json_check_take(c, "true") || json_check_take(c, "false") ||
	                          json_check_take(c, "null") || json_check_number(c);
}

/* Every line is one value; how many there are. */
static inline int json_lines(const char *text)
{
	static struct json_check c;
	int n = 0;

	c.p = text;
	while (*c.p) {
		if (!json_check_value(&c, 0) || !json_check_take(&c, "\n"))
			fail_msg("not JSON: %.80s", c.p);
		n++;
	}
	return n;
}

#endif

/* Reading cases, one JSON object per line, with octets in base64; and the tally of a run. */
#ifndef CONFORMANCE_CASES_H
#define CONFORMANCE_CASES_H

#include "base/base64.h"
#include "base/buf.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct tally {
	unsigned passed, failed;
	uint64_t seed; /* of the generator of splits */
};

static inline uint64_t cases_random(struct tally *t)
{
	t->seed ^= t->seed << 13;
	t->seed ^= t->seed >> 7;
	t->seed ^= t->seed << 17;
	return t->seed;
}

static inline const char *cases_text(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* The octets of a base64 member, appended to out. */
static inline void cases_octets(json_t *o, const char *key, struct buf *out)
{
	struct slice text = slice_str(cases_text(o, key));
	ssize_t n;

	if (buf_reserve(out, base64_decoded_room(text.n)) < 0)
		abort();
	n = base64_decode(text, BASE64_STD, out->p + out->n, out->cap - out->n);
	if (n < 0) {
		fprintf(stderr, "%s is not base64\n", key);
		exit(2);
	}
	out->n += (size_t)n;
}

static inline void cases_report(struct tally *t, json_t *o, bool ok, const char *fmt, const char *detail)
{
	if (ok) {
		t->passed++;
		return;
	}
	t->failed++;
	printf("FAIL %s: ", *cases_text(o, "id") ? cases_text(o, "id") : cases_text(o, "test"));
	printf(fmt, detail);
	putchar('\n');
}

/* Calls run for every line of the file.  0; -1 when it cannot be read. */
static inline int cases_run(struct tally *t, const char *path, void (*run)(struct tally *t, json_t *o))
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;

	if (!f) {
		perror(path);
		return -1;
	}
	while (getline(&line, &cap, f) > 0) {
		json_error_t e;
		json_t *o = json_loads(line, JSON_ALLOW_NUL, &e);

		if (!o) {
			fprintf(stderr, "%s: %s\n", path, e.text);
			break;
		}
		run(t, o);
		json_decref(o);
	}
	free(line);
	fclose(f);
	return 0;
}

#endif

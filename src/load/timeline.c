/* What happened in each second; see timeline.h. */
#include "load/timeline.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPEN = 8, /* seconds that still take values: threads look at the clock ten times a second */
	ROWS_MAX = 100000,
};

struct timeline {
	pthread_mutex_t lock;
	struct timeline_row *rows;
	size_t n, cap;          /* rows begun */
	size_t open_from;       /* rows before this one are closed */
	struct hist open[OPEN]; /* of row i: open[i % OPEN] */
};

struct timeline *timeline_new(void)
{
	struct timeline *t = calloc(1, sizeof(*t));

	if (t)
		pthread_mutex_init(&t->lock, NULL);
	return t;
}

void timeline_free(struct timeline *t)
{
	if (!t)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t->rows);
	free(t);
}

/* Takes the figures of row i from its histogram. */
static void measure(struct timeline *t, size_t i)
{
	const struct hist *h = &t->open[i % OPEN];
	struct timeline_row *r = &t->rows[i];

	r->messages = h->n;
	r->p50 = hist_percentile(h, 50);
	r->p99 = hist_percentile(h, 99);
	r->max = h->max;
}

/* Makes rows up to number `at` be there; the oldest open ones are closed for it.  false: no room. */
static bool reach(struct timeline *t, size_t at)
{
	size_t cap = t->cap ? t->cap : 64;
	struct timeline_row *rows;

	if (at >= ROWS_MAX)
		return false;
	while (cap <= at)
		cap *= 2;
	if (cap > t->cap) {
		rows = realloc(t->rows, cap * sizeof(*rows));
		if (!rows)
			return false;
		t->rows = rows;
		t->cap = cap;
	}
	for (; t->n <= at; t->n++) {
		if (t->n >= OPEN) {
			measure(t, t->n - OPEN);
			t->open_from = t->n - OPEN + 1;
		}
		hist_clear(&t->open[t->n % OPEN]);
		memset(&t->rows[t->n], 0, sizeof(t->rows[0]));
	}
	return true;
}

void timeline_add(struct timeline *t, size_t at, const struct hist *latency, uint64_t errors)
{
	pthread_mutex_lock(&t->lock);
	if (reach(t, at) && at >= t->open_from) {
		hist_merge(&t->open[at % OPEN], latency);
		t->rows[at].errors += errors;
	}
	pthread_mutex_unlock(&t->lock);
}

void timeline_finish(struct timeline *t)
{
	pthread_mutex_lock(&t->lock);
	for (; t->open_from < t->n; t->open_from++)
		measure(t, t->open_from);
	while (t->n > 0 && !t->rows[t->n - 1].messages && !t->rows[t->n - 1].errors)
		t->n--;
	pthread_mutex_unlock(&t->lock);
}

size_t timeline_rows(struct timeline *t)
{
	size_t n;

	pthread_mutex_lock(&t->lock);
	n = t->n;
	pthread_mutex_unlock(&t->lock);
	return n;
}

struct timeline_row timeline_row(struct timeline *t, size_t i)
{
	struct timeline_row r = { 0 };

	pthread_mutex_lock(&t->lock);
	if (i < t->n) {
		if (i >= t->open_from)
			measure(t, i);
		r = t->rows[i];
	}
	pthread_mutex_unlock(&t->lock);
	return r;
}

/* A histogram of times with a bounded relative error, in the manner of Gil Tene's HdrHistogram: every power
 * of two is parted into 256 equal steps, so that a value is known to 1/256 (0.4 %) whatever its size, in
 * fixed memory, with one addition a value. */
#ifndef LOAD_HIST_H
#define LOAD_HIST_H

#include <stdint.h>

enum {
	HIST_BITS = 8,      /* steps in a power of two: 1 << HIST_BITS */
	HIST_MAX_BITS = 43, /* values from 1 << HIST_MAX_BITS (2.4 hours in ns) on count as the largest */
	HIST_STEPS = (HIST_MAX_BITS - HIST_BITS + 1) << HIST_BITS,
};

/* All zero: empty.  72 KB. */
struct hist {
	uint64_t n;        /* values recorded */
	uint64_t min, max; /* exact; both 0 while n is 0 */
	double sum;        /* of the values, for the mean */
	uint64_t count[HIST_STEPS];
};

/* The step a value falls into.  Up to 2 << HIST_BITS every value has its own. */
static inline uint32_t hist_step(uint64_t value)
{
	unsigned shift;

	if (value >> HIST_MAX_BITS)
		return HIST_STEPS - 1;
	shift = 63 - (unsigned)__builtin_clzll(value | 1 << HIST_BITS) - HIST_BITS;
	return (uint32_t)((shift << HIST_BITS) + (value >> shift));
}

/* The largest value of a step: what is reported for all that fell into it. */
uint64_t hist_step_top(uint32_t step);

static inline void hist_add(struct hist *h, uint64_t value)
{
	h->min = h->n == 0 || value < h->min ? value : h->min;
	h->max = value > h->max ? value : h->max;
	h->n++;
	h->sum += (double)value;
	h->count[hist_step(value)]++;
}

/* Adds all of `from`: the same as if its values had been recorded here. */
void hist_merge(struct hist *to, const struct hist *from);
void hist_clear(struct hist *h);

/* The smallest recorded value (as its step knows it, never more than max) that at least `percent` of all
 * values do not exceed; 0 when there are none.  percent 0..100. */
uint64_t hist_percentile(const struct hist *h, double percent);
double hist_mean(const struct hist *h);
/* How many values lie above the step that `value` falls into. */
uint64_t hist_above(const struct hist *h, uint64_t value);

#endif

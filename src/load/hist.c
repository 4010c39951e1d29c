/* A histogram of times; see hist.h. */
#include "load/hist.h"

#include <math.h>
#include <string.h>

uint64_t hist_step_top(uint32_t step)
{
	uint32_t shift = step >> HIST_BITS;

	if (step < 2 << HIST_BITS)
		return step;
	shift--; /* the steps of a power of two begin at 1 << HIST_BITS */
	return (((uint64_t)(step - (shift << HIST_BITS)) + 1) << shift) - 1;
}

void hist_merge(struct hist *to, const struct hist *from)
{
	if (from->n == 0)
		return;
	to->min = to->n == 0 || from->min < to->min ? from->min : to->min;
	to->max = from->max > to->max ? from->max : to->max;
	to->n += from->n;
	to->sum += from->sum;
	for (uint32_t i = hist_step(from->min); i <= hist_step(from->max); i++)
		to->count[i] += from->count[i];
}

void hist_clear(struct hist *h)
{
	uint32_t from = hist_step(h->min);

	if (h->n)
		memset(h->count + from, 0, (hist_step(h->max) - from + 1) * sizeof(h->count[0]));
	h->n = h->min = h->max = 0;
	h->sum = 0;
}

uint64_t hist_percentile(const struct hist *h, double percent)
{
	uint64_t rank = (uint64_t)ceil((double)h->n * percent / 100), seen = 0;

	for (uint32_t i = hist_step(h->min); i < HIST_STEPS && h->n; i++) {
		seen += h->count[i];
		if (seen && seen >= rank)
			return hist_step_top(i) < h->max ? hist_step_top(i) : h->max;
	}
	return h->max;
}

double hist_mean(const struct hist *h)
{
	return h->n ? h->sum / (double)h->n : 0;
}

uint64_t hist_above(const struct hist *h, uint64_t value)
{
	uint64_t n = 0;

	for (uint32_t i = hist_step(value) + 1; i < HIST_STEPS; i++)
		n += h->count[i];
	return n;
}

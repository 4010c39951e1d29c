/* When messages are due; see schedule.h. */
#include "load/schedule.h"

#include <math.h>

static const double second = 1e9;

/* While the rate rises, n = rate * t^2 / (2 * ramp) messages have come due after t seconds; from then on
 * n = rate * (t - ramp / 2). */
int64_t schedule_at(const struct schedule *s, uint64_t i)
{
	double n = (double)i * s->stride + s->first;
	double t = n < s->rate * s->ramp / 2 ? sqrt(2 * s->ramp * n / s->rate) : n / s->rate + s->ramp / 2;

	return s->start + (int64_t)(t * second);
}

uint64_t schedule_due(const struct schedule *s, int64_t now)
{
	double t = (double)(now - s->start) / second, n;
	uint64_t i;

	if (t < 0)
		return 0;
	n = t < s->ramp ? s->rate * t * t / (2 * s->ramp) : s->rate * (t - s->ramp / 2);
	i = n < s->first ? 0 : (uint64_t)((n - s->first) / s->stride) + 1;
	/* Rounding can be one off: what counts is the moment that schedule_at names. */
	while (i > 0 && schedule_at(s, i - 1) > now)
		i--;
	while (schedule_at(s, i) <= now)
		i++;
	return i;
}

/* The rate of requests; see rate.h. */
#include "web/rate.h"

#include "base/clock.h"
#include "base/table.h"

#include <sys/random.h>

/* A number at the start of *s.  False when there is none, or it is not within 1 to RATE_MAX. */
static bool take_number(struct slice *s, int64_t *n)
{
	size_t digits = 0;

	*n = 0;
	while (digits < s->n && digits < 8 && s->p[digits] >= '0' && s->p[digits] <= '9')
		*n = *n * 10 + (s->p[digits++] - '0');
	*s = slice_skip(*s, digits);
	return digits && *n >= 1 && *n <= RATE_MAX;
}

int rate_parse(const char *text, int64_t *per_second, int64_t *burst, struct err *e)
{
	struct slice rest = slice_str(text ? text : "");
	bool good;

	*per_second = *burst = 0;
	if (!text)
		return 0;
	good = take_number(&rest, per_second);
	*burst = *per_second;
	if (good && rest.n >= 2 && rest.p[0] == '/' && rest.p[1] == 's')
		rest = slice_skip(rest, 2);
	if (good && rest.n && rest.p[0] == ',') {
		rest = slice_skip(rest, 1);
		good = take_number(&rest, burst);
	}
	if (good && !rest.n)
		return 0;
	return err_set(
	    e, ERR_USAGE, "--rate takes N/s or N/s,BURST, each from 1 to %d, not '%s'", RATE_MAX, text);
}

void rate_init(struct rate *r, int64_t per_second, int64_t burst)
{
	r->interval = per_second ? CLOCK_SEC / per_second : 0;
	r->burst = r->interval * (burst - 1);
	while (getrandom(r->key, sizeof(r->key), 0) != (ssize_t)sizeof(r->key))
		;
}

unsigned rate_take(struct rate *r, struct slice who, int64_t now)
{
	_Atomic int64_t *place = &r->free_at[siphash13(r->key, who.p, who.n) % RATE_PLACES];
	int64_t was, from;

	if (!r->interval)
		return 0;
	was = atomic_load(place);
	do {
		from = was > now ? was : now;
		if (from - now > r->burst)
			return (unsigned)((from - now - r->burst) / CLOCK_SEC) + 1;
	} while (!atomic_compare_exchange_weak(place, &was, from + r->interval));
	return 0;
}

/* Time; see clock.h. */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t shift; /* what clock_real adds to the machine's clock */

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * CLOCK_SEC + ts.tv_nsec;
}

int64_t clock_mono(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_real(void)
{
	return read_clock(CLOCK_REALTIME) + atomic_load_explicit(&shift, memory_order_relaxed);
}

void clock_fix(int64_t seconds)
{
	atomic_store(&shift, seconds * CLOCK_SEC - read_clock(CLOCK_REALTIME));
}

void clock_advance(int64_t seconds)
{
	atomic_fetch_add(&shift, seconds * CLOCK_SEC);
}

static char *format(int64_t ns, const char *fmt, char *dst, size_t size)
{
	time_t seconds = (time_t)(ns / CLOCK_SEC - (ns % CLOCK_SEC < 0));
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || strftime(dst, size, fmt, &tm) == 0)
		snprintf(dst, size, "%lld", (long long)seconds);
	return dst;
}

char *clock_utc(int64_t ns, char *dst, size_t size)
{
	return format(ns, "%Y-%m-%dT%H:%M:%SZ", dst, size);
}

char *clock_http_date(int64_t ns, char *dst, size_t size)
{
	return format(
	    ns, "%a, %d %b %Y %H:%M:%S GMT", dst, size); /* the C locale: never setlocale(LC_TIME) */
}

char *clock_span(int64_t ns, char *dst, size_t size)
{
	static const struct {
		double limit, unit; /* below limit, shown in units of `unit` */
		const char *name;
	} rows[] = {
		{ 1e3, 1, "ns" },
		{ 1e6, 1e3, "µs" },
		{ 1e9, 1e6, "ms" },
		{ 120e9, 1e9, "s" },
		{ 120 * 60e9, 60e9, "min" },
		{ 48 * 3600e9, 3600e9, "h" },
		{ 1e300, 86400e9, "days" },
	};
	double v = ns < 0 ? -(double)ns : (double)ns;
	size_t i = 0;

	while (v >= rows[i].limit)
		i++;
	snprintf(dst, size, "%s%.3g %s", ns < 0 ? "-" : "", v / rows[i].unit, rows[i].name);
	if (v / rows[i].unit >= 999.5)
		snprintf(dst, size, "%s%.0f %s", ns < 0 ? "-" : "", v / rows[i].unit, rows[i].name);
	return dst;
}

/* Time; see clock.h. */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
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

int64_t clock_real_coarse(void)
{
	return read_clock(CLOCK_REALTIME_COARSE) + atomic_load_explicit(&shift, memory_order_relaxed);
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

/* v parts of `decimals` decimals, without trailing zeros: 1250 with 3 is "1.25". */
static char *put_decimals(char *to, uint64_t v, unsigned decimals)
{
	char digits[24];
	unsigned n = 0;

	while (decimals && v % 10 == 0) {
		v /= 10;
		decimals--;
	}
	do {
		digits[n++] = (char)('0' + v % 10);
		if (n == decimals)
			digits[n++] = '.';
	} while ((v /= 10) || n <= decimals);
	while (n)
		*to++ = digits[--n];
	return to;
}

char *clock_span(int64_t ns, char *dst, size_t size)
{
	static const struct {
		uint64_t limit, unit; /* below limit, shown in units of `unit`, nanoseconds */
		const char *name;
	} rows[] = {
		{ CLOCK_SEC / 1000000, 1, " ns" },
		{ CLOCK_SEC / 1000, CLOCK_SEC / 1000000, " µs" },
		{ CLOCK_SEC, CLOCK_SEC / 1000, " ms" },
		{ 120 * CLOCK_SEC, CLOCK_SEC, " s" },
		{ 120 * 60 * CLOCK_SEC, 60 * CLOCK_SEC, " min" },
		{ 48 * 3600 * CLOCK_SEC, 3600 * CLOCK_SEC, " h" },
		{ UINT64_MAX, 24 * 3600 * CLOCK_SEC, " days" },
	};
	static const uint64_t scale[] = { 1, 10, 100 };
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns, unit, whole;
	char text[40], *at = text;
	unsigned decimals;
	size_t i = 0;

	while (v >= rows[i].limit)
		i++;
	unit = rows[i].unit;
	whole = v / unit;
	decimals = whole < 10 ? 2 : whole < 100 ? 1 : 0; /* three digits that count */
	if (ns < 0)
		*at++ = '-';
	/* Whole units and the rest apart, so that nothing overflows. */
	at = put_decimals(
	    at, whole * scale[decimals] + (v % unit * scale[decimals] + unit / 2) / unit, decimals);
	strcpy(at, rows[i].name);
	if (size && (at = memccpy(dst, text, '\0', size)) == NULL)
		dst[size - 1] = '\0';
	return dst;
}

/* Time.  Nanoseconds everywhere; 64 bits reach the year 2262. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define CLOCK_MS  INT64_C(1000000)
#define CLOCK_SEC INT64_C(1000000000)

/* Monotonic, for measuring and deadlines. */
int64_t clock_mono(void);
/* Nanoseconds since 1970 UTC, for stamps and expiry; shifted by clock_fix. */
int64_t clock_real(void);
/* The same as of the kernel's last tick, a few milliseconds ago at most: for expiry that is asked about often. */
int64_t clock_real_coarse(void);
/* From now on clock_real() starts at `seconds` since 1970 and runs on from there: for tests and for labs
 * that show an expiry without waiting for it. */
void clock_fix(int64_t seconds);
/* Moves clock_real() forward by `seconds`. */
void clock_advance(int64_t seconds);

/* "2026-11-21T06:27:30Z" into dst (21 bytes or more); returns dst. */
char *clock_utc(int64_t ns, char *dst, size_t size);
/* "Sat, 21 Nov 2026 06:27:30 GMT" (RFC 9110 5.6.7) into dst (30 bytes or more); returns dst. */
char *clock_http_date(int64_t ns, char *dst, size_t size);
/* A span in the unit that reads best: "850 ns", "41.2 µs", "1.25 ms", "2.4 s", "15 min", "8 h", "30 days". */
char *clock_span(int64_t ns, char *dst, size_t size);

#endif

/* The part of printf that is used for every packet, without the price of locale and streams. */
#ifndef BASE_FORMAT_H
#define BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* As vsnprintf, for %% %c %s %.*s %d %i %u %x with the lengths l, ll and z; a format with anything else goes
 * to vsnprintf.  Returns the length of the whole text, as that does. */
int format_text(char *dst, size_t size, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));

/* 1,234,567: groups of three, into dst (27 bytes are always enough).  Returns dst. */
const char *format_grouped(uint64_t v, char *dst, size_t size);

/* The decimal digits of v, without a NUL: at most FORMAT_U64 of them.  How many. */
#define FORMAT_U64 20
size_t format_u64(char dst[FORMAT_U64], uint64_t v);
/* The last n decimal digits of v, with zeros in front where it has fewer. */
void format_digits(char *dst, uint32_t v, size_t n);

#endif

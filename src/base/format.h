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

#endif

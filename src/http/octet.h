/* Classes of octets in the grammars of HTTP, URLs and cookies, looked up in one table.  For this
 * room only. */
#ifndef HTTP_OCTET_H
#define HTTP_OCTET_H

#include "base/slice.h"

enum http_octet_class {
	HTTP_TOKEN = 1,      /* tchar, RFC 9110 5.6.2 */
	HTTP_TEXT = 2,       /* field-vchar, space, tab: RFC 9110 5.5 */
	HTTP_TARGET = 4,     /* in a request target, but '%' and '?' */
	HTTP_UNRESERVED = 8, /* RFC 3986 2.3 */
	HTTP_NAME = 16,      /* in a reg-name, but '%': RFC 3986 3.2.2 */
	HTTP_COOKIE = 32,    /* cookie-octet: RFC 6265bis 4.1.1 */
	HTTP_HEX = 64,       /* hexadecimal digit */
	HTTP_DIGIT = 128,
};

extern const uint8_t http_octets[256];

static inline bool http_octet_is(uint8_t c, enum http_octet_class class)
{
	return http_octets[c] & class;
}

/* Is s one or more octets of that class? */
static inline bool http_all(struct slice s, enum http_octet_class class)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!http_octet_is(s.p[i], class))
			return false;
	return s.n > 0;
}

/* The value of a hexadecimal digit (of class HTTP_HEX). */
static inline unsigned http_hex(uint8_t c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static inline uint8_t http_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

#endif

/* The table of octet classes: RFC 9110 5.5 and 5.6.2, RFC 3986 2 and 3.2.2, RFC 6265bis 4.1.1. */
#include "http/octet.h"

#define T HTTP_TOKEN
#define X HTTP_TEXT
#define R HTTP_TARGET
#define U HTTP_UNRESERVED
#define N HTTP_NAME
#define C HTTP_COOKIE
#define H HTTP_HEX
#define D HTTP_DIGIT

/* The target class holds what RFC 3986 has in paths and queries and also [ ] { } | ^ ` \, which it
 * keeps out but browsers send unencoded in queries (WHATWG URL 4.3); none of them can end a line or
 * an element. */
const uint8_t http_octets[256] = {
	['\t'] = X,
	[' '] = X,
	['!'] = T | X | R | N | C,
	['"'] = X,
	['#'] = T | X | C,
	['$'] = T | X | R | N | C,
	['%'] = T | X | C,
	['&'] = T | X | R | N | C,
	['\''] = T | X | R | N | C,
	['('] = X | R | N | C,
	[')'] = X | R | N | C,
	['*'] = T | X | R | N | C,
	['+'] = T | X | R | N | C,
	[','] = X | R | N,
	['-'] = T | X | R | U | N | C,
	['.'] = T | X | R | U | N | C,
	['/'] = X | R | C,
	['0' ... '9'] = T | X | R | U | N | C | H | D,
	[':'] = X | R | C,
	[';'] = X | R | N,
	['<'] = X | C,
	['='] = X | R | N | C,
	['>'] = X | C,
	['?'] = X | C,
	['@'] = X | R | C,
	['A' ... 'F'] = T | X | R | U | N | C | H,
	['G' ... 'Z'] = T | X | R | U | N | C,
	['['] = X | R | C,
	['\\'] = X | R,
	[']'] = X | R | C,
	['^'] = T | X | R | C,
	['_'] = T | X | R | U | N | C,
	['`'] = T | X | R | C,
	['a' ... 'f'] = T | X | R | U | N | C | H,
	['g' ... 'z'] = T | X | R | U | N | C,
	['{'] = X | R | C,
	['|'] = T | X | R | C,
	['}'] = X | R | C,
	['~'] = T | X | R | U | N | C,
	[0x80 ... 0xff] = X,
};

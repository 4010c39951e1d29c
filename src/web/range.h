/* The Range field of a request for bytes.  RFC 9110 14.1.2, 14.2. */
#ifndef WEB_RANGE_H
#define WEB_RANGE_H

#include "base/slice.h"

enum { RANGES_MAX = 16 }; /* of one request; who asks for more gets the whole */

struct range {
	uint64_t at, size; /* size > 0, and at + size is within the content */
};

/* The ranges that a Range field asks of content of so many bytes, in its order; those past the end left
 * out.  > 0: how many; 0: the field is to be ignored (another unit, damaged, too many, or so overlapping that
 * they hold more than the whole); -1: none can be satisfied (416). */
int range_parse(struct slice field, uint64_t size, struct range out[RANGES_MAX]);

#endif

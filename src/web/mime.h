/* What a file is, by the ending of its name. */
#ifndef WEB_MIME_H
#define WEB_MIME_H

#include <stdbool.h>

/* Its media type for Content-Type; application/octet-stream when the ending says nothing.  *packs: is it worth
 * compressing? */
const char *mime_type(const char *path, bool *packs);

#endif

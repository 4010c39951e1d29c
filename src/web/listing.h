/* The files of a directory as a page. */
#ifndef WEB_LISTING_H
#define WEB_LISTING_H

#include "web/router.h"

enum { LISTING_MAX = 4096 }; /* names; the page says when there are more */

/* Answers with the names in the directory `fd`, which it takes over, in the order of their bytes: no name that
 * begins with a dot, and nothing but regular files and directories. */
enum web_progress listing_page(struct exchange *x, int fd);

#endif

/* Files beneath one directory.  RFC 9110 8.4 (content coding), 8.8, 13 (validators and conditional requests),
 * 14 (ranges). */
#ifndef WEB_FILES_H
#define WEB_FILES_H

#include "base/err.h"
#include "web/router.h"

/* Opens the directory to serve.  The descriptor, which the caller closes, or -1. */
int files_open_root(const char *path, struct err *e);

/* Answers GET and HEAD with the regular file at x->path beneath the root: no symbolic link is
 * followed, nothing whose name starts with a dot is shown, a directory is its index.html, else a list of its
 * files (site->listing) or 404.  Honours all conditions and ranges; who takes gzip gets the .gz that lies
 * beside a file, or (site->gzip) a small file compressed on the way. */
enum web_progress files_serve(struct exchange *x);

#endif

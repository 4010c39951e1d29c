/* The access log: one line per answer, in the "combined" format that every log tool reads, in UTC:
 *
 *	192.0.2.1 - alice [21/Nov/2026:06:27:30 +0000] "GET /me HTTP/1.1" 200 512 "-" "curl/8.5"
 *
 * Nothing a client sends can forge a line or a terminal control; the values of query parameters
 * that are likely secrets are replaced by ***; Cookie and Authorization never get here. */
#ifndef WEB_ACCESS_H
#define WEB_ACCESS_H

#include "base/buf.h"
#include "base/err.h"

struct exchange;

struct access {
	int fd;           /* -1: no log */
	struct buf lines; /* not written yet */
};

/* path: a file to append to (made with mode 0640), "-" for standard output, NULL for no log. */
int access_open(struct access *a, const char *path, struct err *e);
void access_close(struct access *a);

/* Notes the answer in x, whose content has `bytes` bytes. */
void access_note(struct access *a, const struct exchange *x, uint64_t bytes);
/* Writes what was noted.  A log that cannot be written costs lines, not answers. */
void access_flush(struct access *a);

#endif

/* The access log: one line per answer, as JSON or in the "combined" format that every log tool reads, in UTC:
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
	bool json;
	int fd;           /* -1: no log */
	struct buf lines; /* not written yet */
};

/* json: an object per line, for programs: time, address, user (null: nobody known), tls, method, target, version,
 * host, status, bytes, seconds, referer, agent; secrets masked in the same way.
 * path: a file to append to (made with mode 0640), "-" for standard output, NULL for no log. */
int access_open(struct access *a, const char *path, bool json, struct err *e);
/* The file at that path from now on: the old one was moved away.  0; -1 with *e: it goes on with the old one. */
int access_reopen(struct access *a, const char *path, struct err *e);
void access_close(struct access *a);

/* Notes the answer in x, whose content has `bytes` bytes and which took so long, ns. */
void access_note(struct access *a, const struct exchange *x, uint64_t bytes, int64_t took);
/* Writes what was noted.  A log that cannot be written costs lines, not answers. */
void access_flush(struct access *a);

#endif

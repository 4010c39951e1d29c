/* Opening files that SQLite keeps: users, sessions, and the web room's notes. */
#ifndef AUTH_SQLFILE_H
#define AUTH_SQLFILE_H

#include "base/err.h"

#include <sqlite3.h>

enum sqlfile_mode {
	SQLFILE_READ,   /* the file must exist */
	SQLFILE_CHANGE, /* likewise, to write to it */
	SQLFILE_CREATE, /* made with mode 0600 when it does not exist */
};

/* A handle that several threads may use, which waits for another process that writes.  NULL with *e, which
 * calls the file `what` path.  Free with sqlite3_close. */
sqlite3 *sqlfile_open(const char *what, const char *path, enum sqlfile_mode mode, struct err *e);

/* -1, with *e saying what the result code means. */
int sqlfile_fail(const char *what, const char *path, int rc, struct err *e);

#endif

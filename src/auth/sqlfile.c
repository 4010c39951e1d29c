/* Opening files that SQLite keeps; see sqlfile.h. */
#include "auth/sqlfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 2000 }; /* how long to wait for another process that writes */

/* The words come from the result code, not from sqlite3_errmsg, which another thread may replace. */
int sqlfile_fail(const char *what, const char *path, int rc, struct err *e)
{
	rc &= 0xff;
	return err_set(e, rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT ? ERR_DATA : ERR_ENV, "%s %s: %s", what,
	    path, sqlite3_errstr(rc));
}

/* SQLite would make the file with the umask's mode; it holds secrets. */
static int create_private(const char *what, const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, "%s %s", what, path);
	close(fd);
	return 0;
}

static int check_file(const char *what, const char *path, enum sqlfile_mode mode, struct err *e)
{
	struct stat st;

	if (mode == SQLFILE_CREATE && create_private(what, path, e))
		return -1;
	if (mode != SQLFILE_CREATE && access(path, R_OK))
		return err_sys(e, "%s %s", what, path);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) /* SQLite would say "disk I/O error" */
		return err_set(e, ERR_ENV, "%s %s: is not a regular file", what, path);
	return 0;
}

sqlite3 *sqlfile_open(const char *what, const char *path, enum sqlfile_mode mode, struct err *e)
{
	int flags = SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE, rc;
	sqlite3 *db = NULL;

	flags |= mode == SQLFILE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (check_file(what, path, mode, e))
		return NULL;
	rc = sqlite3_open_v2(path, &db, flags, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db, BUSY_MS);
	if (rc == SQLITE_OK)
		return db;
	sqlite3_close(db);
	sqlfile_fail(what, path, rc, e);
	return NULL;
}

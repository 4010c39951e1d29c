/* Notes in an SQLite file; see notes.h.  The only file of this room that sees SQLite. */
#include "web/notes.h"

#include "auth/sqlfile.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>

struct notes {
	sqlite3 *db;
	pthread_mutex_t turn; /* one worker at a time, from begin to end */
};

static const char schema[] = "CREATE TABLE IF NOT EXISTS notes("
                             "id INTEGER PRIMARY KEY AUTOINCREMENT, "
                             "revision INTEGER NOT NULL, "
                             "changed INTEGER NOT NULL, " /* seconds since 1970 */
                             "text TEXT NOT NULL) STRICT;"
                             "CREATE TABLE IF NOT EXISTS revisions(last INTEGER NOT NULL) STRICT;"
                             "INSERT INTO revisions SELECT 0 WHERE NOT EXISTS (SELECT * FROM revisions);";

static int fail(struct notes *n, const char *what, struct err *e)
{
	return err_set(e, ERR_ENV, "notes: %s: %s", what, sqlite3_errmsg(n->db));
}

struct notes *notes_open(const char *path, struct err *e)
{
	struct notes *n = calloc(1, sizeof(*n));

	if (!n) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	n->turn = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	n->db = sqlfile_open("notes file", path, SQLFILE_CREATE, e);
	if (n->db && sqlite3_exec(n->db, schema, NULL, NULL, NULL) == SQLITE_OK)
		return n;
	if (n->db)
		sqlfile_fail("notes file", path, sqlite3_errcode(n->db), e);
	notes_close(n);
	return NULL;
}

void notes_close(struct notes *n)
{
	if (!n)
		return;
	sqlite3_close(n->db);
	pthread_mutex_destroy(&n->turn);
	free(n);
}

int notes_begin(struct notes *n, struct err *e)
{
	pthread_mutex_lock(&n->turn);
	if (sqlite3_exec(n->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	fail(n, "begin", e);
	pthread_mutex_unlock(&n->turn);
	return -1;
}

int notes_end(struct notes *n, bool keep, struct err *e)
{
	int rc =
	    keep && sqlite3_exec(n->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK ? fail(n, "keep", e) : 0;

	if (!keep || rc)
		sqlite3_exec(n->db, "ROLLBACK", NULL, NULL, NULL);
	pthread_mutex_unlock(&n->turn);
	return rc;
}

/* --- Statements --- */

static sqlite3_stmt *prepare(struct notes *n, const char *sql, int64_t id)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(n->db, sql, -1, &s, NULL) == SQLITE_OK && id)
		sqlite3_bind_int64(s, 1, id);
	return s;
}

static void read_row(sqlite3_stmt *s, struct note *out)
{
	*out = (struct note){ sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1),
		sqlite3_column_int64(s, 2), { 0 } };
	out->text.p = sqlite3_column_text(s, 3);
	out->text.n = (size_t)sqlite3_column_bytes(s, 3);
}

int notes_get(struct notes *n, int64_t id, struct arena *a, struct note *out, struct err *e)
{
	sqlite3_stmt *s = prepare(n, "SELECT id, revision, changed, text FROM notes WHERE id = ?1", id);
	int step = s ? sqlite3_step(s) : SQLITE_ERROR;

	if (step == SQLITE_ROW) {
		read_row(s, out);
		out->text = arena_dup(a, out->text);
	} else if (step != SQLITE_DONE) {
		fail(n, "read", e);
	}
	sqlite3_finalize(s);
	return step == SQLITE_ROW ? 1 : step == SQLITE_DONE ? 0 : -1;
}

int notes_list(struct notes *n, void (*fn)(const struct note *note, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *s = prepare(n, "SELECT id, revision, changed, text FROM notes ORDER BY id", 0);
	int step = SQLITE_ERROR;
	struct note note;

	while (s && (step = sqlite3_step(s)) == SQLITE_ROW) {
		read_row(s, &note);
		fn(&note, arg);
	}
	if (step != SQLITE_DONE)
		fail(n, "list", e);
	sqlite3_finalize(s);
	return step == SQLITE_DONE ? 0 : -1;
}

/* A number that a statement gives; -1 with *e. */
static int64_t number(struct notes *n, const char *sql, int64_t id, struct err *e)
{
	sqlite3_stmt *s = prepare(n, sql, id);
	int64_t got = s && sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : -1;

	if (got < 0)
		fail(n, "count", e);
	sqlite3_finalize(s);
	return got;
}

/* The statement's one row of nothing.  0, or -1 with *e. */
static int finish(struct notes *n, sqlite3_stmt *s, struct err *e)
{
	bool done = s && sqlite3_step(s) == SQLITE_DONE;

	if (!done)
		fail(n, "write", e);
	sqlite3_finalize(s);
	return done ? 0 : -1;
}

int notes_put(struct notes *n, struct note *note, struct err *e)
{
	int64_t others = number(n, "SELECT count(*) FROM notes WHERE id IS NOT ?1", note->id, e);
	sqlite3_stmt *s;

	if (others < 0 || others >= NOTES_MAX)
		return others < 0 ? -1 : 0;
	note->revision = number(n, "UPDATE revisions SET last = last + 1 RETURNING last", 0, e);
	note->changed = clock_real() / CLOCK_SEC;
	s = prepare(
	    n, "INSERT OR REPLACE INTO notes(id, revision, changed, text) VALUES(?1, ?2, ?3, ?4)", note->id);
	if (note->revision < 0 || !s) {
		sqlite3_finalize(s);
		return s ? -1 : fail(n, "write", e);
	}
	sqlite3_bind_int64(s, 2, note->revision);
	sqlite3_bind_int64(s, 3, note->changed);
	sqlite3_bind_text(s, 4, (const char *)note->text.p, (int)note->text.n, SQLITE_STATIC);
	if (finish(n, s, e))
		return -1;
	note->id = sqlite3_last_insert_rowid(n->db);
	return 1;
}

int notes_delete(struct notes *n, int64_t id, struct err *e)
{
	return finish(n, prepare(n, "DELETE FROM notes WHERE id = ?1", id), e);
}

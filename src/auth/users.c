/* The users' file; see users.h.  */
#include "auth/users.h"

#include "auth/sqlfile.h"
#include "base/clock.h"
#include "base/escape.h"
#include "tls/password.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct users {
	sqlite3 *db; /* opened in serialized mode */
	char *path;
	atomic_int log2_n;
};

static const char schema[] = "CREATE TABLE IF NOT EXISTS users("
                             "name TEXT PRIMARY KEY NOT NULL, "
                             "password TEXT NOT NULL, "   /* see tls/password.h */
                             "created INTEGER NOT NULL, " /* seconds since 1970 */
                             "disabled INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;"
                             "PRAGMA user_version = 1;";

static int fail(const struct users *u, int rc, struct err *e)
{
	return sqlfile_fail("users file", u->path, rc, e);
}

static int prepare_file(struct users *u, enum users_mode mode, struct err *e)
{
	static const enum sqlfile_mode modes[] = { SQLFILE_READ, SQLFILE_CHANGE, SQLFILE_CREATE };
	int rc;

	u->db = sqlfile_open("users file", u->path, modes[mode], e);
	if (!u->db)
		return -1;
	rc = mode == USERS_CREATE ? sqlite3_exec(u->db, schema, NULL, NULL, NULL) : SQLITE_OK;
	if (rc == SQLITE_OK) /* is it our kind of file? */
		rc = sqlite3_exec(
		    u->db, "SELECT name, password, created, disabled FROM users LIMIT 0", NULL, NULL, NULL);
	if (rc == SQLITE_ERROR)
		return err_set(e, ERR_DATA, "users file %s: has no table of users", u->path);
	return rc == SQLITE_OK ? 0 : fail(u, rc, e);
}

struct users *users_open(const char *path, enum users_mode mode, struct err *e)
{
	struct users *u = calloc(1, sizeof(*u));

	if (!u || !(u->path = strdup(path))) {
		free(u);
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	u->log2_n = PASSWORD_LOG2_N;
	if (prepare_file(u, mode, e)) {
		users_close(u);
		return NULL;
	}
	return u;
}

void users_close(struct users *u)
{
	if (!u)
		return;
	sqlite3_close(u->db);
	free(u->path);
	free(u);
}

void users_set_cost(struct users *u, int log2_n)
{
	u->log2_n = log2_n;
}

bool users_name_ok(struct slice name)
{
	size_t at = 0;

	while (at < name.n) {
		uint32_t rune = 0;
		size_t n = escape_utf8(slice_skip(name, at), &rune);

		if (n == 0 || rune <= ' ' || rune == ':' || (rune >= 0x7f && rune <= 0xa0))
			return false;
		at += n;
	}
	return name.n > 0 && name.n <= USERS_NAME_MAX;
}

/* A statement with up to two texts bound to ?1 and ?2; NULL with *e. */
static sqlite3_stmt *statement(
    struct users *u, const char *sql, struct slice one, const char *two, struct err *e)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(u->db, sql, -1, &s, NULL);

	if (rc == SQLITE_OK && one.n)
		rc = sqlite3_bind_text(s, 1, (const char *)one.p, (int)one.n, SQLITE_TRANSIENT);
	if (rc == SQLITE_OK && two)
		rc = sqlite3_bind_text(s, 2, two, -1, SQLITE_TRANSIENT);
	if (rc == SQLITE_OK)
		return s;
	sqlite3_finalize(s);
	fail(u, rc, e);
	return NULL;
}

static int check_name(struct slice name, struct err *e)
{
	if (users_name_ok(name))
		return 0;
	return err_set(e, ERR_DATA, "a user name has 1 to %d bytes of text without spaces, controls and ':'",
	    USERS_NAME_MAX);
}

int users_add(struct users *u, struct slice name, struct slice password, struct err *e)
{
	char line[PASSWORD_TEXT];
	sqlite3_stmt *s;
	int rc;

	if (check_name(name, e) || password_hash(password, u->log2_n, line, e))
		return -1;
	s = statement(u, "INSERT INTO users(name, password, created) VALUES(?1, ?2, ?3)", name, line, e);
	if (!s)
		return -1;
	sqlite3_bind_int64(s, 3, clock_real() / CLOCK_SEC);
	rc = sqlite3_step(s) & 0xff;
	sqlite3_finalize(s);
	if (rc == SQLITE_CONSTRAINT)
		return err_set(e, ERR_DATA, "there is a user %.*s already", SLICE_ARG(name));
	return rc == SQLITE_DONE ? 0 : fail(u, rc, e);
}

/* Runs an UPDATE that must hit exactly the user `name`. */
static int update(struct users *u, const char *sql, struct slice name, const char *value, struct err *e)
{
	sqlite3_stmt *s;
	int rc;
	bool hit;

	if (check_name(name, e))
		return -1;
	s = statement(u, sql, name, value, e);
	if (!s)
		return -1;
	rc = sqlite3_step(s) & 0xff;
	hit = rc == SQLITE_ROW;
	if (hit)
		rc = sqlite3_step(s) & 0xff;
	sqlite3_finalize(s);
	if (rc != SQLITE_DONE)
		return fail(u, rc, e);
	return hit ? 0 : err_set(e, ERR_DATA, "there is no user %.*s", SLICE_ARG(name));
}

int users_set_password(struct users *u, struct slice name, struct slice password, struct err *e)
{
	char line[PASSWORD_TEXT];

	if (password_hash(password, u->log2_n, line, e))
		return -1;
	return update(u, "UPDATE users SET password = ?2 WHERE name = ?1 RETURNING 1", name, line, e);
}

/* The list that ended.c reads.  What is older than any session lives goes when something comes. */
static const char ended_schema[] = "CREATE TABLE IF NOT EXISTS ended(n INTEGER PRIMARY KEY AUTOINCREMENT, "
                                   "name TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"
                                   "DELETE FROM ended WHERE at < unixepoch() - 30 * 86400;";

static int list_ended(struct users *u, struct slice name, struct err *e)
{
	sqlite3_stmt *s;
	int rc = sqlite3_exec(u->db, ended_schema, NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return fail(u, rc, e);
	s = statement(u, "INSERT INTO ended(name, at) VALUES(?1, unixepoch())", name, NULL, e);
	if (!s)
		return -1;
	rc = sqlite3_step(s);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : fail(u, rc, e);
}

int users_end_sessions(struct users *u, struct slice name, struct err *e)
{
	return check_name(name, e) ? -1 : list_ended(u, name, e);
}

static int set_disabled(struct users *u, struct slice name, bool disabled, struct err *e)
{
	return update(u, "UPDATE users SET disabled = CAST(?2 AS INTEGER) WHERE name = ?1 RETURNING 1", name,
	    disabled ? "1" : "0", e);
}

int users_disable(struct users *u, struct slice name, bool disabled, struct err *e)
{
	int rc;

	if (!disabled)
		return set_disabled(u, name, false, e);
	rc = sqlite3_exec(u->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return fail(u, rc, e);
	if (set_disabled(u, name, true, e) == 0 && list_ended(u, name, e) == 0) {
		rc = sqlite3_exec(u->db, "COMMIT", NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			return 0;
		fail(u, rc, e);
	}
	sqlite3_exec(u->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

/* The stored line of an enabled user.  1 found, 0 not, -1 with *e. */
static int load(struct users *u, struct slice name, char line[PASSWORD_TEXT], struct err *e)
{
	sqlite3_stmt *s =
	    statement(u, "SELECT password FROM users WHERE name = ?1 AND disabled = 0", name, NULL, e);
	int rc;

	if (!s)
		return -1;
	rc = sqlite3_step(s) & 0xff;
	if (rc == SQLITE_ROW)
		snprintf(line, PASSWORD_TEXT, "%s", (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : fail(u, rc, e);
}

static int still(struct users *u, struct slice name, const char *line, struct err *e)
{
	char now[PASSWORD_TEXT];
	int known = load(u, name, now, e);

	return known > 0 ? strcmp(now, line) == 0 : known;
}

int users_verify(struct users *u, struct slice name, struct slice password, struct err *e)
{
	char line[PASSWORD_TEXT];
	int known = load(u, name, line, e), right; /* also of what can be no name: it is not there */

	if (known < 0)
		return -1;
	if (!known)
		password_decoy(u->log2_n, line);
	right = password_verify(password, line, e);
	if (known &&
	    right > 0) /* the user may have been disabled meanwhile, which ended all sessions there were */
		right = still(u, name, line, e);
	return known || right < 0 ? right : 0;
}

int users_list(struct users *u, void (*fn)(const struct users_row *row, void *arg), void *arg, struct err *e)
{
	sqlite3_stmt *s = statement(
	    u, "SELECT name, created, disabled FROM users ORDER BY name", slice_of(NULL, 0), NULL, e);
	int rc;

	if (!s)
		return -1;
	while ((rc = sqlite3_step(s) & 0xff) == SQLITE_ROW) {
		struct users_row row = {
			.name = (const char *)sqlite3_column_text(s, 0),
			.created = sqlite3_column_int64(s, 1),
			.disabled = sqlite3_column_int(s, 2) != 0,
		};

		fn(&row, arg);
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : fail(u, rc, e);
}

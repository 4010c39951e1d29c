/* Users whose sessions are to end; see ended.h. */
#include "auth/ended.h"

#include "auth/sqlfile.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 64 }; /* users seen to at a time */

struct one {
	struct sessions_call call; /* first: its done leads back here */
	struct ended *w;
};

struct ended {
	struct sessions *sessions;
	sqlite3 *db;
	int64_t looked;     /* clock_mono of the last look */
	int64_t version;    /* of the file, as it was then (PRAGMA data_version) */
	int64_t from, upto; /* numbers in the list: done up to there; being done */
	struct one ones[BATCH];
	unsigned under_way;
	bool failed; /* one of them */
};

/* The number that the statement's first row has; -1 when it cannot be had, which is tried again later. */
static int64_t ask(struct ended *w, const char *sql, int64_t bound)
{
	sqlite3_stmt *s = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(w->db, sql, -1, &s, NULL) == SQLITE_OK) {
		if (bound)
			sqlite3_bind_int64(s, 1, bound);
		if (sqlite3_step(s) == SQLITE_ROW)
			n = sqlite3_column_int64(s, 0);
	}
	sqlite3_finalize(s);
	return n;
}

static void finish(struct ended *w)
{
	if (w->failed)
		w->version = -1; /* look again */
	else
		w->from = w->upto;
	w->failed = false;
}

static void settle(struct one *o)
{
	struct ended *w = o->w;

	w->failed = w->failed || o->call.outcome == SESSIONS_FAILED;
	if (--w->under_way == 0)
		finish(w);
}

static void on_ended(struct sessions_call *c)
{
	settle((struct one *)c);
}

static void end_user(struct ended *w, struct one *o, const char *name)
{
	*o = (struct one){ .w = w, .call.done = on_ended };
	slice_cstr(slice_str(name), o->call.session.user, sizeof(o->call.session.user));
	if (sessions_end_all(w->sessions, &o->call) == STORE_DONE)
		settle(o);
}

/* Reads a batch and sets out on it.  true when there may be more and it is done already. */
static bool run_batch(struct ended *w)
{
	sqlite3_stmt *s = NULL;
	int n = 0;

	w->upto = w->from;
	w->under_way = 1; /* not over before all of them have begun */
	if (sqlite3_prepare_v2(w->db, "SELECT n, name FROM ended WHERE n > ?1 ORDER BY n LIMIT 64", -1, &s,
	        NULL) == SQLITE_OK)
		sqlite3_bind_int64(s, 1, w->from);
	while (s && n < BATCH && sqlite3_step(s) == SQLITE_ROW) {
		w->upto = sqlite3_column_int64(s, 0);
		w->under_way++;
		end_user(w, &w->ones[n++], (const char *)sqlite3_column_text(s, 1));
	}
	sqlite3_finalize(s);
	if (--w->under_way == 0)
		finish(w);
	if (n == BATCH)
		w->version = -1;
	return n == BATCH && w->from == w->upto;
}

void ended_check(struct ended *w)
{
	int64_t now = clock_mono(), version;

	if (!w || w->under_way || now - w->looked < ENDED_GRAIN)
		return;
	w->looked = now;
	version = ask(w, "PRAGMA data_version", 0);
	if (version < 0 || version == w->version)
		return;
	w->version = version;
	while (run_batch(w))
		w->version = version;
}

struct ended *ended_open(const char *users_path, struct sessions *s, struct err *e)
{
	struct ended *w = calloc(1, sizeof(*w));

	if (!w) {
		err_set(e, ERR_ENV, "out of memory");
		return NULL;
	}
	w->sessions = s;
	w->version = -1;
	w->looked = clock_mono() - ENDED_GRAIN;
	w->db = sqlfile_open("users file", users_path, SQLFILE_CHANGE, e);
	if (!w->db) {
		free(w);
		return NULL;
	}
	sqlite3_busy_timeout(w->db, 0); /* the loop's thread does not wait for a writer: it looks again */
	/* The list has the machine's time, whatever --clock says here. */
	w->from = ask(w, "SELECT coalesce(max(n), 0) FROM ended WHERE at < ?1",
	    (int64_t)time(NULL) - s->absolute / CLOCK_SEC);
	return w;
}

void ended_close(struct ended *w)
{
	if (!w)
		return;
	sqlite3_close(w->db);
	free(w);
}

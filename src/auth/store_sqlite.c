/* The session store in an SQLite file; see store.h.
 *
 * The file is worked on by a thread of its own, since a commit waits for the disk.  The loop hands operations
 * over in a list; the thread takes all that are there, does them in one transaction, hands them back in another
 * list and says so through an eventfd.  So the more logins wait, the more share one write to the disk. */
#include "auth/sqlfile.h"
#include "auth/store.h"
#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum op { GET, PUT, REPLACE, DEL, LIST, DEL_OTHERS, EXPIRE, OPS };

#define GRAIN (10 * CLOCK_SEC)

static const char schema[] = "CREATE TABLE IF NOT EXISTS sessions("
                             "key BLOB PRIMARY KEY NOT NULL, " /* SHA-256 of the id */
                             "user TEXT NOT NULL, csrf TEXT NOT NULL, created INTEGER NOT NULL, seen INTEGER "
                             "NOT NULL, "
                             "secure INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
                             "CREATE INDEX IF NOT EXISTS sessions_user ON sessions(user, seen);"
                             "CREATE INDEX IF NOT EXISTS sessions_expires ON sessions(expires);";

/* ?1 key, ?2 user, ?3 csrf, ?4 created, ?5 seen, ?6 secure, ?7 expires, ?8 how many at most */
static const char *const sql[OPS] = {
	[GET] = "SELECT key, user, csrf, created, seen, secure FROM sessions WHERE key = ?1",
	[PUT] = "INSERT OR REPLACE INTO sessions(key, user, csrf, created, seen, secure, expires) "
	        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[REPLACE] = "UPDATE sessions SET created = ?4, seen = ?5, secure = ?6, expires = ?7 "
	            "WHERE key = ?1 AND user = ?2 AND csrf = ?3",
	[DEL] = "DELETE FROM sessions WHERE key = ?1",
	[LIST] = "SELECT key, user, csrf, created, seen, secure FROM sessions WHERE user = ?2 AND expires > "
	         "?7 "
	         "ORDER BY seen DESC LIMIT ?8",
	[DEL_OTHERS] = "DELETE FROM sessions WHERE user = ?2 AND key <> ?1",
	[EXPIRE] = "DELETE FROM sessions WHERE key IN (SELECT key FROM sessions WHERE expires <= ?7 LIMIT "
	           "?8)",
};

struct sqlite {
	struct loop *loop;
	struct loop_file wake; /* an eventfd: there is something in done */
	sqlite3 *db;           /* the thread's */
	sqlite3_stmt *stmts[OPS];
	int64_t swept; /* clock_real of the last EXPIRE */
	bool failing;  /* said in the log */

	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct store_call *todo, **todo_end, *done; /* under the lock */
	unsigned waiting;                           /* in todo, under way or in done */
	bool closing;
};

/* --- The thread --- */

static int bind(sqlite3_stmt *s, const struct store_call *c)
{
	int last = sqlite3_bind_parameter_count(s), rc = SQLITE_OK;
	const struct session *v = &c->value;

	/* A statement has the parameters up to the last it names. */
	if (last >= 1)
		rc = sqlite3_bind_blob(s, 1, c->key, STORE_KEY, SQLITE_STATIC);
	if (last >= 2 && rc == SQLITE_OK)
		rc = sqlite3_bind_text(s, 2, v->user, -1, SQLITE_STATIC);
	if (last >= 3 && rc == SQLITE_OK)
		rc = sqlite3_bind_text(s, 3, v->csrf, -1, SQLITE_STATIC);
	if (last >= 7 && rc == SQLITE_OK) {
		sqlite3_bind_int64(s, 4, v->created);
		sqlite3_bind_int64(s, 5, v->seen);
		sqlite3_bind_int(s, 6, v->secure);
		rc = sqlite3_bind_int64(s, 7, c->op == LIST ? clock_real() : c->expires);
	}
	if (last >= 8 && rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 8, (sqlite3_int64)c->items_max);
	return rc;
}

static void copy_text(sqlite3_stmt *s, int column, char *to, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(s, column);

	snprintf(to, size, "%s", text ? text : "");
}

static void read_row(sqlite3_stmt *s, struct store_item *to)
{
	struct session *v = &to->value;

	*to = (struct store_item){ 0 };
	if (sqlite3_column_bytes(s, 0) == STORE_KEY)
		memcpy(to->key, sqlite3_column_blob(s, 0), STORE_KEY);
	copy_text(s, 1, v->user, sizeof(v->user));
	copy_text(s, 2, v->csrf, sizeof(v->csrf));
	v->created = sqlite3_column_int64(s, 3);
	v->seen = sqlite3_column_int64(s, 4);
	v->secure = sqlite3_column_int(s, 5) != 0;
}

static int read_rows(sqlite3_stmt *s, struct store_call *c)
{
	struct store_item item;
	size_t n = 0;
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		read_row(s, &item);
		if (c->op == GET)
			c->value = item.value;
		else if (n < c->items_max)
			c->items[n] = item;
		n++;
	}
	if (c->op == LIST)
		c->n_items = n < c->items_max ? n : c->items_max;
	else if (c->op == GET && n == 0)
		c->result = STORE_MISSING;
	return rc;
}

/* SQLITE_OK with the result in the call, or what went wrong. */
static int run_one(struct sqlite *q, struct store_call *c)
{
	sqlite3_stmt *s = q->stmts[c->op];
	int rc = bind(s, c);

	c->result = STORE_OK;
	if (rc == SQLITE_OK)
		rc = read_rows(s, c);
	if (rc == SQLITE_DONE && c->op == REPLACE && sqlite3_changes(q->db) == 0)
		c->result = STORE_MISSING;
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* What has expired goes a few rows at a time, with work that is done anyway. */
static int sweep(struct sqlite *q)
{
	struct store_call c = { .op = EXPIRE, .expires = clock_real(), .items_max = 200 };

	if (c.expires - q->swept < CLOCK_SEC && c.expires >= q->swept)
		return SQLITE_OK;
	q->swept = c.expires;
	return run_one(q, &c);
}

static int run_all(struct sqlite *q, struct store_call *list)
{
	bool writes = false;
	int rc;

	for (struct store_call *c = list; c; c = c->next)
		writes = writes || (c->op != GET && c->op != LIST);
	/* To read first and write later could fail without being waited for (SQLITE_BUSY_SNAPSHOT). */
	rc = sqlite3_exec(q->db, writes ? "BEGIN IMMEDIATE" : "BEGIN", NULL, NULL, NULL);
	for (struct store_call *c = list; c && rc == SQLITE_OK; c = c->next)
		rc = run_one(q, c);
	if (rc == SQLITE_OK && writes)
		rc = sweep(q);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(q->db, "COMMIT", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		sqlite3_exec(q->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

static void run_batch(struct sqlite *q, struct store_call *list)
{
	int rc = run_all(q, list);

	if (rc != SQLITE_OK)
		for (struct store_call *c = list; c; c = c->next)
			c->result = STORE_FAILED;
	if (rc != SQLITE_OK && !q->failing)
		log_errorx("the session store fails: %s", sqlite3_errstr(rc & 0xff));
	else if (rc == SQLITE_OK && q->failing)
		log_info("the session store works again");
	q->failing = rc != SQLITE_OK;
}

static void hand_back(struct sqlite *q, struct store_call *list)
{
	struct store_call **end = &list;
	uint64_t one = 1;

	while (*end)
		end = &(*end)->next;
	*end = q->done;
	q->done = list;
	if (write(q->wake.fd, &one, sizeof(one)) != sizeof(one))
		log_warn("the session store cannot wake the server");
}

static void *work(void *arg)
{
	struct sqlite *q = arg;
	struct store_call *list;

	pthread_mutex_lock(&q->lock);
	while (!q->closing || q->todo) {
		if (!q->todo) {
			pthread_cond_wait(&q->work, &q->lock);
			continue;
		}
		list = q->todo;
		q->todo = NULL;
		q->todo_end = &q->todo;
		pthread_mutex_unlock(&q->lock);
		run_batch(q, list);
		pthread_mutex_lock(&q->lock);
		hand_back(q, list);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

/* --- The loop's side --- */

static enum store_when submit(void *state, struct store_call *c, enum op op)
{
	struct sqlite *q = state;
	bool taken;

	c->op = (int)op;
	c->next = NULL;
	c->result = STORE_FAILED;
	pthread_mutex_lock(&q->lock);
	taken = !q->closing && q->waiting < STORE_QUEUE;
	if (taken) {
		q->waiting++;
		*q->todo_end = c;
		q->todo_end = &c->next;
		pthread_cond_signal(&q->work);
	}
	pthread_mutex_unlock(&q->lock);
	return taken ? STORE_LATER : STORE_DONE;
}

static void reap(struct sqlite *q)
{
	struct store_call *list, *next;

	pthread_mutex_lock(&q->lock);
	list = q->done;
	q->done = NULL;
	for (struct store_call *c = list; c; c = c->next)
		q->waiting--;
	pthread_mutex_unlock(&q->lock);
	for (; list; list = next) {
		next = list->next;
		list->done(list);
	}
}

static void on_wake(struct loop_file *f, unsigned ready)
{
	uint64_t n;

	if (read(f->fd, &n, sizeof(n)) == sizeof(n))
		reap(LOOP_OF(f, struct sqlite, wake));
}

#define OP(name, op)                                                                                         \
	static enum store_when sqlite_##name(void *state, struct store_call *c)                              \
	{                                                                                                    \
		return submit(state, c, op);                                                                 \
	}

OP(get, GET)
OP(put, PUT)
OP(replace, REPLACE)
OP(del, DEL)
OP(list, LIST)
OP(del_others, DEL_OTHERS)

/* --- Opening and closing --- */

static void free_all(struct sqlite *q)
{
	for (int i = 0; i < OPS; i++)
		sqlite3_finalize(q->stmts[i]);
	sqlite3_close(q->db);
	if (q->wake.fd >= 0)
		close(q->wake.fd);
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->work);
	free(q);
}

static void sqlite_close(void *state)
{
	struct sqlite *q = state;

	pthread_mutex_lock(&q->lock);
	q->closing = true;
	pthread_cond_signal(&q->work);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->thread, NULL);
	reap(q);
	loop_del(q->loop, &q->wake);
	free_all(q);
}

static const struct store_ops sqlite_ops = {
	.name = "sqlite",
	.grain = GRAIN,
	.get = sqlite_get,
	.put = sqlite_put,
	.replace = sqlite_replace,
	.del = sqlite_del,
	.list = sqlite_list,
	.del_others = sqlite_del_others,
	.close = sqlite_close,
};

static int prepare(struct sqlite *q, const char *path, bool durable, struct err *e)
{
	int rc = sqlite3_exec(q->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(q->db,
		    durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(q->db, schema, NULL, NULL, NULL);
	for (int i = 0; i < OPS && rc == SQLITE_OK; i++)
		rc = sqlite3_prepare_v3(q->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &q->stmts[i], NULL);
	if (rc == SQLITE_ERROR)
		return err_set(e, ERR_DATA, "session store %s: holds another kind of sessions", path);
	return rc == SQLITE_OK ? 0 : sqlfile_fail("session store", path, rc, e);
}

static int start(struct sqlite *q, struct err *e)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), rc;

	if (fd < 0)
		return err_sys(e, "the session store");
	q->wake.fd = fd;
	if (loop_add(q->loop, &q->wake, fd, LOOP_READ, on_wake, e))
		return -1;
	rc = pthread_create(&q->thread, NULL, work, q);
	if (rc == 0)
		return 0;
	loop_del(q->loop, &q->wake);
	return err_set(e, ERR_ENV, "the session store: %s", strerror(rc));
}

int store_sqlite_open(struct store *s, struct loop *l, const char *path, bool durable, struct err *e)
{
	struct sqlite *q = calloc(1, sizeof(*q));

	if (!q)
		return err_set(e, ERR_ENV, "out of memory");
	q->loop = l;
	q->wake.fd = -1;
	q->todo_end = &q->todo;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->work, NULL);
	q->db = sqlfile_open("session store", path, SQLFILE_CREATE, e);
	if (!q->db || prepare(q, path, durable, e) || start(q, e)) {
		free_all(q);
		return -1;
	}
	*s = (struct store){ &sqlite_ops, q };
	return 0;
}

/* Notes in one SQLite file (mode 0600), for the resource /api/notes.  Every call BLOCKS: for a worker.  Between
 * notes_begin and notes_end nobody else reads or writes, so that a condition holds until the change is made. */
#ifndef WEB_NOTES_H
#define WEB_NOTES_H

#include "base/arena.h"
#include "base/err.h"

enum { NOTES_MAX = 1000, NOTES_TEXT_MAX = 16 * 1024 /* bytes */ };

struct notes;

struct note {
	int64_t id;
	int64_t revision; /* never the same twice, not even after the note was deleted */
	int64_t changed;  /* seconds since 1970 */
	struct slice text;
};

/* Made when it is not there.  NULL with *e.  Free with notes_close. */
struct notes *notes_open(const char *path, struct err *e);
void notes_close(struct notes *n);

/* 0, or -1 with *e: then there is nothing to end. */
int notes_begin(struct notes *n, struct err *e);
/* Keeps what was changed, or not.  0, or -1 with *e: nothing was kept. */
int notes_end(struct notes *n, bool keep, struct err *e);

/* --- In between --- */

/* 1 with *out, its text in the arena; 0: there is no such note; -1 with *e. */
int notes_get(struct notes *n, int64_t id, struct arena *a, struct note *out, struct err *e);
/* Makes or replaces a note; id 0: a new one.  Fills in all but the text.  1; 0: there are NOTES_MAX; -1. */
int notes_put(struct notes *n, struct note *note, struct err *e);
/* 0, or -1. */
int notes_delete(struct notes *n, int64_t id, struct err *e);
/* Calls fn for each, oldest first; the text is good until it returns.  0, or -1. */
int notes_list(struct notes *n, void (*fn)(const struct note *note, void *arg), void *arg, struct err *e);

#endif

/* The resource /api/notes; see notes_api.h.  SQLite blocks, so each answer is made on a worker: the exchange is
 * its alone until the job is done. */
#include "web/notes_api.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "web/condition.h"
#include "web/exchange.h"
#include "web/notes.h"
#include "web/page.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 80 /* bytes of a note's text in the list */ };

/* What a method does between begin and end.  True when its changes are to be kept; the answer is made. */
typedef bool (*work_fn)(struct exchange *x, int64_t id, struct err *e);

struct notes_job {
	struct loop_job job;
	struct exchange *x;
	work_fn work;
	int64_t id;        /* 0: the whole */
	struct slice text; /* that was sent */
};

/* --- The way to a worker and back --- */

static enum web_progress failed(struct exchange *x, const struct err *e)
{
	log_errorx("%s", e->msg);
	return exchange_error(x, 500, "The notes cannot be used just now");
}

static void run(struct loop_job *j)
{
	struct notes_job *n = LOOP_OF(j, struct notes_job, job);
	struct err e = { 0 };
	bool keep;

	if (notes_begin(n->x->site->notes, &e) == 0) {
		keep = n->work(n->x, n->id, &e);
		notes_end(n->x->site->notes, keep, &e);
	}
	if (e.kind != ERR_NONE)
		failed(n->x, &e);
}

static void done(struct loop_job *j)
{
	exchange_resume(LOOP_OF(j, struct notes_job, job)->x);
}

static enum web_progress answered(struct exchange *x)
{
	return x->status ? WEB_ANSWERED : exchange_busy(x, "The server is stopping");
}

static enum web_progress start(struct exchange *x, work_fn work, int64_t id, struct slice text)
{
	struct notes_job *n = arena_alloc(&x->arena, sizeof(*n));

	if (!x->site->notes)
		return exchange_error(x, 404, "This server keeps no notes");
	if (!n)
		return exchange_busy(x, "There is no memory for the notes");
	*n = (struct notes_job){ .job = { .run = run, .done = done }, .x = x, .work = work, .id = id };
	n->text = text;
	x->work = n;
	x->then = answered;
	if (loop_work(x->site->loop, &n->job))
		return exchange_busy(x, "Too much is waiting for the notes");
	return WEB_LATER;
}

/* --- What a request says --- */

/* The number at the end of the path; 0: it is none. */
static int64_t id_of(const struct exchange *x)
{
	struct slice digits = slice_skip(slice_str(x->path), strlen(x->route->path));
	uint64_t id;

	return slice_u64(digits, &id) == 0 && id <= INT64_MAX ? (int64_t)id : 0;
}

static enum web_progress no_such(struct exchange *x)
{
	return exchange_error(x, 404, "There is no such note");
}

/* The text of {"text":"..."}, in the arena; p is NULL when the content is something else, with the answer. */
static struct slice text_of(struct exchange *x)
{
	struct slice type = http_value(&x->req, SLICE("Content-Type")), text = { 0 };
	json_t *root = NULL, *value;

	if (!slice_ieq_str(slice_trim(slice_cut(&type, ';')), PAGE_JSON)) {
		exchange_error(x, 415, "A note is sent as application/json");
		return text;
	}
	root = json_loadb((const char *)x->body.p, x->body.n, JSON_REJECT_DUPLICATES, NULL);
	value = json_object_get(root, "text");
	if (json_object_size(root) == 1 && json_is_string(value) &&
	    json_string_length(value) <= NOTES_TEXT_MAX)
		text = arena_dup(&x->arena, slice_of(json_string_value(value), json_string_length(value)));
	else
		exchange_error(x, 422, "A note is {\"text\":\"...\"}, of 16 KiB at most");
	json_decref(root);
	return text;
}

/* --- On the worker --- */

static const char *tag(struct exchange *x, const struct note *n)
{
	return arena_printf(&x->arena, "\"%lld\"", (long long)n->revision);
}

static void put_note(struct buf *out, const struct note *n, size_t shown)
{
	char time[32];

	buf_printf(out, "{\"id\":%lld,", (long long)n->id);
	page_json_text(out, "text", slice_sub(n->text, 0, shown < n->text.n ? shown : n->text.n));
	buf_printf(out, ",\"changed\":\"%s\"}", clock_utc(n->changed * CLOCK_SEC, time, sizeof(time)));
}

static void put_row(const struct note *n, void *arg)
{
	struct buf *out = arg;

	buf_puts(out, out->n > 1 ? ",\n" : "");
	put_note(out, n, SHOWN);
}

static bool work_list(struct exchange *x, int64_t id, struct err *e)
{
	struct buf *out = exchange_begin(x, 200, PAGE_JSON);

	buf_putc(out, '[');
	notes_list(x->site->notes, put_row, out, e);
	buf_puts(out, "]\n");
	return false;
}

/* The note, and whether the request's conditions hold for it.  1: go on; 0: go on, it is not there; -1: there is
 * an answer, or *e. */
static int find(struct exchange *x, int64_t id, struct note *n, struct err *e)
{
	struct validators v = { .modified = -1 };
	int got = notes_get(x->site->notes, id, &x->arena, n, e);
	unsigned verdict;

	if (got > 0)
		v.etag = slice_str(tag(x, n));
	verdict = got >= 0 ? condition_verdict(&x->req, &v) : 0;
	if (verdict == 412)
		exchange_error(x, 412, "The note is not the one that the request means");
	else if (verdict)
		exchange_begin(x, verdict, NULL);
	if (verdict && got > 0)
		exchange_field(x, "ETag", tag(x, n));
	return verdict ? -1 : got;
}

static bool work_get(struct exchange *x, int64_t id, struct err *e)
{
	struct note n;
	int got = find(x, id, &n, e);

	if (got == 0)
		no_such(x);
	if (got <= 0)
		return false;
	put_note(exchange_begin(x, 200, PAGE_JSON), &n, n.text.n);
	buf_putc(&x->content, '\n');
	exchange_field(x, "ETag", tag(x, &n));
	return false;
}

/* Writes the text as the note with that id, or a new one. */
static bool keep(struct exchange *x, int64_t id, bool made, struct err *e)
{
	struct note n = { .id = id, .text = ((struct notes_job *)x->work)->text };
	int put = notes_put(x->site->notes, &n, e);

	if (put == 0)
		exchange_error(x, 507, "There are as many notes as this server keeps");
	if (put <= 0)
		return false;
	exchange_begin(x, made ? 201 : 204, NULL);
	exchange_field(x, "ETag", tag(x, &n));
	if (made)
		exchange_field(x, "Location", arena_printf(&x->arena, "/api/notes/%lld", (long long)n.id));
	return true;
}

static bool work_post(struct exchange *x, int64_t id, struct err *e)
{
	return keep(x, 0, true, e);
}

static bool work_put(struct exchange *x, int64_t id, struct err *e)
{
	struct note n;
	int got = find(x, id, &n, e);

	return got >= 0 && keep(x, id, got == 0, e);
}

static bool work_delete(struct exchange *x, int64_t id, struct err *e)
{
	struct note n;
	int got = find(x, id, &n, e);

	if (got == 0)
		no_such(x);
	if (got <= 0 || notes_delete(x->site->notes, id, e))
		return false;
	exchange_begin(x, 204, NULL);
	return true;
}

/* --- Handlers --- */

enum web_progress notes_api_list(struct exchange *x)
{
	return start(x, work_list, 0, SLICE(""));
}

enum web_progress notes_api_post(struct exchange *x)
{
	struct slice text = text_of(x);

	return text.p ? start(x, work_post, 0, text) : WEB_ANSWERED;
}

enum web_progress notes_api_get(struct exchange *x)
{
	int64_t id = id_of(x);

	return id ? start(x, work_get, id, SLICE("")) : no_such(x);
}

enum web_progress notes_api_put(struct exchange *x)
{
	struct slice text = text_of(x);
	int64_t id = id_of(x);

	if (!text.p)
		return WEB_ANSWERED;
	return id ? start(x, work_put, id, text) : no_such(x);
}

enum web_progress notes_api_delete(struct exchange *x)
{
	int64_t id = id_of(x);

	return id ? start(x, work_delete, id, SLICE("")) : no_such(x);
}

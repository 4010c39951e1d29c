/* Questions to a capture; see query.h. */
#include "lab/query.h"

#include "trace/display.h"
#include "trace/trace.h"

#include <stdlib.h>
#include <string.h>

/* A sink that collects. */
struct collector {
	struct sink sink;
	struct display *display;
	const char *field;
	struct arena *arena;
	struct script_value v[QUERY_MAX];
	size_t n;
};

static int collect(struct sink *s, const struct frame *f, struct err *e)
{
	struct collector *c = (struct collector *)s;
	struct script_value v = { .type = SCRIPT_INT, .i = (int64_t)f->number };
	int rc = display_match(c->display, f, e);

	if (rc <= 0)
		return rc;
	if (c->field)
		v = display_value(c->display, f, c->field);
	if (v.type == SCRIPT_NIL)
		return 0;
	if (c->n == QUERY_MAX)
		return err_set(e, ERR_DATA, "more than %d packets are so", QUERY_MAX);
	if (v.type == SCRIPT_TEXT)
		v.s = arena_dup(c->arena, v.s);
	c->v[c->n++] = v;
	return 0;
}

static int nothing_at_end(struct sink *s, const struct trace_end *end, struct err *e)
{
	return 0;
}

static int trace_into(struct collector *c, const struct query *q, struct err *e)
{
	struct trace_config config = {
		.keylog_path = q->keys, .find = { q->find }, .nfind = q->find != NULL
	};
	struct source *source = source_file(q->path, e);
	struct trace *t = source ? trace_new(&config, e) : NULL;
	int rc = t ? 0 : -1;

	if (rc == 0)
		rc = trace_add_sink(t, &c->sink, e);
	if (rc == 0)
		rc = trace_run(t, source, e);
	trace_free(t);
	if (source)
		source->ops->free(source);
	return rc;
}

/* What was collected, in the arena. */
static int give(struct script_value *list, const struct collector *c, struct arena *a, struct err *e)
{
	size_t size = c->n * sizeof(*c->v);
	struct script_value *v = arena_alloc(a, size ? size : 1);

	if (!v)
		return err_set(e, ERR_ENV, "out of memory");
	memcpy(v, c->v, size);
	*list = (struct script_value){ .type = SCRIPT_LIST, .list = { v, c->n } };
	return 0;
}

int query_values(struct script_value *list, const struct query *q, struct arena *a, struct err *e)
{
	static const struct sink_ops ops = { .name = "query", .packet = collect, .end = nothing_at_end };
	struct collector *c = calloc(1, sizeof(*c));
	int rc = -1;

	if (!c)
		return err_set(e, ERR_ENV, "out of memory");
	c->sink.ops = &ops;
	c->arena = a;
	c->field = q->field ? display_field(slice_str(q->field)) : NULL;
	if (q->field && !c->field)
		err_set(e, ERR_USAGE, "no field is called %.60s", q->field);
	else
		c->display = display_new(q->expression, e);
	if (c->display)
		rc = trace_into(c, q, e);
	display_free(c->display);
	if (rc == 0)
		rc = give(list, c, a, e);
	free(c);
	return rc;
}

/* Questions to a capture; see query.h. */
#include "lab/query.h"

#include "trace/display.h"
#include "trace/trace.h"

/* A sink that collects. */
struct collector {
	struct sink sink;
	struct display *display;
	const char *field;
	struct arena *arena;
	struct script_value *v;
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

static int trace_into(struct collector *c, const char *path, struct err *e)
{
	struct trace_config config = { 0 };
	struct source *source = source_file(path, e);
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

int query_values(struct script_value *list, const char *path, const char *expression, const char *field,
    struct arena *a, struct err *e)
{
	static const struct sink_ops ops = { .name = "query", .packet = collect, .end = nothing_at_end };
	struct collector c = { .sink = { &ops }, .arena = a };
	int rc = -1;

	c.field = field ? display_field(slice_str(field)) : NULL;
	if (field && !c.field)
		return err_set(e, ERR_USAGE, "no field is called %.60s", field);
	c.v = arena_alloc(a, QUERY_MAX * sizeof(*c.v));
	if (!c.v)
		return err_set(e, ERR_ENV, "out of memory");
	c.display = display_new(expression, e);
	if (c.display)
		rc = trace_into(&c, path, e);
	display_free(c.display);
	*list = (struct script_value){ .type = SCRIPT_LIST, .list = { c.v, c.n } };
	return rc;
}

/* The HAR sink: an HTTP Archive 1.2, which the developer tools of browsers open.  One entry per request and
 * response (har.c), in the order the requests began, as far as a bounded window allows. */
#include <stdlib.h>

#include "render/har.h"
#include "render/json.h"
#include "render/out.h"
#include "render/render.h"

enum {
	WAITING_MAX = 512,        /* entries put in order at a time */
	WAITING_BYTES = 16 << 20, /* and what they may take */
};

/* An entry that is written once those that began earlier are. */
struct waiting {
	struct waiting *earlier, *later;
	int64_t start;
	size_t n;
	char text[];
};

struct har_sink {
	struct sink sink;
	struct out out;
	struct har_entry entry; /* the one in hand */
	struct waiting *earliest, *latest;
	unsigned nwaiting;
	size_t waiting_bytes;
	bool any;
};

/* --- The order of entries ------------------------------------------------------------------------------------- */

/* Most come in order; those that began at the same time stay in the order they came in. */
static void insert(struct har_sink *s, struct waiting *w)
{
	w->earlier = s->latest;
	while (w->earlier && w->earlier->start > w->start)
		w->earlier = w->earlier->earlier;
	w->later = w->earlier ? w->earlier->later : s->earliest;
	*(w->earlier ? &w->earlier->later : &s->earliest) = w;
	*(w->later ? &w->later->earlier : &s->latest) = w;
	s->nwaiting++;
	s->waiting_bytes += w->n;
}

static struct waiting *take_earliest(struct har_sink *s)
{
	struct waiting *w = s->earliest;

	s->earliest = w->later;
	*(w->later ? &w->later->earlier : &s->latest) = NULL;
	s->nwaiting--;
	s->waiting_bytes -= w->n;
	return w;
}

static void write_earliest(struct har_sink *s)
{
	struct waiting *w = take_earliest(s);

	buf_puts(&s->out.buf, s->any ? ",\n" : "\n");
	buf_put(&s->out.buf, w->text, w->n);
	s->any = true;
	free(w);
}

static int har_exchange(struct sink *sink, const struct exchange *x, struct err *e)
{
	struct har_sink *s = (struct har_sink *)sink;
	int64_t start = har_entry_make(&s->entry, x);
	struct buf *json = &s->entry.json;
	struct waiting *w = json->failed ? NULL : calloc(1, sizeof(*w) + json->n);

	if (!w)
		return err_set(e, ERR_ENV, "cannot write %s: out of memory", s->out.name);
	w->start = start;
	w->n = json->n;
	memcpy(w->text, json->p, w->n);
	insert(s, w);
	while (s->nwaiting > WAITING_MAX || (s->nwaiting && s->waiting_bytes > WAITING_BYTES))
		write_earliest(s);
	return out_spill(&s->out, e);
}

/* --- The sink -------------------------------------------------------------------------------------------------- */

static int har_packet(struct sink *sink, const struct frame *f, struct err *e)
{
	return 0;
}

static int har_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	struct har_sink *s = (struct har_sink *)sink;

	while (s->earliest)
		write_earliest(s);
	buf_puts(&s->out.buf, "\n]");
	if (end->damage)
		json_key_str(&s->out.buf, "comment", end->damage->msg);
	buf_puts(&s->out.buf, "}}\n");
	return out_flush(&s->out, e);
}

static int har_flush(struct sink *sink, struct err *e)
{
	return out_flush(&((struct har_sink *)sink)->out, e);
}

static void har_free(struct sink *sink)
{
	struct har_sink *s = (struct har_sink *)sink;

	while (s->earliest)
		free(take_earliest(s));
	out_fini(&s->out);
	har_entry_fini(&s->entry);
	free(s);
}

static const struct sink_ops har_ops = {
	.name = "har",
	.packet = har_packet,
	.end = har_end,
	.flush = har_flush,
	.free = har_free,
	.exchange = har_exchange,
};

struct sink *sink_har_new(FILE *to, const char *name, struct err *e)
{
	struct har_sink *s = out_sink(sizeof(*s), &har_ops, e);

	if (!s)
		return NULL;
	out_init(&s->out, to, name);
	buf_puts(&s->out.buf, "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"osilab\",\"version\":"
	                      "\"" OSILAB_VERSION "\"},\"pages\":[],\"entries\":[");
	return &s->sink;
}

/* What the fuzz targets of the tracer share: a sink that looks at everything it is given, and a run of the tracer
 * over packets that the input describes. */
#ifndef TESTS_FUZZ_LOOK_H
#define TESTS_FUZZ_LOOK_H

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "trace/context.h"

struct look {
	struct sink sink;
	const struct trace *trace;
	struct buf text;
};

/* A note's bytes lie in the packet, no field of its sentence is missing, and nothing in it disturbs a terminal. */
static void look_at(struct look *l, const struct note *n, size_t bytes)
{
	struct slice rest = slice_str(note_row((enum note_id)n->id)->text[NOTE_EN]);

	assert((size_t)n->off + n->len <= bytes);
	for (slice_cut(&rest, '{'); rest.p; slice_cut(&rest, '{')) {
		char name[64];

		if (!note_field(n, slice_cstr(slice_cut(&rest, '}'), name, sizeof(name)))) {
			fprintf(stderr, "%s lacks %s\n", note_row((enum note_id)n->id)->id, name);
			abort();
		}
	}
	buf_clear(&l->text);
	note_text(n, NOTE_EN, &l->text);
	note_text(n, NOTE_KO, &l->text);
	for (unsigned i = 0; i < n->nfields; i++)
		note_value(&n->fields[i], &l->text);
	for (size_t i = 0; i < l->text.n; i++)
		assert(l->text.p[i] >= 0x20 && l->text.p[i] != 0x7f);
}

static int look_packet(struct sink *s, const struct frame *f, struct err *e)
{
	struct look *l = (struct look *)((char *)s - offsetof(struct look, sink));
	struct field fields[64];
	struct fields list = { fields, 0, 64, 0 };
	struct arena scratch;

	for (const struct note *n = f->notes.first; n; n = n->next)
		look_at(l, n, f->pkt.bytes.n);
	arena_init(&scratch, 0);
	frame_fields(f, &scratch, &list);
	arena_fini(&scratch);
	assert(list.lost == 0);
	for (const char *c = f->info; *c; c++)
		assert((unsigned char)*c >= 0x20 && *c != 0x7f);
	/* The flow in hand may not be given up. */
	assert(l->trace->held <= l->trace->config.memory + (1 << 20));
	return 0;
}

static int look_end(struct sink *s, const struct trace_end *end, struct err *e)
{
	for (const struct note *n = end->notes; n; n = n->next)
		look_at((struct look *)((char *)s - offsetof(struct look, sink)), n, 0);
	return 0;
}

static int look_flush(struct sink *s, struct err *e)
{
	return 0;
}

static uint64_t feed_dropped(struct source *s)
{
	return 0;
}

static void feed_progress(struct source *s, uint64_t *done, uint64_t *all)
{
	*done = *all = 0;
}

/* Traces what `next` gives; `keylog` opens its TLS. */
static void look_run(const struct trace_config *config, struct source *s,
    enum source_result (*next)(struct source *, struct source_packet *, struct slice *, struct err *),
    struct slice keylog)
{
	const struct source_ops source = {
		.name = "fuzz", .next = next, .dropped = feed_dropped, .progress = feed_progress
	};
	static const struct sink_ops sink = {
		.name = "look", .packet = look_packet, .end = look_end, .flush = look_flush
	};
	struct look l = { .sink = { &sink } };
	struct err e = { 0 };
	struct trace *t = trace_new(config, &e);

	assert(t);
	*s = (struct source){ &source, "fuzz" };
	l.trace = t;
	keylog_feed(&t->keylog, keylog);
	assert(trace_add_sink(t, &l.sink, &e) == 0);
	assert(trace_run(t, s, &e) == 0);
	trace_free(t);
	buf_fini(&l.text);
}

#endif

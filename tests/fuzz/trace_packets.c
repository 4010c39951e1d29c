/* The whole tracer on any packets: each input byte string is a link type and a row of length-prefixed packets. */
#include <assert.h>
#include <stddef.h>

#include "base/bytes.h"
#include "trace/context.h"

/* First byte: which link type.  Then for each packet: two bytes of length, whose upper four bits say how much time
 * passes and whether the capture cut it. */
struct feed {
	struct source source;
	struct rd in;
	uint32_t link_type;
	int64_t ts;
};

static enum source_result feed_next(
    struct source *s, struct source_packet *p, struct slice *secrets, struct err *e)
{
	static const int64_t gaps[] = { 0, 1000, 2000000, 300000000, 60000000000, 1, INT64_C(1) << 60,
		-INT64_C(1000000) };
	struct feed *f = (struct feed *)((char *)s - offsetof(struct feed, source));
	uint16_t head = rd_be16(&f->in);
	size_t n = head & 0xfff;

	if (f->in.bad)
		return SOURCE_END;
	n = n < rd_left(&f->in) ? n : rd_left(&f->in);
	if (__builtin_add_overflow(f->ts, gaps[head >> 13], &f->ts))
		return SOURCE_END;
	*p = (struct source_packet){ .bytes = rd_take(&f->in, n), .link_type = f->link_type, .ts = f->ts };
	p->wire_len = (uint32_t)n + (head & 0x1000 ? 100 : 0);
	return SOURCE_PACKET;
}

static uint64_t feed_dropped(struct source *s)
{
	return 0;
}

static void feed_progress(struct source *s, uint64_t *done, uint64_t *all)
{
	*done = *all = 0;
}

static void feed_free(struct source *s)
{
}

/* --- A sink that looks at everything ------------------------------------------------------------------------ */

struct look {
	struct sink sink;
	const struct trace *trace;
	struct buf text;
};

static void look_at(struct look *l, const struct note *n, size_t bytes)
{
	struct slice rest = slice_str(note_row((enum note_id)n->id)->text[NOTE_EN]);

	assert((size_t)n->off + n->len <= bytes);
	for (slice_cut(&rest, '{'); rest.p; slice_cut(&rest, '{')) {
		char name[64];

		assert(note_field(n, slice_cstr(slice_cut(&rest, '}'), name, sizeof(name))));
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
	assert(
	    l->trace->held <= l->trace->config.memory + (1 << 20)); /* the flow in hand may not be given up */
	return 0;
}

static int look_secrets(struct sink *s, struct slice lines, struct err *e)
{
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

static void look_free(struct sink *s)
{
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t links[] = { LINK_ETHERNET, LINK_RAW, LINK_LINUX_SLL, LINK_LINUX_SLL2, LINK_NULL,
		LINK_LOOP, LINK_IPV4, LINK_IPV6, LINK_NFLOG, LINK_PPP };
	static const struct source_ops source = { "fuzz", feed_next, feed_dropped, feed_progress, feed_free };
	static const struct sink_ops sink = { "look", look_packet, look_secrets, look_end, look_flush,
		look_free };
	struct trace_config config = { .memory = 64 * 1024,
		.find = { "password", "\x1b" },
		.nfind = 2,
		.jwt_key = SLICE("0123456789abcdef0123456789abcdef") };
	struct feed f = { .source = { &source, "fuzz" }, .in = rd_of(slice_of(data, size)) };
	struct look l = { .sink = { &sink } };
	struct err e = { 0 };
	struct trace *t = trace_new(&config, &e);

	assert(t);
	f.link_type = links[rd_u8(&f.in) % (sizeof(links) / sizeof(links[0]))];
	f.ts = INT64_C(1700000000000000000);
	l.trace = t;
	assert(trace_add_sink(t, &l.sink, &e) == 0);
	assert(trace_run(t, &f.source, &e) == 0);
	trace_free(t);
	buf_fini(&l.text);
	return 0;
}

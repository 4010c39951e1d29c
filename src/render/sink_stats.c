/* The counters alone, at the end: as lines for people, or as one JSON object. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "render/json.h"
#include "render/out.h"
#include "render/put.h"
#include "render/render.h"

struct stats_sink {
	struct sink sink;
	struct out out;
	bool json;
	enum note_lang lang;
};

enum { NAME_COLUMNS = 26 };

static void put_name(struct buf *b, const char *name)
{
	size_t n = strlen(name);

	for (; *name; name++)
		buf_putc(b, *name == '_' ? ' ' : *name);
	put_fill(b, ' ', n < NAME_COLUMNS ? NAME_COLUMNS - n : 1);
}

static void put_count(struct buf *b, const char *name, uint64_t v)
{
	put_name(b, name);
	put_u64(b, v, 12, ' ');
	buf_putc(b, '\n');
}

static void put_names(struct buf *b, const char *name, const struct stats_names *names)
{
	for (unsigned i = 0; i < names->n; i++) {
		put_name(b, name);
		put_u64(b, names->v[i].count, 12, ' ');
		buf_puts(b, "  ");
		escape_text(b, slice_str(names->v[i].name));
		buf_putc(b, '\n');
	}
}

static void put_text(struct stats_sink *s, const struct trace_end *end)
{
	const struct trace_stats *t = end->stats;
	struct buf *b = &s->out.buf;
	char span[32];

#define X(name) put_count(b, #name, t->name);
	TRACE_COUNTERS(X)
#undef X
	put_names(b, "authorization_scheme", &t->authorization_schemes);
	put_names(b, "server_name", &t->sni);
	put_names(b, "tls_version", &t->tls_versions);
	put_names(b, "cipher_suite", &t->ciphers);
	put_names(b, "alpn", &t->alpn);
	put_names(b, "tls_alert", &t->tls_alerts);
	put_name(b, "duration");
	buf_printf(b, "%12s\n", clock_span(t->packets ? t->last_ts - t->first_ts : 0, span, sizeof(span)));
	for (const struct note *n = end->notes; n; n = n->next) {
		note_text(n, s->lang, b);
		buf_putc(b, '\n');
	}
}

static int stats_end(struct sink *sink, const struct trace_end *end, struct err *e)
{
	struct stats_sink *s = (struct stats_sink *)sink;
	struct buf *b = &s->out.buf;

	if (!s->json) {
		put_text(s, end);
		return out_flush(&s->out, e);
	}
	buf_putc(b, '{');
	json_stats(b, end->stats);
	if (end->damage)
		json_key_str(b, "damage", end->damage->msg);
	buf_puts(b, "}\n");
	return out_flush(&s->out, e);
}

static int stats_flush(struct sink *sink, struct err *e)
{
	return out_flush(&((struct stats_sink *)sink)->out, e);
}

static void stats_free(struct sink *sink)
{
	struct stats_sink *s = (struct stats_sink *)sink;

	out_fini(&s->out);
	free(s);
}

static const struct sink_ops stats_ops = {
	.name = "stats",
	.end = stats_end,
	.flush = stats_flush,
	.free = stats_free,
};

struct sink *sink_stats_new(FILE *to, const char *name, bool json, enum note_lang lang, struct err *e)
{
	struct stats_sink *s = out_sink(sizeof(*s), &stats_ops, e);

	if (!s)
		return NULL;
	s->json = json;
	s->lang = lang;
	out_init(&s->out, to, name);
	return &s->sink;
}

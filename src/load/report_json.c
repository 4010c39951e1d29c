/* The report as one JSON object (RFC 8259): docs/formats/load.md. */
#include "load/report.h"

#include "base/clock.h"
#include "base/escape.h"

#include <inttypes.h>

static double us(uint64_t ns)
{
	return (double)ns / 1e3;
}

static void put_text(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, "\"%s\":\"", name);
	escape_json(b, slice_str(text));
	buf_puts(b, "\",");
}

static void put_number(struct buf *b, const char *name, uint64_t v)
{
	buf_printf(b, "\"%s\":%" PRIu64 ",", name, v);
}

/* The comma behind the last member of an object or array becomes its end. */
static void put_end(struct buf *b, const char *end)
{
	if (b->n && b->p[b->n - 1] == ',')
		b->n--;
	buf_puts(b, end);
}

static void put_hist(struct buf *b, const char *name, const struct hist *h)
{
	buf_printf(b, "\"%s\":{\"count\":%" PRIu64 ",\"min\":%.3f,\"mean\":%.3f,", name, h->n, us(h->min),
	    hist_mean(h) / 1e3);
	for (int i = 0; i < REPORT_PERCENTILES; i++)
		buf_printf(
		    b, "\"p%g\":%.3f,", report_percentiles[i], us(hist_percentile(h, report_percentiles[i])));
	buf_printf(b, "\"max\":%.3f},", us(h->max));
}

static void put_options(struct buf *b, const struct report *r)
{
	const struct plan *p = r->plan;

	put_text(b, "target", r->options->url);
	put_number(b, "connections", p->connections);
	put_number(b, "threads", p->threads);
	put_number(b, "pipeline", p->window);
	buf_printf(b, "\"scheduled_rate\":%.0f,", p->rate);
	buf_printf(b, "\"close\":%s,", p->close ? "true" : "false");
	if (p->target.kind != TARGET_HTTP)
		put_number(b, "size", p->size);
}

static void put_errors(struct buf *b, const struct tally *t)
{
	put_number(b, "errors", tally_errors(t));
	buf_puts(b, "\"errors_by_kind\":{");
	for (int i = 0; i < TALLY_ERRORS; i++)
		put_number(b, tally_error_id(i), t->error[i]);
	put_end(b, "},\"first_error_by_kind\":{");
	for (int i = 0; i < TALLY_ERRORS; i++)
		if (t->said[i][0])
			put_text(b, tally_error_id(i), t->said[i]);
	put_end(b, "},");
}

static void put_counts(struct buf *b, const struct report *r)
{
	const struct tally *t = r->tally;
	double seconds = (double)r->elapsed / 1e9;

	buf_printf(b, "\"seconds\":%.6f,", seconds);
	put_number(b, "messages", t->messages);
	buf_printf(b, "\"messages_per_second\":%.1f,", (double)t->messages / seconds);
	put_number(b, "bytes_in", t->bytes_in);
	put_number(b, "bytes_out", t->bytes_out);
	buf_printf(b, "\"bytes_in_per_second\":%.0f,", (double)t->bytes_in / seconds);
	put_number(b, "connects", t->connects);
	put_number(b, "resumed", t->resumed);
	put_number(b, "unanswered", t->unanswered);
	buf_printf(b, "\"unanswered_oldest\":%.3f,", us(t->oldest));
	put_number(b, "stray", t->stray);
	if (r->options->slow) {
		put_number(b, "slow_held", r->slow_held);
		put_number(b, "slow_lost", r->slow_lost);
	}
	if (r->options->idle) {
		put_number(b, "idle_held", r->idle.held);
		put_number(b, "idle_failed", r->idle.failed);
		put_number(b, "idle_lost", r->idle.lost);
	}
	if (r->plan->target.kind == TARGET_HTTP) {
		buf_puts(b, "\"status\":{");
		for (int i = 1; i < 6; i++)
			buf_printf(b, "\"%dxx\":%" PRIu64 ",", i, t->status[i]);
		buf_printf(b, "\"other\":%" PRIu64 "},", t->status[0]);
	}
}

static void put_cpu(struct buf *b, const char *name, const struct cpu *c, uint64_t messages)
{
	buf_printf(b, "\"%s\":{\"seconds\":%.6f,\"user\":%.6f,\"system\":%.6f,\"tick\":%.6f,", name,
	    (double)c->total / 1e9, (double)c->user / 1e9, (double)c->system / 1e9, (double)c->tick / 1e9);
	buf_printf(b, "\"us_per_message\":%.4f},", messages ? (double)c->total / 1e3 / (double)messages : 0);
}

static void put_timeline(struct buf *b, struct timeline *t)
{
	buf_puts(b, "\"timeline\":[");
	for (size_t i = 0; i < timeline_rows(t); i++) {
		struct timeline_row row = timeline_row(t, i);

		buf_printf(b, "{\"second\":%zu,\"messages\":%" PRIu64 ",\"errors\":%" PRIu64 ",", i,
		    row.messages, row.errors);
		buf_printf(
		    b, "\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f},", us(row.p50), us(row.p99), us(row.max));
	}
	put_end(b, "]");
}

void report_json(struct buf *b, const struct report *r)
{
	buf_puts(b, "{");
	put_options(b, r);
	put_counts(b, r);
	put_errors(b, r->tally);
	put_hist(b, "latency", &r->tally->latency);
	if (r->plan->rate > 0)
		put_hist(b, "latency_uncorrected", &r->tally->uncorrected);
	put_hist(b, "connect", &r->tally->connect);
	put_cpu(b, "generator_cpu", &r->own, r->tally->messages);
	if (r->server.tick)
		put_cpu(b, "server_cpu", &r->server, r->tally->messages);
	put_timeline(b, r->plan->timeline);
	buf_puts(b, "}\n");
}

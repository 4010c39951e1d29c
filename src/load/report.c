/* The report as text. */
#include "load/report.h"

#include "base/clock.h"
#include "base/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const double report_percentiles[REPORT_PERCENTILES] = { 50, 75, 90, 99, 99.9, 99.99, 99.999 };

static const char *bytes(double v, char *dst, size_t size)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t u = 0;

	for (; v >= 1000 && u + 1 < sizeof(units) / sizeof(units[0]); u++)
		v /= 1000;
	snprintf(dst, size, u && v < 100 ? "%.1f %s" : "%.0f %s", v, units[u]);
	return dst;
}

static const char *messages(const struct report *r)
{
	return r->plan->target.kind == TARGET_HTTP ? "requests" : "messages";
}

static void put_head(struct buf *b, const struct report *r)
{
	const struct plan *p = r->plan;
	char n[32];

	buf_printf(b, "%s: %u connection%s", r->options->url, p->connections, p->connections == 1 ? "" : "s");
	if (p->threads > 1)
		buf_printf(b, " in %u threads", p->threads);
	if (p->window > 1)
		buf_printf(b, ", %u %s under way on each", p->window, messages(r));
	if (p->close)
		buf_printf(b, ", one for each %.7s", messages(r)); /* without the s */
	if (p->rate > 0)
		buf_printf(
		    b, ", %s %s/s by schedule", format_grouped((uint64_t)p->rate, n, sizeof(n)), messages(r));
	else
		buf_puts(b, ", each as fast as it is answered");
	buf_printf(b, ", %.1f s\n\n", (double)r->elapsed / 1e9);
}

static void put_rates(struct buf *b, const struct report *r)
{
	const struct tally *t = r->tally;
	double seconds = (double)r->elapsed / 1e9;
	char all[32], rate[32];

	buf_printf(b, "  %-12s %14s  %14s/s\n", messages(r), format_grouped(t->messages, all, sizeof(all)),
	    format_grouped((uint64_t)((double)t->messages / seconds + 0.5), rate, sizeof(rate)));
	buf_printf(b, "  %-12s %14s  %14s/s\n", "received", bytes((double)t->bytes_in, all, sizeof(all)),
	    bytes((double)t->bytes_in / seconds, rate, sizeof(rate)));
	buf_printf(b, "  %-12s %14s  %14s/s\n", "sent", bytes((double)t->bytes_out, all, sizeof(all)),
	    bytes((double)t->bytes_out / seconds, rate, sizeof(rate)));
	if (t->connects)
		buf_printf(b, "  %-12s %14s", "connections", format_grouped(t->connects, all, sizeof(all)));
	if (t->connects && r->plan->tls)
		buf_printf(b, "  %14s resumed", format_grouped(t->resumed, rate, sizeof(rate)));
	buf_puts(b, t->connects ? "\n" : "");
}

static void put_others(struct buf *b, const struct report *r)
{
	char n[32];

	if (r->options->slow)
		buf_printf(b,
		    "  %-12s %14s  connected; %" PRIu64 " times one of them was ended and made anew\n",
		    "slow clients", format_grouped(r->slow_held, n, sizeof(n)), r->slow_lost);
	if (r->options->idle)
		buf_printf(b, "  %-12s %14s  held; %" PRIu64 " failed, %" PRIu64 " ended by the server\n",
		    "idle clients", format_grouped(r->idle.held, n, sizeof(n)), r->idle.failed, r->idle.lost);
	if (r->idle.error)
		buf_printf(b, "  %-12s %14s  the last failure: %s\n", "", "", strerror(r->idle.error));
}

static void put_errors(struct buf *b, const struct report *r)
{
	const struct tally *t = r->tally;
	char n[32], span[32];

	if (tally_errors(t) == 0)
		buf_printf(b, "  %-12s %14s\n", "errors", "none");
	for (int i = 0; i < TALLY_ERRORS; i++)
		if (t->error[i])
			buf_printf(b, "  %-12s %14s  %s%s%s\n", "errors",
			    format_grouped(t->error[i], n, sizeof(n)), tally_error_text(i),
			    t->said[i][0] ? "; the first: " : "", t->said[i]);
	if (t->stray)
		buf_printf(b, "  %-12s %14s  answers that came twice or too late\n", "stray",
		    format_grouped(t->stray, n, sizeof(n)));
	if (t->unanswered)
		buf_printf(b, "  %-12s %14s  when it ended, the oldest after %s; in no other figure\n",
		    "unanswered", format_grouped(t->unanswered, n, sizeof(n)),
		    clock_span((int64_t)t->oldest, span, sizeof(span)));
}

static void put_column(struct buf *b, uint64_t ns)
{
	char span[32];
	int wide = 0;

	clock_span((int64_t)ns, span, sizeof(span));
	for (const char *p = span; *p; p++)
		wide += (*p & 0xc0) != 0x80; /* the micro sign is one column and two bytes */
	buf_printf(b, "%*s%s", 15 - wide, "", span);
}

static void put_latency_row(struct buf *b, const struct report *r, const char *name, uint64_t a, uint64_t c)
{
	buf_printf(b, "  %-12s", name);
	put_column(b, a);
	if (r->plan->rate > 0)
		put_column(b, c);
	buf_putc(b, '\n');
}

static void put_latency(struct buf *b, const struct report *r)
{
	const struct hist *h = &r->tally->latency, *u = &r->tally->uncorrected;
	char name[16];

	if (h->n == 0)
		return;
	buf_printf(b, "\n  %-12s%15s", "latency", r->plan->rate > 0 ? "since due" : "");
	buf_printf(b, "%s\n", r->plan->rate > 0 ? "     since sent" : "");
	for (int i = 0; i < REPORT_PERCENTILES; i++) {
		double p = report_percentiles[i];

		if ((double)h->n * (100 - p) / 100 < 1) /* there is not one value beyond it */
			break;
		snprintf(name, sizeof(name), "p%g", p);
		put_latency_row(b, r, name, hist_percentile(h, p), hist_percentile(u, p));
	}
	put_latency_row(b, r, "max", h->max, u->max);
	put_latency_row(b, r, "mean", (uint64_t)hist_mean(h), (uint64_t)hist_mean(u));
	if (r->plan->rate <= 0)
		buf_puts(b, "  While the server stalls nothing new is sent: a stall is one slow answer a "
		            "connection.\n"
		            "  Give a rate (-R) to see what it costs those who come meanwhile.\n");
}

static void put_cpu(struct buf *b, const struct report *r, const char *who, const struct cpu *c)
{
	double n = (double)r->tally->messages;

	if (n == 0)
		return;
	buf_printf(b,
	    "  CPU %-8s %11.2f µs  for each of the %s (%.2f s; user %.2f, system %.2f, each to %g ms)\n", who,
	    (double)c->total / 1e3 / n, messages(r), (double)c->total / 1e9, (double)c->user / 1e9,
	    (double)c->system / 1e9, (double)c->tick / 1e6);
}

static void put_timeline(struct buf *b, const struct report *r)
{
	struct timeline *t = r->plan->timeline;
	char n[32];

	buf_printf(
	    b, "\n  %-6s %12s %9s %14s %14s %14s\n", "second", messages(r), "errors", "p50", "p99", "max");
	for (size_t i = 0; i < timeline_rows(t); i++) {
		struct timeline_row row = timeline_row(t, i);

		buf_printf(b, "  %-6zu %12s %9" PRIu64, i + 1, format_grouped(row.messages, n, sizeof(n)),
		    row.errors);
		put_column(b, row.p50);
		put_column(b, row.p99);
		put_column(b, row.max);
		buf_putc(b, '\n');
	}
}

void report_text(struct buf *b, const struct report *r)
{
	put_head(b, r);
	put_rates(b, r);
	put_others(b, r);
	put_errors(b, r);
	put_latency(b, r);
	buf_putc(b, '\n');
	put_cpu(b, r, "here", &r->own);
	if (r->server.tick)
		put_cpu(b, r, "server", &r->server);
	put_timeline(b, r);
}

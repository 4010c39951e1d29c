/* A comparison as a table and as JSON; see compare.h. */
#include "compare/compare.h"

#include "base/escape.h"

#include <math.h>

static void put_figure(struct buf *out, double v, int digits)
{
	if (isnan(v))
		buf_printf(out, " %12s", "-");
	else
		buf_printf(out, " %12.*f", digits, v);
}

/* printf counts bytes: a letter of two takes one column. */
static void put_title(struct buf *out, const char *title)
{
	int wide = 0;

	for (const char *p = title; *p; p++)
		wide += (*p & 0xc0) != 0x80;
	buf_printf(out, " %*s%s", 12 - wide, "", title);
}

void compare_text(struct buf *out, const struct compare_result *r)
{
	buf_printf(out, "%s\n%lld round(s) of %.1f s, medians; server and generator on a processor each\n",
	    r->machine, (long long)r->options->rounds, (double)r->options->seconds_ms / 1e3);
	for (size_t l = 0; l < r->n_loads; l++) {
		buf_printf(out, "\n%s\n  %-10s", r->loads[l].title, "");
		for (int f = 0; f < FIGURES; f++)
			put_title(out, figure_rows[f].title);
		buf_puts(out, "\n");
		for (size_t m = 0; m < r->n_models; m++) {
			const struct compare_cell *c = &r->cell[m][l];

			buf_printf(out, "  %-10s", r->models[m]->name);
			for (int f = 0; c->rounds && f < FIGURES; f++)
				put_figure(out, c->median[f], figure_rows[f].digits);
			buf_printf(out, c->rounds ? "\n" : "   %s\n", c->why_not);
		}
	}
	for (size_t m = 0; m < r->n_models; m++) {
		buf_printf(out, "\n%s (%s)\n\n", r->models[m]->name, r->models[m]->file);
		compare_why(out, r, m);
	}
}

static void put_number(struct buf *out, double v)
{
	if (isnan(v) || isinf(v))
		buf_puts(out, "null");
	else
		buf_printf(out, "%.4g", v);
}

static void put_cell(struct buf *out, const struct compare_result *r, size_t m, size_t l)
{
	const struct compare_cell *c = &r->cell[m][l];

	buf_printf(out, "{\"model\":\"%s\",\"load\":\"%s\",\"rounds\":%u", r->models[m]->name, r->loads[l].id,
	    c->rounds);
	if (!c->rounds) {
		buf_puts(out, ",\"why_not\":\"");
		escape_json(out, slice_str(c->why_not));
		buf_puts(out, "\"");
	}
	for (int f = 0; c->rounds && f < FIGURES; f++) {
		buf_printf(out, ",\"%s\":", figure_rows[f].id);
		put_number(out, c->median[f]);
	}
	buf_puts(out, "}");
}

void compare_json(struct buf *out, const struct compare_result *r)
{
	buf_printf(out, "{\"compare\":\"%s\",\"rounds\":%lld,\"seconds\":%.3f,\"machine\":\"",
	    r->options->what, (long long)r->options->rounds, (double)r->options->seconds_ms / 1e3);
	escape_json(out, slice_str(r->machine));
	buf_puts(out, "\",\"loads\":[");
	for (size_t l = 0; l < r->n_loads; l++)
		buf_printf(out,
		    "%s{\"id\":\"%s\",\"connections\":%lld,\"pipeline\":%lld,\"slow\":%lld,\"idle\":%lld}",
		    l ? "," : "", r->loads[l].id, (long long)r->loads[l].connections,
		    (long long)r->loads[l].window, (long long)r->loads[l].slow, (long long)r->loads[l].idle);
	buf_puts(out, "],\"results\":[");
	for (size_t m = 0; m < r->n_models; m++)
		for (size_t l = 0; l < r->n_loads; l++) {
			buf_puts(out, m || l ? "," : "");
			put_cell(out, r, m, l);
		}
	buf_puts(out, "]}\n");
}

/* A comparison as one page, charts included, that needs nothing else; see compare.h. */
#include "compare/compare.h"

#include "base/escape.h"

#include <math.h>

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
    "content=\"width=device-width\">\n"
    "<title>osilab compare</title>\n<style>\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}\n"
    "td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid #ddd}\n"
    "td:first-child,th:first-child{text-align:left}.best{font-weight:bold;color:#06603a}\n"
    ".charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem}\n"
    "svg{width:100%;height:auto}figure{margin:0}figcaption{font-size:14px;font-weight:600}\n"
    "p{white-space:pre-line;max-width:50rem}.wide{overflow-x:auto}\n"
    "@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}td,th{border-color:#444}"
    ".best{color:#6d9}svg text{fill:#ddd}}\n</style>\n";

static void put_text(struct buf *out, const char *text)
{
	escape_html(out, slice_str(text));
}

static double extreme(const struct compare_result *r, size_t l, enum figure f, bool least)
{
	double found = NAN;

	for (size_t m = 0; m < r->n_models; m++) {
		double v = r->cell[m][l].rounds ? r->cell[m][l].median[f] : NAN;

		if (!isnan(v) && (isnan(found) || (least ? v < found : v > found)))
			found = v;
	}
	return found;
}

static void put_row(struct buf *out, const struct compare_result *r, size_t m, size_t l)
{
	const struct compare_cell *c = &r->cell[m][l];

	buf_puts(out, "<tr><td>");
	put_text(out, r->models[m]->name);
	if (!c->rounds) {
		buf_printf(out, "<td colspan=\"%d\" style=\"text-align:left\">", FIGURES);
		put_text(out, c->why_not);
	}
	for (int f = 0; c->rounds && f < FIGURES; f++) {
		double v = c->median[f];

		if (isnan(v)) {
			buf_puts(out, "<td>–");
			continue;
		}
		buf_printf(out, "<td%s>%.*f",
		    r->n_models > 1 && v == extreme(r, l, f, figure_rows[f].less) &&
		            v != extreme(r, l, f, !figure_rows[f].less)
		        ? " class=\"best\""
		        : "",
		    figure_rows[f].digits, v);
	}
	buf_puts(out, "\n");
}

static void put_chart(struct buf *out, const struct compare_result *r, size_t l, enum figure f)
{
	double most = extreme(r, l, f, false);
	int y = 4;

	if (isnan(most) || most <= 0)
		return;
	buf_printf(out, "<figure><figcaption>%s</figcaption><svg viewBox=\"0 0 400 %zu\" role=\"img\">",
	    figure_rows[f].title, r->n_models * 22 + 8);
	for (size_t m = 0; m < r->n_models; m++, y += 22) {
		double v = r->cell[m][l].rounds ? r->cell[m][l].median[f] : NAN;

		buf_printf(out, "<text x=\"78\" y=\"%d\" font-size=\"13\" text-anchor=\"end\">", y + 14);
		put_text(out, r->models[m]->name);
		buf_puts(out, "</text>");
		if (isnan(v))
			buf_printf(out, "<text x=\"88\" y=\"%d\" font-size=\"13\">–</text>", y + 14);
		else
			buf_printf(out,
			    "<rect x=\"84\" y=\"%d\" width=\"%.1f\" height=\"18\" fill=\"#3b7dbd\"/><text "
			    "x=\"%.1f\" "
			    "y=\"%d\" font-size=\"13\">%.*f</text>",
			    y, 230 * v / most, 90 + 230 * v / most, y + 14, figure_rows[f].digits, v);
	}
	buf_puts(out, "</svg></figure>\n");
}

static void put_load(struct buf *out, const struct compare_result *r, size_t l)
{
	static const enum figure drawn[] = { FIGURE_RATE, FIGURE_CPU, FIGURE_P99, FIGURE_CALLS,
		FIGURE_SWITCHES, FIGURE_MEMORY };

	buf_printf(out, "<h2>%s</h2>\n<div class=\"wide\"><table><tr><th>model", r->loads[l].title);
	for (int f = 0; f < FIGURES; f++)
		buf_printf(out, "<th>%s", figure_rows[f].title);
	buf_puts(out, "\n");
	for (size_t m = 0; m < r->n_models; m++)
		put_row(out, r, m, l);
	buf_puts(out, "</table></div>\n<div class=\"charts\">\n");
	for (size_t i = 0; i < sizeof(drawn) / sizeof(drawn[0]); i++)
		put_chart(out, r, l, drawn[i]);
	buf_puts(out, "</div>\n");
}

void compare_html(struct buf *out, const struct compare_result *r)
{
	struct buf why = { 0 };

	buf_puts(out, head);
	buf_printf(out, "<h1>Echo servers compared: %s</h1>\n<p>", r->options->what);
	put_text(out, r->machine);
	buf_printf(out, ". %lld round(s) of %.1f s, medians; server and generator on a processor each.</p>\n",
	    (long long)r->options->rounds, (double)r->options->seconds_ms / 1e3);
	for (size_t l = 0; l < r->n_loads; l++)
		put_load(out, r, l);
	buf_puts(out, "<h2>Why</h2>\n");
	for (size_t m = 0; m < r->n_models; m++) {
		buf_printf(out, "<h3>%s <small>%s</small></h3>\n<p>", r->models[m]->name, r->models[m]->file);
		buf_clear(&why);
		compare_why(&why, r, m);
		escape_html(out, (struct slice){ why.p, why.n });
		buf_puts(out, "</p>\n");
	}
	buf_fini(&why);
}

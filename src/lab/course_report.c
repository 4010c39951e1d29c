/* A run as a page that needs nothing but itself, and as captures with comments and secrets; see course_room.h. */
#include "lab/course_room.h"

#include "base/escape.h"
#include "render/render.h"
#include "trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct page {
	struct buf b;
	const struct lesson *l;
};

/* --- Words -------------------------------------------------------------------------------------------- */

/* In the language of the page. */
static const char *in(const struct page *p, const char *en, const char *ko)
{
	return p->l->lang ? ko : en;
}

__attribute__((format(printf, 2, 3))) static void put(struct page *p, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_puts(&p->b, text);
}

static void put_text(struct page *p, const char *s)
{
	escape_html(&p->b, slice_str(s));
}

/* <TAG>text</TAG> */
static void put_tag(struct page *p, const char *tag, const char *text)
{
	put(p, "<%s>", tag);
	put_text(p, text);
	put(p, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

/* --- The network as a drawing --------------------------------------------------------------------------- */

enum { COLUMN = 230, ROW = 96, BOX_W = 120, BOX_H = 44, MARGIN = 20 };

/* Where each host stands: how many cables from the first, and which of those. */
struct layout {
	int column[LAB_NODES], row[LAB_NODES];
	int columns, rows;
};

static int node_number(const struct lesson_stage *s, const struct lab_node *node)
{
	return (int)(node - s->lab->nodes);
}

/* Spreads the distance from host `from`; false: nothing changed. */
static bool spread(const struct lesson_stage *s, struct layout *y)
{
	bool changed = false;

	for (unsigned i = 0; i < s->nports; i++) {
		const struct lesson_port *a = &s->ports[i];
		int x = node_number(s, a->node), z;

		if (a->peer < 0 || y->column[x] < 0)
			continue;
		z = node_number(s, s->ports[a->peer].node);
		if (y->column[z] < 0 || y->column[z] > y->column[x] + 1) {
			y->column[z] = y->column[x] + 1;
			changed = true;
		}
	}
	return changed;
}

static struct layout lay_out(const struct lesson_stage *s)
{
	struct layout y = { 0 };
	int used[LAB_NODES] = { 0 };

	for (unsigned i = 0; i < s->lab->n; i++)
		y.column[i] = i ? -1 : 0;
	while (spread(s, &y))
		;
	for (unsigned i = 0; i < s->lab->n; i++) {
		y.column[i] = y.column[i] < 0 ? 0 : y.column[i];
		y.row[i] = used[y.column[i]]++;
		y.columns = y.column[i] + 1 > y.columns ? y.column[i] + 1 : y.columns;
		y.rows = y.row[i] + 1 > y.rows ? y.row[i] + 1 : y.rows;
	}
	return y;
}

static int left_of(const struct layout *y, int node)
{
	return MARGIN + y->column[node] * COLUMN;
}

static int top_of(const struct layout *y, int node)
{
	return MARGIN + y->row[node] * ROW;
}

static void draw_text(struct page *p, int x, int y, const char *class, const char *text)
{
	put(p, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
	put_text(p, text);
	put(p, "</text>\n");
}

static void draw_cable(struct page *p, const struct layout *y, const struct lesson_port *a)
{
	const struct lesson_stage *s = &p->l->stage;
	const struct lesson_port *b = &s->ports[a->peer];
	int na = node_number(s, a->node), nb = node_number(s, b->node);
	int x1 = left_of(y, na) + BOX_W / 2, y1 = top_of(y, na) + BOX_H / 2;
	int x2 = left_of(y, nb) + BOX_W / 2, y2 = top_of(y, nb) + BOX_H / 2;

	put(p, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"%s\"/>\n", x1, y1, x2, y2,
	    a->wire ? "wire" : "cable");
	if (a->wire)
		draw_text(p, (x1 + x2) / 2, (y1 + y2) / 2 - 6 - BOX_H / 2, "small", a->wire);
}

static void draw_host(struct page *p, const struct layout *y, int node)
{
	const struct lesson_stage *s = &p->l->stage;
	int x = left_of(y, node), top = top_of(y, node), line = 0;

	put(p, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" class=\"%s\"/>\n", x, top, BOX_W,
	    BOX_H, s->bridges >> node & 1 ? "bridge" : "host");
	draw_text(p, x + BOX_W / 2, top + BOX_H / 2 + 5, "name", s->lab->nodes[node].name);
	for (unsigned i = 0; i < s->nports; i++) {
		const char *address =
		    s->ports[i].address[0][0] ? s->ports[i].address[0] : s->ports[i].address[1];

		if (node_number(s, s->ports[i].node) == node && address[0])
			draw_text(p, x + BOX_W / 2, top + BOX_H + 14 + 13 * line++, "small", address);
	}
}

static void draw_network(struct page *p)
{
	const struct lesson_stage *s = &p->l->stage;
	struct layout y = lay_out(s);
	int w = 2 * MARGIN + (y.columns - 1) * COLUMN + BOX_W, h = MARGIN + y.rows * ROW;

	put(p, "<svg viewBox=\"0 -10 %d %d\" width=\"%d\" role=\"img\">\n", w, h + 10, w);
	for (unsigned i = 0; i < s->nports; i++)
		if (s->ports[i].peer > (int)i)
			draw_cable(p, &y, &s->ports[i]);
	for (unsigned i = 0; i < s->lab->n; i++)
		draw_host(p, &y, (int)i);
	put(p, "</svg>\n");
}

/* --- The page ----------------------------------------------------------------------------------------- */

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 "
    "1rem;color:#1c1c1c;background:#fff}"
    "h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}pre{overflow-x:auto;font:13px/1.35 "
    "ui-monospace,monospace}"
    ".ok{color:#106a2c}.no{color:#a31515;font-weight:600}.said{color:#7a4a00}svg{max-width:100%;height:auto}"
    "text{text-anchor:middle;font:13px "
    "system-ui,sans-serif;fill:currentColor}.small{font-size:11px}.name{font-weight:600}"
    "rect{fill:#eef3fb;stroke:#41618f}.bridge{fill:#f3f3e6}line{stroke:#777;stroke-width:2}.wire{stroke:#"
    "b3541e;"
    "stroke-dasharray:6 "
    "4}@media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}rect{fill:#26303f}"
    ".bridge{fill:#33332a}.ok{color:#62c47e}.no{color:#ff8a80}.said{color:#e0b060}}";

static void put_line(struct page *p, const struct lesson_line *line)
{
	const struct lesson *l = p->l;
	const struct lesson_question *q = &l->questions[line->question];

	put(p, "<li>");
	if (line->kind == LESSON_CHECK) {
		put(p, "<span class=\"%s\">%s</span> ", line->ok ? "ok" : "no", line->ok ? "✓" : "✗");
		put_text(p, line->text[l->lang]);
	} else if (line->kind == LESSON_ANSWER) {
		put_text(p, q->text.in[l->lang]);
		put(p, "<br><b>");
		put_text(p, line->value);
		put(p, "</b>: ");
		put_text(p, line->text[l->lang]);
		if (q->guess[0]) {
			put(p, "<br><span class=\"%s\">%s ", line->ok ? "ok" : "no",
			    in(p, "predicted:", "예측:"));
			put_text(p, q->guess);
			put(p, "</span>");
		}
	} else {
		put(p, "<span class=\"said\">%s ", in(p, "Often said:", "흔히 하는 말:"));
		put_text(p, line->text[l->lang]);
		put(p, "</span><br>%s ", in(p, "In fact:", "실제로는:"));
		put_text(p, line->fact[l->lang]);
	}
	put(p, "</li>\n");
}

static void put_lines(struct page *p, enum lesson_line_kind kind, const char *head)
{
	put_tag(p, "h2", head);
	put(p, "<ul>\n");
	for (unsigned i = 0; i < p->l->outcome->nlines; i++)
		if (p->l->outcome->lines[i].kind == kind)
			put_line(p, &p->l->outcome->lines[i]);
	put(p, "</ul>\n");
}

static int put_ladder(struct page *p, bool redact, struct err *e)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	int rc = f ? course_ladder(p->l, f, false, true, redact, 0, e) : -1;

	if (!f || fclose(f))
		rc = err_set(e, ERR_ENV, "out of memory");
	put_tag(p, "h2", in(p, "What went over the wire", "지나간 것"));
	put(p, "<pre>");
	if (rc == 0)
		escape_html(&p->b, slice_of(text, n));
	put(p, "</pre>\n");
	free(text);
	return rc;
}

static void put_interview(struct page *p)
{
	char question[512], answer[2048];

	if (!course_interview(p->l, question, answer))
		return;
	put_tag(p, "h2", in(p, "In an interview, 60 seconds", "면접 질문, 60초"));
	put(p, "<details><summary>");
	put_text(p, question);
	put(p, "</summary><p>");
	put_text(p, answer);
	put(p, "</p></details>\n");
}

static int put_page(struct page *p, bool redact, struct err *e)
{
	const struct lesson *l = p->l;

	put(p, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n", l->lang ? "ko" : "en");
	put(p, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>%s ", l->id);
	put_text(p, l->title.in[l->lang]);
	put(p, "</title>\n<style>");
	buf_puts(&p->b, style);
	put(p, "</style></head><body>\n<h1>%s ", l->id);
	put_text(p, l->title.in[l->lang]);
	put(p, "</h1>\n");
	put_tag(p, "p", l->goal.in[l->lang]);
	draw_network(p);
	put_lines(p, LESSON_CHECK, in(p, "Checks", "검사"));
	put_lines(p, LESSON_ANSWER, in(p, "Answers", "답과 설명"));
	put_lines(p, LESSON_STATEMENT, in(p, "Statements", "흔한 말과 사실"));
	put_interview(p);
	if (put_ladder(p, redact, e))
		return -1;
	put(p, "<p>seed %llu%s%s</p>\n</body></html>\n", (unsigned long long)l->seed,
	    l->claims[0] ? " · " : "", l->claims);
	return p->b.failed ? err_set(e, ERR_ENV, "the report is too long") : 0;
}

/* --- Files -------------------------------------------------------------------------------------------- */

/* A new file where the report goes; NULL with *e. */
static FILE *create(int folder, const char *name, struct err *e)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (!f)
		err_sys(e, "cannot make %s", name);
	if (!f && fd >= 0)
		close(fd);
	return f;
}

/* The capture again, with a comment on each packet that has something to say, and the secrets that open it. */
static int put_capture(
    const struct lesson *l, unsigned i, FILE *to, const char *name, bool redact, struct err *e)
{
	struct trace_config config = { .keylog_path = l->stage.kept_keys, .redact = redact };
	char path[64];
	struct source *source;
	struct trace *t;
	struct sink *sink;
	int rc;

	snprintf(path, sizeof(path), "%s.pcapng", l->stage.captures[i].name);
	source = source_file(path, e);
	t = source ? trace_new(&config, e) : NULL;
	sink = t ? sink_pcapng_new(to, name, e) : NULL;
	rc = sink ? trace_add_sink(t, sink, e) : -1;
	if (rc == 0)
		rc = trace_run(t, source, e);
	if (sink)
		sink->ops->free(sink);
	trace_free(t);
	if (source)
		source->ops->free(source);
	return rc;
}

static int write_captures(const struct lesson *l, int folder, bool redact, struct err *e)
{
	for (unsigned i = 0; i < l->stage.ncaptures; i++) {
		char name[64];
		FILE *f;
		int rc;

		snprintf(name, sizeof(name), "%s-%s.pcapng", l->id, l->stage.captures[i].name);
		f = create(folder, name, e);
		if (!f)
			return -1;
		rc = put_capture(l, i, f, name, redact, e);
		if (fclose(f) && rc == 0)
			rc = err_sys(e, "cannot write %s", name);
		if (rc)
			return rc;
		printf("%s\n", name);
	}
	return 0;
}

static int write_page(const struct lesson *l, int folder, bool redact, struct err *e)
{
	struct page p = { .b = { .max = 64 << 20 }, .l = l };
	char name[64];
	int rc = put_page(&p, redact, e);
	FILE *f;

	snprintf(name, sizeof(name), "%s.html", l->id);
	f = rc ? NULL : create(folder, name, e);
	if (f) {
		fwrite(p.b.p, 1, p.b.n, f);
		if (fclose(f))
			rc = err_sys(e, "cannot write %s", name);
		else
			printf("%s\n", name);
	} else {
		rc = -1;
	}
	buf_fini(&p.b);
	return rc;
}

int course_report(struct course *c, int n, char **words, struct err *e)
{
	struct lesson l = { 0 };
	int number = course_find(c, words[1], e), rc;
	int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (number < 0 || folder < 0)
		return number < 0 ? -1 : err_sys(e, "cannot use this folder");
	rc = course_again(c, &l, number, e);
	if (rc == 0)
		rc = write_page(&l, folder, c->o->redact, e);
	if (rc == 0)
		rc = write_captures(&l, folder, c->o->redact, e);
	close(folder);
	lesson_close(&l);
	return rc;
}

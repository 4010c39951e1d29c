/* The outputs of one run; see outputs.h. */
#include "render/outputs.h"
#include "render/rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_stdout(const char *path)
{
	return strcmp(path, "-") == 0;
}

static const char *name_of(const char *path)
{
	return is_stdout(path) ? "standard output" : path;
}

/* NO_COLOR (https://no-color.org) and a dumb terminal mean no colour. */
static bool want_color(const char *when, FILE *to)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	if (when && strcmp(when, "always") == 0)
		return true;
	if (when && strcmp(when, "never") == 0)
		return false;
	return isatty(fileno(to)) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

static unsigned terminal_width(FILE *to)
{
	struct winsize size;

	return isatty(fileno(to)) && ioctl(fileno(to), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static enum note_lang language(const char *asked)
{
	const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	if (asked)
		return strcmp(asked, "ko") == 0 ? NOTE_KO : NOTE_EN;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strncmp(value, "ko", 2) == 0 ? NOTE_KO : NOTE_EN;
	}
	return NOTE_EN;
}

/* Whether the locale's characters are UTF-8. */
static bool locale_utf8(void)
{
	const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
	}
	return false;
}

static int check_words(const struct outputs_options *x, struct err *e)
{
	const char *lang = x->lang, *color = x->color;

	if (lang && strcmp(lang, "en") != 0 && strcmp(lang, "ko") != 0)
		return err_set(e, ERR_USAGE, "--lang is en or ko, not '%s'", lang);
	if (color && strcmp(color, "auto") != 0 && strcmp(color, "always") != 0 &&
	    strcmp(color, "never") != 0)
		return err_set(e, ERR_USAGE, "--color is auto, always or never, not '%s'", color);
	return 0;
}

/* --- Files ------------------------------------------------------------------------------------ */

/* Whether both are the same file; devices such as /dev/null may be shared. */
static bool same_file(const struct stat *a, const struct stat *b)
{
	return S_ISREG(a->st_mode) && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_input(const char *input, const struct stat *file)
{
	struct stat st;

	return input && (is_stdout(input) ? fstat(STDIN_FILENO, &st) : stat(input, &st)) == 0 &&
	       same_file(&st, file);
}

/* Opening an output empties it: the capture must not be one, nor may two outputs share a file. */
static int check_path(const struct outputs_options *x, const char *path, const char *other, struct err *e)
{
	struct stat a, b;
	bool known = !is_stdout(path) && stat(path, &a) == 0;

	if (other && (strcmp(path, other) == 0 ? !known || S_ISREG(a.st_mode)
	                                       : known && stat(other, &b) == 0 && same_file(&a, &b)))
		return err_set(e, ERR_USAGE, "two outputs cannot both go to %s", name_of(path));
	if (known && (is_input(x->input, &a) || is_input(x->other_input, &a)))
		return err_set(e, ERR_USAGE, "%s is the capture that is read: write to another file", path);
	return 0;
}

static int check_paths(const struct outputs_options *x, struct err *e)
{
	const char *const paths[] = { x->text, x->json, x->html, x->pcapng, x->har };
	size_t n = sizeof(paths) / sizeof(paths[0]);

	for (size_t i = 0; i < n; i++) {
		if (paths[i] && check_path(x, paths[i], NULL, e) < 0)
			return -1;
		for (size_t k = i + 1; k < n; k++)
			if (paths[i] && paths[k] && check_path(x, paths[i], paths[k], e) < 0)
				return -1;
		if (paths[i] && is_stdout(paths[i]) && (x->stdout_json || x->stdout_stats))
			return err_set(e, ERR_USAGE,
			    "two outputs cannot both go to standard output: give one of them a file");
	}
	return 0;
}

/* A new file is its owner's alone: it holds what was captured, maybe with the secrets that open it. */
static FILE *open_new(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;

	if (fd >= 0 && !f)
		close(fd);
	return f;
}

/* Opens a file for the next output; *to is where it writes. */
static int open_file(struct outputs *o, const char *path, FILE **to, struct err *e)
{
	FILE *f = NULL;

	if (!is_stdout(path) && !(f = open_new(path)))
		return err_sys(e, "cannot write %s", path);
	o->v[o->n].file = f;
	o->v[o->n].sink = NULL;
	o->n++;
	*to = f ? f : stdout;
	return 0;
}

static int add(struct outputs *o, struct sink *s, struct trace *t, struct err *e)
{
	o->v[o->n - 1].sink = s;
	return s ? trace_add_sink(t, s, e) : -1;
}

/* JSON about a file is written by a thread as well: a line of it takes longer than to understand its packet, which pays
 * for the copies.  Text does not.  One of the outputs gets the thread.  What comes live is shown at once. */
static struct sink *new_json(
    const struct outputs *o, const struct outputs_options *x, FILE *to, const char *name, struct err *e)
{
	return x->input && o->n == 1 ? sink_thread_new(to, name, sink_json_new, e)
	                             : sink_json_new(to, name, e);
}

static int add_text(
    struct outputs *o, const struct outputs_options *x, const char *path, struct trace *t, struct err *e)
{
	struct text_options text = x->text_options;
	FILE *to;

	if (open_file(o, path, &to, e) < 0)
		return -1;
	text.lang = language(x->lang);
	text.color = is_stdout(path) && want_color(x->color, to);
	text.width = is_stdout(path) ? terminal_width(to) : 0;
	if (x->ladder && is_stdout(path))
		return add(o, sink_ladder_new(to, name_of(path), &text, !locale_utf8(), e), t, e);
	return add(o, sink_text_new(to, name_of(path), &text, e), t, e);
}

static int add_stdout(struct outputs *o, const struct outputs_options *x, struct trace *t, struct err *e)
{
	enum note_lang lang = language(x->lang);
	FILE *to;

	if (!x->stdout_json && !x->stdout_stats)
		return add_text(o, x, "-", t, e);
	if (open_file(o, "-", &to, e) < 0)
		return -1;
	if (!x->stdout_stats)
		return add(o, new_json(o, x, to, "standard output", e), t, e);
	return add(o, sink_stats_new(to, "standard output", x->stdout_json, lang, e), t, e);
}

static bool rotates(const struct outputs_options *x)
{
	return x->rotate_size || x->rotate_seconds || x->rotate_count;
}

static int check_rotation(const struct outputs_options *x, struct err *e)
{
	if (!rotates(x))
		return 0;
	if (!x->pcapng || is_stdout(x->pcapng))
		return err_set(e, ERR_USAGE, "-C, -G and -W need -w FILE");
	if (!x->rotate_size && !x->rotate_seconds)
		return err_set(e, ERR_USAGE, "-W needs -C or -G: when is a file full?");
	return 0;
}

/* The row of pcapng files; they are made while the trace runs. */
static int add_row(struct outputs *o, const struct outputs_options *x, struct trace *t, struct err *e)
{
	struct stat input;
	struct rotate_options r = {
		.path = x->pcapng, .seconds = x->rotate_seconds, .count = (unsigned)x->rotate_count
	};

	if (x->rotate_size && rotate_size(x->rotate_size, &r.bytes, e) < 0)
		return -1;
	if (x->input && (is_stdout(x->input) ? fstat(STDIN_FILENO, &input) : stat(x->input, &input)) == 0 &&
	    S_ISREG(input.st_mode))
		r.input = &input;
	o->rotate = rotate_new(&r, e);
	if (!o->rotate)
		return -1;
	o->v[o->n].file = NULL;
	o->n++;
	return add(o, sink_pcapng_rotating(o->rotate, e), t, e);
}

static int add_pcapng(struct outputs *o, const struct outputs_options *x, struct trace *t, struct err *e)
{
	FILE *to;

	if (rotates(x))
		return add_row(o, x, t, e);
	if (open_file(o, x->pcapng, &to, e) < 0)
		return -1;
	return add(o, sink_pcapng_new(to, name_of(x->pcapng), e), t, e);
}

static bool takes_stdout(const char *path)
{
	return path && is_stdout(path);
}

static const char *page_title(const struct outputs_options *x)
{
	if (x->title)
		return x->title;
	return x->input && !is_stdout(x->input) ? x->input : "osilab trace";
}

int outputs_open(struct outputs *o, const struct outputs_options *x, struct trace *t, struct err *e)
{
	enum note_lang lang = language(x->lang);
	bool taken = takes_stdout(x->text) || takes_stdout(x->json) || takes_stdout(x->html) ||
	             takes_stdout(x->pcapng) || takes_stdout(x->har);
	FILE *to;

	*o = (struct outputs){ .n = 0 };
	if (check_words(x, e) < 0 || check_rotation(x, e) < 0 || check_paths(x, e) < 0)
		return -1;
	if (!taken && add_stdout(o, x, t, e) < 0)
		return -1;
	if (x->text && add_text(o, x, x->text, t, e) < 0)
		return -1;
	if (x->json &&
	    (open_file(o, x->json, &to, e) < 0 || add(o, new_json(o, x, to, name_of(x->json), e), t, e) < 0))
		return -1;
	if (x->html && (open_file(o, x->html, &to, e) < 0 ||
	                   add(o, sink_html_new(to, name_of(x->html), page_title(x), lang, e), t, e) < 0))
		return -1;
	if (x->pcapng && add_pcapng(o, x, t, e) < 0)
		return -1;
	if (x->har &&
	    (open_file(o, x->har, &to, e) < 0 || add(o, sink_har_new(to, name_of(x->har), e), t, e) < 0))
		return -1;
	return 0;
}

int outputs_dir(const struct outputs *o)
{
	return o->rotate ? rotate_dir(o->rotate) : -1;
}

int outputs_close(struct outputs *o, struct err *e)
{
	int rc = 0;

	for (unsigned i = 0; i < o->n; i++) {
		if (o->v[i].sink)
			o->v[i].sink->ops->free(o->v[i].sink);
		if (o->v[i].file && fclose(o->v[i].file) != 0)
			rc = err_sys(e, "cannot write an output");
	}
	if (o->rotate && rotate_close(o->rotate, e) < 0)
		rc = -1;
	rotate_free(o->rotate);
	*o = (struct outputs){ .n = 0 };
	return rc;
}

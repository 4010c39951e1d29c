/* The outputs of one run: which sinks there are, and the files they write to. */
#ifndef RENDER_OUTPUTS_H
#define RENDER_OUTPUTS_H

#include "render/render.h"
#include "trace/trace.h"

/* What was asked for.  Paths: NULL for none, "-" for standard output. */
struct outputs_options {
	bool ladder; /* the text on standard output is a ladder */
	bool stdout_json,
	    stdout_stats; /* on standard output: JSON, the counters, or both: counters as JSON */
	const char *text, *json, *html, *pcapng, *har;
	const char *rotate_size; /* of the pcapng, as rotate_size() reads it; NULL: no limit */
	int64_t rotate_seconds, rotate_count;
	const char *color;                /* "auto", "always" or "never" */
	const char *lang;                 /* "en", "ko", or NULL for the locale's */
	const char *input;                /* the capture that is read ("-": stdin); NULL: live */
	const char *other_input;          /* a second one read with it, or NULL */
	const char *title;                /* of the page; NULL: after the input */
	struct text_options text_options; /* color, width and lang are filled in by outputs_open */
};

/* The rows of the command line that fill struct outputs_options. */
/* clang-format off */
#define OUTPUTS_OPTS(o) \
	{ OPT_HEAD, 0, NULL, NULL, "What comes out (unless told, text on standard output):", NULL }, \
	{ OPT_FLAG, 0, "ladder", NULL, "arrows between client and server; -v: with the notes", &(o)->ladder }, \
	{ OPT_FLAG, 0, "json", NULL, "one JSON object per packet", &(o)->stdout_json }, \
	{ OPT_FLAG, 0, "stats", NULL, "only the counters; with --json as one object", &(o)->stdout_stats }, \
	{ OPT_TEXT, 'w', "write", "FILE", "the packets as pcapng, with notes and secrets", &(o)->pcapng }, \
	{ OPT_TEXT, 'C', "rotate-size", "SIZE", "-w: a file each SIZE megabytes, or 500k, 1m, 2g", &(o)->rotate_size }, \
	{ OPT_INT, 'G', "rotate-seconds", "SECS", "-w: a file each SECS; strftime's %H%M%S in its name", &(o)->rotate_seconds, 1, 1 << 30 }, \
	{ OPT_INT, 'W', "rotate-count", "N", "so many files: -C goes around, -G alone ends", &(o)->rotate_count, 1, 1 << 30 }, \
	{ OPT_TEXT, 0, "html", "FILE", "a page: the ladder, a click shows the bytes", &(o)->html }, \
	{ OPT_TEXT, 0, "title", "TEXT", "what the page is called", &(o)->title }, \
	{ OPT_TEXT, 0, "har", "FILE", "HTTP requests and responses, for developer tools", &(o)->har }, \
	{ OPT_TEXT, 0, "json-file", "FILE", "the JSON lines, to a file", &(o)->json }, \
	{ OPT_TEXT, 0, "text", "FILE", "the text, to a file", &(o)->text }, \
	{ OPT_COUNT, 'v', "verbose", NULL, "a line per layer; twice: a line per field", &(o)->text_options.verbose }, \
	{ OPT_FLAG, 'x', "hex", NULL, "the bytes, marked by layer", &(o)->text_options.hex }, \
	{ OPT_FLAG, 'q', "quiet", NULL, "no packets: a table of the flows, and the end", &(o)->text_options.quiet }, \
	{ OPT_FLAG, 0, "utc", NULL, "time of day, not seconds since the first packet", &(o)->text_options.absolute }, \
	{ OPT_TEXT, 0, "lang", "LANG", "en or ko; else by the locale", &(o)->lang }, \
	{ OPT_TEXT, 0, "color", "WHEN", "auto, always or never", &(o)->color }
/* clang-format on */

struct rotate;

struct outputs {
	struct rotate *rotate; /* the row of pcapng files; NULL: none */
	struct {
		FILE *file; /* NULL: standard output */
		struct sink *sink;
	} v[8];
	unsigned n;
};

/* Opens the files (made anew, mode 0600, since captures hold secrets) and their sinks and adds them to the trace.  -1 with *e; then
 * outputs_close still has to be called.  When a file takes standard output ("-w -"), the text does not go there.
 * ERR_USAGE for an unknown language or colour word, for two outputs to one file, and for an output that is the
 * input: no file was opened then. */
int outputs_open(struct outputs *o, const struct outputs_options *options, struct trace *t, struct err *e);
/* The folder in which files are still to be made while the trace runs, or -1. */
int outputs_dir(const struct outputs *o);
/* Frees the sinks and closes the files; 0, or -1 with *e when the last bytes could not be written. */
int outputs_close(struct outputs *o, struct err *e);

#endif

/* The outputs of one run: which sinks there are, and the files they write to. */
#ifndef RENDER_OUTPUTS_H
#define RENDER_OUTPUTS_H

#include "render/render.h"
#include "trace/trace.h"

enum outputs_stdout {
	OUTPUT_TEXT,
	OUTPUT_JSON,
	OUTPUT_STATS,
	OUTPUT_STATS_JSON,
};

/* What was asked for.  Paths: NULL for none, "-" for standard output. */
struct outputs_options {
	enum outputs_stdout stdout_as;
	const char *text, *json, *html, *pcapng;
	const char *color;                /* "auto", "always" or "never" */
	const char *lang;                 /* "en", "ko", or NULL for the locale's */
	const char *input;                /* the capture that is read ("-": stdin); NULL: live */
	const char *title;                /* of the page; NULL: after the input */
	struct text_options text_options; /* color, width and lang are filled in by outputs_open */
};

struct outputs {
	struct {
		FILE *file; /* NULL: standard output */
		struct sink *sink;
	} v[6];
	unsigned n;
};

/* Opens the files (made anew, mode 0600, since captures hold secrets) and their sinks and adds them to the trace.  -1 with *e; then
 * outputs_close still has to be called.  When a file takes standard output ("-w -"), the text does not go there.
 * ERR_USAGE for an unknown language or colour word, for two outputs to one file, and for an output that is the
 * input: no file was opened then. */
int outputs_open(struct outputs *o, const struct outputs_options *options, struct trace *t, struct err *e);
/* Frees the sinks and closes the files; 0, or -1 with *e when the last bytes could not be written. */
int outputs_close(struct outputs *o, struct err *e);

#endif

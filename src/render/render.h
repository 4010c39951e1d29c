/* The sinks: what the tracer found, written as text, JSON, pcapng or an HTML page.  Each
 * constructor takes a file that is open for writing and stays the caller's (it was opened before
 * privileges were dropped); `name` is what messages call it and must outlive the sink.  A sink
 * collects its output and writes it in large pieces; `flush` and `end` bring everything to the
 * file.  A failed write is ERR_ENV, "cannot write out/x.json: No space left on device".  NULL with
 * *e: out of memory. */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include <stdio.h>

#include "trace/sink.h"

struct text_options {
	bool color;          /* ANSI colours by layer and tone */
	int verbose;         /* 1: one line per layer; 2 and more: one line per field */
	bool hex;            /* the bytes, each line marked with its layer */
	bool quiet;          /* no packets: the flows as a table, notes that belong to no packet, the summary */
	bool absolute;       /* time of day in UTC instead of seconds since the first packet */
	unsigned width;      /* columns to wrap sentences at; 0: never */
	enum note_lang lang; /* of sentences and labels */
};

/* For people: a line per packet, the states of both ends, the notes by layer. */
struct sink *sink_text_new(FILE *to, const char *name, const struct text_options *o, struct err *e);

/* For people: arrows between two lifelines, notes in between with o->verbose; `ascii` where the terminal knows no
 * UTF-8.  Of the options color, verbose, width (0: 110) and lang count. */
struct sink *sink_ladder_new(
    FILE *to, const char *name, const struct text_options *o, bool ascii, struct err *e);

/* For programs: one JSON object per line; see docs/formats/json.md. */
struct sink *sink_json_new(FILE *to, const char *name, struct err *e);

/* The packets again, with their notes as comments and the secrets that open their TLS. */
struct sink *sink_pcapng_new(FILE *to, const char *name, struct err *e);

/* The same, as a row of files (rotate.h), each complete by itself and with the secrets its own packets need.  `r` stays
 * the caller's. */
struct rotate;
struct sink *sink_pcapng_rotating(struct rotate *r, struct err *e);

/* The requests and responses as an HTTP Archive 1.2, for developer tools; see docs/formats/har.md. */
struct sink *sink_har_new(FILE *to, const char *name, struct err *e);

/* A page that needs nothing but itself; title is copied. */
struct sink *sink_html_new(FILE *to, const char *name, const char *title, enum note_lang lang, struct err *e);

typedef struct sink *(*sink_maker)(FILE *to, const char *name, struct err *e);

/* Lets a sink whose work is packets alone (no `secrets`, no `exchange`), each for itself, do it on a thread of its own,
 * where there is a processor for it.  `make` makes the sink, and is called twice: see sink_thread.c.  NULL with *e: out
 * of memory, or what `make` says. */
struct sink *sink_thread_new(FILE *to, const char *name, sink_maker make, struct err *e);

/* Only the counters, at the end: as text, or as one JSON object. */
struct sink *sink_stats_new(FILE *to, const char *name, bool json, enum note_lang lang, struct err *e);

#endif

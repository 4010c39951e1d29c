/* The echo servers compared: every model under the same loads, in turn, and what came out as a table, JSON, pictures
 * and a page.  The server and the load generator are the programs osilab-echo and osilab-load, each on a processor of
 * its own; this room starts them, looks at the server through /proc while it is loaded, and reads the generator's
 * JSON (docs/formats/load.md). */
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include "base/buf.h"
#include "base/err.h"
#include "echo/echo.h"

struct compare_options {
	const char *what;        /* "io": the TCP models; "udp" */
	const char *models;      /* "epoll,uring"; NULL: all */
	const char *connections; /* "1,64"; NULL: as the plan has it */
	int64_t rounds;
	int64_t seconds_ms; /* of each run */
	int64_t slow;       /* slow clients beside one fast one; 0: leave that out */
	int64_t idle;       /* idle connections beside a few busy ones; 0: leave that out */
	bool quick, json;
	const char *plot, *html; /* a folder, a file; NULL: none */
};

/* What is measured of a model under a load.  NaN: not known. */
enum figure {
	FIGURE_RATE, /* messages a second */
	FIGURE_CPU,  /* microseconds of the server's processor time for a message */
	FIGURE_P50,  /* microseconds */
	FIGURE_P99,
	FIGURE_CALLS,    /* system calls for a message, from a run of their own that counts them */
	FIGURE_EAGAIN,   /* ... that came back with nothing */
	FIGURE_SWITCHES, /* context switches for a message */
	FIGURE_THREADS,
	FIGURE_MEMORY, /* bytes of user memory for a connection */
	FIGURE_FAILED, /* messages that failed, of a hundred */
	FIGURES,
};

struct figure_row {
	const char *id;    /* "us_per_message", as the JSON has it */
	const char *title; /* over a column, and on a picture */
	int digits;        /* behind the point */
	bool less;         /* less is better */
};
extern const struct figure_row figure_rows[FIGURES];

/* A load. */
struct compare_load {
	char id[24];    /* "64", "slow", "idle": as the JSON has it */
	char title[96]; /* for people */
	int64_t connections, window, slow, idle;
};

enum { COMPARE_LOADS = 12, COMPARE_MODELS = 32, COMPARE_ROUNDS = 15 };

struct compare_cell {
	double round[FIGURES][COMPARE_ROUNDS];
	unsigned rounds;        /* that were measured */
	double median[FIGURES]; /* of these */
	char why_not[160];      /* of a load that could not be measured; else "" */
};

struct compare_result {
	const struct compare_options *options;
	char machine[200]; /* processor, kernel, how many processors */
	struct compare_load loads[COMPARE_LOADS];
	size_t n_loads;
	const struct echo_model *models[COMPARE_MODELS];
	size_t n_models;
	struct compare_cell cell[COMPARE_MODELS][COMPARE_LOADS];
};

/* Runs the comparison and prints its table, or JSON, to stdout.  SIGINT and SIGTERM end it, with its children, and what
 * was measured so far is shown.  0, or -1: ERR_USAGE, ERR_ENV (no generator, no gnuplot, no such folder), ERR_DATA when
 * nothing could be measured. */
int compare_run(const struct compare_options *o, struct err *e);

/* --- Between the files of this room ------------------------------------------------------------------ */

/* Chooses the models and loads.  0 or -1. */
int compare_plan(struct compare_result *r, struct err *e);
/* One measured run of a model under a load; adds a round to the cell, or says in it why there is none.
 * -1 when we were told to stop. */
int compare_measure(struct compare_result *r, size_t model, size_t load);
/* Has the system calls counted, in a run of its own. */
int compare_count(struct compare_result *r, size_t model, size_t load);
void compare_medians(struct compare_result *r);

void compare_text(struct buf *out, const struct compare_result *r);
void compare_json(struct buf *out, const struct compare_result *r);
void compare_html(struct buf *out, const struct compare_result *r);
/* Writes data and draws them.  0 or -1. */
int compare_plot(const struct compare_result *r, const char *dir, struct err *e);
/* Why a model's figures are what they are: two paragraphs, derived from them by rules. */
void compare_why(struct buf *out, const struct compare_result *r, size_t model);

/* Does anybody ask us to stop? */
bool compare_stopped(void);

#endif

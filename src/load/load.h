/* The load generator: many connections to one server, measured.  What the command line says, and what comes
 * out of a run. */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "base/err.h"
#include "base/opts.h"

/* Times as text are what target_span takes. */
struct load_options {
	const char *url;
	int64_t connections; /* in all threads together */
	int64_t threads;
	const char *duration; /* NULL: 10 s, or until `count` messages */
	int64_t count;        /* messages; 0: no limit */
	int64_t rate;         /* messages a second of all connections; 0: as fast as the answers come */
	int64_t pipeline;     /* messages under way on a connection at once */
	bool close;           /* a connection for every message */
	const char *ramp;     /* in which the connections are opened and the rate rises; NULL: at once */
	int64_t think;        /* ms that a connection pauses after an answer */
	const char *timeout;  /* NULL: 5 s, or 1 s for datagrams */
	int64_t size;         /* bytes of an echo message */
	int64_t slow;         /* connections besides that read and write a few bytes a second */
	int64_t idle;         /* connections besides that do nothing */
	const char *method, *body, *requests; /* HTTP: NULL or see the help */
	struct opt_list headers;
	const char *ca;
	bool insecure, no_resume;
	int64_t pid;      /* the server, whose CPU time is looked at; 0: none */
	bool json;        /* the report as JSON */
	const char *plot; /* a folder for pictures; NULL: none */
};

/* The defaults of every option. */
struct load_options load_defaults(void);

/* Runs the load and prints the report to stdout; progress goes to stderr when that is a terminal.  SIGINT and
 * SIGTERM end the run early, a second one ends the program.  0 when every message was answered well; -1 with
 * ERR_DATA when some were not (the report is printed all the same), ERR_USAGE or ERR_ENV when there was no
 * run. */
int load_run(const struct load_options *o, struct err *e);

#endif

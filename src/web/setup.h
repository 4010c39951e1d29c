/* From the words of a command line to a running server, and back to nothing. */
#ifndef WEB_SETUP_H
#define WEB_SETUP_H

#include "base/opts.h"
#include "web/secure.h"
#include "web/server.h"

/* What `osilab serve` was told.  Start from setup_defaults; times in seconds. */
struct setup_options {
	struct opt_list http, https; /* addresses; both empty: 127.0.0.1:8080, and :8443 with a
	                              * certificate.  Among those of http may be versions: versions.h */
	struct secure_options tls;
	const char *root;         /* directory of files; NULL: none */
	const char *users;        /* file; NULL: nobody can log in */
	const char *store;        /* where sessions are, as store_open takes it */
	struct opt_list jwt_keys; /* as ring_load takes them; none: a random secret */
	const char *jwt_issuer, *jwt_audience;
	int64_t jwt_leeway, jwt_life, refresh_life;
	bool jwt_deny;
	const char *access_log;    /* file or "-"; NULL: none */
	const char *access_format; /* "combined" or "json" */
	struct opt_list metrics;   /* loopback addresses for GET /metrics */
	int64_t clock;             /* seconds since 1970 to start at; 0: the real time */
	int64_t handshake, header, body, idle, stall, drain;
	int64_t line_max, head_max, body_max, requests_max, clients_max;
	int64_t streams_max, h2_window;       /* of HTTP/2: see struct server_options */
	const char *model;                    /* how the loop waits: a loop_backend_name; NULL: the first */
	int64_t workers;                      /* processes that serve */
	int64_t password_threads, work_queue; /* of each: threads that check passwords; jobs that may wait */
	int64_t session_idle, session_age, sessions_max;
	const char *rate;    /* of requests per address, as rate_parse takes it; NULL: no limit */
	int64_t login_tries; /* failed ones per minute, of an address and for an account; 0: no limit */
	int64_t hsts;
	struct cors cors;
	const char *notes;  /* file; NULL: no /api/notes */
	bool no_keepalive;  /* a connection per request */
	bool trace;         /* answer TRACE */
	bool listing, gzip; /* of files, see struct site */
	int64_t max_age;
};

struct setup_options setup_defaults(void);

struct setup; /* everything the server stands on */

/* Opens everything and listens; o is borrowed until setup_free.  Prints one line per listening address to standard output:
 * "listening on http://127.0.0.1:8080".  NULL with *e (one clear line); free with setup_free. */
struct setup *setup_new(const struct setup_options *o, struct err *e);
/* Serves until SIGTERM or SIGINT (drains; a second one: stops now).  SIGHUP: reads the certificate and the keys of
 * tokens again and opens the access log again; what cannot be read is left as it was.  With several workers: watches over them, see
 * web/workers.h.  0, or -1. */
int setup_run(struct setup *s, struct err *e);
void setup_free(struct setup *s);

#endif

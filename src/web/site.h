/* What all requests of one server share: who the users are, which sessions live, which key signs
 * tokens, which files are served.  Handlers get at it through exchange->site. */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "auth/ended.h"
#include "auth/refresh.h"
#include "auth/sessions.h"
#include "auth/users.h"
#include "net/loop.h"
#include "token/cache.h"
#include "token/ring.h"
#include "web/cors.h"
#include "web/limit.h"
#include "web/rate.h"

struct metrics;
struct notes;

struct site {
	struct loop *loop;   /* for loop_work */
	struct users *users; /* NULL: nobody can log in */
	struct sessions sessions;
	struct ended *ended;           /* users whose sessions are to end; NULL: there are no users */
	struct rate *rate;             /* requests per address; NULL: no limit */
	struct limit *logins;          /* failed logins per address */
	struct limit *accounts;        /* failed logins per account, from addresses it did not know */
	struct ring keys;              /* of tokens */
	struct cache *verified;        /* tokens found right; NULL: each is verified anew */
	struct refresh refresh;        /* refresh tokens */
	bool deny;                     /* tokens can be revoked: each one's jti is looked up */
	int64_t token_life;            /* seconds, of an access token */
	const char *issuer, *audience; /* of tokens made and accepted */
	int64_t leeway;                /* seconds by which clocks may differ */
	struct metrics *metrics;       /* what this process counts */
	const struct metrics *all;     /* what each of n_all processes has counted; NULL: there is but this */
	unsigned n_all;
	struct cors cors;    /* pages of which other sites may read answers */
	struct notes *notes; /* of /api/notes; NULL: none are kept */
	bool http10;         /* answer as servers did before HTTP/1.1 */
	bool trace;          /* TRACE is answered */
	bool listing;        /* a directory without index.html shows its files */
	bool clock;          /* the time is not the real one, and can be advanced */
	bool gzip;           /* files are compressed on the way out */
	int64_t max_age;     /* seconds that files may be kept without asking; 0: none */
	int root;            /* directory whose files are served; -1: none */
	int64_t hsts;        /* seconds of Strict-Transport-Security over TLS; 0: none */
};

#endif

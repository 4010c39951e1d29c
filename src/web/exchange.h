/* One request and its answer: all that a handler sees.  It knows no connection, so handlers can be
 * tested without one.
 *
 * A handler fills in the answer and returns WEB_ANSWERED; or it starts something that finishes
 * later, sets `then` and returns WEB_LATER, and whoever finishes it calls exchange_resume on the
 * loop's thread.  If the client has gone by then, `then` is not called. */
#ifndef WEB_EXCHANGE_H
#define WEB_EXCHANGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "http/chunk.h"
#include "http/msg.h"
#include "web/router.h"
#include "web/site.h"
#include "web/verify.h"

enum {
	EXCHANGE_ARENA_MAX = 1 << 20, /* bytes one request may have kept for it */
};

/* A stretch of content: some text, then bytes of the file from `at` on (without a file: made ones). */
struct exchange_piece {
	struct slice text;
	uint64_t at, size;
};

struct exchange {
	struct site *site;
	const struct addr *peer;
	const struct route *rows; /* what there is at the port it came to */
	bool secure;              /* over TLS */
	const struct conn *tls;   /* ... what that is, for tls_info and the like only; NULL: not known */
	int64_t begun;            /* clock_mono when its head was complete */
	struct exchange *next;    /* the server's list of spare ones */

	/* The request. */
	struct http_msg req;
	char path[HTTP_LINE_MAX + 2]; /* decoded, without dot segments */
	const struct route *route;    /* NULL: the request is refused, or is for a file */
	struct buf body;              /* as decoded from its framing */
	struct http_chunk chunk;      /* for the connection: how far that is, chunked; */
	uint64_t left;                /* bytes still to come otherwise; */
	int64_t body_begun;           /* loop_now when it began */
	struct arena arena;           /* for what lives as long as the exchange */

	/* Who asks. */
	struct sessions_call session; /* .session is good when signed_in */
	bool signed_in;
	struct verify verify; /* a password being checked on a worker */
	const char *user;     /* for the access log; NULL: nobody known */

	/* The answer. */
	unsigned status;   /* 0: none yet */
	const char *type;  /* Content-Type; NULL: no content */
	struct buf fields; /* further field lines, made with http/write.h */
	struct buf content;
	int file;                            /* descriptor of the file that `pieces` are of; -1: none */
	const struct exchange_piece *pieces; /* in the arena; NULL: `content` is the content */
	size_t n_pieces;
	uint64_t pieces_size; /* of all of them, text and bytes */
	bool close;           /* the connection ends with this answer */

	struct loop_timer timer; /* for a handler that waits for a time */
	void *work;              /* what a handler keeps for its `then`, in the arena */
	web_step then;
	void (*cancel)(struct exchange *x); /* with `then`: the client has gone, exchange_resume must not be
	                                     * called any more; NULL when that cannot be prevented */
	void (*resume)(struct exchange *x); /* what exchange_resume calls */
	void *owner;                        /* for it: the connection */
};

/* A heap exchange; NULL when out of memory. */
struct exchange *exchange_new(struct site *site);
void exchange_free(struct exchange *x);
/* Ready for another request; keeps some memory. */
void exchange_reset(struct exchange *x);

/* After the head: finds the route and looks at everything that can be refused without the body
 * (x->status is then set). */
void exchange_route(struct exchange *x);
/* After the body: finds the session if the route wants it and calls the handler; no-op with
 * WEB_ANSWERED when there is an answer already. */
enum web_progress exchange_handle(struct exchange *x);
/* What was waited for is there. */
void exchange_resume(struct exchange *x);

/* --- For handlers: each replaces the answer and returns WEB_ANSWERED --- */

/* A page (or JSON, for routes that speak it) that says what is wrong.  text: one sentence without a
 * full stop; may be NULL. */
enum web_progress exchange_error(struct exchange *x, unsigned status, const char *text);
/* The same for a request that is no proper HTTP: says which rule it breaks; closes. */
enum web_progress exchange_malformed(struct exchange *x, enum http_reason reason);
/* Busy: 503, to come back in a second. */
enum web_progress exchange_busy(struct exchange *x, const char *text);
/* "Go there": 301, 303. */
enum web_progress exchange_redirect(struct exchange *x, unsigned status, const char *location);

/* Starts the answer; what is written to the returned buffer is its content. */
struct buf *exchange_begin(struct exchange *x, unsigned status, const char *type);
/* After exchange_begin (and with x->file set, unless the bytes are to be made): the content is these
 * pieces, which are copied; their texts are not. */
enum web_progress exchange_pieces(struct exchange *x, const struct exchange_piece *pieces, size_t n);
/* Adds "name: value". */
void exchange_field(struct exchange *x, const char *name, const char *value);

/* Does the client ask for JSON? */
bool exchange_wants_json(const struct exchange *x);

/* Appends the whole head to out.  What a handler failed to build becomes a 500.  0, or -1 when out
 * has no room: then it is unchanged and the connection is good for nothing more. */
int exchange_write_head(struct exchange *x, bool close, struct buf *out);
/* Bytes of content behind the head: 0 for HEAD, 204, 304. */
uint64_t exchange_content_size(const struct exchange *x);

#endif

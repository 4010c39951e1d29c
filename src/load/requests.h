/* The requests of a run, as the bytes that are sent.
 *
 * A file of requests has one in a line, sent in turn: "METHOD TARGET", with the headers and body of the
 * command line; a line that begins with a quote is sent as it is, with \r \n \t \" \\ \xNN between the quotes
 * ("GET / HTTP/1.1\r\nHost: a\r\n\r\n").  Empty lines and lines that begin with # do not count. */
#ifndef LOAD_REQUESTS_H
#define LOAD_REQUESTS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/opts.h"
#include "http/msg.h"

enum {
	REQUESTS_MAX = 100000,
	REQUESTS_BYTES_MAX = 256 << 20, /* of all together */
};

struct request {
	struct slice bytes;      /* into requests.bytes */
	enum http_method method; /* decides how the answer is framed */
};

struct requests {
	struct buf bytes;
	struct request *v;
	size_t n; /* at least 1 after requests_make */
	size_t cap;
};

/* What every request that is not raw is made of. */
struct request_parts {
	struct slice authority;         /* for the Host field */
	const struct opt_list *headers; /* "Name: value", NULL: none; a Host among them replaces ours */
	struct slice body;
	bool close; /* ask for the connection to be closed */
};

/* Appends one request.  0, or -1 with *e: a header that is none, a target with a space. */
int requests_add(struct requests *r, struct slice method, struct slice target, const struct request_parts *p,
    struct err *e);
/* Appends the requests of a file's text; `name` is for messages.  0, or -1 with *e. */
int requests_parse(
    struct requests *r, struct slice text, const char *name, const struct request_parts *p, struct err *e);
/* To be called once all are there: the requests point into bytes that may have moved. */
void requests_settle(struct requests *r);
void requests_fini(struct requests *r);

static inline const struct request *requests_at(const struct requests *r, uint64_t i)
{
	return &r->v[r->n == 1 ? 0 : i % r->n];
}

/* Reads a whole file of at most REQUESTS_BYTES_MAX bytes into *out.  0, or -1 (ERR_ENV). */
int requests_read(struct buf *out, const char *path, struct err *e);

#endif

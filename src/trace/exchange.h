/* Exchanges: a request and its response as a whole, for sinks that want them so (HAR).  What notes do not carry
 * is collected here - every header field, the bodies - and only when some sink has an `exchange` function: for
 * any other run each call below is one test of a flag.
 *
 * A protocol that carries messages (httpflow.c, HTTP/2) keeps one `struct exchanges *`, NULL at first, and a
 * number for each pair that is its own within the connection (HTTP/1: the count of requests; HTTP/2: the stream):
 *
 *	if (exchange_wanted(t)) {
 *		exchange_head_of(&msg, &head);        HTTP/1; or filled by hand, pseudo-fields left out
 *		exchange_request(t, f, &x, id, secure, &head);
 *	}
 *	exchange_body(t, x, id, EXCHANGE_REQUEST, bytes);       content, without chunk framing or padding
 *	exchange_hole(t, x, id, EXCHANGE_REQUEST, missing);     bytes of it that were not captured
 *	exchange_done(t, x, id, EXCHANGE_REQUEST);              END_STREAM, or the end its framing says
 *	… the same with exchange_response and EXCHANGE_RESPONSE (not for 1xx) …
 *	exchanges_free(t, x);                                   gives what is open to the sinks, as it is
 *
 * Finished pairs wait in the trace and go to the sinks after the packet that finished them.  Memory: heads and
 * at most EXCHANGE_BODY_MAX of each body, at most EXCHANGES_MAX open pairs per connection, all accounted with
 * trace_hold; past half of the trace's bound no more bodies are kept.  Where secrets are taken out (redact.h) heads
 * are kept without them, and no bodies. */
#ifndef TRACE_EXCHANGE_H
#define TRACE_EXCHANGE_H

#include "base/buf.h"
#include "base/err.h"
#include "http/msg.h"
#include "trace/flow.h"

enum {
	EXCHANGE_BODY_MAX = 1 << 20, /* bytes kept of one body */
	EXCHANGES_MAX = 256,         /* pairs of one connection that wait for their end */
};

enum exchange_part { EXCHANGE_REQUEST, EXCHANGE_RESPONSE };

/* One message.  Slices live as long as the exchange. */
struct exchange_msg {
	uint64_t first, head, last; /* packets with its first byte, the end of its head, its last byte so far;
	                             * head 0: this message was not seen */
	int64_t first_ts, head_ts, last_ts;
	const char *version;                            /* "HTTP/1.1", "HTTP/2"; static */
	struct slice method, scheme, authority, target; /* of a request */
	uint16_t status;                                /* of a response */
	struct slice reason;
	const struct http_field *fields; /* all header fields in order */
	size_t nfields;
	uint64_t head_bytes; /* on the wire; 0: not known */
	uint64_t body_bytes; /* of the content as transferred, holes counted */
	struct buf body;     /* its first EXCHANGE_BODY_MAX bytes, or less: see cut and hole */
	bool cut;            /* not all of the body was kept */
	bool hidden;         /* none was kept: secrets are taken out, and it may hold some */
	bool hole;    /* bytes of the body were not captured: what is kept ends before the first of them */
	bool done;    /* its end was seen */
	void *memory; /* holds the slices above; private */
	size_t memory_size;
};

/* A request and what answered it; either may be missing (head 0). */
struct exchange {
	uint64_t id;
	uint32_t flow; /* number of its TCP flow */
	struct pkt_addr addr[2];
	uint16_t port[2];                  /* by enum flow_side */
	bool secure;                       /* inside TLS */
	uint32_t nth;                      /* on its connection, from 1 */
	int64_t syn_ts, connected_ts;      /* of the connection; 0: not seen */
	int64_t tls_begin_ts, tls_done_ts; /* of its TLS handshake; 0: none, or not seen */
	struct exchange_msg msg[2];        /* by enum exchange_part */
	struct exchange *next;             /* private */
};

/* The head of a message as it is given in; everything is copied. */
struct exchange_head {
	const char *version; /* static */
	struct slice method, scheme, authority, target;
	uint16_t status;
	struct slice reason;
	const struct http_field *fields;
	size_t nfields;
	size_t bytes;     /* on the wire; 0: not known */
	uint64_t first;   /* packet its first byte came in; 0: the present one */
	int64_t first_ts; /* when that was */
};

/* What became of a Content-Encoding (RFC 9110 8.4). */
enum exchange_coding {
	EXCHANGE_PLAIN,   /* there is none: the body is the content */
	EXCHANGE_DECODED, /* out holds the content, or its first part */
	EXCHANGE_DAMAGED, /* out holds what came before the damage */
	EXCHANGE_UNKNOWN, /* a coding that is not undone here (br, zstd), or several */
};

/* The first field of that name, or p NULL. */
struct slice exchange_field(const struct exchange_msg *m, const char *name);
/* Undoes gzip and deflate into out, at most EXCHANGE_BODY_MAX bytes: *more when there would be more of them. */
enum exchange_coding exchange_content(const struct exchange_msg *m, struct buf *out, bool *more);

struct trace;
struct exchanges; /* the open pairs of one connection */

bool exchange_wanted(const struct trace *t);

/* The head of an HTTP/1 message. */
void exchange_head_of(const struct http_msg *m, struct exchange_head *out);

/* The present frame completed a head.  *x is made when it is NULL; without memory for it nothing is collected.
 * A response whose request is not known has the id 0. */
void exchange_request(struct trace *t, const struct flow *f, struct exchanges **x, uint64_t id, bool secure,
    const struct exchange_head *head);
void exchange_response(struct trace *t, const struct flow *f, struct exchanges **x, uint64_t id, bool secure,
    const struct exchange_head *head);

/* The rest of a message; no-op when x is NULL or knows no such message. */
void exchange_body(
    struct trace *t, struct exchanges *x, uint64_t id, enum exchange_part part, struct slice bytes);
void exchange_hole(
    struct trace *t, struct exchanges *x, uint64_t id, enum exchange_part part, uint64_t missing);
void exchange_done(struct trace *t, struct exchanges *x, uint64_t id, enum exchange_part part);

/* The connection is over: what is open goes to the sinks too.  NULL: no-op. */
void exchanges_free(struct trace *t, struct exchanges *x);

/* For trace.c: gives the finished pairs to the sinks; -1 with *e when one of them failed, which is *failed. */
int exchange_deliver(struct trace *t, unsigned *failed, struct err *e);
/* For trace.c: frees those that no sink got. */
void exchange_discard(struct trace *t);

#endif

/* An HTTP/1.x message head as structs, and how the body behind it is framed.  RFC 9112, RFC 9110.
 * This room is pure: bytes in, structs out.  It allocates nothing (but what a struct buf grows by),
 * does no I/O and reads no clock, so that the server, the tracer and the balancer can share it.
 * Every slice points into the caller's input. */
#ifndef HTTP_MSG_H
#define HTTP_MSG_H

#include "base/slice.h"

enum {
	HTTP_FIELDS_MAX = 100,        /* room for field lines in struct http_msg */
	HTTP_LINE_MAX = 8 * 1024,     /* default limit of the start-line, bytes */
	HTTP_HEAD_MAX = 32 * 1024,    /* default limit of the whole head, bytes */
	HTTP_OVERHEAD_MAX = 8 * 1024, /* default limit of chunk extensions and trailers of one body, bytes */
};

/* Why a message was refused, or what the lenient reader let pass.  Parsers return -(enum
 * http_reason). Each has a row, see http_reason_row. */
enum http_reason {
	HTTP_FINE = 0,
	/* request line */
	HTTP_BAD_METHOD,
	HTTP_BAD_REQUEST_LINE,
	HTTP_BAD_TARGET,
	HTTP_BAD_TARGET_FORM,
	HTTP_BAD_AUTHORITY,
	HTTP_NO_VERSION,
	HTTP_BAD_VERSION,
	HTTP_OTHER_MAJOR,
	HTTP_LINE_TOO_LONG,
	HTTP_BLANK_LINES,
	/* status line */
	HTTP_BAD_STATUS,
	/* lines and fields */
	HTTP_BARE_LF,
	HTTP_BARE_CR,
	HTTP_CONTROL,
	HTTP_LEADING_SPACE,
	HTTP_OBS_FOLD,
	HTTP_BAD_NAME,
	HTTP_NO_COLON,
	HTTP_SPACE_BEFORE_COLON,
	HTTP_HEAD_TOO_LARGE,
	HTTP_TOO_MANY_FIELDS,
	/* Host */
	HTTP_HOST_MISSING,
	HTTP_HOST_TWICE,
	HTTP_HOST_INVALID,
	/* framing */
	HTTP_LENGTH_INVALID,
	HTTP_LENGTH_OVERFLOW,
	HTTP_LENGTH_TWICE,
	HTTP_CODING_UNKNOWN,
	HTTP_CODING_ORDER,
	HTTP_CODING_TWICE,
	HTTP_CODING_IN_10,
	HTTP_CODING_AND_LENGTH,
	/* expectations, for the server's answer; no parser returns it */
	HTTP_EXPECT_UNKNOWN,
	/* chunked bodies */
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK_OVERFLOW,
	HTTP_CHUNK_EXTENSION,
	HTTP_CHUNK_END,
	HTTP_CHUNK_OVERHEAD,
	HTTP_TRAILER_FORBIDDEN,
	HTTP_REASON_COUNT,
};

/* A row of the table of reasons. */
struct http_reason_row {
	const char *id;   /* short and stable: "length-twice" */
	uint16_t status;  /* the status code a server answers with: 400, 414, 417, 431, 501, 505 */
	const char *text; /* one English sentence without a full stop */
	const char *rfc;  /* where it is ruled: "RFC 9112 6.3" */
};

/* The row for a reason; never NULL (an unknown number gives the row of HTTP_FINE). */
const struct http_reason_row *http_reason_row(enum http_reason reason);

enum http_method {
	HTTP_OTHER, /* a token that is none of these; see method_text */
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_DELETE,
	HTTP_CONNECT,
	HTTP_OPTIONS,
	HTTP_TRACE,
	HTTP_PATCH,
};

/* RFC 9112 3.2. */
enum http_target_form {
	HTTP_ORIGIN,    /* /path?query */
	HTTP_ABSOLUTE,  /* http://host/path?query */
	HTTP_AUTHORITY, /* host:port, CONNECT only */
	HTTP_ASTERISK,  /* *, OPTIONS only */
};

/* What the Expect field asks for (RFC 9110 10.1.1). */
enum http_expect {
	HTTP_EXPECT_NONE,
	HTTP_EXPECT_CONTINUE,
	HTTP_EXPECT_OTHER, /* answer 417 */
};

/* How the body behind a head is delimited (RFC 9112 6.3). */
enum http_framing {
	HTTP_NO_BODY,     /* nothing follows */
	HTTP_LENGTH,      /* content_length bytes, may be 0 */
	HTTP_CHUNKED,     /* see chunk.h */
	HTTP_UNTIL_CLOSE, /* responses only: everything until the connection ends */
	HTTP_TUNNEL,      /* responses only: no longer HTTP (101, or 2xx to CONNECT) */
};

struct http_field {
	struct slice name, value; /* as sent; the value without white space around it */
};

/* A message head.  Only fields[0..nfields) are written. */
struct http_msg {
	bool request;
	uint8_t major, minor; /* HTTP/1.1: 1, 1 */

	/* Requests. */
	enum http_method method;
	enum http_target_form form;
	struct slice method_text; /* methods are case-sensitive */
	struct slice target;      /* the whole request target as sent */
	struct slice path;  /* its path, still encoded; "/" when absolute-form has none, "*" for asterisk */
	struct slice query; /* behind the first '?', without it; p is NULL when there is no '?' */
	struct slice host;  /* authority the request is for: of an absolute or authority target, else
	                    * the Host field; empty when neither is there (HTTP/1.0) */

	/* Responses. */
	uint16_t status;     /* 100..999 */
	struct slice reason; /* the phrase behind the code, may be empty */

	/* Facts gathered from the fields. */
	int64_t content_length; /* -1: no Content-Length */
	bool chunked;           /* Transfer-Encoding ends with chunked */
	bool coded;             /* there is a Transfer-Encoding */
	bool close, keep_alive; /* members of Connection */
	bool upgrade;           /* Connection lists upgrade and there is an Upgrade field */
	enum http_expect expect;
	struct slice host_field; /* value of the (first) Host field; p is NULL when there is none */

	uint32_t head_len;  /* bytes from the first one given to the empty line, both included */
	uint64_t tolerated; /* HTTP_LENIENT: bit 1 << reason for each breach let pass; else 0 */
	uint16_t nfields;
	struct http_field fields[HTTP_FIELDS_MAX];
};

/* Did the lenient reader let this breach pass? */
static inline bool http_tolerated(const struct http_msg *m, enum http_reason r)
{
	return m->tolerated >> r & 1;
}

/* The method a token names; HTTP_OTHER when it names none of them. */
enum http_method http_method_of(struct slice token);
/* "GET"; "" for HTTP_OTHER. */
const char *http_method_name(enum http_method m);

/* The standard phrase for a status code (RFC 9110 15 and the IANA registry), "" when there is none.
 */
const char *http_status_phrase(unsigned status);

/* The first field of that name (compared without case), or NULL. */
const struct http_field *http_find(const struct http_msg *m, struct slice name);
/* The next field of that name behind `after`, or NULL. */
const struct http_field *http_find_next(
    const struct http_msg *m, const struct http_field *after, struct slice name);
/* Its value, or the slice with p == NULL when there is no such field. */
struct slice http_value(const struct http_msg *m, struct slice name);

/* Cuts the next member off a comma-separated list (RFC 9110 5.6.1), skipping empty ones; commas
 * within quoted strings do not count.  Returns false at the end. */
bool http_list_next(struct slice *rest, struct slice *member);
/* Is `token` (without case) a member of the list in this value? */
bool http_list_has(struct slice list, struct slice token);

/* How the body of a request is framed (RFC 9112 6.3 points 4 to 7). */
enum http_framing http_request_framing(const struct http_msg *req);
/* How the body of a response is framed; depends on the request it answers (HEAD, CONNECT). */
enum http_framing http_response_framing(const struct http_msg *resp, enum http_method req_method);

/* May another message follow on this connection, by this head alone (RFC 9112 9.3)? */
bool http_persistent(const struct http_msg *m);

#endif
